//! Quizzes: rows of `quiz_question`, `quiz_picture`, `quiz_answer`, `quiz_try` and `quiz_given`.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AnswerId, EditionId, ModuleId, PersonId, QuestionId, QuizId},
    time::Millis,
    training::quiz::{Key, QuestionKind},
};
use sqlx::SqliteConnection;

use crate::{
    StoreError, WriteTx, json,
    pictures::{self, Picture},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    pub kind: QuestionKind,
    pub ask: String,
    /// Explains the right answer.
    pub why: String,
    /// In order, each with whether it is right.
    pub answers: Vec<(String, bool)>,
}

/// A stored question.
#[derive(Debug, Clone)]
pub struct Question {
    pub id: QuestionId,
    pub module: ModuleId,
    pub kind: QuestionKind,
    pub ask: String,
    pub why: String,
    pub answers: Vec<(AnswerId, String, bool)>,
    /// When its picture was added.
    pub picture: Option<Millis>,
    /// How often it was answered, and how often right.
    pub given: u32,
    pub right: u32,
}

impl Question {
    /// The right answers.
    #[must_use]
    pub fn key(&self) -> Key {
        let answers = self.answers.iter().map(|(id, _, right)| (*id, *right)).collect();
        Key { kind: self.kind, answers }
    }
}

struct Row {
    id: QuestionId,
    module: ModuleId,
    kind: QuestionKind,
    ask: String,
    why: String,
    answers: String,
    picture: Option<Millis>,
    given: u32,
    right: u32,
}

fn read(row: Row) -> Result<Question, StoreError> {
    let answers = json::rows(&row.answers, |row| {
        Some((AnswerId(json::integer(row, 0)?), json::text(row, 1)?.to_owned(), json::integer(row, 2)? == 1))
    })?;
    let Row { id, module, kind, ask, why, picture, given, right, .. } = row;
    Ok(Question { id, module, kind, ask, why, answers, picture, given, right })
}

macro_rules! questions {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            "SELECT q.id AS \"id!: QuestionId\", q.module_id AS \"module!: ModuleId\", q.kind AS \"kind!: QuestionKind\",
                    q.ask AS \"ask!\", q.why AS \"why!\",
                    (SELECT json_group_array(json_array(a.id, a.words, a.is_right) ORDER BY a.position)
                       FROM quiz_answer a WHERE a.question_id = q.id) AS \"answers!: String\",
                    (SELECT p.added_at FROM quiz_picture p WHERE p.question_id = q.id) AS \"picture?: Millis\",
                    (SELECT count(*) FROM quiz_given g WHERE g.question_id = q.id AND g.is_right IS NOT NULL) AS \"given!: u32\",
                    (SELECT count(*) FROM quiz_given g WHERE g.question_id = q.id AND g.is_right = 1) AS \"right!: u32\"
               FROM quiz_question q WHERE " + $rest
            $(, $argument)*
        )
    };
}

/// The active questions of a module, in order.
pub async fn questions(conn: &mut SqliteConnection, module: ModuleId) -> Result<Vec<Question>, StoreError> {
    let rows = questions!("q.module_id = ? AND q.archived_at IS NULL ORDER BY q.position, q.id", module);
    rows.fetch_all(conn).await?.into_iter().map(read).collect()
}

/// An active question.
pub async fn question(conn: &mut SqliteConnection, id: QuestionId) -> Result<Option<Question>, StoreError> {
    let row = questions!("q.id = ? AND q.archived_at IS NULL", id);
    row.fetch_optional(conn).await?.map(read).transpose()
}

/// Adds a question after the others of its module, or in the place of `instead`, which is archived.
pub async fn add(
    tx: &mut WriteTx,
    module: ModuleId,
    new: &NewQuestion,
    instead: Option<QuestionId>,
    at: Millis,
) -> Result<QuestionId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO quiz_question (module_id, kind, ask, why, position)
         VALUES (?1, ?2, ?3, ?4,
                 coalesce((SELECT position FROM quiz_question WHERE id = ?5),
                          (SELECT coalesce(max(position), 0) + 1 FROM quiz_question WHERE module_id = ?1)))",
        module,
        new.kind,
        new.ask,
        new.why,
        instead,
    )
    .execute(tx.conn())
    .await?;
    let question = QuestionId(made.last_insert_rowid());
    for (position, (words, is_right)) in (1_i64..).zip(&new.answers) {
        sqlx::query!(
            "INSERT INTO quiz_answer (question_id, position, words, is_right) VALUES (?, ?, ?, ?)",
            question,
            position,
            words,
            is_right,
        )
        .execute(tx.conn())
        .await?;
    }
    if let Some(instead) = instead {
        sqlx::query!(
            "INSERT INTO quiz_picture (question_id, body, small, added_at)
             SELECT ?, body, small, added_at FROM quiz_picture WHERE question_id = ?",
            question,
            instead,
        )
        .execute(tx.conn())
        .await?;
        archive(tx, instead, Some(at)).await?;
    }
    Ok(question)
}

/// The picture of a question, archived or not; `small` for a list.
pub async fn picture(
    conn: &mut SqliteConnection,
    question: QuestionId,
    small: bool,
) -> Result<Option<Picture>, StoreError> {
    pictures::found!(conn, small, "quiz_picture WHERE question_id = ?2", question)
}

/// Replaces a picture.
pub async fn set_picture(
    tx: &mut WriteTx,
    question: QuestionId,
    body: &[u8],
    small: &[u8],
    at: Millis,
) -> Result<(), StoreError> {
    pictures::keep!(
        tx,
        "quiz_picture (body, small, added_at, question_id) VALUES (?, ?, ?, ?)",
        (body, small, at),
        question
    )
}

/// Deletes the picture of a question.
pub async fn remove_picture(tx: &mut WriteTx, question: QuestionId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM quiz_picture WHERE question_id = ?", question).execute(tx.conn()).await?;
    Ok(())
}

/// Archives a question at `at`, or restores it.
pub async fn archive(tx: &mut WriteTx, id: QuestionId, at: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE quiz_question SET archived_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// The module of a question, archived or not.
pub async fn module_of(conn: &mut SqliteConnection, id: QuestionId) -> Result<Option<ModuleId>, StoreError> {
    let module =
        sqlx::query_scalar!(r#"SELECT module_id AS "module!: ModuleId" FROM quiz_question WHERE id = ?"#, id);
    Ok(module.fetch_optional(conn).await?)
}

/// An attempt at a quiz.
#[derive(Debug, Clone)]
pub struct Try {
    pub id: QuizId,
    pub person: PersonId,
    pub edition: EditionId,
    pub module: ModuleId,
    pub handed: Option<Millis>,
    pub passed: Option<bool>,
    /// Its questions, in order.
    pub asked: Vec<TryQuestion>,
}

/// A question of an attempt.
#[derive(Debug, Clone)]
pub struct TryQuestion {
    pub question: QuestionId,
    pub kind: QuestionKind,
    pub ask: String,
    pub why: String,
    /// In the order shown, each with whether it is right, and its position.
    pub answers: Vec<(AnswerId, String, bool, i64)>,
    /// When its picture was added.
    pub picture: Option<Millis>,
    /// The chosen answers, if any.
    pub given: Option<Vec<AnswerId>>,
    pub right: Option<bool>,
}

impl TryQuestion {
    /// The right answers.
    #[must_use]
    pub fn key(&self) -> Key {
        let mut answers: Vec<_> = self.answers.iter().map(|(id, _, right, place)| (*place, *id, *right)).collect();
        answers.sort_unstable_by_key(|(place, ..)| *place);
        Key { kind: self.kind, answers: answers.into_iter().map(|(_, id, right)| (id, right)).collect() }
    }
}

/// An attempt with its questions.
pub async fn one(conn: &mut SqliteConnection, id: QuizId) -> Result<Option<Try>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT t.person_id AS "person!: PersonId", t.edition_id AS "edition!: EditionId", e.module_id AS "module!: ModuleId",
                  t.handed_at AS "handed?: Millis", t.passed AS "passed?: bool",
                  (SELECT json_group_array(json_array(g.question_id, q.kind, q.ask, q.why, g.shown, g.given, g.is_right,
                              (SELECT json_group_array(json_array(a.id, a.words, a.is_right, a.position))
                                 FROM quiz_answer a WHERE a.question_id = q.id),
                              (SELECT p.added_at FROM quiz_picture p WHERE p.question_id = q.id)) ORDER BY g.position)
                     FROM quiz_given g JOIN quiz_question q ON q.id = g.question_id WHERE g.try_id = t.id) AS "asked!: String"
             FROM quiz_try t JOIN module_edition e ON e.id = t.edition_id WHERE t.id = ?"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let request = json::rows(&row.asked, |row| {
        let ids = |text: &str| -> Option<Vec<AnswerId>> {
            Some(serde_json::from_str::<Vec<i64>>(text).ok()?.into_iter().map(AnswerId).collect())
        };
        let visible = ids(json::text(row, 4)?)?;
        let known = row.get(7)?.as_array()?.iter().map(|answer| {
            let answer = answer.as_array()?;
            let (id, place) = (AnswerId(json::integer(answer, 0)?), json::integer(answer, 3)?);
            Some((id, json::text(answer, 1)?.to_owned(), json::integer(answer, 2)? == 1, place))
        });
        let mut answers: Vec<_> = known.collect::<Option<_>>()?;
        answers.sort_by_key(|(id, ..)| visible.iter().position(|it| it == id));
        Some(TryQuestion {
            question: QuestionId(json::integer(row, 0)?),
            kind: QuestionKind::parse(json::text(row, 1)?)?,
            ask: json::text(row, 2)?.to_owned(),
            why: json::text(row, 3)?.to_owned(),
            answers,
            picture: json::integer(row, 8).map(Millis),
            given: json::text(row, 5).and_then(ids),
            right: json::integer(row, 6).map(|right| right == 1),
        })
    })?;
    let (person, edition, module) = (row.person, row.edition, row.module);
    Ok(Some(Try { id, person, edition, module, handed: row.handed, passed: row.passed, asked: request }))
}

/// The open attempt of a person at an edition.
pub async fn open(
    conn: &mut SqliteConnection,
    person: PersonId,
    edition: EditionId,
) -> Result<Option<QuizId>, StoreError> {
    let open = sqlx::query_scalar!(
        r#"SELECT id AS "id!: QuizId" FROM quiz_try WHERE person_id = ? AND edition_id = ? AND handed_at IS NULL"#,
        person,
        edition,
    );
    Ok(open.fetch_optional(conn).await?)
}

/// The last attempt at an edition that a person handed in.
pub async fn last(
    conn: &mut SqliteConnection,
    person: PersonId,
    edition: EditionId,
) -> Result<Option<QuizId>, StoreError> {
    let last = sqlx::query_scalar!(
        r#"SELECT id AS "id!: QuizId" FROM quiz_try WHERE person_id = ? AND edition_id = ? AND handed_at IS NOT NULL
            ORDER BY passed DESC, handed_at DESC, id DESC LIMIT 1"#,
        person,
        edition,
    );
    Ok(last.fetch_optional(conn).await?)
}

/// How many attempts at a module a person began since `since`.
pub async fn begun_since(
    conn: &mut SqliteConnection,
    person: PersonId,
    module: ModuleId,
    since: Millis,
) -> Result<u32, StoreError> {
    let begun = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: u32" FROM quiz_try t JOIN module_edition e ON e.id = t.edition_id
            WHERE t.person_id = ? AND e.module_id = ? AND t.begun_at >= ?"#,
        person,
        module,
        since,
    );
    Ok(begun.fetch_one(conn).await?)
}

/// Begins an attempt with these questions, each with its answers in the order shown.
pub async fn begin(
    tx: &mut WriteTx,
    person: PersonId,
    edition: EditionId,
    request: &[(QuestionId, Vec<AnswerId>)],
    at: Millis,
) -> Result<QuizId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO quiz_try (person_id, edition_id, begun_at) VALUES (?, ?, ?)",
        person,
        edition,
        at
    )
    .execute(tx.conn())
    .await?;
    let id = QuizId(made.last_insert_rowid());
    for (position, (question, visible)) in (1_i64..).zip(request) {
        let visible = ids(visible);
        sqlx::query!(
            "INSERT INTO quiz_given (try_id, position, question_id, shown) VALUES (?, ?, ?, ?)",
            id,
            position,
            question,
            visible,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(id)
}

fn ids(answers: &[AnswerId]) -> String {
    answers.iter().map(|id| id.0).collect::<serde_json::Value>().to_string()
}

/// Stores the answer to a question of an attempt.
pub async fn answer(
    tx: &mut WriteTx,
    id: QuizId,
    question: QuestionId,
    given: &[AnswerId],
    right: bool,
) -> Result<(), StoreError> {
    let given = ids(given);
    sqlx::query!(
        "UPDATE quiz_given SET given = ?, is_right = ? WHERE try_id = ? AND question_id = ?",
        given,
        right,
        id,
        question,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Marks an attempt as handed in.
pub async fn hand_in(tx: &mut WriteTx, id: QuizId, passed: bool, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE quiz_try SET handed_at = ?, passed = ? WHERE id = ?", at, passed, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // The workshop’s own.
    Table::left("quiz_picture", &["body"], Erasing::Stays),
    // The rate of right answers belongs to the question.
    Table::taken(
        "quiz_try",
        &["person_id"],
        Erasing::Stays,
        "SELECT json_object('module', t.title, 'passed?', q.passed, 'begun@', q.begun_at, 'handed_in@', \
         q.handed_at) FROM quiz_try q JOIN module_edition e ON e.id = q.edition_id JOIN training_module t ON t.id = \
         e.module_id WHERE q.person_id = ?1",
    ),
];
