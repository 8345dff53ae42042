//! Operations: what pages and programs can ask the server to do, one type for each.
//!
//! Invariant: an operation is declared once, as a row of `operations!`. Its server function, its route and its description are
//! made from that, and the permission matrices demand a line for it. Not here: what it does (`services::bind!`), and how it
//! travels (`app::call`, `api`).

#[cfg(feature = "server")]
pub use description::*;

use domain::id;
use serde::{Serialize, de::DeserializeOwned};

/// One row of the table.
pub trait Operation: Clone + Send + Sync + 'static {
    /// What pages get.
    type Answer: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// Address of its server function; empty if pages have none.
    const URL: &'static str;

    /// Whether it is sent the version that it changes: by programs in `If-Match`.
    #[cfg(feature = "server")]
    const HAS_VERSION: bool;

    /// Its ids as a form sends them: `person=7`.
    fn write_ids(&self) -> String;

    /// The fields sent beside the ids.
    #[cfg(feature = "server")]
    type Form: crate::form::Form;
    /// How programs get the answer.
    #[cfg(feature = "server")]
    type Reply;
    #[cfg(feature = "server")]
    const ABOUT: Description;

    /// `None` if one is missing or is none.
    #[cfg(feature = "server")]
    fn read_ids(fields: &crate::form::Fields) -> Option<Self>;

    /// The id of the created object, if the operation creates one.
    #[cfg(feature = "server")]
    fn made(_: &Self::Answer) -> Option<i64> {
        None
    }

    /// The invitation in the answer that follows from it at once, if there is one.
    #[cfg(feature = "server")]
    fn invitation(_: &Self::Answer) -> Option<i64> {
        None
    }

    /// The link in the answer that grants access, if it has one.
    #[cfg(feature = "server")]
    fn link(_: &mut Self::Answer) -> Option<&mut crate::form::Link> {
        None
    }
}

/// A value in the address of an operation.
pub trait Id {
    fn parse(text: &str) -> Option<Self>
    where
        Self: Sized;

    fn number(&self) -> i64;
}

/// `person=7&version=2`, as [`Operation::write_ids`] returns it.
#[must_use]
pub fn written(ids: &[(&str, &dyn Id)]) -> String {
    let mut text = String::new();
    for (name, id) in ids {
        let and = if text.is_empty() { "" } else { "&" };
        text.push_str(and);
        text.push_str(name);
        text.push('=');
        text.push_str(&id.number().to_string());
    }
    text
}

impl Id for i64 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn number(&self) -> i64 {
        *self
    }
}

macro_rules! ids {
    ($($id:ident),+) => {$(
        impl Id for id::$id {
            fn parse(text: &str) -> Option<Self> {
                text.parse().ok().map(Self)
            }

            fn number(&self) -> i64 {
                self.0
            }
        }
    )+};
}

ids!(
    AnnouncementId,
    BookingId,
    ClosureId,
    DeliveryId,
    DuesCommandId,
    DuesDifferenceId,
    DisplayId,
    DocumentId,
    DrawId,
    EventPlaceId,
    ExternalCalendarId,
    FeedId,
    GroupId,
    HelpId,
    GroupRuleId,
    GroupInvitationId,
    HoldId,
    IdentityLinkId,
    IdentityProviderId,
    MachineId,
    ModuleId,
    PushSubscriptionId,
    PasskeyId,
    PersonId,
    PlaceId,
    RoomId,
    FloorPlanId,
    ActuatorId,
    ActuatorRuleId,
    BuildingDeviceId,
    MeterId,
    UnswipedRunId,
    VisitId,
    SeriesId,
    TokenId,
    TrainingEventId,
    TrainingRequestId,
    TypeId,
    WebhookId,
    WishId
);

/// What the server makes of a row.
#[cfg(feature = "server")]
mod description {
    use domain::tokens::Scope;

    /// The description of an operation.
    #[derive(Debug, Clone, Copy)]
    pub struct Description {
        /// The name in the API: `placeHold`.
        pub id: &'static str,
        /// Method and path in the API, unless only pages have it.
        pub route: Option<(Method, &'static str)>,
        /// The names of its ids, in the order of the path.
        pub ids: &'static [&'static str],
        pub tag: Tag,
        pub summary: &'static str,
        pub description: &'static str,
        /// The scope that a token needs.
        pub scope: Option<Scope>,
        /// Codes of its own problems.
        pub errors: &'static [&'static str],
        /// Where the created object can be read.
        pub place: Option<Place>,
        /// Whether it changes nothing.
        pub reads: bool,
        pub versioned: bool,
        /// Whether it takes an idempotency key although it creates nothing with an address.
        pub once: bool,
        /// The page shown after it.
        pub then: Option<&'static str>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Method {
        Get,
        Post,
        Put,
        Patch,
        Delete,
    }

    /// A group of operations.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Tag {
        /// The caller.
        Me,
        /// People and their membership.
        People,
        /// Qualifications and holds.
        Qualifications,
        /// Groups and their members.
        Groups,
        /// Availability and bookings.
        Bookings,
        /// Draws of rooms.
        Draws,
        /// Machines, types and places.
        Machines,
        /// Access checks.
        Access,
        /// Training modules, progress and requirements.
        Training,
        /// Requests for training.
        TrainingRequests,
        /// Training events.
        TrainingEvents,
        /// Devices and meters of the building.
        Building,
        /// The space as a whole.
        Space,
    }

    impl Tag {
        /// All groups, in the order of the document.
        pub const ALL: [Self; 13] = [
            Self::Me,
            Self::People,
            Self::Qualifications,
            Self::Groups,
            Self::Bookings,
            Self::Draws,
            Self::Machines,
            Self::Access,
            Self::Training,
            Self::TrainingRequests,
            Self::TrainingEvents,
            Self::Building,
            Self::Space,
        ];

        /// The name.
        #[must_use]
        pub const fn name(self) -> &'static str {
            match self {
                Self::Me => "Me",
                Self::People => "People",
                Self::Qualifications => "Qualifications",
                Self::Groups => "Groups",
                Self::Bookings => "Bookings",
                Self::Draws => "Draws",
                Self::Machines => "Machines",
                Self::Access => "Access",
                Self::Training => "Training",
                Self::TrainingRequests => "Training requests",
                Self::TrainingEvents => "Training events",
                Self::Building => "Building",
                Self::Space => "Space",
            }
        }

        /// The description.
        #[must_use]
        pub const fn about(self) -> &'static str {
            match self {
                Self::Me => "The caller: identity and permissions.",
                Self::People => "People: their membership, cards, records and holds.",
                Self::Qualifications => {
                    "Qualifications: who may use, train on and own what. The ledger is append-only."
                }
                Self::Groups => "Groups of people who book together: members, requests and invitations.",
                Self::Draws => "Draws: scarce rooms are given out by a lottery that can be recomputed.",
                Self::Bookings => "Bookings of machines and rooms: availability, holders and actions.",
                Self::Machines => {
                    "Machines, their types and places, their activity, and the screens that show them."
                }
                Self::Access => {
                    "Access checks: whether a person may use a machine, and if not, what would change that."
                }
                Self::Training => {
                    "Training modules that people watch and answer, their progress, and what machines require."
                }
                Self::TrainingRequests => {
                    "Requests for training: who wants to learn what, and when they can come."
                }
                Self::TrainingEvents => {
                    "Sessions at which people are qualified together, their places, invitations and results."
                }
                Self::Building => "Plugs, sensors and switches of the building, and what its meters measured.",
                Self::Space => {
                    "The workshop as a whole: opening hours, settings, pending decisions and the audit log."
                }
            }
        }
    }

    /// Where the created object can be read.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Place {
        /// Under its id, below the address it was created at.
        Below,
        /// In the list at that address.
        Here,
        /// Under its id, below another address, such as a card given to a person.
        At(&'static str),
    }

    impl Place {
        /// The address of the object `id` that was created at `path`.
        #[must_use]
        pub fn href(self, path: &str, id: i64) -> String {
            match self {
                Self::Below => format!("{path}/{id}"),
                Self::At(path) => format!("{path}/{id}"),
                Self::Here => path.to_owned(),
            }
        }
    }

    /// How programs get an answer.
    #[derive(Debug)]
    pub enum Nothing {}

    /// As an object.
    #[derive(Debug)]
    pub enum One {}

    /// As an object with its version in `ETag`.
    #[derive(Debug)]
    pub enum WithVersion {}

    /// Page by page.
    #[derive(Debug)]
    pub enum Pages {}

    /// As the id and the address of the created object.
    #[derive(Debug)]
    pub enum Made {}

    /// An operation that lists something, which programs get page by page.
    pub trait List: super::Operation {
        type Item: crate::schema::HasSchema + serde::Serialize + Send;
        /// The position of an item; unique, and the order of the list.
        type Place: Ord + serde::Serialize + serde::de::DeserializeOwned + Send;

        fn items(answer: Self::Answer) -> Vec<Self::Item>;
        fn place(item: &Self::Item) -> Self::Place;
    }

    /// An operation that creates something.
    pub trait Creation: super::Operation {
        fn id(answer: &Self::Answer) -> i64;
    }

    /// An answer with the version of what it shows.
    pub trait HasVersion {
        fn version(&self) -> i64;
    }
}
