//! Announcing and changing events: the times and things they take, and the refusals.

use super::{members, requested, states};
use crate::lab::{
    bookings::{booked, notices_of, span},
    events::{accept, announced, event, open, page, places, sign_up},
    operations::{fields, run},
};
use contract::training_events::{AnnounceEvents, ChangeEvent, ReadEventForm};
use contract::training_requests::ReadTrainingDemand;
use domain::{
    bookings::Resource,
    id::{MachineId, RoomId, TrainingEventId},
    notices::Kind,
    time::{DAY, HOUR},
};
use services::{
    bookings::{self, Ask, BookingsError},
    error::ServiceError,
    training_events::TrainingEventsError as EventError,
};
use text::Lang;

/// The field and message of a refusal.
fn fields_of(error: &EventError) -> Vec<(String, String)> {
    error.problem(Lang::En).fields
}

#[tokio::test]
async fn event_takes_its_machine_room_and_host() {
    let lab = open().await;
    lab.grant(11, 4, "user").await;
    let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    let fields_with = [("resources[]", "machine:2"), ("resources[room]", "room:1")];
    announced(&lab, &tess, &fields_with).await.unwrap();
    let then = span(11 * 1_440 + 600, 60);
    for resource in [Resource::Machine(MachineId(2)), Resource::Room(RoomId(1))] {
        let taken =
            bookings::ask(&lab.ctx, &ken, Ok(Ask { resource, span: then, group: None, importance: None })).await;
        assert!(matches!(taken, Err(BookingsError::Refused(_))), "{resource:?}: {taken:?}");
    }
    let again = announced(&lab, &ken, &[("from", "19:00"), ("to", "21:00")]).await.unwrap_err();
    let [(field, message)] = &fields_of(&again)[..] else { panic!("{again:?}") };
    assert_eq!((field.as_str(), message.contains("Lathe")), ("resources", true), "{message}");
    let host = announced(&lab, &ken, &[("resources[]", "machine:1"), ("host", "6")]).await.unwrap_err();
    assert!(matches!(&host, EventError::Taken(taken) if taken.name.is_none()), "{host:?}");
}

#[tokio::test]
async fn event_over_a_booking_is_refused_with_its_time() {
    let lab = open().await;
    lab.grant(11, 4, "user").await;
    let (tess, ken) = (lab.signed_in(6).await, lab.signed_in(11).await);
    lab.pass(DAY * 7);
    booked(&lab, &ken, Resource::Machine(MachineId(2)), span(11 * 1_440 + 660, 60)).await;
    let taken = announced(&lab, &tess, &[]).await.unwrap_err();
    assert!(matches!(&taken, EventError::Taken(taken) if taken.name.as_deref() == Some("Lathe")), "{taken:?}");
}

#[tokio::test]
async fn impossible_events_are_refused_at_their_fields() {
    let lab = open().await;
    let (tess, member) = (lab.signed_in(6).await, lab.signed_in(20).await);
    for (others, at) in [
        (&[("deadline", "2027-01-27T18:00")][..], "deadline"),
        (&[("deadline", "2027-01-14T18:00")], "deadline"),
        (&[("minimum", "3")], "minimum"),
        (&[("to", "18:00")], "to"),
        (&[("day", "2027-01-14")], "day"),
        (&[("resources[]", "machine:99")], "resources"),
        (&[("host", "20")], "host"),
        (&[("rule", "FREQ=NEVER")], "rule"),
        (&[("rule", "FREQ=WEEKLY")], "last"),
        (&[("capacity", "0")], "capacity"),
        (&[("title", " ")], "title"),
    ] {
        let refused = announced(&lab, &tess, others).await.unwrap_err();
        let found = fields_of(&refused);
        assert!(found.iter().any(|(field, _)| field == at), "{others:?}: {found:?} {refused:?}");
    }
    let forbidden = announced(&lab, &member, &[]).await;
    assert!(matches!(forbidden, Err(EventError::Forbidden(_))), "{forbidden:?}");
    // A trainer may train users, and no trainers.
    let above = announced(&lab, &tess, &[("aim", "trainer")]).await;
    assert!(matches!(above, Err(EventError::Forbidden(_))), "{above:?}");
    assert_eq!(lab.number("SELECT count(*) FROM training_event").await, 0);
}

// A9
#[tokio::test]
async fn event_in_the_lost_hour_is_refused_and_one_over_it_is_shorter() {
    let lab = open().await;
    lab.sql("UPDATE setting SET value = 'Europe/Rome' WHERE key = 'space.zone'").await;
    let lab = lab.reopen().await;
    let tess = lab.signed_in(6).await;
    let lost =
        announced(&lab, &tess, &[("day", "2027-03-28"), ("from", "02:00"), ("to", "03:00")]).await.unwrap_err();
    assert_eq!(fields_of(&lost)[0].0, "from", "{lost:?}");
    let over = announced(&lab, &tess, &[("day", "2027-03-27"), ("from", "23:00"), ("to", "04:00")]).await.unwrap();
    let page = page(&lab, &tess, over.event).await.event;
    assert_eq!(page.ends.at.since(page.starts.at), HOUR * 4, "over midnight, and an hour is lost");
    assert_eq!((page.starts.wall().hour, page.ends.wall().hour), (23, 4));
}

#[tokio::test]
async fn repeated_event_keeps_its_wall_clock_and_leaves_out_taken_dates() {
    let lab = open().await;
    lab.sql("UPDATE setting SET value = 'Europe/Rome' WHERE key = 'space.zone'").await;
    let lab = lab.reopen().await;
    let tess = lab.signed_in(6).await;
    announced(&lab, &tess, &[("day", "2027-03-30"), ("from", "19:00"), ("to", "20:00")]).await.unwrap();
    let weekly = [("day", "2027-03-16"), ("rule", "FREQ=WEEKLY"), ("last", "2027-04-06")];
    let done = announced(&lab, &tess, &weekly).await.unwrap();
    let left_out: Vec<_> = done.left_out.iter().map(ToString::to_string).collect();
    assert_eq!((done.events, left_out), (3, vec!["2027-03-30".to_owned()]));
    for id in 2..5 {
        let event = page(&lab, &tess, TrainingEventId(id)).await.event;
        assert_eq!((event.starts.wall().hour, event.ends.wall().hour), (18, 20), "on both sides of the change");
        assert_eq!(event.first, (id > 2).then_some(TrainingEventId(2)));
    }
}

#[tokio::test]
async fn changed_time_asks_everybody_again_and_keeps_their_places() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    let id = announced(&lab, &tess, &[]).await.unwrap().event;
    accept(&lab, &who[0], id).await.unwrap();
    sign_up(&lab, &who[1], id).await.unwrap();
    sign_up(&lab, &who[2], id).await.unwrap();
    let version = page(&lab, &tess, id).await.event.version;
    let moved = event(&[("day", "2027-01-28")]);
    run(&lab.ctx, &tess, ChangeEvent { id, version }, moved).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "sent"), (21, "sent"), (22, "waiting")]));
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited, Kind::EventMoved]);
    assert_eq!(
        lab.number("SELECT count(*) FROM occupation WHERE event_id IS NOT NULL").await,
        2,
        "host and machine"
    );
    accept(&lab, &who[1], id).await.unwrap();
    let stale = run(&lab.ctx, &tess, ChangeEvent { id, version }, event(&[])).await;
    assert!(matches!(stale, Err(EventError::Stale(_))), "{stale:?}");
    let few = run(
        &lab.ctx,
        &tess,
        ChangeEvent { id, version: version + 1 },
        event(&[("day", "2027-01-28"), ("capacity", "1")]),
    )
    .await;
    assert!(matches!(few, Err(EventError::Capacity(2))), "{few:?}");
    // A longer list without another time asks nobody again.
    let more = event(&[("day", "2027-01-28"), ("capacity", "3")]);
    run(&lab.ctx, &tess, ChangeEvent { id, version: version + 1 }, more).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "sent"), (21, "accepted"), (22, "accepted")]));
}

#[tokio::test]
async fn demand_suggests_times_that_suit_the_first_in_line() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    for (member, window) in who.iter().zip(["18:30–22:00", "18:30–22:00", "07:00–12:30"]) {
        let sent = fields(&[("kind", "4"), ("aim", "user"), ("windows[]", window)]);
        run(&lab.ctx, member, contract::training_requests::AskForTraining {}, sent).await.unwrap();
    }
    let page = run(&lab.ctx, &tess, ReadTrainingDemand {}, fields(&[])).await.unwrap();
    assert_eq!((page.people, page.queues.len(), page.queues[0].waiting), (3, 1, 3));
    let detail = page.selected.unwrap();
    assert_eq!(detail.people.iter().map(|one| one.person.0).collect::<Vec<_>>(), [20, 21, 22]);
    let first = &detail.suggestions[0];
    assert_eq!((first.starts.wall().hour, first.starts.wall().minute, first.can), (18, 30, 2));
    assert_eq!(first.machine.as_ref().map(|(id, _)| *id), Some(MachineId(2)));
    let form =
        run(&lab.ctx, &tess, ReadEventForm {}, fields(&[("kind", "4"), ("from", "18:30"), ("to", "20:30")])).await;
    let form = form.unwrap();
    assert_eq!(
        form.line.iter().map(|one| (one.suits, one.invited)).collect::<Vec<_>>(),
        [(true, true), (true, true), (false, true)]
    );
    let member = run(&lab.ctx, &who[0], ReadTrainingDemand {}, fields(&[])).await;
    assert!(member.is_err(), "queues are for those who hold events");
    run(&lab.ctx, &tess, AnnounceEvents {}, event(&[])).await.unwrap();
}
