//! Server functions for opening hours.

use crate::problem::AppError;
use contract::hours::HoursPage;
#[cfg(feature = "ssr")]
use domain::{
    problem::{Kind, Problem},
    settings::At,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The opening hours of one place.
#[server(name = ReadHours, endpoint = "hours/page", protocol = crate::call::Wire)]
pub async fn page(
    /// Where: `space`, `type:3`, `machine:7`.
    #[server(default)]
    at: String,
    /// The preview: `week` and the hours of each day, or `day`, a date and its hours.
    #[server(default)]
    preview: Vec<String>,
) -> Result<HoursPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::hours::page(&ctx, &crate::request::actor(), place(&at, t)?, read(preview), t).await?)
}

/// A week as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Week {
    pub mon: String,
    pub tue: String,
    pub wed: String,
    pub thu: String,
    pub fri: String,
    pub sat: String,
    pub sun: String,
}

/// Sets the weekly hours.
#[server(endpoint = "hours/save-week", protocol = crate::call::Wire)]
pub async fn save_week(
    #[server(default)] at: String,
    version: i64,
    /// The hours of each day; all empty to inherit.
    #[server(flatten)]
    week: Week,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let at = place(&at, t)?;
    let Week { mon, tue, wed, thu, fri, sat, sun } = week;
    let week = [mon, tue, wed, thu, fri, sat, sun];
    services::hours::save_week(&ctx, &crate::request::actor(), at, version, week).await?;
    leptos_axum::redirect(&format!("/hours?at={at}&saved"));
    Ok(())
}

/// Sets or removes an exception for one day.
#[server(endpoint = "hours/save-day", protocol = crate::call::Wire)]
pub async fn save_day(
    #[server(default)] at: String,
    /// The version that was read; 0 if there was none.
    version: i64,
    #[server(default)] date: String,
    /// The hours; empty for closed.
    #[server(default)]
    hours: String,
    /// `yes` to remove the exception.
    #[server(default)]
    usual: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let at = place(&at, t)?;
    let day = services::hours::SayDay { date, hours: (usual != "yes").then_some(hours), version };
    services::hours::save_day(&ctx, &crate::request::actor(), at, day).await?;
    leptos_axum::redirect(&format!("/hours?at={at}&saved"));
    Ok(())
}

/// Parses the preview, if it is valid.
#[cfg(feature = "ssr")]
fn read(preview: Vec<String>) -> Option<services::hours::Proposal> {
    use services::hours::{Proposal, SayDay};
    let mut words = preview.into_iter();
    match words.next()?.as_str() {
        "week" => Some(Proposal::Week(std::array::from_fn(|_| words.next().unwrap_or_default()))),
        "day" => {
            let (date, hours) = (words.next()?, words.next()?);
            Some(Proposal::Day(SayDay { date, hours: Some(hours), version: 0 }))
        }
        _ => None,
    }
}

#[cfg(feature = "ssr")]
fn place(at: &str, t: text::Lang) -> Result<At, Problem> {
    At::parse(at).ok_or_else(|| Problem::new("hours.unknown", Kind::NotFound, t.setting_unknown()))
}
