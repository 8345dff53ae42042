//! Server functions for boards.

use crate::problem::AppError;
use contract::boards::{BoardLogins, Boards, HowToConnect, NewBoardLogin};
use domain::id::{BoardId, BoardLoginId, MachineId};
use leptos::prelude::*;

/// All boards of machines that the caller looks after.
#[server(name = ReadBoards, endpoint = "boards/all", protocol = crate::call::Wire)]
pub async fn all() -> Result<Boards, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::page(&ctx, &crate::request::actor()).await?)
}

/// How the board of a machine is connected.
#[server(name = ReadHowToConnect, endpoint = "boards/how-to-connect", protocol = crate::call::Wire)]
pub async fn how_to_connect(id: MachineId) -> Result<HowToConnect, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::how_to_connect(&ctx, &crate::request::actor(), id).await?)
}

/// Removes a board that is gone.
#[server(name = ForgetBoard, endpoint = "boards/forget", protocol = crate::call::Wire)]
pub async fn forget(id: BoardId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::forget(&ctx, &crate::request::actor(), id).await?)
}

#[server(name = ReadBoardLogins, endpoint = "boards/logins", protocol = crate::call::Wire)]
pub async fn logins() -> Result<BoardLogins, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::logins::list(&ctx, &crate::request::actor()).await?)
}

/// Creates a board login; only this answer contains its password.
#[server(name = MakeBoardLogin, endpoint = "boards/make-login", protocol = crate::call::Wire)]
pub async fn make_login(
    /// Machine of the board.
    machine: MachineId,
) -> Result<NewBoardLogin, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::logins::make(&ctx, &crate::request::actor(), machine).await?)
}

/// Revokes a board login.
#[server(name = RevokeBoardLogin, endpoint = "boards/revoke-login", protocol = crate::call::Wire)]
pub async fn revoke_login(id: BoardLoginId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::boards::logins::revoke(&ctx, &crate::request::actor(), id).await?)
}
