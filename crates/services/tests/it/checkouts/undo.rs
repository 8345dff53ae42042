//! Undoing a pass.

use super::*;
use domain::checkouts::{Stays, UNDO};

/// How long after the lab begins Carl passes.
const AFTER: std::time::Duration = std::time::Duration::from_mins((3 * 24 + 9) * 60 + 5);

/// Carl passed with Bob a moment ago.
async fn passed() -> (Lab, Actor, AppointmentId) {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.pass(AFTER);
    decided(&lab, &bob, id, CheckoutAction::Pass).await.unwrap();
    (lab, bob, id)
}

async fn may_use(lab: &Lab) -> bool {
    check(&lab.ctx, LASER, &card("00000ca1")).await.unwrap().decision.is_yes()
}

async fn stays(lab: &Lab, actor: &Actor, id: AppointmentId) -> Stays {
    match checkouts::undo_pass(&lab.ctx, actor, id).await {
        Err(CheckoutsError::Stays(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn undone_pass_revokes_access_and_awaits_result() {
    let (lab, bob, id) = passed().await;
    assert!(may_use(&lab).await);
    let until = checkouts::one(&lab.ctx, &bob, id).await.unwrap().undo_until;
    assert_eq!(until.map(|until| until.at), Some(NOON.after(AFTER).after(UNDO)));
    lab.pass(UNDO);
    let done = checkouts::undo_pass(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!((done.person_name.as_deref(), done.action), (Some("Carl"), None));
    assert!(!may_use(&lab).await, "the grant went with it");
    assert_eq!(notices_of(&lab, 4).await, [Kind::Granted, Kind::Revoked]);
    let one = checkouts::one(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!((one.state, one.decided, one.undo_until), (State::Accepted, None, None));
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 3, "it holds its time again");
    let action = lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(action, "checkout.undone");
    assert_eq!(stays(&lab, &bob, id).await, Stays::NotPassed, "once");
    decided(&lab, &bob, id, CheckoutAction::Fail).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Failed);
}

#[tokio::test]
async fn pass_cannot_be_undone_by_others_late_or_after_use() {
    let (lab, bob, id) = passed().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    assert!(matches!(checkouts::undo_pass(&lab.ctx, &carl, id).await, Err(CheckoutsError::Unknown)));
    assert_eq!(stays(&lab, &dana, id).await, Stays::Other);
    assert_eq!(checkouts::one(&lab.ctx, &dana, id).await.unwrap().undo_until, None);
    lab.pass(UNDO + MINUTE);
    assert_eq!(stays(&lab, &bob, id).await, Stays::Late);

    let (lab, bob, id) = passed().await;
    let at = NOON.after(AFTER).0;
    run(&lab, format!(
        "INSERT INTO use_session (id, machine_id, card_id, started_at, last_sign_at, source, approximate, provisional, other_card, twin_start, twin_stop, authorised)
             VALUES (1, 1, 4, {at}, {at}, 'live', 0, 0, 0, 0, 0, 1)"
    ))
    .await;
    assert_eq!(stays(&lab, &bob, id).await, Stays::Used);
    assert_eq!(checkouts::one(&lab.ctx, &bob, id).await.unwrap().undo_until, None);
    assert_eq!(state(&lab, id).await, State::Passed);
}

#[tokio::test]
async fn booking_or_later_ledger_entry_prevents_undo() {
    let (lab, bob, id) = passed().await;
    let at = NOON.after(AFTER).0;
    run(
        &lab,
        format!(
            "INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at)
             VALUES (1, 4, {at} + 9, {at} + 99, 'pending', {at})"
        ),
    )
    .await;
    assert_eq!(stays(&lab, &bob, id).await, Stays::Used);

    let (lab, bob, id) = passed().await;
    lab.grant(4, 3, "trainer").await;
    assert_eq!(stays(&lab, &bob, id).await, Stays::Used);
    assert_eq!(state(&lab, id).await, State::Passed);
}

#[tokio::test]
async fn earlier_grant_survives_undone_pass() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    lab.grant(4, 3, "user").await;
    lab.pass(AFTER);
    decided(&lab, &bob, id, CheckoutAction::Pass).await.unwrap();
    checkouts::undo_pass(&lab.ctx, &bob, id).await.unwrap();
    assert!(may_use(&lab).await);
}

#[tokio::test]
async fn undone_walk_in_pass_restores_appointment() {
    let lab = offered().await;
    let (carl, bob, dana) = (lab.signed_in(4).await, lab.signed_in(2).await, lab.signed_in(5).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    let agreed = checkouts::one(&lab.ctx, &bob, id).await.unwrap();
    let pass = Decide::read(Some(CheckoutAction::Pass), "", "", None);
    assert_eq!(checkouts::record(&lab.ctx, &dana, LASERS, "Carl", pass).await.unwrap(), id);
    assert_eq!(checkouts::one(&lab.ctx, &carl, id).await.unwrap().trainer, DANA);
    checkouts::undo_pass(&lab.ctx, &dana, id).await.unwrap();
    let one = checkouts::one(&lab.ctx, &bob, id).await.unwrap();
    assert_eq!((one.state, one.trainer), (State::Accepted, BOB));
    assert_eq!((one.starts.at, one.ends.at), (agreed.starts.at, agreed.ends.at));
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 3, "all three are there then");
    let all = notices_of(&lab, 4).await;
    assert_eq!(all.last(), Some(&Kind::CheckoutAccepted), "{all:?}");
    assert_eq!(notices_of(&lab, 2).await.last(), Some(&Kind::CheckoutAccepted));
}
