//! External calendars: rows of `external_calendar` and `external_collision`, and the closures that their events are.

use crate::privacy::{Erasing, Table};
use domain::{
    bookings::{Cause, Resource, Taken},
    external_calendars::{Collision, Failure, Skipped},
    id::{AliasId, ClosureId, ExternalCalendarId, MachineId, RoomId, TypeId},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx, json};

/// A calendar to be added.
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

/// The calendar is not read any more; its address is forgotten.
pub async fn remove(tx: &mut WriteTx, id: ExternalCalendarId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE external_calendar SET removed_at = ?, address = NULL, etag = NULL, last_modified = NULL, version = version + 1
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
pub struct Kept {
    pub id: ExternalCalendarId,
    pub version: i64,
    pub resource: Resource,
    /// What the machine or room is called.
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
    /// When all of it was read, not only that it is unchanged.
    pub whole: Option<Millis>,
    pub failure: Option<Failure>,
    pub failed_since: Option<Millis>,
    /// Events that were left out, by reason.
    pub skipped: BTreeMap<Skipped, u32>,
    /// Times that it takes from now on.
    pub taken: u32,
    pub collisions: u32,
}

/// Calendars by name, those of machines and rooms that are put away too; only `id` where it is given. `now`: whose events are over
/// do not count.
pub async fn list(
    conn: &mut SqliteConnection,
    id: Option<ExternalCalendarId>,
    now: Millis,
) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.id AS "id!: ExternalCalendarId", e.version, e.machine_id AS "machine?: MachineId", e.room_id AS "room?: RoomId",
                  coalesce(m.name, r.name) AS "resource_name!: String", m.type_id AS "kind?: TypeId", e.name,
                  e.address AS "address!: String", e.added_at AS "added!: Millis", e.etag, e.last_modified,
                  e.tried_at AS "tried?: Millis", e.read_at AS "read?: Millis", e.whole_at AS "whole?: Millis",
                  e.failure AS "failure?: Failure", e.failed_since AS "failed_since?: Millis", e.skipped,
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
    let kept = rows.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room))?;
        let skipped: BTreeMap<Skipped, u32> = serde_json::from_str(&row.skipped).unwrap_or_default();
        Some(Kept {
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
            taken: row.taken,
            collisions: row.collisions,
        })
    });
    Ok(kept.collect())
}

/// The one with this id, if it was not removed.
pub async fn one(
    conn: &mut SqliteConnection,
    id: ExternalCalendarId,
    now: Millis,
) -> Result<Option<Kept>, StoreError> {
    Ok(list(conn, Some(id), now).await?.pop())
}

/// A machine or a room that can have calendars.
#[derive(Debug, Clone)]
pub struct Choice {
    pub resource: Resource,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub name: String,
}

/// Machines and rooms that are not put away, by name.
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

/// How many there are.
pub async fn count(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let count =
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!: u32" FROM external_calendar WHERE removed_at IS NULL"#);
    Ok(count.fetch_one(conn).await?)
}

/// Those that were last tried before `before`, or never, of machines and rooms in use, the one that waits longest first.
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

/// What a calendar takes that ends after `after`.
pub async fn held(
    conn: &mut SqliteConnection,
    id: ExternalCalendarId,
    after: Millis,
) -> Result<Vec<(ClosureId, Span)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: ClosureId", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis" FROM closure
            WHERE calendar_id = ? AND ends_at > ? AND lifted_at IS NULL ORDER BY starts_at"#,
        id,
        after,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, Span { starts: row.starts, ends: row.ends })).collect())
}

/// What else takes `resource` within `within`: what is not of the calendar `but`. A room is taken while one of its machines is.
pub async fn others(
    conn: &mut SqliteConnection,
    resource: Resource,
    within: Span,
    but: ExternalCalendarId,
) -> Result<Vec<Taken>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let rows = sqlx::query!(
        r#"SELECT o.starts_at AS "starts!: Millis", o.ends_at AS "ends!: Millis",
                  coalesce(o.booking_id, o.waiting_id) IS NOT NULL AS "booking!: bool", c.kind AS "closure?: Cause"
             FROM (SELECT starts_at, ends_at, booking_id, waiting_id, closure_id FROM occupation
                    WHERE machine_id = ?1 AND starts_at < ?4
                   UNION
                   SELECT starts_at, ends_at, booking_id, waiting_id, closure_id FROM occupation
                    WHERE room_id = ?2 AND starts_at < ?4
                   UNION
                   SELECT t.starts_at, t.ends_at, t.booking_id, t.waiting_id, t.closure_id
                     FROM room_machine i JOIN occupation t ON t.machine_id = i.machine_id
                    WHERE i.room_id = ?2 AND t.starts_at < ?4) o
             LEFT JOIN closure c ON c.id = o.closure_id
            WHERE o.ends_at > ?3 AND c.calendar_id IS NOT ?5
            ORDER BY o.starts_at, o.ends_at"#,
        machine,
        room,
        within.starts,
        within.ends,
        but,
    )
    .fetch_all(conn)
    .await?;
    let others = rows.into_iter().map(|row| Taken {
        span: Span { starts: row.starts, ends: row.ends },
        by: row.closure.unwrap_or(if row.booking { Cause::Booking } else { Cause::Checkout }),
    });
    Ok(others.collect())
}

/// Gives back what a calendar took. Of what has not begun nothing is kept.
pub async fn release(tx: &mut WriteTx, closures: &[ClosureId], now: Millis) -> Result<(), StoreError> {
    let ids = json::ids(closures.iter().map(|id| id.0));
    sqlx::query!("DELETE FROM occupation WHERE closure_id IN (SELECT value FROM json_each(?))", ids)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM closure WHERE id IN (SELECT value FROM json_each(?)) AND starts_at > ?", ids, now)
        .execute(tx.conn())
        .await?;
    sqlx::query!("UPDATE closure SET lifted_at = ? WHERE id IN (SELECT value FROM json_each(?))", now, ids)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes the time of a machine, or of a room and the machines in it, for events of a calendar. [`StoreError::Overlap`] when something
/// else has some of it.
pub async fn take(
    tx: &mut WriteTx,
    id: ExternalCalendarId,
    resource: Resource,
    spans: &[Span],
    now: Millis,
) -> Result<(), StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let spans: serde_json::Value =
        spans.iter().map(|span| serde_json::json!([span.starts.0, span.ends.0])).collect();
    let spans = spans.to_string();
    sqlx::query!(
        "INSERT INTO closure (machine_id, room_id, kind, starts_at, ends_at, made_at, calendar_id)
              SELECT ?1, ?2, 'external', value ->> 0, value ->> 1, ?4, ?5 FROM json_each(?3)",
        machine,
        room,
        spans,
        now,
        id,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO occupation (machine_id, room_id, starts_at, ends_at, closure_id)
              SELECT c.machine_id, c.room_id, c.starts_at, c.ends_at, c.id FROM closure c
               WHERE c.calendar_id = ?1 AND c.ends_at > ?2 AND c.lifted_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.closure_id = c.id)
              UNION ALL
              SELECT i.machine_id, NULL, c.starts_at, c.ends_at, c.id
                FROM closure c JOIN room_machine i ON i.room_id = c.room_id
               WHERE c.calendar_id = ?1 AND c.ends_at > ?2 AND c.lifted_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.closure_id = c.id)",
        id,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps what collided at the last reading, instead of what did before.
pub async fn collided(
    tx: &mut WriteTx,
    id: ExternalCalendarId,
    collisions: &[Collision],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM external_collision WHERE calendar_id = ?", id).execute(tx.conn()).await?;
    let rows = collisions.iter().map(|one| {
        let (span, with) = (one.span, one.with);
        serde_json::json!([span.starts.0, span.ends.0, with.by.word(), with.span.starts.0, with.span.ends.0])
    });
    let rows = rows.collect::<serde_json::Value>().to_string();
    sqlx::query!(
        "INSERT INTO external_collision (calendar_id, starts_at, ends_at, cause, with_starts_at, with_ends_at)
              SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2)",
        id,
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What collided at the last reading and is not over, of each calendar or of one, in order.
pub async fn collisions(
    conn: &mut SqliteConnection,
    id: Option<ExternalCalendarId>,
    now: Millis,
) -> Result<Vec<(ExternalCalendarId, Collision)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT calendar_id AS "id!: ExternalCalendarId", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis",
                  cause AS "cause!: Cause", with_starts_at AS "with_starts!: Millis", with_ends_at AS "with_ends!: Millis"
             FROM external_collision WHERE (?1 IS NULL OR calendar_id = ?1) AND ends_at > ?2 ORDER BY calendar_id, starts_at"#,
        id,
        now,
    )
    .fetch_all(conn)
    .await?;
    let collisions = rows.into_iter().map(|row| {
        let with = Taken { span: Span { starts: row.with_starts, ends: row.with_ends }, by: row.cause };
        (row.id, Collision { span: Span { starts: row.starts, ends: row.ends }, with })
    });
    Ok(collisions.collect())
}

/// How a reading ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Its server says that it is unchanged.
    Unchanged,
    /// All of it was read.
    Whole {
        etag: Option<String>,
        last_modified: Option<String>,
        skipped: BTreeMap<Skipped, u32>,
    },
    Failed(Failure),
}

/// Notes how a reading ended at `at`.
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
        Outcome::Whole { etag, last_modified, skipped } => {
            let skipped = serde_json::to_string(skipped).unwrap_or_else(|_| "{}".to_owned());
            sqlx::query!(
                "UPDATE external_calendar SET tried_at = ?1, read_at = ?1, whole_at = ?1, failure = NULL, failed_since = NULL,
                        etag = ?3, last_modified = ?4, skipped = ?5
                  WHERE id = ?2",
                at,
                id,
                etag,
                last_modified,
                skipped,
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

/// What is kept of people here.
pub(crate) const KEPT: &[Table] = &[
    // Who added it: an alias, and in the record of what was done. Its address is the workshop’s.
    Table::left("external_calendar", &["added_by", "name", "address"], Erasing::Stays),
];
