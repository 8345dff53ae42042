//! Bookings of a restored group: those that its archiving cancelled come back where the group may still book and the time is free.
//!
//! Invariants: nobody loses a time that they got meanwhile, and no booking comes back better or worse than it was: a request waits for
//! its answer again, and an approved booking needs no other. The rules for the group decide, as when a manager books for it; the
//! permissions of one admin do not count, because another can answer for the booking. Not here: how bookings are cancelled
//! ([`super::displaced`]).

use super::{BookingContext, BookingsError, Want, add, changed, news, notify_holder, rows};
use crate::change::Job;
use domain::{
    actor::{Rank, rank},
    bookings::{Cause, Refusal, Resource, State},
    id::{GroupId, PersonId, SeriesId},
    notices::{BookingNews, Notice, SeriesNews},
    time::{Date, Millis},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    StoreError,
    bookings::{BookingRow, Filter, Holder, NewBooking},
    closures, people, remarks, series as series_rows,
};

/// Bookings of one group, at most.
const AT_ONCE: u32 = 2_000;
/// Bookings that did not come back in one answer, at most.
const LISTED: usize = 100;

/// The number of bookings that came back, and of those that did not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReturnCount {
    pub back: u32,
    /// By the code of the reason.
    pub lost: BTreeMap<&'static str, u32>,
    /// Those that did not, by their start, at most [`LISTED`].
    pub listed: Vec<LostTime>,
}

/// A booking that did not come back, and the code of the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LostTime {
    pub resource: Resource,
    pub starts: Millis,
    pub reason: &'static str,
}

/// Series with dates that came back.
#[derive(Debug, Default)]
struct ReturnedSeries {
    series: BTreeMap<SeriesId, Resource>,
    /// Those with requests of which moderators are notified, by machine or room: each may have others.
    asked: BTreeSet<(SeriesId, Resource)>,
}

/// `group`, archived at `since`, is restored: books the bookings again that archiving cancelled and that have not begun, each in the
/// state that it had. Dates that a series skips by now stay cancelled. Part of the restoring job.
pub(crate) async fn group_restored(
    job: &mut Job<'_>,
    group: GroupId,
    since: Millis,
) -> Result<ReturnCount, StoreError> {
    let now = job.now;
    let holder = Holder { person: None, group: Some(group) };
    let admins = rows::recipients(job.tx.conn(), holder).await?;
    let filter = Filter { group: Some(group), after: Some(now), ..Filter::default() };
    let all = rows::list(job.tx.conn(), filter, AT_ONCE).await?;
    let went = |row: &BookingRow| row.state == State::Cancelled && row.decided == Some(since) && row.starts > now;
    let (mut returned, mut touched) = (ReturnCount::default(), ReturnedSeries::default());
    for row in all.into_iter().filter(went) {
        let date = series_rows::of_booking(job.tx.conn(), row.id).await?;
        if let Some(date) = date
            && !takes_place(job, date).await?
        {
            continue;
        }
        match give_back(job, (&row, date), &admins, &mut touched).await? {
            None => returned.back += 1,
            Some(reason) => {
                *returned.lost.entry(reason).or_default() += 1;
                if returned.listed.len() < LISTED {
                    returned.listed.push(LostTime { resource: row.resource(), starts: row.starts, reason });
                }
            }
        }
    }
    let users = rows::users(job.tx.conn(), holder).await?;
    let lost: u32 = returned.lost.values().sum();
    let without = (lost > 0).then_some(Notice::GroupRestored { group, lost, at: now });
    let mut notices: Vec<_> = without.into_iter().collect();
    for (series, resource) in touched.series {
        series_rows::touch(job.tx, series, now).await?;
        notices.push(Notice::Series { news: SeriesNews::Booked, series, resource, at: now });
    }
    for notice in notices {
        for person in &users {
            job.notify(*person, notice).await?;
        }
    }
    Ok(returned)
}

/// Books the time of `row` again, as `date` of its series if it has one, or returns the code of the reason why not. `admins` are the
/// active admins of its group; series with dates that came back are added to `touched`.
async fn give_back(
    job: &mut Job<'_>,
    (row, date): (&BookingRow, Option<(SeriesId, Date)>),
    admins: &[PersonId],
    touched: &mut ReturnedSeries,
) -> Result<Option<&'static str>, StoreError> {
    let (resource, span) = (row.resource(), row.span());
    let want =
        Want { resource, person: None, group: row.group, without: None, span, zone: job.zone, now: job.now };
    let known = match BookingContext::load(job.tx.conn(), want).await {
        Ok(known) => known,
        Err(BookingsError::Store(why)) => return Err(why),
        // It was archived.
        Err(_) => return Ok(Some("booking.no-resource")),
    };
    if let Some(refusal) = known.bars_return(span) {
        if let Refusal::Taken(taken) = refusal
            && taken.by != Cause::Booking
        {
            explain(job, row).await?;
        }
        return Ok(Some(refusal.code()));
    }
    let policy = known.settings.booking;
    let state = if row.unanswered { State::Pending } else { State::Approved };
    let holder = Holder { person: answering(job, row, admins).await?, group: row.group };
    let new = NewBooking { resource, holder, span, state, at: job.now };
    let booking = add(job.tx, &new, &policy).await?;
    if let Some(importance) = row.importance {
        rows::rate(job.tx, booking, importance).await?;
    }
    let news = |reported| news(reported, booking, (resource, span), 0);
    let mut is_asked = false;
    if let Some((series, date)) = date {
        series_rows::attach(job.tx, series, date, booking).await?;
        touched.series.entry(series).or_insert(resource);
        is_asked = state == State::Pending && !touched.asked.insert((series, resource));
    } else if state == State::Approved {
        notify_holder(job.tx, &job.proof, holder, news(BookingNews::Made), job.now).await?;
    }
    if state == State::Pending && !is_asked {
        job.notify_staff(news(BookingNews::Asked)).await?;
    }
    changed(job.tx, resource).await?;
    Ok(None)
}

/// Gives a booking that stays cancelled the reason of the closure that has its time, as those have that a closure cancels.
async fn explain(job: &mut Job<'_>, row: &BookingRow) -> Result<(), StoreError> {
    let closures = closures::list(job.tx.conn(), Some(row.resource()), row.starts, Some(row.ends)).await?;
    if let Some(note) = closures.into_iter().find_map(|closure| closure.note) {
        let (by, now) = (job.by().await?, job.now);
        let remark = remarks::write(job.tx, None, by, &note, now).await?;
        rows::explain(job.tx, row.id, remark).await?;
    }
    Ok(())
}

/// Who answers for the booking: the person who did, if they are an active admin of the group or a manager, or else its first active
/// admin. Nobody if there is none.
async fn answering(
    job: &mut Job<'_>,
    row: &BookingRow,
    admins: &[PersonId],
) -> Result<Option<PersonId>, StoreError> {
    if let Some(person) = row.person {
        let standing = people::standing(job.tx.conn(), person).await?;
        let is_manager = standing.is_some_and(|(status, ledger)| rank(status, &ledger, job.now) >= Rank::Manager);
        if is_manager || admins.contains(&person) {
            return Ok(Some(person));
        }
    }
    Ok(admins.iter().min().copied())
}

/// Whether a series still has this date: it was neither skipped nor ended before.
async fn takes_place(job: &mut Job<'_>, (series, date): (SeriesId, Date)) -> Result<bool, StoreError> {
    let is_skipped = series_rows::exceptions(job.tx.conn(), &[series]).await?.contains(&(series, date));
    let row = series_rows::one(job.tx.conn(), series).await?;
    Ok(!is_skipped && row.is_some_and(|row| date <= row.last()))
}
