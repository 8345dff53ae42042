//! Blocks of machines: rows of `machine_block`.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, BlockId, MachineId, RemarkId, ReportId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, Copy)]
pub struct NewBlock {
    pub machine: MachineId,
    pub by: Option<AliasId>,
    pub because: Option<RemarkId>,
    /// It does not wait for the running use to end.
    pub at_once: bool,
    pub report: Option<ReportId>,
    pub at: Millis,
}

/// A block in force.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    pub since: Millis,
    /// Who placed it, if known.
    pub by: Option<String>,
    pub because: Option<String>,
    /// It did not wait for the running use to end.
    pub at_once: bool,
    pub report: Option<ReportId>,
}

/// Blocks a machine.
///
/// Fails with [`StoreError::Unique`] if it is blocked already.
pub async fn block(tx: &mut WriteTx, new: &NewBlock) -> Result<BlockId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO machine_block (machine_id, placed_at, placed_by, remark_id, at_once, report_id)
              VALUES (?, ?, ?, ?, ?, ?)",
        new.machine,
        new.at,
        new.by,
        new.because,
        new.at_once,
        new.report,
    )
    .execute(tx.conn())
    .await?;
    Ok(BlockId(made.last_insert_rowid()))
}

/// The block of `machine`, if any.
pub async fn blocked(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<Block>, StoreError> {
    let found = sqlx::query_as!(
        Block,
        r#"SELECT b.id AS "id!: BlockId", b.placed_at AS "since!: Millis", f.name AS "by?", r.body AS "because?",
                  b.at_once AS "at_once!: bool", b.report_id AS "report?: ReportId"
             FROM machine_block b LEFT JOIN remark r ON r.id = b.remark_id
             LEFT JOIN alias a ON a.id = b.placed_by LEFT JOIN profile f ON f.person_id = a.person_id
            WHERE b.machine_id = ? AND b.lifted_at IS NULL"#,
        machine,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// The machine of a block, its type, and whether the block is in force.
pub async fn block_of(
    conn: &mut SqliteConnection,
    block: BlockId,
) -> Result<Option<(MachineId, TypeId, bool)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT b.machine_id AS "machine!: MachineId", m.type_id AS "kind!: TypeId",
                  b.lifted_at IS NULL AS "in_force!: bool"
             FROM machine_block b JOIN machine m ON m.id = b.machine_id WHERE b.id = ?"#,
        block,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.machine, row.kind, row.in_force)))
}

/// Lifts a block that is in force.
pub async fn lift(tx: &mut WriteTx, block: BlockId, by: Option<AliasId>, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine_block SET lifted_at = ?, lifted_by = ? WHERE id = ?", at, by, block)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Makes a waiting block effective at once.
pub async fn block_at_once(tx: &mut WriteTx, block: BlockId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine_block SET at_once = 1 WHERE id = ?", block).execute(tx.conn()).await?;
    Ok(())
}

/// Changes the problem that a block is based on.
pub async fn block_because(
    tx: &mut WriteTx,
    block: BlockId,
    report: ReportId,
    words: Option<RemarkId>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine_block SET report_id = ?, remark_id = ? WHERE id = ?", report, words, block)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its author is an alias, as in the audit log.
    Table::left("machine_block", &["placed_by", "lifted_by", "remark_id"], Erasing::Emptied("remark_id")),
];
