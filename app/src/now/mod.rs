//! *Now*: every machine with its state, by place, live.
//!
//! Invariant: a row stays the same element while its machine exists, whatever is filtered or changes; so focus,
//! scrolling and highlights survive every answer. Not here: names of people.

pub mod api;
#[cfg(feature = "ssr")]
pub(crate) mod coming;
mod panels;
mod row;

use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live::{BrokerLost, use_live},
    live_page::loaded,
    set_up::api::STEPS,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::{dynamic, rows, text},
        chip::Chip,
        empty::Empty,
        icon::Icon,
        list::LinkItem,
    },
    visitor::use_visitor,
};
use contract::machines::{Floor, MachineNow, NextBooking, PlaceNow};
use domain::{
    actor::Rank,
    checklist::Progress,
    id::{MachineId, PlaceId},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use panels::{Calls, held, next_booking, running, session};
use row::Row;

/// Which machines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    All,
    /// Those that the reader could start now.
    Mine,
    Free,
}

impl Show {
    fn of_query(name: Option<&str>) -> Self {
        match name {
            Some("free") => Self::Free,
            Some("mine") => Self::Mine,
            _ => Self::All,
        }
    }

    const fn shows(self, machine: &MachineNow) -> bool {
        match self {
            Self::All => true,
            Self::Free => machine.is_free(),
            Self::Mine => machine.usable,
        }
    }
}

/// How many machines `show` leaves.
pub fn count(floor: &Floor, show: Show) -> usize {
    floor.places.iter().flat_map(|place| &place.machines).filter(|machine| show.shows(machine)).count()
}

/// A count as messages take it.
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The reader's next booking, and the time of the answer.
type Before = (Option<NextBooking>, Moment);

/// The page at `/`.
#[component]
pub fn Now() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let calls = Calls::new();
    // No event reports that an hour has come: the answer itself says when it ends.
    let until = RwSignal::new(None);
    let ended = Memo::new(move |_| u32::from(until.get().is_some_and(|until| clock.now().at >= until)));
    let rest =
        [Noun::Space, Noun::Announcements, Noun::Person, Noun::Bookings, Noun::Checkouts, Noun::TrainingEvents];
    // Blocking: the answer belongs to the first HTML, also without script.
    let answers = page_resource(
        // A sum of counters: a source of another shape would be code of its own.
        move || {
            let rest: u32 = rest.iter().map(|&noun| live.version(noun)).sum();
            let sent = number(calls.stop.version().get() + calls.decide.version().get());
            (live.version(Noun::Machine), rest + sent + ended.get())
        },
        |_| api::floor(),
    );
    view! {
        <Title text=lang::current().nav_now()/>
        {loaded(6, answers, move |floor| {
            Effect::new(move |_| until.set(floor.with(|floor| floor.until)));
            view! { <Machines floor calls/> }.into_any()
        })}
    }
}

/// The machines of `floor`, without requests, so that tests can render them.
#[component]
fn Machines(floor: RwSignal<Floor>, calls: Calls) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    let visitor = use_visitor();
    let space = visitor.space.clone();
    let learns = visitor.who.as_ref().is_some_and(|me| me.rank >= Rank::Member);
    let known = visitor.who.is_some();
    Effect::new(move |_| clock.hear(floor.with(|floor| floor.now)));

    let query = use_query_map();
    let show = Memo::new(move |_| query.with(|query| Show::of_query(query.get_str("show"))));
    let unowned = Memo::new(move |_| floor.with(|floor| floor.unowned));
    let counted = move |show| Memo::new(move |_| floor.with(|floor| count(floor, show)));
    let (all, mine, free) = (counted(Show::All), counted(Show::Mine), counted(Show::Free));
    let lost = Memo::new(move |_| floor.with(|floor| floor.broker_lost));
    let on = Memo::new(move |_| floor.with(|floor| floor.session.clone()));
    let hold = Memo::new(move |_| floor.with(|floor| floor.hold));
    // Only the day of that instant matters, because it is shown relative to today.
    let before = Memo::new_with_compare(
        move |_| floor.with(|floor| (floor.next.clone(), floor.now)),
        |was: Option<&Before>, is: Option<&Before>| match (was, is) {
            (Some(was), Some(is)) => (&was.0, was.1.wall().date) != (&is.0, is.1.wall().date),
            _ => true,
        },
    );
    let visible = Signal::derive(move || match show.get() {
        Show::All => all.get(),
        Show::Mine => mine.get(),
        Show::Free => free.get(),
    });
    let chip = move |href, label, of: Show, count: Memo<usize>| {
        let current = Signal::derive(move || show.get() == of);
        view! { <Chip href label current count/> }
    };
    view! {
        <header class="page-head">
            <h1>{t.nav_now()}</h1>
            <p class="sub push">
                {space}" · "<span role="status">{text(move || t.now_free_of(number(free.get()), number(all.get())))}</span>
            </p>
            // On a phone the navigation bar has no room for it.
            {learns.then(|| view! {
                <a class="btn only-narrow" data-icon="" data-kind="ghost" href="/find" aria-label=t.find_title()
                    on:click=move |event| crate::find::clicked(&event, visitor.clone())><Icon name="search"/></a>
            })}
        </header>
        <BrokerLost lost/>
        {dynamic(move || hold.get().map(held))}
        {dynamic(move || on.get().map(|on| {
            let booking = before.with(|before| before.0.clone());
            let booking = booking.filter(|booking| booking.runs && booking.resource.machine() == Some(on.machine));
            session(on, booking, calls)
        }))}
        {dynamic(move || {
            let (next, now) = before.get();
            let on = on.with(|on| on.as_ref().map(|on| on.machine));
            // A reader on the machine they have booked has one panel for both.
            let next = next.filter(|next| !next.runs || on.is_none() || next.resource.machine() != on);
            next.map(|next| if next.runs { running(&next) } else { next_booking(next, now, calls) })
        })}
        <SetUp set_up=Memo::new(move |_| floor.with(|floor| floor.set_up))/>
        {upcoming(Memo::new(move |_| floor.with(|floor| floor.coming.clone())))}
        {news(Memo::new(move |_| floor.with(|floor| floor.news.clone())))}
        <section class="places" aria-labelledby="machines"
            data-stale=Signal::derive(move || lost.get().is_some() || live.stale_since().is_some())>
            <div class="places-head">
                <h2 id="machines" class="visually-hidden">{t.now_machines_heading()}</h2>
                <div class="chips" role="group" aria-label=t.now_show() hidden=Signal::derive(move || all.get() == 0)>
                    {chip("/", t.now_show_all(), Show::All, all)}
                    {known.then(|| chip("/?show=mine", t.now_show_mine(), Show::Mine, mine))}
                    {chip("/?show=free", t.now_show_free(), Show::Free, free)}
                </div>
                {dynamic(move || (visible.get() == 0).then(|| view! { <Nothing show=show.get() all=all.get() unowned/> }))}
            </div>
            {rows(
                move || floor.with(|floor| floor.places.iter().map(|place| place.id).collect()),
                |place| (place.map_or(0, |PlaceId(id)| id), 0),
                move |id| view! {
                    <Group floor place=Memo::new(move |_| {
                        floor.with(|floor| floor.places.iter().find(|place| place.id == id).cloned())
                    }) show/>
                },
            )}
        </section>
    }
}

/// Progress of the set-up, and the next step. Dismissed on the page with all steps.
#[component]
fn SetUp(set_up: Memo<Option<Progress>>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        set_up.get().map(|Progress { done, next }| {
            let title = format!("{} · {}", t.checklist_title(), t.checklist_done(done));
            let second = t.checklist_next(t.checklist_step(next));
            view! { <ul class="list"><LinkItem href=STEPS.to_owned() icon="circle-check" title second/></ul> }
        })
    })
}

/// What the coming days hold, as rendered on the server.
fn upcoming(html: Memo<String>) -> impl IntoView {
    dynamic(move || {
        let html = Some(html.get()).filter(|html| !html.is_empty())?;
        Some(view! { <div class="upcoming" inner_html=html></div> })
    })
}

/// Announcements, as rendered on the server.
fn news(news: Memo<String>) -> impl IntoView {
    let label = lang::current().announcements_title();
    dynamic(move || {
        let html = Some(news.get()).filter(|news| !news.is_empty())?;
        Some(view! { <section class="news" aria-label=label inner_html=html></section> })
    })
}

/// The machines of one place.
#[component]
fn Group(floor: RwSignal<Floor>, place: Memo<Option<PlaceNow>>, show: Memo<Show>) -> impl IntoView {
    let t = lang::current();
    let machines =
        move || place.with(|place| place.iter().flat_map(|place| &place.machines).map(|one| one.id).collect());
    let visible = Memo::new(move |_| {
        let show = show.get();
        place.with(|place| {
            let machines = place.iter().flat_map(|place| &place.machines);
            machines.filter(|machine| show.shows(machine)).count()
        })
    });
    let name = text(move || {
        let name = place.with(|place| place.as_ref().map(|place| place.name.clone())).unwrap_or_default();
        if name.is_empty() { t.now_elsewhere().into() } else { name }
    });
    let counted = text(move || t.now_machines(number(visible.get())));
    view! {
        <section class="group" hidden=Signal::derive(move || visible.get() == 0)>
            <h3 class="group-head">{name}<span class="n">{counted}</span></h3>
            <ul class="list">
                {rows(machines, |MachineId(id)| (*id, 0), move |id| view! { <Row floor id show/> })}
            </ul>
        </section>
    }
}

/// Shown instead of an empty list: why, and what to do.
#[component]
fn Nothing(show: Show, all: usize, unowned: Memo<bool>) -> impl IntoView {
    let t = lang::current();
    let who = use_visitor().who;
    let known = who.is_some();
    let adds = who.is_some_and(|me| me.rank >= Rank::Manager && !me.asleep);
    if all == 0 && adds {
        return view! {
            <div class="card">
                <Empty icon="wrench">
                    <h3>{t.now_nothing()}</h3>
                    <p>{t.now_nothing_first()}</p>
                    <ButtonLink href="/machines/new" label=t.equipment_add() kind=Press::Primary icon="plus"/>
                </Empty>
            </div>
        }
        .into_any();
    }
    if all == 0 {
        return view! {
            <div class="card">
                <Empty icon="wrench">
                    <h3>{if unowned.get_untracked() { t.sign_in_empty() } else { t.now_nothing() }}</h3>
                    {unowned.get_untracked().then(|| view! { <p>{t.sign_in_empty_next()}</p> })}
                    {if known {
                        view! { <p>{t.now_nothing_ask()}</p> }.into_any()
                    } else {
                        view! { <p>{t.now_nothing_next()}</p><p><code>"toolgate demo --data demo"</code></p> }.into_any()
                    }}
                </Empty>
            </div>
        }
        .into_any();
    }
    let title = if show == Show::Mine { t.now_none_mine() } else { t.now_none_free() };
    view! {
        <div class="card">
            <Empty icon="search">
                <h3>{title}</h3>
                <p>{t.now_none_next()}</p>
                <ButtonLink href="/" label=t.now_all_again(number(all))/>
            </Empty>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
