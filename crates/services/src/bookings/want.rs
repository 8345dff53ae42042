//! The time that a booking is wanted for: resource, person and span. Not here: the facts about it
//! ([`super::facts`]).

use domain::{
    bookings::Resource,
    id::{BookingId, PersonId},
    occupations::Span,
    time::Millis,
    zone::Zone,
};

/// What to look up: person, resource and time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want {
    pub resource: Resource,
    /// The person; `None`: machine or room alone.
    pub person: Option<PersonId>,
    /// The booking whose time is ignored, because it would be released.
    pub without: Option<BookingId>,
    pub span: Span,
    pub zone: Zone,
    pub now: Millis,
}
