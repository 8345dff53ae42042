//! An appointment as an entry in the calendars of its member and its trainer.

use crate::{
    Ctx,
    calendar::{self, Entry, Invitation, Party, Status},
};
use domain::{checkouts::State, id::PersonId, time::Millis};
use store::checkouts::Kept;
use text::Lang;

/// What `kept` is to the calendar of its `reader`, who is found at an address: of the two people in it each gets their own
/// message, and the address of nobody else. `None` once there is a result: the time stays in the calendar.
pub(crate) fn invitation(
    ctx: &Ctx,
    kept: &Kept,
    reader: (PersonId, &str),
    lang: Lang,
    now: Millis,
) -> Option<Invitation> {
    let post = ctx.post();
    let site = post.site.as_deref()?;
    let (person, email) = reader;
    let (mine, other) = match person {
        member if member == kept.person => (kept.person_name.as_deref(), kept.trainer_name.as_deref()),
        trainer if trainer == kept.trainer => (kept.trainer_name.as_deref(), kept.person_name.as_deref()),
        // Somebody who had it before.
        _ => (None, None),
    };
    let is_theirs = [kept.person, kept.trainer].contains(&person);
    let status = match kept.state {
        State::Pending if is_theirs => Status::Tentative,
        State::Accepted if is_theirs => Status::Confirmed,
        State::Pending | State::Accepted | State::Rejected | State::Cancelled => Status::Cancelled,
        State::Passed | State::Failed | State::NoShow => return None,
    };
    let host = site.split_once("://").map_or(site, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let location = [kept.machine_name.as_deref(), kept.place_name.as_deref()];
    let location = location.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let entry = Entry {
        uid: format!("appointment-{}@{host}", kept.id),
        sequence: kept.sequence,
        stamp: now,
        starts: kept.starts,
        ends: kept.ends,
        status,
        summary: lang.checkout_entry(&kept.kind_name),
        description: other.map(|name| lang.checkout_with(name)),
        location: (!location.is_empty()).then_some(location),
        url: &format!("{site}/checkouts/{}", kept.id),
    };
    let nobody = format!("noreply@{host}");
    let space = ctx.space();
    let name = if space.name.is_empty() { "Toolgate" } else { &space.name };
    let organizer = Party { name, email: post.sender.as_deref().unwrap_or(&nobody) };
    Some(calendar::invitation(&entry, organizer, Party { name: mine.unwrap_or_default(), email }))
}
