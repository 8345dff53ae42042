//! Closures: a machine or a room is unavailable for some time, for maintenance or another reason.
//!
//! Invariant: nothing is cancelled silently. Closing a machine at a taken time lists everything that takes it; those
//! bookings and checkouts are cancelled with the closure or before, and their holders are notified. Not here:
//! blocks, which hold from now until they are lifted ([`crate::problems`]).

use crate::{
    Ctx,
    bookings::{self, BookingContext, BookingsError, MONTHS_AHEAD, Want, about, changed, take},
    checkouts,
    external_calendars::give_way,
    serve::bind,
    training_events, waiting,
};
use contract::{
    closures::{Close, Closure, ClosureAdded, ClosureFilter, Closures, LiftClosure, ListClosures, NewClosure},
    form::{Fault, Faults, Rfc3339},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{Cause, Resource},
    events::DomainEvent,
    id::ClosureId,
    names::Remark,
    occupations::{Purpose, Span},
    time::DAY,
};
use serde_json::json;
use store::{
    closures::{self as rows, ClosureRow},
    external_calendars, occupations, rooms,
};

/// Days for which past closures are listed.
const PAST: u32 = 30;

bind! {
    error BookingsError;
    ListClosures {} with form, may OwnAccount, when cares => list;
    Close {} with form, may OwnAccount => close;
    LiftClosure { id }, may OwnAccount => lift;
}

/// The closures of resources that `actor` cares for, and what they may close. Includes time occupied by external
/// calendars.
/// Who cares for something, before anybody learns about fields.
fn cares(actor: &Actor) -> Result<(), Forbidden> {
    actor.require_anywhere(Permission::CareFor).map(drop)
}

async fn list(ctx: &Ctx, actor: &Actor, filter: Result<ClosureFilter, Faults>) -> Result<Closures, BookingsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let mut choices = external_calendars::choices(&mut snapshot).await?;
    choices.retain(|one| actor.may(Permission::CareFor, about(one.resource, one.kind)));
    if choices.is_empty() {
        actor.require(Permission::CareFor, Target::NONE)?;
    }
    let ClosureFilter { resource, from, to } = filter?;
    let from = from.map_or_else(|| now.before(DAY * PAST), |Rfc3339(from)| from);
    let mut row = rows::list(&mut snapshot, resource, from, to.map(|Rfc3339(to)| to)).await?;
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
        maintenance: row.kind == Cause::Maintenance,
        start: ctx.moment(row.starts),
        end: ctx.moment(row.ends),
        note: row.note.unwrap_or_default(),
        name: row.name,
    }
}

/// Closes a machine or a room for some time. [`BookingsError::Refused`] lists all conflicts, except bookings and
/// checkouts that are cancelled with it.
async fn close(ctx: &Ctx, actor: &Actor, new: NewClosure) -> Result<ClosureAdded, BookingsError> {
    let zone = ctx.space().zone;
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let NewClosure { resource, maintenance, start, end, note, call_off } = new;
        let (span, kind) = (Span { starts: start, ends: end }, Cause::of_closure(maintenance));
        let want = Want { resource, person: None, group: None, without: None, span, zone, now: begun.now };
        let mut known = BookingContext::load(begun.tx.conn(), want).await?;
        let mut job = begun.require(Permission::CareFor, known.about())?;
        if span.ends <= job.now {
            return Err(Faults::one("end", Fault::Over).into());
        }
        if span.ends.since(job.now) > DAY * 31 * MONTHS_AHEAD {
            return Err(Faults::one("end", Fault::TooFar(MONTHS_AHEAD)).into());
        }
        let (mut beside, mut events) = (Vec::new(), None);
        if call_off {
            let why = note.as_ref().map(Remark::as_str);
            beside = bookings::call_off(job.tx, &job.proof, (resource, span), why, job.now).await?;
            let machines = match resource {
                Resource::Machine(machine) => vec![machine],
                Resource::Room(room) => rooms::machines(job.tx.conn(), room).await?,
            };
            beside.extend(checkouts::closed(job.tx, &job.proof, &machines, span, job.now).await?);
            let mut taken: Vec<_> = machines.iter().map(|machine| Resource::Machine(*machine)).collect();
            taken.push(resource);
            training_events::closed(job.tx, &job.proof, &taken, span, job.now).await?;
            waiting::called_off(job.tx, &job.proof, resource, span, job.now).await?;
            events = Some(give_way(job.tx, resource, span, job.now).await?);
            known = BookingContext::load(job.tx.conn(), want).await?;
        }
        known.is_free(span)?;
        let (by, at) = (job.by().await?, job.now);
        let remark = job.remark(None, by, note.as_ref()).await?;
        let closure = rows::add(job.tx, &rows::NewClosure { resource, kind, span, remark, at, by }).await?;
        take(job.tx, resource, span, Purpose::Closure(closure)).await.map_err(|why| known.overtaken(why, span))?;
        if let Some(events) = events {
            events.settle(job.tx, at).await?;
        }
        for (resource, left) in beside {
            job.emit(DomainEvent::TimeFreed { resource, span: left }).await?;
        }
        changed(job.tx, resource).await?;
        let detail = json!({ "closure": closure, "kind": kind, "starts": span.starts, "ends": span.ends });
        job.audited(ClosureAdded { closure }, "closure.made", resource, &detail).await
    })
    .await
}

/// Ends a closure and offers the rest of its time to the waiting list. Returns the closure.
async fn lift(ctx: &Ctx, actor: &Actor, closure: ClosureId) -> Result<Closure, BookingsError> {
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
