//! Places and events that end, or move, because something else changed.

use super::{members, requested, states};
use crate::lab::{
    bookings::{notices_of, span},
    closures,
    events::{accept, announced, begins, decline, event, leave, open, page, places, sign_up, tick},
    operations::{fields, run},
};
use contract::training_events::{AddWalkIn, CancelEvent, ChangeEvent, ReadEventForm};
use domain::{
    bookings::Resource,
    id::{MachineId, PersonId},
    notices::Kind,
    time::{DAY, HOUR},
};
use services::{people, privacy, training_events::TrainingEventsError as EventError};

#[tokio::test]
async fn closure_cancels_events_that_begin_before_or_with_it() {
    let lab = open().await;
    let (tess, ken, member) = (lab.signed_in(6).await, lab.signed_in(11).await, lab.signed_in(20).await);
    for (day, minutes) in [("2027-01-26", 0), ("2027-01-27", 60)] {
        let event = announced(&lab, &tess, &[("day", day)]).await.unwrap().event;
        sign_up(&lab, &member, event).await.unwrap();
        let since_now = page(&lab, &tess, event).await.event.starts.at.since(lab.now()) + HOUR / 60 * minutes;
        let closed = span(u32::try_from(since_now.as_secs() / 60).unwrap(), 120);
        let sent = [("maintenance", "yes"), ("note", "new belt"), ("call_off", "yes")];
        let resource = Resource::Machine(MachineId(2));
        closures::close(&lab.ctx, &ken, closures::sent(resource, closed, &sent)).await.unwrap();
        assert_eq!(places(&lab).await.last(), states(&[(20, "cancelled")]).last(), "{day}");
    }
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventCancelled; 2]);
}

// A8
#[tokio::test]
async fn host_who_leaves_ends_all_events_without_inviting_to_the_next() {
    let lab = open().await;
    let (tess, ken, who) = (lab.signed_in(6).await, lab.signed_in(11).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    for day in ["2027-01-26", "2027-02-02", "2027-02-09"] {
        announced(&lab, &tess, &[("day", day)]).await.unwrap();
    }
    people::suspend(&lab.ctx, &ken, PersonId(6)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM training_event WHERE state = 'cancelled'").await, 3);
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited, Kind::EventCancelled]);
}

#[tokio::test]
async fn person_moved_up_twice_is_notified_twice() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    for _ in 0..2 {
        sign_up(&lab, &who[0], event).await.unwrap();
        sign_up(&lab, &who[1], event).await.unwrap();
        lab.pass(HOUR);
        leave(&lab, &who[0], event).await.unwrap();
        leave(&lab, &who[1], event).await.unwrap();
    }
    assert_eq!(notices_of(&lab, 21).await, [Kind::EventPlaced; 2]);
}

#[tokio::test]
async fn place_given_up_after_the_deadline_does_not_cancel_the_event() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("minimum", "2"), ("deadline", "2027-01-24T18:00")]).await.unwrap().event;
    sign_up(&lab, &who[0], event).await.unwrap();
    sign_up(&lab, &who[1], event).await.unwrap();
    lab.set_forward(DAY * 9 + HOUR * 11);
    tick(&lab).await;
    leave(&lab, &who[0], event).await.unwrap();
    tick(&lab).await;
    assert_eq!(lab.text("SELECT state FROM training_event").await, "announced");
    assert_eq!(places(&lab).await, states(&[(20, "cancelled"), (21, "accepted")]));
}

#[tokio::test]
async fn event_is_changed_after_its_deadline_if_that_stays() {
    let lab = open().await;
    let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    let id = announced(&lab, &tess, &[("deadline", "2027-01-24T18:00")]).await.unwrap().event;
    lab.set_forward(begins().before(HOUR * 3).since(lab.now()));
    let to = |deadline| event(&[("host", "11"), ("deadline", deadline)]);
    let late = run(&lab.ctx, &tess, ChangeEvent { id, version: 1 }, to("2027-01-24T19:00")).await;
    assert!(matches!(late, Err(EventError::Invalid(_))), "{late:?}");
    run(&lab.ctx, &tess, ChangeEvent { id, version: 1 }, to("2027-01-24T18:00")).await.unwrap();
    assert_eq!(page(&lab, &ken, id).await.event.host, Some(PersonId(11)));
}

#[tokio::test]
async fn walk_in_gives_up_the_place_at_a_later_date() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let today = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    let later = announced(&lab, &tess, &[("day", "2027-02-02"), ("capacity", "1")]).await.unwrap().event;
    sign_up(&lab, &who[0], later).await.unwrap();
    sign_up(&lab, &who[1], later).await.unwrap();
    lab.set_forward(begins().since(lab.now()));
    run(&lab.ctx, &tess, AddWalkIn { id: today }, fields(&[("person", "Member 20")])).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "cancelled"), (21, "accepted"), (20, "accepted")]));
}

#[tokio::test]
async fn person_with_a_place_who_becomes_host_gives_it_up() {
    let lab = open().await;
    let (tess, ken, who) = (lab.signed_in(6).await, lab.signed_in(11).await, members(&lab).await);
    let id = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    sign_up(&lab, &ken, id).await.unwrap();
    sign_up(&lab, &who[0], id).await.unwrap();
    let version = page(&lab, &tess, id).await.event.version;
    let to = event(&[("host", "11"), ("capacity", "1")]);
    run(&lab.ctx, &ken, ChangeEvent { id, version }, to).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(11, "cancelled"), (20, "accepted")]));
}

#[tokio::test]
async fn trainer_acts_on_no_event_that_takes_more_than_a_trainer() {
    let lab = open().await;
    let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    let above = announced(&lab, &tess, &[("aim", "trainer"), ("host", "11")]).await;
    assert!(matches!(above, Err(EventError::Forbidden(_))), "{above:?}");
    let id = announced(&lab, &ken, &[("aim", "trainer")]).await.unwrap().event;
    let cancelled = run(&lab.ctx, &tess, CancelEvent { id }, fields(&[])).await;
    assert!(matches!(cancelled, Err(EventError::Forbidden(_))), "{cancelled:?}");
    assert!(!page(&lab, &tess, id).await.may_hold);
}

#[tokio::test]
async fn form_shows_the_times_of_hosts_only() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let id = announced(&lab, &tess, &[]).await.unwrap().event;
    sign_up(&lab, &who[0], id).await.unwrap();
    let read = async |host: &str| {
        let query = fields(&[("kind", "4"), ("host", host), ("day", "2027-01-26")]);
        let lanes = run(&lab.ctx, &tess, ReadEventForm {}, query).await.unwrap().lanes;
        lanes.into_iter().find(|lane| lane.resource.is_none()).unwrap()
    };
    assert_eq!(read("20").await, read("6").await, "of a member nothing is shown");
}

#[tokio::test]
async fn host_who_cancelled_with_a_note_can_be_erased() {
    let lab = open().await;
    let (tess, eve) = (lab.signed_in(6).await, lab.administrator().await);
    let id = announced(&lab, &tess, &[]).await.unwrap().event;
    run(&lab.ctx, &tess, CancelEvent { id }, fields(&[("note", "I am ill")])).await.unwrap();
    privacy::erase(&lab.ctx, &eve, PersonId(6)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM remark WHERE body = 'I am ill'").await, 0);
}

#[tokio::test]
async fn person_who_declined_is_invited_again_when_the_date_changes() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    lab.pass(HOUR);
    requested(&lab, &who[1]).await.unwrap();
    let id = announced(&lab, &tess, &[("capacity", "2")]).await.unwrap().event;
    decline(&lab, &who[0], id).await.unwrap();
    accept(&lab, &who[1], id).await.unwrap();
    lab.pass(HOUR);
    let moved = event(&[("day", "2027-01-28"), ("capacity", "2")]);
    run(&lab.ctx, &tess, ChangeEvent { id, version: 1 }, moved).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "sent"), (21, "sent")]));
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited; 2]);
}
