//! Server function for a page of the audit log.

use super::row::AuditRow;
use crate::problem::AppError;
use contract::audit::Page;
use leptos::prelude::*;

/// A page of matching entries, newest first.
#[server(name = ReadAudit, endpoint = "audit/page", protocol = crate::call::Wire)]
pub async fn page(
    #[server(default)] from: String,
    /// Last day, inclusive.
    #[server(default)]
    to: String,
    #[server(default)] by: String,
    #[server(default)] action: String,
    #[server(default)] subject: String,
    #[server(default)] before: Option<i64>,
) -> Result<Page<AuditRow>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let filter = contract::audit::Filter { from, to, by, action, subject };
    let Page { now, entries, older } =
        services::audit::page(&ctx, &crate::request::actor(), &filter, before).await?;
    Ok(Page { now, entries: entries.into_iter().map(|entry| AuditRow::of(entry, t, now)).collect(), older })
}
