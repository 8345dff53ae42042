//! Server functions for a machine's history, and for correcting its uses.

use super::line::HistoryLine;
#[cfg(feature = "ssr")]
use super::line::to_lines;
use crate::problem::AppError;
use contract::history::{Correctable, Page};
use domain::id::{MachineId, UseId};
use leptos::prelude::*;

/// A page of a machine's history, newest first.
#[server(name = ReadHistory, endpoint = "history/page", protocol = crate::call::Wire)]
pub async fn page(
    id: MachineId,
    #[server(default)] kind: String,
    #[server(default)] from: String,
    /// Last day, inclusive.
    #[server(default)]
    to: String,
    /// Where the previous page ended; anything else is the beginning.
    #[server(default)]
    after: String,
) -> Result<Page<HistoryLine>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let filter = contract::history::Filter { kind, from, to };
    let after = domain::history::Place::read(&after);
    let page = services::history::page(&ctx, &crate::request::actor(), id, &filter, after, None).await?;
    Ok(to_lines(page, t))
}

/// A use, if the caller may correct it.
#[server(name = ReadCorrectable, endpoint = "history/use", protocol = crate::call::Wire)]
pub async fn correctable(id: UseId) -> Result<Correctable, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::corrections::one(&ctx, &crate::request::actor(), id).await?)
}

/// Corrects a use, with a reason.
#[server(name = CorrectUse, endpoint = "history/correct", protocol = crate::call::Wire)]
pub async fn correct(
    id: UseId,
    version: i64,
    #[server(default)] end: String,
    #[server(default)] who: String,
    /// `yes` to void it.
    #[server(default)]
    void: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let how = services::corrections::CorrectUse::from_form(end, &who, void == "yes", reason);
    let machine = services::corrections::correct(&ctx, &crate::request::actor(), id, version, &how).await?;
    leptos_axum::redirect(&format!("/machines/{machine}/history#used-{id}"));
    Ok(())
}
