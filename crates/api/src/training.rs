//! Training: modules, the caller's progress, and requirements of machines.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, One, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::training::{Credit as Credited, Requirement as Required, Video};
use domain::{
    actor::Permission,
    id::{EditionId, MachineId, ModuleId, RequirementId, TypeId},
    qualifications::Subject,
    tokens::Scope,
    training::{
        Length, THRESHOLD,
        watching::{Report, Span},
    },
};
use serde::{Deserialize, Serialize};
use services::{
    requirements::PathTarget,
    training::{self, DescribeModule, ShowVideo, TrainingError, ValidationError, redo_day},
};
use utoipa::ToSchema;

const MODULES: &str = "listModules";
const REQUIREMENTS: &str = "listRequirements";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    let mut all = on_modules();
    all.extend(on_requirements());
    all
}

fn changes(operation: Operation) -> Operation {
    operation.needs(Scope::TrainingWrite)
}

fn on_modules() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/modules", MODULES, list)
            .may(&[(Permission::EditTraining, PathTarget::Space), (Permission::Learn, PathTarget::Space)])
            .about(
                Tag::Training,
                "List modules",
                "Lists the available modules in their order, with the caller's progress.",
            )
            .needs(Scope::TrainingRead),
        changes(Operation::post("/api/v1/modules", "addModule", add).may(&[(Permission::EditTraining, PathTarget::Space)]))
            .about(Tag::Training, "Add a module", "Adds a module as a draft. Set its video and publish it next.")
            .makes(Place::Below)
            .errors::<TrainingError>(&["module.invalid"]),
        Operation::get("/api/v1/modules/{id}", "readModule", read)
            .about(
                Tag::Training,
                "Get a module",
                "Returns a module. Unpublished modules are visible to managers only, with their upcoming video.",
            )
            .needs(Scope::TrainingRead)
            .versioned()
            .errors::<TrainingError>(&["module.unknown", "module.no-video", "module.no-length"]),
        changes(Operation::put("/api/v1/modules/{id}", "saveModule", save).may(&[(Permission::EditTraining, PathTarget::Space)]))
            .about(
                Tag::Training,
                "Update a module",
                "Replaces the title, the description and the number of quiz questions.",
            )
            .versioned()
            .errors::<TrainingError>(&["module.unknown", "module.invalid"]),
        changes(Operation::post("/api/v1/modules/{id}/video", "setModuleVideo", set_video).may(&[(Permission::EditTraining, PathTarget::Space)]))
            .about(
                Tag::Training,
                "Set the video of a module",
                "Sets the video of the module's next version, which must then be published. Files are uploaded on the \
                 module's page. Only administrators can set the duration of a video.",
            )
            .errors::<TrainingError>(&["module.unknown", "module.invalid"]),
        changes(Operation::post("/api/v1/modules/{id}/publish", "publishModule", publish).may(&[(Permission::EditTraining, PathTarget::Space)]))
            .about(
                Tag::Training,
                "Publish a module",
                "Publishes the module's next version. With a date, people who completed an earlier version are notified to \
                 complete the new one by then.",
            )
            .errors::<TrainingError>(&["module.unknown", "module.invalid", "module.no-video", "module.no-length", "module.nothing-new", "module.archived"]),
        changes(Operation::post("/api/v1/modules/{id}/archive", "archiveModule", archive))
            .about(
                Tag::Training,
                "Archive a module",
                "Archives a module, so that it is no longer required anywhere. Idempotent: repeating it changes nothing.",
            )
            .errors::<TrainingError>(&["module.unknown"]),
        changes(Operation::post("/api/v1/modules/{id}/restore", "restoreModule", restore))
            .about(Tag::Training, "Restore a module", "Restores a module. Its requirements apply again.")
            .errors::<TrainingError>(&["module.unknown"]),
        Operation::get("/api/v1/modules/{id}/progress", "readProgress", progress)
            .about(
                Tag::Training,
                "Get the caller's progress",
                "Returns the caller's credit for the current version.",
            )
            .needs(Scope::TrainingRead)
            .errors::<TrainingError>(&["module.unknown"]),
        Operation::post("/api/v1/modules/{id}/progress", "reportProgress", report)
            .may(&[(Permission::Learn, PathTarget::Space)])
            .about(
                Tag::Training,
                "Report playback",
                "Credits the union of the played parts, up to 1.5 times the time since the caller's last report by the \
                 server's clock, plus 2 seconds. Parts that were not credited can be reported again. Send no parts when \
                 playback begins.",
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
    ]
}

fn on_requirements() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/requirements", REQUIREMENTS, requirements)
            .may(&[
                (Permission::EditTraining, PathTarget::Space),
                (Permission::Learn, PathTarget::Space),
                (Permission::SeeCandidates, PathTarget::Space),
            ])
            .about(Tag::Training, "List requirements", "Lists which modules types and machines require.")
            .needs(Scope::TrainingRead),
        changes(
            Operation::post("/api/v1/requirements", "addRequirement", require)
                .may(&[(Permission::ChangeEquipment, PathTarget::Anything)]),
        )
        .about(
            Tag::Training,
            "Require a module",
            "Requires a module for a type or a machine. Replaces an existing requirement of the same module.",
        )
        .makes(Place::Below)
        .errors::<TrainingError>(&["module.invalid"]),
        changes(Operation::delete("/api/v1/requirements/{id}", "removeRequirement", release))
            .about(
                Tag::Training,
                "Remove a requirement",
                "Removes a requirement. It no longer denies anyone access.",
            )
            .errors::<TrainingError>(&["requirement.unknown"]),
    ]
}

/// A module in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModuleLine {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// The title.
    #[schema(example = "Clamping the work")]
    title: String,
    /// The duration of its video in milliseconds.
    #[schema(example = 24000)]
    length: u32,
    /// The percentage that the caller has watched.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// Whether the caller has passed its quiz; null if it has none.
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
    /// Its version, to be sent as `If-Match`.
    #[schema(example = 3)]
    version: i64,
    /// The title.
    #[schema(example = "Clamping the work")]
    title: String,
    /// The description as sanitized HTML.
    html: String,
    /// Its `YouTube` id, if the video is on `YouTube`.
    youtube: Option<String>,
    /// The address of its video file, if it has one.
    file: Option<String>,
    /// The duration of its video in milliseconds.
    #[schema(example = 24000)]
    length: u32,
    /// The percentage that the caller has watched.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// The percentage that is required.
    #[schema(minimum = 1, maximum = 100, example = 90)]
    threshold: u8,
    /// Whether it has a quiz.
    has_quiz: bool,
    /// When the caller passed the quiz.
    #[schema(format = DateTime)]
    quiz_passed: Option<String>,
    /// Whether it is unpublished.
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
    let html = Module {
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
    Ok(Versioned(html, version))
}

/// The content of a module.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleForm {
    /// The title.
    #[schema(min_length = 1, max_length = 200, example = "Clamping the work")]
    title: String,
    /// The description in Markdown.
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// The number of questions per quiz; defaults to all.
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

/// The video of a module.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VideoForm {
    /// The id or address of a `YouTube` video; if omitted, the video is unchanged.
    #[schema(example = "https://youtu.be/dQw4w9WgXcQ")]
    youtube: Option<String>,
    /// The duration in seconds; if omitted, it is unchanged. For administrators only.
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

/// Options for publishing a module.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishForm {
    /// The date from which earlier versions no longer count; if omitted, they continue to count.
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
    /// The start in milliseconds.
    #[schema(example = 0)]
    from: u32,
    /// The end in milliseconds, exclusive.
    #[schema(example = 5000)]
    to: u32,
}

/// Watching progress.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credit {
    /// The version of the module that is being watched. Credit for other versions is not included.
    #[schema(example = 3)]
    edition: i64,
    /// The credited parts, in order.
    watched: Vec<Part>,
    /// The credited percentage.
    #[schema(minimum = 0, maximum = 100, example = 58)]
    percent: u8,
    /// The credit added by this report, in milliseconds.
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

/// A playback report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Played {
    /// The version that was played, as in `edition` of the response. Nothing is credited for any other version than the
    /// current one. Defaults to the current version.
    #[schema(example = 3)]
    edition: Option<i64>,
    /// The played parts in any order: at most 64 parts and 5 minutes in total.
    parts: Vec<Part>,
    /// The current position in milliseconds.
    #[serde(default)]
    place: u32,
    /// How long ago playback of the first part began, in milliseconds. Needed if nothing could be reported for more than a
    /// minute; if omitted, 20 seconds of a longer gap count.
    #[serde(default)]
    began: u32,
}

async fn report(caller: Caller, Id(id): Id, Body(played): Body<Played>) -> Result<One<Credit>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let parts = played.parts.into_iter().map(|part| Span { from: part.from, to: part.to }).collect();
    let edition = played.edition.map(EditionId);
    let reported = Report { parts, began: played.began };
    let (edition, credit) =
        training::report_module(&ctx, &actor, ModuleId(id), edition, reported, played.place).await?;
    Ok(One(credited(edition, credit)))
}

/// A requirement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requirement {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// The type that requires the module; null if a machine does.
    r#type: Option<i64>,
    /// The machine that requires the module; null if a type does.
    machine: Option<i64>,
    /// The name of the type or machine.
    #[schema(example = "CNC mill")]
    name: String,
    /// The module's id.
    module: i64,
    /// The required percentage of its video.
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

/// A new requirement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequirement {
    /// The type's id; omit it if `machine` is set.
    #[schema(minimum = 1, example = 3)]
    r#type: Option<i64>,
    /// The machine's id; omit it if `type` is set.
    #[schema(minimum = 1)]
    machine: Option<i64>,
    /// The module's id.
    #[schema(minimum = 1, example = 2)]
    module: i64,
    /// The required percentage of its video; defaults to 90.
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
