//! Memberships that end at the processor: grace, then a hold, until they begin again.

use super::*;

/// Ada's subscription was cancelled, and ends on 1 February.
async fn cancelled() -> (Lab, Arc<Stripe>, Actor) {
    let (lab, stripe) = open().await;
    let bob = linked(&lab).await;
    stripe.has(CUSTOMER, "canceled", month(&lab, 0));
    sends(&lab, "evt_cancelled").await;
    tick(&lab).await;
    (lab, stripe, bob)
}

#[tokio::test]
async fn ended_membership_has_grace_then_a_hold_until_it_begins_again() {
    let (lab, stripe, _) = cancelled().await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true), "paid until 31 January");
    assert!(read(&lab).await.dues.unwrap().ending);
    lab.pass(DAY * 17);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, true));
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded]);
    assert_eq!(read(&lab).await.dues.unwrap().last_day.to_string(), "2027-02-10");
    let listed: Vec<_> = payments(&lab).await.dues.iter().map(|one| (one.person, one.status)).collect();
    assert_eq!(listed, [(ADA, DuesStatus::Ended)], "managers see it");
    lab.pass(DAY * 9);
    tick(&lab).await;
    tick(&lab).await;
    assert!(may_use(&lab).await, "the last day");
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded, Kind::DuesLate], "reminded once");
    lab.pass(DAY);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, false));
    assert_eq!(notices_of(&lab, 1).await[2..], [Kind::HoldPlaced]);
    assert_eq!(payments(&lab).await.dues.len(), 1, "also once held");
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    sends(&lab, "evt_again").await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
    assert_eq!(notices_of(&lab, 1).await[3..], [Kind::HoldLifted]);
}

#[tokio::test]
async fn ended_member_gets_more_time_from_a_manager() {
    let (lab, _, bob) = cancelled().await;
    grace_passes(&lab).await;
    tick(&lab).await;
    assert!(!may_use(&lab).await);
    let extend = ExtendDues { person: ADA, version: 1 };
    run(&lab.ctx, &bob, extend, fields(&[("last_day", "2027-02-20")])).await.unwrap();
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, true));
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, false), "21 February");
}

#[tokio::test]
async fn ended_membership_of_an_older_version_gets_grace_first() {
    let (lab, _, _) = cancelled().await;
    lab.pass(DAY * 100);
    // As stored before memberships that ended were held.
    lab.sql("UPDATE dues SET status = 'ended', known_on = NULL, since_at = 0").await;
    tick(&lab).await;
    assert!(may_use(&lab).await);
    assert_eq!(notices_of(&lab, 1).await, [Kind::DuesEnded]);
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert!(!may_use(&lab).await);
}

#[tokio::test]
async fn paused_collection_ends_membership_with_the_paid_month() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    stripe.pauses(CUSTOMER);
    sends(&lab, "evt_paused").await;
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Current, "January is paid");
    // The period moves on, and nothing is collected.
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    stripe.pauses(CUSTOMER);
    lab.pass(DAY * 17);
    tick(&lab).await;
    assert_eq!(status(&lab).await, DuesStatus::Ended);
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert!(!may_use(&lab).await);
    stripe.has(CUSTOMER, "active", month(&lab, 1));
    sends(&lab, "evt_resumed").await;
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Current, true));
}

#[tokio::test]
async fn customer_deleted_there_ends_membership_with_the_paid_month() {
    let (lab, stripe) = open().await;
    linked(&lab).await;
    stripe.forgets(CUSTOMER);
    sends(&lab, "evt_deleted").await;
    tick(&lab).await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.status, dues.ending, may_use(&lab).await), (DuesStatus::Current, true, true));
    assert_eq!(payments(&lab).await.differences.len(), 1, "managers see it");
    lab.pass(DAY * 17);
    tick(&lab).await;
    assert_eq!((status(&lab).await, notices_of(&lab, 1).await), (DuesStatus::Ended, vec![Kind::DuesEnded]));
    lab.pass(DAY * 10);
    tick(&lab).await;
    assert!(!may_use(&lab).await);
}

#[tokio::test]
async fn removed_member_who_is_late_stays_held_until_unlinked() {
    let (lab, _, bob) = overdue().await;
    run(&lab.ctx, &bob, RemoveFromProcessor { person: ADA }, Fields::default()).await.unwrap();
    tick(&lab).await;
    assert_eq!((status(&lab).await, may_use(&lab).await), (DuesStatus::Ended, false));
    run(&lab.ctx, &bob, UnlinkDues { person: ADA }, Fields::default()).await.unwrap();
    assert!(may_use(&lab).await);
}
