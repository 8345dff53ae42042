//! Server functions for problems and blocks of machines.

use crate::problem::AppError;
use contract::problems::{AtMachine, Queue};
use domain::id::{BlockId, MachineId, ReportId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::problems::ProblemsError;

/// Problems of a machine for its page; `None` without permission.
#[server(name = ReadProblems, endpoint = "problems/at", protocol = crate::call::Wire)]
pub async fn at_machine(id: MachineId) -> Result<Option<AtMachine>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    match services::problems::at(&ctx, &crate::request::actor(), id).await {
        Err(ProblemsError::Forbidden(_)) => Ok(None),
        found => Ok(Some(found?)),
    }
}

/// The machine, for the report form.
#[server(name = ReadReporting, endpoint = "problems/reporting", protocol = crate::call::Wire)]
pub async fn reporting(id: MachineId) -> Result<AtMachine, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::at(&ctx, &crate::request::actor(), id).await?)
}

/// Problems waiting for people who look after machines.
#[server(name = ReadQueue, endpoint = "problems/queue", protocol = crate::call::Wire)]
pub async fn queue() -> Result<Queue, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::queue(&ctx, &crate::request::actor()).await?)
}

/// Resolves a problem with a remark.
#[server(name = ResolveProblem, endpoint = "problems/resolve", protocol = crate::call::Wire)]
pub async fn resolve(id: ReportId, version: i64, #[server(default)] done: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::problems::resolve(&ctx, &crate::request::actor(), id, version, &done).await?;
    leptos_axum::redirect("/problems");
    Ok(())
}

/// Blocks a machine.
#[server(name = BlockMachine, endpoint = "problems/block", protocol = crate::call::Wire)]
pub async fn block(
    machine: MachineId,
    #[server(default)] because: String,
    /// `yes` blocks it even while in use.
    #[server(default)]
    at_once: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let blocked = services::problems::block(&ctx, &actor, machine, &because, at_once == "yes").await;
    Ok(blocked.map(drop)?)
}

#[server(name = LiftBlock, endpoint = "problems/lift", protocol = crate::call::Wire)]
pub async fn lift(block: BlockId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::problems::lift(&ctx, &crate::request::actor(), block).await?)
}
