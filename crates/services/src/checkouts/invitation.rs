//! An appointment as an entry in the calendars of its member and its trainer.

use crate::{
    Ctx,
    calendar::{self, Entry, Site, Status},
    mail::{self, Invitation},
};
use domain::{
    checkouts::{Side, State},
    id::PersonId,
    time::Millis,
};
use store::checkouts::CheckoutRow;
use text::Lang;

/// The calendar message about `row` for `person` at the address `email`: member and trainer each get their
/// own message, with nobody else's address. `None` once there is a result: the entry stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    row: &CheckoutRow,
    (person, email): (PersonId, &str),
    lang: Lang,
    now: Millis,
) -> Option<Invitation> {
    mail::memory(ctx).post().site.as_ref()?;
    if matches!(row.state, State::Passed | State::Failed | State::NoShow) {
        return None;
    }
    let (mine, side) = match person {
        member if member == row.person => (row.person_name.as_deref(), Some(Side::Member)),
        trainer if trainer == row.trainer => (row.trainer_name.as_deref(), Some(Side::Trainer)),
        // A former participant.
        _ => (None, None),
    };
    let view = entry(ctx, row, side, lang);
    let status = if side.is_some() { view.status } else { Status::Cancelled };
    let reader = (mine.unwrap_or_default(), email);
    Some(calendar::invitation(ctx, &Entry { stamp: now, status, ..view }, reader, "checkout.ics"))
}

/// `row` as a calendar entry for its member or its trainer, stamped with its last change; it names the other
/// person to nobody else.
pub(crate) fn entry(ctx: &Ctx, row: &CheckoutRow, side: Option<Side>, lang: Lang) -> Entry {
    let here = Site::of(ctx);
    let location = [row.machine_name.as_deref(), row.place_name.as_deref()];
    let location = location.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let other = match side {
        Some(Side::Member) => row.trainer_name.as_deref(),
        Some(Side::Trainer) => row.person_name.as_deref(),
        None => None,
    };
    Entry {
        uid: here.uid("appointment", row.id),
        sequence: row.sequence,
        stamp: row.decided.unwrap_or(row.asked).max(row.asked),
        starts: row.starts,
        ends: row.ends,
        status: status(row.state),
        summary: lang.checkout_entry(&row.kind_name),
        description: other.map(|name| lang.checkout_with(name)),
        location: (!location.is_empty()).then_some(location),
        url: here.page(format_args!("/checkouts/{}", row.id)),
    }
}

/// The calendar status of a state.
pub(crate) const fn status(state: State) -> Status {
    match state {
        State::Pending => Status::Tentative,
        State::Accepted | State::Passed | State::Failed => Status::Confirmed,
        State::Rejected | State::Cancelled | State::NoShow => Status::Cancelled,
    }
}
