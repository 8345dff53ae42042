//! Training: modules, how far whoever asks is with them, and what machines require.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, One, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use domain::{
    id::{EditionId, MachineId, ModuleId, RequirementId, TypeId},
    qualifications::Subject,
    tokens::Scope,
    training::{
        Length, THRESHOLD,
        watching::{Report, Span},
    },
};
use serde::{Deserialize, Serialize};
use services::training::{self, DescribeModule, ShowVideo, TrainingError, ValidationError, redo_day};
use utoipa::ToSchema;
use views::training::{Credit as Credited, Requirement as Required, Video};

const MODULES: &str = "listModules";
const REQUIREMENTS: &str = "listRequirements";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    let changes = |operation: Operation| operation.needs(Scope::TrainingWrite);
    vec![
        Operation::get("/api/v1/modules", MODULES, list)
            .about(Tag::Training, "Modules", "Those that can be watched, in their order, with how far whoever asks is.")
            .needs(Scope::TrainingRead),
        changes(Operation::post("/api/v1/modules", "addModule", add))
            .about(Tag::Training, "Add a module", "To be given a video and published.")
            .makes(Place::Below)
            .errors::<TrainingError>(&["module.invalid"]),
        Operation::get("/api/v1/modules/{id}", "readModule", read)
            .about(Tag::Training, "One module", "One that is not published is there for managers only, with the video that it will show.")
            .needs(Scope::TrainingRead)
            .versioned()
            .errors::<TrainingError>(&["module.unknown", "module.no-video", "module.no-length"]),
        changes(Operation::put("/api/v1/modules/{id}", "saveModule", save))
            .about(Tag::Training, "Change a module", "Says title, description and size of its quiz anew.")
            .versioned()
            .errors::<TrainingError>(&["module.unknown", "module.invalid"]),
        changes(Operation::post("/api/v1/modules/{id}/video", "setModuleVideo", set_video))
            .about(Tag::Training, "Set the video of a module", "Of its next version, which is to be published. A file is uploaded on the page of the module. Only administrators say how long a video is.")
            .errors::<TrainingError>(&["module.unknown", "module.invalid"]),
        changes(Operation::post("/api/v1/modules/{id}/publish", "publishModule", publish))
            .about(Tag::Training, "Publish a module", "Its next version. With a day, whoever completed an earlier one is told to complete it by then.")
            .errors::<TrainingError>(&["module.unknown", "module.invalid", "module.no-video", "module.no-length", "module.nothing-new", "module.archived"]),
        changes(Operation::post("/api/v1/modules/{id}/archive", "archiveModule", archive))
            .about(Tag::Training, "Archive a module", "It is required of nobody any more. Doing it twice changes nothing.")
            .errors::<TrainingError>(&["module.unknown"]),
        changes(Operation::post("/api/v1/modules/{id}/restore", "restoreModule", restore))
            .about(Tag::Training, "Restore a module", "It is required again where it was.")
            .errors::<TrainingError>(&["module.unknown"]),
        Operation::get("/api/v1/modules/{id}/progress", "readProgress", progress)
            .about(Tag::Training, "How far whoever asks is", "What is credited to them of the version that is watched.")
            .needs(Scope::TrainingRead)
            .errors::<TrainingError>(&["module.unknown"]),
        Operation::post("/api/v1/modules/{id}/progress", "reportProgress", report)
            .about(
                Tag::Training,
                "Report what was played",
                "Credits the union of the parts, at most 1.5 times what passed by the server’s clock since the last report of \
                 whoever asks, and 2 seconds. What was not credited may be told again. No parts say that they begin.",
            )
            .needs(Scope::TrainingWrite)
            .errors::<TrainingError>(&[
                "module.unknown",
                "watching.too-soon",
                "watching.too-much",
                "watching.outside",
                "watching.in-pieces",
                "watching.other-edition",
            ]),
        Operation::get("/api/v1/requirements", REQUIREMENTS, requirements)
            .about(Tag::Training, "Requirements", "Which modules types and machines require.")
            .needs(Scope::TrainingRead),
        changes(Operation::post("/api/v1/requirements", "addRequirement", require))
            .about(Tag::Training, "Require a module", "Of a type or of one machine; replaces what was required of it before.")
            .makes(Place::Below)
            .errors::<TrainingError>(&["module.invalid"]),
        changes(Operation::delete("/api/v1/requirements/{id}", "removeRequirement", release))
            .about(Tag::Training, "Require it no more", "Whoever was kept out for it is not any more.")
            .errors::<TrainingError>(&["requirement.unknown"]),
    ]
}

/// A module in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModuleLine {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// What it is called.
    #[schema(example = "Clamping the work")]
    title: String,
    /// Of its video, in milliseconds.
    #[schema(example = 24000)]
    length: u32,
    /// How much whoever asks watched.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// Whether they passed its quiz; null where it has none.
    quiz_passed: Option<bool>,
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<ModuleLine>, Refusal> {
    let (after, limit) = caller.place(MODULES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all: Vec<_> = training::lines(&ctx, &actor).await?.into_iter().zip(0_u32..).collect();
    Ok(Page::of_all(MODULES, all, after.as_deref(), limit, lang, |(_, place)| *place)?.map(|(line, _)| {
        ModuleLine {
            id: line.id.0,
            title: line.title,
            length: line.length,
            percent: line.percent,
            quiz_passed: line.quiz,
        }
    }))
}

/// A module.
#[derive(Debug, Serialize, ToSchema)]
pub struct Module {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// Its version, for changes.
    #[schema(example = 3)]
    version: i64,
    /// What it is called.
    #[schema(example = "Clamping the work")]
    title: String,
    /// Its description as HTML without anything that could do harm.
    html: String,
    /// Its id at `YouTube`, where the video is there.
    youtube: Option<String>,
    /// The address of its file, where there is one.
    file: Option<String>,
    /// Of its video, in milliseconds.
    #[schema(example = 24000)]
    length: u32,
    /// How much whoever asks watched, and how much is needed.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// What is needed.
    #[schema(minimum = 1, maximum = 100, example = 90)]
    threshold: u8,
    /// Whether it has a quiz.
    has_quiz: bool,
    /// When whoever asks passed it.
    #[schema(format = DateTime)]
    quiz_passed: Option<String>,
    /// It is not published.
    draft: bool,
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<Module>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let module = training::module(&ctx, &actor, ModuleId(id), false).await?;
    let version = module.version;
    let (youtube, file) = match module.video {
        Video::YouTube(id) => (Some(id), None),
        Video::File(_) => (None, Some(format!("/videos/{}", module.edition))),
    };
    let shown = Module {
        id,
        version,
        title: module.title,
        html: module.html,
        youtube,
        file,
        length: module.length,
        percent: module.percent,
        threshold: module.threshold,
        has_quiz: module.quiz.is_some(),
        quiz_passed: module.quiz.and_then(|quiz| quiz.passed).map(when),
        draft: module.draft,
    };
    Ok(Versioned(shown, version))
}

/// A module as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Clamping the work")]
    title: String,
    /// Its description, in Markdown.
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// Questions of one quiz; all where it is left out.
    #[schema(minimum = 1, maximum = 100, example = 10)]
    asked: Option<u32>,
}

impl ModuleForm {
    fn read(&self) -> Result<DescribeModule, Vec<ValidationError>> {
        DescribeModule::read(&self.title, self.description.as_deref().unwrap_or_default(), Ok(self.asked))
    }
}

async fn add(caller: Caller, Body(form): Body<ModuleForm>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(Made::plain(training::add(&ctx, &actor, form.read()).await?.0))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<ModuleForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    training::save(&ctx, &actor, ModuleId(id), seen, form.read()).await?;
    Ok(done())
}

/// What a module is to show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoForm {
    /// The id or the address of a video at `YouTube`; what it shows stays where it is left out.
    #[schema(example = "https://youtu.be/dQw4w9WgXcQ")]
    youtube: Option<String>,
    /// How long it is, in seconds; as it is where it is left out. From administrators only.
    #[schema(minimum = 1, maximum = 21600, example = 212)]
    seconds: Option<u32>,
}

async fn set_video(caller: Caller, Id(id): Id, Body(form): Body<VideoForm>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let length = form.seconds.map(|seconds| Length::new(u64::from(seconds) * 1000).ok_or(ValidationError::Length));
    let new = ShowVideo::read(form.youtube.as_deref().unwrap_or_default(), length.transpose());
    training::set_video(&ctx, &actor, ModuleId(id), new).await?;
    Ok(done())
}

/// How a module is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishForm {
    /// The day from which earlier versions do not count; they go on counting where it is left out.
    #[schema(format = Date, example = "2099-06-30")]
    redo_by: Option<String>,
}

async fn publish(caller: Caller, Id(id): Id, Body(form): Body<PublishForm>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    training::publish(&ctx, &actor, ModuleId(id), form.redo_by.as_deref().map(redo_day)).await?;
    Ok(done())
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    training::archive(&ctx, &actor, ModuleId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    training::archive(&ctx, &actor, ModuleId(id), false).await?;
    Ok(done())
}

/// A part of a video.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where it begins, in milliseconds.
    #[schema(example = 0)]
    from: u32,
    /// Where it ends, exclusive.
    #[schema(example = 5000)]
    to: u32,
}

/// What is credited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credit {
    /// The version of the module that is watched: what was credited of another is not of this one.
    #[schema(example = 3)]
    edition: i64,
    /// What was watched, in order.
    watched: Vec<Part>,
    /// The same in percent.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// What this report added, in milliseconds.
    #[schema(example = 5000)]
    gained: u32,
}

fn credited(edition: EditionId, credit: Credited) -> Credit {
    let watched = credit.watched.into_iter().map(|span| Part { from: span.from, to: span.to }).collect();
    Credit { edition: edition.0, watched, percent: credit.percent, gained: credit.gained }
}

async fn progress(caller: Caller, Id(id): Id) -> Result<One<Credit>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let (edition, credit) = training::progress(&ctx, &actor, ModuleId(id)).await?;
    Ok(One(credited(edition, credit)))
}

/// What was played.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Played {
    /// The version that was played, as this operation answers it: of another than the one that is watched now nothing is credited. Left
    /// out, they are taken to be of that one.
    #[schema(example = 3)]
    edition: Option<i64>,
    /// In any order: 64 parts and 5 minutes at most.
    parts: Vec<Part>,
    /// Where they are, in milliseconds.
    #[serde(default)]
    place: u32,
    /// How long ago the first of the parts began to play, in milliseconds: for what could not be reported for more than a minute.
    /// Left out, 20 seconds of a longer silence count.
    #[serde(default)]
    began: u32,
}

async fn report(caller: Caller, Id(id): Id, Body(played): Body<Played>) -> Result<One<Credit>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let parts = played.parts.into_iter().map(|part| Span { from: part.from, to: part.to }).collect();
    let edition = played.edition.map(EditionId);
    let told = Report { parts, began: played.began };
    let (edition, credit) =
        training::report_module(&ctx, &actor, ModuleId(id), edition, told, played.place).await?;
    Ok(One(credited(edition, credit)))
}

/// A requirement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requirement {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// Of which type; null where it is of one machine.
    r#type: Option<i64>,
    /// Of which machine; null where it is of a type.
    machine: Option<i64>,
    /// What that is called.
    #[schema(example = "CNC mill")]
    name: String,
    /// Which module.
    module: i64,
    /// Percent of its video.
    #[schema(minimum = 1, maximum = 100, example = 90)]
    threshold: u8,
}

fn required(one: Required) -> Requirement {
    let (kind, machine) = one.on.sides();
    Requirement {
        id: one.id.0,
        r#type: kind.map(|id| id.0),
        machine: machine.map(|id| id.0),
        name: one.on_name,
        module: one.module.0,
        threshold: one.threshold,
    }
}

async fn requirements(caller: Caller, Query(which): Query<Which>) -> Result<Page<Requirement>, Refusal> {
    let (after, limit) = caller.place(REQUIREMENTS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let mut all = training::requirements(&ctx, &actor).await?.requirements;
    all.sort_by_key(|one| one.id);
    Ok(Page::of_all(REQUIREMENTS, all, after.as_deref(), limit, lang, |one| one.id.0)?.map(required))
}

/// What is to be required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// Of which type, or
    #[schema(minimum = 1, example = 3)]
    r#type: Option<i64>,
    /// of which machine.
    #[schema(minimum = 1)]
    machine: Option<i64>,
    /// Which module.
    #[schema(minimum = 1, example = 2)]
    module: i64,
    /// Percent of its video; 90 where it is left out.
    #[schema(minimum = 1, maximum = 100, example = 90)]
    threshold: Option<u8>,
}

async fn require(caller: Caller, Body(new): Body<NewRequirement>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let on = match (new.r#type, new.machine) {
        (Some(kind), None) => Some(Subject::Type(TypeId(kind))),
        (None, Some(machine)) => Some(Subject::Machine(MachineId(machine))),
        _ => None,
    };
    let threshold = new.threshold.unwrap_or(THRESHOLD);
    let made = training::require(&ctx, &actor, on, Some(ModuleId(new.module)), Some(threshold)).await?;
    Ok(Made::plain(made.0))
}

async fn release(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    training::release(&ctx, &actor, RequirementId(id)).await?;
    Ok(done())
}
