//! Calendar feeds: addresses at which calendar programs read bookings and checkouts.
//!
//! Invariant: a feed shows no more than its owner may see when it is read ([`Feed::is_allowed`]); the secret in
//! its address only identifies the owner. Not here: the secret, which is shown once and stored as a hash, and the
//! calendar format (`services::calendar`).

use crate::{
    actor::{Actor, Permission, Target},
    bookings::Resource,
    id::PersonId,
    time::DAY,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The content of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Bookings and checkouts of its owner.
    Mine,
    /// Checkouts that a trainer holds.
    Trainer(PersonId),
    /// When a machine or a room is occupied.
    Resource(Resource),
}

impl Feed {
    /// Reads `mine`, `trainer:5`, `trainer:me`, `machine:7` or `room:2`.
    #[must_use]
    pub fn parse(name: &str, me: Option<PersonId>) -> Option<Self> {
        match name.trim().split_once(':') {
            None if name.trim() == "mine" => Some(Self::Mine),
            Some(("trainer", "me")) => me.map(Self::Trainer),
            Some(("trainer", id)) => id.parse().ok().map(|id| Self::Trainer(PersonId(id))),
            _ => Resource::parse(name).map(Self::Resource),
        }
    }

    /// Whether `actor` may see its content.
    #[must_use]
    pub fn is_allowed(self, actor: &Actor) -> bool {
        match self {
            Self::Mine => actor.may(Permission::Book, Target::NONE),
            Self::Trainer(trainer) => actor.may(Permission::SeePerson, Target::person(trainer)),
            Self::Resource(_) => actor.may(Permission::SeeBookings, Target::NONE),
        }
    }
}

impl std::fmt::Display for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mine => f.write_str("mine"),
            Self::Trainer(trainer) => write!(f, "trainer:{trainer}"),
            Self::Resource(resource) => resource.fmt(f),
        }
    }
}

/// Feeds of one person, at most.
pub const MOST: usize = 20;
/// How far back a feed reaches; ahead it has everything booked.
pub const BACK: Duration = DAY.saturating_mul(30);
/// How long a calendar may cache it.
pub const MAX_AGE: Duration = Duration::from_mins(5);
/// The last reading of a feed is stored at most this often.
pub const SEEN_EVERY: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MachineId, RoomId};

    #[test]
    fn feed_round_trips() {
        let feeds = [
            Feed::Mine,
            Feed::Trainer(PersonId(5)),
            Feed::Resource(Resource::Machine(MachineId(7))),
            Feed::Resource(Resource::Room(RoomId(2))),
        ];
        for feed in feeds {
            assert_eq!(Feed::parse(&feed.to_string(), None), Some(feed));
        }
        assert_eq!(Feed::parse("trainer:me", Some(PersonId(3))), Some(Feed::Trainer(PersonId(3))));
        for none in ["", "yours", "mine:1", "trainer", "trainer:me", "trainer:x", "machine:", "tree:1"] {
            assert_eq!(Feed::parse(none, None), None, "{none}");
        }
    }
}
