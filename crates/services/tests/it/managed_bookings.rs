//! Bookings of others for owners and managers: opened, moved, cancelled with a note, and made on behalf.

use crate::lab::{
    LASER, LASER_ID, Lab, ada,
    bookings::{booked, notices_of, open, set, span, state},
};
use contract::notices::{NoticeView, Which};
use domain::{
    actor::{Actor, Forbidden},
    bookings::{BookingAction, Resource, State},
    id::{BookingId, PersonId},
    notices::Kind,
};
use services::{
    bookings::{self, Ask, BookingsError, DayQuery, Decide, WeekFilter, Whom},
    machines, notices,
};
use text::Lang;

const LASER_RES: Resource = Resource::Machine(LASER_ID);

/// The text of their newest notice.
async fn newest(lab: &Lab, person: i64) -> String {
    let page = notices::list(&lab.ctx, &lab.signed_in(person).await, Which::All, None).await.unwrap();
    let NoticeView { told: reported, .. } = page.notices.into_iter().next().unwrap();
    Lang::En.notice(&reported.unwrap(), page.now).next
}

/// The booking that each name in the week leads to.
async fn in_week(lab: &Lab, actor: &Actor) -> Vec<Option<i64>> {
    let week = bookings::week(&lab.ctx, actor, WeekFilter::default()).await.unwrap();
    let rows = week.groups.into_iter().flat_map(|group| group.rows);
    rows.flat_map(|row| row.days).flat_map(|day| day.entries).map(|entry| entry.booking.map(|id| id.0)).collect()
}

#[tokio::test]
async fn week_links_bookings_for_owners_managers_and_holder() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    for person in [4, 6, 11] {
        assert_eq!(in_week(&lab, &lab.signed_in(person).await).await, [Some(id.0)], "person {person}");
    }
    assert_eq!(in_week(&lab, &lab.signed_in(5).await).await, [None], "not a member");
}

#[tokio::test]
async fn cancellation_by_manager_sends_note_to_holder() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let cancel = Decide::read(Some(BookingAction::Cancel), "The lens is being replaced.");
    assert_eq!(bookings::decide(&lab.ctx, &ken, id, cancel).await.unwrap(), State::Cancelled);
    assert_eq!(
        (state(&lab, id).await, notices_of(&lab, 4).await),
        (State::Cancelled, vec![Kind::BookingCancelled])
    );
    let message = newest(&lab, 4).await;
    assert!(message.ends_with("Note: “The lens is being replaced.”"), "{message}");
}

#[tokio::test]
async fn booking_moved_since_viewed_cannot_be_cancelled() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let seen = bookings::one(&lab.ctx, &ken, id).await.unwrap().version;
    bookings::move_to(&lab.ctx, &carl, id, seen, Ok(span(180, 60))).await.unwrap();
    let cancel = async |seen| {
        let cancel = Decide::read(Some(BookingAction::Cancel), "The lens is being replaced.");
        bookings::decide(&lab.ctx, &ken, id, cancel.map(|cancel| Decide { seen: Some(seen), ..cancel })).await
    };
    let stale = cancel(seen).await;
    assert!(matches!(stale, Err(BookingsError::Stale(_))), "{stale:?}");
    assert_eq!(state(&lab, id).await, State::Approved);
    let seen = bookings::one(&lab.ctx, &ken, id).await.unwrap().version;
    assert_eq!(cancel(seen).await.unwrap(), State::Cancelled);
}

#[tokio::test]
async fn day_for_owner_moving_booking_uses_holder_permissions() {
    let lab = open().await;
    let (carl, olga, dana) = (lab.signed_in(4).await, lab.signed_in(6).await, lab.signed_in(5).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let query = DayQuery {
        resource: LASER_RES,
        date: None,
        minutes: Some(60),
        at: None,
        moving: Some(id),
        whom: None,
        group: None,
    };
    let day = bookings::day(&lab.ctx, &olga, Lang::En, Some(query.clone())).await.unwrap();
    assert_eq!(day.moving.map(|booking| booking.id), Some(id));
    assert_eq!(day.quota.minutes, 0, "without the one that is moved");
    let day = bookings::day(&lab.ctx, &dana, Lang::En, Some(query.clone())).await.unwrap();
    assert!(day.moving.is_none(), "it is none of a member's business");
}

/// Books it for the named person.
async fn book_for(lab: &Lab, actor: &Actor, whom: &str, from: u32) -> Result<(BookingId, State), BookingsError> {
    let ask = Ask { resource: LASER_RES, span: span(from, 60), group: None, importance: None };
    bookings::ask_for(&lab.ctx, actor, Whom::read(whom).unwrap(), Ok(ask)).await
}

#[tokio::test]
async fn owner_and_manager_book_for_others_and_member_is_refused() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (ada, olga, ken) = (lab.signed_in(1).await, lab.signed_in(6).await, lab.signed_in(11).await);
    let by_member = book_for(&lab, &ada, "Carl Blu", 60).await;
    assert!(matches!(by_member, Err(BookingsError::Forbidden(Forbidden::NotAllowed))), "{by_member:?}");
    let (by_owner, is) = book_for(&lab, &olga, "Carl Blu", 60).await.unwrap();
    assert_eq!(
        (is, notices_of(&lab, 4).await),
        (State::Approved, vec![Kind::BookingMade]),
        "nobody has to answer it"
    );
    assert!(notices_of(&lab, 6).await.is_empty(), "whoever did it knows");
    let row = bookings::one(&lab.ctx, &ken, by_owner).await.unwrap();
    assert_eq!(row.person, Some(PersonId(4)));
    let (by, whose): (Option<i64>, String) = {
        let mut conn = lab.raw().await;
        sqlx::query_as(
            "SELECT a.person_id, e.subject FROM audit e LEFT JOIN alias a ON a.id = e.alias WHERE e.action = 'booking.asked'",
        )
        .fetch_one(&mut conn)
        .await
        .unwrap()
    };
    assert_eq!((by, whose), (Some(6), "person:4".to_owned()), "the record names whoever did it, and for whom");
}

/// The person a day is shown for when `whom` was typed, and the part that was not found.
async fn day_for(lab: &Lab, actor: &Actor, whom: &str) -> (Option<(PersonId, String)>, Option<String>) {
    let whom = Whom::read(whom);
    let query =
        DayQuery { resource: LASER_RES, date: None, minutes: Some(60), at: None, moving: None, whom, group: None };
    let view = bookings::day(&lab.ctx, actor, Lang::En, Some(query)).await.unwrap().for_whom.unwrap();
    (view.holder, view.unknown)
}

#[tokio::test]
async fn partial_name_suggests_person_to_manager_and_books_nothing() {
    let lab = open().await;
    let (olga, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    let carl = Some((PersonId(4), "Carl Blu".to_owned()));
    assert_eq!(day_for(&lab, &ken, "carl").await, (carl.clone(), None));
    assert_eq!(day_for(&lab, &ken, "b car").await, (carl.clone(), None), "beginnings, in any order");
    assert_eq!(day_for(&lab, &ken, "arl").await, (None, Some("arl".into())), "no beginning");
    assert_eq!(day_for(&lab, &olga, "carl").await, (None, Some("carl".into())), "an owner does not try letters");
    for (actor, whom) in [(&ken, "carl"), (&olga, "carl")] {
        let half = book_for(&lab, actor, whom, 180).await;
        assert!(matches!(half, Err(BookingsError::Invalid(_))), "it may be somebody else’s tomorrow: {half:?}");
    }
}

#[tokio::test]
async fn booking_for_other_person_is_preserved_across_days() {
    let lab = open().await;
    let olga = lab.signed_in(6).await;
    assert_eq!(day_for(&lab, &olga, "Carl Blu").await.0, day_for(&lab, &olga, "4").await.0, "links carry the id");
    assert_eq!(day_for(&lab, &olga, "999").await, (None, Some(String::new())), "nobody, and not the owner");
    let nobody = book_for(&lab, &olga, "999", 60).await;
    assert!(matches!(nobody, Err(BookingsError::UnknownPerson)), "{nobody:?}");
}

#[tokio::test]
async fn rules_apply_to_person_booked_for() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let for_bob = book_for(&lab, &ken, "Bob", 60).await;
    let Err(BookingsError::Refused(refused)) = for_bob else { panic!("{for_bob:?}") };
    assert!(refused.refusals.iter().any(|refusal| refusal.code() == "booking.may-not"), "{refused:?}");
    let whom = Some(Whom::Person(PersonId(4)));
    let query =
        DayQuery { resource: LASER_RES, date: None, minutes: Some(60), at: None, moving: None, whom, group: None };
    let day = bookings::day(&lab.ctx, &ken, Lang::En, Some(query.clone())).await.unwrap();
    assert!(!day.starts.is_empty(), "Carl may use it, though Ken may not");
    assert_eq!(day.for_whom.unwrap().holder, Some((PersonId(4), "Carl Blu".to_owned())));
    let dana = lab.signed_in(5).await;
    let day = bookings::day(&lab.ctx, &dana, Lang::En, Some(query)).await.unwrap();
    assert!(day.for_whom.is_none(), "a member books for nobody else");
}

#[tokio::test]
async fn staff_see_current_user_where_members_do_not() {
    let lab = open().await;
    set(&lab, "people.shown", "nobody").await;
    lab.starts(LASER, &ada()).await;
    for (person, expected) in [(5, None), (6, Some("Ada")), (11, Some("Ada"))] {
        let actor = lab.signed_in(person).await;
        let page = machines::page(&lab.ctx, &actor, LASER_ID).await.unwrap();
        assert_eq!(page.machine.user.as_deref(), expected, "its page, person {person}");
        let floor = machines::floor(&lab.ctx, &actor).await.unwrap();
        let mut all = floor.places.into_iter().flat_map(|place| place.machines);
        let laser = all.find(|machine| machine.id == LASER_ID).unwrap();
        assert_eq!(laser.user.as_deref(), expected, "the floor, person {person}");
    }
    let wall = machines::wall(&lab.ctx, &lab.signed_in(11).await).await.unwrap();
    assert!(wall.places.iter().flat_map(|place| &place.machines).all(|machine| machine.user.is_none()));
}
