//! A Fab-O-Matic uploaded on a page: its file is read and deleted at once, and its content stays in memory until
//! it is reviewed and imported.
//!
//! **Invariants.** One at a time, for its uploader and in their session alone, for [`LIFETIME`]: the next replaces it,
//! and a restart forgets it. The import is exactly the preview. Not here: the content itself.

use super::{TakeOverError, Unread, planned, rows, take_over};
use crate::{
    Ctx,
    computing::{self, Crowded},
    imports::{LIFETIME, MINUTES, memory, whose},
    shared::Shared,
    uploads,
};
use contract::imports::Upload;
use data_encoding::BASE64URL_NOPAD;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{PersonId, SessionId},
    imports::fabomatic::{BYTES, Refused, Report},
    time::{Millis, Moment},
};
use macros::ServiceError;
use std::{
    io::{Read, Seek},
    sync::Arc,
};
use store::{StoreError, copies::InvalidCopy};
use takeover::Foreign;

/// Why a Fab-O-Matic cannot be uploaded, previewed or imported.
#[derive(Debug, ServiceError)]
pub enum TakeoverUploadError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// The file cannot be read.
    #[problem("fabomatic.refused", Invalid, fabomatic_refused(*_0))]
    Refused(Refused),
    /// It is not in memory, or not any more.
    #[problem("fabomatic.gone", NotFound, fabomatic_gone(&MINUTES.to_string()))]
    Gone,
    /// It was taken over already, at that time.
    #[problem("fabomatic.taken", Conflict, fabomatic_taken_already(&text::time::clock(*_0)))]
    AlreadyImported(Moment),
    /// The result would differ from the preview.
    #[problem("fabomatic.changed", Conflict, import_changed)]
    Changed,
    /// People and machines are imported, and uses as far as counted, but a later job failed.
    #[problem("fabomatic.interrupted", Unavailable, fabomatic_interrupted(&made.to_string(), &planned.to_string()))]
    Interrupted { made: usize, planned: usize },
    /// Too much is being computed.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<TakeOverError> for TakeoverUploadError {
    fn from(error: TakeOverError) -> Self {
        match error {
            TakeOverError::Forbidden(why) => Self::Forbidden(why),
            TakeOverError::Another(_) => Self::Refused(Refused::Another),
            TakeOverError::Changed => Self::Changed,
            TakeOverError::Crowded(crowded) => Self::Crowded(crowded),
            TakeOverError::Interrupted { made, planned, error } => {
                tracing::error!(%error, made, planned, "the import of a Fab-O-Matic was interrupted");
                Self::Interrupted { made, planned }
            }
            TakeOverError::Store(error) => Self::Store(error),
        }
    }
}

impl From<Unread> for TakeoverUploadError {
    fn from(unread: Unread) -> Self {
        Self::Refused(match unread {
            Unread::Invalid(InvalidCopy::Empty) => Refused::Empty,
            Unread::Invalid(InvalidCopy::NotADatabase) => Refused::NoDatabase,
            Unread::Invalid(InvalidCopy::Unreadable(_)) | Unread::Room(_) => Refused::Room,
            Unread::Invalid(_) => Refused::Damaged,
            Unread::Foreign(_) => Refused::Foreign,
            Unread::Active(..) => Refused::Active,
            Unread::Long(..) | Unread::Slow => Refused::Long,
            Unread::Newer(_) => Refused::Newer,
            Unread::Row(..) => Refused::Row,
        })
    }
}

#[derive(Default)]
pub(crate) struct Slot(Shared<Option<UploadedDatabase>>);

#[derive(Clone)]
struct UploadedDatabase {
    token: String,
    whose: Option<(PersonId, SessionId)>,
    foreign: Arc<Foreign>,
    until: Millis,
    taken: Option<(Millis, Report)>,
}

impl Slot {
    /// The upload of this token, if it is the actor's.
    fn of(&self, actor: &Actor, token: &str, now: Millis) -> Result<UploadedDatabase, TakeoverUploadError> {
        let mut slot = self.0.lock();
        // Expired uploads make room.
        slot.take_if(|row| row.until <= now);
        slot.as_ref()
            .filter(|row| row.token == token && row.whose == whose(actor))
            .cloned()
            .ok_or(TakeoverUploadError::Gone)
    }

    fn take(&self, token: &str, at: Millis, report: &Report) {
        if let Some(row) = self.0.lock().as_mut().filter(|row| row.token == token) {
            row.taken = Some((at, report.clone()));
            // Only the report is still needed.
            row.foreign = Arc::default();
        }
    }
}

/// Whether the caller may bring one; asked before any of it is read.
pub fn may_bring(actor: &Actor) -> Result<(), TakeoverUploadError> {
    actor.require(Permission::TakeOver, Target::NONE)?;
    Ok(())
}

/// Reads the file of a Fab-O-Matic, and returns the token of the upload.
pub async fn keep(
    ctx: &Ctx,
    actor: &Actor,
    mut file: impl Read + Seek + Send + 'static,
) -> Result<String, TakeoverUploadError> {
    actor.require(Permission::TakeOver, Target::NONE)?;
    let length = uploads::length(&mut file).map_err(Unread::Room)?;
    if length > BYTES as u64 {
        return Err(TakeoverUploadError::Refused(Refused::Large));
    }
    let turn = computing::turn(ctx, actor).await?;
    let token = BASE64URL_NOPAD.encode(&ctx.rng().bytes::<16>());
    let foreign = rows::read_sent(file, ctx.store().path(), &token).await.inspect_err(|error| {
        tracing::warn!(error = error as &dyn std::error::Error, "the file of a Fab-O-Matic was not read");
    })?;
    drop(turn);
    let until = ctx.now().after(LIFETIME);
    let stored = UploadedDatabase {
        token: token.clone(),
        whose: whose(actor),
        foreign: Arc::new(foreign),
        until,
        taken: None,
    };
    *memory(ctx).brought.0.lock() = Some(stored);
    Ok(token)
}

/// The preview of an import, or its report.
pub async fn uploaded(ctx: &Ctx, actor: &Actor, token: &str) -> Result<Upload, TakeoverUploadError> {
    actor.require(Permission::TakeOver, Target::NONE)?;
    let now = ctx.now();
    let row = memory(ctx).brought.of(actor, token, now)?;
    let until = ctx.moment(row.until);
    if let Some((at, report)) = row.taken {
        return Ok(Upload { until, report, is_news: false, taken: Some(ctx.moment(at)), digest: String::new() });
    }
    let (plan, digest) = planned(ctx, actor, &row.foreign, now).await?;
    Ok(Upload { until, is_news: !plan.is_empty(), report: plan.report, taken: None, digest })
}

/// Imports it, once, if the preview matches `digest`.
pub async fn apply(ctx: &Ctx, actor: &Actor, token: &str, digest: &str) -> Result<(), TakeoverUploadError> {
    actor.require(Permission::TakeOver, Target::NONE)?;
    let now = ctx.now();
    let row = memory(ctx).brought.of(actor, token, now)?;
    if let Some((at, _)) = row.taken {
        return Err(TakeoverUploadError::AlreadyImported(ctx.moment(at)));
    }
    let (own, actor, token, digest) = (ctx.clone(), actor.clone(), token.to_owned(), digest.to_owned());
    // In a separate task, so that it completes if the caller disconnects. The second of two concurrent imports
    // finds a different result.
    let task = ctx.spawn(async move {
        let report = take_over(&own, &actor, row.foreign, Some(digest)).await?;
        memory(&own).brought.take(&token, now, &report);
        Ok::<_, TakeoverUploadError>(())
    });
    task.await.unwrap_or(Err(TakeoverUploadError::Store(StoreError::Panicked)))
}
