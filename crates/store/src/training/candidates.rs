//! People close to a checkout on the types a trainer trains on, with their evidence: one statement for all types and
//! people.

use domain::{
    id::{ModuleId, PersonId, TypeId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
    training::path::Needed,
};
use sqlx::SqliteConnection;

use super::evidence::needed;
use crate::{StoreError, json, qualifications};

/// A required module of a type, with a person's progress.
#[derive(Debug, Clone)]
pub struct Near {
    pub person: PersonId,
    pub name: Option<String>,
    pub status: PersonStatus,
    pub kind: TypeId,
    pub title: String,
    pub threshold: u8,
    /// In the current edition.
    pub percent: u8,
    pub has_quiz: bool,
    /// Whether the quiz of the current edition was passed.
    pub passed: bool,
    /// Quiz attempts, in any edition.
    pub tries: u32,
    /// The best result, in percent.
    pub best: Option<u8>,
    /// The module, as far as they completed any edition of it.
    pub needed: Needed,
    /// Milliseconds they used machines of the type.
    pub used: i64,
    pub ledger: Ledger,
}

struct Row {
    person: PersonId,
    name: Option<String>,
    status: PersonStatus,
    kind: TypeId,
    module: ModuleId,
    title: String,
    threshold: u8,
    percent: u8,
    has_quiz: bool,
    passed: bool,
    tries: u32,
    best: Option<u8>,
    completed: Option<u32>,
    redo: String,
    used: i64,
    list: String,
}

/// People who watched part of what one of `kinds` requires and have no open appointment there: the `most` with the
/// latest progress, newest first, each with all modules of that type in order, without `but`, the reader.
pub async fn list_nearest(
    conn: &mut SqliteConnection,
    kinds: &[TypeId],
    but: PersonId,
    most: u32,
    now: Millis,
) -> Result<Vec<Near>, StoreError> {
    let kinds = json::ids(kinds.iter().map(|kind| kind.0));
    let rows = sqlx::query_as!(
        Row,
        r#"WITH near AS (
               SELECT g.person_id, p.status, r.type_id, max(g.seen_at) AS seen_at
                 FROM training_required r
                 JOIN module_edition o ON o.module_id = r.module_id AND o.published_at IS NOT NULL
                 JOIN training_progress g ON g.edition_id = o.id
                 JOIN person p ON p.id = g.person_id AND p.status = 'active'
                WHERE r.type_id IN (SELECT value FROM json_each(?1)) AND g.person_id <> ?2
                  AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.person_id = g.person_id AND a.type_id = r.type_id
                                     AND a.state IN ('pending', 'accepted') AND a.ends_at > ?4)
                GROUP BY g.person_id, r.type_id ORDER BY max(g.seen_at) DESC LIMIT ?3)
           SELECT n.person_id AS "person!: PersonId", f.name AS "name?: String", n.status AS "status!: PersonStatus",
                  n.type_id AS "kind!: TypeId", r.module_id AS "module!: ModuleId", t.title AS "title!",
                  r.threshold AS "threshold!: u8", coalesce(g.percent, 0) AS "percent!: u8",
                  (e.has_quiz AND EXISTS (SELECT 1 FROM quiz_question q
                                           WHERE q.module_id = t.id AND q.archived_at IS NULL)) AS "has_quiz!: bool",
                  g.passed_at IS NOT NULL AS "passed!: bool",
                  (SELECT count(*) FROM quiz_try y JOIN module_edition o ON o.id = y.edition_id
                    WHERE y.person_id = n.person_id AND o.module_id = r.module_id AND y.handed_at IS NOT NULL) AS "tries!: u32",
                  (SELECT 100 * coalesce(sum(v.is_right), 0) / count(*)
                     FROM quiz_try y JOIN module_edition o ON o.id = y.edition_id JOIN quiz_given v ON v.try_id = y.id
                    WHERE y.person_id = n.person_id AND o.module_id = r.module_id AND y.handed_at IS NOT NULL
                    GROUP BY y.id ORDER BY 1 DESC LIMIT 1) AS "best?: u8",
                  (SELECT max(d.edition) FROM training_done d
                    WHERE d.person_id = n.person_id AND d.module_id = r.module_id AND d.percent >= r.threshold AND d.quiz_done)
                     AS "completed?: u32",
                  (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                    WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL) AS "redo!: String",
                  (SELECT coalesce(sum(max(coalesce(s.ended_at, ?4) - s.started_at, 0)), 0)
                     FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                    WHERE c.person_id = n.person_id AND u.type_id = n.type_id AND s.corrected = 0) AS "used!: i64",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = n.person_id) AS "list!: String"
             FROM near n
             JOIN training_required r ON r.type_id = n.type_id
             JOIN training_module t ON t.id = r.module_id
             JOIN module_edition e ON e.module_id = t.id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = t.id AND l.published_at IS NOT NULL)
             LEFT JOIN training_progress g ON g.person_id = n.person_id AND g.edition_id = e.id
             LEFT JOIN profile f ON f.person_id = n.person_id
            ORDER BY n.seen_at DESC, n.person_id, n.type_id, t.position, t.id"#,
        kinds,
        but,
        most,
        now,
    )
    .fetch_all(conn)
    .await?;
    let read = |row: Row| {
        let ledger = qualifications::of_list(&row.list)?;
        let needed = needed(row.module, row.completed, &row.redo)?;
        let Row {
            person, name, status, kind, title, threshold, percent, has_quiz, passed, tries, best, used, ..
        } = row;
        Ok(Near {
            person,
            name,
            status,
            kind,
            title,
            threshold,
            percent,
            has_quiz,
            passed,
            tries,
            best,
            needed,
            used,
            ledger,
        })
    };
    rows.into_iter().map(read).collect()
}
