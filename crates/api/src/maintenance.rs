//! Maintenance: plans, their progress on each machine, and interventions.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{File, Made, Place, Versioned, done},
    input::file,
    operation::{Operation, Tag},
    paging::{Page, Which},
    pictures::{JPEG, KINDS, PictureSize},
    when, words,
};
use axum::{extract::Request, response::Response};
use contract::maintenance::{self as message, Counted, Plan};
use domain::actor::Permission;
use domain::{
    actor::Channel,
    id::{InterventionId, MachineId, PlanId},
    maintenance::{Doer, Every, Urgency},
    pictures::BYTES,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    maintenance::{self, DescribePlan, Of, RegisterDone, ValidationError},
    requirements::PathTarget,
};
use std::cmp::Reverse;
use utoipa::ToSchema;

const COMING: &str = "listMaintenance";
const PLANS: &str = "listPlans";
const DONE: &str = "listInterventions";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    let mut operations = far();
    operations.extend(plans());
    operations
}

fn far() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/maintenance", COMING, coming)
            .may(&[(Permission::SeeMaintenance, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List upcoming maintenance",
                "Lists every active plan on every machine with its progress, by machine. The expected date is based on use \
                 in the last 28 days.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/machines/{id}/plans", PLANS, list)
            .may(&[(Permission::SeeMaintenance, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List a machine's maintenance plans",
                "Lists the active plans of the machine and of its type, with their progress on the machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::maintenance::MaintenanceError>(&["machine.unknown"]),
        Operation::get("/api/v1/machines/{id}/interventions", DONE, interventions)
            .may(&[(Permission::SeeMaintenance, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List a machine's maintenance",
                "Lists all recorded maintenance of a machine, newest first. Names and notes are shown to people who \
                 maintain the machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::maintenance::MaintenanceError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines/{id}/interventions", "registerIntervention", register)
            .may(&[(Permission::Maintain, PathTarget::Machine)])
            .about(
                Tag::Machines,
                "Record maintenance",
                "Records maintenance and restarts the given plans; without a plan, the note describes what was done. It \
                 stays on record. An identical request of the same person within ten seconds is recorded only once.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::maintenance::MaintenanceError>(&["machine.unknown", "maintenance.invalid"]),
        Operation::get("/api/v1/interventions/{id}/photo", "readInterventionPhoto", photo)
            .may(&[(Permission::SeeMaintenance, PathTarget::Space)])
            .may(&[(Permission::Maintain, PathTarget::Intervention), (Permission::ReadAudit, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Get a maintenance photo",
                "Returns the photo of an intervention. For people who maintain the machine, and auditors.",
            )
            .needs(Scope::MachinesRead)
            .gives(JPEG)
            .errors::<services::maintenance::MaintenanceError>(&["intervention.unknown", "picture.unknown"]),
        Operation::put("/api/v1/interventions/{id}/photo", "addInterventionPhoto", add_photo)
            .may(&[(Permission::Maintain, PathTarget::Intervention)])
            .about(
                Tag::Machines,
                "Add a maintenance photo",
                "Adds a photo to an intervention, processed like other pictures. For people who maintain the machine. An \
                 existing photo is not replaced.",
            )
            .needs(Scope::MachinesWrite)
            .takes(KINDS)
            .errors::<services::maintenance::MaintenanceError>(&[
                "intervention.unknown",
                "intervention.photo-there",
                "maintenance.invalid",
            ]),
        Operation::delete("/api/v1/interventions/{id}/photo", "removeInterventionPhoto", remove_photo)
            .about(
                Tag::Machines,
                "Remove a maintenance photo",
                "Removes the photo of an intervention. For people who maintain the machine. Succeeds even if there is none.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::maintenance::MaintenanceError>(&["intervention.unknown"]),
    ]
}

fn plans() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/machines/{id}/plans", "addPlan", add)
            .may(&[(Permission::ChangeEquipment, PathTarget::Machine)])
            .about(
                Tag::Machines,
                "Create a maintenance plan",
                "Creates a plan for a machine, or with `for_type` for every machine of its type. It counts from now on.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::At("/api/v1/plans"))
            .errors::<services::maintenance::MaintenanceError>(&["machine.unknown", "maintenance.invalid"]),
        Operation::get("/api/v1/plans/{id}", "readPlan", read)
            .about(Tag::Machines, "Get a maintenance plan", "Returns a plan: its task and its interval.")
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::maintenance::MaintenanceError>(&["plan.unknown"]),
        Operation::put("/api/v1/plans/{id}", "savePlan", save)
            .may(&[(Permission::ChangeEquipment, PathTarget::Plan)])
            .about(
                Tag::Machines,
                "Update a maintenance plan",
                "Replaces the fields of a plan. Its progress on each machine is unchanged.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::maintenance::MaintenanceError>(&[
                "plan.unknown",
                "plan.away",
                "maintenance.invalid",
            ]),
        Operation::post("/api/v1/plans/{id}/archive", "archivePlan", archive)
            .about(
                Tag::Machines,
                "Archive a maintenance plan",
                "Archives a plan, so that it no longer makes maintenance due. Maintenance done under it stays on record. \
                 Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::maintenance::MaintenanceError>(&["plan.unknown"]),
        Operation::post("/api/v1/plans/{id}/restore", "restorePlan", restore)
            .about(Tag::Machines, "Restore a maintenance plan", "Restores a plan with its progress.")
            .needs(Scope::MachinesWrite)
            .errors::<services::maintenance::MaintenanceError>(&["plan.unknown"]),
    ]
}

/// The fields of a maintenance plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanForm {
    /// The task.
    #[schema(min_length = 1, max_length = 200, example = "Clean lens and mirrors")]
    words: String,
    /// The interval in hours of use; null if hours do not count.
    #[schema(minimum = 1, maximum = 100_000, example = 40)]
    hours: Option<u32>,
    /// The interval in days; null if days do not count.
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    days: Option<u32>,
    /// The address of instructions.
    #[schema(example = "https://example.org/lens")]
    manual: Option<String>,
    #[schema(schema_with = words::doer)]
    doer: Doer,
    /// Whether members cannot use the machine while it is due.
    #[schema(example = true)]
    blocking: bool,
    /// The text on the board's display while it is due; empty for the task.
    #[serde(default)]
    #[schema(max_length = 64, example = "Clean the lens")]
    display: String,
}

impl PlanForm {
    fn of(plan: &Plan) -> Self {
        let Every { hours, days } = plan.every;
        Self {
            words: plan.words.clone(),
            hours,
            days,
            manual: plan.manual.clone(),
            doer: plan.doer,
            blocking: plan.blocking,
            display: plan.display.clone(),
        }
    }

    fn read(&self) -> Result<DescribePlan, Vec<ValidationError>> {
        let Self { words, hours, days, manual, doer, blocking, display } = self;
        let manual = manual.as_deref().unwrap_or_default();
        DescribePlan::read(words, Ok(*hours), Ok(*days), manual, Some(*doer), *blocking, display)
    }
}

/// A new maintenance plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// Whether it is for every machine of the type.
    #[serde(default)]
    #[schema(example = false)]
    for_type: bool,
    /// The fields of the plan.
    plan: PlanForm,
}

/// A maintenance plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaintenancePlan {
    /// Its id.
    #[schema(example = 3)]
    id: i64,
    /// The type whose machines it is for; null if it is for a single machine.
    #[schema(example = 3)]
    r#type: Option<i64>,
    /// The machine it is for; null if it is for a type.
    machine: Option<i64>,
    /// The saved fields.
    saved: PlanForm,
    /// When it was archived.
    #[schema(format = DateTime)]
    archived: Option<String>,
    /// Its version, to be sent as `If-Match`.
    #[schema(example = 1)]
    version: i64,
}

fn to_view(plan: &Plan) -> MaintenancePlan {
    let (kind, machine) = plan.of.sides();
    MaintenancePlan {
        id: plan.id.0,
        r#type: kind.map(|id| id.0),
        machine: machine.map(|id| id.0),
        saved: PlanForm::of(plan),
        archived: plan.archived.map(when),
        version: plan.version,
    }
}

/// The progress of a plan on a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanProgress {
    /// The plan.
    plan: MaintenancePlan,
    #[schema(schema_with = words::urgency)]
    urgency: Urgency,
    /// Progress in thousandths of the interval, by hours or days, whichever is further along; 1000 means due, and larger
    /// values overdue.
    #[schema(example = 930)]
    permille: u32,
    /// Start of the current interval: when it was last done, or when the plan began.
    #[schema(format = DateTime)]
    since: String,
    /// Milliseconds of use since then.
    #[schema(example = 133_920_000)]
    used_ms: i64,
    /// When it is due by days.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// When it is expected to be due, by days or by recent use, if that can be estimated.
    #[schema(format = DateTime)]
    expected: Option<String>,
}

fn to_progress(what: &Counted) -> PlanProgress {
    PlanProgress {
        plan: to_view(&what.plan),
        urgency: what.progress.urgency,
        permille: what.progress.permille,
        since: when(what.since),
        used_ms: what.progress.used,
        due: what.due.map(when),
        expected: what.expected.map(when),
    }
}

/// Upcoming maintenance of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComingWork {
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// The plan and its progress.
    progress: PlanProgress,
}

/// Maintenance that was done on a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct Intervention {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// The plan's id; null if it was not planned.
    plan: Option<i64>,
    /// The task in the plan.
    words: Option<String>,
    /// When it was done.
    #[schema(format = DateTime)]
    at: String,
    /// The name of the person who did it, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// The note of the person who did it, until they are erased.
    note: Option<String>,
    /// Whether it has a photo, at `/interventions/{id}/photo`, for people who may see it.
    photo: bool,
    /// The machine's total use until then, in milliseconds.
    #[schema(example = 144_000_000)]
    used_ms: i64,
    #[schema(schema_with = words::channel)]
    door: Channel,
    /// Whether the board reported it later.
    replay: bool,
}

async fn coming(caller: Caller, Query(which): Query<Which>) -> Result<Page<ComingWork>, Refusal> {
    let (after, limit) = caller.place(COMING, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = maintenance::coming(&ctx, &actor).await?.coming;
    let place = |one: &message::Coming| (one.machine.0, one.what.plan.id.0);
    let say = |one: message::Coming| ComingWork {
        machine: one.machine.0,
        machine_name: one.name,
        progress: to_progress(&one.what),
    };
    Ok(Page::of_all(COMING, all, after.as_deref(), limit, lang, place)?.map(say))
}

async fn list(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<PlanProgress>, Refusal> {
    let (after, limit) = caller.place(PLANS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = maintenance::at(&ctx, &actor, MachineId(id)).await?.plans;
    let page = Page::of_all(PLANS, all, after.as_deref(), limit, lang, |one: &Counted| one.plan.id.0)?;
    Ok(page.map(|one| to_progress(&one)))
}

async fn interventions(
    caller: Caller,
    Id(id): Id,
    Query(which): Query<Which>,
) -> Result<Page<Intervention>, Refusal> {
    let (after, limit) = caller.place(DONE, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = maintenance::done(&ctx, &actor, MachineId(id)).await?;
    let page =
        Page::of_all(DONE, all, after.as_deref(), limit, lang, |one: &message::Intervention| Reverse(one.id.0))?;
    Ok(page.map(|one| Intervention {
        id: one.id.0,
        plan: one.plan.map(|plan| plan.0),
        words: one.words,
        at: when(one.at),
        by: one.by,
        note: one.note,
        photo: one.photo.is_some(),
        used_ms: one.used,
        door: one.door,
        replay: one.replay,
    }))
}

/// Maintenance to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatWasDone {
    /// The ids of the plans that it fulfils; empty if it was not planned.
    #[serde(default)]
    #[schema(example = json!([3]))]
    plans: Vec<i64>,
    /// A note.
    #[serde(default)]
    #[schema(max_length = 1000, example = "New mirror in the second mount.")]
    note: String,
}

async fn register(caller: Caller, Id(id): Id, Body(what): Body<WhatWasDone>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let new = RegisterDone::read(Ok(what.plans.into_iter().map(PlanId).collect()), &what.note);
    maintenance::register(&ctx, &actor, MachineId(id), new).await?;
    Ok(done())
}

async fn photo(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let photo = maintenance::photo(&ctx, &actor, InterventionId(id), size.small).await;
    Ok(File(JPEG, photo?.body.into()))
}

async fn add_photo(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let intervention = InterventionId(id);
    maintenance::may_add_photo(&ctx, &actor, intervention).await?;
    let given = file(&ctx, &actor, request, KINDS, BYTES).await?;
    maintenance::add_photo(&ctx, &actor, intervention, given).await?;
    Ok(done())
}

async fn remove_photo(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    maintenance::remove_photo(&ctx, &actor, InterventionId(id)).await?;
    Ok(done())
}

async fn add(caller: Caller, Id(id): Id, Body(new): Body<NewPlan>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let of = if new.for_type { Of::Type } else { Of::Machine };
    let made = maintenance::add(&ctx, &actor, MachineId(id), Some(of), new.plan.read()).await;
    Ok(Made::plain(made?.0))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<MaintenancePlan>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let plan = maintenance::one(&ctx, &actor, PlanId(id)).await?;
    Ok(Versioned(to_view(&plan), plan.version))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<PlanForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    maintenance::save(&ctx, &actor, PlanId(id), seen, form.read()).await?;
    Ok(done())
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    maintenance::archive(&ctx, &actor, PlanId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    maintenance::archive(&ctx, &actor, PlanId(id), false).await?;
    Ok(done())
}
