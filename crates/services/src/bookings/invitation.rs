//! A booking as a calendar entry: for its holder by mail and feed, and without the holder's name in a machine's feed.

use crate::{
    Ctx,
    calendar::{self, Entry, Invitation, Site, Status},
};
use domain::{bookings::State, id::PersonId, time::Millis};
use store::bookings::BookingRow;

/// The calendar message about `kept` for its `reader`, identified by an address; a cancellation for a former
/// holder. `None` once it is over: the entry stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    kept: &BookingRow,
    (person, email): (PersonId, &str),
    now: Millis,
) -> Option<Invitation> {
    ctx.mail().post().site.as_ref()?;
    if matches!(kept.state, State::Completed | State::NoShow | State::Released) {
        return None;
    }
    let shown = entry(ctx, kept, kept.name.clone());
    let is_theirs = kept.person == person;
    let status = if is_theirs { shown.status } else { Status::Cancelled };
    let name = kept.person_name.as_deref().filter(|_| is_theirs).unwrap_or_default();
    Some(calendar::invitation(ctx, &Entry { stamp: now, status, ..shown }, (name, email), "booking.ics"))
}

/// `kept` as a calendar entry with the title `summary`, stamped with its last change.
pub(crate) fn entry(ctx: &Ctx, kept: &BookingRow, summary: String) -> Entry {
    let site = Site::of(ctx);
    Entry {
        uid: site.uid("booking", kept.id),
        sequence: kept.sequence,
        stamp: kept.decided.unwrap_or(kept.asked).max(kept.asked),
        starts: kept.starts,
        ends: kept.ends,
        status: status(kept.state),
        summary,
        description: None,
        location: kept.place.clone(),
        url: site.page(format_args!("/bookings/{}", kept.id)),
    }
}

/// How far it is agreed on.
pub(crate) const fn status(state: State) -> Status {
    match state {
        State::Pending => Status::Tentative,
        State::Approved | State::CheckedIn | State::Completed => Status::Confirmed,
        State::Rejected | State::Expired | State::Cancelled | State::NoShow | State::Released => Status::Cancelled,
    }
}
