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
use sqlx::SqliteConnection;

use crate::{StoreError, longest::too_early};

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

/// Bookings that overlap `within`, in any state. Those with deleted names are [`NAMELESS`].
pub async fn booked(conn: &mut SqliteConnection, within: Span) -> Result<Vec<Booked>, StoreError> {
    let begins_after = too_early(within.starts);
    let rows = sqlx::query!(
        r#"SELECT machine_id AS "machine?: MachineId", room_id AS "room?: RoomId", person_id AS "person?: PersonId",
                  starts_at AS "starts!: Millis", ends_at AS "ends!: Millis", state AS "state!: State",
                  asked_at AS "asked!: Millis", checked_in_at AS "came?: Millis", decided_at AS "decided?: Millis",
                  late AS "late!: bool", waited_ms AS "waited?: i64"
             FROM booking WHERE starts_at > ?1 AND ends_at > ?2 AND starts_at < ?3"#,
        begins_after,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let booked = rows.into_iter().filter_map(|row| {
        Some(Booked {
            resource: row.machine.map(Resource::Machine).or(row.room.map(Resource::Room))?,
            person: row.person.unwrap_or(NAMELESS),
            span: Span { starts: row.starts, ends: row.ends },
            state: row.state,
            requested_at: row.asked,
            came: row.came,
            decided: row.decided,
            late: row.late,
            waited: row.waited,
        })
    });
    Ok(booked.collect())
}

/// Uses that overlap `within`; running ones last until its end.
pub async fn used(conn: &mut SqliteConnection, within: Span) -> Result<Vec<RecordedUse>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.machine_id AS "machine!: MachineId", a.person_id AS "person?: PersonId",
                  u.started_at AS "starts!: Millis", coalesce(u.ended_at, ?2) AS "ends!: Millis"
             FROM (SELECT s.machine_id, s.alias_id, s.started_at, s.ended_at, s.void
                     FROM machine m CROSS JOIN use_session s ON s.machine_id = m.id AND s.ended_at > ?1
                   UNION ALL
                   SELECT machine_id, alias_id, started_at, ended_at, void FROM use_session WHERE ended_at IS NULL) u
             LEFT JOIN alias a ON a.id = u.alias_id
            WHERE u.started_at < ?2 AND u.void = 0"#,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let used = rows.into_iter().map(|row| RecordedUse {
        resource: Resource::Machine(row.machine),
        person: row.person,
        span: Span { starts: row.starts, ends: row.ends },
    });
    Ok(used.collect())
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
