//! Bookings of a restored group: those that its archiving cancelled come back where their time is still free.
//!
//! Invariant: nobody loses a time that they got meanwhile. Not here: how the bookings were cancelled ([`super::displaced`]).

use super::{BookingContext, BookingsError, Want, add, answered, changed, news, notify_holder, rows};
use crate::change::Job;
use domain::{
    bookings::{Resource, State},
    id::{GroupId, SeriesId},
    notices::{BookingNews, Notice, SeriesNews},
    occupations::Span,
    time::{Date, MINUTE, Millis},
};
use std::collections::BTreeMap;
use store::{
    StoreError,
    bookings::{BookingRow, Filter, Holder, NewBooking},
    series as series_rows,
};

/// Bookings of one group, at most.
const AT_ONCE: u32 = 2_000;

/// How many bookings came back, and how many did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ReturnCount {
    pub back: u32,
    pub lost: u32,
}

/// `group`, archived at `since`, is restored: books again what was cancelled by that and has not begun. Those that a moderator answers
/// are asked for again. Part of the restoring job.
pub(crate) async fn group_restored(
    job: &mut Job<'_>,
    group: GroupId,
    since: Millis,
) -> Result<ReturnCount, StoreError> {
    let now = job.now;
    let filter = Filter { group: Some(group), after: Some(now), ..Filter::default() };
    let all = rows::list(job.tx.conn(), filter, AT_ONCE).await?;
    let went = |row: &BookingRow| row.state == State::Cancelled && row.decided == Some(since) && row.starts > now;
    let (mut returned, mut touched) = (ReturnCount::default(), BTreeMap::new());
    for row in all.into_iter().filter(went) {
        if give_back(job, &row, &mut touched).await? {
            returned.back += 1;
        } else {
            returned.lost += 1;
        }
    }
    for (series, resource) in touched {
        series_rows::touch(job.tx, series, now).await?;
        let notice = Notice::Series { news: SeriesNews::Booked, series, resource, at: now };
        for person in rows::users(job.tx.conn(), Holder { person: None, group: Some(group) }).await? {
            job.notify(person, notice).await?;
        }
    }
    Ok(returned)
}

/// Books again what `row` had, if that is free; returns whether it did. `touched` are series with dates that came back.
async fn give_back(
    job: &mut Job<'_>,
    row: &BookingRow,
    touched: &mut BTreeMap<SeriesId, Resource>,
) -> Result<bool, StoreError> {
    let (resource, span) = (row.resource(), row.span());
    let date = series_rows::of_booking(job.tx.conn(), row.id).await?;
    if let Some(date) = date
        && !takes_place(job, date).await?
    {
        return Ok(false);
    }
    let want =
        Want { resource, person: None, group: row.group, without: None, span, zone: job.zone, now: job.now };
    let known = match BookingContext::load(job.tx.conn(), want).await {
        Ok(known) => known,
        Err(BookingsError::Store(why)) => return Err(why),
        // It was archived.
        Err(_) => return Ok(false),
    };
    let policy = known.settings.booking;
    let pause = |minutes: u16| MINUTE * u32::from(minutes);
    let whole =
        Span { starts: span.starts.before(pause(policy.before)), ends: span.ends.after(pause(policy.after)) };
    if known.is_free(whole).is_err() {
        return Ok(false);
    }
    let state = answered(job, &known);
    let new = NewBooking { resource, holder: row.holder(), span, state, at: job.now };
    let booking = add(job.tx, &new, &policy).await?;
    if let Some(importance) = row.importance {
        rows::rate(job.tx, booking, importance).await?;
    }
    let news = |reported| news(reported, booking, (resource, span), 0);
    let mut is_first = true;
    if let Some((series, date)) = date {
        series_rows::attach(job.tx, series, date, booking).await?;
        is_first = touched.insert(series, resource).is_none();
    } else {
        notify_holder(job.tx, &job.proof, row.holder(), news(BookingNews::Made), job.now).await?;
    }
    if state == State::Pending && is_first {
        job.notify_staff(news(BookingNews::Asked)).await?;
    }
    changed(job.tx, resource).await?;
    Ok(true)
}

/// Whether a series still has this date: it was neither skipped nor ended before.
async fn takes_place(job: &mut Job<'_>, (series, date): (SeriesId, Date)) -> Result<bool, StoreError> {
    let is_skipped = series_rows::exceptions(job.tx.conn(), &[series]).await?.contains(&(series, date));
    let row = series_rows::one(job.tx.conn(), series).await?;
    Ok(!is_skipped && row.is_some_and(|row| date <= row.last()))
}
