//! Keys of another account: they know none of the linked customers, and nobody's membership ends by that.

use super::*;

const OTHER: PersonId = PersonId(3);
const OTHER_CUSTOMER: &str = "cus_other1";

/// Ada and another member are linked, and have paid until 31 January.
async fn two_linked() -> (Lab, Arc<Stripe>) {
    let (lab, stripe) = open().await;
    stripe.has(OTHER_CUSTOMER, "active", month(&lab, 0));
    let bob = linked(&lab).await;
    run(&lab.ctx, &bob, LinkDues { person: OTHER }, fields(&[("reference", OTHER_CUSTOMER)])).await.unwrap();
    tick(&lab).await;
    (lab, stripe)
}

async fn failing(lab: &Lab) -> Option<Trouble> {
    payments(lab).await.processors[0].failing.map(|(_, trouble)| trouble)
}

#[tokio::test]
async fn key_of_another_account_ends_nobodys_membership() {
    let (lab, stripe) = two_linked().await;
    stripe.forgets(CUSTOMER);
    stripe.forgets(OTHER_CUSTOMER);
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.status, dues.ending), (DuesStatus::Current, false));
    assert_eq!(failing(&lab).await, Some(Trouble::OtherAccount));
    for _ in 0..40 {
        lab.pass(DAY);
        tick(&lab).await;
    }
    let bob = lab.signed_in(2).await;
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    assert_eq!(failing(&lab).await, Some(Trouble::OtherAccount), "the comparison knows nobody either");
    let asked = run(&lab.ctx, &bob, AskProcessor { person: ADA }, Fields::default()).await;
    assert!(matches!(asked, Err(DuesError::UnknownThere)), "{asked:?}");
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
    assert_eq!((notices_of(&lab, 1).await, payments(&lab).await.differences.len()), (vec![], 0));
    // The right key.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    stripe.has(OTHER_CUSTOMER, "active", month(&lab, 1));
    lab.pass(MINUTE * 16);
    tick(&lab).await;
    assert_eq!(failing(&lab).await, None);
    assert_eq!(read(&lab).await.dues.unwrap().paid_until.to_string(), "2027-03-03");
}

#[tokio::test]
async fn customer_deleted_among_others_ends_alone() {
    let (lab, stripe) = two_linked().await;
    stripe.forgets(CUSTOMER);
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    assert!(read(&lab).await.dues.unwrap().ending);
    assert_eq!((failing(&lab).await, payments(&lab).await.differences.len()), (None, 1));
    // Who is known to be missing says nothing about the account.
    stripe.forgets(OTHER_CUSTOMER);
    let bob = lab.signed_in(2).await;
    let asked = run(&lab.ctx, &bob, AskProcessor { person: OTHER }, Fields::default()).await;
    assert!(matches!(asked, Err(DuesError::UnknownThere)), "{asked:?}");
    assert_eq!(lab.number("SELECT is_ending FROM dues WHERE person_id = 3").await, 1);
    assert_eq!(failing(&lab).await, None);
}
