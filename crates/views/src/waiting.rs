//! Waiting lists as they are shown.

use domain::{bookings::Resource, id::WaitingId, time::Moment, waiting::State};
use serde::{Deserialize, Serialize};

/// A place on a waiting list, as its owner sees it.
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
    /// Where they are in line: 1 is next.
    pub position: u32,
    /// Until when it is held for them, while it is offered.
    pub until: Option<Moment>,
}
