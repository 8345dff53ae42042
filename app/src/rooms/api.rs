//! Server functions for rooms.

use crate::problem::AppError;
use contract::rooms::RoomPage;
use domain::id::RoomId;
use leptos::prelude::*;

/// A room, its equipment and machines, and today as the reader can book it.
#[server(name = ReadRoomPage, endpoint = "rooms/read", protocol = crate::call::Wire)]
pub async fn read(room: RoomId) -> Result<RoomPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::rooms::room_page(&ctx, &crate::request::actor(), t, room).await?)
}
