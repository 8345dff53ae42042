//! Reads an external calendar and closes the machine or room accordingly.
//!
//! Invariant: a failed reading changes nothing: the events of the last good one stand. All changes of a reading
//! are one job, which judges the current state again.

use super::{
    Answer, Question, ics, rows,
    taking::{self, Changes},
};
use crate::{
    Ctx,
    bookings::{self, changed},
    notices,
};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    bookings::Resource,
    events::DomainEvent,
    external_calendars::{EVERY, Failure, LEFT_OUT, WHOLE},
    id::ExternalCalendarId,
    live::ChangeEvent,
    notices::{BookingNews, CheckoutNews, Notice},
    occupations::Span,
    outgoing::Address,
    time::{MINUTE, Millis},
};
use futures::StreamExt;
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx, audit,
    external_calendars::{CalendarRow, Outcome, Promise},
};

/// Calendars that are read at once: most of a reading is waiting.
const AT_ONCE: usize = 4;
/// Times that are offered to others in one job, at most.
const GIVEN_BACK: usize = 20;

/// Reads the calendars that are due. Run by a timer; returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    if super::fetcher(ctx).is_none() {
        return Ok(0);
    }
    // The timer is not on the second.
    let before = ctx.now().before(EVERY.saturating_sub(MINUTE));
    let due = rows::due(&mut *ctx.store().read().await?, before).await?;
    let mut readings = futures::stream::iter(due).map(|id| read(ctx, id)).buffer_unordered(AT_ONCE);
    let mut done = 0;
    while let Some(was_read) = readings.next().await {
        done += usize::from(was_read?);
    }
    Ok(done)
}

/// Reads one calendar; returns whether it still exists.
pub(super) async fn read(ctx: &Ctx, id: ExternalCalendarId) -> Result<bool, StoreError> {
    let now = ctx.now();
    let row = rows::one(&mut *ctx.store().read().await?, id, now).await?;
    let Some(row) = row else { return Ok(false) };
    let Some(fetcher) = super::fetcher(ctx) else { return Ok(false) };
    // A series reaches further every day, and its server does not call that a change.
    let is_fresh = row.whole.is_some_and(|whole| whole.near(now, WHOLE));
    let permits = |host: &str| fetcher.permits(host);
    let answer = match Address::parse(&row.address).and_then(|address| address.permitted(&permits)) {
        // It was permitted when it was added.
        Err(_) => Err(Failure::Private),
        Ok(address) => {
            let etag = row.etag.filter(|_| is_fresh);
            let last_modified = row.last_modified.filter(|_| is_fresh);
            fetcher.fetch(Question { address, etag, last_modified }).await
        }
    };
    let zone = ctx.space().zone;
    let read = match answer {
        Ok(Answer::Unchanged) if is_fresh => Ok((None, Outcome::Unchanged)),
        // No conditional request was sent.
        Ok(Answer::Unchanged) => Err(Failure::Answer),
        Ok(Answer::File { body, etag, last_modified }) => {
            // A long file takes some time.
            let parsed = tokio::task::spawn_blocking(move || ics::read(&body, zone, now)).await;
            parsed.unwrap_or(Err(Failure::NotCalendar)).map(|parsed| {
                let ics::Parsed { spans, skipped, left_out } = parsed;
                let outcome = Outcome::Whole { etag, last_modified, skipped, left_out };
                (Some(spans), outcome)
            })
        }
        Err(failure) => Err(failure),
    };
    match read {
        Ok((requested, outcome)) => keep(ctx, id, requested, outcome).await?,
        Err(failure) => fail(ctx, id, failure).await?,
    }
    Ok(true)
}

/// Stores a failed reading, and notifies viewers if the failure is new.
async fn fail(ctx: &Ctx, id: ExternalCalendarId, failure: Failure) -> Result<(), StoreError> {
    // Neither its address nor the response.
    tracing::warn!(calendar = %id, failure = failure.as_str(), "an external calendar was not read");
    let now = ctx.now();
    ctx.store()
        .write(async move |tx| {
            let Some(row) = rows::one(tx.conn(), id, now).await? else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            rows::noted(tx, id, &Outcome::Failed(failure), now).await?;
            if row.failure != Some(failure) {
                tx.after_commit(ChangeEvent::Bookings);
                tx.after_commit(ChangeEvent::Connections);
            }
            Ok::<_, StoreError>(Done::unaudited((), Unaudited::CalendarRead))
        })
        .await
}

/// Offers time that events no longer occupy to the waiting list, the next times first; the timer handles the rest.
pub(super) async fn given_back(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    released: impl Iterator<Item = Span>,
    now: Millis,
) -> Result<(), StoreError> {
    for span in released.filter(|span| now < span.ends).take(GIVEN_BACK) {
        tx.emit(proof, DomainEvent::TimeFreed { resource, span }, now).await?;
    }
    Ok(())
}

/// Occupies the machine or room with the `requested` times, or with those of the last reading; and notifies the
/// people concerned.
async fn keep(
    ctx: &Ctx,
    id: ExternalCalendarId,
    requested: Option<Vec<Span>>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let now = ctx.now();
    ctx.store()
        .write(async move |tx| {
            // Removed while it was read.
            let Some(row) = rows::one(tx.conn(), id, now).await? else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            let requested = match requested {
                Some(requested) => requested,
                None => taking::as_before(tx.conn(), &row, now).await?,
            };
            let changes = taking::settle(tx, &row, requested, now).await?;
            rows::noted(tx, id, &outcome, now).await?;
            if changes.is_news || row.failure.is_some() || row.read.is_none() {
                tx.after_commit(ChangeEvent::Bookings);
                tx.after_commit(ChangeEvent::Connections);
            }
            let Ok(proof) = Actor::TOOLGATE.require(Permission::CareFor, Target::NONE) else {
                return Ok(Done::unaudited((), Unaudited::CalendarRead));
            };
            tell_of_clashes(tx, &proof, &row, &changes, now).await?;
            tell_of_left_out(tx, &proof, &row, &outcome, now).await?;
            let (taken, released) = changes.counts;
            if taken + released == 0 {
                return Ok(Done::unaudited((), Unaudited::CalendarRead));
            }
            given_back(tx, &proof, row.resource, changes.freed.into_iter(), now).await?;
            changed(tx, row.resource).await?;
            let detail = json!({ "resource": row.resource.to_string(), "taken": taken, "released": released });
            let entry = audit::entry(tx, &proof, now, "external-calendar.read", id, &detail).await?;
            Ok::<_, StoreError>(Done::audited((), entry))
        })
        .await
}

/// Notifies holders of bookings that overlap an event, and the caretakers of the machine or room, once.
async fn tell_of_clashes(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CalendarRow,
    changes: &Changes,
    now: Millis,
) -> Result<(), StoreError> {
    if changes.bookings.is_empty() && changes.checkouts.is_empty() {
        return Ok(());
    }
    let promises = rows::promised(tx.conn(), &changes.bookings, &changes.checkouts, now).await?;
    for promise in &promises {
        match *promise {
            Promise::Booking { id: booking, resource, holder, starts, sequence } => {
                let news = BookingNews::Overlapped;
                let notice = Notice::Booking { news, booking, resource, starts, sequence };
                bookings::notify_holder(tx, proof, holder, notice, now).await?;
            }
            Promise::Checkout { id: appointment, on, member, trainer, starts, sequence } => {
                let news = CheckoutNews::Overlapped;
                let notice = Notice::Checkout { news, appointment, on, starts, sequence };
                for person in [member, trainer] {
                    notices::notify(tx, proof, person, notice, now).await?;
                }
            }
        }
    }
    let Some(first) = promises.iter().map(Promise::starts).min() else { return Ok(()) };
    let notice = Notice::CalendarClash { calendar: row.id, resource: row.resource, starts: first, at: now };
    notices::notify_staff(tx, proof, notice, now).await
}

/// Notifies the person who added a calendar of newly skipped events, because the room may look free at these
/// times. Beyond the listed ones only their number is known.
async fn tell_of_left_out(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CalendarRow,
    outcome: &Outcome,
    now: Millis,
) -> Result<(), StoreError> {
    let (Outcome::Whole { skipped, left_out, .. }, Some(person)) = (outcome, row.added_by) else { return Ok(()) };
    let are_more = skipped.values().sum::<u32>() > row.skipped.values().sum();
    // Events beyond the end of a full list may have been there before.
    let last = row.left_out.get(LEFT_OUT - 1);
    let is_news = left_out.iter().any(|one| !row.left_out.contains(one) && last.is_none_or(|last| one < last));
    if !are_more && !is_news {
        return Ok(());
    }
    let notice = Notice::CalendarLeftOut { calendar: row.id, resource: row.resource, at: now };
    notices::notify(tx, proof, person, notice, now).await
}
