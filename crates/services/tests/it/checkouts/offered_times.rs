//! Offered times judged as of then: hours of each machine, closures, blocks, and trainers' permissions.

use super::*;
use domain::qualifications::{Relation, Subject};

async fn obstacles(lab: &Lab, actor: &Actor) -> Vec<Obstacle> {
    let slots = checkouts::slots(&lab.ctx, actor, LASERS).await.unwrap();
    let monday = slots.days.iter().find(|day| day.date.to_string() == "2027-01-18").unwrap();
    monday.obstacles.clone()
}

async fn refused(lab: &Lab, actor: &Actor, minutes: u32) -> Option<Obstacle> {
    match checkouts::ask(&lab.ctx, actor, ask(BOB, monday(minutes))).await {
        Err(CheckoutsError::Conflict(taken)) => taken.obstacle,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn machine_hours_limit_checkouts_unless_other_machine_is_free() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('machine', 1, 0, 600, 1070);
         INSERT INTO opening_exception (scope, scope_id, day, from_min, to_min)
             SELECT 'machine', 1, unixepoch('2027-01-25') / 86400, NULL, NULL",
    )
    .await;
    let times = free(&lab, &carl).await;
    assert_eq!(first_monday(&times), ["17:00 Bob"], "the laser closes at ten to six");
    assert!(!times.iter().any(|slot| slot.starts_with("2027-01-25")), "it is closed that day: {times:?}");
    assert_eq!(refused(&lab, &carl, 17 * 60 + 45).await, Some(Obstacle::Closed));
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser')").await;
    assert_eq!(first_monday(&free(&lab, &carl).await), ["17:00 Bob", "17:45 Bob", "18:30 Bob"]);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60 + 45).await;
    let view = checkouts::one(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!(view.machine_name.as_deref(), Some("Second laser"), "the one that is open then");
}

#[tokio::test]
async fn closure_removes_its_times_and_block_removes_all() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    let (starts, ends) = (monday(17 * 60 + 10).0, monday(17 * 60 + 50).0);
    run(&lab, format!(
        "INSERT INTO closure (id, machine_id, kind, starts_at, ends_at, made_at) VALUES (1, 1, 'maintenance', {starts}, {ends}, 0);
         INSERT INTO occupation (machine_id, starts_at, ends_at, closure_id) VALUES (1, {starts}, {ends}, 1)"
    ))
    .await;
    assert_eq!(first_monday(&free(&lab, &carl).await), ["18:30 Bob"]);
    assert_eq!(refused(&lab, &carl, 17 * 60).await, Some(Obstacle::Machine));
    lab.sql("INSERT INTO machine_block (id, machine_id, placed_at) VALUES (1, 1, 0)").await;
    assert!(free(&lab, &carl).await.is_empty());
    assert_eq!(obstacles(&lab, &carl).await, [Obstacle::Blocked]);
    assert_eq!(refused(&lab, &carl, 18 * 60 + 30).await, Some(Obstacle::Blocked));
    lab.sql("UPDATE machine_block SET lifted_at = 1").await;
    assert_eq!(first_monday(&free(&lab, &carl).await), ["18:30 Bob"]);
}

#[tokio::test]
async fn trainer_offers_times_only_while_qualified() {
    let lab = offered().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    // Bob until half past five of that Monday, Dana from the Monday after it.
    run(&lab, format!(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at) VALUES
             (2, 3, 'trainer', 'granted', 0, {}, 'setup', 1),
             (5, 3, 'owner', 'revoked', 0, NULL, 'setup', 1),
             (5, 3, 'trainer', 'granted', {}, NULL, 'setup', 1)",
        monday(17 * 60 + 30).0,
        monday(0).after(DAY * 7).0,
    ))
    .await;
    lab.sql("INSERT INTO availability_rule (person_id, weekday, from_min, to_min, length, buffer) VALUES (5, 0, 1080, 1110, 30, 0)")
        .await;
    drop(dana);
    let times = free(&lab, &carl).await;
    assert_eq!(times, ["2027-01-18 17:00 Bob", "2027-01-25 18:00 Dana", "2027-02-01 18:00 Dana"]);
    assert_eq!(refused(&lab, &carl, 17 * 60 + 45).await, None, "nobody offers it");
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let ken = lab.signed_in(11).await;
    let change = Change::now(BOB, Subject::Type(LASERS), Relation::Trainer);
    qualifications::revoke(&lab.ctx, &ken, change).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Cancelled, "nobody else offers that time");
}

#[tokio::test]
async fn trainer_offers_times_only_while_member() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    run(
        &lab,
        format!(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             VALUES (2, 1, 'user', 'granted', 0, {}, 'setup', 1)",
        monday(18 * 60).0,
    ),
    )
    .await;
    assert_eq!(free(&lab, &carl).await, ["2027-01-18 17:00 Bob", "2027-01-18 17:45 Bob"]);
    assert_eq!(refused(&lab, &carl, 18 * 60 + 30).await, None, "nobody offers it");
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 1, 'user', 'revoked', 0, 'setup', 2)",
    )
    .await;
    assert!(checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap().trainers.is_empty());
}

#[tokio::test]
async fn unclaimed_slots_of_today_are_shown_to_their_trainer_only() {
    let lab = offered().await;
    let (carl, bob, ken) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(11).await);
    let clocks = async |actor: &Actor| {
        let day = checkouts::day(&lab.ctx, actor).await.unwrap();
        day.free.iter().map(|slot| text::time::clock(slot.starts)).collect::<Vec<_>>()
    };
    assert!(clocks(&bob).await.is_empty(), "nothing is offered on a Friday");
    request_checkout(&lab, &carl, BOB, 17 * 60 + 45).await;
    lab.pass(DAY * 3);
    assert_eq!(clocks(&bob).await, ["17:00", "18:30"], "the slot between them is taken");
    assert!(clocks(&ken).await.is_empty(), "a manager offers none");
    lab.pass(HOUR * 9 + MINUTE);
    assert_eq!(clocks(&bob).await, ["18:30"], "the first has begun");
}
