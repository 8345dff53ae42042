//! Training: rows of `training_module`, `module_edition` and `training_requirement`. Progress and quizzes have files of
//! their own.

mod candidates;
mod evidence;
mod openings;
pub mod quiz;
mod requirements;
mod retraining;
pub mod watching;

pub use candidates::{Near, list_nearest};
pub use evidence::{Row as EvidenceRow, evidence};
pub use openings::{ComingEvent, OpenAppointment, Openings, openings};
pub(crate) use requirements::TrainingItem;
pub use requirements::{
    Candidate, Line, PathRow, candidates, lines, list_requirements, missing_of, only_quiz_left, path_facts,
    required_count, required_modules, thresholds,
};
pub use retraining::{Late, late, new_to};

use domain::{
    id::{EditionId, MachineId, ModuleId, PersonId, RequirementId, TypeId},
    qualifications::Subject,
    time::Millis,
    training::VideoType,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewModule {
    pub title: String,
    /// Markdown.
    pub about: String,
    /// Questions of one quiz; `None` stands for all.
    pub asked: Option<u32>,
}

/// A stored module.
#[derive(Debug, Clone)]
pub struct Module {
    pub id: ModuleId,
    pub version: i64,
    pub what: NewModule,
    pub archived: bool,
    /// The current edition.
    pub published: Option<EditionId>,
    /// The unpublished edition.
    pub draft: Option<EditionId>,
    /// Active questions.
    pub questions: u32,
}

/// A file of a video in the folder of videos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoFile {
    pub name: String,
    pub kind: VideoType,
    pub bytes: i64,
}

/// A stored edition of a module.
#[derive(Debug, Clone)]
pub struct Edition {
    pub id: EditionId,
    pub module: ModuleId,
    pub number: u32,
    pub youtube: Option<String>,
    pub file: Option<VideoFile>,
    /// `WebVTT`.
    pub captions: Option<String>,
    /// In milliseconds.
    pub length: Option<u32>,
    pub has_quiz: bool,
    pub published: Option<Millis>,
    pub redo_by: Option<Millis>,
}

struct ModuleRow {
    id: ModuleId,
    version: i64,
    title: String,
    about: String,
    asked: Option<u32>,
    archived: bool,
    published: Option<EditionId>,
    draft: Option<EditionId>,
    questions: u32,
}

impl From<ModuleRow> for Module {
    fn from(row: ModuleRow) -> Self {
        let ModuleRow { id, version, title, about, asked: request, archived, published, draft, questions } = row;
        Self {
            id,
            version,
            what: NewModule { title, about, asked: request },
            archived,
            published,
            draft,
            questions,
        }
    }
}

macro_rules! modules {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ModuleRow,
            "SELECT t.id AS \"id!: ModuleId\", t.version AS \"version!\", t.title AS \"title!\", t.about AS \"about!\",
                    t.asked AS \"asked?: u32\", t.archived_at IS NOT NULL AS \"archived!: bool\",
                    (SELECT e.id FROM module_edition e WHERE e.module_id = t.id AND e.published_at IS NOT NULL
                      ORDER BY e.edition DESC LIMIT 1) AS \"published?: EditionId\",
                    (SELECT e.id FROM module_edition e WHERE e.module_id = t.id AND e.published_at IS NULL)
                       AS \"draft?: EditionId\",
                    (SELECT count(*) FROM quiz_question q WHERE q.module_id = t.id AND q.archived_at IS NULL)
                       AS \"questions!: u32\"
               FROM training_module t WHERE " + $rest
            $(, $argument)*
        )
    };
}

/// All modules in order, archived ones last.
pub async fn modules(conn: &mut SqliteConnection) -> Result<Vec<Module>, StoreError> {
    let rows = modules!("1 ORDER BY t.archived_at IS NOT NULL, t.position, t.id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(Module::from).collect())
}

pub async fn module(conn: &mut SqliteConnection, id: ModuleId) -> Result<Option<Module>, StoreError> {
    Ok(modules!("t.id = ?", id).fetch_optional(conn).await?.map(Module::from))
}

/// Adds a module after the others, with a draft edition.
pub async fn add(tx: &mut WriteTx, new: &NewModule) -> Result<ModuleId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO training_module (title, about, asked, position)
         VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM training_module))",
        new.title,
        new.about,
        new.asked,
    )
    .execute(tx.conn())
    .await?;
    let id = ModuleId(made.last_insert_rowid());
    sqlx::query!("INSERT INTO module_edition (module_id, edition) VALUES (?, 1)", id).execute(tx.conn()).await?;
    Ok(id)
}

pub async fn change(tx: &mut WriteTx, id: ModuleId, new: &NewModule) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE training_module SET title = ?, about = ?, asked = ?, version = version + 1 WHERE id = ?",
        new.title,
        new.about,
        new.asked,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive, ModuleId, "training_module");

/// Sorts the modules in this order.
pub async fn arrange(tx: &mut WriteTx, order: &[ModuleId]) -> Result<(), StoreError> {
    for (position, id) in (1_i64..).zip(order) {
        sqlx::query!("UPDATE training_module SET position = ? WHERE id = ?", position, id)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

struct EditionRow {
    id: EditionId,
    module: ModuleId,
    number: u32,
    youtube: Option<String>,
    file_name: Option<String>,
    file_type: Option<VideoType>,
    file_bytes: Option<i64>,
    captions: Option<String>,
    length: Option<u32>,
    has_quiz: bool,
    published: Option<Millis>,
    redo_by: Option<Millis>,
}

impl From<EditionRow> for Edition {
    fn from(row: EditionRow) -> Self {
        let file = row.file_name.zip(row.file_type).zip(row.file_bytes);
        let EditionRow { id, module, number, youtube, captions, length, has_quiz, published, redo_by, .. } = row;
        let file = file.map(|((name, kind), bytes)| VideoFile { name, kind, bytes });
        Self { id, module, number, youtube, file, captions, length, has_quiz, published, redo_by }
    }
}

macro_rules! editions {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            EditionRow,
            "SELECT e.id AS \"id!: EditionId\", e.module_id AS \"module!: ModuleId\", e.edition AS \"number!: u32\",
                    e.youtube AS \"youtube?\", e.file_name AS \"file_name?\", e.file_type AS \"file_type?: VideoType\",
                    e.file_bytes AS \"file_bytes?\", e.captions AS \"captions?\", e.length_ms AS \"length?: u32\",
                    e.has_quiz AS \"has_quiz!: bool\", e.published_at AS \"published?: Millis\",
                    e.redo_by AS \"redo_by?: Millis\"
               FROM module_edition e WHERE " + $rest
            $(, $argument)*
        )
    };
}

pub async fn edition(conn: &mut SqliteConnection, id: EditionId) -> Result<Option<Edition>, StoreError> {
    Ok(editions!("e.id = ?", id).fetch_optional(conn).await?.map(Edition::from))
}

/// The editions of a module, newest first.
pub async fn editions(conn: &mut SqliteConnection, module: ModuleId) -> Result<Vec<Edition>, StoreError> {
    let rows = editions!("e.module_id = ? ORDER BY e.edition DESC", module).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Edition::from).collect())
}

/// The current edition of a module: the newest published one.
pub async fn published(conn: &mut SqliteConnection, module: ModuleId) -> Result<Option<Edition>, StoreError> {
    let row = editions!("e.module_id = ? AND e.published_at IS NOT NULL ORDER BY e.edition DESC LIMIT 1", module);
    Ok(row.fetch_optional(conn).await?.map(Edition::from))
}

/// The draft of a module; created as a copy of the last edition if there is none.
pub async fn draft(tx: &mut WriteTx, module: ModuleId) -> Result<EditionId, StoreError> {
    let draft = sqlx::query_scalar!(
        r#"SELECT id AS "id!: EditionId" FROM module_edition WHERE module_id = ? AND published_at IS NULL"#,
        module
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(draft) = draft {
        return Ok(draft);
    }
    let made = sqlx::query!(
        "INSERT INTO module_edition (module_id, edition, youtube, file_name, file_type, file_bytes, captions, length_ms)
         SELECT module_id, edition + 1, youtube, file_name, file_type, file_bytes, captions, length_ms
           FROM module_edition WHERE module_id = ? ORDER BY edition DESC LIMIT 1",
        module
    )
    .execute(tx.conn())
    .await?;
    Ok(EditionId(made.last_insert_rowid()))
}

/// A draft that copies the current edition, if that has a quiz but there are no questions, or the reverse.
pub async fn draft_for_quiz(tx: &mut WriteTx, module: ModuleId) -> Result<Option<EditionId>, StoreError> {
    let has = sqlx::query_scalar!(
        r#"SELECT e.has_quiz <> EXISTS (SELECT 1 FROM quiz_question q WHERE q.module_id = ?1 AND q.archived_at IS NULL)
                  AS "differs!: bool"
             FROM module_edition e WHERE e.module_id = ?1 AND e.published_at IS NOT NULL ORDER BY e.edition DESC LIMIT 1"#,
        module
    );
    match has.fetch_optional(tx.conn()).await? {
        Some(true) => draft(tx, module).await.map(Some),
        _ => Ok(None),
    }
}

/// The content of a draft.
#[derive(Debug, Clone)]
pub struct Shows<'a> {
    pub youtube: Option<&'a str>,
    pub file: Option<&'a VideoFile>,
    /// In milliseconds.
    pub length: Option<u32>,
}

/// Sets the content of a draft. Captions belong to their video; those added before any video belong to the first.
pub async fn show(tx: &mut WriteTx, draft: EditionId, shows: &Shows<'_>) -> Result<(), StoreError> {
    let (name, kind) = (shows.file.map(|file| &file.name), shows.file.map(|file| file.kind));
    let bytes = shows.file.map(|file| file.bytes);
    sqlx::query!(
        "UPDATE module_edition
            SET captions = iif((youtube IS NULL AND file_name IS NULL) OR (youtube IS ?1 AND file_name IS ?2), captions, NULL),
                youtube = ?1, file_name = ?2, file_type = ?3, file_bytes = ?4, length_ms = ?5
          WHERE id = ?6 AND published_at IS NULL",
        shows.youtube,
        name,
        kind,
        bytes,
        shows.length,
        draft,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets or removes the captions of the draft.
pub async fn caption(tx: &mut WriteTx, draft: EditionId, captions: Option<&str>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE module_edition SET captions = ? WHERE id = ? AND published_at IS NULL", captions, draft)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Publishes a draft, with a quiz if there are questions. If it has the same video and needs no retraining, people
/// continue where they were.
pub async fn publish(
    tx: &mut WriteTx,
    draft: EditionId,
    at: Millis,
    redo_by: Option<Millis>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE module_edition
            SET published_at = ?1, redo_by = ?2,
                has_quiz = EXISTS (SELECT 1 FROM quiz_question q
                                    WHERE q.module_id = module_edition.module_id AND q.archived_at IS NULL)
          WHERE id = ?3 AND published_at IS NULL",
        at,
        redo_by,
        draft,
    )
    .execute(tx.conn())
    .await?;
    if redo_by.is_none() {
        watching::carry_over(tx, draft).await?;
    }
    Ok(())
}

/// Whether an edition uses the file of this name.
pub async fn is_shown(conn: &mut SqliteConnection, name: &str) -> Result<bool, StoreError> {
    let visible = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM module_edition WHERE file_name = ?) AS "shown!: bool""#,
        name
    );
    Ok(visible.fetch_one(conn).await?)
}

/// People who completed an earlier edition of a module and must retrain.
pub async fn completed_before(conn: &mut SqliteConnection, module: ModuleId) -> Result<Vec<PersonId>, StoreError> {
    let people = sqlx::query_scalar!(
        r#"SELECT DISTINCT d.person_id AS "person!: PersonId" FROM training_done d
             JOIN person p ON p.id = d.person_id AND p.status = 'active'
            WHERE d.module_id = ?1 AND d.quiz_done
              AND d.percent >= coalesce((SELECT min(r.threshold) FROM training_requirement r WHERE r.module_id = ?1), 90)"#,
        module
    );
    Ok(people.fetch_all(conn).await?)
}

/// A module required by a type or machine.
#[derive(Debug, Clone)]
pub struct Requirement {
    pub id: RequirementId,
    pub on: Subject,
    /// Name of the type or machine.
    pub on_name: String,
    pub module: ModuleId,
    pub title: String,
    /// Percent of the video.
    pub threshold: u8,
}

struct RequirementRow {
    id: RequirementId,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
    on_name: String,
    module: ModuleId,
    title: String,
    threshold: u8,
}

macro_rules! requirements {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            RequirementRow,
            "SELECT r.id AS \"id!: RequirementId\", r.type_id AS \"kind?: TypeId\", r.machine_id AS \"machine?: MachineId\",
                    coalesce(t.name, m.name, '') AS \"on_name!: String\", r.module_id AS \"module!: ModuleId\",
                    o.title AS \"title!\", r.threshold AS \"threshold!: u8\"
               FROM training_requirement r
               JOIN training_module o ON o.id = r.module_id
               LEFT JOIN equipment_type t ON t.id = r.type_id
               LEFT JOIN machine m ON m.id = r.machine_id
              WHERE " + $rest
            $(, $argument)*
        )
    };
}

fn required(rows: Vec<RequirementRow>) -> Vec<Requirement> {
    let read = |row: RequirementRow| {
        let on = Subject::of_sides(row.kind, row.machine)?;
        let RequirementRow { id, on_name, module, title, threshold, .. } = row;
        Some(Requirement { id, on, on_name, module, title, threshold })
    };
    rows.into_iter().filter_map(read).collect()
}

/// All requirements of unarchived types and machines.
pub async fn requirements(conn: &mut SqliteConnection) -> Result<Vec<Requirement>, StoreError> {
    let rows = requirements!(
        "coalesce(t.archived_at, m.archived_at) IS NULL ORDER BY t.name IS NULL, t.name, m.name, o.position, r.id"
    );
    Ok(required(rows.fetch_all(conn).await?))
}

pub async fn requirement(
    conn: &mut SqliteConnection,
    id: RequirementId,
) -> Result<Option<Requirement>, StoreError> {
    Ok(required(requirements!("r.id = ?", id).fetch_all(conn).await?).pop())
}

/// Makes a type or machine require a module; replaces its earlier requirement of that module. People qualified when it
/// is `made` have until `grace`.
pub async fn require(
    tx: &mut WriteTx,
    on: Subject,
    module: ModuleId,
    threshold: u8,
    (made, grace): (Millis, Millis),
) -> Result<RequirementId, StoreError> {
    let (kind, machine) = on.sides();
    // A repeated requirement does not restart its deadline.
    let before = sqlx::query!(
        r#"SELECT made_at AS "made!: Millis", grace_until AS "grace!: Millis" FROM training_requirement
            WHERE type_id IS ?1 AND machine_id IS ?2 AND module_id = ?3"#,
        kind,
        machine,
        module,
    )
    .fetch_optional(tx.conn())
    .await?;
    let (made, grace) = before.map_or((made, grace), |before| (before.made, before.grace));
    sqlx::query!(
        "DELETE FROM training_requirement WHERE type_id IS ?1 AND machine_id IS ?2 AND module_id = ?3",
        kind,
        machine,
        module,
    )
    .execute(tx.conn())
    .await?;
    let made = sqlx::query!(
        "INSERT INTO training_requirement (type_id, machine_id, module_id, threshold, made_at, grace_until)
         VALUES (?, ?, ?, ?, ?, ?)",
        kind,
        machine,
        module,
        threshold,
        made,
        grace,
    )
    .execute(tx.conn())
    .await?;
    Ok(RequirementId(made.last_insert_rowid()))
}

pub async fn release(tx: &mut WriteTx, id: RequirementId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM training_requirement WHERE id = ?", id).execute(tx.conn()).await?;
    Ok(())
}
