//! The entrance sign: open or closed in one word, legible across the street, and what comes next.
//!
//! Invariant: like the wall display, a sign that is not live says so and loses its colours. Not here: the machines by place.

use super::{Content, Picture, StaleBar, api, screen, visible_address};
use crate::{
    call::{PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    qr::Qr,
    ui::{
        changing::dynamic,
        icon::{Icon, Mark},
        status::{Glyph, Status},
    },
    visitor::use_visitor,
};
use contract::displays::{Sign, SignDay, Today};
use domain::{hours, live::Noun, meters::Amount, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// How often the sign reloads its data even without events, in milliseconds: opening and closing send none, and displays get none
/// about temperatures.
const ASK_AGAIN: i64 = 60_000;

/// The page at `/kiosk/sign`.
pub fn sign_page() -> AnyView {
    let (live, clock) = (use_live(), use_clock());
    let round = Memo::new(move |_| clock.now().at.0.div_euclid(ASK_AGAIN));
    let source = move || {
        (
            live.version(Noun::Machine),
            live.version(Noun::Space),
            live.version(Noun::Bookings) + live.version(Noun::Checkouts) + live.version(Noun::TrainingEvents),
            round.get(),
        )
    };
    let sign: PageResource<Sign> = page_resource(source, |_| api::sign());
    let content: Content<Sign> = |sign, code| view! { <Entrance sign children=code/> }.into_any();
    screen(lang::current().sign_title(), sign, content, |qr| view! { <Code qr/> }.into_any())
}

/// The sign without requests, so that tests can render it.
#[component]
fn Entrance(sign: RwSignal<Sign>, children: Children) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    Effect::new(move |_| clock.hear(sign.with(|sign| sign.now)));
    let lost = Memo::new(move |_| sign.with(|sign| sign.broker_lost));
    let stale = Memo::new(move |_| live.stale_since());
    let open = move || match sign.with(|sign| sign.open) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    view! {
        <main class="doorwall" id="main" data-open=open
            data-stale=move || stale.get().is_some() || lost.get().is_some()>
            <header>
                // On a phone the sign is a page among others; this link leads back.
                <a class="brand" href="/"><Mark/><h1>{use_visitor().space}</h1></a>
                <p class="sub date">{move || { let now = clock.now(); t.date(now, now) }}</p>
                <p class="clock">
                    <time datetime=move || time::iso(clock.now())>{move || time::clock(clock.now())}</time>
                </p>
            </header>
            <StaleBar stale lost/>
            <section class="wall-answer" aria-labelledby="open-now">
                <div>
                    <p class="open-now" id="open-now">{move || match sign.with(|sign| sign.open) {
                        Some(true) => t.sign_open(),
                        Some(false) => t.sign_closed(),
                        None => t.sign_no_hours(),
                    }}</p>
                    {dynamic(move || sign.with(|sign| until(t, sign, clock.now())))}
                </div>
                {dynamic(move || Some(sign.with(|sign| facts(t, sign, clock.now()))))}
            </section>
            <footer>
                {dynamic(move || Some(sign.with(|sign| next(t, sign, clock.now()))))}
                {dynamic(move || sign.with(|sign| opening_hours(t, sign, clock.now())))}
                {children()}
            </footer>
        </main>
    }
}

/// Until when it is open, or when it opens, with its time in bold.
fn until(t: Lang, sign: &Sign, now: Moment) -> Option<AnyView> {
    let until = sign.until?;
    let clock = time::clock(until);
    let words = t.opening(sign.open?, until, now);
    Some(match words.split_once(&clock) {
        Some((before, after)) => {
            let (before, after) = (before.to_owned(), after.to_owned());
            view! { <p class="until">{before}<b>{clock}</b>{after}</p> }.into_any()
        }
        // Midnight is the end of a day, without a time.
        None => view! { <p class="until">{words}</p> }.into_any(),
    })
}

/// Days from today to the day of `moment`.
fn days_ahead(moment: Moment, now: Moment) -> i64 {
    moment.wall().date.days() - now.wall().date.days()
}

/// The three figures: of the present while it is open, of the time ahead while it is closed.
fn facts(t: Lang, sign: &Sign, now: Moment) -> AnyView {
    let icon = |name| view! { <Icon name/> }.into_any();
    let shown = if sign.open == Some(false) {
        let opens =
            sign.until.map(|at| (icon("clock"), t.length(at.at.since(now.at)), t.sign_until_open().to_owned()));
        let events = (sign.events > 0)
            .then(|| (icon("calendar-days"), sign.events.to_string(), t.sign_events(sign.events)));
        let first =
            sign.next_event.map(|at| (icon("graduation-cap"), brief(t, at, now), t.sign_next_event().to_owned()));
        [opens, events, first]
    } else {
        let people = sign.people.map(|people| (icon("users-round"), people.to_string(), t.sign_people(people)));
        let warm = sign.temperature.as_ref().map(|sensor| {
            let place = sensor.location.clone().unwrap_or_else(|| sensor.name.clone());
            (icon("thermometer"), degrees(sensor.value), place)
        });
        let glyph = view! { <Glyph status=Status::Free/> }.into_any();
        [people, warm, Some((glyph, sign.free.to_string(), t.sign_free(sign.free)))]
    };
    let rows = shown.into_iter().flatten().map(|(picture, figure, what): (AnyView, String, String)| {
        view! { <li>{picture}<div><b>{figure}</b>" "<span>{what}</span></div></li> }
    });
    view! { <ul class="wall-facts" role="list">{rows.collect_view()}</ul> }.into_any()
}

/// `21°`, rounded to the nearest.
fn degrees(Amount(thousandths): Amount) -> String {
    let whole = thousandths.saturating_add(500).div_euclid(1_000);
    let sign = if whole < 0 { "−" } else { "" };
    format!("{sign}{}°", whole.unsigned_abs())
}

/// `18:00` today, `Sat 10:00` on another day.
fn brief(t: Lang, moment: Moment, now: Moment) -> String {
    let clock = time::clock(moment);
    if days_ahead(moment, now) == 0 {
        return clock;
    }
    let day: String = t.weekday(moment.wall().date.weekday()).chars().take(3).collect();
    format!("{} {clock}", time::capitalised(&day))
}

/// Whether what comes next comes tomorrow: an event, or the next opening.
fn is_tomorrow(sign: &Sign, now: Moment) -> bool {
    let opens = sign.until.filter(|_| sign.open == Some(false));
    let first = sign.next.first().map(|first| first.starts).or(opens);
    first.is_some_and(|first| days_ahead(first, now) == 1)
}

/// What begins next. Tomorrow's list begins with the opening, if it is closed now.
fn next(t: Lang, sign: &Sign, now: Moment) -> AnyView {
    let tomorrow = is_tomorrow(sign, now);
    let opens = sign.days.first().filter(|_| tomorrow && sign.open == Some(false));
    let opening = opens
        .into_iter()
        .flat_map(|day| &day.hours)
        .map(|&(from, to)| (hours::clock(from), t.sign_we_open().to_owned(), t.until_clock(&hours::clock(to))));
    let begins = sign.next.iter().map(|one: &Today| {
        let title = if one.is_checkout { t.kiosk_checkout_on(&one.name) } else { one.name.clone() };
        let more = one.place.clone().unwrap_or_else(|| t.until(one.ends, one.starts));
        (time::clock(one.starts), title, more)
    });
    let rows: Vec<_> = opening
        .chain(begins)
        .map(|(clock, title, more)| {
            view! { <li class="ev"><time>{clock}</time><div><b>{title}</b>" "<span>{more}</span></div></li> }
        })
        .collect();
    let list = if rows.is_empty() {
        view! { <p class="hours">{t.sign_nothing_next()}</p> }.into_any()
    } else {
        view! { <ol role="list">{rows}</ol> }.into_any()
    };
    let heading = if tomorrow { t.book_tomorrow() } else { t.sign_next() };
    view! { <section aria-labelledby="coming"><h2 id="coming">{heading}</h2>{list}</section> }.into_any()
}

/// The opening hours from tomorrow on; `None` without any.
fn opening_hours(t: Lang, sign: &Sign, now: Moment) -> Option<AnyView> {
    let first = sign.days.first()?;
    // Under the heading `Tomorrow` its own name is left out; that heading may be taken.
    let is_named = is_tomorrow(sign, now) || first.date.days() != now.wall().date.days() + 1;
    let rows = sign.days.iter().enumerate().map(|(at, day)| {
        let weekday = time::capitalised(t.weekday(day.date.weekday()));
        let hours = hours_of_day(t, day);
        match (at, is_named) {
            (0, false) => view! { <p class="hours"><b>{hours}</b></p> }.into_any(),
            (0, true) => view! { <p class="hours"><b>{format!("{weekday} {hours}")}</b></p> }.into_any(),
            _ => view! { <p class="hours">{format!("{weekday} {hours}")}</p> }.into_any(),
        }
    });
    let heading = if is_named { t.sign_hours() } else { t.book_tomorrow() };
    let rows = rows.collect_view();
    Some(view! { <section aria-labelledby="hours"><h2 id="hours">{heading}</h2>{rows}</section> }.into_any())
}

/// `09:00–12:00, 14:00–22:00`.
fn hours_of_day(t: Lang, day: &SignDay) -> String {
    if day.hours.is_empty() {
        return t.sign_day_closed().to_owned();
    }
    let range = |&(from, to): &(u16, u16)| format!("{}–{}", hours::clock(from), hours::clock(to));
    day.hours.iter().map(range).collect::<Vec<_>>().join(", ")
}

/// The QR code of *Now*.
#[component]
fn Code(qr: Qr) -> impl IntoView {
    let t = lang::current();
    let address = visible_address(&qr);
    view! {
        <section class="wall-qr" aria-label=t.kiosk_aside()>
            <Picture qr/>
            <p><b>{t.sign_what_is_free()}</b>" "<span>{address}</span></p>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::space_status::SensorView;
    use domain::time::{Date, HOUR};

    fn at(hours: u32) -> Moment {
        NOW.shifted_to(NOW.at.after(HOUR * hours))
    }

    fn begins(hours: u32, name: &str, place: Option<&str>, is_checkout: bool) -> Today {
        let place = place.map(Into::into);
        Today { starts: at(hours), ends: at(hours + 1), name: name.into(), place, who: None, is_checkout }
    }

    fn day(ahead: i64, hours: &[(u16, u16)]) -> SignDay {
        SignDay { date: Date::from_days(NOW.wall().date.days() + ahead), hours: hours.to_vec() }
    }

    /// It is Thursday, 14:16, and open.
    fn open() -> Sign {
        let temperature = SensorView {
            name: "Thermometer".into(),
            location: Some("Hall".into()),
            value: Amount(21_480),
            read: ago(3),
        };
        Sign {
            now: NOW,
            open: Some(true),
            until: Some(at(8)),
            people: Some(7),
            temperature: Some(temperature),
            free: 8,
            broker_lost: None,
            next: vec![begins(2, "Lathe", Some("Metal shop"), true), begins(4, "Resin <safely>", None, false)],
            events: 5,
            next_event: Some(at(44)),
            days: vec![day(1, &[(540, 1_320)]), day(2, &[(600, 720), (840, 1_080)]), day(3, &[])],
        }
    }

    fn rendered(lang: Lang, sign: Sign) -> String {
        html(visitor(lang), "/kiosk/sign", move || {
            let qr = Qr { url: "https://talvera.example/".into(), side: 33, path: "M4 4h7v1H4z".into() };
            view! { <Entrance sign=RwSignal::new(sign)><Code qr/></Entrance> }
        })
    }

    #[test]
    fn open_sign_shows_end_people_temperature_and_free_machines() {
        let html = rendered(Lang::En, open());
        let words = words(&html);
        for part in [
            "Talvera Workshop",
            "14:16",
            "Openuntil 22:16",
            "7 people in",
            "21° Hall",
            "8 machines free",
            "16:16Checkout: Lathe Metal shop",
            "Tomorrow09:00–22:00",
            "Saturday 10:00–12:00, 14:00–18:00",
            "Sunday closed",
            "talvera.example",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(html.contains(r#"data-open="yes""#) && !html.contains("data-stale"), "{html}");
        assert!(html.contains("Resin &lt;safely&gt;"), "{html}");
        assert!(!words.contains("door is unlocked"), "nothing here knows of a lock: {words}");
    }

    #[test]
    fn sign_of_closed_space_shows_next_opening_and_events() {
        let sign =
            Sign { open: Some(false), until: Some(at(19)), next: vec![begins(24, "Mill", None, false)], ..open() };
        let html = rendered(Lang::It, sign);
        let words = words(&html);
        for part in [
            "apre domani alle 09:16",
            "19 h",
            "eventi nei prossimi 7 giorni",
            "Sab 10:16",
            "Domani09:00Apriamo fino alle 22:00",
            "14:16Mill fino alle 15:16",
            "Orari di apertura",
            "Venerdì 09:00–22:00",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(html.contains(r#"data-open="no""#) && !words.contains("persone dentro"), "{words}");
    }

    #[test]
    fn unknown_figures_and_missing_hours_are_left_out() {
        let nothing = Sign {
            open: None,
            until: None,
            people: None,
            temperature: None,
            next: Vec::new(),
            days: Vec::new(),
            ..open()
        };
        let html = rendered(Lang::En, nothing);
        let words = words(&html);
        assert!(words.contains("Welcome") && words.contains("Nothing planned today or tomorrow"), "{words}");
        assert!(
            !words.contains("people in") && !words.contains('°') && !words.contains("Opening hours"),
            "{words}"
        );
        assert!(html.contains(r#"data-open="unknown""#) && !html.contains(r#"class="until""#), "{html}");
    }

    #[test]
    fn sign_without_broker_is_stale_with_notice() {
        let html = rendered(Lang::En, Sign { broker_lost: Some(ago(7)), ..open() });
        assert!(html.contains("data-stale"), "{html}");
        assert!(words(&html).contains("Boards not connected since 14:09"), "{html}");
    }

    #[test]
    fn opening_on_a_later_day_is_shown_with_its_date() {
        let sign = Sign { open: Some(false), until: Some(at(91)), next: Vec::new(), ..open() };
        let words = words(&rendered(Lang::En, sign));
        assert!(words.contains("opens Monday 23 November, 09:16"), "{words}");
        assert!(words.contains("Nothing planned") && !words.contains("We open"), "{words}");
    }

    #[test]
    fn temperatures_are_rounded_to_the_nearest_degree() {
        for (value, expected) in [(21_480, "21°"), (21_500, "22°"), (-400, "0°"), (-2_600, "−3°")] {
            assert_eq!(degrees(Amount(value)), expected, "{value}");
        }
    }
}
