//! One appointment: for its member the time and the ways out, for its trainer what speaks for the member, and the result.

use super::{
    Act, Explained, StateWord,
    api::{self, DecideCheckout},
    called, when,
};
use crate::{
    call::{Call, asked},
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind},
        changing::part,
        form::{Summary, was_submitted},
        icon::Icon,
        page::live_page,
    },
};
use domain::{checkouts::Deed, id::AppointmentId, live::Noun, time::Moment};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;
use std::time::Duration;
use views::checkouts::{Appointment, Evidence};

/// The page at `/checkouts/:id`.
pub fn checkout_page() -> AnyView {
    let (params, live, decide) = (use_params_map(), use_live(), Call::<DecideCheckout>::new());
    let id = move || params.with(|params| params.get_str("id").and_then(|id| id.parse().ok()).unwrap_or(0));
    let source = move || (id(), live.version(Noun::Checkouts), decide.version().get());
    let answers = asked(source, |(id, ..)| api::one(AppointmentId(id)));
    live_page(lang::current().checkout_title(), 3, answers, move |one| view! { <Page one decide/> }.into_any())
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(one: RwSignal<Appointment>, decide: Call<DecideCheckout>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let now = clock.now_once();
    part(move || {
        let one = one.get();
        let (back, word) = if one.mine {
            (format!("/checkouts/types/{}", one.kind), one.kind_name.clone())
        } else {
            ("/checkouts".to_owned(), t.checkouts_title().to_owned())
        };
        let body = if one.mine { mine(&one, now, decide) } else { theirs(&one, now, decide) };
        Some(view! {
            <a class="crumb" href=back><Icon name="chevron-left"/>{word}</a>
            <header class="page-head"><h1>{t.checkout_title()}</h1><p class="sub">{one.kind_name.clone()}</p></header>
            <Summary action=decide/>
            {body}
            {said(&one, now)}
        })
    })
}

/// What its member sees.
fn mine(one: &Appointment, now: Moment, decide: Call<DecideCheckout>) -> AnyView {
    let t = lang::current();
    let (trainer, deeds) = (called(one.trainer_name.as_ref()), one.deeds.clone());
    let id = one.id.to_string();
    view! {
        <section class="card checkout" data-open=one.state.is_open().then_some("")>
            <StateWord state=one.state/>
            <p class="when">{when(t, one, now)}</p>
            <div class="person-line"><Avatar name=trainer.clone() size="md"/><div>
                <p class="t">{t.checkout_with(&trainer)}</p>
                {one.machine_name.clone().map(|name| view! { <p class="s">{name}</p> })}
            </div></div>
            <div class="btn-row">
                {deeds.contains(&Deed::Move).then(|| view! {
                    <ButtonLink href=format!("/checkouts/types/{}", one.kind) label=t.checkout_move_head().to_owned() icon="clock"/>
                })}
                {deeds.contains(&Deed::Cancel).then(|| view! {
                    <Act id deed=Deed::Cancel kind=Kind::Danger decide about=one.kind_name.clone()/>
                })}
                {(!one.state.is_open()).then(|| view! {
                    <ButtonLink href=format!("/checkouts/types/{}", one.kind) label=t.checkout_to_slots().to_owned()/>
                })}
            </div>
        </section>
    }
    .into_any()
}

/// What whoever checks them out sees.
fn theirs(one: &Appointment, now: Moment, decide: Call<DecideCheckout>) -> AnyView {
    view! {
        <section class="card checkout">
            <StateWord state=one.state/>
            {who(one, now)}
            {one.evidence.clone().map(|evidence| evidence_of(&evidence, now))}
            {deeds(one, decide)}
        </section>
    }
    .into_any()
}

/// Who it is, on what, with whom and when.
pub(super) fn who(one: &Appointment, now: Moment) -> AnyView {
    let t = lang::current();
    let (person, trainer) = (called(one.person_name.as_ref()), called(one.trainer_name.as_ref()));
    let on = one.machine_name.clone().unwrap_or_else(|| one.kind_name.clone());
    view! {
        <div class="person-line"><Avatar name=person.clone() size="md"/><div>
            <h2>{person}</h2>
            <p class="s">{format!("{on} · {}", t.checkout_with(&trainer))}</p>
            <p class="s">{when(t, one, now)}</p>
        </div></div>
    }
    .into_any()
}

/// What speaks for the member.
pub(super) fn evidence_of(evidence: &Evidence, now: Moment) -> AnyView {
    let t = lang::current();
    let minutes = u64::from(evidence.used_minutes);
    let practice = if minutes == 0 {
        t.checkouts_no_practice().to_owned()
    } else {
        t.checkouts_practice(&t.length(Duration::from_secs(minutes * 60)))
    };
    let last = evidence.last_used.map(|last| t.since(last, now));
    let tries = (evidence.failed > 0).then(|| t.checkouts_tries(evidence.failed));
    let facts: Vec<String> = [Some(practice), last, tries].into_iter().flatten().collect();
    view! { <p class="s proof"><Icon name="clock"/>{facts.join(" · ")}</p> }.into_any()
}

/// What can be done about it: the way to yes first.
pub(super) fn deeds(one: &Appointment, decide: Call<DecideCheckout>) -> AnyView {
    let t = lang::current();
    let id = one.id.to_string();
    let about = called(one.person_name.as_ref());
    // One form with words at a time: who has come is not declined any more.
    let explained = [Deed::Fail, Deed::Reject].into_iter().find(|deed| one.deeds.contains(deed));
    let plain = [
        (Deed::Pass, Kind::Primary),
        (Deed::Accept, if one.deeds.contains(&Deed::Pass) { Kind::Quiet } else { Kind::Primary }),
        (Deed::NoShow, Kind::Quiet),
        (Deed::Cancel, Kind::Danger),
    ];
    let plain = plain.into_iter().filter(|(deed, _)| one.deeds.contains(deed)).map(|(deed, kind)| {
        view! { <Act id=id.clone() deed kind decide about=about.clone()/> }
    });
    let next = one.deeds.contains(&Deed::Pass).then(|| {
        view! { <p class="small muted">{t.checkout_pass_next(&one.kind_name)}</p> }
    });
    view! {
        <div class="btn-row">{plain.collect_view()}</div>
        {next}
        {explained.map(|deed| view! {
            <Explained id=id.clone() deed decide open=was_submitted(DecideCheckout::PATH)/>
        })}
    }
    .into_any()
}

/// What was said about it, and from when it may be tried again.
fn said(one: &Appointment, now: Moment) -> AnyView {
    let t = lang::current();
    let title = if one.retry.is_some() { t.checkout_practise() } else { t.checkout_note() };
    let by = one.decided_by.clone();
    let note = one.note.clone().map(|note| {
        view! {
            <section class="card" aria-labelledby="note">
                <div class="card-head"><h2 id="note">{title}</h2></div>
                <p>{note}</p>
                {by.map(|by| view! { <p class="small muted">{by}</p> })}
                {one.retry.map(|at| view! { <p class="small muted">{t.checkout_again(&t.exact(at, now))}</p> })}
            </section>
        }
    });
    note.into_any()
}
