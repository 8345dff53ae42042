//! The calls for ending a use from afar.

use crate::problem::AppError;
use domain::{id::MachineId, requests::Stop};
use leptos::prelude::*;

/// Whether whoever asks may stop what runs there, and how far that is.
#[server(name = ReadStop, endpoint = "machines/stoppable")]
pub async fn stoppable(
    /// Which machine.
    id: MachineId,
) -> Result<Option<Stop>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::requests::stoppable(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t).into())
}

/// Has its board log out whoever is in.
#[server(name = StopMachine, endpoint = "machines/stop")]
pub async fn stop(
    /// Which machine.
    machine: MachineId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let stopped = services::requests::stop(&ctx, &crate::asker::actor(), machine).await;
    stopped.map(drop).map_err(|error| error.problem(t).into())
}
