//! Server functions for external calendars.

use crate::problem::AppError;
use contract::external_calendars::ExternalCalendars;
use domain::id::ExternalCalendarId;
use leptos::prelude::*;

/// External calendars of what the caller looks after.
#[server(name = ReadExternalCalendars, endpoint = "external-calendars/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<ExternalCalendars, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::external_calendars::list(&ctx, &crate::request::actor()).await?)
}

/// Adds a calendar and reads it.
#[server(name = AddExternalCalendar, endpoint = "external-calendars/add", protocol = crate::call::Wire)]
pub async fn add(
    #[server(default)] name: String,
    #[server(default)] address: String,
    /// `machine:7` or `room:2`.
    #[server(default)]
    resource: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let resource = domain::bookings::Resource::parse(&resource);
    let new = services::external_calendars::AddCalendar::read(&ctx, resource, &name, &address);
    services::external_calendars::add(&ctx, &crate::request::actor(), new).await?;
    leptos_axum::redirect("/external-calendars?done=added");
    Ok(())
}

#[server(name = RenameExternalCalendar, endpoint = "external-calendars/rename", protocol = crate::call::Wire)]
pub async fn rename(
    id: ExternalCalendarId,
    version: i64,
    #[server(default)] name: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::external_calendars::rename(&ctx, &crate::request::actor(), id, version, &name).await?;
    leptos_axum::redirect("/external-calendars");
    Ok(())
}

#[server(name = FetchExternalCalendar, endpoint = "external-calendars/read", protocol = crate::call::Wire)]
pub async fn read(id: ExternalCalendarId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::external_calendars::read_now(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/external-calendars");
    Ok(())
}

#[server(name = RemoveExternalCalendar, endpoint = "external-calendars/remove", protocol = crate::call::Wire)]
pub async fn remove(id: ExternalCalendarId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::external_calendars::remove(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/external-calendars?done=removed");
    Ok(())
}
