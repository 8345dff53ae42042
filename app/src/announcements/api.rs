//! Server functions for announcements.

use crate::problem::AppError;
use contract::{
    announcements::{Announcements, Drafted},
    equipment::Shelved,
};
use domain::id::AnnouncementId;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::announcements::AnnouncementForm;

/// All announcements, and the one being edited.
#[server(name = ReadAnnouncements, endpoint = "announcements/list", protocol = crate::call::Wire)]
pub async fn list(edited: Option<AnnouncementId>) -> Result<Announcements, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::announcements::list(&ctx, &crate::request::actor(), edited).await?)
}

/// Creates an announcement.
#[server(name = WriteAnnouncement, endpoint = "announcements/write", protocol = crate::call::Wire)]
pub async fn write(
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] to: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = AnnouncementForm { title, text, to, from, until }.read(&ctx);
    services::announcements::write(&ctx, &crate::request::actor(), new).await?;
    leptos_axum::redirect("/announcements");
    Ok(())
}

/// Saves an announcement if its version is unchanged.
#[server(name = SaveAnnouncement, endpoint = "announcements/save", protocol = crate::call::Wire)]
pub async fn save(
    id: AnnouncementId,
    version: i64,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] to: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let new = AnnouncementForm { title, text, to, from, until }.read(&ctx);
    services::announcements::save(&ctx, &crate::request::actor(), id, version, new).await?;
    leptos_axum::redirect("/announcements");
    Ok(())
}

/// Withdraws or restores an announcement.
#[server(name = WithdrawAnnouncement, endpoint = "announcements/withdraw", protocol = crate::call::Wire)]
pub async fn withdraw(
    id: AnnouncementId,
    /// `yes` to restore it.
    #[server(default)]
    back: String,
) -> Result<Shelved, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::announcements::withdraw(&ctx, &crate::request::actor(), id, back != "yes").await?)
}

/// Renders a preview of the form; nothing is saved.
#[server(name = PreviewAnnouncement, endpoint = "announcements/preview", protocol = crate::call::Wire)]
pub async fn preview(
    #[server(default)] version: i64,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] to: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<Drafted, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let input = AnnouncementForm { title, text, to, from, until };
    Ok(services::announcements::preview(&ctx, &crate::request::actor(), input, version).await?)
}
