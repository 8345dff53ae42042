//! The time that a booking is wanted for: resource, person and span. Not here: the facts about it
//! ([`super::facts`]).

use domain::{
    actor::Actor,
    bookings::Resource,
    groups::Role,
    id::{BookingId, GroupId, PersonId},
    occupations::Span,
    time::Millis,
    zone::Zone,
};
use store::bookings::{BookingRow, Holder};

/// What to look up: person, resource and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Want {
    pub resource: Resource,
    /// The person whose standing counts; `None`: machine or room alone.
    pub person: Option<PersonId>,
    /// The group it is for: its permission and quotas count, and the time of the person stays their own.
    pub group: Option<GroupId>,
    /// The booking whose time is ignored, because it would be released.
    pub without: Option<BookingId>,
    pub span: Span,
    pub zone: Zone,
    pub now: Millis,
}

impl Want {
    /// Whose booking it would be.
    pub const fn holder(self) -> Holder {
        Holder { person: self.person, group: self.group }
    }
}

/// Whose standing counts when `actor` changes `row`: the holder's, or of a group's booking that of the admin. A manager
/// who is no admin of the group decides by its rules alone.
pub(super) fn standing_of(row: &BookingRow, actor: &Actor) -> Option<PersonId> {
    match row.group {
        Some(_) => actor.person().filter(|_| row.role == Some(Role::Admin)),
        None => row.person,
    }
}
