//! Boards: rows of `machine_signal`, `board` and `rejected_message`.

pub mod logins;

use crate::personal_data::{Erasing, Table};
use domain::{
    boards::{MachineNumber, TOGETHER},
    id::{BoardId, MachineId, TypeId},
    live::ChangeEvent,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Notes that a board spoke for the machine. Publishes an event if the machine was silent before.
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
        tx.after_commit(ChangeEvent::Machine(machine));
    }
    Ok(())
}

/// Marks machines last heard before `limit` as silent, publishes events and returns their number.
pub async fn fall_silent(tx: &mut WriteTx, limit: Millis) -> Result<usize, StoreError> {
    let silent = sqlx::query_scalar!(
        r#"UPDATE machine_signal SET online = 0 WHERE online = 1 AND heard_at < ?
           RETURNING machine_id AS "machine_id: MachineId""#,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    for &machine in &silent {
        tx.after_commit(ChangeEvent::Machine(machine));
    }
    Ok(silent.len())
}

/// Whether the board of `machine` was ever heard.
pub async fn was_heard(conn: &mut SqliteConnection, machine: MachineId) -> Result<bool, StoreError> {
    let heard = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM machine_signal WHERE machine_id = ?) AS "heard!: bool""#,
        machine,
    )
    .fetch_one(conn)
    .await?;
    Ok(heard)
}

/// A board's description of itself.
#[derive(Debug, Clone)]
pub struct Introduction {
    pub machine: MachineId,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    pub firmware: String,
    /// Its network address, as reported.
    pub address: String,
    /// Free memory in bytes, if reported.
    pub heap: Option<i64>,
    pub at: Millis,
}

/// Boards stored per machine. One is right, two are a fault to look into, more are made up.
const BOARDS_OF_ONE: i64 = 20;

/// Stores a board's introduction. Publishes an event if it differs from the last one.
pub async fn introduce(tx: &mut WriteTx, board: &Introduction) -> Result<(), StoreError> {
    let before = sqlx::query!(
        "SELECT firmware, address FROM board WHERE machine_id = ? AND serial = ?",
        board.machine,
        board.serial,
    )
    .fetch_optional(tx.conn())
    .await?;
    if before.is_none_or(|before| before.firmware != board.firmware || before.address != board.address) {
        tx.after_commit(ChangeEvent::Machine(board.machine));
    }
    let lately = board.at.before(TOGETHER);
    sqlx::query!(
        "INSERT INTO board (machine_id, serial, firmware, address, heap, first_seen, last_seen)
              SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6
               WHERE (SELECT count(*) FROM board WHERE machine_id = ?1 AND serial <> ?2) < ?7
             ON CONFLICT (machine_id, serial) DO UPDATE
            SET firmware = excluded.firmware, address = excluded.address, heap = excluded.heap,
                last_seen = max(last_seen, excluded.last_seen),
                alternated_at = iif(excluded.address <> address AND excluded.address = other_address AND other_seen >= ?8,
                                    ?6, alternated_at),
                other_seen = iif(excluded.address <> address, last_seen, other_seen),
                other_address = iif(excluded.address <> address, address, other_address)",
        board.machine,
        board.serial,
        board.firmware,
        board.address,
        board.heap,
        board.at,
        BOARDS_OF_ONE,
        lately,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A machine that was heard, with one of its boards, if any introduced itself.
#[derive(Debug, Clone)]
pub struct Heard {
    pub machine: MachineId,
    pub name: String,
    pub number: Option<MachineNumber>,
    pub kind: TypeId,
    /// When any board was last heard.
    pub heard: Option<Millis>,
    pub board: Option<BoardId>,
    pub serial: Option<String>,
    pub firmware: Option<String>,
    pub address: Option<String>,
    pub heap: Option<i64>,
    /// When it first introduced itself.
    pub first: Option<Millis>,
    /// When it last did.
    pub last: Option<Millis>,
    /// The address reported before.
    pub other: Option<String>,
    /// When two addresses were last seen to alternate.
    pub alternated: Option<Millis>,
}

/// Machines that are not archived and were heard, by name, with a row per board, newest introduction first.
pub async fn heard_of(conn: &mut SqliteConnection) -> Result<Vec<Heard>, StoreError> {
    let heard = sqlx::query_as!(
        Heard,
        r#"SELECT m.id AS "machine!: MachineId", m.name AS "name!", m.number AS "number?: MachineNumber",
                  m.type_id AS "kind!: TypeId", s.heard_at AS "heard?: Millis", b.id AS "board?: BoardId",
                  b.serial AS "serial?", b.firmware AS "firmware?", b.address AS "address?", b.heap AS "heap?",
                  b.first_seen AS "first?: Millis", b.last_seen AS "last?: Millis", b.other_address AS "other?",
                  b.alternated_at AS "alternated?: Millis"
             FROM machine m LEFT JOIN machine_signal s ON s.machine_id = m.id LEFT JOIN board b ON b.machine_id = m.id
            WHERE m.archived_at IS NULL AND (s.machine_id IS NOT NULL OR b.id IS NOT NULL)
            ORDER BY m.name, m.id, b.last_seen DESC, b.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(heard)
}

/// A board's machine, its type, and when the board last introduced itself.
pub async fn one(
    conn: &mut SqliteConnection,
    board: BoardId,
) -> Result<Option<(MachineId, TypeId, Millis)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT b.machine_id AS "machine!: MachineId", m.type_id AS "kind!: TypeId", b.last_seen AS "last!: Millis"
             FROM board b JOIN machine m ON m.id = b.machine_id WHERE b.id = ?"#,
        board,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.machine, row.kind, row.last)))
}

pub async fn forget(tx: &mut WriteTx, board: BoardId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM board WHERE id = ?", board).execute(tx.conn()).await?;
    Ok(())
}

/// Unreadable messages of one kind.
#[derive(Debug, Clone)]
pub struct Rejection {
    pub kind: &'static str,
    pub seen: i64,
    /// When the last arrived.
    pub last_at: Millis,
    pub topic: String,
    /// An example, shortened, with card uids masked.
    pub example: String,
}

/// Counts unreadable messages.
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

/// Stored count of unreadable messages of one kind.
#[derive(Debug, Clone)]
pub struct Unread {
    pub kind: String,
    pub seen: i64,
    /// When the last arrived.
    pub last_at: Millis,
    pub topic: String,
    pub example: String,
}

/// Unreadable messages by kind, newest first.
pub async fn unread(conn: &mut SqliteConnection) -> Result<Vec<Unread>, StoreError> {
    let unread = sqlx::query_as!(
        Unread,
        r#"SELECT kind, seen, last_at AS "last_at: Millis", topic, example FROM rejected_message
            ORDER BY last_at DESC, kind"#
    )
    .fetch_all(conn)
    .await?;
    Ok(unread)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its uses are exported instead.
    Table::left("board_fact", &["card_id", "unknown_card_id"], Erasing::Stays),
];
