//! Customers whom nobody is linked to: found by address, shown, and linked at once.

use super::*;
use contract::dues::LinkMatches;

#[tokio::test]
async fn customers_with_addresses_of_members_are_shown_and_then_linked() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    lab.sql("UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2").await;
    stripe.has_address(CUSTOMER, " Ada@Private.example");
    // Two customers have Bob's address, and nobody has the last one.
    for customer in ["cus_bob1", "cus_bob2", "cus_none"] {
        stripe.has(customer, "active", month(&lab, 0));
        let address = if customer == "cus_none" { "none@private.example" } else { "bob@private.example" };
        stripe.has_address(customer, address);
    }
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    let found = payments(&lab).await.differences;
    let found: Vec<_> = found.iter().map(|one| (one.reference.as_str(), one.matched)).collect();
    assert_eq!(
        found,
        [("cus_ada1", Some(ADA)), ("cus_bob1", Some(BOB)), ("cus_bob2", Some(BOB)), ("cus_none", None)]
    );
    assert_eq!(lab.number("SELECT count(*) FROM dues").await, 0, "so far nothing is changed");
    run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!(lab.text("SELECT group_concat(reference) FROM dues").await, "cus_ada1", "the only certain one");
    tick(&lab).await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.status, dues.paid_until.to_string().as_str()), (DuesStatus::Current, "2027-01-31"));
    assert_eq!(payments(&lab).await.differences.len(), 3);
}

#[tokio::test]
async fn manager_is_not_linked_by_own_act() {
    let (lab, stripe) = open().await;
    stripe.forgets(CUSTOMER);
    let bob = lab.signed_in(2).await;
    lab.sql("UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2").await;
    stripe.has("cus_bob1", "active", month(&lab, 0));
    stripe.has_address("cus_bob1", "bob@private.example");
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM dues").await, 0);
}
