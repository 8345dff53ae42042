//! What must hold before a person changes a booking: their side and permission, its state and its version.
//!
//! Invariant: it is checked in the job that makes the change. Not here: whether a time can be booked
//! ([`super::facts`]).

use super::{BookingsError, Decided, about};
use crate::error;
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{BookingAction, Side, State, actions},
    groups::Role,
    time::Millis,
    versions::Saved,
    zone::{Zone, to_rfc3339},
};
use store::{SqliteConnection, bookings::BookingRow};

/// Whether `row`, as loaded for the actor, is theirs or of a group of which they are an admin.
pub(crate) fn is_holder(row: &BookingRow, actor: &Actor) -> bool {
    match row.group {
        Some(_) => row.role == Some(Role::Admin),
        None => row.person.is_some() && row.person == actor.person(),
    }
}

/// The actor's side of `row`, as loaded for them; `None` for uninvolved people.
pub(super) fn side(actor: &Actor, row: &BookingRow) -> Option<Side> {
    if is_holder(row, actor) {
        Some(Side::Holder)
    } else if actor.may(Permission::Moderate, about(row.resource(), row.kind)) {
        Some(Side::Moderator)
    } else {
        row.role.map(|_| Side::Member)
    }
}

/// The permission that `side` needs for an action on `row`.
pub(super) fn needed(side: Side, row: &BookingRow) -> (Permission, Target) {
    match side {
        Side::Holder | Side::Member => (Permission::Book, Target::NONE),
        Side::Moderator => (Permission::Moderate, about(row.resource(), row.kind)),
    }
}

/// Whether the action is possible now.
pub(super) fn check(
    row: &BookingRow,
    side: Side,
    action: BookingAction,
    now: Millis,
) -> Result<(), BookingsError> {
    if let (Side::Member, Some(group)) = (side, &row.group_name)
        && action != BookingAction::CheckIn
    {
        return Err(BookingsError::NotGroupAdmin(group.clone()));
    }
    let is_answered =
        matches!(action, BookingAction::Approve | BookingAction::Reject) && row.state != State::Pending;
    if actions(row.state, side, row.span(), now).contains(&action) {
        Ok(())
    } else if row.state.takes_time() && !is_answered {
        Err(BookingsError::NotNow)
    } else {
        Err(BookingsError::Decided(Decided { state: row.state, by: row.decided_by_name.clone() }))
    }
}

/// Fails if `row` is newer than the version that the caller saw.
pub(super) async fn current(
    conn: &mut SqliteConnection,
    zone: Zone,
    row: &BookingRow,
    seen: i64,
) -> Result<(), BookingsError> {
    if domain::versions::is_current(row.version, seen) {
        return Ok(());
    }
    let subject = row.subject();
    Err(BookingsError::Stale(error::signed(conn, zone, subject, saved(row)).await?))
}

fn saved(row: &BookingRow) -> Saved {
    let written = |at| to_rfc3339(at).unwrap_or_default();
    Saved::new(row.version, vec![("start", written(row.starts)), ("end", written(row.ends))])
}
