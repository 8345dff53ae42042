//! The audit log: the author and subject of an entry, and the page size.
//!
//! Not here: how entries are written and chained (`store`).

use crate::{
    actor::Channel,
    bookings,
    id::{
        ActuatorId, AnnouncementId, BuildingDeviceId, DeliveryId, DisplayId, DocumentId, DrawId,
        ExternalCalendarId, FirmwareId, FloorPlanId, GroupId, IdentityProviderId, MachineId, MeterId, ModuleId,
        PersonId, PlaceId, RoomId, TrainingEventId, TrainingRequestId, TypeId, WebhookId,
    },
    pictures, qualifications,
    settings::At,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Entries on one page.
pub const PAGE: usize = 50;
/// Limit of characters of a search text.
pub const WORD: usize = 200;

macro_rules! subjects {
    ($($kind:literal $name:ident($id:ident)),+ $(,)?) => {
        /// The subject of an entry: `space`, or a kind and an id, `machine:7`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Subject {
            /// The space as a whole.
            Space,
            Database,
            UnknownCards,
            $(#[doc = concat!("`", $kind, ":7`.")] $name($id),)+
        }

        impl fmt::Display for Subject {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Space => f.write_str("space"),
                    Self::Database => f.write_str("database"),
                    Self::UnknownCards => f.write_str("unknown-cards"),
                    $(Self::$name(id) => write!(f, "{}:{id}", $kind),)+
                }
            }
        }

        impl FromStr for Subject {
            type Err = NoSubject;

            fn from_str(written: &str) -> Result<Self, NoSubject> {
                let Some((kind, id)) = written.split_once(':') else {
                    return match written {
                        "space" => Ok(Self::Space),
                        "database" => Ok(Self::Database),
                        "unknown-cards" => Ok(Self::UnknownCards),
                        _ => Err(NoSubject),
                    };
                };
                let id = id.parse().map_err(|_| NoSubject)?;
                match kind {
                    $($kind => Ok(Self::$name($id(id))),)+
                    _ => Err(NoSubject),
                }
            }
        }

        $(impl From<$id> for Subject {
            fn from(id: $id) -> Self {
                Self::$name(id)
            }
        })+
    };
}

subjects! {
    "person" Person(PersonId),
    "machine" Machine(MachineId),
    "type" Type(TypeId),
    "place" Place(PlaceId),
    "room" Room(RoomId),
    "floor-plan" FloorPlan(FloorPlanId),
    "group" Group(GroupId),
    "draw" Draw(DrawId),
    "training-request" TrainingRequest(TrainingRequestId),
    "training-event" TrainingEvent(TrainingEventId),
    "display" Display(DisplayId),
    "identity-provider" IdentityProvider(IdentityProviderId),
    "module" Module(ModuleId),
    "announcement" Announcement(AnnouncementId),
    "document" Document(DocumentId),
    "delivery" Delivery(DeliveryId),
    "external_calendar" ExternalCalendar(ExternalCalendarId),
    "webhook" Webhook(WebhookId),
    "firmware" Firmware(FirmwareId),
    "building-device" BuildingDevice(BuildingDeviceId),
    "actuator" Actuator(ActuatorId),
    "meter" Meter(MeterId),
}

macro_rules! as_audited {
    ($($kind:path { $($variant:ident),+ })+) => {$(
        impl From<$kind> for Subject {
            fn from(it: $kind) -> Self {
                use $kind as Kind;
                match it {
                    $(Kind::$variant(id) => Self::$variant(id),)+
                }
            }
        }
    )+};
}

as_audited! {
    bookings::Resource { Machine, Room }
    pictures::Subject { Person, Machine, Room, FloorPlan }
    qualifications::Subject { Type, Machine }
}

impl From<At> for Subject {
    fn from(at: At) -> Self {
        match at {
            At::Space => Self::Space,
            At::Type(id) => Self::Type(id),
            At::Machine(id) => Self::Machine(id),
        }
    }
}

/// Not a valid subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSubject;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditActor {
    Person {
        id: PersonId,
        name: String,
    },
    /// A person whose link to the entry was cut.
    Former,
    /// A board, for an unclaimed card or without one.
    Board,
    /// A person who was not signed in.
    Stranger,
    Toolgate,
}

/// The author of an entry by channel: `somebody` with a name that may be erased, or none.
#[must_use]
pub fn by(somebody: bool, known: Option<(PersonId, String)>, channel: Channel) -> AuditActor {
    match (known, somebody, channel) {
        (Some((id, name)), ..) => AuditActor::Person { id, name },
        (None, true, _) => AuditActor::Former,
        (None, false, Channel::Board) => AuditActor::Board,
        (None, false, Channel::Command | Channel::Import) => AuditActor::Toolgate,
        (None, false, Channel::Web | Channel::Api) => AuditActor::Stranger,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audit_subject_round_trips_and_rejects_others() {
        for subject in [
            Subject::Space,
            Subject::Database,
            Subject::UnknownCards,
            MachineId(7).into(),
            DocumentId(7).into(),
            ExternalCalendarId(1).into(),
            TrainingEventId(1).into(),
            TrainingRequestId(1).into(),
        ] {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        assert_eq!(Subject::from(PersonId(3)).to_string(), "person:3");
        for other in ["", "space:1", "person", "person:", "person:x", "person:1:2", "tree:1"] {
            assert_eq!(other.parse::<Subject>(), Err(NoSubject), "{other}");
        }
    }

    #[test]
    fn erased_author_is_not_named() {
        let ada = || Some((PersonId(1), "Ada".to_owned()));
        assert_eq!(by(true, ada(), Channel::Board), AuditActor::Person { id: PersonId(1), name: "Ada".into() });
        assert_eq!(by(true, None, Channel::Web), AuditActor::Former);
        assert_eq!(by(false, None, Channel::Board), AuditActor::Board);
        assert_eq!(by(false, None, Channel::Command), AuditActor::Toolgate);
        assert_eq!(by(false, None, Channel::Web), AuditActor::Stranger);
    }
}
