//! The calls that list, make and take back the links of wall displays.

use crate::problem::AppError;
use domain::{
    displays::{Displays, Opening},
    id::DisplayId,
};
use leptos::prelude::*;

/// The displays in force.
#[server(name = ReadDisplays, endpoint = "displays/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Displays, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::displays::list(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Makes another link to a display, for another screen in place of the one that shows it.
#[server(endpoint = "displays/renew", protocol = crate::call::Wire)]
pub async fn renew(
    /// Which.
    id: DisplayId,
) -> Result<Opening, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let made =
        services::displays::renew(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t))?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

/// Makes a display; answers its link, with the address of this site as whoever asks knows it.
#[server(endpoint = "displays/make", protocol = crate::call::Wire)]
pub async fn make(
    /// Where it hangs.
    #[server(default)]
    name: String,
) -> Result<Opening, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let made = services::displays::make(&ctx, &crate::asker::actor(), &name).await;
    let made = made.map_err(|error| error.problem(t))?;
    let path = services::displays::path(&made.link);
    Ok(Opening { name: made.name, path: crate::cookies::origin() + &path })
}

/// Takes a display's link back.
#[server(endpoint = "displays/revoke", protocol = crate::call::Wire)]
pub async fn revoke(
    /// Which.
    id: DisplayId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::displays::revoke(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t))?;
    leptos_axum::redirect("/displays?done=1");
    Ok(())
}
