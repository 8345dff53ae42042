//! The program and its database: figures for administrators, and a copy to download.
//!
//! Invariant: a copy is on record before it is handed out. Not here: backups by the command line
//! (`copies`), except when the last was made.

use crate::{Ctx, copies, down_time, jobs};
use contract::system::{Backup, Download, Line, SystemPage};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    time::Millis,
};
use macros::ServiceError;
use serde_json::json;
use std::{
    fs::{self, File},
    sync::OnceLock,
};
use store::{StoreError, copies::CopyError, system};

/// Recent log lines, newest first.
pub type Recent = fn() -> Vec<Line<Millis>>;

#[derive(Default)]
struct Memory {
    recent: OnceLock<Recent>,
    /// Held while a copy is made: there is room for one.
    copying: tokio::sync::Mutex<()>,
}

/// Registers the source of recent log lines.
pub fn remembers(ctx: &Ctx, recent: Recent) {
    // Set once; later calls change nothing.
    let _ = ctx.memory::<Memory>().recent.set(recent);
}

/// Why there are no figures, or there is no copy.
#[derive(Debug, Clone, ServiceError)]
pub enum SystemError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// No copy could be made.
    #[problem("system.no-copy", Unavailable, system_no_copy)]
    Copy,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Versions, sizes, counts, copies, and recent log lines.
pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<SystemPage, SystemError> {
    actor.require(Permission::System, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let figures = system::figures(&mut snapshot).await?;
    let taken = system::taken(&mut snapshot).await?;
    let gaps = down_time::newest(&mut snapshot).await?;
    drop(snapshot);
    let backup = copies::noted(ctx.store().path());
    let count = |count| u64::try_from(count).unwrap_or_default();
    let lines = ctx.memory::<Memory>().recent.get().map_or_else(Vec::new, |recent| recent());
    let line = |Line { at, weight, says }| Line { at: ctx.moment(at), weight, says };
    Ok(SystemPage {
        now: ctx.moment(now),
        since: ctx.moment(ctx.started()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sqlite: figures.sqlite,
        schema: figures.schema,
        bytes: count(figures.bytes),
        free: count(figures.free),
        log_bytes: ctx.store().log_bytes(),
        counts: figures.counts.into_iter().map(|(what, many)| (what, count(many))).collect(),
        backup: backup.map(|Backup { at, to, bytes }| Backup { at: ctx.moment(at), to, bytes }),
        taken: taken.map(|Download { at, by }| Download { at: ctx.moment(at), by }),
        jobs: jobs::last_runs(ctx),
        gaps: gaps.into_iter().map(|gap| gap.map(|at| ctx.moment(at))).collect(),
        log: lines.into_iter().map(line).collect(),
    })
}

/// A copy of the whole database, with all personal data. It is unnamed and disappears after it is read.
pub async fn copy(ctx: &Ctx, actor: &Actor) -> Result<File, SystemError> {
    let noted = ctx.change::<_, SystemError, _>(actor, Permission::System, Target::NONE, async move |job| {
        job.audited((), system::COPIED, Subject::Database, &json!({})).await
    });
    noted.await?;
    let copying = ctx.clone();
    // In a separate task, so that no temporary file remains if the caller disconnects.
    let copied = ctx.spawn(async move {
        let _one = copying.memory::<Memory>().copying.lock().await;
        let file = copying.store().path();
        let to = file.with_extension("taken");
        // Left by a process that was killed.
        let _ = fs::remove_file(&to);
        store::copies::copy(file, &to).await?;
        let open = File::open(&to).and_then(|open| fs::remove_file(&to).map(|()| open));
        open.map_err(|error| CopyError::Unwritable(to, error))
    });
    match copied.await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no copy of the database could be made");
            Err(SystemError::Copy)
        }
        Err(_) => Err(SystemError::Copy),
    }
}
