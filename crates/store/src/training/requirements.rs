//! Requirements of people and their progress.

use domain::{
    id::{EditionId, MachineId, ModuleId, PersonId, TypeId},
    qualifications::{Ledger, Subject},
    time::Millis,
    training::{
        THRESHOLD,
        path::{Needed, Redo},
        watching::Coverage,
    },
};
use serde::Deserialize;
use sqlx::SqliteConnection;

use super::watching;
use crate::{StoreError, json, qualifications};

/// A required module in a statement's list.
#[derive(Debug, Deserialize)]
pub(crate) struct TrainingItem {
    module: ModuleId,
    /// The last edition that they completed.
    completed: Option<u32>,
    redo: Vec<RedoItem>,
    grace: Option<Millis>,
}

/// An edition that expires earlier ones, in a statement's list.
#[derive(Debug, Deserialize)]
pub(crate) struct RedoItem {
    edition: u32,
    by: Millis,
}

impl From<TrainingItem> for Needed {
    fn from(TrainingItem { module, completed, redo, grace }: TrainingItem) -> Self {
        Self { module, completed, redo: redo.into_iter().map(Redo::from).collect(), grace }
    }
}

impl From<RedoItem> for Redo {
    fn from(RedoItem { edition, by }: RedoItem) -> Self {
        Self { edition, by }
    }
}

/// A module required of a person for a type or machine.
#[derive(Debug, Clone)]
pub struct PathRow {
    pub kind: Option<TypeId>,
    pub machine: Option<MachineId>,
    /// The type of that machine.
    pub machine_kind: Option<TypeId>,
    /// Name of the type or machine.
    pub on_name: String,
    pub module: ModuleId,
    pub title: String,
    pub threshold: u8,
    /// Progress in the current edition.
    pub percent: u8,
    pub has_quiz: bool,
    pub passed: bool,
    /// In milliseconds.
    pub length: u32,
    /// The last edition they completed, if any.
    pub completed: Option<u32>,
    redo: String,
}

impl PathRow {
    /// The type or machine that requires it.
    #[must_use]
    pub fn on(&self) -> Option<Subject> {
        Subject::of_sides(self.kind, self.machine)
    }

    /// The same, as the rule takes it.
    pub fn needed(&self) -> Result<Needed, StoreError> {
        let redo = json::list::<RedoItem>(&self.redo)?.into_iter().map(Redo::from).collect();
        Ok(Needed { module: self.module, completed: self.completed, redo, grace: None })
    }
}

/// Everything required of `person` anywhere, or with `kind` for that type and its machines, in the order of the
/// modules.
pub async fn path_facts(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: Option<TypeId>,
) -> Result<Vec<PathRow>, StoreError> {
    let rows = sqlx::query_as!(
        PathRow,
        r#"SELECT r.type_id AS "kind?: TypeId", r.machine_id AS "machine?: MachineId",
                  m.type_id AS "machine_kind?: TypeId", coalesce(m.name, y.name, '') AS "on_name!: String",
                  r.module_id AS "module!: ModuleId", t.title AS "title!", r.threshold AS "threshold!: u8", coalesce(g.percent, 0) AS "percent!: u8",
                  (e.has_quiz AND EXISTS (SELECT 1 FROM quiz_question q
                                           WHERE q.module_id = t.id AND q.archived_at IS NULL)) AS "has_quiz!: bool",
                  g.passed_at IS NOT NULL AS "passed!: bool", e.length_ms AS "length!: u32",
                  (SELECT max(d.edition) FROM training_done d
                    WHERE d.person_id = ?1 AND d.module_id = r.module_id AND d.percent >= r.threshold AND d.quiz_done)
                     AS "completed?: u32",
                  (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                    WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL) AS "redo!: String"
             FROM training_required r
             JOIN training_module t ON t.id = r.module_id
             JOIN module_edition e ON e.module_id = t.id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = t.id AND l.published_at IS NOT NULL)
             LEFT JOIN training_progress g ON g.person_id = ?1 AND g.edition_id = e.id
             LEFT JOIN machine m ON m.id = r.machine_id
             LEFT JOIN equipment_type y ON y.id = coalesce(r.type_id, m.type_id)
            WHERE m.archived_at IS NULL AND y.archived_at IS NULL
              AND (?2 IS NULL OR r.type_id = ?2 OR m.type_id = ?2)
            ORDER BY t.position, t.id, r.machine_id"#,
        person,
        kind,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Those of `modules` that a person has watched as far as `kind` and `machine` require, but whose quiz they have not
/// passed.
pub async fn only_quiz_left(
    conn: &mut SqliteConnection,
    person: PersonId,
    (kind, machine): (TypeId, MachineId),
    modules: &[ModuleId],
) -> Result<Vec<ModuleId>, StoreError> {
    if modules.is_empty() {
        return Ok(Vec::new());
    }
    let ids = json::ids(modules.iter().map(|id| id.0));
    let left = sqlx::query_scalar!(
        r#"SELECT e.module_id AS "module!: ModuleId"
             FROM module_edition e
             JOIN training_progress g ON g.edition_id = e.id AND g.person_id = ?1 AND g.passed_at IS NULL
            WHERE e.module_id IN (SELECT value FROM json_each(?2)) AND e.has_quiz
              AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                WHERE l.module_id = e.module_id AND l.published_at IS NOT NULL)
              AND EXISTS (SELECT 1 FROM quiz_question q WHERE q.module_id = e.module_id AND q.archived_at IS NULL)
              AND g.percent >= (SELECT max(r.threshold) FROM training_requirement r
                                 WHERE r.module_id = e.module_id AND (r.type_id = ?3 OR r.machine_id = ?4))"#,
        person,
        ids,
        kind,
        machine,
    );
    Ok(left.fetch_all(conn).await?)
}

/// A person on the way to a type, with one of its required modules.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub person: PersonId,
    pub name: Option<String>,
    /// Progress in the current edition.
    pub percent: u8,
    pub threshold: u8,
    /// Passed with that edition, or there is none.
    pub quiz_done: bool,
    /// The module, as far as they completed any edition of it.
    pub needed: Needed,
    /// When they last watched anything the type requires.
    pub seen: Millis,
    /// Their entries on the type and its machines.
    pub ledger: Ledger,
}

struct CandidateRow {
    person: PersonId,
    name: Option<String>,
    percent: u8,
    threshold: u8,
    quiz_done: bool,
    needed: String,
    seen: Millis,
    list: String,
}

/// People who watched part of what `kind` requires, in any edition: the `most` with the latest progress, newest first,
/// each with all that it requires.
pub async fn candidates(
    conn: &mut SqliteConnection,
    kind: TypeId,
    most: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let rows = sqlx::query_as!(
        CandidateRow,
        r#"WITH near AS (
               SELECT g.person_id, max(g.seen_at) AS seen_at
                 FROM training_required r
                 JOIN module_edition o ON o.module_id = r.module_id AND o.published_at IS NOT NULL
                 JOIN training_progress g ON g.edition_id = o.id
                 JOIN person p ON p.id = g.person_id AND p.status = 'active'
                WHERE r.type_id = ?1
                GROUP BY g.person_id ORDER BY max(g.seen_at) DESC LIMIT ?2)
           SELECT n.person_id AS "person!: PersonId", f.name AS "name?: String",
                  coalesce(g.percent, 0) AS "percent!: u8", r.threshold AS "threshold!: u8",
                  (g.passed_at IS NOT NULL OR e.has_quiz = 0
                   OR NOT EXISTS (SELECT 1 FROM quiz_question q WHERE q.module_id = r.module_id AND q.archived_at IS NULL))
                     AS "quiz_done!: bool",
                  json_array(json_array(r.module_id,
                      (SELECT max(d.edition) FROM training_done d
                        WHERE d.person_id = n.person_id AND d.module_id = r.module_id AND d.percent >= r.threshold AND d.quiz_done),
                      (SELECT json_group_array(json_array(o.edition, o.redo_by)) FROM module_edition o
                        WHERE o.module_id = r.module_id AND o.published_at IS NOT NULL AND o.redo_by IS NOT NULL), NULL))
                     AS "needed!: String",
                  n.seen_at AS "seen!: Millis",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                     FROM qualification q
                    WHERE q.person_id = n.person_id
                      AND (q.type_id = ?1 OR q.machine_id IN (SELECT id FROM machine WHERE type_id = ?1))) AS "list!: String"
             FROM near n
             JOIN training_required r ON r.type_id = ?1
             JOIN module_edition e ON e.module_id = r.module_id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = r.module_id AND l.published_at IS NOT NULL)
             LEFT JOIN training_progress g ON g.person_id = n.person_id AND g.edition_id = e.id
             LEFT JOIN profile f ON f.person_id = n.person_id
            ORDER BY n.seen_at DESC, n.person_id, r.module_id"#,
        kind,
        most,
    )
    .fetch_all(conn)
    .await?;
    let all = rows.into_iter().map(|row| {
        let ledger = qualifications::of_list(&row.list)?;
        let needed = json::list::<TrainingItem>(&row.needed)?.into_iter().next().map(Needed::from);
        let CandidateRow { person, name, percent, threshold, quiz_done, seen, .. } = row;
        Ok(needed.map(|needed| Candidate { person, name, percent, threshold, quiz_done, needed, seen, ledger }))
    });
    all.filter_map(Result::transpose).collect()
}

/// The modules that `kind` requires.
pub async fn required_modules(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<ModuleId>, StoreError> {
    let modules = sqlx::query_scalar!(
        r#"SELECT module_id AS "id!: ModuleId" FROM training_required WHERE type_id = ? ORDER BY module_id"#,
        kind
    );
    Ok(modules.fetch_all(conn).await?)
}

/// How many of the modules that `kind` requires each of these people have not completed; those with none are left out.
pub async fn missing_of(
    conn: &mut SqliteConnection,
    kind: TypeId,
    people: &[PersonId],
    threshold: u8,
) -> Result<Vec<(PersonId, u32)>, StoreError> {
    let people = json::ids(people.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT p.id AS "person!: PersonId", count(*) AS "modules!: u32"
             FROM person p JOIN training_required r ON r.type_id = ?2
            WHERE p.id IN (SELECT value FROM json_each(?1))
              AND NOT EXISTS (SELECT 1 FROM training_done d WHERE d.person_id = p.id AND d.module_id = r.module_id
                                 AND d.percent >= coalesce(r.threshold, ?3) AND d.quiz_done)
            GROUP BY p.id"#,
        people,
        kind,
        threshold,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.person, row.modules)).collect())
}

/// How many modules `kind` requires.
pub async fn required_count(conn: &mut SqliteConnection, kind: TypeId) -> Result<u32, StoreError> {
    let count =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!: u32" FROM training_required WHERE type_id = ?"#, kind);
    Ok(count.fetch_one(conn).await?)
}

/// The requirements of types with unarchived machines, by name: the number of modules, and of those with a quiz; at
/// most `most`.
pub async fn list_requirements(
    conn: &mut SqliteConnection,
    most: u32,
) -> Result<Vec<(String, u32, u32)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT y.name, count(*) AS "videos!: u32",
                  count(*) FILTER (WHERE e.has_quiz AND EXISTS (SELECT 1 FROM quiz_question q
                                                                 WHERE q.module_id = r.module_id AND q.archived_at IS NULL))
                      AS "quizzes!: u32"
             FROM training_required r
             JOIN equipment_type y ON y.id = r.type_id AND y.archived_at IS NULL
             JOIN module_edition e ON e.module_id = r.module_id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = r.module_id AND l.published_at IS NOT NULL)
            WHERE EXISTS (SELECT 1 FROM machine m WHERE m.type_id = y.id AND m.archived_at IS NULL)
            GROUP BY y.id ORDER BY y.name, y.id LIMIT ?"#,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.videos, row.quizzes)).collect())
}

/// The highest threshold required of the module of an edition, and the pass mark of its quiz.
pub async fn thresholds(conn: &mut SqliteConnection, edition: EditionId) -> Result<Vec<u8>, StoreError> {
    let all = sqlx::query_scalar!(
        r#"SELECT DISTINCT r.threshold AS "threshold!: u8" FROM training_requirement r
             JOIN module_edition e ON e.module_id = r.module_id WHERE e.id = ?"#,
        edition,
    );
    let all: Vec<u8> = all.fetch_all(conn).await?;
    Ok(if all.is_empty() { vec![THRESHOLD] } else { all })
}

/// An available module with a person's progress.
#[derive(Debug, Clone)]
pub struct Line {
    pub id: ModuleId,
    pub title: String,
    /// In milliseconds.
    pub length: u32,
    pub has_quiz: bool,
    pub coverage: Coverage,
    pub percent: u8,
    /// Playback position, in milliseconds.
    pub place: u32,
    pub passed: bool,
    /// When they last watched it.
    pub seen: Option<Millis>,
    /// The highest threshold of any requirement.
    pub threshold: u8,
}

impl Line {
    /// Whether it is complete.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.percent >= self.threshold && (self.passed || !self.has_quiz)
    }
}

struct LineRow {
    id: ModuleId,
    title: String,
    length: u32,
    has_quiz: bool,
    spans: String,
    percent: u8,
    place: u32,
    passed: bool,
    seen: Option<Millis>,
    threshold: u8,
}

/// Every available module with the progress of `person`.
pub async fn lines(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query_as!(
        LineRow,
        r#"SELECT t.id AS "id!: ModuleId", t.title AS "title!", e.length_ms AS "length!: u32",
                  (e.has_quiz AND EXISTS (SELECT 1 FROM quiz_question q
                                           WHERE q.module_id = t.id AND q.archived_at IS NULL)) AS "has_quiz!: bool",
                  coalesce(g.spans, '[]') AS "spans!: String", coalesce(g.percent, 0) AS "percent!: u8",
                  coalesce(g.place_ms, 0) AS "place!: u32", g.passed_at IS NOT NULL AS "passed!: bool",
                  g.seen_at AS "seen?: Millis",
                  coalesce((SELECT max(r.threshold) FROM training_requirement r WHERE r.module_id = t.id), ?2)
                     AS "threshold!: u8"
             FROM training_module t
             JOIN module_edition e ON e.module_id = t.id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = t.id AND l.published_at IS NOT NULL)
             LEFT JOIN training_progress g ON g.person_id = ?1 AND g.edition_id = e.id
            WHERE t.archived_at IS NULL ORDER BY t.position, t.id"#,
        person,
        THRESHOLD,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let coverage = watching::coverage(&row.spans)?;
            let LineRow { id, title, length, has_quiz, percent, place, passed, seen, threshold, .. } = row;
            Ok(Line { id, title, length, has_quiz, coverage, percent, place, passed, seen, threshold })
        })
        .collect()
}
