//! Events as calendar entries: in the mails and feeds of those who come or hold them, of one event as a file, and of all
//! public events for the workshop's own site.
//!
//! Invariant: an event has one uid for ever, and its sequence counts up when its time, place, host or title changes, when it is
//! cancelled, and for one person when their place ends.

use super::{TrainingEventsError, rows, views::visible};
use crate::{
    Ctx,
    calendar::{self, Entry, Site, Status},
    mail::{self, Invitation},
};
use domain::{
    actor::Actor,
    feeds::BACK,
    id::{PersonId, TrainingEventId},
    time::Millis,
    training_events::{EventState, PlaceState},
};
use store::{
    SqliteConnection, StoreError,
    training_events::{Filter, StoredEvent},
};
use text::Lang;

/// Events of a calendar, at most.
const MOST: u32 = 1_000;

/// `row` as an entry, which says no more than the public page.
pub(crate) fn entry(ctx: &Ctx, row: &StoredEvent, status: Status) -> Entry {
    let here = Site::of(ctx);
    let location = row.resources.iter().map(|taken| taken.name.as_str()).collect::<Vec<_>>().join(", ");
    let texts = [row.about.as_deref(), row.bring.as_deref(), row.fee.as_deref()];
    let description = texts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    Entry {
        uid: here.uid("event", row.id),
        sequence: row.sequence,
        stamp: row.changed,
        starts: row.span().starts,
        ends: row.span().ends,
        status,
        summary: row.title.clone(),
        description: (!description.is_empty()).then_some(description),
        location: (!location.is_empty()).then_some(location),
        url: here.page(format_args!("/events/{}", row.id)),
    }
}

/// The status of an event for a person, who holds it or has this place.
fn status(row: &StoredEvent, person: PersonId) -> Status {
    match (row.state, row.mine) {
        (EventState::Cancelled, _) => Status::Cancelled,
        _ if row.host == Some(person) => Status::Confirmed,
        (_, Some(PlaceState::Accepted)) => Status::Confirmed,
        (_, Some(PlaceState::Sent)) => Status::Tentative,
        _ => Status::Cancelled,
    }
}

/// `row` as the entry of a person, who holds it or whose place was read with it. A cancellation that is no newer than the entry in
/// their calendar would be ignored there (RFC 5546, section 2.1.4).
fn entry_of(ctx: &Ctx, row: &StoredEvent, person: PersonId) -> Entry {
    Entry { sequence: row.sequence + row.endings, ..entry(ctx, row, status(row, person)) }
}

/// The calendar message about an event for a person, whose place was read with it, at the address `email`.
pub(crate) fn invitation(
    ctx: &Ctx,
    row: &StoredEvent,
    (person, name, email): (PersonId, &str, &str),
    now: Millis,
) -> Option<Invitation> {
    mail::memory(ctx).post().site.as_ref()?;
    if row.state == EventState::Completed {
        return None;
    }
    let entry = Entry { stamp: now, ..entry_of(ctx, row, person) };
    Some(calendar::invitation(ctx, &entry, (name, email), "event.ics"))
}

/// Events at which a person has or had a place, or which they hold.
pub(crate) async fn own(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<Entry>, StoreError> {
    let filter = Filter { of: Some(person), after: Some(now.before(BACK)), ..Filter::default() };
    let mut events = rows::list(conn, filter, Some(person), MOST).await?;
    events
        .retain(|row| !matches!(row.mine, Some(PlaceState::Waiting | PlaceState::Declined | PlaceState::Expired)));
    events.extend(hosted(conn, person, now).await?);
    Ok(events.iter().map(|row| entry_of(ctx, row, person)).collect())
}

/// Events that a person holds.
pub(crate) async fn held(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<Entry>, StoreError> {
    let events = hosted(conn, person, now).await?;
    Ok(events.iter().map(|row| entry_of(ctx, row, person)).collect())
}

async fn hosted(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<StoredEvent>, StoreError> {
    let filter = Filter { host: Some(person), after: Some(now.before(BACK)), ..Filter::default() };
    rows::list(conn, filter, None, MOST).await
}

/// Events on a machine or in a room.
pub(crate) async fn taking(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    resource: domain::bookings::Resource,
    now: Millis,
) -> Result<Vec<Entry>, StoreError> {
    let filter = Filter { taking: Some(resource), after: Some(now.before(BACK)), ..Filter::default() };
    let events = rows::list(conn, filter, None, MOST).await?;
    Ok(events.iter().map(|row| entry(ctx, row, of_state(row.state))).collect())
}

const fn of_state(state: EventState) -> Status {
    match state {
        EventState::Cancelled => Status::Cancelled,
        EventState::Announced | EventState::Completed => Status::Confirmed,
    }
}

/// One event as a file, for those who may see it.
pub async fn one(ctx: &Ctx, actor: &Actor, event: TrainingEventId) -> Result<String, TrainingEventsError> {
    let row = visible(&mut *ctx.store().read().await?, actor, event).await?;
    let name = row.title.clone();
    Ok(calendar::whole(&ctx.space().name, &name, &[entry(ctx, &row, of_state(row.state))], &[]))
}

/// Public events that are announced, as a calendar.
pub async fn public(ctx: &Ctx, lang: Lang) -> Result<String, StoreError> {
    let now = ctx.now();
    let filter = Filter { public: true, after: Some(now.before(BACK)), ..Filter::default() };
    let events = rows::list(&mut *ctx.store().read().await?, filter, None, MOST).await?;
    // A calendar that has an earlier copy of a cancelled one reads that it is.
    let entries: Vec<_> = events.iter().map(|row| entry(ctx, row, of_state(row.state))).collect();
    Ok(calendar::whole(&ctx.space().name, lang.training_events_calendar(), &entries, &[]))
}
