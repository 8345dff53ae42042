//! Server functions for wall display links.

use crate::problem::AppError;
use contract::displays::{Displays, Opening};
use domain::id::DisplayId;
use leptos::prelude::*;

#[server(name = ReadDisplays, endpoint = "displays/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Displays, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::displays::list(&ctx, &crate::request::actor()).await?)
}

/// Creates a new link to a display, for a screen that replaces the current one.
#[server(endpoint = "displays/renew", protocol = crate::call::Wire)]
pub async fn renew(id: DisplayId) -> Result<Opening, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let made = services::displays::renew(&ctx, &crate::request::actor(), id).await?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

/// Creates a display; returns its link, with this site's address as the client used it.
#[server(endpoint = "displays/make", protocol = crate::call::Wire)]
pub async fn make(#[server(default)] name: String) -> Result<Opening, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let made = services::displays::make(&ctx, &crate::request::actor(), &name).await;
    let made = made?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

#[server(endpoint = "displays/revoke", protocol = crate::call::Wire)]
pub async fn revoke(id: DisplayId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::displays::revoke(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/displays?done=1");
    Ok(())
}
