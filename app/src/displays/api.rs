//! The calls that list, make and take back the links of wall displays.

use crate::problem::AppError;
use domain::id::DisplayId;
use leptos::prelude::*;
use views::displays::{Displays, Opening};

/// The displays in force.
#[server(name = ReadDisplays, endpoint = "displays/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Displays, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::displays::list(&ctx, &crate::request::actor()).await?)
}

/// Makes another link to a display, for another screen in place of the one that shows it.
#[server(endpoint = "displays/renew", protocol = crate::call::Wire)]
pub async fn renew(id: DisplayId) -> Result<Opening, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let made = services::displays::renew(&ctx, &crate::request::actor(), id).await?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

/// Makes a display; answers its link, with the address of this site as whoever asks knows it.
#[server(endpoint = "displays/make", protocol = crate::call::Wire)]
pub async fn make(#[server(default)] name: String) -> Result<Opening, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let made = services::displays::make(&ctx, &crate::request::actor(), &name).await;
    let made = made?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

/// Takes a display's link back.
#[server(endpoint = "displays/revoke", protocol = crate::call::Wire)]
pub async fn revoke(id: DisplayId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::displays::revoke(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/displays?done=1");
    Ok(())
}
