//! The calls for starting a machine and ending a use from afar.

use crate::problem::AppError;
use domain::id::MachineId;
use leptos::prelude::*;
use views::requests::Remote;

/// What whoever asks may do to it from afar, and how far that is.
#[server(name = ReadRemote, endpoint = "machines/remote", protocol = crate::call::Wire)]
pub async fn remote(id: MachineId) -> Result<Option<Remote>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::requests::remote(&ctx, &crate::request::actor(), id).await?)
}

/// Has its board log out whoever is in, or let whoever asks in.
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
