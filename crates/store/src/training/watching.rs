//! Progress with editions, and the clock that credits watching.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{EditionId, PersonId},
    time::Millis,
    training::watching::{Clock, Coverage, Span},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The stored state that a progress report is checked against.
#[derive(Debug, Clone)]
pub struct Met {
    /// In milliseconds.
    pub length: u32,
    pub coverage: Coverage,
    pub percent: u8,
    pub clock: Clock,
}

/// A person's progress with an edition.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub coverage: Coverage,
    pub percent: u8,
    /// Playback position, in milliseconds.
    pub place: u32,
    /// When they passed the quiz.
    pub passed: Option<Millis>,
}

pub(super) fn coverage(list: &str) -> Result<Coverage, StoreError> {
    let spans: Vec<(u32, u32)> = serde_json::from_str(list).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Coverage::of(spans.into_iter().map(|(from, to)| Span { from, to })))
}

fn list(coverage: &Coverage) -> String {
    coverage
        .spans()
        .iter()
        .map(|span| serde_json::json!([span.from, span.to]))
        .collect::<serde_json::Value>()
        .to_string()
}

/// The state for a report of `person` about `edition`, in one statement; `None` if it cannot be watched: it is not the
/// newest published one, or its module is archived.
pub async fn load_progress(
    conn: &mut SqliteConnection,
    person: PersonId,
    edition: EditionId,
) -> Result<Option<Met>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT e.length_ms AS "length!: u32", coalesce(g.spans, '[]') AS "spans!: String",
                  coalesce(g.percent, 0) AS "percent!: u8", c.heard_at AS "heard?: Millis", c.spare_ms AS "spare?: u32",
                  g.heard_at IS NOT NULL AS "begun!: bool"
             FROM module_edition e
             JOIN training_module t ON t.id = e.module_id AND t.archived_at IS NULL
             LEFT JOIN training_progress g ON g.person_id = ?1 AND g.edition_id = e.id
             LEFT JOIN watch_clock c ON c.person_id = ?1
            WHERE e.id = ?2 AND e.published_at IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM module_edition l WHERE l.module_id = e.module_id
                                 AND l.edition > e.edition AND l.published_at IS NOT NULL)"#,
        person,
        edition,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let clock = match (row.heard, row.spare) {
        (Some(heard), Some(spare)) => Clock { heard: Some(heard), spare, begun: row.begun },
        _ => Clock::default(),
    };
    Ok(Some(Met { length: row.length, coverage: coverage(&row.spans)?, percent: row.percent, clock }))
}

/// Stores the result of a report.
pub async fn keep(
    tx: &mut WriteTx,
    (person, edition): (PersonId, EditionId),
    (watched, percent): (&Coverage, u8),
    place: u32,
    spare: u32,
    at: Millis,
) -> Result<(), StoreError> {
    let spans = list(watched);
    sqlx::query!(
        "INSERT INTO training_progress (person_id, edition_id, spans, percent, place_ms, seen_at, heard_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         ON CONFLICT (person_id, edition_id) DO UPDATE
            SET spans = ?3, percent = ?4, place_ms = ?5, seen_at = ?6, heard_at = ?6",
        person,
        edition,
        spans,
        percent,
        place,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO watch_clock (person_id, heard_at, spare_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (person_id) DO UPDATE SET heard_at = ?2, spare_ms = ?3",
        person,
        at,
        spare,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Copies everyone's progress from the previous edition to `edition` if it has the same video, even if its length was
/// corrected.
pub(super) async fn carry_over(tx: &mut WriteTx, edition: EditionId) -> Result<(), StoreError> {
    let rows = sqlx::query!(
        r#"SELECT g.person_id AS "person!: PersonId", g.spans AS "spans!: String", g.percent AS "percent!: u8",
                  g.place_ms AS "place!: u32", g.seen_at AS "seen!: Millis", g.passed_at AS "passed?: Millis",
                  n.length_ms AS "length!: u32"
             FROM module_edition n
             JOIN module_edition b ON b.module_id = n.module_id AND b.edition = n.edition - 1
             JOIN training_progress g ON g.edition_id = b.id
            WHERE n.id = ? AND n.youtube IS b.youtube AND n.file_name IS b.file_name"#,
        edition,
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let watched = coverage(&row.spans)?.within(row.length);
        // What counts as watched never goes down.
        let percent = watched.percent(row.length).max(row.percent);
        let (spans, place) = (list(&watched), row.place.min(row.length));
        sqlx::query!(
            "INSERT INTO training_progress (person_id, edition_id, spans, percent, place_ms, seen_at, passed_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            row.person,
            edition,
            spans,
            percent,
            place,
            row.seen,
            row.passed,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// The progress of `person` with `edition`.
pub async fn progress(
    conn: &mut SqliteConnection,
    person: PersonId,
    edition: EditionId,
) -> Result<Progress, StoreError> {
    let row = sqlx::query!(
        r#"SELECT spans AS "spans!: String", percent AS "percent!: u8", place_ms AS "place!: u32", passed_at AS "passed?: Millis"
             FROM training_progress WHERE person_id = ? AND edition_id = ?"#,
        person,
        edition,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(Progress::default()) };
    Ok(Progress { coverage: coverage(&row.spans)?, percent: row.percent, place: row.place, passed: row.passed })
}

/// Records that `person` passed the quiz of an edition.
pub async fn pass(tx: &mut WriteTx, person: PersonId, edition: EditionId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO training_progress (person_id, edition_id, seen_at, passed_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (person_id, edition_id) DO UPDATE SET passed_at = coalesce(passed_at, ?3)",
        person,
        edition,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "training_progress",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('module', t.title, 'version', e.edition, 'percent', g.percent, 'watched', g.spans, \
         'last@', g.seen_at, 'quiz_passed@', g.passed_at) FROM training_progress g JOIN module_edition e ON e.id = \
         g.edition_id JOIN training_module t ON t.id = e.module_id WHERE g.person_id = ?1",
    ),
    Table::left("watch_clock", &["person_id"], Erasing::Deleted),
];
