//! The calls about problems on machines, and about what blocks one.

use crate::problem::AppError;
use domain::id::{BlockId, MachineId, ReportId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::problems::ProblemsError;
use views::problems::{AtMachine, Queue};

/// What was reported on a machine, beside what else is said of it; nothing for whoever may not see problems.
#[server(name = ReadProblems, endpoint = "problems/at", protocol = crate::call::Wire)]
pub async fn at_machine(id: MachineId) -> Result<Option<AtMachine>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    match services::problems::at(&ctx, &crate::request::actor(), id).await {
        Err(ProblemsError::Forbidden(_)) => Ok(None),
        found => Ok(Some(found?)),
    }
}

/// The machine, for whoever reports something on it.
#[server(name = ReadReporting, endpoint = "problems/reporting", protocol = crate::call::Wire)]
pub async fn reporting(id: MachineId) -> Result<AtMachine, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::at(&ctx, &crate::request::actor(), id).await?)
}

/// What waits for whoever cares for machines.
#[server(name = ReadQueue, endpoint = "problems/queue", protocol = crate::call::Wire)]
pub async fn queue() -> Result<Queue, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::queue(&ctx, &crate::request::actor()).await?)
}

/// Says that whoever cares for the machine knows of it.
#[server(name = AcknowledgeProblem, endpoint = "problems/acknowledge", protocol = crate::call::Wire)]
pub async fn acknowledge(id: ReportId, version: i64) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let known = services::problems::acknowledge(&ctx, &crate::request::actor(), id, version).await;
    known.map_err(|error| {
        let AppError(mut problem) = error.into();
        if problem.saved.take().is_some() {
            // There is nothing to choose: what became of it stands in the list by now.
            t.problem_changed().clone_into(&mut problem.detail);
        }
        problem.into()
    })
}

/// Says what was done about it.
#[server(name = ResolveProblem, endpoint = "problems/resolve", protocol = crate::call::Wire)]
pub async fn resolve(id: ReportId, version: i64, #[server(default)] done: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::problems::resolve(&ctx, &crate::request::actor(), id, version, &done).await?;
    leptos_axum::redirect("/problems");
    Ok(())
}

/// Keeps everybody from a machine.
#[server(name = BlockMachine, endpoint = "problems/block", protocol = crate::call::Wire)]
pub async fn block(
    machine: MachineId,
    #[server(default)] because: String,
    /// `yes` does not wait until nobody is on it.
    #[server(default)]
    at_once: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let blocked = services::problems::block(&ctx, &actor, machine, &because, at_once == "yes").await;
    Ok(blocked.map(drop)?)
}

/// Lets people in again.
#[server(name = LiftBlock, endpoint = "problems/lift", protocol = crate::call::Wire)]
pub async fn lift(block: BlockId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::lift(&ctx, &crate::request::actor(), block).await?)
}
