//! What keeps machines from being used: rows of `machine_block`.

use crate::privacy::{Erasing, Table};
use domain::{
    id::{AliasId, BlockId, MachineId, RemarkId, ReportId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A block to be placed.
#[derive(Debug, Clone, Copy)]
pub struct NewBlock {
    pub machine: MachineId,
    pub by: Option<AliasId>,
    pub because: Option<RemarkId>,
    /// It does not wait until nobody is on the machine.
    pub at_once: bool,
    pub report: Option<ReportId>,
    pub at: Millis,
}

/// A block in force.
#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    pub since: Millis,
    /// Who placed it, while they are known by name.
    pub by: Option<String>,
    pub because: Option<String>,
    /// It did not wait until nobody was on the machine.
    pub at_once: bool,
    pub report: Option<ReportId>,
}

/// Blocks a machine that is not blocked.
///
/// Fails with [`StoreError::Unique`] when it is.
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

/// What keeps `machine` from being used, if something does.
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

/// Which machine of which type a block was placed on, and whether it is in force.
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

/// A block counts at once that waited until now.
pub async fn block_at_once(tx: &mut WriteTx, block: BlockId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine_block SET at_once = 1 WHERE id = ?", block).execute(tx.conn()).await?;
    Ok(())
}

/// A block goes on because of another problem.
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

/// What is kept of people here.
pub(crate) const KEPT: &[Table] = &[
    // Who placed, made or had something done: an alias, and in the record of what was done.
    Table::left("machine_block", &["placed_by", "lifted_by", "remark_id"], Erasing::Emptied("remark_id")),
];
