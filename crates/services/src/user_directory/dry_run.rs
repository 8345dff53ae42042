//! The dry run of a sync, which a manager applies as it was shown.
//!
//! Invariant: it stays in memory, for everybody who may sync, for as long as it can be applied. Settings that were saved since
//! do not apply it.

use super::Memory;
use crate::{Ctx, shared::Shared};
use contract::user_directory::DirectoryPreview;
use domain::{
    time::Millis,
    user_directory::{DRY_RUN, sync::FoundPerson},
};
use std::sync::Arc;

/// The last dry run.
#[derive(Clone)]
pub(super) struct DryRun {
    pub found: Arc<Vec<FoundPerson>>,
    /// Others may be on another server.
    pub is_partial: bool,
    pub read: Millis,
    /// The version of the settings by which it was read.
    pub version: i64,
    pub preview: DirectoryPreview,
}

/// The dry run, if it can still be applied.
pub(super) fn last(ctx: &Ctx, now: Millis) -> Option<DryRun> {
    let last: &Shared<Option<DryRun>> = &ctx.memory::<Memory>().dry_run;
    last.lock().clone().filter(|run| run.read.near(now, DRY_RUN))
}

/// Forgets the dry run.
pub(super) fn forget(ctx: &Ctx) {
    *ctx.memory::<Memory>().dry_run.lock() = None;
}

/// Keeps `run` in place of the one before.
pub(super) fn keep(ctx: &Ctx, run: DryRun) {
    *ctx.memory::<Memory>().dry_run.lock() = Some(run);
}
