//! The preview of an announcement that is being written; its other operations are in `contract::announcements`.

use crate::problem::AppError;
use contract::announcements::Drafted;
use leptos::prelude::*;

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
    let draft = services::announcements::Draft { title, text, to, from, until };
    Ok(services::announcements::preview(&ctx, &crate::request::actor(), draft, version).await?)
}
