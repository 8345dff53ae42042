//! Training events: requests, invitations in order, places, results, and what ends them.

mod hosting;
mod mailed;
mod mends;
mod model;
mod own_acts;
mod results;
mod unanswered;

use crate::lab::{
    Lab,
    bookings::{notices_of, set},
    events::{accept, announced, begins, decline, leave, open, page, place, places, requested, sign_up, tick},
    operations::{fields, run},
};
use contract::{
    training_events::{AcceptInvitation, CancelEvent, ListEventInvitations, ListTrainingEvents, NoSignUp},
    training_requests::{AskForTraining, ListTrainingRequests, ReadTrainingForm, WithdrawTrainingRequest},
};
use domain::{
    actor::{Actor, Channel},
    id::{PersonId, TypeId},
    notices::Kind,
    time::{DAY, HOUR, MINUTE},
    training_events::PlaceState,
};
use futures::future::join_all;
use services::{
    people, training_events::TrainingEventsError as EventError,
    training_requests::TrainingRequestsError as RequestError,
};

fn states(all: &[(i64, &str)]) -> Vec<(i64, String)> {
    all.iter().map(|(person, state)| (*person, (*state).to_owned())).collect()
}

async fn members(lab: &Lab) -> Vec<Actor> {
    let mut all = Vec::new();
    for person in 20..26 {
        all.push(lab.signed_in(person).await);
    }
    all
}

#[tokio::test]
async fn announced_places_are_offered_in_the_order_of_asking() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    for member in &who[..3] {
        requested(&lab, member).await.unwrap();
        lab.pass(MINUTE);
    }
    let form = run(&lab.ctx, &who[3], ReadTrainingForm { kind: TypeId(4) }, fields(&[])).await.unwrap();
    assert_eq!((form.queue, form.not_askable), (3, None));
    let done = announced(&lab, &tess, &[]).await.unwrap();
    assert_eq!((done.events, done.invited), (1, 2));
    assert_eq!(places(&lab).await, states(&[(20, "sent"), (21, "sent")]));
    accept(&lab, &who[0], done.event).await.unwrap();
    decline(&lab, &who[1], done.event).await.unwrap();
    // At once, not with the next job.
    assert_eq!(places(&lab).await, states(&[(20, "accepted"), (21, "declined"), (22, "sent")]));
    accept(&lab, &who[2], done.event).await.unwrap();
    assert_eq!(notices_of(&lab, 22).await, [Kind::EventInvited]);
    let seen = run(&lab.ctx, &tess, ListTrainingRequests {}, fields(&[])).await.unwrap().requests;
    let line: Vec<_> = seen.iter().map(|one| (one.person, one.position)).collect();
    let all = [(22, None), (21, Some(1)), (20, None)];
    assert_eq!(line, all.map(|(id, at)| (Some(PersonId(id)), at)), "who declined is first for the next date");
}

// A12
#[tokio::test]
async fn unanswered_invitation_expires_after_three_days_and_next_is_invited_once() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    for member in &who[..3] {
        requested(&lab, member).await.unwrap();
    }
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    lab.pass((DAY * 3).saturating_sub(MINUTE));
    tick(&lab).await;
    assert_eq!(places(&lab).await, states(&[(20, "sent")]));
    lab.pass(MINUTE);
    let late = accept(&lab, &who[0], event).await;
    assert!(matches!(late, Err(EventError::Answered)), "before the job noticed: {late:?}");
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(places(&lab).await, states(&[(20, "expired"), (21, "sent")]));
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited, Kind::EventLapsed]);
    // They may still sign up, at the end of the waiting list.
    let again = sign_up(&lab, &who[0], event).await.unwrap();
    assert_eq!((again.state, again.position), (PlaceState::Waiting, Some(1)));
    decline(&lab, &who[1], event).await.unwrap();
    // Their request is older than that of the third in line.
    assert_eq!(places(&lab).await, states(&[(20, "accepted"), (21, "declined")]));
}

// A11
#[tokio::test]
async fn fourth_open_request_is_refused_until_one_is_withdrawn() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk) VALUES (10, 'Bandsaw', 'high'), (11, 'Planer', 'high'), (12, 'Router', 'high')",
    )
    .await;
    let member = lab.signed_in(20).await;
    let ask = async |kind: &str| {
        run(&lab.ctx, &member, AskForTraining {}, fields(&[("kind", kind), ("aim", "user")])).await
    };
    let first = ask("4").await.unwrap();
    ask("10").await.unwrap();
    ask("11").await.unwrap();
    let fourth = ask("12").await;
    assert!(matches!(fourth, Err(RequestError::Limit(3))), "{fourth:?}");
    let twice = ask("11").await;
    assert!(matches!(twice, Err(RequestError::Open)), "{twice:?}");
    let other = lab.signed_in(21).await;
    let stolen = run(&lab.ctx, &other, WithdrawTrainingRequest { id: first.request }, fields(&[])).await;
    assert!(matches!(stolen, Err(RequestError::Unknown)), "{stolen:?}");
    run(&lab.ctx, &member, WithdrawTrainingRequest { id: first.request }, fields(&[])).await.unwrap();
    ask("12").await.unwrap();
    let nothing = ask("99").await;
    assert!(matches!(nothing, Err(RequestError::UnknownType)), "{nothing:?}");
}

#[tokio::test]
async fn fifty_parallel_sign_ups_for_last_place_give_one() {
    let lab = open().await;
    lab.sql(
        "WITH RECURSIVE member (id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM member WHERE id < 149)
             INSERT INTO person (id, status, created_at) SELECT id, 'active', 0 FROM member;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 100",
    )
    .await;
    let tess = lab.signed_in(6).await;
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    let mut who = Vec::new();
    for person in 100..150 {
        who.push(lab.signed_in(person).await);
    }
    let all = who.iter().map(|member| {
        let (ctx, member) = (lab.ctx.clone(), member.clone());
        tokio::spawn(async move {
            run(&ctx, &member, contract::training_events::SignUp { id: event }, fields(&[])).await.unwrap().state
        })
    });
    let states: Vec<PlaceState> = join_all(all).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(states.iter().filter(|state| **state == PlaceState::Accepted).count(), 1);
    assert_eq!(states.iter().filter(|state| **state == PlaceState::Waiting).count(), 49);
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE event_id = 1 AND person_id >= 100").await, 1);
}

#[tokio::test]
async fn waiting_list_moves_up_as_soon_as_a_place_is_given_up() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[]).await.unwrap().event;
    for member in &who[..4] {
        sign_up(&lab, member, event).await.unwrap();
    }
    let again = sign_up(&lab, &who[3], event).await.unwrap();
    assert_eq!((again.state, again.position), (PlaceState::Waiting, Some(2)), "twice in two tabs");
    assert_eq!(page(&lab, &who[3], event).await.position, Some(2));
    leave(&lab, &who[0], event).await.unwrap();
    assert_eq!(
        places(&lab).await,
        states(&[(20, "cancelled"), (21, "accepted"), (22, "accepted"), (23, "waiting")])
    );
    assert_eq!(notices_of(&lab, 22).await, [Kind::EventPlaced]);
    let gone = leave(&lab, &who[0], event).await;
    assert!(matches!(gone, Err(EventError::NoPlace)), "{gone:?}");
    let host = sign_up(&lab, &tess, event).await;
    assert!(matches!(host, Err(EventError::Own)), "{host:?}");
}

#[tokio::test]
async fn person_with_another_appointment_then_is_refused_with_its_time() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let first = announced(&lab, &tess, &[]).await.unwrap().event;
    sign_up(&lab, &who[0], first).await.unwrap();
    let ken = lab.signed_in(11).await;
    let other = [("kind", "3"), ("from", "19:00"), ("to", "21:00"), ("resources[]", "room:1")];
    let second = announced(&lab, &ken, &other).await;
    let second = second.unwrap().event;
    let busy = sign_up(&lab, &who[0], second).await;
    assert!(matches!(busy, Err(EventError::Busy(_))), "{busy:?}");
    assert!(matches!(page(&lab, &who[0], second).await.no_sign_up, Some(NoSignUp::Busy(..))));
    leave(&lab, &who[0], first).await.unwrap();
    assert_eq!(sign_up(&lab, &who[0], second).await.unwrap().state, PlaceState::Accepted);
}

// A8
#[tokio::test]
async fn suspended_attendee_loses_the_place_to_the_next_and_returns_to_the_queue() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    for member in &who[..3] {
        requested(&lab, member).await.unwrap();
    }
    let event = announced(&lab, &tess, &[]).await.unwrap().event;
    accept(&lab, &who[0], event).await.unwrap();
    let ken = lab.signed_in(11).await;
    people::suspend(&lab.ctx, &ken, PersonId(20)).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "cancelled"), (21, "sent"), (22, "sent")]));
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE person_id = 20").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM training_request WHERE state = 'open'").await, 3);
    // They are passed over meanwhile, and first when they are back.
    let second = announced(&lab, &tess, &[("day", "2027-02-02"), ("capacity", "1")]).await.unwrap();
    assert_eq!(second.invited, 0);
    people::readmit(&lab.ctx, &ken, PersonId(20)).await.unwrap();
    tick(&lab).await;
    assert_eq!(places(&lab).await.last(), states(&[(20, "sent")]).last());
}

// A8
#[tokio::test]
async fn event_of_a_host_without_qualification_is_cancelled_and_requests_stay() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    let event = announced(&lab, &tess, &[]).await.unwrap().event;
    accept(&lab, &who[0], event).await.unwrap();
    let ken = lab.signed_in(11).await;
    people::suspend(&lab.ctx, &ken, PersonId(6)).await.unwrap();
    assert_eq!(lab.text("SELECT state || ' ' || cause FROM training_event").await, "cancelled host");
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventInvited, Kind::EventCancelled]);
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE event_id IS NOT NULL").await, 0);
    let requests = run(&lab.ctx, &who[0], ListTrainingRequests {}, fields(&[])).await.unwrap().requests;
    assert_eq!(requests[0].position, Some(1));
    let gone = sign_up(&lab, &who[1], event).await;
    assert!(matches!(gone, Err(EventError::Cancelled)), "{gone:?}");
}

#[tokio::test]
async fn event_with_too_few_at_the_deadline_is_cancelled_with_notices() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("minimum", "2"), ("deadline", "2027-01-24T18:00")]).await.unwrap().event;
    sign_up(&lab, &who[0], event).await.unwrap();
    lab.set_forward(DAY * 9 + HOUR * 10);
    let late = sign_up(&lab, &who[1], event).await;
    assert!(matches!(late, Err(EventError::Closed)), "{late:?}");
    tick(&lab).await;
    assert_eq!(lab.text("SELECT cause FROM training_event").await, "too-few");
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventCancelled]);
    assert_eq!(notices_of(&lab, 6).await, [Kind::EventCancelled], "their host, too");
}

// A23
#[tokio::test]
async fn clock_jump_sends_one_reminder_that_still_makes_sense() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[]).await.unwrap().event;
    sign_up(&lab, &who[0], event).await.unwrap();
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 20).await, []);
    lab.set_forward(begins().before(HOUR * 23).since(lab.now()));
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventReminder]);
    assert_eq!(notices_of(&lab, 6).await, [Kind::EventReminder]);
    lab.set_forward(HOUR * 22 + MINUTE);
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventReminder; 2]);
    // Off for a week: no reminder of what is over, but its host is asked for results once.
    lab.set_forward(DAY * 7);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventReminder; 2]);
    assert_eq!(notices_of(&lab, 6).await, [Kind::EventReminder, Kind::EventReminder, Kind::EventResultsDue]);
}

#[tokio::test]
async fn invitation_is_answered_once_and_by_its_person() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    let event = announced(&lab, &tess, &[]).await.unwrap().event;
    let id = place(&lab, &who[0], event).await;
    let stolen = run(&lab.ctx, &who[1], AcceptInvitation { id }, fields(&[])).await;
    assert!(matches!(stolen, Err(EventError::NoInvitation)), "{stolen:?}");
    accept(&lab, &who[0], event).await.unwrap();
    let twice = run(&lab.ctx, &who[0], AcceptInvitation { id }, fields(&[])).await;
    assert!(matches!(twice, Err(EventError::Answered)), "{twice:?}");
    let mine = run(&lab.ctx, &who[0], ListEventInvitations {}, fields(&[])).await.unwrap().invitations;
    assert_eq!((mine.len(), mine[0].state), (1, PlaceState::Accepted));
    let others = run(&lab.ctx, &who[1], ListEventInvitations {}, fields(&[])).await.unwrap().invitations;
    assert_eq!(others, []);
}

#[tokio::test]
async fn visitors_see_public_events_with_a_first_name() {
    let lab = open().await;
    let tess = lab.signed_in(6).await;
    announced(&lab, &tess, &[]).await.unwrap();
    announced(&lab, &tess, &[("day", "2027-01-27"), ("public", "")]).await.unwrap();
    set(&lab, "people.shown", "name").await;
    let lab = lab.reopen().await;
    let visitor = Actor::anybody(false, Channel::Web);
    let seen = run(&lab.ctx, &visitor, ListTrainingEvents {}, fields(&[])).await.unwrap().events;
    let names: Vec<_> = seen.iter().map(|event| (event.id.0, event.host_name.as_deref(), event.host)).collect();
    assert_eq!(names, [(1, Some("Tess"), None)]);
    let inside = run(&lab.ctx, &tess, ListTrainingEvents {}, fields(&[])).await.unwrap().events;
    assert_eq!(inside.len(), 2);
    run(&lab.ctx, &tess, CancelEvent { id: inside[0].id }, fields(&[("note", "The lathe is broken")]))
        .await
        .unwrap();
    let seen = run(&lab.ctx, &visitor, ListTrainingEvents {}, fields(&[])).await.unwrap().events;
    assert_eq!(seen, []);
}
