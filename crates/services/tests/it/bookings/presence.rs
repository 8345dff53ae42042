//! Presence: holders who never come, are away, or find the machine in use.

use super::*;
use crate::lab::bob;
use services::{jobs, waiting};

/// The laser's board is connected.
async fn board(lab: &Lab) {
    lab.sql("INSERT OR REPLACE INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)")
        .await;
}

#[tokio::test]
async fn cancellation_after_start_is_no_show_and_three_place_hold() {
    let lab = open().await;
    set(&lab, "booking.weekly", "0").await;
    let (carl, olga) = (lab.signed_in(4).await, lab.signed_in(6).await);
    for round in 0..3 {
        let id = booked(&lab, &carl, LASER_RES, span(15 + round * 60, 60)).await;
        lab.pass(MINUTE * 29);
        assert_eq!(
            action(&lab, &carl, id, BookingAction::Cancel).await.unwrap(),
            State::NoShow,
            "14 minutes after it began"
        );
        lab.pass(MINUTE * 31);
    }
    assert_eq!(lab.text("SELECT reason FROM hold").await, "no-shows");
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
    let dana = lab.signed_in(5).await;
    let id = booked(&lab, &dana, LASER_RES, span(180, 60)).await;
    lab.pass(MINUTE * 5);
    assert_eq!(
        action(&lab, &olga, id, BookingAction::Cancel).await.unwrap(),
        State::Cancelled,
        "a moderator calls it off"
    );
}

#[tokio::test]
async fn cancellation_because_of_block_or_use_is_no_no_show() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let blocked = booked(&lab, &carl, LASER_RES, span(15, 60)).await;
    lab.pass(MINUTE * 16);
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "belt", false).await.unwrap();
    lab.pass(MINUTE);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    assert_eq!(action(&lab, &carl, blocked, BookingAction::Cancel).await.unwrap(), State::Released);
    lab.starts(LASER, &bob()).await;
    let in_use = booked(&lab, &carl, LASER_RES, span(30, 60)).await;
    lab.pass(MINUTE * 20);
    assert_eq!(action(&lab, &carl, in_use, BookingAction::Cancel).await.unwrap(), State::Released);
}

#[tokio::test]
async fn holder_finding_machine_in_use_is_notified_and_not_no_show() {
    let lab = open().await;
    board(&lab).await;
    let carl = lab.signed_in(4).await;
    let (passive, active) =
        (booked(&lab, &carl, LASER_RES, span(15, 60)).await, booked(&lab, &carl, LASER_RES, span(120, 60)).await);
    lab.starts(LASER, &bob()).await;
    lab.pass(MINUTE * 16);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 4).await.iter().filter(|kind| **kind == Kind::BookingAtRisk).count(), 1, "once");
    lab.pass(MINUTE * 15);
    tick(&lab).await;
    assert_eq!(state(&lab, passive).await, State::Released, "that does not count against Carl");
    lab.pass(MINUTE * 85);
    action(&lab, &carl, active, BookingAction::CheckIn).await.unwrap();
    lab.pass(MINUTE * 40);
    tick(&lab).await;
    assert_eq!(state(&lab, active).await, State::CheckedIn, "Bob is still on it, and Carl waits");
    lab.stops(LASER, &bob(), 9_360).await;
    lab.pass(MINUTE * 14);
    tick(&lab).await;
    assert_eq!(state(&lab, active).await, State::CheckedIn);
}

#[tokio::test]
async fn checked_in_but_unused_booking_is_warned_then_released() {
    let lab = open().await;
    board(&lab).await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(15, 120)).await;
    lab.pass(MINUTE * 5);
    action(&lab, &carl, id, BookingAction::CheckIn).await.unwrap();
    lab.pass(MINUTE * 19);
    tick(&lab).await;
    assert!(notices_of(&lab, 4).await.is_empty(), "nine minutes after it began");
    lab.pass(MINUTE);
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingAtRisk]);
    lab.pass(MINUTE * 4);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn);
    lab.pass(MINUTE);
    tick(&lab).await;
    assert_eq!((state(&lab, id).await, notices_of(&lab, 4).await.len()), (State::Released, 2));
    assert_eq!(lab.number("SELECT count(*) FROM hold").await, 0);
    booked(&lab, &lab.signed_in(5).await, LASER_RES, span(45, 60)).await;
}

#[tokio::test]
async fn without_reporting_board_absence_is_not_assumed() {
    for online in [None, Some(0)] {
        let lab = open().await;
        if online.is_some() {
            board(&lab).await;
            lab.sql("UPDATE machine_signal SET online = 0").await;
        }
        let carl = lab.signed_in(4).await;
        let id = booked(&lab, &carl, LASER_RES, span(15, 120)).await;
        lab.pass(MINUTE * 15);
        action(&lab, &carl, id, BookingAction::CheckIn).await.unwrap();
        lab.pass(MINUTE * 90);
        tick(&lab).await;
        assert_eq!((state(&lab, id).await, notices_of(&lab, 4).await), (State::CheckedIn, vec![]), "{online:?}");
    }
}

#[tokio::test]
async fn log_out_keeps_booking_for_fifteen_minutes() {
    let lab = open().await;
    board(&lab).await;
    let ada_in = lab.signed_in(1).await;
    let id = booked(&lab, &ada_in, LASER_RES, span(15, 120)).await;
    lab.pass(MINUTE * 15);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 30);
    lab.stops(LASER, &ada(), 1_800).await;
    lab.pass(MINUTE * 3);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "out for material");
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 20);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "and back");
    lab.stops(LASER, &ada(), 1_200).await;
    lab.pass(MINUTE * 14);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn);
    lab.pass(MINUTE);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Completed);
}

#[tokio::test]
async fn log_out_in_last_fifteen_minutes_completes_booking() {
    let lab = open().await;
    board(&lab).await;
    let ada_in = lab.signed_in(1).await;
    let id = booked(&lab, &ada_in, LASER_RES, span(15, 60)).await;
    lab.pass(MINUTE * 15);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 50);
    lab.stops(LASER, &ada(), 3_000).await;
    assert_eq!(state(&lab, id).await, State::Completed);
}

#[tokio::test]
async fn ending_unused_checked_in_booking_releases_it() {
    let lab = open().await;
    board(&lab).await;
    let (ada_in, carl, olga) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(6).await);
    let never_there = booked(&lab, &carl, LASER_RES, span(15, 60)).await;
    lab.pass(MINUTE * 29);
    action(&lab, &carl, never_there, BookingAction::CheckIn).await.unwrap();
    assert_eq!(action(&lab, &carl, never_there, BookingAction::Complete).await.unwrap(), State::Released);
    assert_eq!(state(&lab, never_there).await, State::Released);
    let moderated = booked(&lab, &carl, LASER_RES, span(45, 60)).await;
    lab.pass(MINUTE * 20);
    action(&lab, &carl, moderated, BookingAction::CheckIn).await.unwrap();
    assert_eq!(
        action(&lab, &olga, moderated, BookingAction::Complete).await.unwrap(),
        State::Completed,
        "a moderator ends it"
    );
    let used = booked(&lab, &ada_in, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 12);
    lab.starts(LASER, &ada()).await;
    assert_eq!(
        action(&lab, &ada_in, used, BookingAction::Complete).await.unwrap(),
        State::Completed,
        "she is on it"
    );
}

#[tokio::test]
async fn warned_holder_keeps_booking_while_other_uses_machine() {
    let lab = open().await;
    board(&lab).await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(15, 240)).await;
    lab.pass(MINUTE * 15);
    action(&lab, &carl, id, BookingAction::CheckIn).await.unwrap();
    lab.pass(MINUTE * 10);
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingAtRisk]);
    lab.starts(LASER, &bob()).await;
    lab.pass(MINUTE * 20);
    lab.stops(LASER, &bob(), 1_200).await;
    lab.pass(MINUTE * 16);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "nobody warned him of that time");
}

#[tokio::test]
async fn logged_out_holder_is_not_warned_of_other_user() {
    let lab = open().await;
    board(&lab).await;
    let ada_in = lab.signed_in(1).await;
    let id = booked(&lab, &ada_in, LASER_RES, span(15, 120)).await;
    lab.pass(MINUTE * 15);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 30);
    lab.stops(LASER, &ada(), 1_800).await;
    lab.starts(LASER, &bob()).await;
    tick(&lab).await;
    assert!(!notices_of(&lab, 1).await.contains(&Kind::BookingAtRisk));
    lab.pass(MINUTE * 15);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Completed, "a quarter of an hour after she logged out");
}

#[tokio::test]
async fn released_hours_can_be_booked_again() {
    let lab = open().await;
    set(&lab, "booking.most", "480").await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(15, 480)).await;
    lab.pass(MINUTE * 15);
    action(&lab, &carl, id, BookingAction::CheckIn).await.unwrap();
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, span(600, 60)).await), ["booking.too-many-hours"]);
    lab.pass(HOUR);
    action(&lab, &carl, id, BookingAction::Complete).await.unwrap();
    assert_eq!(
        codes(ask(&lab, &carl, LASER_RES, span(120, 435)).await),
        ["booking.too-many-hours"],
        "an hour was used"
    );
    booked(&lab, &carl, LASER_RES, span(120, 420)).await;
}

#[tokio::test]
async fn booking_must_end_before_permission_lapses() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             VALUES (4, 3, 'user', 'granted', 1, 1800003600000, 'setup', 0)",
    )
    .await;
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, span(30, 60)).await), ["booking.lapses"]);
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, span(60, 60)).await), ["booking.may-not"]);
    booked(&lab, &carl, LASER_RES, span(30, 30)).await;
    let request = Ok((LASER_RES, span(0, 120), None));
    let all = bookings::availability(&lab.ctx, &carl, request).await.unwrap();
    assert_eq!(all.pieces.last().and_then(|piece| piece.obstacle), Some(Obstacle::Lapsed));
}

#[tokio::test]
async fn room_booking_leaves_unpermitted_machines_to_others() {
    let lab = open().await;
    let (ken, carl, dana) = (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await);
    lab.grant(5, 4, "user").await;
    let hall = rooms::hall(&[LASER_ID, MachineId(2)]);
    rooms::add(&lab.ctx, &ken, hall).await.unwrap();
    booked(&lab, &dana, LATHE, span(90, 30)).await;
    let all = booked(&lab, &carl, HALL, span(60, 60)).await;
    let laser = codes(ask(&lab, &dana, LASER_RES, span(60, 60)).await);
    assert!(laser.contains(&"booking.taken"), "Carl may use it: {laser:?}");
    booked(&lab, &dana, LATHE, span(60, 30)).await;
    action(&lab, &carl, all, BookingAction::Cancel).await.unwrap();
    booked(&lab, &dana, HALL, span(180, 60)).await;
    lab.grant(1, 4, "user").await;
    let ada_in = lab.signed_in(1).await;
    assert_eq!(codes(ask(&lab, &ada_in, LATHE, span(180, 60)).await), ["booking.taken"], "Dana may use both");
}

#[tokio::test]
async fn user_of_machine_left_out_of_room_booking_continues() {
    let lab = open().await;
    let (ken, bob_in, carl) = (lab.signed_in(11).await, lab.signed_in(2).await, lab.signed_in(4).await);
    let hall = rooms::hall(&[LASER_ID]);
    rooms::add(&lab.ctx, &ken, hall).await.unwrap();
    booked(&lab, &bob_in, HALL, span(60, 60)).await;
    booked(&lab, &carl, HALL, span(120, 60)).await;
    let reasons = async || {
        let checked = services::access::check(&lab.ctx, LASER, &ada()).await.unwrap();
        checked.decision.reasons().iter().map(|reason| reason.code()).collect::<Vec<_>>()
    };
    let logoff = async || services::boards::settings(&lab.ctx, LASER).await.unwrap().auto_stop;
    let stopped = async || {
        jobs::run(&lab.ctx, domain::jobs::Job::AbandonedUses).await;
        lab.number("SELECT count(*) FROM machine_request").await
    };
    lab.pass(MINUTE * 55);
    assert!(reasons().await.is_empty(), "Bob has the hall, and may not use the laser");
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 6);
    assert_eq!((logoff().await, stopped().await), (65, 0), "until Carl comes, who may");
    lab.stops(LASER, &ada(), 360).await;
    assert_eq!(lab.text("SELECT ending FROM use_session").await, "logged-out");
    lab.pass(MINUTE * 50);
    assert_eq!(reasons().await, ["booking.others"]);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 9);
    assert_eq!(stopped().await, 1);
}

#[tokio::test]
async fn room_day_offers_only_bookable_times() {
    let lab = open().await;
    let (ken, carl, dana) = (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let hall = rooms::hall(&[LASER_ID]);
    rooms::add(&lab.ctx, &ken, hall).await.unwrap();
    // Carl may use the laser until Saturday night.
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             VALUES (4, 3, 'user', 'granted', 1, 1800144000000, 'setup', 0)",
    )
    .await;
    let (friday, monday) = (span(120, 60), span(120 + 3 * 1_440, 60));
    booked(&lab, &dana, LASER_RES, friday).await;
    booked(&lab, &dana, LASER_RES, monday).await;
    let day = async |time: Span| {
        let query = bookings::DayQuery {
            resource: HALL,
            date: None,
            minutes: Some(60),
            at: Some(time.starts),
            moving: None,
            whom: None,
            group: None,
        };
        let day = bookings::day(&lab.ctx, &carl, text::Lang::En, Some(query)).await.unwrap();
        (day.starts.iter().any(|starts| starts.at == time.starts), day.left)
    };
    assert_eq!(day(friday).await, (false, vec![]));
    assert_eq!(codes(ask(&lab, &carl, HALL, friday).await), ["booking.taken"]);
    assert_eq!(day(monday).await, (true, vec!["Laser".to_owned()]));
    booked(&lab, &carl, HALL, monday).await;
}

#[tokio::test]
async fn machine_left_out_of_room_booking_is_offered_to_waiting_person() {
    let lab = open().await;
    lab.grant(4, 4, "user").await;
    lab.grant(5, 4, "user").await;
    let (ken, carl, dana) = (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let hall = rooms::hall(&[MachineId(2)]);
    rooms::add(&lab.ctx, &ken, hall).await.unwrap();
    let all = booked(&lab, &carl, HALL, span(60, 60)).await;
    waiting::join(&lab.ctx, &dana, Ok(Ask { resource: LATHE, span: span(60, 60), group: None, importance: None }))
        .await
        .unwrap();
    let change = qualifications::Change {
        person: PersonId(4),
        subject: domain::qualifications::Subject::Type(TypeId(4)),
        relation: domain::qualifications::Relation::User,
        from: None,
        until: None,
        remark: None,
    };
    qualifications::revoke(&lab.ctx, &ken, change).await.unwrap();
    assert_eq!(state(&lab, all).await, State::Approved);
    assert_eq!(lab.text("SELECT state FROM waiting").await, "offered");
}
