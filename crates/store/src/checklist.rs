//! The set-up checklist, and dismissed advice: rows of `dismissed`.

use domain::{
    checklist::{Checklist, Facts},
    id::{MachineId, PersonId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The completed steps, and whether the checklist was dismissed.
async fn state(conn: &mut SqliteConnection) -> Result<(Checklist, bool), StoreError> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM place) AS "place!: bool",
                  EXISTS (SELECT 1 FROM machine WHERE archived_at IS NULL) AS "machine!: bool",
                  (SELECT count(*) FROM (SELECT 1 FROM person WHERE status = 'active' LIMIT 2)) > 1
                      AS "second_member!: bool",
                  -- Attempts are kept for a time, uses for good; a card that was unknown was tapped before it was assigned.
                  EXISTS (SELECT 1 FROM attempt WHERE card_id IS NOT NULL)
                  OR EXISTS (SELECT 1 FROM use_session WHERE card_id IS NOT NULL)
                  OR EXISTS (SELECT 1 FROM unknown_card k JOIN card c ON c.uid = k.uid WHERE c.state = 'active')
                      AS "card_tapped!: bool",
                  -- Who adds a type during the set-up becomes its trainer: that lets nobody else use it.
                  EXISTS (SELECT 1 FROM qualification q LEFT JOIN equipment_type t ON t.id = q.type_id
                           WHERE q.kind = 'granted' AND q.cause <> 'setup' AND t.built_in IS NULL)
                      AS "qualified!: bool",
                  -- A refused card is no first use.
                  EXISTS (SELECT 1 FROM attempt WHERE level > 0)
                  OR (EXISTS (SELECT 1 FROM board_fact)
                      AND EXISTS (SELECT 1 FROM use_session WHERE authorised = 1 AND card_id IS NOT NULL))
                      AS "accepted!: bool",
                  EXISTS (SELECT 1 FROM dismissed WHERE what = 'set-up') AS "dismissed!: bool""#
    )
    .fetch_one(conn)
    .await?;
    let facts = Facts {
        place: row.place,
        machine: row.machine,
        second_member: row.second_member,
        card_tapped: row.card_tapped,
        qualified: row.qualified,
        accepted: row.accepted,
    };
    Ok((facts.checklist(), row.dismissed))
}

/// The completed steps, dismissed or not.
pub async fn steps(conn: &mut SqliteConnection) -> Result<Checklist, StoreError> {
    Ok(state(conn).await?.0)
}

/// The completed steps; `None` if the checklist was dismissed.
pub async fn read(conn: &mut SqliteConnection) -> Result<Option<Checklist>, StoreError> {
    let (steps, dismissed) = state(conn).await?;
    Ok((!dismissed).then_some(steps))
}

/// Whether all steps are complete, dismissed or not.
pub async fn is_done(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(steps(conn).await?.next().is_none())
}

/// The newest machine, for the steps that follow.
#[derive(Debug, Clone)]
pub struct Newest {
    pub id: MachineId,
    pub name: String,
    /// Its number on the board topics, if a board speaks for it.
    pub number: Option<u16>,
    pub kind: TypeId,
    pub kind_name: String,
    /// Whether its board was ever heard.
    pub heard: bool,
}

/// The newest machine, if any.
pub async fn newest_machine(conn: &mut SqliteConnection) -> Result<Option<Newest>, StoreError> {
    let found = sqlx::query_as!(
        Newest,
        r#"SELECT m.id AS "id!: MachineId", m.name AS "name!", m.number AS "number?: u16", m.type_id AS "kind!: TypeId",
                  t.name AS "kind_name!",
                  EXISTS (SELECT 1 FROM machine_signal s WHERE s.machine_id = m.id) AS "heard!: bool"
             FROM machine m JOIN equipment_type t ON t.id = m.type_id
            WHERE m.archived_at IS NULL ORDER BY m.id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// The newest active people, at most `limit`.
pub async fn newest_people(
    conn: &mut SqliteConnection,
    limit: i64,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name!"
             FROM person p JOIN profile f ON f.person_id = p.id
            WHERE p.status = 'active' ORDER BY p.id DESC LIMIT ?"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The holder of the card tapped last: the person to qualify next.
pub async fn last_tapped(conn: &mut SqliteConnection) -> Result<Option<PersonId>, StoreError> {
    let person = sqlx::query_scalar!(
        r#"SELECT c.person_id AS "person!: PersonId" FROM attempt a JOIN card c ON c.id = a.card_id
            WHERE c.state = 'active' ORDER BY a.at DESC, a.id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(person)
}

/// Who was admitted last and at which machine, if still known.
pub async fn last_accepted(conn: &mut SqliteConnection) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT f.name AS "who!", m.name AS "machine!"
             FROM attempt a JOIN card c ON c.id = a.card_id JOIN profile f ON f.person_id = c.person_id
             JOIN machine m ON m.id = a.machine_id
            WHERE a.level > 0 ORDER BY a.at DESC, a.id DESC LIMIT 1"#
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.who, row.machine)))
}

/// Dismisses the checklist. `false` if it was dismissed already.
pub async fn dismiss(tx: &mut WriteTx, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!("INSERT INTO dismissed (what, at) VALUES ('set-up', ?) ON CONFLICT DO NOTHING", at)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Shows the checklist again. `false` if it was shown.
pub async fn show_again(tx: &mut WriteTx) -> Result<bool, StoreError> {
    let done = sqlx::query!("DELETE FROM dismissed WHERE what = 'set-up'").execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}
