//! Checkouts and the training required before them.

use super::*;

#[tokio::test]
async fn training_is_required_for_request_but_not_for_walk_in() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    lab.sql(
        "INSERT INTO training_module (id, title) VALUES (1, 'Focus');
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, published_at) VALUES (1, 1, 1, 'dQw4w9WgXcQ', 9000, 0);
         INSERT INTO training_requirement (module_id, type_id, threshold) VALUES (1, 3, 90)",
    )
    .await;
    let early = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60))).await;
    assert!(matches!(early, Err(CheckoutsError::Training(1))), "{early:?}");
    let slots = checkouts::slots(&lab.ctx, &carl, LASERS).await.unwrap();
    assert_eq!(slots.not_ready, Some(contract::checkouts::NotReady::Training(1)));
    checkouts::record(&lab.ctx, &bob, LASERS, "Carl", Decide::read(Some(CheckoutAction::Pass), "", "", None))
        .await
        .unwrap();
}

#[tokio::test]
async fn requested_checkout_appears_on_training_path() {
    let lab = offered().await;
    let carl = lab.signed_in(4).await;
    lab.sql(
        "INSERT INTO training_module (id, title) VALUES (1, 'Focus');
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, published_at) VALUES (1, 1, 1, 'dQw4w9WgXcQ', 9000, 0);
         INSERT INTO training_requirement (module_id, type_id, threshold) VALUES (1, 3, 90);
         INSERT INTO training_progress (person_id, edition_id, spans, percent, seen_at) VALUES (4, 1, '[[0,9000]]', 100, 0)",
    )
    .await;
    let agreed = async || services::training::learn(&lab.ctx, &carl).await.unwrap().paths.remove(0).appointment;
    assert_eq!(agreed().await, None);
    let id = checkouts::ask(&lab.ctx, &carl, ask(BOB, monday(17 * 60))).await.unwrap();
    let view = agreed().await.unwrap();
    let notices = (view.starts.at, view.with.as_deref(), view.state);
    assert_eq!(notices, (monday(17 * 60), Some("Bob"), State::Pending));
    let at_machine = services::access::answers(&lab.ctx, &carl, LASER_ID, None).await.unwrap().path.unwrap();
    assert_eq!(at_machine.appointment, Some(view));
    checkouts::decide(&lab.ctx, &carl, id, Decide::read(Some(CheckoutAction::Cancel), "", "", None))
        .await
        .unwrap();
    assert_eq!(agreed().await, None, "called off");
}
