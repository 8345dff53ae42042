//! Reading an external calendar, and having the machine or room taken as it says.
//!
//! Invariant: what could not be read changes nothing: the events of the last good reading stand. Everything that a reading changes is
//! one job, which judges anew what stands there.

use super::{Answer, Question, ics, rows};
use crate::{Ctx, bookings::changed, waiting};
use domain::{
    actor::{About, Actor, Permission, Proof},
    bookings::Resource,
    external_calendars::{EVERY, Failure, WHOLE, diff},
    id::ExternalCalendarId,
    live::Hint,
    occupations::Span,
    time::{MINUTE, Millis},
};
use futures::StreamExt;
use serde_json::json;
use store::{Done, StoreError, Unaudited, WriteTx, audit, external_calendars::Outcome};

/// Calendars that are read at once: most of a reading is waiting.
const AT_ONCE: usize = 4;
/// Times that are offered to others in one job, at most.
const GIVEN_BACK: usize = 20;

/// Reads the calendars whose hour has come. Run by a timer; answers how many it read.
pub(crate) async fn turn(ctx: &Ctx) -> Result<usize, StoreError> {
    if ctx.fetcher().is_none() {
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

/// Reads one calendar; answers whether it is still there to be read.
pub(super) async fn read(ctx: &Ctx, id: ExternalCalendarId) -> Result<bool, StoreError> {
    let now = ctx.now();
    let kept = rows::one(&mut *ctx.store().read().await?, id, now).await?;
    let Some(kept) = kept else { return Ok(false) };
    let Some(fetcher) = ctx.fetcher() else { return Ok(false) };
    // A series reaches further every day, and its server does not call that a change.
    let is_fresh = kept.whole.is_some_and(|whole| whole.near(now, WHOLE));
    let permits = |host: &str| fetcher.permits(host);
    let answer = match super::Address::read(&kept.address, &permits) {
        // It was permitted when it was added.
        Err(_) => Err(Failure::Private),
        Ok(address) => {
            let etag = kept.etag.filter(|_| is_fresh);
            let last_modified = kept.last_modified.filter(|_| is_fresh);
            fetcher.fetch(Question { address, etag, last_modified }).await
        }
    };
    let zone = ctx.space().zone;
    let read = match answer {
        Ok(Answer::Unchanged) if is_fresh => Ok((None, Outcome::Unchanged)),
        // Nobody asked whether it is.
        Ok(Answer::Unchanged) => Err(Failure::Answer),
        Ok(Answer::File { body, etag, last_modified }) => {
            // A long file takes some time.
            let parsed = tokio::task::spawn_blocking(move || ics::read(&body, zone, now)).await;
            parsed.unwrap_or(Err(Failure::NotCalendar)).map(|parsed| {
                let outcome = Outcome::Whole { etag, last_modified, skipped: parsed.skipped };
                (Some(parsed.spans), outcome)
            })
        }
        Err(failure) => Err(failure),
    };
    match read {
        Ok((wanted, outcome)) => keep(ctx, id, wanted, outcome).await?,
        Err(failure) => fail(ctx, id, failure).await?,
    }
    Ok(true)
}

/// Notes that a reading failed. Whoever looks is told when that is news.
async fn fail(ctx: &Ctx, id: ExternalCalendarId, failure: Failure) -> Result<(), StoreError> {
    // Neither its address nor what came back.
    tracing::warn!(calendar = %id, failure = failure.word(), "an external calendar was not read");
    let now = ctx.now();
    ctx.store()
        .write(async move |tx| {
            let Some(kept) = rows::one(tx.conn(), id, now).await? else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            rows::noted(tx, id, &Outcome::Failed(failure), now).await?;
            if kept.failure != Some(failure) {
                tx.after_commit(Hint::Bookings);
            }
            Ok::<_, StoreError>(Done::unaudited((), Unaudited::CalendarRead))
        })
        .await
}

/// What events do not take any more goes to whoever waits for it, the next times first; the clock looks at the others.
pub(super) async fn given_back(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    released: impl Iterator<Item = Span>,
    now: Millis,
) -> Result<(), StoreError> {
    for span in released.filter(|span| now < span.ends).take(GIVEN_BACK) {
        waiting::freed(tx, proof, resource, span, now).await?;
    }
    Ok(())
}

/// Has the machine or room taken as it is `wanted`; `None`: as it was at the last reading.
async fn keep(
    ctx: &Ctx,
    id: ExternalCalendarId,
    wanted: Option<Vec<Span>>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let now = ctx.now();
    ctx.store()
        .write(async move |tx| {
            // Removed while it was read.
            let Some(kept) = rows::one(tx.conn(), id, now).await? else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            let before = rows::collisions(tx.conn(), Some(id), now).await?;
            let wanted = if let Some(wanted) = wanted {
                wanted
            } else {
                let held = rows::held(tx.conn(), id, now).await?.into_iter().map(|(_, span)| span);
                held.chain(before.iter().map(|(_, one)| one.span)).collect()
            };
            let within = Span {
                starts: wanted.iter().map(|span| span.starts).fold(now, Ord::min),
                ends: wanted.iter().map(|span| span.ends).fold(now, Ord::max),
            };
            let held = rows::held(tx.conn(), id, within.starts).await?;
            let others = rows::others(tx.conn(), kept.resource, within, id).await?;
            let diff = diff(wanted, &held, &others, now);
            rows::release(tx, &diff.release, now).await?;
            rows::take(tx, id, kept.resource, &diff.take, now).await?;
            rows::collided(tx, id, &diff.collide).await?;
            rows::noted(tx, id, &outcome, now).await?;
            let changes = !(diff.release.is_empty() && diff.take.is_empty());
            let is_same = before.iter().map(|(_, one)| one).eq(diff.collide.iter());
            if !is_same || kept.failure.is_some() || kept.read.is_none() {
                tx.after_commit(Hint::Bookings);
            }
            let proof = Actor::TOOLGATE.require(Permission::CareFor, About::NOTHING);
            let (true, Ok(proof)) = (changes, proof) else {
                return Ok(Done::unaudited((), Unaudited::CalendarRead));
            };
            let released = held.iter().filter(|(closure, _)| diff.release.contains(closure));
            given_back(tx, &proof, kept.resource, released.map(|(_, span)| *span), now).await?;
            changed(tx, kept.resource).await?;
            let detail = json!({
                "resource": kept.resource.to_string(), "taken": diff.take.len(), "released": diff.release.len(),
            });
            let entry = audit::entry(tx, &proof, now, "external-calendar.read", id, &detail).await?;
            Ok::<_, StoreError>(Done::audited((), entry))
        })
        .await
}
