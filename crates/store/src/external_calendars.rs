//! External calendars: rows of `external_calendar`, and what their events occupy and collide with ([`taking`]).

mod taking;

pub use taking::{
    Beside, Other, Promise, beside, calendars_meeting, collided, collisions, held, others, promised, put_beside,
    release, take,
};

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::Resource,
    external_calendars::{Failure, LeftOut, Skipped},
    id::{AliasId, ExternalCalendarId, MachineId, PersonId, RoomId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx};

#[derive(Clone)]
pub struct NewCalendar {
    pub resource: Resource,
    pub name: String,
    /// May hold a secret.
    pub address: String,
    pub at: Millis,
    pub by: Option<AliasId>,
}

pub async fn add(tx: &mut WriteTx, new: &NewCalendar) -> Result<ExternalCalendarId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let made = sqlx::query!(
        "INSERT INTO external_calendar (machine_id, room_id, name, address, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?)",
        machine,
        room,
        new.name,
        new.address,
        new.at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(ExternalCalendarId(made.last_insert_rowid()))
}

pub async fn rename(tx: &mut WriteTx, id: ExternalCalendarId, name: &str) -> Result<(), StoreError> {
    sqlx::query!("UPDATE external_calendar SET name = ?, version = version + 1 WHERE id = ?", name, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Removes the calendar; its address and the titles of skipped events are deleted.
pub async fn remove(tx: &mut WriteTx, id: ExternalCalendarId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE external_calendar SET removed_at = ?, address = NULL, etag = NULL, last_modified = NULL, left_out = '[]', version = version + 1
          WHERE id = ?",
        at,
        id
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A calendar that was not removed.
#[derive(Clone)]
pub struct CalendarRow {
    pub id: ExternalCalendarId,
    pub version: i64,
    pub resource: Resource,
    /// Name of the machine or room.
    pub resource_name: String,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub name: String,
    pub address: String,
    pub added: Millis,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub tried: Option<Millis>,
    pub read: Option<Millis>,
    /// When it was last read completely, not only found unchanged.
    pub whole: Option<Millis>,
    pub failure: Option<Failure>,
    pub failed_since: Option<Millis>,
    /// Skipped events, by reason.
    pub skipped: BTreeMap<Skipped, u32>,
    /// The next skipped events.
    pub left_out: Vec<LeftOut>,
    /// Who added it, unless erased.
    pub added_by: Option<PersonId>,
    /// Times it occupies from now on.
    pub taken: u32,
    pub collisions: u32,
}

/// Calendars by name, including those of archived machines and rooms; only `id` if given. Events that are over at `now`
/// do not count.
pub async fn list(
    conn: &mut SqliteConnection,
    id: Option<ExternalCalendarId>,
    now: Millis,
) -> Result<Vec<CalendarRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.id AS "id!: ExternalCalendarId", e.version, e.machine_id AS "machine?: MachineId", e.room_id AS "room?: RoomId",
                  coalesce(m.name, r.name) AS "resource_name!: String", m.type_id AS "kind?: TypeId", e.name,
                  e.address AS "address!: String", e.added_at AS "added!: Millis", e.etag, e.last_modified,
                  e.tried_at AS "tried?: Millis", e.read_at AS "read?: Millis", e.whole_at AS "whole?: Millis",
                  e.failure AS "failure?: Failure", e.failed_since AS "failed_since?: Millis", e.skipped, e.left_out,
                  (SELECT a.person_id FROM alias a WHERE a.id = e.added_by) AS "added_by?: PersonId",
                  (SELECT count(*) FROM closure c WHERE c.calendar_id = e.id AND c.ends_at > ?2 AND c.lifted_at IS NULL) AS "taken!: u32",
                  (SELECT count(*) FROM external_collision x WHERE x.calendar_id = e.id AND x.ends_at > ?2) AS "collisions!: u32"
             FROM external_calendar e LEFT JOIN machine m ON m.id = e.machine_id LEFT JOIN room r ON r.id = e.room_id
            WHERE e.removed_at IS NULL AND (?1 IS NULL OR e.id = ?1)
            ORDER BY e.name COLLATE NOCASE, e.id"#,
        id,
        now,
    )
    .fetch_all(conn)
    .await?;
    let stored = rows.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room))?;
        let skipped: BTreeMap<Skipped, u32> = serde_json::from_str(&row.skipped).unwrap_or_default();
        Some(CalendarRow {
            id: row.id,
            version: row.version,
            resource,
            resource_name: row.resource_name,
            kind: row.kind,
            name: row.name,
            address: row.address,
            added: row.added,
            etag: row.etag,
            last_modified: row.last_modified,
            tried: row.tried,
            read: row.read,
            whole: row.whole,
            failure: row.failure,
            failed_since: row.failed_since,
            skipped,
            left_out: serde_json::from_str(&row.left_out).unwrap_or_default(),
            added_by: row.added_by,
            taken: row.taken,
            collisions: row.collisions,
        })
    });
    Ok(stored.collect())
}

/// The calendar with this id, if it was not removed.
pub async fn one(
    conn: &mut SqliteConnection,
    id: ExternalCalendarId,
    now: Millis,
) -> Result<Option<CalendarRow>, StoreError> {
    Ok(list(conn, Some(id), now).await?.pop())
}

/// A machine or room that can have calendars.
#[derive(Debug, Clone)]
pub struct Choice {
    pub resource: Resource,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub name: String,
}

/// Machines and rooms that are not archived, by name.
pub async fn choices(conn: &mut SqliteConnection) -> Result<Vec<Choice>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "machine?: MachineId", NULL AS "room?: RoomId", type_id AS "kind?: TypeId", name AS "name!: String"
             FROM machine WHERE archived_at IS NULL
            UNION ALL SELECT NULL, id, NULL, name FROM room WHERE archived_at IS NULL
            ORDER BY 4 COLLATE NOCASE, 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    let choice = |machine: Option<MachineId>, room: Option<RoomId>| {
        machine.map(Resource::Machine).or_else(|| room.map(Resource::Room))
    };
    let choices = rows.into_iter().filter_map(|row| {
        Some(Choice { resource: choice(row.machine, row.room)?, kind: row.kind, name: row.name })
    });
    Ok(choices.collect())
}

/// The number of calendars.
pub async fn count(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let count =
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!: u32" FROM external_calendar WHERE removed_at IS NULL"#);
    Ok(count.fetch_one(conn).await?)
}

/// Calendars of machines and rooms in use that were last read before `before` or never, longest waiting first.
pub async fn due(conn: &mut SqliteConnection, before: Millis) -> Result<Vec<ExternalCalendarId>, StoreError> {
    let due = sqlx::query_scalar!(
        r#"SELECT e.id AS "id!: ExternalCalendarId"
             FROM external_calendar e LEFT JOIN machine m ON m.id = e.machine_id LEFT JOIN room r ON r.id = e.room_id
            WHERE e.removed_at IS NULL AND m.archived_at IS NULL AND r.archived_at IS NULL
              AND (e.tried_at IS NULL OR e.tried_at <= ?)
            ORDER BY e.tried_at IS NOT NULL, e.tried_at, e.id"#,
        before
    );
    Ok(due.fetch_all(conn).await?)
}

/// Skipped events in the calendars of a machine or room, or of the room of a machine.
pub async fn left_out(conn: &mut SqliteConnection, resource: Resource) -> Result<Vec<LeftOut>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let rows = sqlx::query_scalar!(
        "SELECT left_out FROM external_calendar
          WHERE removed_at IS NULL AND left_out <> '[]'
            AND (machine_id = ?1 OR room_id = ?2 OR room_id IN (SELECT room_id FROM room_machine WHERE machine_id = ?1))",
        machine,
        room,
    )
    .fetch_all(conn)
    .await?;
    let mut left_out: Vec<LeftOut> =
        rows.iter().flat_map(|row| serde_json::from_str::<Vec<LeftOut>>(row).unwrap_or_default()).collect();
    left_out.sort();
    Ok(left_out)
}

/// The result of a reading.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The server reports it unchanged.
    Unchanged,
    /// It was read completely.
    Whole {
        etag: Option<String>,
        last_modified: Option<String>,
        skipped: BTreeMap<Skipped, u32>,
        left_out: Vec<LeftOut>,
    },
    Failed(Failure),
}

/// Stores the result of a reading at `at`.
pub async fn noted(
    tx: &mut WriteTx,
    id: ExternalCalendarId,
    outcome: &Outcome,
    at: Millis,
) -> Result<(), StoreError> {
    match outcome {
        Outcome::Unchanged => {
            sqlx::query!(
                "UPDATE external_calendar SET tried_at = ?1, read_at = ?1, failure = NULL, failed_since = NULL WHERE id = ?2",
                at,
                id
            )
            .execute(tx.conn())
            .await?;
        }
        Outcome::Whole { etag, last_modified, skipped, left_out } => {
            let skipped = serde_json::to_string(skipped).unwrap_or_else(|_| "{}".to_owned());
            let left_out = serde_json::to_string(left_out).unwrap_or_else(|_| "[]".to_owned());
            sqlx::query!(
                "UPDATE external_calendar SET tried_at = ?1, read_at = ?1, whole_at = ?1, failure = NULL, failed_since = NULL,
                        etag = ?3, last_modified = ?4, skipped = ?5, left_out = ?6
                  WHERE id = ?2",
                at,
                id,
                etag,
                last_modified,
                skipped,
                left_out,
            )
            .execute(tx.conn())
            .await?;
        }
        Outcome::Failed(failure) => {
            sqlx::query!(
                "UPDATE external_calendar SET tried_at = ?1, failure = ?3, failed_since = coalesce(failed_since, ?1) WHERE id = ?2",
                at,
                id,
                failure,
            )
            .execute(tx.conn())
            .await?;
        }
    }
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its author is an alias, as in the audit log. Its address is the workshop’s, and titles of unreadable events
    // are its server’s: the next reading replaces them.
    Table::left("external_calendar", &["added_by", "name", "address", "left_out"], Erasing::Stays),
];
