//! Who is in the building: rows of `visit`, and people who use a machine without one.
//!
//! **Invariants.** A person is inside at most once, which the schema refuses otherwise. Without doors nobody could leave, so visits
//! begin only where there is one. Not here: when a visit begins and ends (`domain::doors`).

use domain::{
    doors::VisitEnding,
    id::{MachineId, PersonId, VisitId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A person who is inside, or was.
#[derive(Debug, Clone)]
pub struct VisitRow {
    /// `None` for one who is only known from the use of a machine.
    pub id: Option<VisitId>,
    pub person: PersonId,
    /// `None` once erased.
    pub name: Option<String>,
    pub guests: i64,
    pub entered: Millis,
    /// The name of the machine or door where they were last seen.
    pub seen_at: Option<String>,
    pub seen: Millis,
    /// Whether they use that machine now.
    pub using: bool,
    pub left: Option<Millis>,
    pub ended_by: Option<VisitEnding>,
}

/// Everyone inside: visits that go on, and people who use a machine. Those seen last come first.
pub async fn inside(conn: &mut SqliteConnection) -> Result<Vec<VisitRow>, StoreError> {
    let rows = sqlx::query_as!(
        VisitRow,
        r#"SELECT v.id AS "id?: VisitId", i.person_id AS "person!: PersonId", f.name AS "name?: String",
                  coalesce(v.guests, 0) AS "guests!: i64", coalesce(v.entered_at, u.started_at) AS "entered!: Millis",
                  m.name AS "seen_at?: String", max(coalesce(v.last_at, 0), coalesce(u.started_at, 0)) AS "seen!: Millis",
                  u.id IS NOT NULL AS "using!: bool", v.left_at AS "left?: Millis", v.ended_by AS "ended_by?: VisitEnding"
             FROM (SELECT person_id FROM visit WHERE left_at IS NULL
                   UNION
                   SELECT c.person_id FROM use_session s JOIN card c ON c.id = s.card_id WHERE s.ended_at IS NULL) i
             LEFT JOIN visit v ON v.person_id = i.person_id AND v.left_at IS NULL
             LEFT JOIN use_session u ON u.id = (SELECT s.id FROM use_session s JOIN card c ON c.id = s.card_id
                                                 WHERE s.ended_at IS NULL AND c.person_id = i.person_id
                                                 ORDER BY s.started_at DESC, s.id DESC LIMIT 1)
             LEFT JOIN machine m ON m.id = coalesce(u.machine_id, v.last_machine_id)
             LEFT JOIN profile f ON f.person_id = i.person_id
            ORDER BY 7 DESC, 2"#
    );
    Ok(rows.fetch_all(conn).await?)
}

/// People who left since `since` and are not inside, the last first: of each the last visit.
pub async fn left_since(conn: &mut SqliteConnection, since: Millis) -> Result<Vec<VisitRow>, StoreError> {
    let rows = sqlx::query_as!(
        VisitRow,
        r#"SELECT v.id AS "id?: VisitId", v.person_id AS "person!: PersonId", f.name AS "name?: String",
                  v.guests AS "guests!: i64", v.entered_at AS "entered!: Millis", m.name AS "seen_at?: String",
                  v.last_at AS "seen!: Millis", FALSE AS "using!: bool", v.left_at AS "left?: Millis",
                  v.ended_by AS "ended_by?: VisitEnding"
             FROM visit v
             LEFT JOIN machine m ON m.id = v.last_machine_id
             LEFT JOIN profile f ON f.person_id = v.person_id
            WHERE v.left_at >= ?1
              AND NOT EXISTS (SELECT 1 FROM visit n WHERE n.person_id = v.person_id AND n.id > v.id)
              AND NOT EXISTS (SELECT 1 FROM card c JOIN use_session s ON s.card_id = c.id
                               WHERE c.person_id = v.person_id AND s.ended_at IS NULL)
            ORDER BY v.left_at DESC, v.id DESC"#,
        since,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// How many people and guests are inside, and when the last one came or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub people: i64,
    pub guests: i64,
    pub changed: Option<Millis>,
}

/// Counts those inside, each once.
pub async fn count(conn: &mut SqliteConnection) -> Result<Count, StoreError> {
    let count = sqlx::query_as!(
        Count,
        r#"SELECT (SELECT count(*) FROM (SELECT person_id FROM visit WHERE left_at IS NULL
                                         UNION
                                         SELECT c.person_id FROM use_session s JOIN card c ON c.id = s.card_id
                                          WHERE s.ended_at IS NULL)) AS "people!: i64",
                  (SELECT coalesce(sum(guests), 0) FROM visit WHERE left_at IS NULL) AS "guests!: i64",
                  nullif(max(coalesce((SELECT entered_at FROM visit ORDER BY id DESC LIMIT 1), 0),
                             coalesce((SELECT max(left_at) FROM visit WHERE left_at IS NOT NULL), 0)), 0)
                     AS "changed?: Millis""#
    );
    Ok(count.fetch_one(conn).await?)
}

/// The visit of `person` that goes on.
pub async fn open_of(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<VisitId>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT id AS "id!: VisitId" FROM visit WHERE person_id = ? AND left_at IS NULL"#,
        person
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Whose visit that goes on is `visit`.
pub async fn person_of(conn: &mut SqliteConnection, visit: VisitId) -> Result<Option<PersonId>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT person_id AS "id!: PersonId" FROM visit WHERE id = ? AND left_at IS NULL"#,
        visit
    );
    Ok(found.fetch_optional(conn).await?)
}

/// `person` was seen inside: at a machine, a door, or on the web. Their visit begins unless it goes on; returns whether anything is
/// recorded, which needs a door.
pub async fn arrived(
    tx: &mut WriteTx,
    person: PersonId,
    machine: Option<MachineId>,
    at: Millis,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO visit (person_id, entered_at, last_machine_id, last_at)
              SELECT ?1, ?3, ?2, ?3 WHERE EXISTS (SELECT 1 FROM door d CROSS JOIN machine m ON m.id = d.machine_id AND m.archived_at IS NULL)
              ON CONFLICT (person_id) WHERE left_at IS NULL DO UPDATE
                 SET last_machine_id = coalesce(excluded.last_machine_id, last_machine_id), last_at = max(last_at, excluded.last_at)",
        person,
        machine,
        at,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Ends a visit. Returns whether it went on.
pub async fn end(tx: &mut WriteTx, visit: VisitId, at: Millis, by: VisitEnding) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE visit SET left_at = max(entered_at, ?), ended_by = ? WHERE id = ? AND left_at IS NULL",
        at,
        by,
        visit,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Ends a visit by a swipe at a door, where they were last seen.
pub async fn left(tx: &mut WriteTx, visit: VisitId, door: MachineId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE visit SET left_at = max(entered_at, ?1), ended_by = 'swipe', last_machine_id = ?2, last_at = max(last_at, ?1)
          WHERE id = ?3 AND left_at IS NULL",
        at,
        door,
        visit,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets how many guests came with a person.
pub async fn set_guests(tx: &mut WriteTx, visit: VisitId, guests: u16) -> Result<(), StoreError> {
    sqlx::query!("UPDATE visit SET guests = ? WHERE id = ?", guests, visit).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes visits that ended before `limit`, at most `most`; returns their number.
pub async fn forget(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM visit WHERE id IN (SELECT id FROM visit WHERE left_at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}
