//! An appointment as an entry in the calendars of its member and its trainer.

use crate::{
    Ctx,
    calendar::{self, Entry, Invitation, Site, Status},
};
use domain::{
    checkouts::{Side, State},
    id::PersonId,
    time::Millis,
};
use store::checkouts::CheckoutRow;
use text::Lang;

/// The calendar message about `kept` for its `reader`, identified by an address: member and trainer each get their
/// own message, with nobody else's address. `None` once there is a result: the entry stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    kept: &CheckoutRow,
    (person, email): (PersonId, &str),
    lang: Lang,
    now: Millis,
) -> Option<Invitation> {
    ctx.mail().post().site.as_ref()?;
    if matches!(kept.state, State::Passed | State::Failed | State::NoShow) {
        return None;
    }
    let (mine, side) = match person {
        member if member == kept.person => (kept.person_name.as_deref(), Some(Side::Member)),
        trainer if trainer == kept.trainer => (kept.trainer_name.as_deref(), Some(Side::Trainer)),
        // Somebody who had it before.
        _ => (None, None),
    };
    let shown = entry(ctx, kept, side, lang);
    let status = if side.is_some() { shown.status } else { Status::Cancelled };
    let reader = (mine.unwrap_or_default(), email);
    Some(calendar::invitation(ctx, &Entry { stamp: now, status, ..shown }, reader, "checkout.ics"))
}

/// `kept` as a calendar entry for its member or its trainer, stamped with its last change; it names the other
/// person to nobody else.
pub(crate) fn entry(ctx: &Ctx, kept: &CheckoutRow, side: Option<Side>, lang: Lang) -> Entry {
    let here = Site::of(ctx);
    let location = [kept.machine_name.as_deref(), kept.place_name.as_deref()];
    let location = location.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let other = match side {
        Some(Side::Member) => kept.trainer_name.as_deref(),
        Some(Side::Trainer) => kept.person_name.as_deref(),
        None => None,
    };
    Entry {
        uid: here.uid("appointment", kept.id),
        sequence: kept.sequence,
        stamp: kept.decided.unwrap_or(kept.asked).max(kept.asked),
        starts: kept.starts,
        ends: kept.ends,
        status: status(kept.state),
        summary: lang.checkout_entry(&kept.kind_name),
        description: other.map(|name| lang.checkout_with(name)),
        location: (!location.is_empty()).then_some(location),
        url: here.page(format_args!("/checkouts/{}", kept.id)),
    }
}

/// How far it is agreed on.
pub(crate) const fn status(state: State) -> Status {
    match state {
        State::Pending => Status::Tentative,
        State::Accepted | State::Passed | State::Failed => Status::Confirmed,
        State::Rejected | State::Cancelled | State::NoShow => Status::Cancelled,
    }
}
