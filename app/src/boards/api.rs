//! The calls about boards.

use crate::problem::AppError;
use domain::{boards::Boards, id::BoardId};
use leptos::prelude::*;

/// Everything that is known of boards, as far as whoever asks cares for their machines.
#[server(name = ReadBoards, endpoint = "boards/all")]
pub async fn all() -> Result<Boards, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::boards::page(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Forgets a board that is gone.
#[server(name = ForgetBoard, endpoint = "boards/forget")]
pub async fn forget(
    /// Which.
    id: BoardId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::boards::forget(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t).into())
}
