//! What owners and managers do about bookings of others: they open them, move and cancel them with a word, and book for somebody.

use crate::lab::{
    LASER_ID, Lab,
    bookings::{booked, open, span, state, told},
};
use domain::{
    actor::Actor,
    bookings::{Deed, Resource, State},
    notices::Kind,
};
use services::{
    bookings::{self, Decide, Look},
    notices,
};
use text::Lang;
use views::notices::{NoticeShown, Which};

const LASER_RES: Resource = Resource::Machine(LASER_ID);

/// What they read of their newest notice.
async fn newest(lab: &Lab, person: i64) -> String {
    let page = notices::list(&lab.ctx, &lab.signed_in(person).await, Which::All, None).await.unwrap();
    let NoticeShown { told, .. } = page.notices.into_iter().next().unwrap();
    Lang::En.notice(&told.unwrap(), page.now).next
}

/// The booking that each name in the week leads to.
async fn in_week(lab: &Lab, actor: &Actor) -> Vec<Option<i64>> {
    let week = bookings::week(&lab.ctx, actor, None).await.unwrap();
    let rows = week.groups.into_iter().flat_map(|group| group.rows);
    rows.flat_map(|row| row.days).flatten().map(|entry| entry.booking.map(|id| id.0)).collect()
}

#[tokio::test]
async fn names_in_the_week_lead_owners_managers_and_the_holder_to_the_booking() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    for person in [4, 6, 11] {
        assert_eq!(in_week(&lab, &lab.signed_in(person).await).await, [Some(id.0)], "person {person}");
    }
    assert_eq!(in_week(&lab, &lab.signed_in(5).await).await, [None], "not a member");
}

#[tokio::test]
async fn booking_cancelled_by_a_manager_sends_the_note_to_its_holder() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let cancel = Decide::read(Some(Deed::Cancel), "The lens is being replaced.");
    assert_eq!(bookings::decide(&lab.ctx, &ken, id, cancel).await.unwrap(), State::Cancelled);
    assert_eq!((state(&lab, id).await, told(&lab, 4).await), (State::Cancelled, vec![Kind::BookingCancelled]));
    let said = newest(&lab, 4).await;
    assert!(said.ends_with("Note: “The lens is being replaced.”"), "{said}");
}

#[tokio::test]
async fn day_on_which_an_owner_moves_a_booking_asks_what_its_holder_may() {
    let lab = open().await;
    let (carl, olga, dana) = (lab.signed_in(4).await, lab.signed_in(6).await, lab.signed_in(5).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let look = Look { resource: LASER_RES, date: None, minutes: Some(60), at: None, moving: Some(id) };
    let day = bookings::day(&lab.ctx, &olga, Lang::En, Some(look)).await.unwrap();
    assert_eq!(day.moving.map(|booking| booking.id), Some(id));
    assert_eq!(day.quota.minutes, 0, "without the one that is moved");
    let day = bookings::day(&lab.ctx, &dana, Lang::En, Some(look)).await.unwrap();
    assert!(day.moving.is_none(), "it is none of a member's business");
}
