//! One machine: the answer first, then its day, then its facts.
//!
//! Invariant: a machine that does not exist answers 404 in place, with a link home. Not here: who uses it.
//!
//! The page listens to every machine, not only its own, because whether the reader may use this one depends on who
//! is using the others.

mod answer;
pub mod api;
pub mod attempts;
mod day;
pub mod state;

use crate::{
    answers::MachineAnswer,
    bookings::api::DecideBooking,
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::{BrokerLost, use_live},
    live_page::{following, loaded},
    notices::follow::follow_button,
    problems::{api::LiftBlock, at_machine::Problems},
    requests::RemoteButton,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, rows, text},
        clock::{Elapsed, TimeOfDay},
        facts::Facts,
        form::{Form, hidden},
        icon::Icon,
        list::LinkItem,
        picture::Photo,
        status::{Badge, Status},
        strip::{Legend, Stretch, Strip},
    },
    visitor::use_visitor,
};
use answer::{Answered, Booking, ForOther, Helpers};
use api::OnPage;
use contract::machines::{MachineNow, MachinePage as Page, UseToday};
use day::Axis;
use domain::{
    actor::Rank,
    id::{MachineId, PersonId, UseId},
    live::Noun,
    machines::MachineState,
    pictures::Subject,
    time::{MINUTE, Millis, Moment},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use state::state_word;
use std::time::Duration;
use text::time;

/// The page at `/machines/:id`.
pub fn machine_page(machine: MachineId) -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let known = use_visitor().who.is_some();
    let other = Signal::derive(move || {
        query.with(|query| query.get_str("for").and_then(|id| id.parse().ok()).map(PersonId))
    });
    // No event reports that an hour has come: the answer itself says when it ends.
    let (clock, ends) = (use_clock(), RwSignal::new(None::<Millis>));
    let ended = Memo::new(move |_| ends.get().is_some_and(|end| clock.now().at >= end));
    // Whether a person may use it depends on who is on other machines too.
    let (decide, lift) = (Call::<DecideBooking>::new(), Call::<LiftBlock>::new());
    let done = move || u32::try_from(decide.version().get() + lift.version().get()).unwrap_or(u32::MAX);
    let versions = move || {
        let rest = live.version(Noun::Person)
            + live.version(Noun::Bookings)
            + live.version(Noun::Checkouts)
            + live.version(Noun::Documents)
            + done();
        (live.version(Noun::Machine), live.version(Noun::Space), rest)
    };
    let answers = page_resource(
        move || (other.get(), ended.get(), versions()),
        move |(other, ..)| api::machine(machine, other),
    );
    view! {
        <Crumb/>
        {loaded(3, answers, move |visible: RwSignal<OnPage>| {
                Effect::new(move |_| ends.set(visible.with(|visible| visible.message.ends)));
                let stop = dynamic(move || Some(view! { <RemoteButton machine/> })).into_any();
                let below = dynamic(move || Some(view! { {known.then(|| help_link(machine))}{known.then(|| follow_button(machine))}<Problems machine/> })).into_any();
                view! { <Machine on_page=visible other decide lift stop below/> }.into_any()
            })}
    }
    .into_any()
}

fn help_link(machine: MachineId) -> AnyView {
    view! { <p><a class="btn" href=format!("/machines/{machine}/help")>{lang::current().help_ask()}</a></p> }
        .into_any()
}

#[component]
fn Crumb() -> impl IntoView {
    view! { <a class="crumb" href="/"><Icon name="chevron-left"/>{lang::current().nav_now()}</a> }
}

/// The page of one machine, without requests, so that tests can render it.
#[component]
fn Machine(
    on_page: RwSignal<OnPage>,
    other: Signal<Option<PersonId>>,
    decide: Call<DecideBooking>,
    lift: Call<LiftBlock>,
    stop: AnyView,
    below: AnyView,
) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    let page = Memo::new(move |_| on_page.with(|on_page| on_page.page.clone()));
    // Each answer is of another instant; only one that reads differently counts as changed.
    let message = Memo::new_with_compare(
        move |_| on_page.with(|on_page| on_page.message.clone()),
        |before: Option<&MachineAnswer>, after: Option<&MachineAnswer>| match (before, after) {
            (Some(before), Some(after)) => !before.reads_like(after),
            _ => true,
        },
    );
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let machine = Memo::new(move |_| page.with(|page| page.machine.clone()));
    let mine = Memo::new(move |_| page.with(|page| page.mine.clone()));
    let name = Memo::new(move |_| machine.with(|machine| machine.name.clone()));
    let sees_history = use_visitor().who.is_some_and(|me| me.rank >= Rank::Member || me.auditor);
    let photo =
        Memo::new(move |_| page.with(|page| Some(Subject::Machine(page.machine.id).src(page.picture?, false))));
    let lost = Memo::new(move |_| page.with(|page| page.broker_lost));
    let connects = Memo::new(move |_| page.with(|page| page.may_change));
    let stands = text(move || {
        page.with(|page| {
            let place = page.place.as_ref().map_or_else(String::new, |(_, place)| format!("{place} · "));
            place + &page.machine.kind
        })
    });
    view! {
        <Title text=following(name)/>
        <header class="machine-head">
            <h1>{text(move || name.get())}</h1>
            <p>{stands}</p>
            {dynamic(move || photo.get().map(|src| view! { <Photo src name=name.get_untracked()/> }))}
            {dynamic(move || Some(page.with(|page| action_buttons(page, lift))))}
        </header>
        // Announced only when the state itself changes, not every minute.
        <p class="visually-hidden" role="status">
            {text(move || machine.with(|machine| state_word(t, machine)))}
        </p>
        <BrokerLost lost/>
        <div data-stale=Signal::derive(move || lost.get().is_some() || live.stale_since().is_some())>
            {dynamic(move || {
                let (machine, message) = (machine.get(), message.get());
                let booking = Booking { books: sees_history, mine: mine.get(), decide };
                Some(view! { <Answered machine message booking connects=connects.get()/> })
            })}
        </div>
        {stop}
        <Helpers message/>
        <Today page/>
        <ForOther message chosen=other/>
        <section class="card" aria-labelledby="facts">
            <div class="card-head"><h2 id="facts">{t.machine_facts()}</h2></div>
            {dynamic(move || page.with(|page| {
                let used = Duration::from_millis(page.used.try_into().unwrap_or(0));
                let mut facts = vec![(t.machine_type(), page.machine.kind.clone())];
                facts.extend(page.place.clone().map(|(_, place)| (t.machine_place(), place)));
                facts.push((t.machine_hours(), t.hours(used)));
                Some(view! { <Facts facts/> })
            }))}
        </section>
        {dynamic(move || page.with(|page| {
            let manual = page.manual.clone().map(|manual| {
                let second = manual.split("://").nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
                (manual, "book-open", t.machine_manual(), second, true)
            });
            let history = sees_history.then(|| {
                let href = format!("/machines/{}/history", page.machine.id);
                (href, "clock", t.history_word(), t.history_next().to_owned(), false)
            });
            let links: Vec<_> = [manual, history].into_iter().flatten().collect();
            (!links.is_empty()).then(|| {
                let links = links.into_iter().map(|(href, icon, title, second, external)| {
                    view! { <LinkItem href icon title second external/> }
                });
                view! { <ul class="list">{links.collect_view()}</ul> }
            })
        }))}
        {below}
    }
}

/// Actions in the head of the page.
fn action_buttons(page: &Page, lift: Call<LiftBlock>) -> AnyView {
    let t = lang::current();
    let id = page.machine.id;
    let maintenance = || match page.maintenance {
        Some(urgency) if !t.urgency(urgency).is_empty() => {
            format!("{} · {}", t.maintenance_title(), t.urgency(urgency))
        }
        _ => t.maintenance_title().to_owned(),
    };
    let actions = [
        page.sees_maintenance.then(|| (format!("/machines/{id}/maintenance"), maintenance(), "wrench")),
        page.may_change.then(|| (format!("/machines/{id}/edit"), t.equipment_edit().to_owned(), "pen-line")),
        page.claimable.then(|| (format!("/machines/{id}/claim"), t.claim_link().to_owned(), "id-card")),
    ];
    let actions = actions.into_iter().flatten().map(|(href, label, icon)| {
        view! { <ButtonLink href label kind=Kind::Ghost icon/> }
    });
    let lift = page.block.map(|block| {
        view! {
            <Form action=lift>
                {hidden("block", &block)}
                <Submit label=t.block_lift() kind=Kind::Primary busy=lift.pending()/>
            </Form>
        }
    });
    view! { <div class="btn-row">{lift}{actions.collect_view()}</div> }.into_any()
}

/// The state in a few words, with its age where that matters.
fn sentence(machine: &MachineNow) -> Signal<String> {
    let (t, clock) = (lang::current(), use_clock());
    match machine.state {
        MachineState::InUse { since, .. } => Signal::derive(move || match clock.now().at.since(since.at) {
            moment if moment < MINUTE => t.machine_in_use_new().to_owned(),
            length => t.machine_in_use_for(&t.length(length)),
        }),
        _ => Signal::stored(state_word(t, machine)),
    }
}

/// Why it is in this state, and what follows.
fn because(machine: MachineNow) -> AnyView {
    let (t, clock) = (lang::current(), use_clock());
    // Since when, as a sentence, and what follows.
    let since = move |at: Moment, next: &'static str| {
        text(move || format!("{} {next}", time::sentence(&t.since(at, clock.now()))))
    };
    match machine.state {
        MachineState::InUse { silent: Some(silent), .. } => {
            view! { <p>{text(move || t.machine_silent_because(&t.since(silent, clock.now())))}</p> }.into_any()
        }
        MachineState::InUse { since: at, silent: None } => {
            let user = machine.user.map(|user| view! { <p><b>{user}</b></p> });
            view! { {user}<p>{since(at, t.machine_in_use_because())}</p> }.into_any()
        }
        MachineState::Blocked { since: at } => view! {
            {machine.blocked_because.map(|reason| view! { <p><b>{reason}</b></p> })}
            <p>{since(at, t.machine_blocked_because())}</p>
        }
        .into_any(),
        MachineState::Offline { since: at } => {
            view! { <p>{since(at, t.machine_offline_because())}</p> }.into_any()
        }
        MachineState::Closed { until } => {
            let until = time::sentence(&t.until(until, clock.now_once()));
            view! { <p>{format!("{until} {}", t.machine_closed_because())}</p> }.into_any()
        }
        MachineState::MaintenanceDue => view! { <p>{t.machine_maintenance_because()}</p> }.into_any(),
        MachineState::Free { .. } => view! { <p>{t.machine_free_because()}</p> }.into_any(),
        MachineState::Unmanaged if machine.awaited_board.is_some() => {
            view! { <p>{t.machine_awaits_board_ask()}</p> }.into_any()
        }
        MachineState::Unmanaged => view! { <p>{t.machine_unmanaged_because()}</p> }.into_any(),
    }
}

/// Today: the strip, and the same as a list.
#[component]
fn Today(page: Memo<Page>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let axis = Memo::new(move |_| page.with(Axis::of));
    let uses = Memo::new(move |_| page.with(|page| page.uses.clone()));
    let booked = Memo::new(move |_| page.with(|page| page.booked.clone()));
    let counted = move || {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let used = t.machine_uses_today(uses.with(|uses| count(uses.len())));
        match booked.with(Vec::len) {
            0 => used,
            booked => format!("{used}, {}", t.machine_bookings_today(count(booked))),
        }
    };
    let is_free = Memo::new(move |_| page.with(|page| page.machine.state.is_free()));
    let blocks = Signal::derive(move || {
        // Read before the list is borrowed: one that is recomputed meanwhile would deadlock.
        let (axis, now, free) = (axis.get(), clock.now().at, is_free.get());
        let booked = booked.get();
        uses.with(|uses| axis.blocks(uses, &booked, now, free))
    });
    let now = Signal::derive(move || axis.get().place(clock.now().at));
    let label = Signal::derive(move || {
        let axis = axis.get();
        let (from, to) = (axis.from.to_string(), axis.to.to_string());
        t.machine_strip(&from, &to, &counted(), &time::clock(clock.now()))
    });
    let free = move || {
        page.with(|page| match page.machine.state {
            MachineState::Free { since: Some(at) } => Some(at),
            _ => None,
        })
    };
    view! {
        <section class="card" aria-labelledby="today">
            <div class="card-head">
                <h2 id="today">{t.machine_today()}</h2>
                {dynamic(move || free().map(|at| view! {
                    <Badge status=Status::Free pill=true>{text(move || t.since(at, clock.now()))}</Badge>
                }))}
            </div>
            {dynamic(move || {
                let ticks = axis.get().ticks();
                Some(view! { <Strip blocks now ticks label/> })
            })}
            <Legend words=vec![
                ("free", t.legend_free()),
                (Stretch::Used.key(), t.legend_used()),
                (Stretch::Running.key(), t.legend_running()),
                (Stretch::Booked.key(), t.legend_booked()),
                (Stretch::Mine.key(), t.legend_mine()),
            ]/>
            <details class="uses">
                <summary>{text(counted)}<Icon name="chevron-right"/></summary>
                <ol>
                    {rows(
                        move || uses.get(),
                        |UseToday { id: UseId(id), end, .. }| (*id, end.map_or(0, |end| end.at.0)),
                        |one| view! { <Use one/> },
                    )}
                    {dynamic(move || Some(booked.get().into_iter().map(|one| {
                        let who = if one.mine { t.legend_mine().to_owned() } else { one.who.unwrap_or_else(|| t.legend_booked().to_owned()) };
                        view! { <li><TimeOfDay at=one.start/>"–"<TimeOfDay at=one.end/><span class="push">{who}</span></li> }
                    }).collect_view()))}
                </ol>
                {dynamic(move || uses.with(|uses| uses.iter().any(|one| one.approximate)).then(|| view! {
                    <p class="small muted">{t.machine_use_about_why()}</p>
                }))}
            </details>
        </section>
    }
}

/// One use: `09:10–11:05 · 1 h 55`.
#[component]
fn Use(one: UseToday) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let about = one.approximate.then(|| view! { {t.machine_use_about()}" " });
    let overnight = one.start.wall().date != now.wall().date;
    let day = overnight.then(|| view! { {t.day(one.start, now)}" " });
    let length = match one.end {
        Some(end) => {
            view! { "–"<TimeOfDay at=end/><span class="push">{t.length(end.at.since(one.start.at))}</span> }
        }
        None => {
            view! { {format!("· {}", t.machine_use_running())}<span class="push"><Elapsed since=one.start/></span> }
        }
    };
    view! { <li>{about}{day}<TimeOfDay at=one.start/>{length}</li> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
