//! Server functions for the firmware page. Images are uploaded by a form of their own (`/firmware/upload`),
//! because they are files.

use crate::problem::AppError;
use contract::firmware::FirmwarePage;
use domain::id::{BoardId, FirmwareId, FirmwareJobId};
use leptos::prelude::*;

/// The images, the boards, and the transfers.
#[server(name = ReadFirmware, endpoint = "firmware/read", protocol = crate::call::Wire)]
pub async fn read() -> Result<FirmwarePage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::page(&ctx, &crate::request::actor()).await?)
}

/// Starts sending an image to boards.
#[server(name = StartFirmware, endpoint = "firmware/start", protocol = crate::call::Wire)]
pub async fn start(image: FirmwareId, #[server(default)] boards: Vec<BoardId>) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let started = services::firmware::start(&ctx, &crate::request::actor(), image, &boards).await;
    Ok(started.map(drop)?)
}

/// Cancels a transfer.
#[server(name = CancelFirmware, endpoint = "firmware/cancel", protocol = crate::call::Wire)]
pub async fn cancel(job: FirmwareJobId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::cancel(&ctx, &crate::request::actor(), job).await?)
}

#[server(name = RemoveFirmware, endpoint = "firmware/remove", protocol = crate::call::Wire)]
pub async fn remove(image: FirmwareId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::firmware::remove(&ctx, &crate::request::actor(), image).await?)
}
