//! Bookings and fairness: nobody is blamed for what they could not do, approves what they did not see, or has
//! their bookings revealed.

use crate::lab;
use crate::lab::{
    LASER, LASER_ID, ada,
    bookings::{action, booked, notices_of, open, set, span, state, tick},
    seconds,
};
use domain::{
    bookings::{BookingAction, CUT_OFF, Resource, State},
    id::PersonId,
    jobs::Job,
    notices::Kind,
    time::MINUTE,
};
use services::{
    bookings::{self, BookingsError, Decide, Which},
    jobs, privacy, problems,
};
use text::Lang;

const LASER_RES: Resource = Resource::Machine(LASER_ID);

#[tokio::test]
async fn booking_approved_after_start_leaves_fifteen_minutes_to_check_in() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 120)).await;
    lab.pass(MINUTE * 76);
    tick(&lab).await;
    assert_eq!(action(&lab, &ken, id, BookingAction::Approve).await.unwrap(), State::Approved);
    lab.pass(MINUTE * 14);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Approved, "14 minutes after the answer");
    lab.pass(MINUTE);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::NoShow);
}

#[tokio::test]
async fn blocked_machine_causes_no_no_show() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    problems::block(&lab.ctx, &ken, LASER_ID, "The belt broke", true).await.unwrap();
    lab.pass(MINUTE * 80);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Released);
}

// A23
#[tokio::test]
async fn check_in_prevented_by_downtime_is_no_no_show() {
    for (is_down, is, holds) in [(true, State::Released, 0), (false, State::NoShow, 1)] {
        let lab = open().await;
        let carl = lab.signed_in(4).await;
        let mut ids = Vec::new();
        for from in [60, 90, 120] {
            ids.push(booked(&lab, &carl, LASER_RES, span(from, 30)).await);
        }
        lab.pass(MINUTE * 30);
        tick(&lab).await;
        lab.pass(MINUTE * 120);
        let lab = if is_down { lab.reopen().await } else { lab };
        tick(&lab).await;
        for id in ids {
            assert_eq!(state(&lab, id).await, is);
        }
        assert_eq!(lab.number("SELECT count(*) FROM hold").await, holds);
    }
}

// A23
#[tokio::test]
async fn brief_downtime_during_check_in_time_still_counts_as_no_show() {
    let lab = open().await;
    let id = booked(&lab, &lab.signed_in(4).await, LASER_RES, span(60, 60)).await;
    tick(&lab).await;
    lab.pass(MINUTE * 59);
    let lab = lab.reopen().await;
    tick(&lab).await;
    lab.pass(MINUTE * 16);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::NoShow);
}

// A15
#[tokio::test]
async fn late_reported_use_reverts_no_show() {
    for (came_in_time, is) in [(false, State::NoShow), (true, State::Released)] {
        let lab = open().await;
        let id = booked(&lab, &lab.signed_in(1).await, LASER_RES, span(60, 120)).await;
        lab.pass(MINUTE * 80);
        tick(&lab).await;
        assert_eq!(state(&lab, id).await, State::NoShow);
        if came_in_time {
            // The board had no connection while she was there.
            lab.stops(LASER, &ada(), 15 * 60).await;
        } else {
            lab.starts(LASER, &ada()).await;
        }
        assert_eq!(state(&lab, id).await, is);
    }
}

#[tokio::test]
async fn repeated_request_for_same_time_notifies_again() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    action(&lab, &ken, id, BookingAction::Approve).await.unwrap();
    let version = bookings::one(&lab.ctx, &carl, id).await.unwrap().version;
    bookings::move_to(&lab.ctx, &carl, id, version, Ok(span(60, 120))).await.unwrap();
    assert_eq!(notices_of(&lab, 6).await, [Kind::BookingAsked; 2], "Olga moderates the type");
    action(&lab, &ken, id, BookingAction::Approve).await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingApproved; 2]);
}

// A14
#[tokio::test]
async fn stale_version_cannot_be_approved_after_move() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let seen = bookings::one(&lab.ctx, &ken, id).await.unwrap().version;
    bookings::move_to(&lab.ctx, &carl, id, seen, Ok(span(300, 60))).await.unwrap();
    let approve = async |seen| {
        let approve =
            Decide::read(Some(BookingAction::Approve), "").map(|approve| Decide { seen: Some(seen), ..approve });
        bookings::decide(&lab.ctx, &ken, id, approve).await
    };
    let stale = approve(seen).await;
    assert!(matches!(stale, Err(BookingsError::Stale(_))), "{stale:?}");
    assert_eq!(state(&lab, id).await, State::Pending);
    assert_eq!(approve(seen + 1).await.unwrap(), State::Approved);
}

#[tokio::test]
async fn cancelled_and_missed_bookings_are_hidden_from_others() {
    let lab = open().await;
    set(&lab, "people.shown", "name").await;
    let (carl, dana, olga) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await);
    let missed = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let to_come = booked(&lab, &carl, LASER_RES, span(300, 60)).await;
    lab.pass(MINUTE * 90);
    tick(&lab).await;
    let which = || Ok(Which { from: Some(lab::NOON), ..Which::default() });
    let seen = async |actor| {
        let all = bookings::list(&lab.ctx, actor, which()).await.unwrap();
        all.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(seen(&dana).await, [to_come]);
    assert_eq!((seen(&carl).await, seen(&olga).await), (vec![missed, to_come], vec![missed, to_come]));
    let one = bookings::one(&lab.ctx, &dana, missed).await;
    assert!(matches!(one, Err(BookingsError::Unknown)), "{one:?}");
    let opened = bookings::opened(&lab.ctx, &dana, missed).await;
    assert!(matches!(opened, Err(BookingsError::Unknown)), "{opened:?}");
}

// A19
#[tokio::test]
async fn erasing_person_frees_booked_time() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                 VALUES (11, 2, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    let ken = lab.signed_in(11).await;
    privacy::erase(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
    assert_eq!(
        lab.number("SELECT count(*) FROM booking WHERE state IN ('pending', 'approved', 'checked-in')").await,
        0
    );
    booked(&lab, &lab.signed_in(1).await, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 90);
    tick(&lab).await;
    assert!(notices_of(&lab, 4).await.is_empty(), "nobody is there to be told");
}

#[tokio::test]
async fn import_books_a_room_or_its_machines_in_any_order_of_lines() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    lab.sql(
        "INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 8);
             INSERT INTO room_machine (machine_id, room_id) VALUES (1, 1)",
    )
    .await;
    let room = "room:1,Carl Blu,2027-01-15 14:00,2027-01-15 16:00\n";
    let inside = "machine:1,Dana,2027-01-15 15:00,2027-01-15 17:00\n";
    let beside = "machine:2,Ken,2027-01-15 14:00,2027-01-15 16:00\n";
    for lines in [[room, inside, beside], [inside, room, beside]] {
        let table = format!("resource,person,start,end\n{}", lines.concat());
        let planned = bookings::import(&lab.ctx, &ken, &table, true, Lang::En).await.unwrap();
        let left: Vec<_> = planned.left.iter().map(|line| line.line).collect();
        assert_eq!((planned.bookings, left), (1, vec![2, 3]), "neither of two that are in each other's way");
    }
    let table = format!("resource,person,start,end\n{room}{beside}");
    bookings::import(&lab.ctx, &ken, &table, false, Lang::En).await.unwrap();
    let resources =
        "SELECT group_concat(coalesce('room:' || room_id, 'machine:' || machine_id)) FROM booking ORDER BY id";
    assert_eq!(lab.text(resources).await, "room:1,machine:2");
}

#[tokio::test]
async fn bookings_swapped_in_a_table_are_one_change_in_any_order_of_lines() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let table = |lines: &[&str]| format!("resource,person,start,end\n{}", lines.join("\n"));
    let import =
        async |lines: &[&str]| bookings::import(&lab.ctx, &ken, &table(lines), false, Lang::En).await.unwrap();
    let line = |machine: &str, person: &str, hour: u32| {
        format!("machine:{machine},{person},2027-01-18 {hour}:00,2027-01-18 {}:00", hour + 1)
    };
    let (carl, olga) = (line("1", "Carl Blu", 14), line("2", "Olga", 14));
    assert_eq!(import(&[&carl, &olga]).await.bookings, 2);
    let holders = "SELECT group_concat(machine_id || ' ' || person_id) FROM
                       (SELECT machine_id, person_id FROM booking WHERE state = 'approved' ORDER BY id)";
    assert_eq!(lab.text(holders).await, "1 4,2 6");
    let (to_olga, to_carl) = (line("1", "Olga", 14), line("2", "Carl Blu", 14));
    let done = import(&[&to_olga, &to_carl]).await;
    assert_eq!((done.bookings, done.left.len()), (2, 0), "{done:?}");
    assert_eq!(lab.text(holders).await, "1 6,2 4");
    let back = import(&[&olga, &carl]).await;
    assert_eq!((back.bookings, lab.text(holders).await.as_str()), (2, "1 4,2 6"));
    let again = import(&[&carl, &olga]).await;
    assert_eq!((again.bookings, again.kept), (0, 2));
    for person in [4, 6] {
        let kinds = notices_of(&lab, person).await;
        assert!(kinds.contains(&Kind::HandOverAccepted), "{person}: {kinds:?}");
    }
    // Half of it takes nobody's booking.
    let half = import(&[&to_olga]).await;
    assert_eq!((half.bookings, half.left.len()), (0, 1));
    assert_eq!(lab.text(holders).await, "1 4,2 6");
}

#[tokio::test]
async fn week_long_booking_denies_others_on_last_day() {
    let lab = open().await;
    set(&lab, "booking.need", "respect").await;
    lab.sql(
        "INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             VALUES (1, 4, 1800000000000 - 6 * 86400000 - 82800000, 1800000000000 + 3600000, 'approved', 0)",
    )
    .await;
    let checked = services::access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    let codes: Vec<_> = checked.decision.reasons().iter().map(|reason| reason.code()).collect();
    assert_eq!(codes, ["booking.others"]);
}

#[tokio::test]
async fn many_requests_or_past_bookings_hide_no_upcoming_ones() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    set(&lab, "booking.weekly", "0").await;
    lab.sql(
        "INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 8);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         INSERT INTO booking (room_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT 1, 5, 1800000000000 + i * 60000, 1800000000000 + i * 60000 + 60000, 'pending', 1800000000000 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT 2, 4, 1800000000000 - i * 7200000, 1800000000000 - i * 7200000 + 60000, 'cancelled', 0 FROM n",
    )
    .await;
    let (carl, olga) = (lab.signed_in(4).await, lab.signed_in(6).await);
    let id = booked(&lab, &carl, LASER_RES, span(600, 60)).await;
    let request = bookings::requests(&lab.ctx, &olga, Lang::En).await.unwrap().requests;
    assert_eq!(
        request.iter().map(|request| request.booking.id).collect::<Vec<_>>(),
        [id],
        "the rooms are not hers"
    );
    let mine = bookings::mine(&lab.ctx, &carl).await.unwrap().bookings;
    assert_eq!(mine.len(), 201);
    assert_eq!(mine.last().unwrap().booking.id, id);
}

#[tokio::test]
async fn log_out_during_booking_releases_rest_and_before_it_does_not() {
    let lab = open().await;
    lab.sql(HEARD).await;
    let holder = lab.signed_in(1).await;
    let id = booked(&lab, &holder, LASER_RES, span(60, 120)).await;
    lab.pass(MINUTE * 50);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 5);
    lab.stops(LASER, &ada(), 300).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "it begins in five minutes");
    lab.pass(MINUTE * 15);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 20);
    lab.stops(LASER, &ada(), 1200).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "theirs for a quarter of an hour more");
    lab.pass(MINUTE * 16);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Completed);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
}

const HEARD: &str = "INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)";
const ENDINGS: &str = "SELECT group_concat(coalesce(ending, 'open')) FROM use_session";

#[tokio::test]
async fn use_is_stopped_before_booking_of_other_begins() {
    for (need, request) in [("respect", 1), ("required", 1), ("free", 0)] {
        let lab = open().await;
        lab.sql(HEARD).await;
        let carl = lab.signed_in(4).await;
        booked(&lab, &carl, LASER_RES, span(30, 60)).await;
        lab.starts(LASER, &ada()).await;
        set(&lab, "booking.need", need).await;
        lab.pass((MINUTE * 30).saturating_sub(CUT_OFF + seconds(1)));
        jobs::run(&lab.ctx, Job::AbandonedUses).await;
        assert_eq!(lab.number("SELECT count(*) FROM machine_request").await, 0, "{need}: she has time");
        lab.pass(seconds(1));
        for _ in 0..2 {
            jobs::run(&lab.ctx, Job::AbandonedUses).await;
            let requests = "SELECT count(*) FROM machine_request WHERE cause = 'booking'";
            assert_eq!(lab.number(requests).await, request, "{need}: once");
        }
        if request == 0 {
            continue;
        }
        let settings = services::boards::settings(&lab.ctx, LASER).await.unwrap();
        assert_eq!((settings.allowed, settings.auto_stop, settings.grace), (false, 1, 1), "without requests too");
        lab.stops(LASER, &ada(), 1_790).await;
        assert_eq!(lab.text(ENDINGS).await, "booking");
        assert_eq!(lab.number("SELECT authorised FROM use_session").await, 1);
    }
}

#[tokio::test]
async fn board_log_out_for_booking_is_recorded_as_such() {
    for (lasted, ending) in [(1_800, "booking"), (1_799, "logged-out")] {
        let lab = open().await;
        let carl = lab.signed_in(4).await;
        booked(&lab, &carl, LASER_RES, span(30, 60)).await;
        lab.starts(LASER, &ada()).await;
        lab.pass(MINUTE * 30);
        lab.stops(LASER, &ada(), lasted).await;
        assert_eq!(lab.text(ENDINGS).await, ending);
    }
    let lab = open().await;
    let own = lab.signed_in(1).await;
    booked(&lab, &own, LASER_RES, span(30, 60)).await;
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 30);
    jobs::run(&lab.ctx, Job::AbandonedUses).await;
    lab.stops(LASER, &ada(), 1_800).await;
    assert_eq!(lab.text(ENDINGS).await, "logged-out", "her own");
}
