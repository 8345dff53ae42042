//! Invitations that nobody answers, and places that become free when it is too late to decline them.

use super::{members, states};
use crate::lab::{
    bookings::notices_of,
    events::{accept, announced, begins, leave, open, places, requested, sign_up, tick},
};
use domain::{
    notices::Kind,
    time::{DAY, HOUR, MINUTE},
};

#[tokio::test]
async fn invitations_that_run_out_together_go_to_who_asked_first() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    for member in &who[..3] {
        requested(&lab, member).await.unwrap();
        lab.pass(MINUTE);
    }
    announced(&lab, &tess, &[("capacity", "1")]).await.unwrap();
    announced(&lab, &tess, &[("day", "2027-02-02"), ("capacity", "1")]).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "sent"), (21, "sent")]));
    lab.pass(DAY * 3);
    tick(&lab).await;
    // Both asked before the third, who gets neither place.
    let expected = states(&[(20, "expired"), (21, "expired"), (21, "sent"), (20, "sent")]);
    assert_eq!(places(&lab).await, expected);
}

#[tokio::test]
async fn place_freed_after_the_deadline_is_offered_and_not_given() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    for member in &who[..3] {
        sign_up(&lab, member, event).await.unwrap();
    }
    lab.set_forward(begins().before(HOUR * 3).since(lab.now()));
    leave(&lab, &who[0], event).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "cancelled"), (21, "sent"), (22, "waiting")]));
    assert_eq!(notices_of(&lab, 21).await, [Kind::EventInvited]);
    assert_eq!(lab.number("SELECT answer_by FROM event_place WHERE person_id = 21").await, begins().0);
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE person_id = 21").await, 0);
    leave(&lab, &who[1], event).await.unwrap();
    accept(&lab, &who[2], event).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "cancelled"), (21, "declined"), (22, "accepted")]));
}

#[tokio::test]
async fn invitation_shortly_before_the_deadline_lasts_until_the_event() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    announced(&lab, &tess, &[("deadline", "2027-01-24T18:00")]).await.unwrap();
    lab.set_forward(begins().before(DAY * 2 + MINUTE * 2).since(lab.now()));
    requested(&lab, &who[0]).await.unwrap();
    assert_eq!(lab.number("SELECT answer_by FROM event_place").await, begins().0);
    lab.pass(MINUTE * 3);
    tick(&lab).await;
    assert_eq!(places(&lab).await, states(&[(20, "sent")]));
}
