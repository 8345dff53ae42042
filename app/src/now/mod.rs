//! What is going on right now: every machine with its state, by place, live.
//!
//! Invariant: a row stays the same element while its machine exists, whatever is filtered or changes; so focus,
//! scrolling and the wash of what changed survive every answer. Deliberately absent: names of people.

pub mod api;
mod row;

use crate::{
    call::asked,
    clock::use_clock,
    lang,
    live::{BrokerLost, use_live},
    manage::checklist::page,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::{part, text},
        chip::Chip,
        empty::Empty,
        icon::Icon,
        list::LinkItem,
        page::loaded,
    },
    visitor::use_visitor,
};
use domain::{actor::Rank, bookings::Deed, checklist::Progress, live::Noun, machines::MachineState, time::Date};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use row::Row;
use text::time;
use views::machines::{Floor, MachineNow, NextBooking, PlaceNow};

/// Which machines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    All,
    Free,
    InUse,
}

impl Show {
    fn of_query(word: Option<&str>) -> Self {
        match word {
            Some("free") => Self::Free,
            Some("in-use") => Self::InUse,
            _ => Self::All,
        }
    }

    const fn shows(self, machine: &MachineNow) -> bool {
        match self {
            Self::All => true,
            Self::Free => machine.state.is_free() && machine.reserved.is_none(),
            Self::InUse => matches!(machine.state, MachineState::InUse { .. }),
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

/// One's own booking that runs or comes next: the way to check in, and to the others.
fn next_booking(next: &NextBooking, today: Date) -> AnyView {
    let t = lang::current();
    let day = if next.starts.wall().date == today { t.book_today() } else { t.book_tomorrow() };
    let span = format!("{day}, {}–{}", time::clock(next.starts), time::clock(next.ends));
    let (title, deed) = match (next.runs, next.opens) {
        (true, _) => (t.now_booking_runs(), t.now_booking_open()),
        (false, true) => (t.now_booking_next(), t.booking_deed(Deed::CheckIn)),
        (false, false) => (t.now_booking_next(), t.now_booking_open()),
    };
    let (href, name) = (format!("/bookings/{}", next.id), next.name.clone());
    view! {
        <section class="card next-booking" aria-label=title>
            <p class="s">{title}</p>
            <p class="t">{name}", "<b>{span}</b></p>
            <div class="btn-row">
                <ButtonLink href label=deed.to_owned() kind=if next.opens { Press::Primary } else { Press::Quiet }/>
                <ButtonLink href="/book/mine" label=t.book_mine().to_owned() kind=Press::Ghost/>
            </div>
        </section>
    }
    .into_any()
}

/// The page at `/`.
#[component]
pub fn Now() -> impl IntoView {
    let live = use_live();
    // Blocking: the answer belongs to the first HTML, also where no script runs.
    let answers = asked(
        // A sum of what only grows: a source of another shape would be code of its own.
        move || (live.version(Noun::Machine), live.version(Noun::Space) + live.version(Noun::Announcements)),
        |_| api::floor(),
    );
    view! {
        <Title text=lang::current().nav_now()/>
        {loaded(6, answers, |floor| view! { <Machines floor/> }.into_any())}
    }
}

/// The machines of `floor`: no request, so that a test can render it.
#[component]
fn Machines(floor: RwSignal<Floor>) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    let visitor = use_visitor();
    let space = visitor.space.clone();
    let learns = visitor.who.as_ref().is_some_and(|me| me.rank >= Rank::Member);
    Effect::new(move |_| clock.hear(floor.with(|floor| floor.now)));

    let query = use_query_map();
    let show = Memo::new(move |_| query.with(|query| Show::of_query(query.get_str("show"))));
    let counted = move |show| Memo::new(move |_| floor.with(|floor| count(floor, show)));
    let (all, free, in_use) = (counted(Show::All), counted(Show::Free), counted(Show::InUse));
    let lost = Memo::new(move |_| floor.with(|floor| floor.broker_lost));
    // Its day is said by the day on which it is read.
    let next =
        Memo::new(move |_| floor.with(|floor| floor.next.clone().map(|next| (next, floor.now.wall().date))));
    let shown = Signal::derive(move || match show.get() {
        Show::All => all.get(),
        Show::Free => free.get(),
        Show::InUse => in_use.get(),
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
            // On a phone the bar has no room for it beside what members have there.
            {learns.then(|| view! {
                <a class="btn only-narrow" data-icon="" data-kind="ghost" href="/find" aria-label=t.find_title()
                    on:click=move |event| crate::find::clicked(&event, visitor.clone())><Icon name="search"/></a>
            })}
        </header>
        <BrokerLost lost/>
        {part(move || next.get().map(|(booking, now)| next_booking(&booking, now)))}
        <SetUp set_up=Memo::new(move |_| floor.with(|floor| floor.set_up))/>
        {news(Memo::new(move |_| floor.with(|floor| floor.news.clone())))}
        <section class="places" aria-labelledby="machines"
            data-stale=Signal::derive(move || lost.get().is_some() || live.stale_since().is_some())>
            <div class="places-head">
                <h2 id="machines" class="visually-hidden">{t.now_machines_heading()}</h2>
                <div class="chips" role="group" aria-label=t.now_show() hidden=Signal::derive(move || all.get() == 0)>
                    {chip("/", t.now_show_all(), Show::All, all)}
                    {chip("/?show=free", t.now_show_free(), Show::Free, free)}
                    {chip("/?show=in-use", t.now_show_in_use(), Show::InUse, in_use)}
                </div>
                {part(move || (shown.get() == 0).then(|| view! { <Nothing show=show.get() all=all.get()/> }))}
            </div>
            <For each=move || floor.with(|floor| floor.places.iter().map(|place| place.id).collect::<Vec<_>>())
                key=|id| *id let:id>
                <Group floor place=Memo::new(move |_| {
                    floor.with(|floor| floor.places.iter().find(|place| place.id == id).cloned())
                }) show/>
            </For>
        </section>
    }
}

/// How far the space is set up, and what comes next. It is put away where all steps stand.
#[component]
fn SetUp(set_up: Memo<Option<Progress>>) -> impl IntoView {
    let t = lang::current();
    part(move || {
        set_up.get().map(|Progress { done, next }| {
            let title = format!("{} · {}", t.checklist_title(), t.checklist_done(done));
            let second = t.checklist_next(t.checklist_step(next));
            view! { <ul class="list"><LinkItem href=page(next).to_owned() icon="circle-check" title second/></ul> }
        })
    })
}

/// What managers announce, as the server wrote it.
fn news(news: Memo<String>) -> impl IntoView {
    let label = lang::current().announcements_title();
    part(move || {
        let html = Some(news.get()).filter(|news| !news.is_empty())?;
        Some(view! { <section class="news" aria-label=label inner_html=html></section> })
    })
}

/// The machines of one place.
#[component]
fn Group(floor: RwSignal<Floor>, place: Memo<Option<PlaceNow>>, show: Memo<Show>) -> impl IntoView {
    let t = lang::current();
    let machines = move || {
        place.with(|place| place.iter().flat_map(|place| &place.machines).map(|one| one.id).collect::<Vec<_>>())
    };
    let shown = Memo::new(move |_| {
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
    let counted = text(move || t.now_machines(number(shown.get())));
    view! {
        <section class="group" hidden=Signal::derive(move || shown.get() == 0)>
            <h3 class="group-head">{name}<span class="n">{counted}</span></h3>
            <ul class="list">
                <For each=machines key=|id| *id let:id><Row floor id show/></For>
            </ul>
        </section>
    }
}

/// What stands in place of a list without rows: why, and the way on.
#[component]
fn Nothing(show: Show, all: usize) -> impl IntoView {
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
                    <h3>{t.now_nothing()}</h3>
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
    let title = if show == Show::InUse { t.now_none_in_use() } else { t.now_none_free() };
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
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, floor, html, visitor, words};
    use domain::time::DAY;
    use text::Lang;

    fn page(lang: Lang, address: &str, floor: Floor) -> String {
        html(visitor(lang), address, move || view! { <Machines floor=RwSignal::new(floor)/> })
    }

    /// The rows that are not hidden.
    fn rows(html: &str) -> Vec<String> {
        let shown = |row: &&str| row.split_once('>').is_some_and(|(tag, _)| !tag.contains("hidden"));
        let row = |row: &str| words(&format!("<li{}", row.split_once("</li>").map_or(row, |(row, _)| row)));
        html.split("<li").skip(1).filter(shown).map(row).collect()
    }

    #[test]
    fn every_state_is_said_in_words_with_its_time() {
        let english = [
            "Laser 1In use · 42 min",
            "Laser 2Free since 12:40",
            "WelderOffline since 13:02",
            "MillBlocked · spindle noise",
            "AnvilNo board",
        ];
        assert_eq!(rows(&page(Lang::En, "/", floor())), english);
        let italian = [
            "Laser 1In uso · 42 min",
            "Laser 2Libera dalle 12:40",
            "WelderNon in linea dalle 13:02",
            "MillBloccata · spindle noise",
            "AnvilSenza scheda",
        ];
        assert_eq!(rows(&page(Lang::It, "/", floor())), italian);
    }

    #[test]
    fn a_silent_board_is_said_beside_the_use() {
        let mut floor = floor();
        floor.places[0].machines[0].state = MachineState::InUse { since: ago(80), silent: Some(ago(5)) };
        assert_eq!(rows(&page(Lang::En, "/", floor))[0], "Laser 1In use · 1 h 20 · board silent since 14:11");
    }

    #[test]
    fn a_closed_machine_is_not_free_and_says_until_when() {
        let mut floor = floor();
        floor.places[0].machines[1].state = MachineState::Closed { until: NOW.shifted_to(NOW.at.after(DAY)) };
        let html = page(Lang::En, "/?show=free", floor.clone());
        assert!(rows(&html).is_empty(), "{html}");
        assert_eq!(rows(&page(Lang::En, "/", floor))[1], "Laser 2Closed until tomorrow, 14:16");
    }

    #[test]
    fn a_filter_in_the_address_hides_the_other_rows_and_empty_places() {
        let html = page(Lang::En, "/?show=free", floor());
        assert_eq!(rows(&html), ["Laser 2Free since 12:40"]);
        assert_eq!(html.matches("<section hidden").count(), 2, "{html}");
        assert!(html.contains(r#"href="/?show=free" data-noscroll aria-current="true""#), "{html}");
        assert!(words(&html).contains("1 of 5 free"), "{html}");
    }

    #[test]
    fn a_filter_that_leaves_nothing_leads_back_to_all() {
        let mut floor = floor();
        floor.places.remove(0);
        let html = page(Lang::En, "/?show=in-use", floor);
        assert!(words(&html).contains("Nothing is in use just now"), "{html}");
        assert!(html.contains(r#"<a href="/" class="btn">"#), "{html}");
    }

    #[test]
    fn an_empty_space_teaches_the_next_step_and_has_nothing_to_filter() {
        let html = page(Lang::En, "/", Floor { places: vec![], ..floor() });
        assert!(words(&html).contains("toolgate demo"), "{html}");
        assert!(html.contains(r#"aria-label="Show" hidden"#), "{html}");
    }

    #[test]
    fn who_sets_the_space_up_sees_how_far_it_is_and_what_comes_next() {
        let set_up = Some(Progress { done: 2, next: domain::checklist::Step::People });
        let html = page(Lang::En, "/", Floor { set_up, ..floor() });
        assert!(words(&html).contains("2 of 5 steps doneNext: Add people"), "{html}");
        assert!(html.contains(r#"href="/people/invite""#), "{html}");
        assert!(!page(Lang::En, "/", floor()).contains("/people/invite"), "for nobody else, and once it is done");
    }

    #[test]
    fn announcements_stand_on_top() {
        let news = "<p>Come <strong>all</strong></p>".to_owned();
        let html = page(Lang::En, "/", Floor { news, ..floor() });
        assert!(html.contains("<p>Come <strong>all</strong></p>"), "{html}");
        let words = words(&html);
        assert!(words.find("Come") < words.find("Laser 1"), "{words}");
        assert!(!page(Lang::En, "/", floor()).contains("class=\"news\""));
    }

    #[test]
    fn without_the_broker_the_page_says_since_when_and_loses_its_colours() {
        let lost = page(Lang::En, "/", Floor { broker_lost: Some(ago(7)), ..floor() });
        assert!(words(&lost).contains("Boards not connected since 14:09"), "{lost}");
        assert!(lost.contains("data-stale"), "{lost}");
        assert!(!page(Lang::En, "/", floor()).contains("data-stale"));
    }
}
