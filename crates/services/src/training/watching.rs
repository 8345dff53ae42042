//! Watching: progress reported by a page is credited by the server's clock.
//!
//! Invariant: the rule is `domain::training::watching::report`; a refused report changes nothing, and reports are
//! not in the audit log.

use super::TrainingError;
use crate::Ctx;
use contract::training::Credit;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{EditionId, ModuleId},
    live::ChangeEvent,
    training::watching::{self as rules, Refused, Report},
};
use store::{
    Done, Unaudited,
    training::{self as rows, watching as progress_rows},
};

impl From<Refused> for TrainingError {
    fn from(why: Refused) -> Self {
        match why {
            Refused::TooSoon => Self::TooSoon,
            Refused::TooMuch => Self::TooMuch,
            Refused::Outside => Self::Outside,
            Refused::InPieces => Self::InPieces,
        }
    }
}

/// Credits parts of an edition played by the caller, and stores their position. An empty report begins the
/// edition.
pub async fn report(
    ctx: &Ctx,
    actor: &Actor,
    edition: EditionId,
    reported: impl Into<Report>,
    place: u32,
) -> Result<Credit, TrainingError> {
    let reported = reported.into();
    ctx.change(actor, Permission::Learn, Target::NONE, async move |job| {
        let me = job.actor.person().ok_or(Forbidden::NotAllowed)?;
        let progress =
            progress_rows::load_progress(job.tx.conn(), me, edition).await?.ok_or(TrainingError::Unknown)?;
        let mut watched = progress.coverage;
        let credited = rules::report(&mut watched, progress.clock, &reported, progress.length, job.now)?;
        // The credited percentage never decreases, even if the end of a video is in another piece.
        let percent = watched.percent(progress.length).max(progress.percent);
        let (place, spare) = (place.min(progress.length), credited.clock.spare);
        progress_rows::keep(job.tx, (me, edition), (&watched, percent), place, spare, job.now).await?;
        if percent > progress.percent {
            let thresholds = rows::thresholds(job.tx.conn(), edition).await?;
            if thresholds.iter().any(|needed| (progress.percent + 1..=percent).contains(needed)) {
                job.tx.after_commit(ChangeEvent::Person(me));
                job.tx.after_commit(ChangeEvent::Checkouts);
            }
        }
        let credit = Credit { watched: watched.spans().to_vec(), percent, gained: credited.gained };
        Ok(Done::unaudited(credit, Unaudited::Learnt))
    })
    .await
}

/// Like `report`, for the current edition of `module`. A report that names another edition is credited nothing.
pub async fn report_module(
    ctx: &Ctx,
    actor: &Actor,
    module: ModuleId,
    played: Option<EditionId>,
    reported: Report,
    place: u32,
) -> Result<(EditionId, Credit), TrainingError> {
    let (edition, _) = progress(ctx, actor, module).await?;
    if played.is_some_and(|played| played != edition) {
        return Err(TrainingError::OtherEdition);
    }
    Ok((edition, report(ctx, actor, edition, reported, place).await?))
}

/// The caller's credit for the current edition of a module, and the edition.
pub async fn progress(ctx: &Ctx, actor: &Actor, module: ModuleId) -> Result<(EditionId, Credit), TrainingError> {
    let me = super::learner(actor)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::module(&mut snapshot, module).await?.filter(|row| !row.archived);
    let edition = row.and_then(|row| row.published).ok_or(TrainingError::Unknown)?;
    let progress = progress_rows::progress(&mut snapshot, me, edition).await?;
    let watched = progress.coverage.spans().to_vec();
    Ok((edition, Credit { watched, percent: progress.percent, gained: 0 }))
}
