//! Doors and their openings: rows of `door` and `door_opening`.
//!
//! Invariant: an opening is deleted after 30 days. Not here: who is inside ([`visits`]), and refusals, which are attempts.

pub mod visits;

use domain::{
    boards::MachineNumber,
    cards::CardUid,
    doors::{Answer, Leaves},
    id::{AliasId, CardId, MachineId, PersonId, RoomId, TypeId, UnknownCardId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{
    StoreError, WriteTx,
    personal_data::{Erasing, Table},
};

/// A door, with what its state follows from.
#[derive(Debug, Clone)]
pub struct DoorRow {
    pub machine: MachineId,
    pub name: String,
    pub kind: TypeId,
    pub number: Option<MachineNumber>,
    pub room: Option<RoomId>,
    pub room_name: Option<String>,
    pub leaves: Leaves,
    pub blocked: bool,
    /// When its board was last heard.
    pub heard: Option<Millis>,
    /// Whether a remote opening is under way.
    pub opening: bool,
    /// When it was last opened.
    pub opened: Option<Millis>,
}

/// The doors, without archived machines.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<DoorRow>, StoreError> {
    let rows = sqlx::query_as!(
        DoorRow,
        r#"SELECT m.id AS "machine!: MachineId", m.name AS "name!", m.type_id AS "kind!: TypeId",
                  m.number AS "number?: MachineNumber", d.room_id AS "room?: RoomId", r.name AS "room_name?: String",
                  d.leaves AS "leaves!: Leaves",
                  EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL) AS "blocked!: bool",
                  s.heard_at AS "heard?: Millis",
                  EXISTS (SELECT 1 FROM machine_request q WHERE q.machine_id = m.id AND q.kind = 'start'
                             AND q.state IN ('queued', 'sent')) AS "opening!: bool",
                  (SELECT max(o.at) FROM door_opening o WHERE o.machine_id = m.id) AS "opened?: Millis"
             FROM door d
             CROSS JOIN machine m ON m.id = d.machine_id AND m.archived_at IS NULL
             LEFT JOIN room r ON r.id = d.room_id
             LEFT JOIN machine_signal s ON s.machine_id = m.id
            ORDER BY m.id"#
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Whether a machine that is not archived is a door; `None` if there is no such machine.
pub async fn is_door(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<bool>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM door d WHERE d.machine_id = m.id) AS "is!: bool"
             FROM machine m WHERE m.id = ? AND m.archived_at IS NULL"#,
        machine,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Marks a machine as a door, or replaces its fields.
pub async fn mark(
    tx: &mut WriteTx,
    machine: MachineId,
    room: Option<RoomId>,
    leaves: Leaves,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO door (machine_id, room_id, leaves) VALUES (?, ?, ?)
             ON CONFLICT (machine_id) DO UPDATE SET room_id = excluded.room_id, leaves = excluded.leaves",
        machine,
        room,
        leaves,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a door an ordinary machine; returns whether it was a door.
pub async fn unmark(tx: &mut WriteTx, machine: MachineId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM door WHERE machine_id = ?", machine).execute(tx.conn()).await?;
    Ok(gone.rows_affected() > 0)
}

/// Whether a use of the machine goes on.
pub async fn is_in_use(conn: &mut SqliteConnection, machine: MachineId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM use_session WHERE machine_id = ? AND ended_at IS NULL) AS "found!: bool""#,
        machine,
    );
    Ok(found.fetch_one(conn).await?)
}

/// A new opening.
#[derive(Debug, Clone, Copy)]
pub struct NewOpening {
    pub machine: MachineId,
    pub at: Millis,
    /// The card, if known. None of a remote opening.
    pub card: Option<CardId>,
    /// The row of an unknown card.
    pub unknown_card: Option<UnknownCardId>,
    pub answer: Answer,
    /// Who opened it remotely.
    pub by: Option<AliasId>,
}

/// Adds an opening.
pub async fn opened(tx: &mut WriteTx, new: &NewOpening) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO door_opening (machine_id, at, card_id, unknown_card_id, answer, by_alias) VALUES (?, ?, ?, ?, ?, ?)",
        new.machine,
        new.at,
        new.card,
        new.unknown_card,
        new.answer,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the board of a door may still repeat an opening by this card, so that the same swipe again is no other one.
pub async fn may_be_repeated(
    conn: &mut SqliteConnection,
    machine: MachineId,
    card: Option<CardId>,
    unknown_card: Option<UnknownCardId>,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM door_opening
                           WHERE machine_id = ?1 AND settled = 0 AND card_id IS ?2 AND unknown_card_id IS ?3) AS "found!: bool""#,
        machine,
        card,
        unknown_card,
    );
    Ok(found.fetch_one(conn).await?)
}

/// Accepts the openings so far: a swipe that looks the same is another one. Part of settling uses.
pub(crate) async fn settle(tx: &mut WriteTx, board: MachineNumber) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE door_opening SET settled = 1
          WHERE settled = 0 AND machine_id IN (SELECT id FROM machine WHERE number = ? AND archived_at IS NULL)",
        board,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Who requested an opening of the door in the name of `card` that its board was sent, and marks it as done. The alias is `None`
/// for one that nobody signed.
pub async fn take_remote(
    tx: &mut WriteTx,
    machine: MachineId,
    card: CardId,
    at: Millis,
) -> Result<Option<Option<AliasId>>, StoreError> {
    let done = sqlx::query!(
        r#"UPDATE machine_request SET state = 'acknowledged', ended_at = ?1
            WHERE machine_id = ?2 AND card_id = ?3 AND kind = 'start' AND state = 'sent'
        RETURNING by_alias AS "by?: AliasId""#,
        at,
        machine,
        card,
    );
    Ok(done.fetch_all(tx.conn()).await?.pop().map(|row| row.by))
}

/// The cards that opened a door most often, among its last `openings`.
pub async fn frequent(
    conn: &mut SqliteConnection,
    machine: MachineId,
    openings: i64,
) -> Result<Vec<CardUid>, StoreError> {
    let cards = sqlx::query_scalar!(
        r#"SELECT c.uid AS "uid!: CardUid"
             FROM (SELECT card_id FROM door_opening
                    WHERE machine_id = ?1 AND card_id IS NOT NULL AND answer <> 'remote'
                    ORDER BY at DESC, id DESC LIMIT ?2) o
             JOIN card c ON c.id = o.card_id
            WHERE c.state = 'active' AND c.uid IS NOT NULL
            GROUP BY c.id ORDER BY count(*) DESC, c.id"#,
        machine,
        openings,
    );
    Ok(cards.fetch_all(conn).await?)
}

/// An opening, or a refusal at a door.
#[derive(Debug, Clone)]
pub struct OpeningRow {
    pub at: Millis,
    pub door: MachineId,
    pub door_name: String,
    pub person: Option<PersonId>,
    pub name: Option<String>,
    /// The uid of an unknown card.
    pub uid: Option<CardUid>,
    /// Guests who are inside with the person.
    pub guests: i64,
    pub answer: Answer,
    /// The codes of the reasons of a refusal, separated by spaces.
    pub reasons: String,
    /// Who opened it remotely.
    pub by: Option<String>,
}

/// Openings and refusals at doors since `since`, newest first, at most `most`.
pub async fn openings(
    conn: &mut SqliteConnection,
    since: Millis,
    most: i64,
) -> Result<Vec<OpeningRow>, StoreError> {
    let rows = sqlx::query_as!(
        OpeningRow,
        r#"SELECT o.at AS "at!: Millis", m.id AS "door!: MachineId", m.name AS "door_name!: String",
                  c.person_id AS "person?: PersonId", f.name AS "name?: String", k.uid AS "uid?: CardUid",
                  coalesce((SELECT v.guests FROM visit v WHERE v.person_id = c.person_id AND v.left_at IS NULL), 0)
                     AS "guests!: i64",
                  o.answer AS "answer!: Answer", o.reasons AS "reasons!: String", b.name AS "by?: String"
             FROM (SELECT id, at, machine_id, card_id, unknown_card_id, answer, '' AS reasons, by_alias
                     FROM door_opening WHERE at >= ?1
                   UNION ALL
                   SELECT a.id, a.at, a.machine_id, a.card_id, a.unknown_card_id, 'refused', a.reasons, NULL
                     -- The order of the index, not a scan of all attempts.
                     FROM door d CROSS JOIN attempt a ON a.machine_id = d.machine_id AND a.at >= ?1 AND a.level = 0) o
             JOIN machine m ON m.id = o.machine_id
             LEFT JOIN card c ON c.id = o.card_id
             LEFT JOIN profile f ON f.person_id = c.person_id
             LEFT JOIN unknown_card k ON k.id = o.unknown_card_id
             LEFT JOIN alias a ON a.id = o.by_alias
             LEFT JOIN profile b ON b.person_id = a.person_id
            ORDER BY o.at DESC, o.id DESC LIMIT ?2"#,
        since,
        most,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// How often doors were opened since `since`, and how often they were not.
pub async fn counts(conn: &mut SqliteConnection, since: Millis) -> Result<(i64, i64), StoreError> {
    let counts = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM door_opening WHERE at >= ?1) AS "opened!: i64",
                  (SELECT count(*) FROM door d CROSS JOIN attempt a ON a.machine_id = d.machine_id AND a.at >= ?1 AND a.level = 0)
                     AS "refused!: i64""#,
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok((counts.opened, counts.refused))
}

/// Deletes openings before `limit`, at most `most`; returns their number.
pub async fn forget(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM door_opening WHERE id IN (SELECT id FROM door_opening WHERE at < ? LIMIT ?)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "door_opening",
        &["card_id", "unknown_card_id", "by_alias"],
        Erasing::Stays,
        "SELECT json_object('door', m.name, 'answer', o.answer, 'at@', o.at) FROM door_opening o
           JOIN machine m ON m.id = o.machine_id
          WHERE o.id IN (SELECT id FROM door_opening WHERE card_id IN cards
                         UNION SELECT id FROM door_opening WHERE by_alias IN mine AND ?3)",
    ),
    Table::taken(
        "visit",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('entered@', v.entered_at, 'left@', v.left_at, 'ended_by', v.ended_by, 'guests', v.guests,
                            'last_seen_at', m.name, 'last_seen@', v.last_at)
           FROM visit v LEFT JOIN machine m ON m.id = v.last_machine_id WHERE v.person_id = ?1",
    ),
];
