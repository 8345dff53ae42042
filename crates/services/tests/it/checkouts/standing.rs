//! Appointments after a change of the member's or trainer's permissions.

use super::*;
use domain::{
    id::MachineId,
    qualifications::{Relation, Subject},
};
use services::{equipment, problems};

const LATHES: TypeId = TypeId(4);
const CARL: PersonId = PersonId(4);

// A8
#[tokio::test]
async fn appointments_no_longer_permitted_are_cancelled_with_notice() {
    for what in ["a ban", "a prerequisite that was taken away", "a grant elsewhere", "another type"] {
        let lab = offered().await;
        lab.grant(4, 4, "user").await;
        lab.sql("INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 4)").await;
        let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
        let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
        let change = |on| Change::now(CARL, Subject::Type(on), Relation::User);
        let because = |on| Change { remark: Some("The lid was open".into()), ..change(on) };
        match what {
            "a ban" => qualifications::ban(&lab.ctx, &ken, because(LASERS)).await,
            "a prerequisite that was taken away" => qualifications::revoke(&lab.ctx, &ken, because(LATHES)).await,
            "a grant elsewhere" => qualifications::grant(&lab.ctx, &ken, change(LASERS)).await,
            _ => {
                qualifications::grant(&lab.ctx, &ken, Change { relation: Relation::Trainer, ..change(LATHES) })
                    .await
            }
        }
        .unwrap();
        let is_over = what != "another type";
        assert_eq!(state(&lab, id).await, if is_over { State::Cancelled } else { State::Pending }, "{what}");
        let cancelled = async |person| notices_of(&lab, person).await.contains(&Kind::CheckoutCancelled);
        assert_eq!((cancelled(2).await, cancelled(4).await), (is_over, is_over), "{what}");
    }
}

#[tokio::test]
async fn move_requires_current_prerequisites() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.sql("INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 4)").await;
    let moved = checkouts::move_to(&lab.ctx, &carl, id, BOB, Some(monday(17 * 60 + 45))).await;
    assert!(matches!(moved, Err(CheckoutsError::Requires(_))), "{moved:?}");
    assert_eq!(state(&lab, id).await, State::Pending);
}

// A23
#[tokio::test]
async fn many_other_items_hide_no_reminders_or_requests() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let request = request_checkout(&lab, &carl, BOB, 18 * 60 + 30).await;
    lab.grant(5, 4, "user").await;
    // Results that are still open, and requests on another type, begin earlier.
    run(
        &lab,
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
             INSERT INTO person (id, status, created_at) SELECT 1000 + i, 'active', 0 FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
             INSERT INTO appointment (person_id, trainer_id, type_id, starts_at, ends_at, state, asked_at)
             SELECT 1000 + i, 5, 4, {0} + i, {0} + i + 9, 'accepted', 0 FROM n UNION ALL
             SELECT 1600 + i, 5, 4, {1} + i, {1} + i + 9, 'pending', 0 FROM n",
            NOON.0 - 99_999,
            NOON.after(HOUR).0,
        ),
    )
    .await;
    let waiting = inbox::waiting(&lab.ctx, &bob).await.unwrap().items;
    assert_eq!(waiting.iter().map(|item| item.id).collect::<Vec<_>>(), [request.0]);
    decided(&lab, &bob, request, CheckoutAction::Accept).await.unwrap();
    lab.pass(DAY * 2 + HOUR * 12);
    jobs::run(&lab.ctx, Job::Appointments).await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutAccepted, Kind::CheckoutReminder]);
}

async fn machine(lab: &Lab, id: AppointmentId) -> Option<String> {
    let ken = lab.signed_in(11).await;
    checkouts::one(&lab.ctx, &ken, id).await.unwrap().machine_name
}

#[tokio::test]
async fn archived_machine_is_replaced_or_its_checkouts_cancelled() {
    let lab = offered().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser')").await;
    equipment::archive(&lab.ctx, &ken, MachineId(1), true).await.unwrap();
    assert_eq!(
        (machine(&lab, id).await.as_deref(), state(&lab, id).await),
        (Some("Second laser"), State::Pending)
    );
    assert_eq!(lab.number("SELECT machine_id FROM occupation WHERE machine_id IS NOT NULL").await, 3);
    equipment::archive(&lab.ctx, &ken, MachineId(3), true).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Cancelled);
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutAsked, Kind::CheckoutCancelled]);
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutCancelled]);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);

    // A type without machines is still taught, until it is archived.
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    assert_eq!(machine(&lab, id).await, None);
    equipment::archive_type(&lab.ctx, &ken, LASERS, true).await.unwrap();
    assert_eq!(lab.text("SELECT state FROM appointment ORDER BY id DESC LIMIT 1").await, "cancelled");
}

#[tokio::test]
async fn block_moves_next_days_checkouts_to_free_machine() {
    for (pause, expected) in [(DAY * 2, "Laser"), (DAY * 2 + HOUR * 10, "Second laser")] {
        let lab = offered().await;
        let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
        let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
        lab.pass(pause);
        lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser')").await;
        problems::block(&lab.ctx, &ken, MachineId(1), "The belt is torn", false).await.unwrap();
        assert_eq!(machine(&lab, id).await.as_deref(), Some(expected), "{pause:?}");
        problems::block(&lab.ctx, &ken, MachineId(3), "The same", false).await.unwrap();
        assert_eq!((machine(&lab, id).await.as_deref(), state(&lab, id).await), (Some(expected), State::Pending));
    }
}

#[tokio::test]
async fn block_without_replacement_notifies_both_also_when_lifted() {
    let lab = offered().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.pass(DAY * 2 + HOUR * 10);
    let block = problems::block(&lab.ctx, &ken, MachineId(1), "The belt is torn", false).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Pending, "it may be lifted before");
    assert_eq!(notices_of(&lab, 4).await, [Kind::MachineBlocked]);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::MachineBlocked, Kind::MachineFree]);
    assert_eq!(notices_of(&lab, 2).await.iter().filter(|kind| **kind == Kind::MachineFree).count(), 1);
}
