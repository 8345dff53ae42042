//! The call for a page of a machine's history.

use crate::problem::AppError;
use domain::{history::Page, id::MachineId};
use leptos::prelude::*;

/// A page of what happened at a machine, the newest first.
#[server(name = ReadHistory, endpoint = "history/page")]
pub async fn page(
    /// Which machine.
    id: MachineId,
    /// The group of kinds.
    #[server(default)]
    kind: String,
    /// From this day on.
    #[server(default)]
    from: String,
    /// Up to the end of this day.
    #[server(default)]
    to: String,
    /// The place where the page before ended; anything else is the beginning.
    #[server(default)]
    after: String,
) -> Result<Page, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let filter = domain::history::Filter { kind, from, to };
    let after = domain::history::Place::read(&after);
    let page = services::history::page(&ctx, &crate::asker::actor(), id, &filter, after, None).await;
    page.map_err(|error| error.problem(t).into())
}
