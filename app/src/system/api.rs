//! Server function for the system page.

use crate::problem::AppError;
use contract::system::SystemPage;
use leptos::prelude::*;

/// Versions, sizes, counts, backups, and the recent log.
#[server(name = ReadSystem, endpoint = "system/read", protocol = crate::call::Wire)]
pub async fn read() -> Result<SystemPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::system::page(&ctx, &crate::request::actor()).await?)
}
