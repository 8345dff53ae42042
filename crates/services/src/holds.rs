//! Holds: barring a person from everything for a time, and lifting it.
//!
//! Invariant: nobody places a hold on themselves, nor on a person who outranks them, counted as if they were
//! active. A hold takes effect at once and ends the person's current use.

use crate::Ctx;
use contract::holds::{HoldView, Holds};
use domain::{
    actor::{Actor, Forbidden, Permission, Rank, Target, rank},
    events::DomainEvent,
    holds::{DayPast, Hold, HoldReason, LastDay, REMARK},
    id::{HoldId, PersonId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::Notice,
    people::PersonStatus,
    requests::Cause,
    time::{Date, Millis, NotADate},
};
use macros::{FieldError, ServiceError};
use serde_json::json;
use store::{
    StoreError, WriteTx,
    holds::{self, NewHold},
    people::{self, Person},
    remarks,
};

/// A hold to be placed.
#[derive(Debug, Clone)]
pub struct PlaceHold {
    pub reason: HoldReason,
    /// The last day on which it applies; `None` until it is lifted.
    pub last_day: Option<LastDay>,
    pub remark: Option<Remark<REMARK>>,
}

/// An invalid field of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    #[field("reason", hold_choose_reason)]
    Reason,
    #[field("last_day", hold_day_form)]
    Day,
    /// A day that no calendar has.
    #[field("last_day", no_such_day)]
    NoDay,
    /// A day that is over.
    #[field("last_day", hold_day_past)]
    DayPast,
    /// More than [`REMARK`] characters.
    #[field("remark", hold_remark_long(&REMARK.to_string()))]
    Remark,
}

impl PlaceHold {
    /// The command in the fields of a form or a request, or all that is wrong with them; `last_day` is
    /// `2026-11-30` or empty.
    pub fn read(
        reason: Option<HoldReason>,
        last_day: &str,
        remark: &str,
        today: Date,
    ) -> Result<Self, Vec<ValidationError>> {
        let reason = reason.ok_or(ValidationError::Reason);
        let day = Date::parse(last_day).map_err(|why| match why {
            NotADate::Unreadable => ValidationError::Day,
            NotADate::InNoCalendar => ValidationError::NoDay,
        });
        let day = day.and_then(|day| {
            day.map(|day| LastDay::new(day, today)).transpose().map_err(|DayPast| ValidationError::DayPast)
        });
        let remark = Remark::new(remark).map_err(|TooLong| ValidationError::Remark);
        match (reason, day, remark) {
            (Ok(reason), Ok(last_day), Ok(remark)) => Ok(Self { reason, last_day, remark }),
            (reason, day, remark) => Err([reason.err(), day.err(), remark.err()].into_iter().flatten().collect()),
        }
    }
}

/// Why a hold is not changed, or not shown.
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
    /// Fields of the form do not fit.
    #[problem("hold.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Places a hold on `person`. It takes effect at once and stops what they are running. Field errors are reported
/// to permitted callers only.
pub async fn place(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    new: Result<PlaceHold, Vec<ValidationError>>,
) -> Result<HoldId, HoldsError> {
    let zone = ctx.space().zone;
    let form = async { new.map_err(HoldsError::Invalid) };
    ctx.change_with(actor, Permission::Hold, Target::person(person), form, async move |job, new| {
        let PlaceHold { reason, last_day, remark } = new;
        let until = last_day.map(|day| zone.start_of(day.day_after()));
        CallerRank::of(&job.actor).may_hold(job.tx, person, job.now).await?;
        let (by, at) = (job.by().await?, job.now);
        let remark = match remark {
            Some(body) => Some(remarks::write(job.tx, Some(person), by, body.as_str(), at).await?),
            None => None,
        };
        let hold = holds::place(job.tx, &NewHold { person, reason, remark, at, by, until }).await?;
        job.emit(DomainEvent::StandingChanged { person, cause: Cause::Hold }).await?;
        job.notify(person, Notice::HoldPlaced { hold, reason, until }).await?;
        let detail = json!({ "hold": hold, "reason": reason, "until": until });
        job.audited(hold, "hold.placed", person, &detail).await
    })
    .await
}

/// Lifts a hold, from now on.
pub async fn lift(ctx: &Ctx, actor: &Actor, hold: HoldId) -> Result<(), HoldsError> {
    ctx.change(actor, Permission::Hold, Target::NONE, async move |job| {
        let person = holds::whose(job.tx.conn(), hold).await?.ok_or(HoldsError::UnknownHold)?;
        CallerRank::of(&job.actor).may_hold(job.tx, person, job.now).await?;
        let by = job.by().await?;
        if !holds::lift(job.tx, hold, job.now, by).await? {
            return Err(HoldsError::Over);
        }
        job.tx.after_commit(ChangeEvent::Person(person));
        job.notify(person, Notice::HoldLifted { hold }).await?;
        let detail = json!({ "hold": hold });
        job.audited((), "hold.lifted", person, &detail).await
    })
    .await
}

/// All holds on `person`, for themselves and for those who may see people.
pub async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Holds, HoldsError> {
    match actor.require(Permission::SeePerson, Target::person(person)) {
        Ok(_) => {}
        Err(why @ (Forbidden::SignIn | Forbidden::SecondFactor)) => return Err(why.into()),
        Err(Forbidden::NotAllowed) => return Err(HoldsError::UnknownPerson),
    }
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
    let may_change =
        actor.may(Permission::Hold, Target::person(person)) && CallerRank::of(actor).judge(&them, now).is_ok();
    Ok(Holds { person, now: ctx.moment(now), holds: visible.collect(), may_change })
}

/// The caller's rank, as far as it matters for holds. `None` is Toolgate itself.
#[derive(Debug, Clone, Copy)]
struct CallerRank(Option<(PersonId, Rank)>);

impl CallerRank {
    fn of(actor: &Actor) -> Self {
        Self(actor.known().map(|known| (known.id, known.rank())))
    }

    async fn may_hold(self, tx: &mut WriteTx, person: PersonId, now: Millis) -> Result<(), HoldsError> {
        let them = people::one(tx.conn(), person, now).await?.ok_or(HoldsError::UnknownPerson)?;
        self.judge(&them, now)
    }

    fn judge(self, them: &Person, now: Millis) -> Result<(), HoldsError> {
        match self.0 {
            // No new entries about an erased person, or their name could come back.
            _ if them.erased_at.is_some() => Err(HoldsError::UnknownPerson),
            Some((id, _)) if id == them.id => Err(HoldsError::Oneself),
            Some((_, own)) if rank(PersonStatus::Active, &them.ledger, now) > own => Err(HoldsError::Above),
            Some(_) | None => Ok(()),
        }
    }
}
