//! Retention: daily and recorded, without deleting too much.

use crate::lab::{LASER, LATHE, Lab, ada, bob, card, seconds};
use contract::retention::Cleared;
use domain::{
    actor::Actor,
    id::{BookingId, PersonId, UseId},
    settings::{At, Key},
    time::DAY,
};
use services::{
    bookings::{self, BookingsError},
    corrections::{self, CorrectUse},
    people, qualifications,
    retention::{self, RetentionError},
    settings,
};
use sqlx::Connection;
use text::Lang;

// A23
#[tokio::test]
async fn names_are_cleared_after_a_year_and_hours_remain() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.starts(LASER, &card("00ff00ff")).await;
    lab.stops(LASER, &card("00ff00ff"), 60).await;
    let me = lab.signed_in(1).await;
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), Some(Cleared::default()), "nothing is due");
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), None, "once a day");
    lab.pass(DAY * 31);
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), Some(Cleared { unknown_cards: 1, ..Cleared::default() }));
    assert_eq!(people::uses(&lab.ctx, &me, PersonId(1), None).await.unwrap().uses.len(), 1);
    lab.pass(DAY * 400);
    let administrator = Actor::TOOLGATE;
    let due = retention::page(&lab.ctx, &administrator, Lang::En).await.unwrap().due;
    assert_eq!(due.lines[0], "It would remove the name from 1 use, booking or checkout that is over a year old.");
    assert!(due.bites);
    let cleared = retention::due(&lab.ctx).await.unwrap().unwrap();
    assert_eq!(cleared.names, 1, "{cleared:?}");
    let due = retention::page(&lab.ctx, &administrator, Lang::En).await.unwrap().due;
    assert_eq!(due.lines, ["No effect today."], "and then nothing is left to do");
    assert_eq!(people::uses(&lab.ctx, &me, PersonId(1), None).await.unwrap().uses.len(), 0);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 2, "hours stay");
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 1").await, 2, "standings stay");
    assert_eq!(lab.number("SELECT count(*) FROM retention_run").await, 3);
    assert_eq!(cleared.entries, 6, "{cleared:?}");
}

// A23
#[tokio::test]
async fn closed_bookings_waits_and_checkouts_lose_names_after_a_year() {
    let lab = Lab::open().await;
    // All of them were until noon; the second of each is open.
    lab.sql(
        "INSERT INTO remark (id, about_person, body, written_at) VALUES (1, 1, 'The lens is out', 0), (2, 2, 'Hold it flat', 0),
             (3, 2, 'Focus again', 0);
         INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at, remark_id) VALUES
             (1, 1, 1, 1799996400000, 1800000000000, 'rejected', 0, 1),
             (2, 1, 1, 1799996400000, 1800000000000, 'checked-in', 0, NULL);
         INSERT INTO waiting (id, machine_id, person_id, starts_at, ends_at, state, asked_at) VALUES
             (1, 1, 2, 1799996400000, 1800000000000, 'left', 0), (2, 1, 2, 1799996400000, 1800000000000, 'waiting', 0);
         INSERT INTO appointment (id, person_id, trainer_id, type_id, machine_id, starts_at, ends_at, state, asked_at, remark_id) VALUES
             (1, 2, 1, 3, 1, 1799996400000, 1800000000000, 'failed', 0, 2),
             (2, 2, 1, 3, 1, 1799996400000, 1800000000000, 'accepted', 0, NULL);
         INSERT INTO occupation (booking_id, machine_id, starts_at, ends_at) VALUES (2, 1, 1799996400000, 1800000000000);
         INSERT INTO checkout_list (id, type_id, made_at) VALUES (1, 3, 0);
         INSERT INTO checkout_step (id, list_id, position, section, body, required) VALUES (1, 1, 0, '', 'Focuses', 1);
         INSERT INTO checkout_mark (appointment_id, step_id, mark, remark_id) VALUES (1, 1, 'practise', 3);
         INSERT INTO checkout_photo (appointment_id, step_id, body, small, added_at) VALUES (1, 1, x'00', x'00', 0)",
    )
    .await;
    let named = "SELECT (SELECT count(person_id) FROM booking) + (SELECT count(person_id) FROM waiting)
                      + (SELECT count(person_id) + count(trainer_id) FROM appointment)";
    let words = "SELECT (SELECT count(*) FROM remark) + (SELECT count(*) FROM checkout_photo)";
    lab.pass(DAY * 364);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!((lab.number(named).await, lab.number(words).await), (8, 4), "a day before");
    lab.pass(DAY);
    let due = retention::page(&lab.ctx, &Actor::TOOLGATE, Lang::En).await.unwrap().due;
    assert_eq!(
        due.lines[0],
        "It would remove the names from 3 uses, bookings and checkouts that are over a year old."
    );
    assert_eq!(retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap().names, 3);
    assert_eq!((lab.number(named).await, lab.number(words).await), (4, 0), "what is open keeps its names");
    assert_eq!(lab.number("SELECT count(*) FROM booking WHERE machine_id = 1").await, 2, "figures stay");
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 1);
    let me = lab.signed_in(1).await;
    let gone = bookings::one(&lab.ctx, &me, BookingId(1)).await;
    assert!(matches!(gone, Err(BookingsError::Unknown)), "{gone:?}");
    assert!(bookings::one(&lab.ctx, &me, BookingId(2)).await.is_ok());
    assert_eq!(retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap().names, 0, "nothing is left to do");
}

// A23
#[tokio::test]
async fn series_loses_its_person_with_the_last_of_its_bookings() {
    let lab = Lab::open().await;
    // Both ended on the day before noon of the lab; a booking of the second is open.
    lab.sql(
        "INSERT INTO series (id, machine_id, person_id, rule, first_day, last_day, from_minute, to_minute, made_at, changed_at)
             VALUES (1, 1, 1, 'FREQ=WEEKLY', 20700, 20832, 600, 660, 0, 0), (2, 1, 1, 'FREQ=WEEKLY', 20700, 20832, 600, 660, 0, 0);
         INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at, series_id, series_day) VALUES
             (1, 1, 1, 1799996400000, 1800000000000, 'completed', 0, 1, 20832),
             (2, 1, 1, 1799996400000, 1800000000000, 'checked-in', 0, 2, 20832)",
    )
    .await;
    let named = "SELECT ifnull(group_concat(id), '') FROM series WHERE person_id IS NOT NULL";
    lab.pass(DAY * 364);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.text(named).await, "1,2", "a day before");
    lab.pass(DAY);
    let cleared = retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!((cleared.names, lab.text(named).await.as_str()), (1, "2"), "the booking alone is counted");
    let joined =
        "SELECT count(*) FROM booking b JOIN series s ON s.id = b.series_id WHERE s.person_id IS NOT NULL";
    assert_eq!(lab.number(joined).await, 1);
}

#[tokio::test]
async fn leases_tests_and_wishes_of_actuators_are_deleted_after_31_days() {
    let lab = Lab::open().await;
    // The first of each was a millisecond before noon of the lab.
    lab.sql(
        "INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at)
             VALUES (1, 'Plug', 'shelly', 'plug', 'd-1', zeroblob(32), 0, 0);
         INSERT INTO actuator (id, device_id, output, name, load, allowed, warmest, daily) VALUES
             (1, 1, 0, 'Light', 'light', 'members', 0, 1440), (2, 1, 1, 'Fan', 'power', 'members', 0, 1440);
         INSERT INTO lease (id, actuator_id, sent_at, ends_at, is_on) VALUES
             (1, 1, 1799999999999, 1800000000000, 1), (2, 1, 1800000000000, 1800000000000, 0),
             (3, 2, 1799999999999, 1800000000000, 1);
         INSERT INTO lease_answer (lease_id, at, is_on) VALUES
             (1, 1800000000000, 1), (2, 1800000000001, 0), (3, 1800000000000, 1);
         INSERT INTO actuator_wish (id, actuator_id, starts_at, ends_at) VALUES
             (1, 1, 0, 1799999999999), (2, 1, 0, 1800000000000);
         INSERT INTO actuator_test (id, actuator_id, started_at, ends_at, ended_at, outcome) VALUES
             (1, 1, 0, 1, 2, 'off'), (2, 1, 3, 4, 1799999999999, 'off'), (3, 2, 0, 1, 2, 'off'), (4, 2, 3, 4, NULL, NULL)",
    )
    .await;
    let rows = "SELECT (SELECT group_concat(id) FROM (SELECT id FROM lease ORDER BY id)) || ' '
                    || (SELECT group_concat(lease_id) FROM lease_answer) || ' '
                    || (SELECT group_concat(id) FROM (SELECT id FROM actuator_wish ORDER BY id)) || ' '
                    || (SELECT group_concat(id) FROM (SELECT id FROM actuator_test ORDER BY id))";
    lab.pass((DAY * 31).saturating_sub(seconds(1)));
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.text(rows).await, "1,2,3 1,2,3 1,2 2,3,4", "a second before; a newer test replaces the first");
    lab.pass(seconds(1));
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.text(rows).await, "2 2 2 2,3,4", "the last test of each actuator stays");
    let mut conn = lab.raw().await;
    for (change, guard) in [
        ("DELETE FROM lease", "lease"),
        ("UPDATE lease SET is_on = 1", "lease"),
        ("DELETE FROM lease_answer", "lease_answer"),
        ("UPDATE lease_start SET at = 1", "lease_start"),
        ("DELETE FROM lease_start", "lease_start"),
    ] {
        let refused = sqlx::raw_sql(change).execute(&mut conn).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("append_only:{guard}")), "{change}: {refused}");
    }
    conn.close().await.unwrap();
}

// A7
#[tokio::test]
async fn administrators_see_and_start_cleanup() {
    let lab = Lab::open().await;
    lab.grant(2, 2, "owner").await;
    lab.grant(1, 1, "owner").await;
    let (administrator, manager) = (lab.signed_in(2).await, lab.signed_in(1).await);
    assert!(matches!(retention::page(&lab.ctx, &manager, Lang::En).await, Err(RetentionError::Forbidden(_))));
    assert!(matches!(retention::run(&lab.ctx, &manager).await, Err(RetentionError::Forbidden(_))));
    retention::run(&lab.ctx, &administrator).await.unwrap();
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    let runs = retention::page(&lab.ctx, &administrator, Lang::En).await.unwrap().runs;
    let by: Vec<_> = runs.iter().map(|run| run.by.as_deref()).collect();
    assert_eq!(by.len(), 2);
    assert!(by.contains(&Some("Bob")) && by.contains(&None), "{by:?}");
}

#[tokio::test]
async fn interrupted_cleanup_names_rows_cleared_and_is_continued() {
    let lab = Lab::open().await;
    lab.starts(LASER, &card("00ff00ff")).await;
    lab.stops(LASER, &card("00ff00ff"), 60).await;
    lab.pass(DAY * 31);
    lab.sql("CREATE TRIGGER full BEFORE INSERT ON retention_run BEGIN SELECT RAISE(ABORT, 'full'); END").await;
    let stopped = retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap_err();
    assert!(matches!(stopped, RetentionError::Interrupted { made: 1, .. }), "{stopped:?}");
    lab.sql("DROP TRIGGER full").await;
    let rest = retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(rest, Cleared::default(), "the unknown card is gone already");
}

#[tokio::test]
async fn unpermitted_cleanup_changes_nothing() {
    let lab = Lab::open().await;
    lab.grant(1, 1, "owner").await;
    let manager = lab.signed_in(1).await;
    lab.starts(LASER, &card("00ff00ff")).await;
    lab.pass(DAY * 31);
    assert!(matches!(retention::run(&lab.ctx, &manager).await, Err(RetentionError::Forbidden(_))));
    assert_eq!(retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap().unknown_cards, 1, "it was there still");
}

#[tokio::test]
async fn cards_do_not_lead_to_cleared_names_and_last_use_remains() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'qualifications.lapse-never-used', '600');
         INSERT INTO machine_request (id, machine_id, kind, card_id, cause, state, queued_at) VALUES
             (1, 1, 'stop', 1, 'asked', 'acknowledged', 1800000000000),
             (2, 1, 'stop', 1, 'asked', 'expired', 1834000000000)",
    )
    .await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(DAY * 395);
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.starts(LATHE, &bob()).await;
    let of_ada = "SELECT count(*) FROM use_session WHERE card_id = 1";
    assert_eq!(lab.number(of_ada).await, 2);
    retention::due(&lab.ctx).await.unwrap();
    // Of the use that is younger, and of that which goes on, everything is there.
    assert_eq!(lab.number(of_ada).await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE card_id = 2 AND ended_at IS NULL").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact WHERE card_id IS NOT NULL").await, 3);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact WHERE unknown_card_id = 0").await, 2);
    assert_eq!(lab.number("SELECT sum(id) FROM machine_request WHERE card_id IS NOT NULL").await, 2);
    let me = lab.signed_in(1).await;
    assert_eq!(people::uses(&lab.ctx, &me, PersonId(1), None).await.unwrap().uses.len(), 1);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE json_extract(detail, '$.card') IS NOT NULL").await, 0);

    lab.pass(DAY * 400);
    retention::due(&lab.ctx).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE card_id IS NOT NULL").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact WHERE card_id IS NOT NULL").await, 0);
    assert_eq!(
        lab.number("SELECT count(*) FROM alias WHERE person_id = 2").await,
        1,
        "a month waits for its use to end"
    );
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 3, "hours stay");
    assert!(me.person().is_some());
    lab.grant(2, 1, "owner").await;
    let list = people::list(&lab.ctx, &lab.signed_in(2).await, &people::Query::default(), None).await.unwrap();
    let ada = list.people.iter().find(|one| one.id == PersonId(1)).unwrap();
    assert!(ada.last_use.is_some(), "{ada:?}");
    // She used it: it does not lapse for never having been used.
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 1, "Zoe's alone");
    assert_eq!(lab.number("SELECT person_id FROM qualification WHERE kind = 'revoked'").await, 3);
}

#[tokio::test]
async fn remarks_do_not_lead_to_cleared_names() {
    let lab = Lab::open().await;
    lab.grant(2, 3, "owner").await;
    let bob = lab.signed_in(2).await;
    let none = |reason: &str| CorrectUse {
        who: Some(Some(PersonId(1))),
        void: true,
        reason: reason.into(),
        ..CorrectUse::default()
    };
    for (id, passed) in [(1, 0), (2, 395)] {
        lab.pass(DAY * passed);
        lab.starts(LASER, &ada()).await;
        lab.pass(seconds(60));
        lab.stops(LASER, &ada(), 60).await;
        corrections::correct(&lab.ctx, &bob, UseId(id), 1, &none("Ada only tried her card")).await.unwrap();
    }
    let about_her = "SELECT group_concat(c.use_id) FROM use_correction c JOIN remark r ON r.id = c.remark_id
                      WHERE r.about_person = 1";
    assert_eq!(lab.text(about_her).await, "1,2");
    retention::due(&lab.ctx).await.unwrap();
    assert_eq!(lab.text(about_her).await, "2", "the words about the use that lost its name are gone");
    assert_eq!(lab.number("SELECT count(*) FROM use_correction").await, 2, "that it was corrected stays");
}

#[tokio::test]
async fn audit_is_retained_for_configured_days() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'audit.kept', '730')").await;
    let lab = lab.reopen().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(DAY * 729);
    lab.grant(2, 2, "owner").await;
    let administrator = lab.signed_in(2).await;
    let preview = async |days| {
        let page = settings::page(
            &lab.ctx,
            &administrator,
            At::Space,
            Some(Key::AuditKept),
            Some(settings::Proposal::Value(days)),
            Lang::En,
        );
        page.await.unwrap().preview.unwrap().1.lines
    };
    assert_eq!(preview("90").await, ["It would delete 1 audit entry."]);
    assert_eq!(preview("3650").await, ["No effect today."]);
    assert_eq!(retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap().entries, 0);
    lab.pass(DAY * 2);
    assert_eq!(retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap().entries, 1);
    let page = retention::page(&lab.ctx, &administrator, Lang::En).await.unwrap();
    assert_eq!((page.record_days, page.runs.iter().map(|run| run.cleared.entries).sum::<u32>()), (730, 1));
}
