//! Checkouts on the spot, and what is written about whoever may use the type already.

use super::*;

fn deed(deed: Deed) -> Result<Decide, Vec<ValidationError>> {
    Decide::read(Some(deed), if deed.takes_note() { "Mind the lid" } else { "" }, "", None)
}

#[tokio::test]
async fn who_may_use_the_type_already_keeps_the_grant_that_excuses_them() {
    let lab = offered().await;
    let (carl, bob) = (lab.signed_in(4).await, lab.signed_in(2).await);
    let id = asked(&lab, &carl, BOB, 17 * 60).await;
    lab.grant(4, 3, "user").await;
    for deed in [Deed::Accept, Deed::Pass, Deed::Fail].map(deed) {
        let refused = checkouts::record(&lab.ctx, &bob, LASERS, "Carl", deed).await;
        assert!(matches!(refused, Err(CheckoutsError::Qualified)), "{refused:?}");
    }
    lab.pass(DAY * 3 + HOUR * 9);
    decided(&lab, &bob, id, Deed::Pass).await.unwrap();
    assert_eq!(state(&lab, id).await, State::Passed);
    let causes = "SELECT group_concat(cause) FROM qualification WHERE person_id = 4 AND type_id = 3";
    assert_eq!(lab.text(causes).await, "setup", "no other grant took its place");
}
