//! Photos of problems: added by the reporter or those who look after the machine, seen by everyone who sees the
//! problem.

use super::{Limits, ProblemsError, Row, ValidationError, about, known, rows};
use crate::{Ctx, pictures};
use domain::{
    actor::{Actor, Permission, Target},
    id::ReportId,
    live::ChangeEvent,
    problems::{PHOTOS, State},
};
use serde_json::json;
use std::io::{Read, Seek};
use store::pictures::Picture;

/// The photo of a problem; `small` for a list.
pub async fn photo(ctx: &Ctx, actor: &Actor, report: ReportId, small: bool) -> Result<Picture, ProblemsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    known(&mut snapshot, actor, report).await?;
    rows::photo(&mut snapshot, report, small).await?.ok_or(ProblemsError::NoPhoto)
}

/// Whether the actor adds photos to it, and by which right.
fn right(actor: &Actor, row: &Row) -> Result<(Permission, Target), ProblemsError> {
    let own = row.reporter.is_some() && row.reporter == actor.person();
    if actor.may(Permission::CareFor, about(row)) {
        Ok((Permission::CareFor, about(row)))
    } else if own {
        Ok((Permission::ReportProblem, Target::NONE))
    } else {
        // Tells the caller if a second factor would suffice.
        match actor.require(Permission::CareFor, about(row)) {
            Err(why @ domain::actor::Forbidden::SecondFactor) => Err(why.into()),
            _ => Err(ProblemsError::NotTheirs),
        }
    }
}

/// Whether the actor adds photos to this problem: asked before one is read.
pub async fn may_set_photo(ctx: &Ctx, actor: &Actor, report: ReportId) -> Result<(), ProblemsError> {
    right(actor, &known(&mut *ctx.store().read().await?, actor, report).await?).map(|_| ())
}

/// Stores the photo of an open problem, replacing the previous one.
pub async fn set_photo(
    ctx: &Ctx,
    actor: &Actor,
    report: ReportId,
    given: impl Read + Seek + Send + 'static,
) -> Result<(), ProblemsError> {
    may_set_photo(ctx, actor, report).await?;
    if let Some(person) = actor.person() {
        ctx.memory::<Limits>()
            .photos
            .take(person, PHOTOS, ctx.steady())
            .map_err(|empty| ProblemsError::TooOften(empty.seconds()))?;
    }
    let taken = pictures::taken(given).await;
    let (body, small) = taken.map_err(|invalid| ProblemsError::Invalid(vec![ValidationError::Photo(invalid)]))?;
    ctx.begin(actor, async move |begun| {
        let row = known(begun.tx.conn(), &begun.actor, report).await?;
        let (permission, about) = right(&begun.actor, &row)?;
        let mut job = begun.require(permission, about)?;
        if row.state == State::Resolved {
            return Err(ProblemsError::Over);
        }
        rows::set_photo(job.tx, report, &body, &small, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(row.machine));
        let subject = row.machine;
        let detail = json!({ "problem": report });
        job.audited((), "problem.photo-set", subject, &detail).await
    })
    .await
}
