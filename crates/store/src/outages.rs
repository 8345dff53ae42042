//! Outages: which blocked machines are booked, and which others are equal to them.

use domain::{
    bookings::Resource,
    id::{BlockId, MachineId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// Machines of type `kind` that are in service, but for `without`; no more than `limit`.
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

/// Blocks in force on machines that somebody has booked from `now` to `before`.
pub async fn with_bookings(
    conn: &mut SqliteConnection,
    now: Millis,
    before: Millis,
) -> Result<Vec<(BlockId, MachineId)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT b.id AS "id!: BlockId", b.machine_id AS "machine!: MachineId" FROM machine_block b
            WHERE b.lifted_at IS NULL
              AND EXISTS (SELECT 1 FROM booking k WHERE k.machine_id = b.machine_id AND k.starts_at >= ?1 AND k.starts_at < ?2
                             AND k.state IN ('pending', 'approved'))"#,
        now,
        before,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(|row| (row.id, row.machine)).collect())
}

/// Whether a machine cannot be used, whoever wants to: it is put away or blocked. A room always can.
pub async fn is_out(conn: &mut SqliteConnection, resource: Resource) -> Result<bool, StoreError> {
    let Resource::Machine(machine) = resource else { return Ok(false) };
    let is_out = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM machine WHERE id = ?1 AND archived_at IS NOT NULL)
               OR EXISTS (SELECT 1 FROM machine_block WHERE machine_id = ?1 AND lifted_at IS NULL) AS "is!: bool""#,
        machine,
    );
    Ok(is_out.fetch_one(conn).await?)
}
