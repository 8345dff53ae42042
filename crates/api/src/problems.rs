//! Problems on machines, and what keeps a machine from being used.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{File, Made, One, Place, Versioned, done},
    input::file,
    operation::{Operation, Tag},
    paging::{Page, Which},
    pictures::{KEPT, KINDS, PictureSize},
    when, words,
};
use axum::{extract::Request, response::Response};
use domain::{
    id::{BlockId, MachineId, ReportId},
    pictures::BYTES,
    problems::{Severity, State},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::problems::{self, ReportProblem};
use std::cmp::Reverse;
use utoipa::ToSchema;
use views::problems as said;

const LIST: &str = "listProblems";
const OF_MACHINE: &str = "listMachineProblems";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    let mut operations = reported();
    operations.extend(blocks());
    operations
}

fn reported() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/problems", LIST, list)
            .about(
                Tag::Machines,
                "Problems that wait",
                "What is not resolved on the machines that the caller cares for, on all of them for auditors; the worst first.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/machines/{id}/problems", OF_MACHINE, of_machine)
            .about(
                Tag::Machines,
                "Problems of a machine",
                "All that was ever reported, the newest first. Names are for those who care for the machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::problems::ProblemsError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines/{id}/problems", "reportProblem", report)
            .about(
                Tag::Machines,
                "Report a problem",
                "What is `unsafe` blocks the machine at once and logs out whoever is on it, until the problem is resolved or \
                 the block lifted.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::At("/api/v1/problems"))
            .errors::<services::problems::ProblemsError>(&["machine.unknown", "problem.flawed"]),
        Operation::get("/api/v1/problems/{id}", "readProblem", read)
            .about(Tag::Machines, "One problem", "What was reported, and what became of it.")
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown"]),
        Operation::post("/api/v1/problems/{id}/acknowledge", "acknowledgeProblem", acknowledge)
            .about(Tag::Machines, "Acknowledge a problem", "Says that somebody who cares for the machine knows of it.")
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "problem.over"]),
        Operation::post("/api/v1/problems/{id}/resolve", "resolveProblem", resolve)
            .about(
                Tag::Machines,
                "Resolve a problem",
                "Says what was done. A block that came from it is lifted, unless another problem makes the machine unsafe.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "problem.over", "problem.flawed"]),
        Operation::get("/api/v1/problems/{id}/photo", "readProblemPhoto", photo)
            .about(Tag::Machines, "A problem's photo", "For whoever may see problems.")
            .needs(Scope::MachinesRead)
            .gives(KEPT)
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "picture.unknown"]),
        Operation::put("/api/v1/problems/{id}/photo", "setProblemPhoto", set_photo)
            .about(
                Tag::Machines,
                "Set a problem's photo",
                "By whoever reported it or cares for the machine, until it is resolved. It is kept as other pictures are.",
            )
            .needs(Scope::MachinesWrite)
            .takes(KINDS)
            .errors::<services::problems::ProblemsError>(&[
                "problem.not-yours",
                "problem.unknown",
                "problem.over",
                "problem.flawed",
            ]),
    ]
}

fn blocks() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines/{id}/block", "readBlock", blocked)
            .about(
                Tag::Machines,
                "What blocks a machine",
                "The block in force. Names are for those who care for the machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::problems::ProblemsError>(&["machine.unknown", "block.unknown"]),
        Operation::post("/api/v1/machines/{id}/block", "blockMachine", block)
            .about(
                Tag::Machines,
                "Block a machine",
                "Keeps everybody from it as soon as nobody is on it; with `at_once`, now, and whoever is on it is logged out.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::Here)
            .errors::<services::problems::ProblemsError>(&[
                "machine.unknown",
                "machine.blocked-already",
                "problem.flawed",
            ]),
        Operation::post("/api/v1/blocks/{id}/lift", "liftBlock", lift)
            .about(
                Tag::Machines,
                "Lift a block",
                "Lets people in again from now on. A problem that it came from stays as it is.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::problems::ProblemsError>(&["block.unknown", "block.over"]),
    ]
}

/// A problem that somebody reported on a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemReport {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// On which machine.
    #[schema(example = 7)]
    machine: i64,
    /// What that is called.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    #[schema(schema_with = words::severity)]
    severity: Severity,
    #[schema(schema_with = words::problem_state)]
    state: State,
    /// What is wrong, until whoever wrote it is erased.
    #[schema(example = "The exhaust hose came off.")]
    words: Option<String>,
    /// It has a photo, to be read at `/photo` below it.
    photo: bool,
    /// When it was reported.
    #[schema(format = DateTime)]
    reported: String,
    /// By whom, while they are known by name.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// When it was acknowledged.
    #[schema(format = DateTime)]
    acknowledged: Option<String>,
    /// By whom it was acknowledged, while they are known by name.
    acknowledged_by: Option<String>,
    /// When it was resolved.
    #[schema(format = DateTime)]
    resolved: Option<String>,
    /// By whom it was resolved, while they are known by name.
    resolved_by: Option<String>,
    /// What was done, until whoever wrote it is erased.
    done: Option<String>,
    /// The machine is blocked because of it.
    blocks: bool,
    /// Its version, as `If-Match` names it.
    #[schema(example = 1)]
    version: i64,
}

fn to_view(report: said::Report) -> ProblemReport {
    ProblemReport {
        id: report.id.0,
        machine: report.machine.0,
        machine_name: report.machine_name,
        severity: report.severity,
        state: report.state,
        words: report.words,
        photo: report.photo.is_some(),
        reported: when(report.reported),
        by: report.by,
        acknowledged: report.acknowledged.map(when),
        acknowledged_by: report.acknowledged_by,
        resolved: report.resolved.map(when),
        resolved_by: report.resolved_by,
        done: report.done,
        blocks: report.blocks,
        version: report.version,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<ProblemReport>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = problems::queue(&ctx, &actor).await?.reports;
    let place = |one: &said::Report| (Reverse(one.severity), one.id.0);
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn of_machine(
    caller: Caller,
    Id(id): Id,
    Query(which): Query<Which>,
) -> Result<Page<ProblemReport>, Refusal> {
    let (after, limit) = caller.place(OF_MACHINE, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = problems::at(&ctx, &actor, MachineId(id)).await?.reports;
    Ok(Page::of_all(OF_MACHINE, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(to_view))
}

/// What is wrong with a machine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProblem {
    #[schema(schema_with = words::severity)]
    severity: Severity,
    /// What is wrong.
    #[schema(min_length = 1, max_length = 1000, example = "The exhaust hose came off.")]
    words: String,
}

async fn report(caller: Caller, Id(id): Id, Body(new): Body<NewProblem>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let new = ReportProblem::read(Some(new.severity), &new.words);
    Ok(Made::plain(problems::report(&ctx, &actor, MachineId(id), new).await?.0))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<ProblemReport>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let report = problems::one(&ctx, &actor, ReportId(id)).await?;
    let version = report.version;
    Ok(Versioned(to_view(report), version))
}

async fn acknowledge(caller: Caller, Id(id): Id, Seen(seen): Seen) -> Result<Versioned<ProblemReport>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    problems::acknowledge(ctx, actor, ReportId(id), seen).await?;
    read(caller, Id(id)).await
}

/// What was done about a problem.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// In somebody's words.
    #[schema(min_length = 1, max_length = 1000, example = "Put back and fastened with a clamp.")]
    done: String,
}

async fn resolve(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(what): Body<Resolution>,
) -> Result<Versioned<ProblemReport>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    problems::resolve(ctx, actor, ReportId(id), seen, &what.done).await?;
    read(caller, Id(id)).await
}

async fn photo(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let photo = problems::photo(&ctx, &actor, ReportId(id), size.small).await;
    Ok(File(KEPT, photo?.body.into()))
}

async fn set_photo(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    problems::may_set_photo(&ctx, &actor, ReportId(id)).await?;
    let given = file(&ctx, &actor, request, KINDS, BYTES).await?;
    problems::set_photo(&ctx, &actor, ReportId(id), given).await?;
    Ok(done())
}

/// What keeps a machine from being used.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineBlock {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// By whom, while they are known by name.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// Why, until whoever wrote it is erased.
    #[schema(example = "The exhaust hose came off.")]
    because: Option<String>,
    /// It did not wait until nobody was on the machine.
    at_once: bool,
    /// The problem it came from: it is lifted when that is resolved.
    problem: Option<i64>,
}

async fn blocked(caller: Caller, Id(id): Id) -> Result<One<MachineBlock>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let block = problems::blocked(&ctx, &actor, MachineId(id)).await?;
    Ok(One(MachineBlock {
        id: block.id.0,
        since: when(block.since),
        by: block.by,
        because: block.because,
        at_once: block.at_once,
        problem: block.report.map(|report| report.0),
    }))
}

/// A block to be placed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBlock {
    /// Why nobody may use it. Passers-by read it where the space shows its status.
    #[schema(min_length = 1, max_length = 1000, example = "New spindle on Thursday.")]
    because: String,
    /// Do not wait until nobody is on it.
    #[serde(default)]
    #[schema(example = false)]
    at_once: bool,
}

async fn block(caller: Caller, Id(id): Id, Body(new): Body<NewBlock>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let block = problems::block(&ctx, &actor, MachineId(id), &new.because, new.at_once).await;
    Ok(Made::plain(block?.0))
}

async fn lift(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    problems::lift(&ctx, &actor, BlockId(id)).await?;
    Ok(done())
}
