//! A lab with training events: its people, and common steps of tests.

use super::{
    Lab, NOON,
    operations::{fields, run},
};
use contract::{
    training_events::{
        AcceptInvitation, AnnounceEvents, DeclineInvitation, EventPage, EventsAnnounced, LeaveEvent,
        ReadEventPage, SignUp, SignedUp,
    },
    training_requests::{AskForTraining, TrainingAsked},
};
use domain::{
    actor::Actor,
    id::{EventPlaceId, TrainingEventId},
    jobs::Job,
    time::{DAY, Millis},
};
use services::{jobs, training_events::TrainingEventsError, training_requests::TrainingRequestsError};

/// Bob (2), and people 20 to 39, who are members and may not use the lathe (4); Tess (6), who trains on it, and Ken (11), who
/// manages. It is Friday, 15 January 2027, 08:00, and clocks show UTC.
pub async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (6, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (6, 'Tess Tally'), (11, 'Ken');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO room (id, name, capacity) VALUES (1, 'Workshop', 20);
         WITH RECURSIVE member (id) AS (SELECT 20 UNION ALL SELECT id + 1 FROM member WHERE id < 39)
             INSERT INTO person (id, status, created_at) SELECT id, 'active', 0 FROM member;
         INSERT INTO profile (person_id, name) SELECT id, 'Member ' || id FROM person WHERE id BETWEEN 20 AND 39;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id BETWEEN 20 AND 39",
    )
    .await;
    for (person, kind, relation) in
        [(6, 1, "user"), (6, 4, "user"), (6, 4, "trainer"), (11, 1, "user"), (11, 1, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab.reopen().await
}

/// A session for two on the lathe, on Tuesday, 26 January, 18:00 to 20:00, with some other fields.
pub fn event(others: &[(&str, &str)]) -> contract::form::Fields {
    const USUAL: [(&str, &str); 10] = [
        ("kind", "4"),
        ("aim", "user"),
        ("title", "Lathe, first steps"),
        ("day", "2027-01-26"),
        ("from", "18:00"),
        ("to", "20:00"),
        ("resources[]", "machine:2"),
        ("capacity", "2"),
        ("public", "yes"),
        ("rule", ""),
    ];
    let mut all: Vec<(&str, &str)> =
        USUAL.into_iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name)).collect();
    all.extend(others);
    fields(&all)
}

/// When that session begins.
pub fn begins() -> Millis {
    NOON.after(DAY * 11 + std::time::Duration::from_hours(10))
}

pub async fn announced(
    lab: &Lab,
    host: &Actor,
    others: &[(&str, &str)],
) -> Result<EventsAnnounced, TrainingEventsError> {
    run(&lab.ctx, host, AnnounceEvents {}, event(others)).await
}

/// Asks for training on the lathe.
pub async fn requested(lab: &Lab, who: &Actor) -> Result<TrainingAsked, TrainingRequestsError> {
    run(&lab.ctx, who, AskForTraining {}, fields(&[("kind", "4"), ("aim", "user")])).await
}

pub async fn page(lab: &Lab, who: &Actor, event: TrainingEventId) -> EventPage {
    run(&lab.ctx, who, ReadEventPage { id: event }, fields(&[])).await.unwrap()
}

/// The place of a person at an event.
pub async fn place(lab: &Lab, who: &Actor, event: TrainingEventId) -> EventPlaceId {
    page(lab, who, event).await.place.unwrap()
}

pub async fn accept(lab: &Lab, who: &Actor, event: TrainingEventId) -> Result<(), TrainingEventsError> {
    let id = page(lab, who, event).await.place.ok_or(TrainingEventsError::NoInvitation)?;
    run(&lab.ctx, who, AcceptInvitation { id }, fields(&[])).await
}

pub async fn decline(lab: &Lab, who: &Actor, event: TrainingEventId) -> Result<(), TrainingEventsError> {
    let id = page(lab, who, event).await.place.ok_or(TrainingEventsError::NoInvitation)?;
    run(&lab.ctx, who, DeclineInvitation { id }, fields(&[])).await
}

pub async fn sign_up(lab: &Lab, who: &Actor, event: TrainingEventId) -> Result<SignedUp, TrainingEventsError> {
    run(&lab.ctx, who, SignUp { id: event }, fields(&[])).await
}

pub async fn leave(lab: &Lab, who: &Actor, event: TrainingEventId) -> Result<(), TrainingEventsError> {
    run(&lab.ctx, who, LeaveEvent { id: event }, fields(&[])).await
}

/// Runs the timed job of training events.
pub async fn tick(lab: &Lab) {
    jobs::run(&lab.ctx, Job::TrainingEvents).await;
}

/// Person and state of all places, in the order in which they were made.
pub async fn places(lab: &Lab) -> Vec<(i64, String)> {
    let mut conn = lab.raw().await;
    sqlx::query_as("SELECT person_id, state FROM event_place ORDER BY id").fetch_all(&mut conn).await.unwrap()
}
