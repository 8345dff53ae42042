//! Boards: rows of `machine_signal`, `board` and `rejected_message`.

use domain::{id::MachineId, live::Hint, time::Millis};

use crate::{StoreError, WriteTx};

/// Notes that some board spoke for the machine. Everybody is told when it was silent before.
pub async fn heard(tx: &mut WriteTx, machine: MachineId, at: Millis) -> Result<(), StoreError> {
    let was_online = sqlx::query_scalar!(
        r#"SELECT online AS "online: bool" FROM machine_signal WHERE machine_id = ?"#,
        machine
    )
    .fetch_optional(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (?, ?, 1)
             ON CONFLICT (machine_id) DO UPDATE SET heard_at = max(heard_at, excluded.heard_at), online = 1",
        machine,
        at,
    )
    .execute(tx.conn())
    .await?;
    if was_online != Some(true) {
        tx.after_commit(Hint::Machine(machine));
    }
    Ok(())
}

/// Marks the machines silent that were last heard before `limit`, and tells everybody. Answers how many.
pub async fn fall_silent(tx: &mut WriteTx, limit: Millis) -> Result<usize, StoreError> {
    let silent = sqlx::query_scalar!(
        r#"UPDATE machine_signal SET online = 0 WHERE online = 1 AND heard_at < ?
           RETURNING machine_id AS "machine_id: MachineId""#,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    for &machine in &silent {
        tx.after_commit(Hint::Machine(machine));
    }
    Ok(silent.len())
}

/// What a board says about itself.
#[derive(Debug, Clone)]
pub struct Introduction {
    /// For which machine it speaks.
    pub machine: MachineId,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    /// Its firmware.
    pub firmware: String,
    /// Its address in the network, as it says.
    pub address: String,
    /// Free memory in bytes, if it says.
    pub heap: Option<i64>,
    /// When it said so.
    pub at: Millis,
}

/// Boards remembered of one machine. One is right and two are a fault to look into; more are invented.
const BOARDS_OF_ONE: i64 = 20;

/// Keeps what a board says about itself.
pub async fn introduce(tx: &mut WriteTx, board: &Introduction) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO board (machine_id, serial, firmware, address, heap, first_seen, last_seen)
              SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6
               WHERE (SELECT count(*) FROM board WHERE machine_id = ?1 AND serial <> ?2) < ?7
             ON CONFLICT (machine_id, serial) DO UPDATE
            SET firmware = excluded.firmware, address = excluded.address, heap = excluded.heap,
                last_seen = max(last_seen, excluded.last_seen)",
        board.machine,
        board.serial,
        board.firmware,
        board.address,
        board.heap,
        board.at,
        BOARDS_OF_ONE,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Messages of one kind that could not be read.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The kind, a stable word.
    pub kind: &'static str,
    /// How many came.
    pub seen: i64,
    /// When the last came.
    pub last_at: Millis,
    /// On which topic.
    pub topic: String,
    /// What it was, shortened, card uids masked.
    pub example: String,
}

/// Counts messages that could not be read.
pub async fn rejected(tx: &mut WriteTx, rejection: &Rejection) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO rejected_message (kind, seen, last_at, topic, example) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (kind) DO UPDATE SET seen = seen + excluded.seen, last_at = excluded.last_at,
                                              topic = excluded.topic, example = excluded.example",
        rejection.kind,
        rejection.seen,
        rejection.last_at,
        rejection.topic,
        rejection.example,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
