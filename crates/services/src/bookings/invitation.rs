//! A booking as a calendar entry: for its holder by mail and feed, and without the holder's name in a machine's
//! feed.

use crate::{
    Ctx,
    calendar::{self, Entry, Site, Status},
    mail::{self, Invitation},
};
use domain::{bookings::State, id::PersonId, time::Millis};
use store::bookings::BookingRow;

/// The calendar message about `row` for `person` at the address `email`; a cancellation for a former holder.
/// `None` once it is over: the entry stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    row: &BookingRow,
    (person, email): (PersonId, &str),
    now: Millis,
) -> Option<Invitation> {
    mail::memory(ctx).post().site.as_ref()?;
    if matches!(row.state, State::Completed | State::NoShow | State::Released) {
        return None;
    }
    let view = entry(ctx, row, row.name.clone());
    let is_theirs = row.person == person;
    let status = if is_theirs { view.status } else { Status::Cancelled };
    let name = row.person_name.as_deref().filter(|_| is_theirs).unwrap_or_default();
    Some(calendar::invitation(ctx, &Entry { stamp: now, status, ..view }, (name, email), "booking.ics"))
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
