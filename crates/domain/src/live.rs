//! Change events for open pages: a noun and an id, never data.
//!
//! Receivers fetch again what they may see. The text form is the one on the event stream: `machine 7`.

use crate::id::{MachineId, PersonId};

/// The subject of a change event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// The state of a machine, or its settings.
    Machine,
    /// The space as a whole: its name, its places, the connection to the boards.
    Space,
    /// A person's standing: status, ledger, holds, sessions.
    Person,
    Notices,
    Deliveries,
    Announcements,
    /// Times for checkouts, and appointments.
    Checkouts,
    /// Bookings, rooms, and closures.
    Bookings,
    /// Groups and their members.
    Groups,
    /// Draws and the wishes in them.
    Draws,
    /// Training events, and requests for training.
    TrainingEvents,
    /// Devices and meters of the building.
    Building,
    /// How connections to other systems do.
    Connections,
    /// Documents, and who signed them.
    Documents,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeEvent {
    Machine(MachineId),
    Space,
    /// The standing of this person changed. For that person, and for those who may see people.
    Person(PersonId),
    /// This person received a notice, or read one. For themselves only.
    Notices(PersonId),
    /// Mails were sent, or failed. For those who may see deliveries.
    Deliveries,
    /// An announcement was written, changed or withdrawn, began or ended.
    Announcements,
    /// A checkout was requested or decided; or a trainer changed when they offer times.
    Checkouts,
    /// A booking was made or released, or a room changed.
    Bookings,
    /// A group, its members, or who asks to join it changed.
    Groups,
    /// A draw opened, closed, ran or changed, or a wish in it.
    Draws,
    /// A training event, a place at one, or a request for training changed.
    TrainingEvents,
    /// A device of the building was heard or changed, or a meter was read.
    Building,
    /// A connection to another system was made or removed, works again, or fails. For those who may see connections.
    Connections,
    /// A document was published, changed, archived or signed.
    Documents,
}

impl Noun {
    /// Every noun, in the order of the counters.
    pub const ALL: [Self; 14] = [
        Self::Machine,
        Self::Space,
        Self::Person,
        Self::Notices,
        Self::Deliveries,
        Self::Announcements,
        Self::Checkouts,
        Self::Bookings,
        Self::Groups,
        Self::Draws,
        Self::TrainingEvents,
        Self::Building,
        Self::Connections,
        Self::Documents,
    ];

    /// The name on the stream.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Space => "space",
            Self::Person => "person",
            Self::Notices => "notices",
            Self::Deliveries => "deliveries",
            Self::Announcements => "announcements",
            Self::Checkouts => "checkouts",
            Self::Bookings => "bookings",
            Self::Groups => "groups",
            Self::Draws => "draws",
            Self::TrainingEvents => "training-events",
            Self::Building => "building",
            Self::Connections => "connections",
            Self::Documents => "documents",
        }
    }
}

impl ChangeEvent {
    /// Parses an event; `None` if this build does not know it.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        let (name, id) = data.split_once(' ').unwrap_or((data, ""));
        match Noun::ALL.into_iter().find(|noun| noun.as_str() == name)? {
            Noun::Machine => id.parse().ok().map(|id| Self::Machine(MachineId(id))),
            Noun::Person => id.parse().ok().map(|id| Self::Person(PersonId(id))),
            Noun::Notices => id.parse().ok().map(|id| Self::Notices(PersonId(id))),
            Noun::Space => Some(Self::Space),
            Noun::Deliveries => Some(Self::Deliveries),
            Noun::Announcements => Some(Self::Announcements),
            Noun::Checkouts => Some(Self::Checkouts),
            Noun::Bookings => Some(Self::Bookings),
            Noun::Groups => Some(Self::Groups),
            Noun::Draws => Some(Self::Draws),
            Noun::TrainingEvents => Some(Self::TrainingEvents),
            Noun::Building => Some(Self::Building),
            Noun::Connections => Some(Self::Connections),
            Noun::Documents => Some(Self::Documents),
        }
    }

    /// The id of the machine or person, or of whose notices.
    #[must_use]
    pub const fn id(self) -> Option<i64> {
        match self {
            Self::Machine(MachineId(id)) | Self::Person(PersonId(id)) | Self::Notices(PersonId(id)) => Some(id),
            Self::Space
            | Self::Deliveries
            | Self::Announcements
            | Self::Checkouts
            | Self::Bookings
            | Self::Groups
            | Self::Draws
            | Self::TrainingEvents
            | Self::Building
            | Self::Connections
            | Self::Documents => None,
        }
    }

    #[must_use]
    pub const fn noun(self) -> Noun {
        match self {
            Self::Machine(_) => Noun::Machine,
            Self::Space => Noun::Space,
            Self::Deliveries => Noun::Deliveries,
            Self::Person(_) => Noun::Person,
            Self::Notices(_) => Noun::Notices,
            Self::Announcements => Noun::Announcements,
            Self::Checkouts => Noun::Checkouts,
            Self::Bookings => Noun::Bookings,
            Self::Groups => Noun::Groups,
            Self::Draws => Noun::Draws,
            Self::TrainingEvents => Noun::TrainingEvents,
            Self::Building => Noun::Building,
            Self::Connections => Noun::Connections,
            Self::Documents => Noun::Documents,
        }
    }
}

impl std::fmt::Display for ChangeEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Machine(id) => write!(f, "{} {id}", self.noun().as_str()),
            Self::Person(id) | Self::Notices(id) => write!(f, "{} {id}", self.noun().as_str()),
            Self::Space
            | Self::Deliveries
            | Self::Announcements
            | Self::Checkouts
            | Self::Bookings
            | Self::Groups
            | Self::Draws
            | Self::TrainingEvents
            | Self::Building
            | Self::Connections
            | Self::Documents => f.write_str(self.noun().as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_event_round_trips() {
        for hint in [
            ChangeEvent::Machine(MachineId(7)),
            ChangeEvent::Space,
            ChangeEvent::Person(PersonId(7)),
            ChangeEvent::Notices(PersonId(7)),
            ChangeEvent::Deliveries,
            ChangeEvent::Announcements,
            ChangeEvent::Checkouts,
            ChangeEvent::Bookings,
            ChangeEvent::TrainingEvents,
            ChangeEvent::Building,
            ChangeEvent::Connections,
            ChangeEvent::Documents,
        ] {
            assert_eq!(ChangeEvent::read(&hint.to_string()), Some(hint));
        }
        assert_eq!(ChangeEvent::read("weather 3"), None);
        assert_eq!(ChangeEvent::read("machine"), None);
    }
}
