//! Closures: rows of `closure`, during which a machine or room is unavailable.

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::{Cause, Resource},
    id::{AliasId, ClosureId, MachineId, RemarkId, RoomId, TypeId},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, Copy)]
pub struct NewClosure {
    pub resource: Resource,
    /// [`Cause::Maintenance`] or [`Cause::Closure`].
    pub kind: Cause,
    pub span: Span,
    pub remark: Option<RemarkId>,
    pub at: Millis,
    pub by: Option<AliasId>,
}

pub async fn add(tx: &mut WriteTx, new: &NewClosure) -> Result<ClosureId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let made = sqlx::query!(
        "INSERT INTO closure (machine_id, room_id, kind, starts_at, ends_at, remark_id, made_at, made_by)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        machine,
        room,
        new.kind,
        new.span.starts,
        new.span.ends,
        new.remark,
        new.at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(ClosureId(made.last_insert_rowid()))
}

pub async fn lift(
    tx: &mut WriteTx,
    closure: ClosureId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE closure SET lifted_at = ?, lifted_by = ? WHERE id = ?", at, by, closure)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A closure in force.
#[derive(Debug, Clone)]
pub struct ClosureRow {
    pub id: ClosureId,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// The machine's type.
    pub of_type: Option<TypeId>,
    /// Name of the machine or room.
    pub name: String,
    pub kind: Cause,
    pub starts: Millis,
    pub ends: Millis,
    /// The reason given.
    pub note: Option<String>,
}

impl ClosureRow {
    /// The closed machine or room.
    pub fn resource(&self) -> Resource {
        match (self.machine, self.room) {
            (Some(machine), _) => Resource::Machine(machine),
            // The schema has one of the two.
            (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
        }
    }
}

/// A closure that was not lifted.
pub async fn one(conn: &mut SqliteConnection, closure: ClosureId) -> Result<Option<ClosureRow>, StoreError> {
    let stored = sqlx::query_as!(
        ClosureRow,
        r#"SELECT c.id AS "id!: ClosureId", c.machine_id AS "machine?: MachineId", c.room_id AS "room?: RoomId",
                  m.type_id AS "of_type?: TypeId", coalesce(m.name, r.name) AS "name!: String", c.kind AS "kind!: Cause",
                  c.starts_at AS "starts!: Millis", c.ends_at AS "ends!: Millis", k.body AS "note?: String"
             FROM closure c LEFT JOIN machine m ON m.id = c.machine_id LEFT JOIN room r ON r.id = c.room_id
             LEFT JOIN remark k ON k.id = c.remark_id
            WHERE c.id = ? AND c.lifted_at IS NULL"#,
        closure,
    );
    Ok(stored.fetch_optional(conn).await?)
}

/// Closures that end after `after` and begin before `before`, in order, without those of external calendars: of one
/// machine or room, or all.
pub async fn list(
    conn: &mut SqliteConnection,
    resource: Option<Resource>,
    after: Millis,
    before: Option<Millis>,
) -> Result<Vec<ClosureRow>, StoreError> {
    let (machine, room) = (resource.and_then(Resource::machine), resource.and_then(Resource::room));
    let all = resource.is_none();
    let stored = sqlx::query_as!(
        ClosureRow,
        r#"SELECT c.id AS "id!: ClosureId", c.machine_id AS "machine?: MachineId", c.room_id AS "room?: RoomId",
                  m.type_id AS "of_type?: TypeId", coalesce(m.name, r.name) AS "name!: String", c.kind AS "kind!: Cause",
                  c.starts_at AS "starts!: Millis", c.ends_at AS "ends!: Millis", k.body AS "note?: String"
             FROM closure c LEFT JOIN machine m ON m.id = c.machine_id LEFT JOIN room r ON r.id = c.room_id
             LEFT JOIN remark k ON k.id = c.remark_id
            WHERE c.calendar_id IS NULL AND c.lifted_at IS NULL AND c.ends_at > ?1 AND (?2 IS NULL OR c.starts_at < ?2)
              AND (?3 OR c.machine_id = ?4 OR c.room_id = ?5)
            ORDER BY c.starts_at, c.id"#,
        after,
        before,
        all,
        machine,
        room,
    );
    Ok(stored.fetch_all(conn).await?)
}

/// The machines with a closure that began or ended after `since`, until `now`.
pub async fn list_changed_machines(
    conn: &mut SqliteConnection,
    since: Millis,
    now: Millis,
) -> Result<Vec<MachineId>, StoreError> {
    let machines = sqlx::query_scalar!(
        r#"SELECT m.id AS "id!: MachineId"
             FROM machine m
             JOIN occupation o ON o.id = (SELECT id FROM occupation WHERE machine_id = m.id AND starts_at <= ?2
                                           ORDER BY starts_at DESC LIMIT 1)
            WHERE o.closure_id IS NOT NULL AND (o.starts_at > ?1 OR (o.ends_at > ?1 AND o.ends_at <= ?2))"#,
        since,
        now,
    );
    Ok(machines.fetch_all(conn).await?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its author is an alias, as in the audit log.
    Table::left("closure", &["made_by", "lifted_by", "remark_id"], Erasing::Emptied("remark_id")),
];
