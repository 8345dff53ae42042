//! Views of waiting lists.

use domain::{bookings::Resource, id::WaitingId, time::Moment, waiting::State};
use serde::{Deserialize, Serialize};

/// A place on a waiting list, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub id: WaitingId,
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    pub state: State,
    /// When they joined.
    pub asked: Moment,
    /// Their position: 1 is next.
    pub position: u32,
    /// Until when an offer is held.
    pub until: Option<Moment>,
}
