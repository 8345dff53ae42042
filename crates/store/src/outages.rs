//! Outages: which blocked machines are booked, and which others can replace them.

use domain::{
    bookings::{Resource, State},
    id::{BlockId, BookingId, MachineId, PersonId, RoomId, TypeId},
    notices::Instead,
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

use crate::StoreError;

/// Machines in service of type `kind` except `without`; at most `limit`.
pub async fn equals(
    conn: &mut SqliteConnection,
    kind: TypeId,
    without: Option<MachineId>,
    limit: u32,
) -> Result<Vec<MachineId>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT m.id AS "id!: MachineId" FROM machine m
            WHERE m.type_id = ?1 AND m.archived_at IS NULL AND m.id IS NOT ?2
              AND NOT EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
            ORDER BY m.name, m.id LIMIT ?3"#,
        kind,
        without,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// Blocks in force on machines that are booked, or whose room is, from `now` to `before`.
pub async fn with_bookings(
    conn: &mut SqliteConnection,
    now: Millis,
    before: Millis,
) -> Result<Vec<(BlockId, MachineId)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT b.id AS "id!: BlockId", b.machine_id AS "machine!: MachineId" FROM machine_block b
            WHERE b.lifted_at IS NULL
              AND (EXISTS (SELECT 1 FROM booking k WHERE k.machine_id = b.machine_id AND k.starts_at >= ?1 AND k.starts_at < ?2
                              AND k.state IN ('pending', 'approved'))
                OR EXISTS (SELECT 1 FROM room_machine i JOIN booking k ON k.room_id = i.room_id
                            WHERE i.machine_id = b.machine_id AND k.starts_at >= ?1 AND k.starts_at < ?2
                              AND k.state IN ('pending', 'approved')))"#,
        now,
        before,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(|row| (row.id, row.machine)).collect())
}

/// The blocked machines.
pub async fn blocked(conn: &mut SqliteConnection) -> Result<BTreeSet<MachineId>, StoreError> {
    let found =
        sqlx::query_scalar!(r#"SELECT machine_id AS "id!: MachineId" FROM machine_block WHERE lifted_at IS NULL"#);
    Ok(found.fetch_all(conn).await?.into_iter().collect())
}

/// Whether a machine is archived or blocked. A room never is.
pub async fn is_out(conn: &mut SqliteConnection, resource: Resource) -> Result<bool, StoreError> {
    let Resource::Machine(machine) = resource else { return Ok(false) };
    let is_out = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM machine WHERE id = ?1 AND archived_at IS NOT NULL)
               OR EXISTS (SELECT 1 FROM machine_block WHERE machine_id = ?1 AND lifted_at IS NULL) AS "is!: bool""#,
        machine,
    );
    Ok(is_out.fetch_one(conn).await?)
}

/// A booking whose holder was notified of a block, in its present state.
#[derive(Debug, Clone)]
pub struct NotifiedHolder {
    pub booking: BookingId,
    pub person: Option<PersonId>,
    pub name: Option<String>,
    /// When it began at the time of the notification.
    pub was: Millis,
    /// Its present machine or room, and the name of that.
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    pub name_now: Option<String>,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// When it reached its state, or was moved.
    pub changed: Millis,
    pub told: Millis,
    instead: String,
}

impl NotifiedHolder {
    /// The alternative they were offered.
    #[must_use]
    pub fn instead(&self) -> Instead {
        serde_json::from_value(self.instead.clone().into()).unwrap_or(Instead::Nothing)
    }
}

/// Bookings whose holders were notified of `block`, in force since `since`, by start; at most `limit`.
pub async fn unnotified(
    conn: &mut SqliteConnection,
    (block, since): (BlockId, Millis),
    limit: u32,
) -> Result<Vec<NotifiedHolder>, StoreError> {
    let found = sqlx::query_as!(
        NotifiedHolder,
        r#"SELECT b.id AS "booking!: BookingId", b.person_id AS "person?: PersonId", coalesce(g.name, f.name) AS "name?: String",
                  json_extract(n.body, '$.outage.starts') AS "was!: Millis",
                  b.machine_id AS "machine?: MachineId", b.room_id AS "room?: RoomId",
                  coalesce(m.name, r.name) AS "name_now?: String",
                  b.starts_at AS "starts!: Millis", b.ends_at AS "ends!: Millis", b.state AS "state!: State",
                  coalesce(b.decided_at, b.asked_at) AS "changed!: Millis", n.told_at AS "told!: Millis",
                  coalesce(json_extract(n.body, '$.outage.instead'), '') AS "instead!: String"
             FROM notice n
             JOIN booking b ON b.id = json_extract(n.body, '$.outage.booking')
             LEFT JOIN machine m ON m.id = b.machine_id
             LEFT JOIN room r ON r.id = b.room_id
             LEFT JOIN profile f ON f.person_id = b.person_id
             LEFT JOIN person_group g ON g.id = b.group_id
            WHERE n.told_at >= ?2 AND n.kind = 'booking.outage' AND json_extract(n.body, '$.outage.block') = ?1
            ORDER BY 4, b.id LIMIT ?3"#,
        block,
        since,
        limit,
    );
    Ok(found.fetch_all(conn).await?)
}
