//! No-shows, and practice that counts after a failure.

use super::*;
use crate::lab;

#[tokio::test]
async fn no_show_is_notified_and_may_ask_again() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    decided(&lab, &bob, id, CheckoutAction::Accept).await.unwrap();
    lab.pass(DAY * 3 + HOUR * 9);
    let early = decided(&lab, &bob, id, CheckoutAction::NoShow).await;
    assert!(matches!(early, Err(CheckoutsError::NotNow)), "it just begins: {early:?}");
    lab.pass(MINUTE * 20);
    let own = decided(&lab, &carl, id, CheckoutAction::NoShow).await;
    assert!(own.is_err(), "nobody says it of themselves: {own:?}");
    decided(&lab, &bob, id, CheckoutAction::NoShow).await.unwrap();
    assert_eq!(state(&lab, id).await, State::NoShow);
    assert_eq!(notices_of(&lab, 4).await, [Kind::CheckoutAccepted, Kind::CheckoutCancelled]);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0, "the time is given back");
    assert!(!check(&lab.ctx, LASER, &card("00000ca1")).await.unwrap().decision.is_yes());
    let again = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60).after(DAY * 7))).await.unwrap();
    assert_eq!(state(&lab, again).await, State::Pending);
}

#[tokio::test]
async fn practice_counts_real_uses_and_restarts_after_failure() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let uid = card("00000ca1");
    let practise = async |minutes: u64| {
        lab.starts(LASER, &uid).await;
        lab.pass(lab::seconds(minutes * 60));
        lab.stops(LASER, &uid, minutes * 60).await;
    };
    let evidence = async |id| checkouts::one(&lab.ctx, &bob, id).await.unwrap().evidence.unwrap();
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let before = evidence(id).await;
    assert_eq!((before.used_minutes, before.since_minutes, before.last_used), (0, None, None));
    practise(20).await;
    let used = evidence(id).await;
    assert_eq!((used.used_minutes, used.since_minutes, used.last_used.map(|at| at.at)), (20, None, Some(NOON)));
    lab.pass(DAY * 3 + HOUR * 9);
    decided(&lab, &bob, id, CheckoutAction::Fail).await.unwrap();
    practise(40).await;
    lab.pass(DAY * 2);
    let next = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60).after(DAY * 7))).await.unwrap();
    let since = evidence(next).await;
    assert_eq!((since.used_minutes, since.since_minutes, since.failed), (60, Some(40), 1));
}
