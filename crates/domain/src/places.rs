//! Places of machines, such as rooms and halls of the workshop.
//!
//! Not here: rooms that can be booked ([`crate::bookings`]).

use crate::{bounded::BoundedInteger, id::PlaceId};

/// The position of the last place.
pub const LAST: u16 = 9_999;

/// The position of a place among the others.
pub type Position = BoundedInteger<0, LAST>;

/// Where the machines of an archived place go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Destination {
    /// Not chosen, which is enough if there are none.
    #[default]
    Unspecified,
    Nowhere,
    Place(PlaceId),
}

impl Destination {
    /// Parses `nowhere`, an id or nothing.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        match input.trim() {
            "" => Some(Self::Unspecified),
            "nowhere" => Some(Self::Nowhere),
            place => place.parse().ok().map(|place| Self::Place(PlaceId(place))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destination_is_place_nowhere_or_unspecified() {
        assert_eq!(Destination::parse(" "), Some(Destination::Unspecified));
        assert_eq!(Destination::parse("nowhere"), Some(Destination::Nowhere));
        assert_eq!(Destination::parse(" 7 "), Some(Destination::Place(PlaceId(7))));
        assert_eq!(Destination::parse("attic"), None);
    }
}
