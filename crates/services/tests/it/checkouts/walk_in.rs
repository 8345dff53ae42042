//! Walk-in checkouts, also of people who may use the type already.

use super::*;

fn action(action: CheckoutAction) -> Result<Decide, Vec<ValidationError>> {
    Decide::read(Some(action), if action.takes_note() { "Mind the lid" } else { "" }, "", None)
}

#[tokio::test]
async fn walk_in_pass_keeps_existing_grant() {
    let lab = offered().await;
    let bob = lab.signed_in(2).await;
    lab.grant(4, 3, "user").await;
    let id = checkouts::record(&lab.ctx, &bob, LASERS, "Carl", action(CheckoutAction::Pass)).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Passed, "what they know is gone through again");
    let causes = "SELECT group_concat(cause) FROM qualification WHERE person_id = 4 AND type_id = 3";
    assert_eq!(lab.text(causes).await, "setup", "no other grant took its place");
}

#[tokio::test]
async fn walk_in_result_belongs_to_its_author_and_notifies_asked_trainer() {
    let lab = offered().await;
    let (carl, bob, dana) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(5).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    assert_eq!(
        checkouts::record(&lab.ctx, &dana, LASERS, "Carl", action(CheckoutAction::Pass)).await.unwrap(),
        id
    );
    assert_eq!(notices_of(&lab, 2).await, [Kind::CheckoutAsked, Kind::CheckoutCancelled]);
    let one = checkouts::one(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!((one.state, one.trainer, one.ends.at), (State::Passed, DANA, NOON));
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0, "their time is free again");
}

#[tokio::test]
async fn walk_in_on_unknown_or_archived_type_is_refused() {
    let lab = offered().await;
    let ken = lab.signed_in(11).await;
    lab.sql("UPDATE equipment_type SET archived_at = 1 WHERE id = 4").await;
    for kind in [999, 1, 2, 4].map(TypeId) {
        let refused = checkouts::record(&lab.ctx, &ken, kind, "Carl", action(CheckoutAction::Pass)).await;
        assert!(matches!(refused, Err(CheckoutsError::UnknownType)), "{kind}: {refused:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM appointment").await, 0);
}

#[test]
fn practice_steps_justify_failure_but_not_rejection() {
    let read = |action, note, steps: &[i64]| {
        let steps = steps.iter().copied().map(domain::id::CheckoutStepId).collect();
        Decide::read(Some(action), note, "", Some(steps)).map(drop)
    };
    assert_eq!(read(CheckoutAction::Fail, "", &[1]), Ok(()));
    assert_eq!(read(CheckoutAction::Fail, "", &[]), Err(vec![ValidationError::NoNote]));
    assert_eq!(read(CheckoutAction::Reject, "", &[1]), Err(vec![ValidationError::NoNote]));
    assert_eq!(read(CheckoutAction::Reject, "I am away", &[1]), Ok(()));
}

// A4
#[tokio::test]
async fn walk_in_occupies_machine_if_free() {
    let lab = offered().await;
    let (bob, dana) = (lab.signed_in(2).await, lab.signed_in(5).await);
    let begun = checkouts::record(&lab.ctx, &bob, LASERS, "Carl", action(CheckoutAction::Accept)).await.unwrap();
    let machine = async |id| checkouts::one(&lab.ctx, &dana, id).await.unwrap().machine_name;
    assert_eq!(machine(begun).await.as_deref(), Some("Laser"));
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE machine_id = 1").await, 1);
    let other = checkouts::record(&lab.ctx, &dana, LASERS, "Ken", action(CheckoutAction::Accept)).await.unwrap();
    assert_eq!(machine(other).await, None, "none is free, and they are there all the same");
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE machine_id IS NOT NULL").await, 1);
}
