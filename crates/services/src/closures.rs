//! Closures: a machine or a room is unavailable for some time, for maintenance or another reason.
//!
//! Invariant: nothing is cancelled silently. Closing a machine at a taken time lists everything that takes it; those
//! bookings and checkouts are cancelled with the closure or before, and their holders are notified. Not here:
//! blocks, which hold from now until they are lifted ([`crate::problems`]).

use crate::{
    Ctx,
    bookings::{
        self, BookingContext, BookingsError, ClosureError, FilterError, MONTHS_AHEAD, Want, about, changed, take,
    },
    checkouts, corrections,
    external_calendars::give_way,
    waiting,
};
use contract::closures::{Closure, Closures};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{Cause, NOTE, Resource},
    events::DomainEvent,
    id::ClosureId,
    names::{Remark, TooLong},
    occupations::{Purpose, Span},
    time::{DAY, Millis},
    zone::Zone,
};
use serde_json::json;
use store::{
    closures::{self as rows, ClosureRow, NewClosure},
    external_calendars, occupations, rooms,
};

/// Days for which past closures are listed.
const PAST: u32 = 30;

/// A closure to create.
#[derive(Debug, Clone)]
pub struct Close {
    pub resource: Resource,
    /// [`Cause::Maintenance`] or [`Cause::Closure`].
    pub kind: Cause,
    pub span: Span,
    pub note: Option<Remark<NOTE>>,
    /// Cancels bookings in that time with a notice to their holders; otherwise they prevent the closure.
    pub call_off: bool,
}

impl Close {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        resource: Option<Resource>,
        is_maintenance: bool,
        span: Result<Span, Vec<ClosureError>>,
        note: &str,
    ) -> Result<Self, Vec<ClosureError>> {
        let resource = resource.ok_or(ClosureError::Resource);
        let span = span
            .and_then(|span| if span.starts < span.ends { Ok(span) } else { Err(vec![ClosureError::Backwards]) });
        let note = Remark::new(note).map_err(|TooLong| ClosureError::Note);
        match (resource, span, note) {
            (Ok(resource), Ok(span), Ok(note)) => {
                let kind = if is_maintenance { Cause::Maintenance } else { Cause::Closure };
                Ok(Self { resource, kind, span, note, call_off: false })
            }
            (resource, span, note) => {
                let of_span = span.err().unwrap_or_default();
                Err(resource.err().into_iter().chain(of_span).chain(note.err()).collect())
            }
        }
    }
}

/// The closure form, as typed.
#[derive(Debug, Clone, Default)]
pub struct ClosureForm {
    /// `machine:7` or `room:2`.
    pub resource: String,
    /// `maintenance`, or anything else.
    pub kind: String,
    /// In wall-clock time, or in milliseconds.
    pub start: String,
    pub end: String,
    pub note: String,
    /// `yes`: bookings and checkouts at that time are cancelled.
    pub call_off: String,
}

impl ClosureForm {
    /// The command, or all that is wrong with the fields.
    pub fn read(&self, zone: Zone) -> Result<Close, Vec<ClosureError>> {
        let instant = |input: &str| Millis::parse(input).or_else(|| corrections::instant(input, zone));
        let (starts, ends) = (instant(&self.start), instant(&self.end));
        let span = match (starts, ends) {
            (Some(starts), Some(ends)) => Ok(Span { starts, ends }),
            (starts, ends) => {
                let missing = [(starts, ClosureError::NoStart), (ends, ClosureError::NoEnd)];
                Err(missing.into_iter().filter_map(|(at, why)| at.is_none().then_some(why)).collect())
            }
        };
        let is_maintenance = Cause::parse(&self.kind) == Some(Cause::Maintenance);
        let call_off = self.call_off == "yes";
        let close = Close::read(Resource::parse(&self.resource), is_maintenance, span, &self.note)?;
        Ok(Close { call_off, ..close })
    }
}

/// A filter of closures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// Only this machine or room.
    pub resource: Option<Resource>,
    /// Only those that end after this; `None`: including those that ended in the last 30 days.
    pub from: Option<Millis>,
    /// Only those that begin before this.
    pub to: Option<Millis>,
}

/// The closures of resources that `actor` cares for, and what they may close. Includes time occupied by external
/// calendars.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    which: Result<Which, Vec<FilterError>>,
) -> Result<Closures, BookingsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let mut choices = external_calendars::choices(&mut snapshot).await?;
    choices.retain(|one| actor.may(Permission::CareFor, about(one.resource, one.kind)));
    if choices.is_empty() {
        actor.require(Permission::CareFor, Target::NONE)?;
    }
    let Which { resource, from, to } = which.map_err(BookingsError::invalid)?;
    let from = from.unwrap_or_else(|| now.before(DAY * PAST));
    let mut row = rows::list(&mut snapshot, resource, from, to).await?;
    drop(snapshot);
    row.retain(|row| actor.may(Permission::CareFor, about(row.resource(), row.of_type)));
    // Stable: those of one machine stay in order.
    row.sort_by_cached_key(|row| (row.name.to_lowercase(), row.machine, row.room));
    Ok(Closures {
        now: ctx.moment(now),
        closures: row.into_iter().map(|row| to_view(ctx, row)).collect(),
        resources: choices.into_iter().map(|one| (one.resource, one.name)).collect(),
    })
}

fn to_view(ctx: &Ctx, row: ClosureRow) -> Closure {
    Closure {
        id: row.id,
        resource: row.resource(),
        kind: row.kind,
        starts: ctx.moment(row.starts),
        ends: ctx.moment(row.ends),
        note: row.note.unwrap_or_default(),
        name: row.name,
    }
}

/// Closes a machine or a room for some time. [`BookingsError::Refused`] lists all conflicts, except bookings and
/// checkouts that are cancelled with it.
pub async fn close(
    ctx: &Ctx,
    actor: &Actor,
    close: Result<Close, Vec<ClosureError>>,
) -> Result<ClosureId, BookingsError> {
    let zone = ctx.space().zone;
    let form = async { close.map_err(BookingsError::invalid) };
    ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, close| {
        let Close { resource, kind, span, note, call_off } = close;
        let want = Want { resource, person: None, without: None, span, zone, now: begun.now };
        let mut known = BookingContext::load(begun.tx.conn(), want).await?;
        let mut job = begun.require(Permission::CareFor, known.about())?;
        if span.ends <= job.now {
            return Err(BookingsError::invalid([ClosureError::Over]));
        }
        if span.ends.since(job.now) > DAY * 31 * MONTHS_AHEAD {
            return Err(BookingsError::invalid([ClosureError::Far]));
        }
        let (mut beside, mut events) = (Vec::new(), None);
        if call_off {
            beside = bookings::call_off(job.tx, &job.proof, resource, span, job.now).await?;
            let machines = match resource {
                Resource::Machine(machine) => vec![machine],
                Resource::Room(room) => rooms::machines(job.tx.conn(), room).await?,
            };
            beside.extend(checkouts::closed(job.tx, &job.proof, &machines, span, job.now).await?);
            waiting::called_off(job.tx, &job.proof, resource, span, job.now).await?;
            events = Some(give_way(job.tx, resource, span, job.now).await?);
            known = BookingContext::load(job.tx.conn(), want).await?;
        }
        known.is_free(span)?;
        let (by, at) = (job.by().await?, job.now);
        let remark = job.remark(None, by, note.as_ref()).await?;
        let closure = rows::add(job.tx, &NewClosure { resource, kind, span, remark, at, by }).await?;
        take(job.tx, resource, span, Purpose::Closure(closure)).await.map_err(|why| known.overtaken(why, span))?;
        if let Some(events) = events {
            events.settle(job.tx, at).await?;
        }
        for (resource, left) in beside {
            job.emit(DomainEvent::TimeFreed { resource, span: left }).await?;
        }
        changed(job.tx, resource).await?;
        let detail = json!({ "closure": closure, "kind": kind, "starts": span.starts, "ends": span.ends });
        job.audited(closure, "closure.made", resource, &detail).await
    })
    .await
}

/// Ends a closure and offers the rest of its time to the waiting list. Returns the closure.
pub async fn lift(ctx: &Ctx, actor: &Actor, closure: ClosureId) -> Result<Closure, BookingsError> {
    let here = ctx.clone();
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let row = rows::one(begun.tx.conn(), closure).await?.ok_or(BookingsError::Unknown)?;
        let resource = row.resource();
        let mut job = begun.require(Permission::CareFor, about(resource, row.of_type))?;
        let by = job.by().await?;
        rows::lift(job.tx, closure, by, job.now).await?;
        occupations::release(job.tx, Purpose::Closure(closure)).await?;
        let span = Span { starts: row.starts, ends: row.ends };
        job.emit(DomainEvent::TimeFreed { resource, span }).await?;
        changed(job.tx, resource).await?;
        let detail = json!({ "closure": closure, "starts": row.starts });
        job.audited(to_view(&here, row), "closure.lifted", resource, &detail).await
    })
    .await
}
