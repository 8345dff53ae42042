//! A trainer's day: who stands at the machine now, today, and what waits for an answer.

use super::{
    Act, StateWord,
    api::{self, DecideCheckout, UndoPass},
    called,
    one::{deeds, evidence_of, who},
    undo::Done,
    when,
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
        empty::Empty,
        form::Summary,
        icon::Icon,
        page::live_page,
    },
};
use domain::{checkouts::Deed, live::Noun, time::Moment};
use leptos::prelude::*;
use text::time;
use views::checkouts::{Appointment, Candidate, Day, Wish};

/// The page at `/checkouts`.
pub fn checkouts_page() -> AnyView {
    let (live, decide, undo) = (use_live(), Call::<DecideCheckout>::new(), Call::<UndoPass>::new());
    let decided = move || decide.version().get() + undo.version().get();
    let answers = asked(move || (live.version(Noun::Checkouts), decided()), |_| api::day(String::new()));
    view! {
        {live_page(lang::current().checkouts_title(), 4, answers, move |day| view! { <Page day decide/> }.into_any())}
        <Done decide undo/>
    }
    .into_any()
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(day: RwSignal<Day>, decide: Call<DecideCheckout>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(day.with(|day| day.now)));
    let head = view! {
        <header class="page-head">
            <h1>{t.checkouts_title()}</h1>
            <span class="push btn-row">
                <ButtonLink href="/availability" label=t.checkouts_availability().to_owned() icon="clock"/>
                <ButtonLink href="/checkouts/new" label=t.checkouts_spot().to_owned() icon="plus"/>
            </span>
        </header>
        <Summary action=decide/>
    };
    view! {
        {head}
        {part(move || {
            let day = day.get();
            let now = day.now;
            let current = day.today.iter().find(|one| one.deeds.contains(&Deed::Pass)).cloned();
            let first = current.as_ref().map(|one| one.id);
            let today = if day.today.is_empty() {
                view! {
                    <div class="card"><Empty icon="graduation-cap">
                        <h3>{t.checkouts_today_none()}</h3><p>{t.checkouts_today_none_next()}</p>
                    </Empty></div>
                }.into_any()
            } else {
                let rows = day.today.iter().map(|one| {
                    let is_now = Some(one.id) == first;
                    row(one, now, true, is_now, decide)
                });
                view! { <ul class="list appts">{rows.collect_view()}</ul> }.into_any()
            };
            Some(view! {
                {current.map(|one| view! {
                    <section class="card checkout" aria-label=t.checkouts_now()>
                        {who(&one, now)}
                        {one.evidence.as_ref().map(|evidence| evidence_of(evidence, now))}
                        {deeds(&one, decide)}
                    </section>
                })}
                {group("waiting", t.checkouts_waiting(), &day.waiting, now, decide)}
                <section class="group" aria-labelledby="today">
                    <h2 class="group-head" id="today">{t.checkouts_today()}<span class="n">{day.today.len()}</span></h2>
                    {today}
                </section>
                {candidates(&day.candidates)}
                {wishes(&day.wishes, now)}
                {group("coming", t.checkouts_coming(), &day.coming, now, decide)}
                {group("unfinished", t.checkouts_unfinished(), &day.unfinished, now, decide)}
            })
        })}
    }
}

/// Those of other days, if there are any.
fn group(
    id: &'static str,
    title: &'static str,
    rows: &[Appointment],
    now: Moment,
    decide: Call<DecideCheckout>,
) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby=id>
                <h2 class="group-head" id=id>{title}<span class="n">{rows.len()}</span></h2>
                <ul class="list appts">{rows.iter().map(|one| row(one, now, false, false, decide)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// One appointment: when, who, on what, and how it stands. What waits for an answer is accepted here.
fn row(one: &Appointment, now: Moment, today: bool, current: bool, decide: Call<DecideCheckout>) -> AnyView {
    let t = lang::current();
    let name = called(one.person_name.as_ref());
    let accepts = one.deeds.contains(&Deed::Accept) && !current;
    let mut second = vec![one.machine_name.clone().unwrap_or_else(|| one.kind_name.clone())];
    if !today {
        second.push(when(t, one, now));
    }
    if one.state.is_open() {
        second.extend(one.evidence.as_ref().and_then(|evidence| t.checkout_trained(&evidence.modules)));
    }
    if one.evidence.as_ref().is_some_and(|evidence| evidence.failed > 0) {
        second.extend(one.evidence.as_ref().map(|evidence| t.checkouts_tries(evidence.failed)));
    }
    let past = (!one.state.is_open()).then_some("");
    view! {
        <li aria-current=current.then_some("true") data-past=past>
            <time datetime=time::iso(one.starts)>{time::clock(one.starts)}{current.then(|| view! { <small>{t.checkouts_now()}</small> })}</time>
            <Avatar name=name.clone() size="sm"/>
            <div><a class="t" href=format!("/checkouts/{}", one.id)>{name.clone()}</a><p class="s">{second.join(" · ")}</p></div>
            <div class="tail">
                {if accepts {
                    view! { <Act id=one.id.to_string() deed=Deed::Accept kind=Kind::Quiet decide about=name/> }.into_any()
                } else {
                    view! { <StateWord state=one.state/> }.into_any()
                }}
                <Icon name="chevron-right"/>
            </div>
        </li>
    }
    .into_any()
}

/// Who is ready for a checkout, and who is nearly, with what speaks for them and what is missing.
fn candidates(rows: &[Candidate]) -> Option<AnyView> {
    let t = lang::current();
    let ready = rows.iter().filter(|one| one.missing.is_empty()).count();
    (!rows.is_empty()).then(|| {
        let shown = rows.iter().map(|one| {
            let name = called(one.person_name.as_ref());
            let mut second = vec![one.kind_name.clone()];
            second.extend(t.checkout_trained(&one.modules));
            second.push(t.checkout_used(one.used_minutes));
            let missing = (!one.missing.is_empty()).then(|| t.checkouts_candidate_missing(&one.missing.join(", ")));
            let is_ready = missing.is_none();
            let label = format!("{}: {name}, {}", t.checkouts_candidate_check(), one.kind_name);
            let href = format!("/checkouts/new?person={}&kind={}", one.person, one.kind);
            view! {
                <li><div class="item">
                    <Avatar name=name.clone() size="sm"/>
                    <span class="lines">
                        <span class="t">{name.clone()}</span>
                        <span class="s">{second.join(" · ")}</span>
                        {missing.map(|missing| view! { <span class="s">{missing}</span> })}
                    </span>
                    <div class="acts">
                        {is_ready.then(|| view! { <span class="badge" data-tone="go">{t.candidate_ready()}</span> })}
                        <a class="btn" href=href aria-label=label>{t.checkouts_candidate_check()}</a>
                    </div>
                </div></li>
            }
        });
        let count = t.checkouts_candidates_count(&ready.to_string(), &(rows.len() - ready).to_string());
        view! {
            <section class="group" aria-labelledby="candidates">
                <h2 class="group-head" id="candidates">{t.checkouts_candidates()}<span class="n">{count}</span></h2>
                <ul class="list">{shown.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// Members for whom no time fits, with when they can come.
fn wishes(rows: &[Wish], now: Moment) -> Option<AnyView> {
    let t = lang::current();
    (!rows.is_empty()).then(|| {
        let shown = rows.iter().map(|wish| {
            let name = called(wish.person_name.as_ref());
            let second = format!("{} · {}", wish.kind_name, t.brief(wish.asked, now));
            view! {
                <li><div class="item">
                    <Avatar name=name.clone() size="sm"/>
                    <span class="lines">
                        <span class="t">{name.clone()}</span>
                        <span class="s">{second}</span>
                        {wish.note.clone().map(|note| view! { <span class="s">"“"{note}"”"</span> })}
                    </span>
                    <div class="acts"><ButtonLink href="/availability" label=t.checkouts_wish_offer().to_owned()/></div>
                </div></li>
            }
        });
        view! {
            <section class="group" aria-labelledby="wishes">
                <h2 class="group-head" id="wishes">{t.checkouts_wishes()}<span class="n">{rows.len()}</span></h2>
                <ul class="list">{shown.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}
