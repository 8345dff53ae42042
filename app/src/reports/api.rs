//! The calls about reports.

use super::chart::Drawn;
use crate::problem::AppError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::reports::{self, Ask, ReportForm};

/// How machines and rooms are used, with its charts; an empty word asks for the usual.
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
