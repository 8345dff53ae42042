//! Keys of another account: they know none of the linked customers, and nobody's membership ends by that.

use super::*;
use contract::dues::LinkMatches;

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
    assert!(matches!(asked, Err(DuesError::OtherAccount)), "{asked:?}");
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

/// Sends an event about the other member.
async fn sends_of_other(lab: &Lab, id: &str) {
    let (body, signature) = event(id, OTHER_CUSTOMER, lab.now(), SECRET);
    let sent = receive(&lab.ctx, Processor::Stripe, &signature, body.as_bytes()).await.unwrap();
    assert_eq!(sent, MessageOutcome::Queued);
}

#[tokio::test]
async fn memberships_that_were_to_end_run_out_when_all_customers_are_deleted() {
    let (lab, stripe) = two_linked().await;
    for customer in [CUSTOMER, OTHER_CUSTOMER] {
        stripe.has(customer, "canceled", month(&lab, 0));
    }
    sends(&lab, "evt_1").await;
    sends_of_other(&lab, "evt_2").await;
    tick(&lab).await;
    assert_eq!(lab.number("SELECT sum(is_ending) FROM dues").await, 2);
    stripe.forgets(CUSTOMER);
    stripe.forgets(OTHER_CUSTOMER);
    sends(&lab, "evt_3").await;
    sends_of_other(&lab, "evt_4").await;
    tick(&lab).await;
    lab.pass(DAY);
    tick(&lab).await;
    assert_eq!(failing(&lab).await, None, "the comparison of the next night");
    assert_eq!((status(&lab).await, payments(&lab).await.differences.len()), (DuesStatus::Current, 2));
    // 1 February.
    lab.pass(DAY * 16);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, true));
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded]);
    assert_eq!(read(&lab).await.dues.unwrap().last_day.to_string(), "2027-02-10");
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert!(!may_use(&lab).await);
    assert_eq!(lab.number("SELECT count(*) FROM dues WHERE status = 'ended' AND hold_id IS NOT NULL").await, 2);
    assert_eq!(failing(&lab).await, None);
}

#[tokio::test]
async fn known_end_takes_effect_with_the_key_of_another_account() {
    let (lab, stripe) = two_linked().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (1000, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (1000, 'Third')",
    )
    .await;
    stripe.has("cus_third1", "active", month(&lab, 0));
    let bob = lab.signed_in(2).await;
    let third = LinkDues { person: PersonId(1000) };
    run(&lab.ctx, &bob, third, fields(&[("reference", "cus_third1")])).await.unwrap();
    stripe.has(CUSTOMER, "canceled", month(&lab, 0));
    sends(&lab, "evt_1").await;
    tick(&lab).await;
    assert!(read(&lab).await.dues.unwrap().ending);
    for customer in [CUSTOMER, OTHER_CUSTOMER, "cus_third1"] {
        stripe.forgets(customer);
    }
    // An event about another member comes first, 1 February.
    lab.pass(DAY * 17);
    sends_of_other(&lab, "evt_2").await;
    tick(&lab).await;
    assert_eq!(failing(&lab).await, Some(Trouble::OtherAccount));
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, true));
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded]);
    let since = "SELECT failing_since FROM dues_processor";
    let began = lab.number(since).await;
    lab.pass(DAY * 7);
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded, Kind::DuesLate], "reminded");
    lab.pass(DAY * 3);
    tick(&lab).await;
    assert!(!may_use(&lab).await, "11 February");
    assert_eq!((failing(&lab).await, lab.number(since).await), (Some(Trouble::OtherAccount), began));
    let others = "SELECT count(*) FROM dues WHERE person_id <> 1 AND status = 'current' AND hold_id IS NULL";
    assert_eq!(lab.number(others).await, 2, "nothing of them is known");
}

#[tokio::test]
async fn nobody_is_linked_by_address_with_the_key_of_another_account() {
    let (lab, stripe) = two_linked().await;
    let bob = lab.signed_in(2).await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (1000, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (1000, 'Third', 'third@private.example')",
    )
    .await;
    stripe.has("cus_third1", "active", month(&lab, 0));
    stripe.has_address("cus_third1", "third@private.example");
    let matches = async || {
        run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
        payments(&lab).await.matches
    };
    assert_eq!(matches().await, 1);
    stripe.forgets(CUSTOMER);
    stripe.forgets(OTHER_CUSTOMER);
    assert_eq!((matches().await, failing(&lab).await), (0, Some(Trouble::OtherAccount)));
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left), (0, 1));
    stripe.has(CUSTOMER, "active", month(&lab, 0));
    assert_eq!((matches().await, failing(&lab).await), (1, None));
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left), (1, 0));
}
