//! Series of the invented workshop: that of the Bookbinders in Studio B, with a date skipped, one moved and one lost.

use super::{Built, cast};
use domain::{
    bookings::{Resource, State},
    id::{BookingId, GroupId, PersonId, RoomId, SeriesId},
    occupations::{Occupied, Purpose, Span},
    time::{DAY, Date, HOUR, MINUTE, Millis},
    zone::Zone,
};
use std::time::Duration;
use store::{
    StoreError, WriteTx,
    bookings::{self, Decision, Holder, NewBooking},
    groups, occupations, people, remarks, rooms,
    series::{self as rows, NewSeries},
};

/// Dates of the series, weekly; the first is seven weeks ago.
const DATES: i64 = 11;
const PAST: i64 = 7;
/// Wednesday.
const DAY_OF_WEEK: i64 = 2;
/// From 17 to 20 o'clock.
const TIMES: (u16, u16) = (17 * 60, 20 * 60);
const SKIPPED: i64 = 4;
const LOST: i64 = 8;
const LATER: i64 = 9;

pub(super) async fn repeat(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let Ok(zone) = cast::ZONE.parse::<Zone>() else { return Ok(()) };
    let admin = built.people[cast::MEMBER].0;
    let group = groups::list(tx.conn(), None, Some(admin), now).await?;
    let Some(group) = group.into_iter().find(|group| group.name == "Bookbinders").map(|group| group.id) else {
        return Ok(());
    };
    let room = rooms::list(tx.conn()).await?.into_iter().find(|room| room.name == "Studio B");
    let Some(room) = room.map(|room| room.id) else { return Ok(()) };
    let today = zone.moment(now).wall().date;
    let next = today.days() + (DAY_OF_WEEK - i64::from(today.weekday())).rem_euclid(7);
    let next = if next == today.days() { next + 7 } else { next };
    let (first, times) = (Date::from_days(next - 7 * PAST), TIMES);
    let series = Weekly { room, group, admin, day: "WE", first, dates: DATES, times };
    let owner = begin(tx, &series, now).await?;
    for number in 0..DATES {
        let date = Date::from_days(first.days() + 7 * number);
        if number == SKIPPED {
            rows::except(tx, owner.series, date).await?;
            continue;
        }
        let later = if number == LATER { MINUTE * 30 } else { Duration::ZERO };
        let at = |minute| zone.instant(date, minute).after(later);
        let span = Span { starts: at(times.0), ends: at(times.1) };
        let booking = add(tx, owner, date, span).await?;
        if span.ends <= now {
            attend(tx, booking, span).await?;
        } else if number == LOST {
            lose(tx, booking, now).await?;
        } else if !occupations::is_taken(tx.conn(), Resource::Room(room), admin, span).await? {
            occupations::take(tx, Occupied::Room(room), span, Purpose::Booking(booking)).await?;
        } else {
            lose(tx, booking, now).await?;
        }
    }
    Ok(())
}

/// A weekly series of a group.
pub(super) struct Weekly {
    pub room: RoomId,
    pub group: GroupId,
    pub admin: PersonId,
    /// `MO`
    pub day: &'static str,
    pub first: Date,
    pub dates: i64,
    /// Minutes of the day.
    pub times: (u16, u16),
}

/// Adds the series without dates.
async fn begin(tx: &mut WriteTx, new: &Weekly, now: Millis) -> Result<Owner, StoreError> {
    let &Weekly { room, group, admin, day, first, dates, times } = new;
    let made = now.before(DAY * 60);
    let by = people::alias(tx, admin, made).await?;
    let series = NewSeries {
        resource: Resource::Room(room),
        person: None,
        group: Some(group),
        rule: format!("FREQ=WEEKLY;BYDAY={day}"),
        first,
        last: Date::from_days(first.days() + 7 * (dates - 1)),
        times,
        follows: None,
        at: made,
        by: Some(by),
    };
    Ok(Owner { series: rows::add(tx, &series).await?, room, group, admin, made })
}

/// Adds it with all of its dates.
pub(super) async fn weekly(tx: &mut WriteTx, new: &Weekly, zone: Zone, now: Millis) -> Result<(), StoreError> {
    let owner = begin(tx, new, now).await?;
    for number in 0..new.dates {
        let date = Date::from_days(new.first.days() + 7 * number);
        let span = Span { starts: zone.instant(date, new.times.0), ends: zone.instant(date, new.times.1) };
        let booking = add(tx, owner, date, span).await?;
        if span.ends <= now {
            attend(tx, booking, span).await?;
        } else {
            occupations::take(tx, Occupied::Room(new.room), span, Purpose::Booking(booking)).await?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Owner {
    series: SeriesId,
    room: RoomId,
    group: GroupId,
    admin: PersonId,
    made: Millis,
}

async fn add(tx: &mut WriteTx, owner: Owner, date: Date, span: Span) -> Result<BookingId, StoreError> {
    let holder = Holder { person: Some(owner.admin), group: Some(owner.group) };
    let (resource, state) = (Resource::Room(owner.room), State::Approved);
    let booking = bookings::add(tx, &NewBooking { resource, holder, span, state, at: owner.made }).await?;
    rows::attach(tx, owner.series, date, booking).await?;
    Ok(booking)
}

/// They came.
async fn attend(tx: &mut WriteTx, booking: BookingId, span: Span) -> Result<(), StoreError> {
    let steps =
        [(State::Approved, State::CheckedIn, span.starts), (State::CheckedIn, State::Completed, span.ends)];
    for (from, state, at) in steps {
        bookings::decide(tx, (booking, from), &Decision { state, at, by: None, remark: None, late: false })
            .await?;
    }
    Ok(())
}

/// The room cannot be had.
async fn lose(tx: &mut WriteTx, booking: BookingId, now: Millis) -> Result<(), StoreError> {
    let at = now.before(HOUR * 20);
    let remark = Some(remarks::write(tx, None, None, "The heating in Studio B is repaired.", at).await?);
    let decision = Decision { state: State::Cancelled, at, by: None, remark, late: false };
    bookings::decide(tx, (booking, State::Approved), &decision).await
}
