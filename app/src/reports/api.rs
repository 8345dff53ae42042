//! Server functions for reports.

use super::chart::Drawn;
use crate::problem::AppError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::reports::{self, Ask, ReportForm};

/// The use of machines and rooms, with charts; empty arguments mean the defaults.
#[server(name = ReadUse, endpoint = "reports/use", protocol = crate::call::Wire)]
pub async fn of_use(
    #[server(default)] of: String,
    #[server(default)] weeks: String,
    #[server(default)] measure: String,
    #[server(default)] by: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<Drawn, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let ask = Ask::read(&ReportForm { from, to, weeks, of, by, measure });
    let t = crate::lang::current();
    Ok(super::drawn::drawn(t, reports::of_use(&ctx, &crate::request::actor(), t, ask).await?))
}
