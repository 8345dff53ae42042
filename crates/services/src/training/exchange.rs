//! Exports modules and requirements as one document for another workshop, and imports one.
//!
//! **Invariants.** Imported values go through the same parsers as input to the editor. A document is imported as a
//! whole or not at all; existing entries stay as they are: a module by its title, a requirement by its subject.
//! Imported modules are drafts: nobody sees them before they are published; the length of a video at `YouTube` is
//! accepted from an administrator alone. Not here: files of videos and pictures of questions.

use super::{DescribeModule, QuestionForm, TrainingError, ValidationError, requirements::require_now};
use crate::{Ctx, error::FieldError};
use contract::training_exchange::{
    AnswerDocument, FORMAT, FileDocument, ImportFault, ModuleDocument, QuestionDocument, RequirementDocument,
    TrainingDocument, TrainingImport, VERSION, VideoDocument,
};
use domain::{
    actor::{Actor, Permission, Target},
    id::ModuleId,
    live::ChangeEvent,
    problem::{Kind, Problem},
    qualifications::Subject,
    training::quiz::QuestionKind,
    training::{self, AT_ONCE, DOCUMENT, Length, REQUIRED_AT_ONCE, YouTubeId, captions, quiz::QUESTIONS},
};
use macros::FieldError;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, equipment, machines,
    training::{
        self as rows, NewModule, Shows,
        quiz::{self, NewQuestion},
    },
};
use text::Lang;

/// Limit of reported faults.
const FAULTS: usize = 100;

/// A fault of a document, besides those of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
enum DocumentError {
    /// It is something else.
    #[field("toolgate", exchange_other)]
    Other,
    /// An unsupported version of the format.
    #[field("version", exchange_version)]
    Version,
    /// More than [`AT_ONCE`].
    #[field("modules", exchange_many_modules(&AT_ONCE.to_string()))]
    ManyModules,
    /// More than [`REQUIRED_AT_ONCE`].
    #[field("requirements", exchange_many_requirements(&REQUIRED_AT_ONCE.to_string()))]
    ManyRequirements,
    /// More than [`QUESTIONS`].
    #[field("questions", module_too_many_questions(&QUESTIONS.to_string()))]
    ManyQuestions,
    /// Another module of the document has the same title.
    #[field("title", exchange_title_twice)]
    TitleTwice,
    /// Both a file and one at `YouTube`, or neither.
    #[field("video", exchange_one_video)]
    OneVideo,
    /// Both a type and a machine, or neither.
    #[field("type", exchange_type_or_machine)]
    TypeOrMachine,
    /// No type in use is called so.
    #[field("type", exchange_no_type)]
    NoType,
    /// No machine in use is called so, or several are.
    #[field("machine", exchange_no_machine)]
    NoMachine,
    /// No module, here or in the document, is called so.
    #[field("module", exchange_no_module)]
    NoModule,
    /// It is in the document twice.
    #[field("module", exchange_required_twice)]
    RequiredTwice,
}

/// The faults so far, in the reader's language.
struct Faults {
    lang: Lang,
    all: Vec<ImportFault>,
}

impl Faults {
    /// Adds a fault in `part` of the document, such as `modules[2]`, or empty for the whole.
    fn add(&mut self, part: &str, fault: &impl FieldError) {
        let reported = fault.add(Problem::new("", Kind::Invalid, ""), self.lang).fields.pop();
        let Some((field, message)) = reported.filter(|_| self.all.len() < FAULTS) else { return };
        // Field names of the document that differ from those of the editor.
        let field = match field.as_str() {
            "about" => "description",
            "youtube" => "video.youtube",
            "length" => "video.length",
            field => field,
        };
        let at = if part.is_empty() { field.to_owned() } else { format!("{part}.{field}") };
        self.all.push(ImportFault { at, message });
    }

    fn each(&mut self, part: &str, faults: &[ValidationError]) {
        for fault in faults {
            self.add(part, fault);
        }
    }
}

/// All active modules with questions, and requirements, for editors.
pub async fn export(ctx: &Ctx, actor: &Actor) -> Result<TrainingDocument, TrainingError> {
    actor.require(Permission::EditTraining, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let mut stored = rows::modules(&mut snapshot).await?;
    stored.retain(|module| !module.archived);
    let mut modules = Vec::with_capacity(stored.len());
    for module in &stored {
        modules.push(written(&mut snapshot, module).await?);
    }
    let in_use: BTreeSet<_> = stored.iter().map(|module| module.id).collect();
    let required = rows::requirements(&mut snapshot).await?.into_iter();
    let required = required.filter(|one| in_use.contains(&one.module)).map(|one| {
        let (r#type, machine) = match one.on {
            Subject::Type(_) => (Some(one.on_name), None),
            Subject::Machine(_) => (None, Some(one.on_name)),
        };
        RequirementDocument { r#type, machine, module: one.title, threshold: one.threshold }
    });
    let requirements = required.collect();
    Ok(TrainingDocument { toolgate: FORMAT.to_owned(), version: VERSION, modules, requirements })
}

/// A module with its current edition, or its next one if unpublished.
async fn written(conn: &mut SqliteConnection, module: &rows::Module) -> Result<ModuleDocument, StoreError> {
    let visible = match module.published.or(module.draft) {
        Some(edition) => rows::edition(conn, edition).await?,
        None => None,
    };
    let questions = quiz::questions(conn, module.id).await?.into_iter().map(|question| QuestionDocument {
        kind: question.kind.as_str().to_owned(),
        ask: question.ask,
        why: question.why,
        answers: question.answers.into_iter().map(|(_, words, right)| AnswerDocument { words, right }).collect(),
    });
    let questions = questions.collect();
    let NewModule { title, about, asked: request } = module.what.clone();
    let (video, captions) = visible.map_or((None, None), |edition| {
        let file = edition.file.map(|file| FileDocument { name: file.name, bytes: file.bytes.unsigned_abs() });
        let is_one = file.is_some() || edition.youtube.is_some();
        let video = VideoDocument { youtube: edition.youtube, file, length: edition.length };
        (is_one.then_some(video), edition.captions)
    });
    Ok(ModuleDocument { title, description: about, asked: request, video, captions, questions })
}

/// Parses a pasted document and imports it like [`import`].
pub async fn import_pasted(
    ctx: &Ctx,
    actor: &Actor,
    pasted: &str,
    dry_run: bool,
    lang: Lang,
) -> Result<TrainingImport, TrainingError> {
    actor.require(Permission::EditTraining, Target::NONE)?;
    match read(pasted, lang) {
        Ok(document) => import(ctx, actor, document, dry_run, lang).await,
        Err(fault) if dry_run => Ok(TrainingImport { faults: vec![fault], ..TrainingImport::default() }),
        Err(fault) => Err(TrainingError::Faulty(vec![fault])),
    }
}

fn read(pasted: &str, lang: Lang) -> Result<TrainingDocument, ImportFault> {
    let fault = |at: String, message: String| Err(ImportFault { at, message });
    if pasted.len() > DOCUMENT {
        return fault(String::new(), lang.exchange_too_large().to_owned());
    }
    let mut json = serde_json::Deserializer::from_str(pasted);
    let document: TrainingDocument = match serde_path_to_error::deserialize(&mut json) {
        Ok(document) => document,
        Err(error) if error.inner().is_data() => {
            let (path, value) = (error.path().to_string(), error.inner().to_string());
            let at = if path == "." { String::new() } else { path.chars().take(FAULTS).collect() };
            return fault(at, lang.exchange_form(&value.chars().take(FAULTS).collect::<String>()));
        }
        Err(error) => return fault(String::new(), lang.exchange_no_json(&error.inner().line().to_string())),
    };
    match json.end() {
        Ok(()) => Ok(document),
        Err(error) => fault(String::new(), lang.exchange_no_json(&error.line().to_string())),
    }
}

/// Creates the modules of `document` as drafts, and its requirements; a `dry_run` reports what would be created,
/// and the faults.
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    document: TrainingDocument,
    dry_run: bool,
    lang: Lang,
) -> Result<TrainingImport, TrainingError> {
    let (permission, about) = (Permission::EditTraining, Target::NONE);
    actor.require(permission, about)?;
    if dry_run {
        let mut snapshot = ctx.store().snapshot().await?;
        return Ok(plan(&mut snapshot, actor, &document, lang).await?.told);
    }
    ctx.change(actor, permission, about, async move |job| {
        let Plan { modules, required, told: reported } = plan(job.tx.conn(), &job.actor, &document, lang).await?;
        let sets_length = job.actor.may(Permission::SetLength, about);
        if !reported.faults.is_empty() {
            return Err(TrainingError::Faulty(reported.faults));
        }
        let reported = TrainingImport { done: true, ..reported };
        if modules.is_empty() && required.is_empty() {
            return Ok(Done::unaudited(reported, Unaudited::NothingChanged));
        }
        let mut made = Vec::with_capacity(modules.len());
        for new in &modules {
            let id = rows::add(job.tx, &new.what).await?;
            let draft = rows::draft(job.tx, id).await?;
            if let Some((youtube, length)) = &new.youtube {
                let length = length.filter(|_| sets_length).map(Length::ms);
                let shows = Shows { youtube: Some(youtube.as_str()), file: None, length };
                rows::show(job.tx, draft, &shows).await?;
            }
            if let Some(captions) = &new.captions {
                rows::caption(job.tx, draft, Some(captions)).await?;
            }
            for question in &new.questions {
                quiz::add(job.tx, id, question, None, job.now).await?;
            }
            made.push(id);
        }
        for (on, of, threshold) in &required {
            let module = match of {
                Of::Here(module) => *module,
                Of::Made(at) => *made.get(*at).ok_or(TrainingError::Unknown)?,
            };
            require_now(job, *on, module, *threshold).await?;
        }
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "modules": made, "requirements": required.len() });
        job.audited(reported, "module.imported", domain::audit::Subject::Space, &detail).await
    })
    .await
}

/// A module to be made.
struct New {
    what: NewModule,
    youtube: Option<(YouTubeId, Option<Length>)>,
    captions: Option<String>,
    questions: Vec<NewQuestion>,
}

/// The module of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    /// One that is here.
    Here(ModuleId),
    /// The one that is made at this place, from 0 on.
    Made(usize),
}

/// What to create from a document; nothing if there are faults.
struct Plan {
    modules: Vec<New>,
    required: Vec<(Subject, Of, u8)>,
    told: TrainingImport,
}

/// The plan to import `document`, given the data on `conn`, for `actor`.
async fn plan(
    conn: &mut SqliteConnection,
    actor: &Actor,
    document: &TrainingDocument,
    lang: Lang,
) -> Result<Plan, TrainingError> {
    let mut faults = Faults { lang, all: Vec::new() };
    let (mut modules, mut reported) = (Vec::new(), TrainingImport::default());
    let sets_length = actor.may(Permission::SetLength, Target::NONE);
    let checks = [
        (document.toolgate != FORMAT, DocumentError::Other),
        (document.version != VERSION, DocumentError::Version),
        (document.modules.len() > AT_ONCE, DocumentError::ManyModules),
        (document.requirements.len() > REQUIRED_AT_ONCE, DocumentError::ManyRequirements),
    ];
    for (_, fault) in checks.iter().filter(|(is_so, _)| *is_so) {
        faults.add("", fault);
    }
    if !faults.all.is_empty() {
        reported.faults = faults.all;
        return Ok(Plan { modules, required: Vec::new(), told: reported });
    }
    let mut known: BTreeMap<String, Of> = BTreeMap::new();
    for here in rows::modules(conn).await?.into_iter().filter(|module| !module.archived) {
        known.entry(here.what.title).or_insert(Of::Here(here.id));
    }
    let mut titles = BTreeSet::new();
    for (at, module) in document.modules.iter().enumerate() {
        let part = format!("modules[{at}]");
        // Existing modules are validated as well: a fault in one is a fault of the document.
        let Some(new) = module_of(module, &part, &mut faults) else { continue };
        let title = new.what.title.clone();
        if !titles.insert(title.clone()) {
            faults.add(&part, &DocumentError::TitleTwice);
        } else if known.contains_key(&title) {
            reported.kept.push(title);
        } else {
            known.insert(title.clone(), Of::Made(modules.len()));
            if module.video.as_ref().is_some_and(|video| video.file.is_some()) {
                reported.uploads.push(title.clone());
            }
            if new.youtube.as_ref().is_some_and(|(_, length)| length.is_none() || !sets_length) {
                reported.lengths.push(title.clone());
            }
            reported.modules.push(title);
            modules.push(new);
        }
    }
    let required = required(conn, actor, document, &known, &mut faults, &mut reported).await?;
    reported.faults = faults.all;
    Ok(Plan { modules, required, told: reported })
}

/// A module of the document, validated; `None` if faults were added.
fn module_of(module: &ModuleDocument, part: &str, faults: &mut Faults) -> Option<New> {
    let before = faults.all.len();
    let what = DescribeModule::read(&module.title, &module.description, Ok(module.asked));
    if let Err(errors) = &what {
        faults.each(part, errors);
    }
    let youtube = match &module.video {
        None => Ok(None),
        Some(video) => video_of(video, part, faults),
    };
    let captions = module.captions.as_deref().filter(|captions| !captions.trim().is_empty());
    let captions = captions.map(captions::read).transpose().map_err(ValidationError::Captions);
    if let Err(error) = &captions {
        faults.add(part, error);
    }
    if module.questions.len() > QUESTIONS {
        faults.add(part, &DocumentError::ManyQuestions);
        return None;
    }
    let mut questions = Vec::with_capacity(module.questions.len());
    for (at, question) in module.questions.iter().enumerate() {
        let right = question.answers.iter().enumerate().filter(|(_, answer)| answer.right).map(|(at, _)| at);
        let input = QuestionForm {
            kind: QuestionKind::parse(&question.kind),
            ask: question.ask.clone(),
            why: question.why.clone(),
            answers: question.answers.iter().map(|answer| answer.words.clone()).collect(),
            right: right.collect(),
        };
        match input.read() {
            Ok(question) => questions.push(question),
            Err(errors) => faults.each(&format!("{part}.questions[{at}]"), &errors),
        }
    }
    match (what, youtube, captions) {
        (Ok(DescribeModule(what)), Ok(youtube), Ok(captions)) if faults.all.len() == before => {
            Some(New { what, youtube, captions, questions })
        }
        _ => None,
    }
}

/// Its faults were noted.
struct Noted;

/// The `YouTube` video of a module, if it has one; a file must be uploaded.
fn video_of(
    video: &VideoDocument,
    part: &str,
    faults: &mut Faults,
) -> Result<Option<(YouTubeId, Option<Length>)>, Noted> {
    let length = video.length.map(|ms| Length::new(u64::from(ms)).ok_or(ValidationError::Length)).transpose();
    let noted = match (&video.youtube, &video.file, length) {
        (Some(_), Some(_), _) | (None, None, _) => {
            faults.add(part, &DocumentError::OneVideo);
            Noted
        }
        (None, Some(_), Ok(_)) => return Ok(None),
        (None, Some(_), Err(error)) => {
            faults.add(part, &error);
            Noted
        }
        (Some(input), None, length) => {
            let youtube = YouTubeId::parse(input).ok_or(ValidationError::YouTube);
            match (youtube, length) {
                (Ok(youtube), Ok(length)) => return Ok(Some((youtube, length))),
                (youtube, length) => {
                    let errors: Vec<_> = [youtube.err(), length.err()].into_iter().flatten().collect();
                    faults.each(part, &errors);
                    Noted
                }
            }
        }
    };
    Err(noted)
}

/// The new requirements of the document, of modules `known` by title.
async fn required(
    conn: &mut SqliteConnection,
    actor: &Actor,
    document: &TrainingDocument,
    known: &BTreeMap<String, Of>,
    faults: &mut Faults,
    reported: &mut TrainingImport,
) -> Result<Vec<(Subject, Of, u8)>, TrainingError> {
    let types: HashMap<String, _> =
        equipment::types(conn).await?.into_iter().map(|(id, name)| (name, id)).collect();
    // Machines may share a name: then it is ambiguous.
    let mut by_name: HashMap<String, Option<(Subject, Target)>> = HashMap::new();
    for one in machines::inventory(conn).await?.into_iter().filter(|one| !one.archived) {
        let found = (Subject::Machine(one.id), Target::equipment(one.kind, Some(one.id)));
        by_name.entry(one.name).and_modify(|known| *known = None).or_insert(Some(found));
    }
    let here: HashSet<_> =
        rows::requirements(conn).await?.into_iter().map(|one| (one.on, Of::Here(one.module))).collect();
    let (mut required, mut seen) = (Vec::new(), HashSet::new());
    for (at, one) in document.requirements.iter().enumerate() {
        let part = format!("requirements[{at}]");
        let on = match (&one.r#type, &one.machine) {
            (Some(name), None) => {
                let found = types.get(name.trim()).map(|&id| (Subject::Type(id), Target::equipment(id, None)));
                found.ok_or(DocumentError::NoType)
            }
            (None, Some(name)) => by_name.get(name.trim()).copied().flatten().ok_or(DocumentError::NoMachine),
            _ => Err(DocumentError::TypeOrMachine),
        };
        let of = domain::names::name(&one.module).ok().and_then(|title| known.get(&title)).copied();
        let of = of.ok_or(DocumentError::NoModule);
        let threshold = training::threshold(&one.threshold.to_string()).ok_or(ValidationError::Threshold);
        let (Ok((on, about)), Ok(of), Ok(threshold)) = (on, of, threshold) else {
            for fault in [on.err(), of.err()].into_iter().flatten() {
                faults.add(&part, &fault);
            }
            if let Err(error) = threshold {
                faults.add(&part, &error);
            }
            continue;
        };
        actor.require(Permission::ChangeEquipment, about)?;
        if !seen.insert((on, of)) {
            faults.add(&part, &DocumentError::RequiredTwice);
        } else if here.contains(&(on, of)) {
            reported.kept_requirements.push(one.clone());
        } else {
            reported.requirements.push(one.clone());
            required.push((on, of, threshold));
        }
    }
    Ok(required)
}
