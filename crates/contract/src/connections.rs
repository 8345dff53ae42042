//! Connections to other systems, and whether they work.

use domain::{
    connections::{Counted, Kind, State, Trouble},
    time::Moment,
};
use macros::{operations, view};

operations! {
    tag Space;

    /// List connections
    ///
    /// Returns the connections to other systems with their state, when each last worked, since when and why it fails, and how many
    /// messages wait; and the kinds without a connection. Secrets, contents and people are not in it.
    GET "connections" => ReadConnections() -> ConnectionsView, page "connections/list", scope SpaceRead;
}

/// The connections to other systems.
#[view]
pub struct ConnectionsView {
    /// The time of the response.
    pub now: Moment,
    /// By kind.
    pub connections: Vec<ConnectionView>,
    /// The kinds without a connection.
    pub not_connected: Vec<Kind>,
}

/// A connection to another system.
#[view]
pub struct ConnectionView {
    /// Its kind.
    pub kind: Kind,
    /// A host, or the name that a manager gave it; null if there is only one of its kind.
    #[field(example = "Timetable of room B12")]
    pub name: Option<String>,
    /// How it does.
    pub state: State,
    /// When it last worked.
    pub last_success: Option<Moment>,
    /// Since when it fails; of one that works again, when it last failed.
    pub last_failure: Option<Moment>,
    /// Why it failed.
    pub trouble: Option<Trouble>,
    /// How many messages wait to go out.
    #[field(example = 0)]
    pub queued: u32,
    /// How many people and things use it, for kinds where that is known; without those of which there are none.
    pub amounts: Vec<ConnectionAmount>,
    /// The address of its page.
    #[field(example = "/external-calendars")]
    pub link: String,
}

/// How many of something use a connection.
#[view]
pub struct ConnectionAmount {
    /// The unit of the count.
    pub what: Counted,
    /// How many there are.
    #[field(example = 143)]
    pub count: u32,
}
