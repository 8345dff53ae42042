//! The call of the page about the program and its database.

use crate::problem::AppError;
use domain::system::SystemPage;
use leptos::prelude::*;

/// Versions, sizes, counts, copies, and what was logged.
#[server(name = ReadSystem, endpoint = "system/read", protocol = crate::call::Wire)]
pub async fn read() -> Result<SystemPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::system::page(&ctx, &crate::asker::actor()).await?)
}
