//! Holds: permissions, and immediate effect.

use crate::lab::{
    LASER, Lab, NOON, ada,
    holds::{lift, of, place, sent, unpaid},
};
use contract::form::{Fault, Fields};
use domain::{
    access::{Decision, Reason},
    actor::Actor,
    holds::{HoldReason, REMARK},
    id::{HoldId, PersonId, TypeId},
    qualifications::{Relation, Subject},
    time::{DAY, Date, HOUR, Millis},
};
use services::{
    access::check,
    holds::HoldsError,
    qualifications::{self, Change, QualificationsError},
};

use std::time::Duration;

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);

fn held_until(day: &str) -> Fields {
    sent(Some(HoldReason::Unpaid), day, "")
}

/// Bob manages the space.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab
}

// A8
#[tokio::test]
async fn hold_applies_at_next_swipe_until_lifted() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    let hold = place(&lab.ctx, &bob, ADA, unpaid()).await.unwrap();
    let because = Reason::OnHold { hold, reason: HoldReason::Unpaid, until: None };
    assert_eq!(check(&lab.ctx, LASER, &ada()).await.unwrap().decision, Decision::Deny(vec![because]));
    lift(&lab.ctx, &bob, hold).await.unwrap();
    assert!(check(&lab.ctx, LASER, &ada()).await.unwrap().decision.is_yes());
    assert!(matches!(lift(&lab.ctx, &bob, hold).await, Err(HoldsError::Over)));
    assert!(matches!(lift(&lab.ctx, &bob, HoldId(99)).await, Err(HoldsError::UnknownHold)));
    let actions = "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)";
    assert_eq!(lab.text(actions).await, "hold.placed hold.lifted");
}

#[tokio::test]
async fn erased_person_gets_no_holds_or_bans() {
    let lab = managed().await;
    lab.sql("UPDATE person SET status = 'left', left_at = 1, erased_at = 1 WHERE id = 1").await;
    let bob = lab.signed_in(2).await;
    let message = place(&lab.ctx, &bob, ADA, unpaid()).await;
    assert!(matches!(message, Err(HoldsError::UnknownPerson)), "{message:?}");
    assert!(!of(&lab.ctx, &bob, ADA).await.unwrap().may_change);
    let ban = Change { remark: Some("Ada".into()), ..Change::now(ADA, Subject::Type(TypeId(3)), Relation::User) };
    let message = qualifications::ban(&lab.ctx, &bob, ban).await;
    assert!(matches!(message, Err(QualificationsError::UnknownPerson)), "{message:?}");
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 0);
}

// A8
#[tokio::test]
async fn hold_ends_running_use_once() {
    let lab = managed().await;
    lab.starts(LASER, &ada()).await;
    let bob = lab.signed_in(2).await;
    place(&lab.ctx, &bob, ADA, unpaid()).await.unwrap();
    place(&lab.ctx, &bob, ADA, sent(Some(HoldReason::Safety), "", "")).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine_request WHERE cause = 'hold' AND kind = 'stop'").await, 1);
}

// A7
#[tokio::test]
async fn only_managers_place_holds_except_on_oneself_or_higher_rank() {
    let lab = managed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    assert!(matches!(place(&lab.ctx, &ada, BOB, unpaid()).await, Err(HoldsError::Forbidden(_))));
    assert!(matches!(place(&lab.ctx, &bob, BOB, unpaid()).await, Err(HoldsError::Oneself)));
    assert!(matches!(place(&lab.ctx, &bob, PersonId(99), unpaid()).await, Err(HoldsError::UnknownPerson)));
    lab.grant(1, 2, "owner").await;
    assert!(matches!(place(&lab.ctx, &bob, ADA, unpaid()).await, Err(HoldsError::Above)));
    let hold = place(&lab.ctx, &Actor::TOOLGATE, ADA, unpaid()).await.unwrap();
    assert!(matches!(lift(&lab.ctx, &bob, hold).await, Err(HoldsError::Above)));
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    assert!(matches!(lift(&lab.ctx, &bob, hold).await, Err(HoldsError::Above)), "also while they are kept out");
    assert_eq!(lab.number("SELECT count(*) FROM hold").await, 1);
}

#[tokio::test]
async fn invalid_hold_reports_all_fields_to_permitted_callers() {
    let [reason, day, no_day, past, remark] = [
        ("reason", Fault::HoldReason),
        ("last_day", Fault::LastDay),
        ("last_day", Fault::NoSuchDay),
        ("last_day", Fault::DayPast),
        ("remark", Fault::RemarkTooLong(REMARK)),
    ];
    let lab = managed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let long = "è".repeat(REMARK + 1);
    for (chosen, until, said, expected) in [
        (None, "", "", vec![reason]),
        (None, "soon", &*long, vec![reason, day, remark]),
        (None, "2027-01-14", &long, vec![reason, past, remark]),
        (Some(HoldReason::Unpaid), "2027-02-30", "", vec![no_day]),
        // Slips of the finger.
        (Some(HoldReason::Unpaid), "2101-01-01", "", vec![day]),
        (Some(HoldReason::Unpaid), "9999-12-31", "", vec![day]),
        (Some(HoldReason::Unpaid), "0027-01-20", "", vec![day]),
    ] {
        let read = || sent(chosen, until, said);
        let Err(HoldsError::Invalid(errors)) = place(&lab.ctx, &bob, ADA, read()).await else {
            panic!("{expected:?}")
        };
        let errors: Vec<_> = errors.iter().map(|(field, fault)| (field.as_str(), *fault)).collect();
        assert_eq!(errors, expected);
        let refused = place(&lab.ctx, &ada, BOB, read()).await;
        assert!(matches!(refused, Err(HoldsError::Forbidden(_))), "{refused:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 0);
}

#[tokio::test]
async fn hold_lasts_until_end_of_last_day_in_space_zone() {
    let (rome, cairo) = (
        "INSERT INTO setting VALUES ('space', 0, 'space.zone', 'Europe/Rome', 1)",
        "INSERT INTO setting VALUES ('space', 0, 'space.zone', 'Africa/Cairo', 1)",
    );
    for (zone, day, hours) in [
        ("SELECT 1", "2027-03-28", 24),
        // The day on which clocks go forward, and the one on which they go back.
        (rome, "2027-03-28", 23),
        (rome, "2027-10-31", 25),
        // The day after begins at one o'clock: there is no midnight.
        (cairo, "2027-04-29", 24),
        (cairo, "2027-04-30", 23),
    ] {
        let lab = managed().await;
        lab.sql(zone).await;
        let lab = lab.reopen().await;
        let (date, here) = (Date::from_iso(day).unwrap(), lab.ctx.space().zone);
        let bob = lab.signed_in(2).await;
        place(&lab.ctx, &bob, ADA, held_until(day)).await.unwrap();
        let until = Millis(lab.number("SELECT until FROM hold").await);
        assert_eq!(until, here.start_of(date).after(HOUR * hours), "{zone} {day}");
        let (last, next) = (here.moment(Millis(until.0 - 1)).wall().date, here.moment(until).wall().date);
        assert_eq!((last, next), (date, Date::from_days(date.days() + 1)), "{zone} {day}");
        lab.pass(Duration::from_millis(until.0.abs_diff(NOON.0) - 1));
        assert!(of(&lab.ctx, &bob, ADA).await.unwrap().holds[0].in_force, "{zone} {day}: to its last moment");
        lab.pass(Duration::from_millis(1));
        assert!(!of(&lab.ctx, &bob, ADA).await.unwrap().holds[0].in_force, "{zone} {day}: and no longer");
    }
}

#[tokio::test]
async fn hold_until_latest_allowed_day_has_end() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    place(&lab.ctx, &bob, ADA, held_until("2100-12-31")).await.unwrap();
    assert_eq!(lab.number("SELECT until FROM hold").await, 4_133_980_800_000, "2101-01-01 in UTC");
}

#[tokio::test]
async fn hold_remark_is_visible_to_its_person_and_managers_only() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    // The first day of the lab is a Friday: the hold counts for the whole of it.
    let input = sent(Some(HoldReason::Unpaid), "2027-01-15", " No fee since May. ");
    place(&lab.ctx, &bob, ADA, input).await.unwrap();
    for who in [1, 2] {
        let holds = of(&lab.ctx, &lab.signed_in(who).await, ADA).await.unwrap();
        let hold = &holds.holds[0];
        assert_eq!(hold.remark.as_deref(), Some("No fee since May."));
        assert_eq!((hold.placed_by.as_deref(), hold.in_force), (Some("Bob"), true));
        assert_eq!(hold.until.unwrap().at, NOON.after(HOUR * 16));
        assert_eq!(holds.may_change, who == 2);
    }
    assert!(matches!(of(&lab.ctx, &lab.signed_in(1).await, BOB).await, Err(HoldsError::UnknownPerson)));
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%fee%'").await,
        0,
        "no free text in the chain"
    );
    lab.pass(DAY);
    assert!(!of(&lab.ctx, &lab.signed_in(1).await, ADA).await.unwrap().holds[0].in_force, "it ran out");
}
