use super::*;
use crate::{
    testing::{NOW, ago, floor, html, visitor, words},
    visitor::{Me, Visitor},
};
use contract::machines::{Extension, HoldNow, Session};
use domain::{
    bookings::Resource,
    id::{BookingId, MachineId, PersonId},
    machines::MachineState,
    time::DAY,
};
use text::Lang;

fn page(lang: Lang, address: &str, floor: Floor) -> String {
    render(visitor(lang), address, floor)
}

fn render(visitor: Visitor, address: &str, floor: Floor) -> String {
    html(visitor, address, move || {
        let calls = Calls::new();
        view! { <Machines floor=RwSignal::new(floor) calls/> }
    })
}

fn rows(html: &str) -> Vec<String> {
    let visible = |row: &&str| row.split_once('>').is_some_and(|(tag, _)| !tag.contains("hidden"));
    let row = |row: &str| words(&format!("<li{}", row.split_once("</li>").map_or(row, |(row, _)| row)));
    html.split("<li").skip(1).filter(visible).map(row).collect()
}

#[test]
fn machine_states_have_text_with_time() {
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
fn silent_board_is_shown_with_the_use() {
    let mut floor = floor();
    floor.places[0].machines[0].state = MachineState::InUse { since: ago(80), silent: Some(ago(5)) };
    assert_eq!(rows(&page(Lang::En, "/", floor))[0], "Laser 1In use · 1 h 20 · board silent since 14:11");
}

#[test]
fn closed_machine_is_not_free_and_shows_end() {
    let mut floor = floor();
    floor.places[0].machines[1].state = MachineState::Closed { until: NOW.shifted_to(NOW.at.after(DAY)) };
    let html = page(Lang::En, "/?show=free", floor.clone());
    assert!(rows(&html).is_empty(), "{html}");
    assert_eq!(rows(&page(Lang::En, "/", floor))[1], "Laser 2Closed until tomorrow, 14:16");
}

#[test]
fn filter_in_address_hides_other_rows_and_empty_places() {
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
fn usable_machines_are_marked_and_filterable() {
    let mut floor = floor();
    floor.places[0].machines[1].usable = true;
    let html = render(ada(), "/?show=mine", floor.clone());
    assert_eq!(rows(&html), ["Laser 2Free since 12:40You can"]);
    assert!(words(&html).contains("All 5I can use 1Free 1"), "{}", words(&html));
    assert!(!page(Lang::En, "/", floor).contains("show=mine"), "strangers can use nothing");
}

#[test]
fn own_open_use_shows_start_and_end() {
    let name = "Laser 1".to_owned();
    let until = Some(NOW.shifted_to(NOW.at.after(domain::time::HOUR)));
    let on = Session { machine: MachineId(1), name, since: ago(42), until, ending: false };
    let html = page(Lang::En, "/", Floor { session: Some(on.clone()), ..floor() });
    let content = words(&html);
    assert!(content.contains("You’re usingLaser 142 minLogs you out at 15:16. Tap your card again"), "{content}");
    assert!(html.contains("/machines/ask-board") && content.contains("Stop machine"), "{html}");
    assert!(html.contains(r#"href="/machines/1/report""#), "{html}");
    let on = Session { until: None, ending: true, ..on };
    let html = page(Lang::En, "/", Floor { session: Some(on), ..floor() });
    assert!(words(&html).contains("Log-out sent to its board.") && !html.contains("<button"), "{html}");
    assert!(!page(Lang::En, "/", floor()).contains("class=\"deep\""));
}

#[test]
fn next_appointments_are_shown_and_open_booking_checks_in_with_one_tap() {
    let at = |hours: u32| NOW.shifted_to(NOW.at.after(domain::time::HOUR * hours));
    let (id, name) = (BookingId(7), "Bandsaw".to_owned());
    let (starts, ends) = (at(48), at(50));
    let next = NextBooking {
        id,
        name,
        starts,
        ends,
        opens: false,
        runs: false,
        resource: Resource::Machine(MachineId(1)),
        extension: None,
    };
    let both = Floor { next: Some(next.clone()), ..floor() };
    let html = page(Lang::En, "/", both);
    let content = words(&html);
    assert!(content.contains("Bandsaw, Sat 21 Nov, 14:16–16:16"), "{content}");
    assert!(!html.contains("/bookings/decide"), "{html}");
    let html = page(Lang::En, "/", Floor { next: Some(NextBooking { opens: true, ..next }), ..floor() });
    assert!(html.contains("/bookings/decide") && html.contains(r#"name="action" value="check-in""#), "{html}");
}

#[test]
fn running_booking_shows_time_left_and_extends_with_one_tap() {
    let extension = Extension {
        ends: NOW.shifted_to(NOW.at.after(domain::time::HOUR)),
        version: 3,
        resource: Resource::Machine(MachineId(2)),
    };
    let running = NextBooking {
        id: BookingId(7),
        name: "Laser 2".into(),
        starts: ago(60),
        ends: NOW.shifted_to(NOW.at.after(domain::time::MINUTE * 42)),
        opens: false,
        runs: true,
        resource: Resource::Machine(MachineId(2)),
        extension: Some(extension),
    };
    let with = |next: NextBooking, session| page(Lang::En, "/", Floor { next: Some(next), session, ..floor() });
    let html = with(running.clone(), None);
    let content = words(&html);
    assert!(content.contains("Your booking has startedLaser 242 min leftBooked until 14:58"), "{content}");
    assert!(content.contains("Extend to 15:16") && html.contains(r#"name="minutes" value="120""#), "{html}");
    assert!(html.contains(r#"href="/machines/2/report""#), "{html}");
    let last = NextBooking { extension: None, ..running.clone() };
    assert!(!with(last, None).contains("/bookings/move"), "somebody has it then");
    let on = Session { machine: MachineId(2), name: "Laser 2".into(), since: ago(42), until: None, ending: false };
    let html = with(running, Some(on));
    assert_eq!(html.matches(r#"class="deep""#).count(), 1, "one panel for the machine and its booking: {html}");
    assert!(words(&html).contains("Booked until 14:58 · 42 min left"), "{html}");
}

#[test]
fn hold_is_shown_on_top_with_contact() {
    let hold = Some(HoldNow { reason: domain::holds::HoldReason::Unpaid, until: None });
    let html = page(Lang::En, "/", Floor { hold, ..floor() });
    let content = words(&html);
    assert!(content.contains("On hold: payment missingYou can’t use any machine. Ask a manager."), "{content}");
    assert!(content.find("On hold") < content.find("Laser 1") && html.contains(r#"data-tone="warn""#), "{html}");
}

#[test]
fn missing_requirement_is_shown_at_the_row() {
    let mut floor = floor();
    floor.places[0].machines[1].lock = "Missing: video, quiz".into();
    let html = render(ada(), "/", floor);
    assert_eq!(rows(&html)[1], "Laser 2Free since 12:40Missing: video, quiz");
    assert_eq!(html.matches(r#"class="lock""#).count(), 1, "{html}");
}

#[test]
fn empty_filter_links_back_to_all() {
    let html = render(ada(), "/?show=mine", floor());
    assert!(words(&html).contains("You can’t use anything just now"), "{html}");
    assert!(html.contains(r#"<a href="/" class="btn">"#), "{html}");
}

#[test]
fn empty_space_shows_next_step_without_filters() {
    let html = page(Lang::En, "/", Floor { places: vec![], ..floor() });
    assert!(words(&html).contains("toolgate demo") && !words(&html).contains("set-up link"), "{html}");
    let html = page(Lang::En, "/", Floor { places: vec![], unowned: true, ..floor() });
    assert!(words(&html).contains("set-up link is in the terminal"), "{html}");
    assert!(html.contains(r#"aria-label="Show" hidden"#), "{html}");
}

#[test]
fn set_up_progress_shows_next_step() {
    let set_up = Some(Progress { done: 2, next: domain::checklist::Step::People });
    let html = page(Lang::En, "/", Floor { set_up, ..floor() });
    assert!(words(&html).contains("2 of 6 steps doneNext: Add people"), "{html}");
    assert!(html.contains(r#"href="/start""#), "{html}");
    assert!(!page(Lang::En, "/", floor()).contains(r#"href="/start""#), "for nobody else, and once it is done");
}

#[test]
fn announcements_come_first() {
    let news = "<p>Come <strong>all</strong></p>".to_owned();
    let html = page(Lang::En, "/", Floor { news, ..floor() });
    assert!(html.contains("<p>Come <strong>all</strong></p>"), "{html}");
    let words = words(&html);
    assert!(words.find("Come") < words.find("Laser 1"), "{words}");
    assert!(!page(Lang::En, "/", floor()).contains("class=\"news\""));
}

#[test]
fn lost_broker_is_shown_with_time_and_stale_colours() {
    let lost = page(Lang::En, "/", Floor { broker_lost: Some(ago(7)), ..floor() });
    assert!(words(&lost).contains("Boards not connected since 14:09"), "{lost}");
    assert!(lost.contains("data-stale"), "{lost}");
    assert!(!page(Lang::En, "/", floor()).contains("data-stale"));
}
