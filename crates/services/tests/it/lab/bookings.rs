//! A lab with bookings: its people, and common steps of tests.

use super::{Lab, NOON};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource, State},
    id::BookingId,
    jobs::Job,
    notices::Kind,
    occupations::Span,
    time::MINUTE,
};
use services::{
    bookings::{self, Ask, BookingsError, Decide},
    jobs,
};

/// The lab with Carl (4) and Dana (5), who may use the lasers as Ada does, Olga (6), who owns the type, and Ken
/// (11), who manages. It is Friday, 15 January 2027, 08:00, and clocks show UTC.
pub async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (6, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (4, 'Carl Blu', 'carl@private.example'), (5, 'Dana', NULL),
             (6, 'Olga', NULL), (11, 'Ken', NULL);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC')",
    )
    .await;
    for (person, kind, relation) in [
        (4, 1, "user"),
        (4, 3, "user"),
        (5, 1, "user"),
        (5, 3, "user"),
        (6, 1, "user"),
        (6, 3, "owner"),
        (11, 1, "user"),
        (11, 1, "owner"),
    ] {
        lab.grant(person, kind, relation).await;
    }
    lab.reopen().await
}

/// The lab with four people (1, 4, 5, 6) who may use four lasers (1, 9, 20, 21), and Ken (11), who manages. Clocks show UTC once
/// it is opened again.
pub async fn four_lasers() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (6, 'active', 0), (11, 'active', 0);
         INSERT INTO machine (id, number, type_id, name) VALUES (9, 19, 3, 'B'), (20, 30, 3, 'C'), (21, 31, 3, 'D');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT p.id, t.id, 'user', 'granted', 0, 'setup', 0 FROM person p, equipment_type t
              WHERE p.id IN (4, 5, 6, 11) AND t.id IN (1, 3);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (11, 1, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    lab
}

/// From `from` minutes after eight o'clock on Friday, for `minutes`.
pub fn span(from: u32, minutes: u32) -> Span {
    let starts = NOON.after(MINUTE * from);
    Span { starts, ends: starts.after(MINUTE * minutes) }
}

/// Books it, or asks for it.
pub async fn booked(lab: &Lab, actor: &Actor, resource: Resource, span: Span) -> BookingId {
    bookings::ask(&lab.ctx, actor, Ok(Ask { resource, span, group: None, importance: None })).await.unwrap().0
}

/// Does it, with a reason.
pub async fn action(
    lab: &Lab,
    actor: &Actor,
    id: BookingId,
    action: BookingAction,
) -> Result<State, BookingsError> {
    bookings::decide(&lab.ctx, actor, id, Decide::read(Some(action), "The lens is out")).await
}

/// Its state, as Ken sees it.
pub async fn state(lab: &Lab, id: BookingId) -> State {
    let ken = lab.signed_in(11).await;
    bookings::one(&lab.ctx, &ken, id).await.unwrap().state
}

/// Their booking notices, in order.
pub async fn notices_of(lab: &Lab, person: i64) -> Vec<Kind> {
    let mut conn = lab.raw().await;
    let kinds: Vec<String> = sqlx::query_scalar("SELECT kind FROM notice WHERE person_id = ? ORDER BY id")
        .bind(person)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    kinds.iter().map(|kind| Kind::parse(kind).unwrap()).collect()
}

/// Runs the timed job of bookings.
pub async fn tick(lab: &Lab) {
    jobs::run(&lab.ctx, Job::Bookings).await;
}

/// The answer to a setting of the whole space.
pub async fn set(lab: &Lab, key: &'static str, value: &'static str) {
    let mut conn = lab.raw().await;
    sqlx::query("INSERT OR REPLACE INTO setting (scope, scope_id, key, value) VALUES ('space', 0, ?, ?)")
        .bind(key)
        .bind(value)
        .execute(&mut conn)
        .await
        .unwrap();
}
