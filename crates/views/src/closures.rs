//! Closures as those see them who may close what they are about.

use domain::{
    bookings::{Cause, Resource},
    id::ClosureId,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A time at which a machine or a room cannot be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub id: ClosureId,
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    /// [`Cause::Maintenance`] or [`Cause::Closure`].
    pub kind: Cause,
    pub starts: Moment,
    pub ends: Moment,
    /// Why; may be empty.
    pub note: String,
}

/// The closures of what somebody cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closures {
    pub now: Moment,
    /// By machine or room, and then in order.
    pub closures: Vec<Closure>,
    /// What they may close, by name.
    pub resources: Vec<(Resource, String)>,
}
