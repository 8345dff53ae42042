//! Server functions for remote start and stop.

use crate::problem::AppError;
use contract::requests::Remote;
use domain::id::MachineId;
use leptos::prelude::*;

/// The caller's remote actions on a machine, with their state.
#[server(name = ReadRemote, endpoint = "machines/remote", protocol = crate::call::Wire)]
pub async fn remote(id: MachineId) -> Result<Option<Remote>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::requests::remote(&ctx, &crate::request::actor(), id).await?)
}

/// Makes its board log out the current user, or admit the caller.
#[server(name = AskBoard, endpoint = "machines/ask-board", protocol = crate::call::Wire)]
pub async fn ask_board(machine: MachineId, #[server(default)] start: bool) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let request = if start {
        services::requests::start(&ctx, &actor, machine).await
    } else {
        services::requests::stop(&ctx, &actor, machine).await.map(drop)
    };
    Ok(request?)
}
