//! What the coming days hold for a person: an invitation to be answered, events, bookings and dates of series.
//!
//! Invariant: everything is the caller's own or of a group of theirs. Not here: their running use and their next booking,
//! which *Now* shows above it ([`crate::machines`]).

use crate::Ctx;
use contract::coming::{Coming, ComingEntry, ComingKind, OfferedPlace};
use domain::{
    actor::Actor,
    groups::Role,
    id::{BookingId, PersonId},
    time::{DAY, Millis},
    training_events::{EventState, PlaceState},
};
use store::{
    SqliteConnection, StoreError,
    bookings::{self, BookingRow},
    training_events::{self as events, StoredEvent},
};

/// Days ahead.
const AHEAD: u32 = 14;
/// Lines, at most.
const MOST: usize = 12;

/// What comes up for the caller, except the booking that is shown elsewhere; nothing for callers who are no person.
pub async fn coming(ctx: &Ctx, actor: &Actor, but: Option<BookingId>) -> Result<Coming, StoreError> {
    let Some(person) = actor.person() else { return Ok(Coming::default()) };
    let (now, before) = (ctx.now(), ctx.now().after(DAY * AHEAD));
    let mut snapshot = ctx.store().snapshot().await?;
    let filter = events::Filter {
        of: Some(person),
        after: Some(now),
        state: Some(EventState::Announced),
        ..events::Filter::default()
    };
    let at = events::list(&mut snapshot, filter, Some(person), 50).await?;
    let hosted = events::Filter { of: None, host: Some(person), before: Some(before), ..filter };
    let hosted = events::list(&mut snapshot, hosted, None, 50).await?;
    let offer = offer(ctx, &mut snapshot, person, &at, now).await?;
    let own = bookings::Filter {
        person: Some(person),
        reader: Some(person),
        holding: true,
        after: Some(now),
        before: Some(before),
        ..bookings::Filter::default()
    };
    let mut booked = bookings::list(&mut snapshot, own, 50).await?;
    booked.retain(|row| row.group.is_none());
    let groups = bookings::Filter { person: None, groups_of: Some(person), next_dates: true, ..own };
    booked.extend(bookings::list(&mut snapshot, groups, 50).await?);
    drop(snapshot);
    let comes = at.iter().filter(|row| row.mine == Some(PlaceState::Accepted) && row.span().starts < before);
    let mut entries: Vec<_> = comes.chain(&hosted).map(|row| of_event(ctx, row)).collect();
    let booked = booked.iter().filter(|row| Some(row.id) != but && now < row.starts);
    entries.extend(booked.map(|row| of_booking(ctx, row, person)));
    entries.sort_by_key(|entry| entry.starts.at);
    entries.truncate(MOST);
    Ok(Coming { offer, entries })
}

/// The first invitation that is still to be answered.
async fn offer(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    events: &[StoredEvent],
    now: Millis,
) -> Result<Option<OfferedPlace>, StoreError> {
    let Some(row) = events.iter().find(|row| row.mine == Some(PlaceState::Sent)) else { return Ok(None) };
    let place = events::place_of(conn, row.id, person).await?;
    Ok(place.and_then(|place| {
        let answer_by = place.answer_by.filter(|until| now < *until)?;
        Some(OfferedPlace {
            place: place.id,
            event: row.id,
            title: row.title.clone(),
            starts: ctx.moment(row.span().starts),
            at: row.resources.first().map(|taken| taken.name.clone()),
            sent: ctx.moment(place.invited.unwrap_or(place.asked)),
            answer_by: ctx.moment(answer_by),
        })
    }))
}

fn of_event(ctx: &Ctx, row: &StoredEvent) -> ComingEntry {
    let place = row.resources.first().map(|taken| taken.name.clone());
    let bring = row.bring.as_ref().and_then(|bring| bring.lines().next()).map(str::to_owned);
    let second = place.into_iter().chain(bring).collect::<Vec<_>>().join(" · ");
    ComingEntry {
        kind: ComingKind::Event,
        starts: ctx.moment(row.span().starts),
        ends: ctx.moment(row.span().ends),
        title: row.title.clone(),
        second: Some(second).filter(|second| !second.is_empty()),
        href: format!("/events/{}", row.id),
        skip: None,
    }
}

fn of_booking(ctx: &Ctx, row: &BookingRow, person: PersonId) -> ComingEntry {
    let (starts, ends) = (ctx.moment(row.starts), ctx.moment(row.ends));
    let decides = row.role == Some(Role::Admin) || row.person == Some(person);
    let skip = row.series.filter(|_| decides).map(|series| (series, starts.wall().date));
    let (kind, href) = match row.series {
        Some(series) => (ComingKind::SeriesDate, format!("/series/{series}")),
        None => (ComingKind::Booking, format!("/bookings/{}", row.id)),
    };
    let title = row.group_name.clone().unwrap_or_else(|| row.name.clone());
    let second = if row.group_name.is_some() { Some(row.name.clone()) } else { row.place.clone() };
    ComingEntry { kind, starts, ends, title, second, href, skip }
}
