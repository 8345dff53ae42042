//! Stored decisions at boards.

use crate::personal_data::{Erasing, Table};
use domain::{
    access::Level,
    cards::CardUid,
    id::{AttemptId, CardId, MachineId, PersonId, TypeId, UnknownCardId},
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json, qualifications};

/// A person who was admitted at a machine.
#[derive(Debug, Clone)]
pub struct LetIn {
    pub machine: MachineId,
    pub person: PersonId,
    /// The last time.
    pub at: Millis,
    pub ledger: Ledger,
}

/// Who was admitted at one of `machines` since `since`.
pub async fn swiped_since(
    conn: &mut SqliteConnection,
    machines: &[MachineId],
    since: Millis,
) -> Result<Vec<LetIn>, StoreError> {
    let machines = json::ids(machines.iter().map(|id| id.0));
    let rows = sqlx::query!(
        r#"SELECT a.machine_id AS "machine!: MachineId", c.person_id AS "person!: PersonId", max(a.at) AS "at!: Millis",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                      q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = c.person_id) AS "ledger!: String"
             FROM attempt a JOIN card c ON c.id = a.card_id
            WHERE a.machine_id IN (SELECT value FROM json_each(?)) AND a.at >= ? AND a.level > 0
            GROUP BY a.machine_id, c.person_id"#,
        machines,
        since,
    )
    .fetch_all(conn)
    .await?;
    let let_in = rows.into_iter().map(|row| {
        let ledger = qualifications::of_list(&row.ledger)?;
        Ok(LetIn { machine: row.machine, person: row.person, at: row.at, ledger })
    });
    Ok(let_in.collect::<Result<_, sqlx::Error>>()?)
}

/// Cards that were refused when last tapped at `machine`, newest first: among the last `attempts` since `since`.
pub async fn refused_last(
    conn: &mut SqliteConnection,
    machine: MachineId,
    since: Millis,
    attempts: i64,
) -> Result<Vec<CardUid>, StoreError> {
    let cards = sqlx::query_scalar!(
        r#"SELECT uid AS "uid!: CardUid"
             -- `level` is that of the row with the largest id.
             FROM (SELECT c.uid, a.level, max(a.id) AS last
                     FROM (SELECT id, card_id, level FROM attempt WHERE machine_id = ?1 AND at >= ?2
                            ORDER BY at DESC, id DESC LIMIT ?3) a
                     JOIN card c ON c.id = a.card_id
                    WHERE c.state = 'active' AND c.uid IS NOT NULL
                    GROUP BY c.id)
            WHERE level = 0 ORDER BY last DESC"#,
        machine,
        since,
        attempts,
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}

/// A new decision at a board.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    pub machine: MachineId,
    /// The card, if known.
    pub card: Option<CardId>,
    /// The row of an unknown card.
    pub unknown_card: Option<UnknownCardId>,
    pub at: Millis,
    /// The level allowed; `None` is a refusal.
    pub level: Option<Level>,
    /// The codes of the reasons against, separated by spaces.
    pub reasons: String,
    /// All steps of the decision, as JSON of codes and ids.
    pub trace: String,
}

/// Adds decisions in order and in one trip, because cards arrive faster than single rows could be written.
pub async fn attempted(tx: &mut WriteTx, new: &[NewAttempt]) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let row = |one: &NewAttempt| {
        let level = one.level.map_or(0, |level| level as i64);
        let (card, unknown) = (one.card.map(|id| id.0), one.unknown_card.map(|id| id.0));
        serde_json::json!([one.machine.0, card, unknown, one.at.0, level, one.reasons, one.trace])
    };
    let rows = new.iter().map(row).collect::<serde_json::Value>().to_string();
    sqlx::query!(
        "INSERT INTO attempt (machine_id, card_id, unknown_card_id, at, level, reasons, trace)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
                FROM json_each(?) ORDER BY key",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A stored decision.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    pub id: AttemptId,
    pub at: Millis,
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    /// The codes of the reasons against, separated by spaces.
    pub reasons: String,
    pub trace: Option<String>,
}

/// The newest decisions about cards of `person`, at most `most`, optionally only at `machines`.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    since: Millis,
    machines: Option<&[MachineId]>,
    most: i64,
) -> Result<Vec<AttemptRow>, StoreError> {
    let only = machines.map(|ids| json::ids(ids.iter().map(|id| id.0)));
    let rows = sqlx::query_as!(
        AttemptRow,
        r#"SELECT a.id AS "id!: AttemptId", a.at AS "at!: Millis", a.machine_id AS "machine!: MachineId",
                  m.name AS "machine_name!", m.type_id AS "kind!: TypeId", a.reasons AS "reasons!", a.trace AS "trace?"
             FROM card c JOIN attempt a ON a.card_id = c.id JOIN machine m ON m.id = a.machine_id
            WHERE c.person_id = ?1 AND a.at >= ?2 AND (?3 IS NULL OR a.machine_id IN (SELECT value FROM json_each(?3)))
            ORDER BY a.at DESC, a.id DESC LIMIT ?4"#,
        person,
        since,
        only,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Deletes decisions made before `limit`, at most `most`; returns their number.
pub async fn forget_before(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone =
        sqlx::query!("DELETE FROM attempt WHERE id IN (SELECT id FROM attempt WHERE at < ? LIMIT ?)", limit, most)
            .execute(tx.conn())
            .await?;
    Ok(gone.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "attempt",
    &["card_id", "unknown_card_id"],
    Erasing::Stays,
    "SELECT json_object('machine', m.name, 'allowed?', a.level > 0, 'reasons', a.reasons, 'at@', a.at) FROM \
         attempt a JOIN machine m ON m.id = a.machine_id WHERE a.card_id IN cards",
)];
