//! What timers and freed times do to waiting lists: a free time is offered to the next in line, and offers end.
//!
//! Invariant: the first in line of those who can have the whole of a free time is offered it. Toolgate makes
//! offers in the job that frees the time; a timer finds time that became free in another way.

use super::{
    BookingContext, Filter, Purpose, Request, State, WaitingRow, Want, changed, occupations, occupy, refusals,
    rows,
};
use crate::{Ctx, bookings::BookingsError, due::settle_each, external_calendars, notices};
use domain::{
    actor::{Actor, Permission, Proof, Rank, Target, rank},
    bookings::{Resource, State as Booked},
    id::{PersonId, WaitingId},
    notices::{Notice, WaitingNews},
    occupations::Span,
    time::{DAY, Millis},
    waiting::{can_be_offered, due, held_until, news},
    zone::Zone,
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    SqliteConnection, StoreError, WriteTx,
    audit::{self, AuditEntry},
    bookings::{self, NewBooking},
    outages, people, permitted, rooms, settings,
};

/// Waiting people examined in one job; the timer examines the others.
const AT_ONCE: u32 = 50;
/// Waiting entries examined in one run.
const IN_ONE_RUN: u32 = 2_000;

/// `span` of `resource` is free again: offers it to the first on the waiting list, or notifies those who follow
/// the machine. Part of the job that frees it, in the name of `proof`.
pub(crate) async fn freed(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    span: Span,
    now: Millis,
) -> Result<(), StoreError> {
    if span.ends <= now {
        return Ok(());
    }
    // An overlapping event of an external calendar is first: it only waited for earlier promises.
    external_calendars::retake(tx, resource, span, now).await?;
    // Blocked machines are offered when the block is lifted.
    if outages::is_out(tx.conn(), resource).await? {
        return Ok(());
    }
    // Pauses around it are shorter than that.
    let around = Span { starts: span.starts.before(DAY), ends: span.ends.after(DAY) };
    let next = rows::next(tx.conn(), Some((resource, around)), WaitingId(0), now, AT_ONCE).await?;
    if !next.is_empty() {
        let zone = zone(tx.conn()).await?;
        for waiting in next {
            if let Some(entry) = offer(tx, waiting, zone, now).await? {
                tx.followed(entry);
            }
        }
    }
    let Some(left) = news(span, now) else { return Ok(()) };
    if !bookings::taken(tx.conn(), resource, left, None).await?.is_empty() {
        return Ok(());
    }
    let Resource::Machine(machine) = resource else { return Ok(()) };
    let notice = Notice::TimeFreed { machine, starts: left.starts, ends: left.ends, at: now };
    // People waiting for more than what is left are notified of the rest.
    let filter = Filter { resource: Some(resource), during: Some(left), ..Filter::default() };
    for row in rows::list(tx.conn(), filter, AT_ONCE).await?.iter().filter(|row| row.starts <= now) {
        notices::notify(tx, proof, row.person, notice, now).await?;
    }
    notices::notify_staff(tx, proof, notice, now).await
}

async fn zone(conn: &mut SqliteConnection) -> Result<Zone, StoreError> {
    Ok(settings::of_space(conn).await?.zone.parse().unwrap_or(Zone::UTC))
}

/// Whether a waiting person can have the whole time now.
async fn can_have(
    conn: &mut SqliteConnection,
    row: &WaitingRow,
    zone: Zone,
    now: Millis,
) -> Result<Option<BookingContext>, StoreError> {
    let (resource, span) = (row.resource(), row.span());
    if row.state != State::Waiting || !can_be_offered(span, now) || outages::is_out(conn, resource).await? {
        return Ok(None);
    }
    let want = Want { resource, person: Some(row.person), group: None, without: None, span, zone, now };
    match BookingContext::load_near(conn, want).await {
        Ok(known) => Ok(refusals(Request { span, kept: None }, &known.facts()).is_empty().then_some(known)),
        Err(BookingsError::Store(why)) => Err(why),
        // Put away meanwhile.
        Err(_) => Ok(None),
    }
}

/// Offers `waiting` their time, if they can have it; returns the audit entry.
async fn offer(
    tx: &mut WriteTx,
    waiting: WaitingId,
    zone: Zone,
    now: Millis,
) -> Result<Option<AuditEntry>, StoreError> {
    let Some(row) = rows::one(tx.conn(), waiting).await? else { return Ok(None) };
    let Some(known) = can_have(tx.conn(), &row, zone, now).await? else { return Ok(None) };
    let Ok(proof) = Actor::TOOLGATE.require(Permission::Moderate, Target::NONE) else { return Ok(None) };
    let (resource, span, person) = (row.resource(), row.span(), row.person);
    let until = held_until(span, now);
    rows::offer(tx, waiting, now, until).await?;
    let new = NewBooking { resource, holder: person.into(), span, state: Booked::Pending, at: now };
    occupy(tx, Purpose::Waiting(waiting), &new, &known.settings.booking).await?;
    let notice = Notice::Waiting { news: WaitingNews::Offered, waiting, resource, starts: span.starts, until };
    notices::notify(tx, &proof, person, notice, now).await?;
    changed(tx, resource).await?;
    let detail = json!({ "waiting": waiting, "starts": span.starts, "until": until });
    audit::entry(tx, &proof, now, "waiting.offered", person, &detail).await.map(Some)
}

/// Ends a waiting entry by time, or because its time is no longer available.
async fn end(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &WaitingRow,
    state: State,
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    rows::settle(tx, row.id, state, now, None).await?;
    if row.state == State::Offered {
        occupations::release(tx, Purpose::Waiting(row.id)).await?;
    }
    changed(tx, row.resource()).await?;
    let detail = json!({ "waiting": row.id, "state": state });
    audit::entry(tx, proof, now, "waiting.passed", row.person, &detail).await
}

/// Ends unanswered offers and past entries, and offers freed time. Run by a timer; returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let filter = Filter { due: Some(now), ..Filter::default() };
    let over = rows::list(&mut *ctx.store().read().await?, filter, IN_ONE_RUN).await?;
    let found = over.len();
    let lists: BTreeSet<Resource> = over.iter().map(WaitingRow::resource).collect();
    settle_each(ctx, lists, async move |tx, resource| end_due(tx, resource, now).await).await?;
    Ok(found + offer_free(ctx, zone, now).await?)
}

/// Ends due entries on the waiting list of `resource`. Offers that run out together all end before their times are offered again,
/// so that a longer time goes to who asked for it first. Returns the first audit entry.
async fn end_due(tx: &mut WriteTx, resource: Resource, now: Millis) -> Result<Option<AuditEntry>, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::Moderate, Target::NONE) else { return Ok(None) };
    let filter = Filter { resource: Some(resource), due: Some(now), ..Filter::default() };
    let (mut entries, mut lapsed) = (Vec::new(), Vec::new());
    for row in rows::list(tx.conn(), filter, IN_ONE_RUN).await? {
        let Some(state) = due(row.state, row.span(), row.until, now) else { continue };
        entries.push(end(tx, &proof, &row, state, now).await?);
        if let (State::Lapsed, Some(until)) = (state, row.until) {
            let (waiting, starts) = (row.id, row.starts);
            let notice = Notice::Waiting { news: WaitingNews::Lapsed, waiting, resource, starts, until };
            notices::notify(tx, &proof, row.person, notice, now).await?;
            lapsed.push(row.span());
        }
    }
    let mut entries = entries.into_iter();
    let first = entries.next();
    for entry in entries {
        tx.followed(entry);
    }
    for span in lapsed {
        freed(tx, &proof, resource, span, now).await?;
    }
    Ok(first)
}

/// Offers time that was not freed by a booking: by a cancelled checkout, a lifted closure.
async fn offer_free(ctx: &Ctx, zone: Zone, now: Millis) -> Result<usize, StoreError> {
    let mut found = Vec::new();
    {
        let mut snapshot = ctx.store().snapshot().await?;
        for waiting in rows::next(&mut snapshot, None, WaitingId(0), now, IN_ONE_RUN).await? {
            let Some(stored) = rows::one(&mut snapshot, waiting).await? else { continue };
            if can_have(&mut snapshot, &stored, zone, now).await?.is_some() {
                found.push(waiting);
            }
        }
    }
    let count = found.len();
    settle_each(ctx, found, async move |tx, waiting| offer(tx, waiting, zone, now).await).await?;
    Ok(count)
}

/// The standing of `person` changed: ends their waiting entries if they are no longer a member. Part of the change that
/// caused it.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(them) = people::one(tx.conn(), person, now).await? else { return Ok(()) };
    if rank(them.status, &them.ledger, now) >= Rank::Member {
        return Ok(());
    }
    clear(tx, proof, Filter { person: Some(person), ..Filter::default() }, now).await
}

/// `resource` is archived: closes its waiting list. Part of the archiving job.
pub(crate) async fn removed(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    now: Millis,
) -> Result<(), StoreError> {
    clear(tx, proof, Filter { resource: Some(resource), ..Filter::default() }, now).await
}

/// What may be booked by whom changed, for `person` or for everybody: ends waiting entries for what their people may no longer
/// book. Part of the change that caused it.
pub(crate) async fn permissions_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: Option<PersonId>,
    now: Millis,
) -> Result<(), StoreError> {
    for row in rows::list(tx.conn(), Filter { person, ..Filter::default() }, IN_ONE_RUN).await? {
        let resource = row.resource();
        if !permitted::closed_to(tx.conn(), &[resource], row.person.into()).await?.is_empty() {
            clear(tx, proof, Filter { only: Some(row.id), ..Filter::default() }, now).await?;
        }
    }
    Ok(())
}

async fn clear(tx: &mut WriteTx, proof: &Proof, filter: Filter, now: Millis) -> Result<(), StoreError> {
    for row in rows::list(tx.conn(), filter, IN_ONE_RUN).await? {
        let entry = end(tx, proof, &row, State::Over, now).await?;
        tx.followed(entry);
        if row.state == State::Offered {
            freed(tx, proof, row.resource(), row.span(), now).await?;
        }
    }
    Ok(())
}

/// `span` of `resource` is closed: ends offers in it, also of its room and of the machines in it. Part of the job
/// that closes it.
pub(crate) async fn called_off(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    span: Span,
    now: Millis,
) -> Result<(), StoreError> {
    for resource in rooms::sharing(tx.conn(), resource).await? {
        let filter = Filter { resource: Some(resource), during: Some(span), ..Filter::default() };
        for row in rows::list(tx.conn(), filter, IN_ONE_RUN).await? {
            if row.state == State::Offered {
                let entry = end(tx, proof, &row, State::Over, now).await?;
                tx.followed(entry);
            }
        }
    }
    Ok(())
}
