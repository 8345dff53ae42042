//! Problems on machines, and blocks.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{File, Made, One, Place, Versioned, done},
    input::file,
    operation::{Operation, Tag},
    paging::{Page, Which},
    pictures::{JPEG, KINDS, PictureSize},
    when, words,
};
use axum::{extract::Request, response::Response};
use contract::problems as message;
use domain::{
    actor::Permission,
    id::{BlockId, MachineId, ReportId},
    pictures::BYTES,
    problems::{Severity, State},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    problems::{self, ReportProblem},
    requirements::PathTarget,
};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listProblems";
const OF_MACHINE: &str = "listMachineProblems";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    let mut operations = reported();
    operations.extend(blocks());
    operations
}

fn reported() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/problems", LIST, list)
            .may(&[(Permission::SeeProblems, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List open problems",
                "Lists unresolved problems, most severe first: of the machines that the caller looks after, or of all \
                 machines for auditors.",
            )
            .needs(Scope::MachinesRead),
        Operation::get("/api/v1/machines/{id}/problems", OF_MACHINE, of_machine)
            .may(&[(Permission::SeeProblems, PathTarget::Space)])
            .about(
                Tag::Machines,
                "List a machine's problems",
                "Lists all problems ever reported on a machine, newest first. Names are shown to people who look after the \
                 machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::problems::ProblemsError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines/{id}/problems", "reportProblem", report)
            .may(&[(Permission::ReportProblem, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Report a problem",
                "Reports a problem. If it is `unsafe`, the machine is blocked at once and its user logged out, until the \
                 problem is resolved or the block lifted.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::At("/api/v1/problems"))
            .errors::<services::problems::ProblemsError>(&["machine.unknown", "problem.invalid"]),
        Operation::get("/api/v1/problems/{id}", "readProblem", read)
            .about(Tag::Machines, "Get a problem", "Returns a problem and its state.")
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown"]),
        Operation::post("/api/v1/problems/{id}/acknowledge", "acknowledgeProblem", acknowledge)
            .may(&[(Permission::CareFor, PathTarget::Problem)])
            .about(
                Tag::Machines,
                "Acknowledge a problem",
                "Records that a person who looks after the machine knows of the problem.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "problem.over"]),
        Operation::post("/api/v1/problems/{id}/resolve", "resolveProblem", resolve)
            .may(&[(Permission::CareFor, PathTarget::Problem)])
            .about(
                Tag::Machines,
                "Resolve a problem",
                "Resolves a problem and records what was done. A block caused by it is lifted, unless another problem makes \
                 the machine unsafe.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "problem.over", "problem.invalid"]),
        Operation::get("/api/v1/problems/{id}/photo", "readProblemPhoto", photo)
            .may(&[(Permission::SeeProblems, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Get a problem's photo",
                "Returns the photo of a problem that the caller may see.",
            )
            .needs(Scope::MachinesRead)
            .gives(JPEG)
            .errors::<services::problems::ProblemsError>(&["problem.unknown", "picture.unknown"]),
        Operation::put("/api/v1/problems/{id}/photo", "setProblemPhoto", set_photo)
            .about(
                Tag::Machines,
                "Set a problem's photo",
                "Sets the photo of an unresolved problem, processed like other pictures. For its reporter and for people \
                 who look after the machine.",
            )
            .needs(Scope::MachinesWrite)
            .takes(KINDS)
            .errors::<services::problems::ProblemsError>(&[
                "problem.not-yours",
                "problem.unknown",
                "problem.over",
                "problem.invalid",
            ]),
    ]
}

fn blocks() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines/{id}/block", "readBlock", blocked)
            .about(
                Tag::Machines,
                "Get a machine's block",
                "Returns the current block. Names are shown to people who look after the machine.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::problems::ProblemsError>(&["machine.unknown", "block.unknown"]),
        Operation::post("/api/v1/machines/{id}/block", "blockMachine", block)
            .may(&[(Permission::CareFor, PathTarget::Machine)])
            .about(
                Tag::Machines,
                "Block a machine",
                "Blocks a machine for everyone as soon as it is not in use; with `at_once`, immediately, and its user is \
                 logged out.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::Here)
            .errors::<services::problems::ProblemsError>(&[
                "machine.unknown",
                "machine.blocked-already",
                "problem.invalid",
            ]),
        Operation::post("/api/v1/blocks/{id}/lift", "liftBlock", lift)
            .about(
                Tag::Machines,
                "Lift a block",
                "Lifts a block with immediate effect. The problem that caused it is unchanged.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::problems::ProblemsError>(&["block.unknown", "block.over"]),
    ]
}

/// A problem with a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemReport {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter")]
    machine_name: String,
    #[schema(schema_with = words::severity)]
    severity: Severity,
    #[schema(schema_with = words::problem_state)]
    state: State,
    /// The description, until its author is erased.
    #[schema(example = "The exhaust hose came off.")]
    words: Option<String>,
    /// Whether it has a photo, at `/photo` below it.
    photo: bool,
    /// When it was reported.
    #[schema(format = DateTime)]
    reported: String,
    /// The reporter's name, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// When it was acknowledged.
    #[schema(format = DateTime)]
    acknowledged: Option<String>,
    /// The name of the person who acknowledged it, while on record.
    acknowledged_by: Option<String>,
    /// When it was resolved.
    #[schema(format = DateTime)]
    resolved: Option<String>,
    /// The name of the person who resolved it, while on record.
    resolved_by: Option<String>,
    /// The resolution, until its author is erased.
    done: Option<String>,
    /// Whether the machine is blocked because of it.
    blocks: bool,
    /// Its version, to be sent as `If-Match`.
    #[schema(example = 1)]
    version: i64,
}

fn to_view(report: message::Report) -> ProblemReport {
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
    let place = |one: &message::Report| (Reverse(one.severity), one.id.0);
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

/// A new problem.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProblem {
    #[schema(schema_with = words::severity)]
    severity: Severity,
    /// The description.
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

/// The resolution of a problem.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// The resolution.
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
    Ok(File(JPEG, photo?.body.into()))
}

async fn set_photo(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    problems::may_set_photo(&ctx, &actor, ReportId(id)).await?;
    let given = file(&ctx, &actor, request, KINDS, BYTES).await?;
    problems::set_photo(&ctx, &actor, ReportId(id), given).await?;
    Ok(done())
}

/// A block of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineBlock {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// When it was placed.
    #[schema(format = DateTime)]
    since: String,
    /// The name of the person who placed it, while on record.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// The reason, until its author is erased.
    #[schema(example = "The exhaust hose came off.")]
    because: Option<String>,
    /// Whether it took effect while the machine was in use.
    at_once: bool,
    /// The problem that caused it; the block is lifted when that is resolved.
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

/// A new block.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBlock {
    /// The reason. Visitors can read it if the space shows its status.
    #[schema(min_length = 1, max_length = 1000, example = "New spindle on Thursday.")]
    because: String,
    /// Whether to block the machine even while it is in use.
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
