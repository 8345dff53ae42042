//! Server functions for holds.

use crate::problem::AppError;
use contract::holds::{HoldDone, Holds};
use domain::id::{HoldId, PersonId};
use leptos::prelude::*;

/// The holds on a person.
#[server(name = ReadHolds, endpoint = "holds/of", protocol = crate::call::Wire)]
pub async fn of(person: PersonId) -> Result<Holds, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::holds::of(&ctx, &crate::request::actor(), person).await?)
}

#[server(name = PlaceHold, endpoint = "holds/place", protocol = crate::call::Wire)]
pub async fn place(
    person: PersonId,
    /// Code of the reason.
    #[server(default)]
    reason: String,
    /// The last day, `2026-11-30`, or empty.
    #[server(default)]
    last_day: String,
    #[server(default)] remark: String,
) -> Result<HoldDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let reason = domain::holds::HoldReason::parse(&reason);
    let new = services::holds::PlaceHold::read(reason, &last_day, &remark, ctx.today());
    let placed = services::holds::place(&ctx, &crate::request::actor(), person, new).await;
    Ok(placed.map(|hold| HoldDone { hold, lifted: false })?)
}

#[server(name = LiftHold, endpoint = "holds/lift", protocol = crate::call::Wire)]
pub async fn lift(hold: HoldId) -> Result<HoldDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let lifted = services::holds::lift(&ctx, &crate::request::actor(), hold).await;
    Ok(lifted.map(|()| HoldDone { hold, lifted: true })?)
}
