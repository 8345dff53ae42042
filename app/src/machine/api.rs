//! The call for one machine.

use crate::problem::AppError;
use domain::{id::MachineId, machines::MachinePage};
use leptos::prelude::*;

/// One machine, its day and its facts.
#[server(name = ReadMachine, endpoint = "machines/one")]
pub async fn machine(
    /// Which.
    id: MachineId,
) -> Result<MachinePage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::machines::page(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t).into())
}
