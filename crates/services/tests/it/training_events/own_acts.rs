//! What follows from one's own act is notified like what follows from the acts of others.

use crate::lab::{
    bookings::notices_of,
    events::{announced, decline, event, open, page, place, places, requested, sign_up},
    operations::{fields, run},
};
use contract::{training_events::ChangeEvent, training_requests::WithdrawTrainingRequest};
use domain::notices::Kind;

use super::states;

#[tokio::test]
async fn own_request_for_a_free_place_is_answered_with_a_notified_invitation() {
    let lab = open().await;
    let (tess, member, late) = (lab.signed_in(6).await, lab.signed_in(20).await, lab.signed_in(21).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    let asked = requested(&lab, &member).await.unwrap();
    let invitation = place(&lab, &member, event).await;
    assert_eq!((asked.event, asked.invitation, asked.position), (Some(event), Some(invitation), 0));
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited]);
    let behind = requested(&lab, &late).await.unwrap();
    assert_eq!((behind.event, behind.invitation, behind.position), (None, None, 1));
    run(&lab.ctx, &member, WithdrawTrainingRequest { id: asked.request }, fields(&[])).await.unwrap();
    assert_eq!(notices_of(&lab, 21).await, [Kind::EventInvited]);
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited], "the withdrawal itself is no news");
}

#[tokio::test]
async fn own_refusal_that_leads_to_the_next_date_is_notified() {
    let lab = open().await;
    let (tess, member) = (lab.signed_in(6).await, lab.signed_in(20).await);
    requested(&lab, &member).await.unwrap();
    let first = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    announced(&lab, &tess, &[("day", "2027-02-02"), ("capacity", "1")]).await.unwrap();
    decline(&lab, &member, first).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "declined"), (20, "sent")]));
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited, Kind::EventInvited]);
}

#[tokio::test]
async fn manager_who_moves_an_event_is_asked_again_like_all_who_come() {
    let lab = open().await;
    let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    let id = announced(&lab, &tess, &[]).await.unwrap().event;
    sign_up(&lab, &ken, id).await.unwrap();
    let version = page(&lab, &ken, id).await.event.version;
    let moved = event(&[("day", "2027-01-28"), ("host", "6")]);
    run(&lab.ctx, &ken, ChangeEvent { id, version }, moved).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(11, "sent")]));
    assert_eq!(notices_of(&lab, 11).await, [Kind::EventMoved]);
}
