//! Server functions for rooms.

use crate::problem::AppError;
use contract::{equipment::Shelved, rooms::Rooms};
use domain::id::RoomId;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::rooms::{self, DescribeRoom};

/// All rooms, and the choices of their form.
#[server(name = ReadRooms, endpoint = "rooms/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Rooms, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(rooms::page(&ctx, &crate::request::actor()).await?)
}

/// Adds a room.
#[server(name = AddRoom, endpoint = "rooms/add", protocol = crate::call::Wire)]
pub async fn add(
    #[server(default)] name: String,
    #[server(default)] capacity: String,
    #[server(default)] floor: String,
    #[server(default)] place: String,
    #[server(default)] machines: Vec<String>,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = DescribeRoom::from_form(&name, &capacity, &floor, &place, &machines);
    rooms::add(&ctx, &crate::request::actor(), new).await?;
    leptos_axum::redirect("/rooms?saved");
    Ok(())
}

/// Saves a room if its version is unchanged.
#[server(name = SaveRoom, endpoint = "rooms/save", protocol = crate::call::Wire)]
pub async fn save(
    id: RoomId,
    version: i64,
    #[server(default)] name: String,
    #[server(default)] capacity: String,
    #[server(default)] floor: String,
    #[server(default)] place: String,
    #[server(default)] machines: Vec<String>,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = DescribeRoom::from_form(&name, &capacity, &floor, &place, &machines);
    rooms::save(&ctx, &crate::request::actor(), id, version, new).await?;
    leptos_axum::redirect("/rooms?saved");
    Ok(())
}

/// Archives or restores a room.
#[server(name = ArchiveRoom, endpoint = "rooms/archive", protocol = crate::call::Wire)]
pub async fn archive(
    id: RoomId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<Shelved, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(rooms::archive(&ctx, &crate::request::actor(), id, back != "yes").await?)
}
