//! Server functions for trainers' availability.

#![expect(clippy::too_many_arguments, reason = "a form's fields are the arguments of its function")]

use crate::problem::AppError;
use contract::availability::Availability;
use domain::id::{AwayId, RuleId};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::availability::{RuleForm, read_away};

/// The caller's own availability.
#[server(name = ReadAvailability, endpoint = "availability/mine", protocol = crate::call::Wire)]
pub async fn mine() -> Result<Availability, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::availability::page(&ctx, &crate::request::actor(), None).await?)
}

/// Adds a rule, or changes the named one.
#[server(name = SaveRule, endpoint = "availability/save", protocol = crate::call::Wire)]
pub async fn save(
    /// Id and version of the rule; empty for a new one.
    #[server(default)]
    rule: String,
    #[server(default)] version: i64,
    /// Weekday, Monday is `0`; empty for a single date.
    #[server(default)]
    weekday: String,
    #[server(default)] date: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] length: String,
    #[server(default)] buffer: String,
    #[server(default)] first: String,
    #[server(default)] last: String,
    /// Types; empty for all.
    #[server(default)]
    kinds: Vec<i64>,
) -> Result<(), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let input = RuleForm { weekday, date, from, to, length, buffer, first, last, kinds };
    let read = input.read(ctx.today());
    match rule.parse().map(RuleId) {
        Ok(rule) => services::availability::change_rule(&ctx, &actor, rule, version, read).await?,
        Err(_) => drop(services::availability::add_rule(&ctx, &actor, None, read).await?),
    }
    leptos_axum::redirect("/availability");
    Ok(())
}

#[server(name = RemoveRule, endpoint = "availability/remove", protocol = crate::call::Wire)]
pub async fn remove(rule: RuleId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::availability::remove_rule(&ctx, &crate::request::actor(), rule).await?;
    leptos_axum::redirect("/availability");
    Ok(())
}

/// Adds days away.
#[server(name = AddAway, endpoint = "availability/away", protocol = crate::call::Wire)]
pub async fn away(
    #[server(default)] away_first: String,
    #[server(default)] away_last: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let away = read_away(&away_first, &away_last, ctx.today());
    services::availability::add_away(&ctx, &crate::request::actor(), None, away).await?;
    Ok(())
}

/// Removes days away.
#[server(name = RemoveAway, endpoint = "availability/back", protocol = crate::call::Wire)]
pub async fn back(away: AwayId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::availability::remove_away(&ctx, &crate::request::actor(), away).await?)
}
