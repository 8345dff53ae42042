//! The same deed for many: done for whom it may be, refused for the rest with the reason, and taken back.

mod lab;

use domain::id::PersonId;
use lab::Lab;
use services::bulk::{BulkError, act};
use text::Lang;

#[tokio::test]
async fn each_by_the_rules_of_its_own_and_back_again() {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let bob = lab.signed_in(2).await;
    let ids = [1, 2, 3, 1].map(PersonId);
    let done = act(&lab.ctx, &bob, &ids, "suspend", Lang::En).await.unwrap();
    assert_eq!(done.done, [PersonId(1)]);
    let refused: Vec<_> = done.refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(refused, ["Bob", "Zoe"], "oneself, and who is suspended already: {done:?}");
    assert!(done.refused[0].1.contains("yourself"), "{done:?}");
    let back = act(&lab.ctx, &bob, &done.done, &done.deed.undone_by().word(), Lang::En).await.unwrap();
    assert_eq!(back.done, done.done);
    assert_eq!(lab.text("SELECT status FROM person WHERE id = 1").await, "active");

    let granted = act(&lab.ctx, &bob, &[PersonId(1)], "grant:type:4", Lang::En).await.unwrap();
    assert_eq!((granted.done.len(), granted.on.as_deref()), (1, Some("Lathe")));
    assert!(matches!(act(&lab.ctx, &bob, &[], "suspend", Lang::En).await, Err(BulkError::Nobody)));
    assert!(matches!(act(&lab.ctx, &bob, &ids, "erase", Lang::En).await, Err(BulkError::NoSuchDeed)));
    let many: Vec<_> = (1..=201).map(PersonId).collect();
    assert!(matches!(act(&lab.ctx, &bob, &many, "suspend", Lang::En).await, Err(BulkError::TooMany)));
    let ada = lab.signed_in(1).await;
    assert!(matches!(act(&lab.ctx, &ada, &ids, "suspend", Lang::En).await, Err(BulkError::Forbidden(_))));
}
