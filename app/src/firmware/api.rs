//! The calls of the page about firmware. An image is brought by a form of its own (`/firmware/upload`), for a file is no text.

use crate::problem::AppError;
use domain::id::{BoardId, FirmwareId, FirmwareJobId};
use leptos::prelude::*;
use views::firmware::FirmwarePage;

/// The images, the boards, and what was sent to them.
#[server(name = ReadFirmware, endpoint = "firmware/read", protocol = crate::call::Wire)]
pub async fn read() -> Result<FirmwarePage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::page(&ctx, &crate::request::actor()).await?)
}

/// Has an image sent to boards.
#[server(name = StartFirmware, endpoint = "firmware/start", protocol = crate::call::Wire)]
pub async fn start(image: FirmwareId, #[server(default)] boards: Vec<BoardId>) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let started = services::firmware::start(&ctx, &crate::request::actor(), image, &boards).await;
    Ok(started.map(drop)?)
}

/// Does not want a transfer any more.
#[server(name = CancelFirmware, endpoint = "firmware/cancel", protocol = crate::call::Wire)]
pub async fn cancel(job: FirmwareJobId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::cancel(&ctx, &crate::request::actor(), job).await?)
}

/// Takes an image away.
#[server(name = RemoveFirmware, endpoint = "firmware/remove", protocol = crate::call::Wire)]
pub async fn remove(image: FirmwareId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::remove(&ctx, &crate::request::actor(), image).await?)
}
