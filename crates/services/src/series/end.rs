//! Ends a series early, or all series of a term in one place.

use super::{SeriesError, create::inform, decided, detail::load_one, holder_of};
use crate::{bookings, change::Job};
use contract::series::{SeriesEnd, SeriesEnded};
use domain::{
    audit::Subject,
    bookings::State,
    id::SeriesId,
    notices::SeriesNews,
    time::{Date, Millis},
};
use serde_json::json;
use store::{
    Done,
    series::{self as rows, DateRow, Filter, StoredSeries},
};

/// Ends a series after `last`: its later dates are cancelled.
pub(super) async fn end(
    job: &mut Job<'_>,
    series: SeriesId,
    form: SeriesEnd,
) -> Result<Done<SeriesEnded>, SeriesError> {
    let row = decided(job.tx.conn(), &job.actor, series, job.now).await?;
    let dates = shorten(job, &row, form.last).await?;
    let ended = SeriesEnded { series: u32::from(form.last < row.last()), dates };
    let detail = json!({ "series": series, "last": form.last.to_string(), "cancelled": dates });
    job.audited(ended, "series.ended", subject(&row), &detail).await
}

/// Ends all series after `last` that have begun by then; those of the next term are left alone.
pub(super) async fn end_term(job: &mut Job<'_>, form: SeriesEnd) -> Result<Done<SeriesEnded>, SeriesError> {
    let after = Date::from_days(form.last.days() + 1);
    let all = rows::list(job.tx.conn(), Filter { since: Some(after), ..Filter::default() }).await?;
    let mut ended = SeriesEnded { series: 0, dates: 0 };
    for row in all.into_iter().filter(|row| row.first() <= form.last) {
        ended.dates += shorten(job, &row, form.last).await?;
        ended.series += 1;
    }
    let detail = json!({ "last": form.last.to_string(), "series": ended.series, "cancelled": ended.dates });
    job.audited(ended, "series.term-ended", Subject::Space, &detail).await
}

/// Cancels the dates after `last` that have not begun; returns how many.
async fn shorten(job: &mut Job<'_>, row: &StoredSeries, last: Date) -> Result<u32, SeriesError> {
    if last >= row.last() {
        return Ok(0);
    }
    let (mut cancelled, mut stays) = (0, last);
    for date in rows::dates(job.tx.conn(), &[row.id]).await?.into_iter().filter(|date| date.date() > last) {
        if is_to_come(&date, job.now) {
            cancel(job, &date).await?;
            cancelled += 1;
        } else if date.state != State::Cancelled {
            // What took place stays in the series.
            stays = stays.max(date.date());
        }
    }
    // A series has at least its first date.
    let loaded = load_one(job.tx.conn(), row.clone()).await?;
    let first = loaded.series.dates(job.zone).ok().and_then(|dates| dates.first().copied()).unwrap_or(row.first());
    rows::end(job.tx, row.id, stays.max(first), job.now).await?;
    if stays < first {
        rows::except(job.tx, row.id, first).await?;
    }
    let holder = holder_of(row, &job.actor);
    inform(job, holder, (row.id, row.resource()), SeriesNews::Ended).await?;
    Ok(cancelled)
}

/// Whether it holds its time and has not begun.
pub(super) fn is_to_come(date: &DateRow, now: Millis) -> bool {
    matches!(date.state, State::Pending | State::Approved) && date.starts > now
}

/// Cancels the booking of one date.
pub(super) async fn cancel(job: &mut Job<'_>, date: &DateRow) -> Result<(), SeriesError> {
    bookings::cancel_date(job, date.booking).await?;
    Ok(())
}

/// The group or the person whose series it is.
pub(super) fn subject(row: &StoredSeries) -> Subject {
    let person = row.person.map(Subject::from);
    row.group.map(Subject::from).or(person).unwrap_or(Subject::Space)
}
