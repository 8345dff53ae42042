//! Training: the modules that people watch and answer on their way to a machine, and how managers make them.
//!
//! **Invariants.** Right quiz answers leave the server only for people who passed and for the authors. A person's
//! progress is known to themselves and to those who train on the type. Not here: the ledger. Completing
//! everything makes a person ready for a trainer, not qualified.

mod editor;
mod exchange;
mod mp4;
mod paths;
mod questions;
mod quiz;
mod requirements;
mod videos;
mod watching;
mod webm;

pub use editor::{
    DescribeModule, ShowVideo, add, archive, arrange, keep_captions, modules, publish, redo_day, remove_captions,
    save, set_captions, set_video, sheet,
};
pub use exchange::{export, import, import_pasted};
pub(crate) use paths::{begun_paths, here, left_of};
use paths::{catalogue, is_begun, paths};
pub use questions::{
    QuestionForm, add_question, change_question, may_set_picture, question_picture, remove_picture,
    remove_question, set_picture,
};
pub use quiz::{answer, begin, hand_in, quiz};
pub use requirements::{release, require, required_of, requirements};
pub(crate) use videos::folder;
pub use videos::{Opened, captions, keep, may_upload, open};
pub use watching::{progress, report, report_module};

use crate::{Ctx, markdown, training_events, training_requests, uploads::UploadError};
use contract::training::{Candidate, GoOn, Learn, Module, ModuleLine, PathView, QuizState, Video};
use contract::training_exchange::ImportFault;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{ModuleId, PersonId, TypeId},
    pictures::InvalidPicture,
    problem::{Kind, Problem},
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
    training::{
        ABOUT, THRESHOLD,
        captions::CaptionsFault,
        formats::Unplayable,
        path::Completion,
        quiz::{ANSWERS, QUESTIONS, TRIES, WORDS, needed},
        watching as watching_rules,
    },
    training_events::PlaceState,
    versions::Saved,
};
use macros::{FieldError, ServiceError};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError,
    training::{self as rows, Edition, PathRow, quiz as tries, watching as progress_rows},
    training_events as events,
};

/// Events on *Learn*.
const LEARN_EVENTS: u32 = 5;
use text::Lang;

/// People who are looked at for one type; those who watched last.
const CANDIDATES: u32 = 500;

/// Why nothing is shown or changed.
#[derive(Debug, ServiceError)]
pub enum TrainingError {
    /// Unknown module, or an unpublished one.
    #[problem("module.unknown", NotFound, module_unknown)]
    Unknown,
    #[problem("question.unknown", NotFound, question_unknown)]
    UnknownQuestion,
    /// Unknown quiz of theirs, or a question of another one.
    #[problem("quiz.unknown", NotFound, quiz_unknown)]
    UnknownQuiz,
    #[problem("requirement.unknown", NotFound, requirement_unknown)]
    UnknownRequirement,
    /// The report before is fresher than a second.
    #[problem("watching.too-soon", TooMany, watching_too_soon, after = 1)]
    TooSoon,
    /// The report exceeds the limit for one report.
    #[problem("watching.too-much", Invalid, watching_too_much)]
    TooMuch,
    /// A part is not in the video.
    #[problem("watching.outside", Invalid, watching_outside)]
    Outside,
    /// The report is about another edition than the current one.
    #[problem("watching.other-edition", Conflict, watching_other_edition)]
    OtherEdition,
    /// Too many pieces were watched.
    #[problem("watching.in-pieces", Invalid, watching_in_pieces)]
    InPieces,
    /// The video has to be watched first.
    #[problem("quiz.closed", Conflict, quiz_closed)]
    NotWatched,
    /// The module has no quiz.
    #[problem("quiz.none", Conflict, quiz_none)]
    NoQuiz,
    #[problem("quiz.passed", Conflict, quiz_is_passed)]
    Passed,
    /// They tried as often as one may on a day.
    #[problem("quiz.no-tries", Conflict, quiz_no_tries(&TRIES.to_string()))]
    NoTries,
    /// It was handed in.
    #[problem("quiz.over", Conflict, quiz_over)]
    Over,
    #[problem("quiz.incomplete", Conflict, quiz_incomplete)]
    Incomplete,
    /// None, or too many, were chosen.
    #[problem("quiz.no-answer", Invalid, at("answers", quiz_no_answer))]
    NoAnswer,
    /// Not all were put in order, or two at one place.
    #[problem("quiz.no-order", Invalid, at("answers", quiz_no_order))]
    NoOrder,
    /// It has no video yet.
    #[problem("module.no-video", Conflict, module_no_video)]
    NoVideo,
    /// The length of its video is unknown.
    #[problem("module.no-length", Conflict, module_length_missing)]
    NoLength,
    /// There are no changes to publish.
    #[problem("module.nothing-new", Conflict, module_nothing_new)]
    NothingNew,
    #[problem("module.archived", Conflict, module_is_archived)]
    Archived,
    /// It has as many questions as there may be.
    #[problem("module.too-many-questions", Conflict, module_too_many_questions(&QUESTIONS.to_string()))]
    TooManyQuestions,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// Fields of the form do not fit.
    #[problem("module.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// The document has faults: where, and what.
    #[problem(with = faulty(_0, lang), codes = [(Kind::Invalid, "training.faulty")])]
    Faulty(Vec<ImportFault>),
    /// The file did not arrive.
    #[problem(with = _0.problem(lang), codes = [(Kind::TooMany, "rate.exceeded"), (Kind::Unavailable, "storage.unavailable")])]
    Upload(#[from] UploadError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The faults of a document as a problem, each located.
fn faulty(faults: &[ImportFault], lang: Lang) -> Problem {
    let problem = Problem::new("training.faulty", Kind::Invalid, lang.exchange_faulty());
    faults.iter().fold(problem, |problem, fault| problem.field(&fault.at, fault.message.as_str()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// It has no title.
    #[field("title", announcement_no_title)]
    NoTitle,
    /// The title is longer than a name.
    #[field("title", announcement_long_title)]
    LongTitle,
    /// It contains control characters.
    #[field("title", name_invalid)]
    TitleControl,
    /// Another module is called so: requirements in a document name theirs by it.
    #[field("title", module_title_taken)]
    TitleTaken,
    /// More than [`ABOUT`] characters.
    #[field("about", module_long_about(&ABOUT.to_string()))]
    LongAbout,
    /// No number of questions.
    #[field("asked", module_asked)]
    InUse,
    /// No id or address of a video there.
    #[field("youtube", module_youtube)]
    YouTube,
    /// No length, or longer than a video may be.
    #[field("length", module_length)]
    Length,
    /// No captions, and why not.
    #[field("captions", captions_invalid(*_0))]
    Captions(CaptionsFault),
    /// A file that is no video, or breaks off.
    #[field("video", module_no_film)]
    NoFilm,
    /// A video that browsers don't play, and how it is coded.
    #[field("video", module_unplayable(*_0))]
    Unplayable(Unplayable),
    /// A file that is larger than it may be.
    #[field("video", module_large_file)]
    LargeFile,
    /// No day, or one that is over.
    #[field("redo_by", module_redo_by)]
    RedoBy,
    /// No kind of question.
    #[field("kind", choose_what)]
    Kind,
    /// Empty, or longer than [`WORDS`] characters.
    #[field("ask", question_ask(&WORDS.to_string()))]
    Ask,
    /// Longer than [`WORDS`] characters.
    #[field("why", question_why(&WORDS.to_string()))]
    Why,
    /// Fewer than two answers, more than [`ANSWERS`], or one that is too long.
    #[field("answers", question_answers(&ANSWERS.to_string()))]
    Answers,
    /// Two answers are equal.
    #[field("answers", question_twice)]
    Twice,
    /// Not exactly one is right.
    #[field("answers", question_not_one)]
    NotOne,
    #[field("answers", question_none_right)]
    NoneRight,
    /// Not a valid picture.
    #[field("picture", picture_invalid(*_0))]
    Picture(InvalidPicture),
    #[field("threshold", requirement_threshold)]
    Threshold,
    /// No type and no machine.
    #[field("on", choose_what)]
    On,
    #[field("module", choose_what)]
    Module,
}

/// Modules missing before a person can be checked out on a type; empty if they are ready.
pub async fn ready_for_checkout(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: TypeId,
    now: Millis,
) -> Result<Vec<ModuleId>, StoreError> {
    let facts = rows::path_facts(conn, person, Some(kind)).await?;
    let mut missing = Vec::new();
    for row in facts.iter().filter(|row| row.kind == Some(kind)) {
        let is_done = matches!(row.needed()?.completion(now), Completion::Completed { .. });
        if !is_done && !missing.contains(&row.module) {
            missing.push(row.module);
        }
    }
    Ok(missing)
}

/// The caller's training: begun paths, the catalogue, and every other module.
pub async fn learn(ctx: &Ctx, actor: &Actor) -> Result<Learn, TrainingError> {
    let me = learner(actor)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let facts = rows::path_facts(&mut snapshot, me, None).await?;
    let all = rows::lines(&mut snapshot, me).await?;
    let mut paths = paths(ctx, &mut snapshot, me, &facts, now).await?;
    paths.sort_by_key(|path| (path.path.left() == 0, path.qualified));
    let catalogue = catalogue(&mut snapshot, me, &paths, now).await?;
    // Paths that were not begun are offered, but are not theirs.
    paths.retain(is_begun);
    let required: Vec<_> = facts.iter().map(|row| row.module).collect();
    // A missing end of a video is no reason to go back, even before the quiz is passed.
    let left = |line: &&rows::Line| {
        let rest: u32 = line.coverage.left(line.length).iter().map(|span| span.length()).sum();
        rest > watching_rules::END && line.seen.is_some() && !line.is_done()
    };
    let go_on = all.iter().filter(left).max_by_key(|line| line.seen).map(|line| GoOn {
        module: line.id,
        title: line.title.clone(),
        path: facts
            .iter()
            .find(|row| row.module == line.id)
            .and_then(|row| paths.iter().find(|path| Some(path.on) == row.on()))
            .map_or_else(String::new, |path| path.name.clone()),
        percent: line.percent,
        place: line.place,
        left: line.coverage.left(line.length).iter().map(|span| span.length()).sum(),
    });
    let others = all.iter().filter(|line| !required.contains(&line.id)).map(line);
    let others = others.collect();
    let mut events =
        training_events::lines(ctx, &mut snapshot, events::Filter::default(), Some(me), LEARN_EVENTS * 10).await?;
    events.sort_by_key(|event| !event.mine.is_some_and(PlaceState::is_open));
    events.truncate(LEARN_EVENTS as usize);
    let requests = training_requests::own(ctx, actor, &mut snapshot, me).await?;
    Ok(Learn { now: ctx.moment(now), go_on, others, paths, catalogue, events, requests, together: String::new() })
}

/// Every published module in order, with the caller's progress.
pub async fn lines(ctx: &Ctx, actor: &Actor) -> Result<Vec<ModuleLine>, TrainingError> {
    let me = learner(actor)?;
    let all = rows::lines(&mut *ctx.store().read().await?, me).await?;
    Ok(all.iter().map(line).collect())
}

fn line(line: &rows::Line) -> ModuleLine {
    ModuleLine {
        id: line.id,
        title: line.title.clone(),
        length: line.length,
        percent: line.percent,
        quiz: line.has_quiz.then_some(line.passed),
    }
}

/// The caller, if they may learn.
fn learner(actor: &Actor) -> Result<PersonId, Forbidden> {
    actor.require(Permission::Learn, Target::NONE)?;
    actor.person().ok_or(Forbidden::NotAllowed)
}

/// A module for its viewers. Unpublished modules and drafts (`draft`) are for editors.
pub async fn module(ctx: &Ctx, actor: &Actor, id: ModuleId, draft: bool) -> Result<Module, TrainingError> {
    let edits = actor.may(Permission::EditTraining, Target::NONE);
    if !edits {
        actor.require(Permission::Learn, Target::NONE)?;
    }
    let me = actor.person().ok_or(Forbidden::NotAllowed)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::module(&mut snapshot, id).await?.filter(|row| !row.archived || edits);
    let row = row.ok_or(TrainingError::Unknown)?;
    let visible = if draft && edits { row.draft.or(row.published) } else { row.published };
    let visible = visible.or(row.draft.filter(|_| edits)).ok_or(TrainingError::Unknown)?;
    let edition = rows::edition(&mut snapshot, visible).await?.ok_or(TrainingError::Unknown)?;
    let (video, length) = match (video(&edition), edition.length) {
        (Some(video), Some(length)) => (video, length),
        _ if !edits => return Err(TrainingError::Unknown),
        (Some(_), None) => return Err(TrainingError::NoLength),
        (None, _) => return Err(TrainingError::NoVideo),
    };
    let facts = rows::path_facts(&mut snapshot, me, None).await?;
    let threshold = threshold_of(&facts, id);
    let progress = progress_rows::progress(&mut snapshot, me, edition.id).await?;
    let opens = quiz_opens(&facts, id);
    let quiz = quiz_state(ctx, &mut snapshot, me, &row, &edition, &progress, opens).await?;
    let of_module = |path: &PathView| path.stages.iter().any(|stage| stage.module == id);
    let mut paths = paths(ctx, &mut snapshot, me, &facts, now).await?;
    paths.retain(of_module);
    Ok(Module {
        now: ctx.moment(now),
        id,
        version: row.version,
        edition: edition.id,
        title: row.what.title,
        html: markdown::rendered(&row.what.about),
        video,
        length,
        captions: edition.captions.is_some(),
        watched: progress.coverage.spans().to_vec(),
        percent: progress.percent,
        threshold,
        place: progress.place,
        quiz,
        paths,
        draft: edition.published.is_none(),
    })
}

/// The percentage of a module required: the highest of all requirements.
fn threshold_of(facts: &[PathRow], module: ModuleId) -> u8 {
    facts.iter().filter(|row| row.module == module).map(|row| row.threshold).max().unwrap_or(THRESHOLD)
}

/// The percentage of a module required for its quiz: the lowest of all requirements, because that path continues
/// to the quiz.
fn quiz_opens(facts: &[PathRow], module: ModuleId) -> u8 {
    facts.iter().filter(|row| row.module == module).map(|row| row.threshold).min().unwrap_or(THRESHOLD)
}

fn video(edition: &Edition) -> Option<Video> {
    let file = edition.file.as_ref().map(|file| Video::File(file.kind));
    file.or_else(|| edition.youtube.clone().map(Video::YouTube))
}

/// The quiz of an edition, if it has one, for `me`.
async fn quiz_state(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    me: PersonId,
    row: &rows::Module,
    edition: &Edition,
    progress: &progress_rows::Progress,
    opens: u8,
) -> Result<Option<QuizState>, StoreError> {
    if row.questions == 0 || (!edition.has_quiz && edition.published.is_some()) {
        return Ok(None);
    }
    let begun = tries::begun_since(conn, me, row.id, today(ctx)).await?;
    let under_way = tries::open(conn, me, edition.id).await?.is_some();
    let request = row.what.asked.unwrap_or(row.questions).min(row.questions);
    Ok(Some(QuizState {
        asked: request,
        needed: needed(request),
        tries_left: TRIES.saturating_sub(begun),
        open: progress.percent >= opens,
        under_way,
        passed: progress.passed.map(|at| ctx.moment(at)),
    }))
}

/// The start of today, by the clock of the space.
fn today(ctx: &Ctx) -> Millis {
    ctx.space().zone.start_of(ctx.today())
}

/// People on the way to `kind`, nearest first, for its trainers.
pub async fn candidates(ctx: &Ctx, actor: &Actor, kind: TypeId) -> Result<Vec<Candidate>, TrainingError> {
    actor.require(Permission::SeeCandidates, Target::equipment(kind, None))?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let rows = rows::candidates(&mut snapshot, kind, CANDIDATES).await?;
    let required = rows::required_count(&mut snapshot, kind).await?;
    let mut of: BTreeMap<PersonId, Candidate> = BTreeMap::new();
    let mut shares: BTreeMap<PersonId, u32> = BTreeMap::new();
    let qualified = |ledger: &Ledger| ledger.holds(Relation::User, &[Subject::Type(kind)], now);
    for row in rows.into_iter().filter(|row| !qualified(&row.ledger)) {
        let one = of.entry(row.person).or_insert_with(|| Candidate {
            person: row.person,
            name: row.name.clone(),
            completed: 0,
            required,
            percent: 0,
            quizzes_left: 0,
            seen: ctx.moment(row.seen),
        });
        // As on their own path: an earlier edition counts until it must be repeated.
        let done = matches!(row.needed.completion(now), Completion::Completed { .. });
        let watched = done || row.percent >= row.threshold;
        one.completed += u32::from(done);
        one.quizzes_left += u32::from(!done && !row.quiz_done);
        *shares.entry(row.person).or_default() += u32::from(if watched { 100 } else { row.percent });
    }
    let mut all: Vec<_> = of.into_values().collect();
    for one in &mut all {
        // Divided once: three of three is all.
        let share = shares.get(&one.person).copied().unwrap_or_default() / required.max(1);
        one.percent = u8::try_from(share.min(100)).unwrap_or(100);
    }
    all.sort_by_key(|one| (std::cmp::Reverse((one.completed, one.percent)), one.person));
    Ok(all)
}
