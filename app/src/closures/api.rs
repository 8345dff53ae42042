//! Server functions for closures.

use crate::problem::AppError;
use contract::closures::{Closure, Closures};
use domain::id::ClosureId;
use leptos::prelude::*;

/// Closures of what the caller looks after: upcoming ones and those of the last days.
#[server(name = ReadClosures, endpoint = "closures/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Closures, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::closures::list(&ctx, &crate::request::actor(), Ok(services::closures::Which::default())).await?)
}

/// Closes a machine or a room for a period.
#[server(name = CloseTime, endpoint = "closures/close", protocol = crate::call::Wire)]
pub async fn close(
    /// `machine:7` or `room:2`.
    #[server(default)]
    resource: String,
    /// `closure` or `maintenance`.
    #[server(default)]
    kind: String,
    /// As local time, `2026-11-24T14:30`, or in milliseconds.
    #[server(default)]
    start: String,
    #[server(default)] end: String,
    #[server(default)] note: String,
    /// `yes` cancels bookings and checkouts in that period.
    #[server(default)]
    call_off: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = services::closures::ClosureForm { resource, kind, start, end, note, call_off };
    let close = input.read(ctx.space().zone);
    services::closures::close(&ctx, &crate::request::actor(), close).await?;
    leptos_axum::redirect("/closures?done=closed");
    Ok(())
}

/// Lifts a closure; returns it for undo.
#[server(name = LiftClosure, endpoint = "closures/lift", protocol = crate::call::Wire)]
pub async fn lift(id: ClosureId) -> Result<Closure, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::closures::lift(&ctx, &crate::request::actor(), id).await?)
}
