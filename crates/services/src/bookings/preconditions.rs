//! What must hold before a person changes a booking: their side and permission, its state and its version.
//!
//! Invariant: it is checked in the job that makes the change. Not here: whether a time can be booked
//! ([`super::facts`]).

use super::{BookingsError, Decided, about};
use crate::error;
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{BookingAction, Side, State, actions},
    time::Millis,
    versions::Saved,
    zone::{Zone, to_rfc3339},
};
use store::{SqliteConnection, bookings::BookingRow};

/// The actor's side of `row`; `None` for uninvolved people.
pub(super) fn side(actor: &Actor, row: &BookingRow) -> Option<Side> {
    if actor.person() == Some(row.person) {
        Some(Side::Holder)
    } else {
        actor.may(Permission::Moderate, about(row.resource(), row.kind)).then_some(Side::Moderator)
    }
}

/// The permission that `side` needs for an action on `row`.
pub(super) fn needed(side: Side, row: &BookingRow) -> (Permission, Target) {
    match side {
        Side::Holder => (Permission::Book, Target::NONE),
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
    let subject = row.person;
    Err(BookingsError::Stale(error::signed(conn, zone, subject, saved(row)).await?))
}

fn saved(row: &BookingRow) -> Saved {
    let written = |at| to_rfc3339(at).unwrap_or_default();
    Saved::new(row.version, vec![("start", written(row.starts)), ("end", written(row.ends))])
}
