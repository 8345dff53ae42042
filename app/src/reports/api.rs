//! The calls about reports.

use crate::problem::AppError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::reports::{self, Ask, Typed};
use views::reports::UseReport;

/// How machines and rooms are used; an empty word asks for the usual.
#[server(name = ReadUse, endpoint = "reports/use", protocol = crate::call::Wire)]
pub async fn of_use(
    #[server(default)] of: String,
    #[server(default)] weeks: String,
    #[server(default)] measure: String,
    #[server(default)] by: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<UseReport, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let ask = Ask::read(&Typed { from, to, weeks, of, by, measure });
    Ok(reports::of_use(&ctx, &crate::request::actor(), crate::lang::current(), ask).await?)
}
