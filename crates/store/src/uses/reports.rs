//! Whether boards report uses while they run: `machine_signal.reports_uses`.

use crate::{StoreError, WriteTx};
use domain::id::MachineId;
use sqlx::SqliteConnection;

/// Whether the board of `machine` reports uses while they run. Until known, boards whose firmware reports a serial
/// number do.
pub async fn reports_uses(conn: &mut SqliteConnection, machine: MachineId) -> Result<bool, StoreError> {
    let reports = sqlx::query_scalar!(
        r#"SELECT coalesce((SELECT reports_uses FROM machine_signal WHERE machine_id = ?1),
                           NOT EXISTS (SELECT 1 FROM board WHERE machine_id = ?1)
                               OR EXISTS (SELECT 1 FROM board WHERE machine_id = ?1 AND serial <> '')) AS "reports!: bool""#,
        machine,
    );
    Ok(reports.fetch_one(conn).await?)
}

/// Records that the board of `machine` reports uses. Returns whether that is new.
pub async fn reported(tx: &mut WriteTx, machine: MachineId) -> Result<bool, StoreError> {
    let noted = sqlx::query!("UPDATE machine_signal SET reports_uses = 1 WHERE machine_id = ?", machine);
    Ok(noted.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Records that a use at `machine` ended without any report while it ran.
pub async fn never_reported(tx: &mut WriteTx, machine: MachineId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine_signal SET reports_uses = 0 WHERE machine_id = ?", machine)
        .execute(tx.conn())
        .await?;
    Ok(())
}
