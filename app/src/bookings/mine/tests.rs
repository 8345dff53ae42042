use super::*;
use crate::testing::{NOW, html, visitor, words};
use contract::bookings::{Booking, Quota};
use domain::{
    bookings::Resource,
    id::{BookingId, MachineId},
    time::Millis,
};

/// This many minutes after [`NOW`].
fn at(minutes: i64) -> Moment {
    NOW.shifted_to(Millis(NOW.at.0 + minutes * 60_000))
}

/// Two hours on the bandsaw that begin this many minutes from now.
pub(in crate::bookings) fn booked(id: i64, state: State, from: i64, actions: &[BookingAction]) -> Opened {
    let booking = Booking {
        id: BookingId(id),
        version: 3,
        resource: Resource::Machine(MachineId(1)),
        name: "Bandsaw".into(),
        person: None,
        person_name: Some("Ada".into()),
        group: None,
        group_name: None,
        series: None,
        starts: at(from),
        ends: at(from + 120),
        state,
        asked: NOW,
        sequence: 0,
        decided: None,
        decided_by: None,
        note: None,
        checked_in: None,
        late: false,
        importance: None,
        actions: actions.to_vec(),
        hand_over: Vec::new(),
        offered_to: None,
        mine: true,
    };
    Opened {
        now: NOW,
        booking,
        place: Some("Wood shop".into()),
        opens: at(from - 15),
        gone: at(from + 15),
        free_until: at(from - 120),
        extend: Vec::new(),
        out: false,
        outage: None,
        names: Vec::new(),
    }
}

fn page(address: &str, bookings: Vec<Opened>) -> String {
    let quota = Quota { minutes: 240, most: 8 };
    let mine = Mine { now: NOW, bookings, quota, no_shows: 0, waiting: Vec::new() };
    html(visitor(Lang::En), address, move || {
        let (decide, moved) = (Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
        view! { <Bookings mine=RwSignal::new(mine) decide moved calls=Calls::new()/> }
    })
}

#[test]
fn running_booking_is_highlighted_with_time_left() {
    let runs = booked(7, State::CheckedIn, -16, &[BookingAction::Complete, BookingAction::Move]);
    let html = page("/book/mine", vec![Opened { extend: vec![at(134), at(164)], ..runs }]);
    let text = words(&html);
    assert_eq!(html.matches(r#"class="deep""#).count(), 1, "{html}");
    assert!(text.contains("Checked inBandsaw1 h 44 leftUntil 16:00 · Wood shop"), "{text}");
    assert!(text.contains("Extend to 17:00") && text.contains("End now"), "{text}");
    assert!(html.contains(r#"name="minutes" value="180""#), "{html}");
    assert!(text.contains("Problem") && html.contains(r#"href="/machines/1/report""#), "{html}");
}

#[test]
fn upcoming_booking_row_has_move_hand_over_and_cancel() {
    let mut next = booked(7, State::Approved, 48 * 60, &[BookingAction::Move, BookingAction::Cancel]);
    next.booking.hand_over = vec![HandOver::Offer];
    let html = page("/book/mine", vec![next.clone()]);
    let text = words(&html);
    assert!(text.contains("BandsawSat 21 Nov, 14:16–16:16 · Wood shop"), "{text}");
    assert!(text.contains("Check-in opens") && !html.contains(r#"value="check-in""#), "{text}");
    assert!(html.contains(r#"href="/bookings/7?open=hand-over#hand-over""#), "{html}");
    let order = ["Move: Bandsaw", "Hand over: Bandsaw", "Cancel …"].map(|button| text.find(button));
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}: {text}");

    next.booking.hand_over = vec![HandOver::Withdraw];
    next.booking.offered_to = Some("Carl".into());
    let html = page("/book/mine", vec![next]);
    assert!(words(&html).contains("Offered to Carl") && !html.contains("open=hand-over"), "{html}");
}

#[test]
fn open_booking_is_checked_in_from_its_row() {
    let html =
        page("/book/mine", vec![booked(7, State::Approved, 8, &[BookingAction::CheckIn, BookingAction::Cancel])]);
    assert_eq!(html.matches(r#"value="check-in""#).count(), 1, "{html}");
    assert!(!html.contains(r#"class="deep""#), "only what runs: {html}");
}

#[test]
fn open_booking_page_offers_check_in_first() {
    let one = booked(7, State::Approved, 8, &[BookingAction::CheckIn, BookingAction::Move, BookingAction::Cancel]);
    let html = html(visitor(Lang::En), "/bookings/7", move || {
        card(Lang::En, &one, Page::Own, Call::<DecideBooking>::new(), Call::<MoveBooking>::new())
    });
    let text = words(&html);
    assert!(text.contains("BandsawIn 8 minToday, 14:24–16:24 · Wood shop"), "{text}");
    assert!(text.contains("Check in by 14:39"), "{text}");
    assert_eq!(html.matches(r#"value="check-in""#).count(), 1, "one button for it: {html}");
    assert!(text.contains("Move: Bandsaw"), "{text}");
}

#[test]
fn past_bookings_offer_rebooking_and_older_ones_are_linked() {
    let past: Vec<_> = (1..=12).map(|id| booked(id, State::Completed, id * 1440 - 20_000, &[])).collect();
    let html = page("/book/mine", past.clone());
    let text = words(&html);
    assert_eq!(html.matches("Book again").count(), 10, "{html}");
    assert!(html.contains(r#"href="/book/machine:1?minutes=120""#), "{html}");
    assert!(text.contains(" · 2 h · completed"), "{text}");
    assert!(text.contains("Show 2 more") && html.contains(r#"href="/book/mine?past""#), "{text}");
    assert!(
        html.contains(r#"href="/bookings/12""#) && !html.contains(r#"href="/bookings/2""#),
        "the newest: {html}"
    );
    let all = page("/book/mine?past", past);
    assert_eq!(all.matches("Book again").count(), 12, "{all}");
    assert!(!all.contains(r#"href="/book/mine?past""#), "{all}");
}

#[test]
fn cancel_sheet_opener_and_submit_have_different_names() {
    let html = page("/book/mine", vec![booked(7, State::Approved, 48 * 60, &[BookingAction::Cancel])]);
    assert_eq!(html.matches(r#"aria-label="Cancel … Bandsaw""#).count(), 1, "{html}");
    assert_eq!(html.matches("Cancel booking").count(), 1, "{html}");
    assert!(!html.contains("Cancel: Bandsaw") && !html.contains("Cancel booking: Bandsaw"), "{html}");
}

#[test]
fn cancel_for_others_sends_version_and_own_cancel_does_not() {
    let dialog = |mine| {
        let mut one = booked(7, State::Approved, 48 * 60, &[BookingAction::Cancel]);
        one.booking.mine = mine;
        html(visitor(Lang::En), "/bookings/7", move || {
            acts(Lang::En, &one, Page::Own, Call::<DecideBooking>::new(), Call::<MoveBooking>::new())
        })
    };
    let (theirs, own) = (dialog(false), dialog(true));
    assert_eq!(theirs.matches(r#"name="version" value="3""#).count(), 1, "{theirs}");
    assert!(own.contains(r#"value="cancel""#) && !own.contains(r#"name="version""#), "{own}");
}

#[test]
fn cancelled_booking_is_listed_until_its_time() {
    for (state, starts, expected) in [
        (State::Cancelled, 2, true),
        (State::Cancelled, 1, false),
        (State::Rejected, 2, true),
        (State::Completed, 2, false),
        (State::Approved, 2, false),
    ] {
        assert_eq!(is_off(state, at(starts), at(1)), expected, "{state:?} at {starts}");
    }
}
