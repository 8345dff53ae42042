//! Evidence of members who requested a checkout: their progress with the modules its type requires.

use domain::{
    id::{AppointmentId, ModuleId},
    training::path::{Needed, Redo},
};
use sqlx::SqliteConnection;

use super::requirements::RedoItem;
use crate::{StoreError, json};

/// A required module of an appointment's type, with the member's progress.
#[derive(Debug, Clone)]
pub struct Row {
    pub appointment: AppointmentId,
    pub module: ModuleId,
    pub title: String,
    pub threshold: u8,
    /// In the current edition.
    pub percent: u8,
    /// The highest of any edition.
    pub most: u8,
    pub has_quiz: bool,
    /// Whether the quiz of the current edition was passed.
    pub passed: bool,
    /// Quiz attempts, in any edition.
    pub tries: u32,
    /// The best result, in percent.
    pub best: Option<u8>,
    /// The last edition they completed, if any.
    pub completed: Option<u32>,
    redo: String,
}

impl Row {
    /// The same, as the rule takes it.
    pub fn needed(&self) -> Result<Needed, StoreError> {
        needed(self.module, self.completed, &self.redo)
    }
}

/// A module with the last completed edition and, as a statement's list, the editions that require retraining.
pub(super) fn needed(module: ModuleId, completed: Option<u32>, redo: &str) -> Result<Needed, StoreError> {
    let redo = json::list::<RedoItem>(redo)?.into_iter().map(Redo::from).collect();
    Ok(Needed { module, completed, redo, grace: None })
}

/// The evidence of all `appointments` at once, in the order of the modules.
pub async fn evidence(
    conn: &mut SqliteConnection,
    appointments: &[AppointmentId],
) -> Result<Vec<Row>, StoreError> {
    let list = serde_json::Value::from(appointments.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT a.id AS "appointment!: AppointmentId", r.module_id AS "module!: ModuleId", t.title AS "title!",
                  r.threshold AS "threshold!: u8", coalesce(g.percent, 0) AS "percent!: u8",
                  coalesce((SELECT max(w.percent) FROM training_progress w JOIN module_edition o ON o.id = w.edition_id
                             WHERE w.person_id = a.person_id AND o.module_id = r.module_id), 0) AS "most!: u8",
                  (e.has_quiz AND EXISTS (SELECT 1 FROM quiz_question q
                                           WHERE q.module_id = t.id AND q.archived_at IS NULL)) AS "has_quiz!: bool",
                  g.passed_at IS NOT NULL AS "passed!: bool",
                  (SELECT count(*) FROM quiz_try y JOIN module_edition o ON o.id = y.edition_id
                    WHERE y.person_id = a.person_id AND o.module_id = r.module_id AND y.handed_at IS NOT NULL) AS "tries!: u32",
                  (SELECT 100 * coalesce(sum(v.is_right), 0) / count(*)
                     FROM quiz_try y JOIN module_edition o ON o.id = y.edition_id JOIN quiz_given v ON v.try_id = y.id
                    WHERE y.person_id = a.person_id AND o.module_id = r.module_id AND y.handed_at IS NOT NULL
                    GROUP BY y.id ORDER BY 1 DESC LIMIT 1) AS "best?: u8",
                  (SELECT max(d.edition) FROM training_done d
                    WHERE d.person_id = a.person_id AND d.module_id = r.module_id AND d.percent >= r.threshold AND d.quiz_done)
                     AS "completed?: u32",
                  (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                    WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL) AS "redo!: String"
             FROM appointment a
             JOIN training_required r ON r.type_id = a.type_id
             JOIN training_module t ON t.id = r.module_id
             JOIN module_edition e ON e.module_id = t.id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = t.id AND l.published_at IS NOT NULL)
             LEFT JOIN training_progress g ON g.person_id = a.person_id AND g.edition_id = e.id
            WHERE a.id IN (SELECT value FROM json_each(?1))
            ORDER BY a.id, t.position, t.id"#,
        list,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
