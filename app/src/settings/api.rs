//! Server functions for settings.

use crate::problem::AppError;
use contract::settings::SettingsPage;
#[cfg(feature = "ssr")]
use domain::{
    problem::{Kind, Problem},
    settings::{At, Fits, Key},
};
use leptos::prelude::*;

/// The settings of one place.
#[server(name = ReadSettings, endpoint = "settings/page", protocol = crate::call::Wire)]
pub async fn page(
    /// Where: `space`, `type:3`, `machine:7`.
    #[server(default)]
    at: String,
    /// The selected setting.
    #[server(default)]
    key: String,
    /// A value for a preview.
    value: Option<String>,
    /// `yes` to preview the inherited value.
    #[server(default)]
    nothing: String,
) -> Result<SettingsPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let at = At::parse(&at).ok_or_else(|| unknown(t))?;
    let (actor, key) = (crate::request::actor(), Key::parse(&key));
    let preview = match (nothing == "yes", value.as_deref()) {
        (true, _) => Some(services::settings::Proposal::Nothing),
        (false, value) => value.map(services::settings::Proposal::Value),
    };
    Ok(services::settings::page(&ctx, &actor, at, key, preview, t).await?)
}

/// Sets or clears a setting.
#[server(endpoint = "settings/say", protocol = crate::call::Wire)]
pub async fn say(
    #[server(default)] at: String,
    #[server(default)] key: String,
    #[server(default)] value: String,
    /// `yes` to clear it.
    #[server(default)]
    nothing: String,
    version: i64,
    /// `rules` if sent from the page of the booking rules.
    #[server(default)]
    page: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let (Some(at), Some(key)) = (At::parse(&at), Key::parse(&key)) else { return Err(unknown(t).into()) };
    // An empty choice or number is none; a text may be empty.
    let empty = value.trim().is_empty() && matches!(key.fits(), Fits::Word(_) | Fits::Number(..));
    let value = (nothing != "yes" && !empty).then_some(value);
    let say = services::settings::Say { at, key, value, version };
    services::settings::say(&ctx, &crate::request::actor(), say).await?;
    let page = if page == "rules" { "/bookings/rules" } else { "/settings" };
    leptos_axum::redirect(&format!("{page}?at={at}&saved"));
    Ok(())
}

#[cfg(feature = "ssr")]
fn unknown(t: text::Lang) -> Problem {
    Problem::new("setting.unknown", Kind::NotFound, t.setting_unknown())
}
