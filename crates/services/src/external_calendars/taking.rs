//! Closes a machine or room for calendar events: around existing promises, and in their place once those are free.
//!
//! Invariant: running it twice changes nothing. Not here: notifications ([`super::reading`]).
//!
//! The machines of a room are taken one by one, each around its own bookings. Time that becomes free goes to the
//! event before it is offered to anyone.

use super::rows;
use crate::bookings::changed;
use domain::{
    bookings::{Cause, Conflict, Resource},
    external_calendars::{collisions, cut, diff},
    id::{AppointmentId, BookingId, RoomId},
    occupations::Span,
    time::Millis,
};
use std::collections::{BTreeSet, HashSet};
use store::{
    SqliteConnection, StoreError, WriteTx,
    external_calendars::{Beside, CalendarRow, Other},
    rooms,
};

/// The changes made by a reading.
pub(super) struct Changes {
    /// Number of occupied and released times.
    pub counts: (usize, usize),
    /// Times no longer occupied by this calendar.
    pub freed: Vec<Span>,
    /// The collisions changed.
    pub is_news: bool,
    pub bookings: Vec<BookingId>,
    pub checkouts: Vec<AppointmentId>,
}

/// The times that the calendar wanted at its last reading.
pub(super) async fn as_before(
    conn: &mut SqliteConnection,
    row: &CalendarRow,
    now: Millis,
) -> Result<Vec<Span>, StoreError> {
    let met = rows::collisions(conn, Some(row.id), now).await?;
    let mut requested: Vec<_> = met.iter().map(|(_, one)| one.span).collect();
    requested.dedup();
    // Pieces of those that met something are not events of their own.
    let whole = requested.clone();
    let held = rows::held(conn, row.id, now).await?.into_iter().map(|(_, span)| span);
    requested.extend(held.filter(|piece| !whole.iter().any(|event| event.covers(*piece))));
    Ok(requested)
}

/// Occupies the machine or room of the calendar with the `requested` times.
pub(super) async fn settle(
    tx: &mut WriteTx,
    row: &CalendarRow,
    requested: Vec<Span>,
    now: Millis,
) -> Result<Changes, StoreError> {
    let within = Span {
        starts: requested.iter().map(|span| span.starts).fold(now, Ord::min),
        ends: requested.iter().map(|span| span.ends).fold(now, Ord::max),
    };
    let before = rows::collisions(tx.conn(), Some(row.id), now).await?;
    let held = rows::held(tx.conn(), row.id, within.starts).await?;
    let others = rows::others(tx.conn(), row.resource, within, row.id).await?;
    let own: Vec<_> = of(&others, row.resource).collect();
    let diff = diff(requested.clone(), &held, &own, now);
    rows::release(tx, &diff.release, now).await?;
    rows::take(tx, row.id, row.resource, &diff.take, now).await?;
    if let Resource::Room(room) = row.resource {
        take_machines(tx, row, room, &others, now).await?;
    }
    let met = collisions(requested, &once(&others), now);
    rows::collided(tx, row.id, &met).await?;
    let is_met = |other: &&Other| met.iter().any(|one| one.span.overlaps(other.taken.span));
    let promises = || others.iter().filter(is_met);
    let is_free = |span: &Span| now < span.ends;
    let taken: Vec<_> = diff.take.iter().map(|span| Conflict { span: *span, by: Cause::External }).collect();
    let released = held.iter().filter(|(closure, _)| diff.release.contains(closure));
    Ok(Changes {
        counts: (diff.take.len(), diff.release.len()),
        freed: released.flat_map(|(_, span)| cut(*span, &taken)).filter(is_free).collect(),
        is_news: !before.iter().map(|(_, one)| one).eq(met.iter()),
        bookings: promises().filter_map(|other| other.booking).collect(),
        checkouts: promises().filter_map(|other| other.appointment).collect(),
    })
}

/// The occupations of `resource` itself by others.
fn of(others: &[Other], resource: Resource) -> impl Iterator<Item = Conflict> {
    others.iter().filter(move |other| other.machine == resource.machine()).map(|other| other.taken)
}

/// Each of `others` once: who books a room has its machines too.
fn once(others: &[Other]) -> Vec<Conflict> {
    let mut known = HashSet::new();
    let is_first = |other: &&Other| match (other.booking, other.appointment) {
        (None, None) => true,
        promise => known.insert(promise),
    };
    let mut once: Vec<_> = others.iter().filter(is_first).map(|other| other.taken).collect();
    once.sort_unstable();
    once.dedup();
    once
}

/// Also occupies the machines in `room`, each around its own occupations.
async fn take_machines(
    tx: &mut WriteTx,
    row: &CalendarRow,
    room: RoomId,
    others: &[Other],
    now: Millis,
) -> Result<(), StoreError> {
    let closures = rows::held(tx.conn(), row.id, now).await?;
    let has: BTreeSet<_> = rows::beside(tx.conn(), row.id, now).await?.into_iter().collect();
    let mut requested = BTreeSet::new();
    for machine in rooms::machines(tx.conn(), room).await? {
        let own: Vec<_> = of(others, Resource::Machine(machine)).collect();
        for (closure, span) in &closures {
            for mut piece in cut(*span, &own).into_iter().filter(|piece| now < piece.ends) {
                if piece.starts < now {
                    // Past spans stay.
                    let going_on = has
                        .iter()
                        .find(|one| (one.closure, one.machine) == (*closure, machine) && one.span.starts <= now);
                    piece.starts = going_on.map_or(now, |one| one.span.starts);
                }
                requested.insert(Beside { closure: *closure, machine, span: piece });
            }
        }
    }
    let release: Vec<_> = has.difference(&requested).copied().collect();
    let take: Vec<_> = requested.difference(&has).copied().collect();
    if release.is_empty() && take.is_empty() { Ok(()) } else { rows::put_beside(tx, &release, &take).await }
}

/// `span` of `resource` is free again: events that overlap it occupy it at once, before anybody else.
pub(crate) async fn retake(
    tx: &mut WriteTx,
    resource: Resource,
    span: Span,
    now: Millis,
) -> Result<(), StoreError> {
    let meeting = rows::calendars_meeting(tx.conn(), span, now).await?;
    if meeting.is_empty() {
        return Ok(());
    }
    let concerned = rooms::sharing(tx.conn(), resource).await?;
    for id in meeting {
        let Some(row) = rows::one(tx.conn(), id, now).await? else { continue };
        if !concerned.contains(&row.resource) {
            continue;
        }
        let requested = as_before(tx.conn(), &row, now).await?;
        if settle(tx, &row, requested, now).await?.is_news {
            changed(tx, row.resource).await?;
        }
    }
    Ok(())
}

/// The machines in `room` changed: new ones are occupied by its calendars.
pub(crate) async fn furnished(tx: &mut WriteTx, room: RoomId, now: Millis) -> Result<(), StoreError> {
    let mut all = rows::list(tx.conn(), None, now).await?;
    all.retain(|row| row.resource == Resource::Room(room));
    for row in all {
        let requested = as_before(tx.conn(), &row, now).await?;
        settle(tx, &row, requested, now).await?;
    }
    Ok(())
}

/// Calendars whose events gave way to a closure, and their wanted times.
pub(crate) struct DisplacedEvents(Vec<(CalendarRow, Vec<Span>)>);

/// Releases the part of `span` that external events block on `resource`, its room or the machines in that room: a
/// closure takes precedence over them. Call [`DisplacedEvents::settle`] in the same job.
pub(crate) async fn give_way(
    tx: &mut WriteTx,
    resource: Resource,
    span: Span,
    now: Millis,
) -> Result<DisplacedEvents, StoreError> {
    let concerned = rooms::sharing(tx.conn(), resource).await?;
    let mut displaced = Vec::new();
    for row in rows::list(tx.conn(), None, now).await? {
        if !concerned.contains(&row.resource) {
            continue;
        }
        let requested = as_before(tx.conn(), &row, now).await?;
        let held = rows::held(tx.conn(), row.id, now).await?.into_iter();
        let met: Vec<_> = held.filter(|(_, held)| held.overlaps(span)).map(|(closure, _)| closure).collect();
        if !met.is_empty() {
            rows::release(tx, &met, now).await?;
            displaced.push((row, requested));
        }
    }
    Ok(DisplacedEvents(displaced))
}

impl DisplacedEvents {
    /// Occupies the rest of the events around the closure.
    pub(crate) async fn settle(self, tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
        for (row, requested) in self.0 {
            settle(tx, &row, requested, now).await?;
            changed(tx, row.resource).await?;
        }
        Ok(())
    }
}
