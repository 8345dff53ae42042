//! What is going on right now: every machine with its state, by place, live.
//!
//! Invariant: a row stays the same element while its machine exists, whatever is filtered or changes; so focus,
//! scrolling and the wash of what changed survive every answer. Deliberately absent: names of people.

pub mod api;
mod row;

use crate::{
    bookings::{api::DecideBooking, check_in, when},
    call::{Call, asked},
    clock::use_clock,
    lang,
    live::{BrokerLost, use_live},
    manage::checklist::page,
    requests::api::AskBoard,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{part, rows, text},
        chip::Chip,
        clock::Elapsed,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        list::LinkItem,
        page::loaded,
    },
    visitor::use_visitor,
};
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
use row::Row;
use text::time;
use views::{
    bookings::Time,
    machines::{Floor, MachineNow, NextBooking, NextCheckout, PlaceNow, Session},
};

/// Which machines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    All,
    /// Those that whoever looks could start now.
    Mine,
    Free,
}

impl Show {
    fn of_query(word: Option<&str>) -> Self {
        match word {
            Some("free") => Self::Free,
            Some("mine") => Self::Mine,
            _ => Self::All,
        }
    }

    const fn shows(self, machine: &MachineNow) -> bool {
        match self {
            Self::All => true,
            Self::Free => machine.state.is_free() && machine.reserved.is_none(),
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

/// What is before whoever looks, and when they were told.
type Before = (Option<NextBooking>, Option<NextCheckout>, Moment);

/// The forms of the page.
#[derive(Clone, Copy)]
struct Calls {
    stop: Call<AskBoard>,
    decide: Call<DecideBooking>,
}

/// What whoever looks is on: since when, and how it ends.
fn session(on: Session, calls: Calls) -> AnyView {
    let (t, stop) = (lang::current(), calls.stop);
    let machine = on.machine;
    let until = on.until.map(|at| t.now_session_until(&time::clock(at)) + " ").unwrap_or_default();
    let button = if on.ending {
        view! { <p>{t.stop_under_way()}</p> }.into_any()
    } else {
        view! { <Submit label=t.stop_machine() busy=stop.pending()/> }.into_any()
    };
    view! {
        <section class="deep" aria-label=t.now_session()>
            <p>{t.now_session()}</p>
            <h2><a href=format!("/machines/{machine}")>{on.name}</a></h2>
            <p class="timer"><Elapsed since=on.since/></p>
            <p>{until}{t.access_log_out_how()}</p>
            <Form action=stop>
                {hidden("machine", &machine)}
                <div class="btn-row">
                    {button}
                    <ButtonLink href=format!("/machines/{machine}/report") label=t.problem_report().to_owned() icon="triangle-alert"/>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// One's own booking that runs or comes next: the way to check in, and to the others.
fn next_booking(next: NextBooking, now: Moment, calls: Calls) -> AnyView {
    let t = lang::current();
    let title = if next.runs { t.now_booking_runs() } else { t.now_booking_next() };
    let deed = if next.opens { check_in(next.id, calls.decide) } else { ().into_any() };
    coming(title, next.name, (next.starts, next.ends, now), String::new(), format!("/bookings/{}", next.id), deed)
}

/// What is before whoever looks, with the way to it.
fn coming(
    title: &'static str,
    name: String,
    (starts, ends, now): (Moment, Moment, Moment),
    more: String,
    href: String,
    deed: AnyView,
) -> AnyView {
    let t = lang::current();
    let when = when(t, Time { starts, ends }, now);
    view! {
        <section class="card next-booking" aria-label=title>
            <p class="s">{title}</p>
            <p class="t">{name}", "<b>{when}</b>{more}</p>
            {deed}
            <div class="btn-row"><ButtonLink href label=t.now_booking_open().to_owned()/></div>
        </section>
    }
    .into_any()
}

/// The page at `/`.
#[component]
pub fn Now() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let calls = Calls { stop: Call::new(), decide: Call::new() };
    // No hint tells that an hour has come: the answer itself says when it ends.
    let until = RwSignal::new(None);
    let ended = Memo::new(move |_| u32::from(until.get().is_some_and(|until| clock.now().at >= until)));
    let rest = [Noun::Space, Noun::Announcements, Noun::Person, Noun::Bookings, Noun::Checkouts];
    // Blocking: the answer belongs to the first HTML, also where no script runs.
    let answers = asked(
        // A sum of what only grows: a source of another shape would be code of its own.
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

/// The machines of `floor`: no request, so that a test can render it.
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
    let counted = move |show| Memo::new(move |_| floor.with(|floor| count(floor, show)));
    let (all, mine, free) = (counted(Show::All), counted(Show::Mine), counted(Show::Free));
    let lost = Memo::new(move |_| floor.with(|floor| floor.broker_lost));
    let on = Memo::new(move |_| floor.with(|floor| floor.session.clone()));
    // Its day is said by the day on which it is read, and nothing else of that instant.
    let before = Memo::new_with_compare(
        move |_| floor.with(|floor| (floor.next.clone(), floor.checkout.clone(), floor.now)),
        |was: Option<&Before>, is: Option<&Before>| match (was, is) {
            (Some(was), Some(is)) => (&was.0, &was.1, was.2.wall().date) != (&is.0, &is.1, is.2.wall().date),
            _ => true,
        },
    );
    let shown = Signal::derive(move || match show.get() {
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
            // On a phone the bar has no room for it beside what members have there.
            {learns.then(|| view! {
                <a class="btn only-narrow" data-icon="" data-kind="ghost" href="/find" aria-label=t.find_title()
                    on:click=move |event| crate::find::clicked(&event, visitor.clone())><Icon name="search"/></a>
            })}
        </header>
        <BrokerLost lost/>
        {part(move || on.get().map(|on| session(on, calls)))}
        {part(move || {
            let (next, checkout, now) = before.get();
            let booking = next.map(|next| next_booking(next, now, calls));
            let checkout = checkout.map(|next| {
                let with = next.with.map(|with| format!(" · {with}")).unwrap_or_default();
                let more = format!("{with} · {}", t.checkout_state(next.state));
                let href = format!("/checkouts/{}", next.id);
                coming(t.now_checkout_next(), next.kind, (next.starts, next.ends, now), more, href, ().into_any())
            });
            Some((booking, checkout))
        })}
        <SetUp set_up=Memo::new(move |_| floor.with(|floor| floor.set_up))/>
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
                {part(move || (shown.get() == 0).then(|| view! { <Nothing show=show.get() all=all.get()/> }))}
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
    let machines =
        move || place.with(|place| place.iter().flat_map(|place| &place.machines).map(|one| one.id).collect());
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
                {rows(machines, |MachineId(id)| (*id, 0), move |id| view! { <Row floor id show/> })}
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
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, floor, html, visitor, words},
        visitor::{Me, Visitor},
    };
    use domain::{
        id::{AppointmentId, BookingId, MachineId, PersonId},
        machines::MachineState,
        time::DAY,
    };
    use text::Lang;

    fn page(lang: Lang, address: &str, floor: Floor) -> String {
        shown(visitor(lang), address, floor)
    }

    fn shown(visitor: Visitor, address: &str, floor: Floor) -> String {
        html(visitor, address, move || {
            let calls = Calls { stop: Call::new(), decide: Call::new() };
            view! { <Machines floor=RwSignal::new(floor) calls/> }
        })
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

    fn ada() -> Visitor {
        let rank = Rank::Member;
        let me = Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false };
        Visitor { who: Some(me), ..visitor(Lang::En) }
    }

    #[test]
    fn what_they_can_use_is_said_at_the_row_and_can_be_looked_at_alone() {
        let mut floor = floor();
        floor.places[0].machines[1].usable = true;
        let html = shown(ada(), "/?show=mine", floor.clone());
        assert_eq!(rows(&html), ["Laser 2Free since 12:40You can"]);
        assert!(words(&html).contains("All 5I can use 1Free 1"), "{}", words(&html));
        assert!(!page(Lang::En, "/", floor).contains("show=mine"), "strangers can use nothing");
    }

    #[test]
    fn somebody_on_a_machine_reads_since_when_and_how_it_ends() {
        let name = "Laser 1".to_owned();
        let until = Some(NOW.shifted_to(NOW.at.after(domain::time::HOUR)));
        let on = Session { machine: MachineId(1), name, since: ago(42), until, ending: false };
        let html = page(Lang::En, "/", Floor { session: Some(on.clone()), ..floor() });
        let said = words(&html);
        assert!(said.contains("You are onLaser 142 minLogs you out at 15:16. Tap your card again"), "{said}");
        assert!(html.contains("/machines/ask-board") && said.contains("Stop machine"), "{html}");
        assert!(html.contains(r#"href="/machines/1/report""#), "{html}");
        let on = Session { until: None, ending: true, ..on };
        let html = page(Lang::En, "/", Floor { session: Some(on), ..floor() });
        assert!(words(&html).contains("Log-out sent to its board.") && !html.contains("<button"), "{html}");
        assert!(!page(Lang::En, "/", floor()).contains("class=\"deep\""));
    }

    #[test]
    fn what_is_before_them_is_said_with_its_day_and_a_booking_that_opens_is_checked_in_with_one_tap() {
        let at = |hours: u32| NOW.shifted_to(NOW.at.after(domain::time::HOUR * hours));
        let (id, name) = (BookingId(7), "Bandsaw".to_owned());
        let next = NextBooking { id, name, starts: at(48), ends: at(50), opens: false, runs: false };
        let checkout = NextCheckout {
            id: AppointmentId(3),
            kind: "CNC router".into(),
            with: Some("Sofia".into()),
            starts: at(24),
            ends: at(25),
            state: domain::checkouts::State::Accepted,
        };
        let both = Floor { next: Some(next.clone()), checkout: Some(checkout), ..floor() };
        let html = page(Lang::En, "/", both);
        let said = words(&html);
        assert!(said.contains("Bandsaw, Sat 21 Nov, 14:16–16:16"), "{said}");
        assert!(said.contains("Your next checkoutCNC router, Tomorrow, 14:16–15:16 · Sofia · "), "{said}");
        assert!(html.contains(r#"href="/checkouts/3""#) && !html.contains("/bookings/decide"), "{html}");
        let html = page(Lang::En, "/", Floor { next: Some(NextBooking { opens: true, ..next }), ..floor() });
        assert!(html.contains("/bookings/decide") && html.contains(r#"name="deed" value="check-in""#), "{html}");
    }

    #[test]
    fn a_filter_that_leaves_nothing_leads_back_to_all() {
        let html = shown(ada(), "/?show=mine", floor());
        assert!(words(&html).contains("You can’t use anything just now"), "{html}");
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
