//! One appointment: for its member the time and the actions, for its trainer the evidence and the result.

use super::{
    Act, Explained, StateWord,
    api::{self, DecideCheckout, SignCheckout, UndoPass},
    called,
    checklist::{Marking, heard, of_member, record},
    undo::{Done, offered},
    when,
};
use crate::{
    call::{Call, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind},
        changing::dynamic,
        form::{Summary, was_submitted},
        icon::Icon,
    },
    visitor::use_visitor,
};
use contract::checkouts::{Appointment, Evidence, ModuleEvidence, Opened};
use domain::{
    checkouts::{CheckoutAction, State},
    id::AppointmentId,
    live::Noun,
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The page at `/checkouts/:id`.
pub fn checkout_page(one: AppointmentId) -> AnyView {
    let live = use_live();
    let (decide, undo) = (Call::<DecideCheckout>::new(), Call::<UndoPass>::new());
    let changed = RwSignal::new(0);
    let decided = move || decide.version().get() + undo.version().get();
    let source = move || (live.version(Noun::Checkouts), decided(), changed.get());
    let answers = page_resource(source, move |_| api::one(one));
    let page = move |opened| view! { <Page opened decide undo changed/> }.into_any();
    view! {
        {live_page(lang::current().checkout_title(), 3, answers, page)}
        <Done decide undo/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    opened: RwSignal<Opened>,
    decide: Call<DecideCheckout>,
    undo: Call<UndoPass>,
    changed: RwSignal<usize>,
) -> impl IntoView {
    let t = lang::current();
    let sign = Call::<SignCheckout>::new();
    heard(sign.version(), changed);
    let marks = Memo::new(move |_| opened.with(|opened| opened.checklist.may_mark));
    let back = Memo::new(move |_| {
        opened.with(|Opened { one, .. }| {
            if one.mine {
                (format!("/checkouts/types/{}", one.kind), one.kind_name.clone())
            } else {
                ("/checkouts".to_owned(), t.checkouts_title().to_owned())
            }
        })
    });
    let settled = move || {
        let all = opened.get();
        let (one, now) = (&all.one, all.now);
        let steps = if one.mine { of_member(&all, sign) } else { record(one.id, &all.checklist, now).into_any() };
        let body = if one.mine { mine(one, now, decide) } else { theirs(one, now, decide, undo) };
        Some(view! {
            <header class="page-head"><h1>{t.checkout_title()}</h1><p class="sub">{one.kind_name.clone()}</p></header>
            <Summary action=decide/>
            {body}
            {summary(one, now)}
            {steps}
        })
    };
    view! {
        {dynamic(move || {
            let (href, name) = back.get();
            Some(view! { <a class="crumb" href=href><Icon name="chevron-left"/>{name}</a> })
        })}
        {dynamic(move || Some(if marks.get() {
            view! { <Marking opened decide changed/> }.into_any()
        } else {
            dynamic(settled).into_any()
        }))}
    }
}

/// The member's view.
fn mine(one: &Appointment, now: Moment, decide: Call<DecideCheckout>) -> AnyView {
    let t = lang::current();
    let (trainer, actions) = (called(one.trainer_name.as_ref()), one.actions.clone());
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
                {actions.contains(&CheckoutAction::Move).then(|| view! {
                    <ButtonLink href=format!("/checkouts/types/{}", one.kind) label=t.checkout_move_head().to_owned() icon="clock"/>
                })}
                {actions.contains(&CheckoutAction::Cancel).then(|| view! {
                    <Act id action=CheckoutAction::Cancel kind=Kind::Danger decide about=one.kind_name.clone()/>
                })}
                {(!one.state.is_open() && one.state != State::Passed).then(|| view! {
                    <ButtonLink href=format!("/checkouts/types/{}", one.kind) label=t.checkout_to_slots().to_owned()/>
                })}
            </div>
        </section>
    }
    .into_any()
}

/// The trainer's view.
fn theirs(one: &Appointment, now: Moment, decide: Call<DecideCheckout>, undo: Call<UndoPass>) -> AnyView {
    view! {
        <section class="card checkout">
            <StateWord state=one.state/>
            {who(one, now)}
            {one.evidence.clone().map(|evidence| evidence_of(&evidence, now))}
            {untrained(one)}
            {actions(one, decide, false)}
            {offered(one, undo)}
        </section>
    }
    .into_any()
}

/// A note that passing alone does not open the machine if training is missing.
fn untrained(one: &Appointment) -> Option<AnyView> {
    let modules = &one.evidence.as_ref()?.modules;
    let is_done = |module: &&ModuleEvidence| module.watched && module.quiz.as_ref().is_none_or(|quiz| quiz.passed);
    let (all, done) = (modules.len(), modules.iter().filter(is_done).count());
    let is_partial = done < all && (one.state == State::Passed || one.actions.contains(&CheckoutAction::Pass));
    is_partial.then(|| {
        let message =
            lang::current().checkout_untrained(u32::try_from(all).unwrap_or(u32::MAX), &done.to_string());
        view! { <p class="why"><Icon name="triangle-alert"/><span>{message}</span></p> }.into_any()
    })
}

/// Member, type, trainer and time.
pub(super) fn who(one: &Appointment, now: Moment) -> AnyView {
    let t = lang::current();
    let (person, trainer) = (called(one.person_name.as_ref()), called(one.trainer_name.as_ref()));
    let on = one.machine_name.clone().unwrap_or_else(|| one.kind_name.clone());
    // The reader's own name is left out.
    let is_me = use_visitor().who.is_some_and(|me| me.id == one.trainer);
    let on = if is_me { on } else { format!("{on} · {}", t.checkout_with(&trainer)) };
    view! {
        <div class="person-line"><Avatar name=person.clone() size="md"/><div>
            <h2>{person}</h2>
            <p class="s">{on}</p>
            <p class="s">{when(t, one, now)}</p>
        </div></div>
    }
    .into_any()
}

/// The member's evidence.
fn evidence_of(evidence: &Evidence, now: Moment) -> AnyView {
    let t = lang::current();
    let last = evidence.last_used.map(|last| t.since(last, now));
    let tries = (evidence.failed > 0).then(|| t.checkouts_tries(evidence.failed));
    let facts: Vec<String> = [Some(t.checkout_practice(evidence)), last, tries].into_iter().flatten().collect();
    let modules = evidence.modules.iter().map(|module| {
        let icon =
            if module.watched && module.quiz.is_none_or(|quiz| quiz.passed) { "circle-check" } else { "clock" };
        let message = format!("{} · {}", module.title, t.checkout_module(module));
        view! { <li class="s proof"><Icon name=icon/><span>{message}</span></li> }
    });
    let modules = (!evidence.modules.is_empty())
        .then(|| view! { <ul class="proofs" role="list">{modules.collect_view()}</ul> });
    view! { {modules}<p class="s proof"><Icon name="clock"/>{facts.join(" · ")}</p> }.into_any()
}

/// The actions, the main one first. With `explains` the action with a reason is open.
pub(super) fn actions(one: &Appointment, decide: Call<DecideCheckout>, explains: bool) -> AnyView {
    let t = lang::current();
    let id = one.id.to_string();
    let about = called(one.person_name.as_ref());
    // One form with a reason at a time: a member who has come is not declined any more.
    let listed = one.listed && one.actions.contains(&CheckoutAction::Pass);
    let explained =
        [CheckoutAction::Fail, CheckoutAction::Reject].into_iter().find(|action| one.actions.contains(action));
    let explained = explained.filter(|action| !(listed && *action == CheckoutAction::Fail));
    let plain = [
        (CheckoutAction::Pass, Kind::Primary),
        (
            CheckoutAction::Accept,
            if one.actions.contains(&CheckoutAction::Pass) { Kind::Quiet } else { Kind::Primary },
        ),
        (CheckoutAction::NoShow, Kind::Quiet),
        (CheckoutAction::Cancel, Kind::Danger),
    ];
    // With a checklist, passing starts there.
    let list = listed.then(|| {
        let (href, label) = (format!("/checkouts/{}", one.id), t.checkout_open_list().to_owned());
        view! { <ButtonLink href label kind=Kind::Primary icon="list-checks"/> }
    });
    let offered =
        |action: CheckoutAction| one.actions.contains(&action) && !(listed && action == CheckoutAction::Pass);
    let plain = plain.into_iter().filter(|(action, _)| offered(*action)).map(|(action, kind)| {
        view! { <Act id=id.clone() action kind decide about=about.clone()/> }
    });
    let next = one.actions.contains(&CheckoutAction::Pass).then(|| {
        view! { <p class="small muted">{t.checkout_pass_next(&one.kind_name)}</p> }
    });
    view! {
        <div class="btn-row">{list}{plain.collect_view()}</div>
        {next}
        {explained.map(|action| view! {
            <Explained id=id.clone() action decide open=explains || was_submitted(DecideCheckout::PATH)/>
        })}
    }
    .into_any()
}

/// The trainer's message, and when it may be repeated.
fn summary(one: &Appointment, now: Moment) -> AnyView {
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
