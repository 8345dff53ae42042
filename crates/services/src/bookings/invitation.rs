//! A booking as a calendar entry: for its holder by mail and feed, and without the holder's name in a machine's
//! feed.

use crate::{
    Ctx,
    calendar::{self, Entry, Site, Status},
    mail::{self, Invitation},
};
use domain::{bookings::State, id::PersonId, time::Millis};
use store::bookings::BookingRow;

/// The calendar message about `row` for `person` at the address `email`; a cancellation unless they are one of its
/// `holders`.
/// `None` once it is over: the entry stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    row: &BookingRow,
    (person, email): (PersonId, &str),
    holders: &[PersonId],
    now: Millis,
) -> Option<Invitation> {
    mail::memory(ctx).post().site.as_ref()?;
    // The calendar of the series has it, as one entry with the other dates.
    if row.series.is_some() {
        return None;
    }
    if matches!(row.state, State::Completed | State::NoShow | State::Released) {
        return None;
    }
    let view = entry(ctx, row, summary(row));
    let is_theirs = holders.contains(&person);
    let status = if is_theirs { view.status } else { Status::Cancelled };
    let name = row.person_name.as_deref().filter(|_| row.person == Some(person)).unwrap_or_default();
    Some(calendar::invitation(ctx, &Entry { stamp: now, status, ..view }, (name, email), "booking.ics"))
}

/// The title of a booking in the calendar of its holder: what is booked, and the group it is for.
pub(crate) fn summary(row: &BookingRow) -> String {
    match &row.group_name {
        Some(group) => format!("{} · {group}", row.name),
        None => row.name.clone(),
    }
}

/// `row` as a calendar entry with the title `summary`, stamped with its last change.
pub(crate) fn entry(ctx: &Ctx, row: &BookingRow, summary: String) -> Entry {
    let site = Site::of(ctx);
    Entry {
        uid: site.uid("booking", row.id),
        sequence: row.sequence,
        stamp: row.decided.unwrap_or(row.asked).max(row.asked),
        starts: row.starts,
        ends: row.ends,
        status: status(row.state),
        summary,
        description: None,
        location: row.place.clone(),
        url: site.page(format_args!("/bookings/{}", row.id)),
    }
}

/// The calendar status of a state.
pub(crate) const fn status(state: State) -> Status {
    match state {
        State::Pending => Status::Tentative,
        State::Approved | State::CheckedIn | State::Completed => Status::Confirmed,
        State::Rejected | State::Expired | State::Cancelled | State::NoShow | State::Released => Status::Cancelled,
    }
}
