//! Closures: rows of `closure`, at which a machine or a room cannot be had.

use domain::{
    bookings::{Cause, Resource},
    id::{AliasId, ClosureId, MachineId, RemarkId, RoomId, TypeId},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A closure to be made.
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

/// A closure as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: ClosureId,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub starts: Millis,
    pub ends: Millis,
    pub lifted: Option<Millis>,
}

impl Kept {
    /// What is closed.
    #[must_use]
    pub fn resource(&self) -> Resource {
        // The schema has one of the two.
        self.machine.map_or(Resource::Room(self.room.unwrap_or(RoomId(0))), Resource::Machine)
    }
}

pub async fn one(conn: &mut SqliteConnection, closure: ClosureId) -> Result<Option<Kept>, StoreError> {
    let kept = sqlx::query_as!(
        Kept,
        r#"SELECT c.id AS "id!: ClosureId", c.machine_id AS "machine?: MachineId", c.room_id AS "room?: RoomId",
                  m.type_id AS "kind?: TypeId", c.starts_at AS "starts!: Millis", c.ends_at AS "ends!: Millis", c.lifted_at AS "lifted?: Millis"
             FROM closure c LEFT JOIN machine m ON m.id = c.machine_id WHERE c.id = ?"#,
        closure,
    );
    Ok(kept.fetch_optional(conn).await?)
}
