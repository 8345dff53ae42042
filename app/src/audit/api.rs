//! The call for a page of the audit chain.

use crate::problem::AppError;
use leptos::prelude::*;
use views::audit::Page;

/// A page of the entries that are asked for, newest first.
#[server(name = ReadAudit, endpoint = "audit/page", protocol = crate::call::Wire)]
pub async fn page(
    /// From this day on.
    #[server(default)]
    from: String,
    /// Up to the end of this day.
    #[server(default)]
    to: String,
    /// A piece of a name.
    #[server(default)]
    by: String,
    /// How the code begins.
    #[server(default)]
    action: String,
    /// What it is about.
    #[server(default)]
    subject: String,
    /// Older than this entry.
    #[server(default)]
    before: Option<i64>,
) -> Result<Page, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let filter = views::audit::Filter { from, to, by, action, subject };
    Ok(services::audit::page(&ctx, &crate::asker::actor(), &filter, before).await?)
}
