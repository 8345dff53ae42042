//! Data of reports: bookings and uses of some weeks, by resource, their energy, and requests for training.
//!
//! Not here: the counting, which is `domain::reports`.

use domain::{
    bookings::{Resource, ResourceFilter, State},
    id::{MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    people::folded::folded,
    reports::{Booked, MeteredQuarter, NAMELESS, RecordedUse, RequestedTraining},
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::{StoreError, json, longest::too_early};

/// A machine or room in reports.
#[derive(Debug, Clone)]
pub struct Listed {
    pub resource: Resource,
    pub name: String,
    /// Its type, or all rooms.
    pub group: ResourceFilter,
    /// Name of its type; empty for rooms.
    pub group_name: String,
    /// When it was archived.
    pub archived: Option<Millis>,
}

/// Machines by type and name, then rooms by name; without those archived before `since`.
pub async fn resources(conn: &mut SqliteConnection, since: Millis) -> Result<Vec<Listed>, StoreError> {
    let machines = sqlx::query!(
        r#"SELECT m.id AS "id!: MachineId", m.name AS "name!", m.type_id AS "kind!: TypeId", t.name AS "kind_name!",
                  m.archived_at AS "archived?: Millis"
             FROM machine m JOIN equipment_type t ON t.id = m.type_id WHERE m.archived_at IS NULL OR m.archived_at > ?"#,
        since,
    )
    .fetch_all(&mut *conn)
    .await?;
    let rooms = sqlx::query!(
        r#"SELECT id AS "id!: RoomId", name AS "name!", archived_at AS "archived?: Millis" FROM room
            WHERE archived_at IS NULL OR archived_at > ?"#,
        since,
    )
    .fetch_all(conn)
    .await?;
    let machines = machines.into_iter().map(|row| Listed {
        resource: Resource::Machine(row.id),
        name: row.name,
        group: ResourceFilter::Type(row.kind),
        group_name: row.kind_name,
        archived: row.archived,
    });
    let rooms = rooms.into_iter().map(|row| Listed {
        resource: Resource::Room(row.id),
        name: row.name,
        group: ResourceFilter::Rooms,
        group_name: String::new(),
        archived: row.archived,
    });
    let mut all: Vec<Listed> = machines.chain(rooms).collect();
    // Two types may have one name.
    all.sort_by_cached_key(|one| {
        let kind = if let ResourceFilter::Type(kind) = one.group { kind.0 } else { 0 };
        (one.group == ResourceFilter::Rooms, folded(&one.group_name), kind, folded(&one.name), one.resource)
    });
    Ok(all)
}

/// A booking in the statement's list.
#[derive(Deserialize)]
struct BookedItem {
    person: Option<PersonId>,
    starts: Millis,
    ends: Millis,
    state: State,
    asked: Millis,
    came: Option<Millis>,
    decided: Option<Millis>,
    #[serde(deserialize_with = "json::flag")]
    late: bool,
    waited: Option<i64>,
}

/// Bookings that overlap `within`, in any state. Those with deleted names are [`NAMELESS`]. One row for each machine and room with
/// a list, as of uses: handing over a row costs more than reading it.
pub async fn booked(conn: &mut SqliteConnection, within: Span) -> Result<Vec<Booked>, StoreError> {
    let begins_after = too_early(within.starts);
    let rows = sqlx::query!(
        r#"SELECT m.id AS "machine?: MachineId", NULL AS "room?: RoomId",
                  (SELECT json_group_array(json_array(b.person_id, b.starts_at, b.ends_at, b.state, b.asked_at, b.checked_in_at,
                                                      b.decided_at, b.late, b.waited_ms))
                     FROM booking b WHERE b.machine_id = m.id AND b.starts_at > ?1 AND b.ends_at > ?2 AND b.starts_at < ?3)
                      AS "booked!: String"
             FROM machine m
            UNION ALL
           SELECT NULL, o.id,
                  (SELECT json_group_array(json_array(b.person_id, b.starts_at, b.ends_at, b.state, b.asked_at, b.checked_in_at,
                                                      b.decided_at, b.late, b.waited_ms))
                     FROM booking b WHERE b.room_id = o.id AND b.starts_at > ?1 AND b.ends_at > ?2 AND b.starts_at < ?3)
             FROM room o"#,
        begins_after,
        within.starts,
        within.ends,
    );
    let mut booked = Vec::new();
    for row in rows.fetch_all(conn).await? {
        let resource = row.machine.map(Resource::Machine).or(row.room.map(Resource::Room));
        let Some(resource) = resource else { continue };
        booked.extend(json::list::<BookedItem>(&row.booked)?.into_iter().map(|item| Booked {
            resource,
            person: item.person.unwrap_or(NAMELESS),
            span: Span { starts: item.starts, ends: item.ends },
            state: item.state,
            requested_at: item.asked,
            came: item.came,
            decided: item.decided,
            late: item.late,
            waited: item.waited,
        }));
    }
    Ok(booked)
}

/// Uses that overlap `within`; running ones last until its end.
pub async fn used(conn: &mut SqliteConnection, within: Span) -> Result<Vec<RecordedUse>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.id AS "machine!: MachineId",
                  (SELECT json_group_array(json_array(a.person_id, s.started_at, s.ended_at))
                     FROM use_session s LEFT JOIN alias a ON a.id = s.alias_id
                    WHERE s.machine_id = m.id AND s.ended_at > ?1 AND s.started_at < ?2 AND s.void = 0) AS "uses!: String"
             FROM machine m
            UNION ALL
           SELECT s.machine_id, json_array(json_array(a.person_id, s.started_at, ?2))
             FROM use_session s LEFT JOIN alias a ON a.id = s.alias_id
            WHERE s.ended_at IS NULL AND s.started_at < ?2 AND s.void = 0"#,
        within.starts,
        within.ends,
    );
    let mut used = Vec::new();
    for row in rows.fetch_all(conn).await? {
        let spans = json::list::<(Option<PersonId>, Millis, Millis)>(&row.uses)?;
        used.extend(spans.into_iter().map(|(person, starts, ends)| RecordedUse {
            resource: Resource::Machine(row.machine),
            person,
            span: Span { starts, ends },
        }));
    }
    Ok(used)
}

/// What plugs of machines counted in quarters of an hour that begin in `within`; of plugs that were removed too.
pub async fn energy(conn: &mut SqliteConnection, within: Span) -> Result<Vec<MeteredQuarter>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.machine_id AS "machine!: MachineId", q.at AS "at!: Millis", q.amount AS "amount!: i64"
             FROM building_device d JOIN meter t ON t.device_id = d.id AND t.measure = 'power'
             JOIN meter_quarter q ON q.meter_id = t.id AND q.at >= ? AND q.at < ?
            WHERE d.machine_id IS NOT NULL"#,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let quarters = rows.into_iter().map(|row| MeteredQuarter {
        resource: Resource::Machine(row.machine),
        at: row.at,
        amount: row.amount,
    });
    Ok(quarters.collect())
}

/// Requests for training made in `within`, with what followed until now. Those with deleted names are [`NAMELESS`].
pub async fn training(conn: &mut SqliteConnection, within: Span) -> Result<Vec<RequestedTraining>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.type_id AS "kind!: TypeId", r.person_id AS "person?: PersonId", r.asked_at AS "asked!: Millis",
                  min(o.invited_at) AS "invited?: Millis",
                  min(iif(o.outcome IN ('passed', 'failed'), e.starts_at, NULL)) AS "came?: Millis",
                  min(iif(o.outcome = 'passed', e.starts_at, NULL)) AS "passed?: Millis"
             FROM training_request r
             LEFT JOIN event_place o ON o.request_id = r.id
             LEFT JOIN training_event e ON e.id = o.event_id
            WHERE r.asked_at >= ? AND r.asked_at < ?
            GROUP BY r.id"#,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let requests = rows.into_iter().map(|row| RequestedTraining {
        kind: row.kind,
        person: row.person.unwrap_or(NAMELESS),
        asked: row.asked,
        invited: row.invited,
        came: row.came,
        passed: row.passed,
    });
    Ok(requests.collect())
}
