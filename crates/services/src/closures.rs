//! Closures: a machine or a room cannot be had for some time, because it is maintained or for another reason.
//!
//! Invariant: what was promised before stands: who closes a machine at a time that is taken is told by what, and calls that off first.
//! Deliberately absent: blocks, which hold from now on and until somebody lifts them ([`crate::problems`]).

use crate::{
    Ctx,
    bookings::{BookingsError, Loaded, ValidationError, Want, changed, take},
    waiting,
};
use domain::{
    actor::{About, Actor, Permission},
    bookings::{Cause, NOTE, Resource},
    id::ClosureId,
    names::{Remark, TooLong},
    occupations::{Purpose, Span},
    time::DAY,
};
use serde_json::json;
use store::{
    closures::{self as rows, NewClosure},
    occupations, remarks,
};

/// So many months ahead a closure ends at most: what nobody can foresee is a block, and a date that is mistyped is found.
pub(crate) const MONTHS_AHEAD: u32 = 26;

/// A time at which something cannot be had.
#[derive(Debug, Clone)]
pub struct Close {
    /// What.
    pub resource: Resource,
    /// [`Cause::Maintenance`] or [`Cause::Closure`].
    pub kind: Cause,
    /// When.
    pub span: Span,
    /// Why.
    pub note: Option<Remark<NOTE>>,
}

impl Close {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        resource: Option<Resource>,
        is_maintenance: bool,
        span: Result<Span, Vec<ValidationError>>,
        note: &str,
    ) -> Result<Self, Vec<ValidationError>> {
        let resource = resource.ok_or(ValidationError::Resource);
        let span =
            span.and_then(
                |span| if span.starts < span.ends { Ok(span) } else { Err(vec![ValidationError::Backwards]) },
            );
        let note = Remark::new(note).map_err(|TooLong| ValidationError::Note);
        match (resource, span, note) {
            (Ok(resource), Ok(span), Ok(note)) => {
                let kind = if is_maintenance { Cause::Maintenance } else { Cause::Closure };
                Ok(Self { resource, kind, span, note })
            }
            (resource, span, note) => {
                let of_span = span.err().unwrap_or_default();
                Err(resource.err().into_iter().chain(of_span).chain(note.err()).collect())
            }
        }
    }
}

/// Closes a machine or a room for some time. [`BookingsError::Refused`] names what takes it already.
pub async fn close(
    ctx: &Ctx,
    actor: &Actor,
    close: Result<Close, Vec<ValidationError>>,
) -> Result<ClosureId, BookingsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    let Close { resource, kind, span, note } = close.map_err(BookingsError::Invalid)?;
    let zone = ctx.space().zone;
    ctx.begin(actor, async move |begun| {
        let want = Want { resource, person: None, without: None, span, zone, now: begun.now };
        let known = Loaded::load(begun.tx.conn(), want).await?;
        let mut job = begun.require(Permission::CareFor, known.about())?;
        if span.ends <= job.now {
            return Err(BookingsError::Invalid(vec![ValidationError::Over]));
        }
        if span.ends.since(job.now) > DAY * 31 * MONTHS_AHEAD {
            return Err(BookingsError::Invalid(vec![ValidationError::Far]));
        }
        known.is_free(span)?;
        let (by, at) = (job.by().await?, job.now);
        let remark = match note {
            Some(body) => Some(remarks::write(job.tx, None, by, body.as_str(), at).await?),
            None => None,
        };
        let closure = rows::add(job.tx, &NewClosure { resource, kind, span, remark, at, by }).await?;
        take(job.tx, resource, span, Purpose::Closure(closure)).await.map_err(|why| known.overtaken(why, span))?;
        changed(job.tx, resource).await?;
        let detail = json!({ "closure": closure, "kind": kind, "starts": span.starts, "ends": span.ends });
        job.audited(closure, "closure.made", resource.to_string(), &detail).await
    })
    .await
}

/// Gives back what is left of a closure: to whoever waits for it.
pub async fn lift(ctx: &Ctx, actor: &Actor, closure: ClosureId) -> Result<(), BookingsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    ctx.begin(actor, async move |begun| {
        let kept = rows::one(begun.tx.conn(), closure).await?.filter(|kept| kept.lifted.is_none());
        let kept = kept.ok_or(BookingsError::Unknown)?;
        let about = kept.kind.map_or(About::NOTHING, |kind| About::equipment(kind, kept.machine));
        let mut job = begun.require(Permission::CareFor, about)?;
        let by = job.by().await?;
        rows::lift(job.tx, closure, by, job.now).await?;
        occupations::release(job.tx, Purpose::Closure(closure)).await?;
        let (resource, span) = (kept.resource(), Span { starts: kept.starts, ends: kept.ends });
        waiting::freed(job.tx, &job.proof, resource, span, job.now).await?;
        changed(job.tx, resource).await?;
        let detail = json!({ "closure": closure, "starts": kept.starts });
        job.audited((), "closure.lifted", resource.to_string(), &detail).await
    })
    .await
}
