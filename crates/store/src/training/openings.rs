//! How one person can be qualified in person: their appointments, and what they can attend.
//!
//! Not here: what must be watched and answered before ([`super::requirements`]).

use crate::{StoreError, json};
use domain::{
    checkouts::State,
    id::{AppointmentId, PersonId, TrainingEventId, TypeId},
    time::Millis,
    training_events::{Aim, PlaceState},
};
use serde::Deserialize;
use sqlx::SqliteConnection;

/// Read in one statement, because every page of a machine asks for it.
#[derive(Debug)]
pub struct Openings {
    /// Their open appointments as a member, one for each type.
    pub agreed: Vec<OpenAppointment>,
    /// Coming events for users that have a free place or where they hold one, in order of time.
    pub events: Vec<ComingEvent>,
    /// Types whose queue for users they are in.
    pub asked: Vec<TypeId>,
    /// Types for which a trainer or an owner of the type offers times.
    pub offered: Vec<TypeId>,
}

/// A member's open appointment for a type.
#[derive(Debug, Clone, Deserialize)]
pub struct OpenAppointment {
    pub id: AppointmentId,
    pub kind: TypeId,
    pub trainer_name: Option<String>,
    pub starts: Millis,
    pub state: State,
}

/// An event that a person can attend.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ComingEvent {
    pub id: TrainingEventId,
    pub kind: TypeId,
    pub starts: Millis,
    pub mine: Option<PlaceState>,
}

/// The openings of `person` at `now`.
pub async fn openings(conn: &mut SqliteConnection, person: PersonId, now: Millis) -> Result<Openings, StoreError> {
    let row = sqlx::query!(
        r#"SELECT
          (SELECT json_group_array(json_array(a.id, a.type_id, t.name, a.starts_at, a.state))
             FROM appointment a LEFT JOIN profile t ON t.person_id = a.trainer_id
            WHERE a.person_id = ?1 AND a.state IN ('pending', 'accepted')) AS "agreed!: String",
          (SELECT json_group_array(json_array(id, type_id, starts_at, mine)) FROM
              (SELECT e.id, e.type_id, e.starts_at, o.state AS mine
                 FROM training_event e
                 LEFT JOIN event_place o ON o.event_id = e.id AND o.person_id = ?1 AND o.state IN ('sent', 'accepted')
                WHERE e.state = 'announced' AND e.aim = ?2 AND e.starts_at > ?3
                  AND (o.id IS NOT NULL OR e.capacity > (SELECT count(*) FROM event_place h WHERE h.event_id = e.id
                                                          AND h.state IN ('sent', 'accepted') AND h.walk_in = 0))
                ORDER BY e.starts_at, e.id)) AS "events!: String",
          (SELECT json_group_array(type_id) FROM training_request
            WHERE person_id = ?1 AND aim = ?2 AND state = 'open') AS "asked!: String",
          (SELECT json_group_array(DISTINCT q.type_id)
             FROM availability_rule r
             JOIN person p ON p.id = r.person_id AND p.status = 'active'
             JOIN qualification q ON q.person_id = r.person_id AND q.relation IN ('trainer', 'owner') AND q.kind = 'granted'
            WHERE q.type_id IS NOT NULL
              AND (NOT EXISTS (SELECT 1 FROM availability_rule_type t WHERE t.rule_id = r.id)
                OR EXISTS (SELECT 1 FROM availability_rule_type t WHERE t.rule_id = r.id AND t.type_id = q.type_id))
          ) AS "offered!: String""#,
        person,
        Aim::Use,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(Openings {
        agreed: json::list(&row.agreed)?,
        events: json::list(&row.events)?,
        asked: json::list(&row.asked)?,
        offered: json::list(&row.offered)?,
    })
}
