//! Holds: barring a person from everything for a time, and lifting it.
//!
//! Invariant: nobody places a hold on themselves, nor on a person who outranks them, counted as if they were
//! active. A hold takes effect at once and ends the person's current use.

use crate::{Ctx, change::Job, serve::bind};
use contract::{
    form::{Fault, Faults},
    holds::{HoldDone, HoldView, Holds, LiftHold, ListHolds, NewHold, PlaceHold},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target, rank},
    events::DomainEvent,
    holds::Hold,
    id::{HoldId, PersonId},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    requests::Cause,
    time::Millis,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, holds,
    people::{self, Person},
};

/// Why a request about holds is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum HoldsError {
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    #[problem("hold.unknown", NotFound, hold_unknown)]
    UnknownHold,
    /// It is no longer in force.
    #[problem("hold.over", Conflict, hold_over)]
    Over,
    #[problem("hold.oneself", Forbidden, hold_not_oneself)]
    Oneself,
    /// They outrank the caller.
    #[problem("hold.above", Forbidden, hold_not_above)]
    Above,
    #[problem("hold.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error HoldsError;
    ListHolds { person }, may SeePerson about person(person), else UnknownPerson => of;
    PlaceHold { person } with form, may Hold about person(person), in job => place;
    LiftHold { hold }, may Hold, in job => lift;
}

/// Places a hold on `person`. It takes effect at once and stops what they are running.
async fn place(job: &mut Job<'_>, person: PersonId, new: NewHold) -> Result<Done<HoldDone>, HoldsError> {
    let NewHold { reason, last_day, remark } = new;
    if !reason.is_placed_by_people() {
        return Err(Faults::one("reason", Fault::HoldReason).into());
    }
    let until = last_day.map(|day| job.zone.start_of(day.day_after()));
    may_hold(job, person).await?;
    let (by, at) = (job.by().await?, job.now);
    let remark = job.remark(Some(person), by, remark.as_ref()).await?;
    let hold = holds::place(job.tx, &holds::NewHold { person, reason, remark, at, by, until }).await?;
    job.emit(DomainEvent::StandingChanged { person, cause: Cause::Hold }).await?;
    job.notify(person, Notice::HoldPlaced { hold, reason, until }).await?;
    let detail = json!({ "hold": hold, "reason": reason, "until": until });
    job.audited(HoldDone { hold, lifted: false }, "hold.placed", person, &detail).await
}

/// Lifts a hold, from now on.
async fn lift(job: &mut Job<'_>, hold: HoldId) -> Result<Done<HoldDone>, HoldsError> {
    let person = holds::whose(job.tx.conn(), hold).await?.ok_or(HoldsError::UnknownHold)?;
    may_hold(job, person).await?;
    let by = job.by().await?;
    if !holds::lift(job.tx, hold, job.now, by).await? {
        return Err(HoldsError::Over);
    }
    job.tx.after_commit(ChangeEvent::Person(person));
    job.notify(person, Notice::HoldLifted { hold }).await?;
    let detail = json!({ "hold": hold });
    job.audited(HoldDone { hold, lifted: true }, "hold.lifted", person, &detail).await
}

/// All holds on `person`, for themselves and for those who may see people.
async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Holds, HoldsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let them = people::one(&mut snapshot, person, now).await?.ok_or(HoldsError::UnknownPerson)?;
    let visible = holds::of_person(&mut snapshot, person).await?.into_iter().map(|row| {
        let ends = row.until.into_iter().chain(row.lifted).min();
        let hold = Hold { id: row.id, reason: row.reason, placed: row.placed, until: ends };
        HoldView {
            id: row.id,
            reason: row.reason,
            remark: row.remark,
            placed: ctx.moment(row.placed),
            placed_by: row.placed_by,
            until: row.until.map(|at| ctx.moment(at)),
            lifted: row.lifted.map(|at| ctx.moment(at)),
            lifted_by: row.lifted_by,
            in_force: hold.in_force(now),
        }
    });
    let may_change = actor.may(Permission::Hold, Target::person(person)) && judge(actor, &them, now).is_ok();
    Ok(Holds { person, now: ctx.moment(now), holds: visible.collect(), may_change })
}

/// Whether the actor outranks `person`, so that they may hold them.
async fn may_hold(job: &mut Job<'_>, person: PersonId) -> Result<(), HoldsError> {
    let them = people::one(job.tx.conn(), person, job.now).await?.ok_or(HoldsError::UnknownPerson)?;
    judge(&job.actor, &them, job.now)
}

/// Nobody but Toolgate itself is without a rank.
fn judge(actor: &Actor, them: &Person, now: Millis) -> Result<(), HoldsError> {
    match actor.known() {
        // No new entries about an erased person, or their name could come back.
        _ if them.erased_at.is_some() => Err(HoldsError::UnknownPerson),
        Some(known) if known.id == them.id => Err(HoldsError::Oneself),
        Some(known) if rank(PersonStatus::Active, &them.ledger, now) > known.rank() => Err(HoldsError::Above),
        Some(_) | None => Ok(()),
    }
}
