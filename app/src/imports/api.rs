//! Server functions for imports. Files arrive by a route of their own, pasted text by these.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is async; what is kept in memory is not waited for")
)]

use crate::problem::AppError;
use contract::{
    bookings::BookingsImport,
    imports::{DryRun, Upload},
};
use domain::imports::Sum;
#[cfg(feature = "ssr")]
use domain::imports::dates::DateOrder;
use leptos::prelude::*;

/// Stores pasted lines and shows their preview.
#[server(endpoint = "imports/paste", protocol = crate::call::Wire)]
pub async fn paste(#[server(default)] list: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let stored = services::imports::keep(&ctx, &crate::request::actor(), list.as_bytes()).await;
    let token = stored?;
    leptos_axum::redirect(&format!("/import?file={token}"));
    Ok(())
}

/// Preview of a list.
#[server(name = ReadImport, endpoint = "imports/look", protocol = crate::call::Wire)]
pub async fn dry_run(
    #[server(default)] file: String,
    page: u32,
    /// Only lines with errors.
    only_faulty: bool,
) -> Result<DryRun, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let query = services::imports::LineQuery { page, only_faulty };
    Ok(services::imports::preview(&ctx, &crate::request::actor(), &file, query).await?)
}

/// Assigns the columns of a list.
#[server(endpoint = "imports/columns", protocol = crate::call::Wire)]
pub async fn say_columns(
    #[server(default)] file: String,
    #[server(default)] columns: Vec<String>,
    /// Order of day and month in its dates; empty if not asked.
    #[server(default)]
    dates: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let dates = DateOrder::parse(&dates);
    let message = services::imports::say_columns(&ctx, &crate::request::actor(), &file, &columns, dates);
    Ok(message?)
}

/// Applies a list if it equals the preview.
#[server(endpoint = "imports/apply", protocol = crate::call::Wire)]
pub async fn apply(
    #[server(default)] file: String,
    /// Digest of the preview.
    #[server(default)]
    digest: String,
) -> Result<Sum, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::imports::apply(&ctx, &crate::request::actor(), &file, &digest).await?)
}

/// Preview or report of a Fab-O-Matic import.
#[server(name = ReadBrought, endpoint = "imports/brought", protocol = crate::call::Wire)]
pub async fn upload(#[server(default)] file: String) -> Result<Upload, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::imports::fabomatic::uploaded(&ctx, &crate::request::actor(), &file).await?)
}

/// Imports a Fab-O-Matic if it equals the preview.
#[server(endpoint = "imports/take-over", protocol = crate::call::Wire)]
pub async fn take_over(
    #[server(default)] file: String,
    /// Digest of the preview.
    #[server(default)]
    digest: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::imports::fabomatic::apply(&ctx, &crate::request::actor(), &file, &digest).await?)
}

/// Preview of a pasted table of bookings, with the table; with `make` imports it.
#[server(name = ImportBookings, endpoint = "imports/bookings", protocol = crate::call::Wire)]
pub async fn bookings(
    #[server(default)] table: String,
    /// `yes` to import instead of preview.
    #[server(default)]
    make: String,
) -> Result<(BookingsImport, String), AppError> {
    let (ctx, actor, t) = (expect_context::<services::Ctx>(), crate::request::actor(), crate::lang::current());
    let is_dry = make != "yes";
    let outcome = services::bookings::import(&ctx, &actor, &table, is_dry, t).await?;
    Ok((outcome, if is_dry { table } else { String::new() }))
}
