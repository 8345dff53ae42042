//! Views of closures for the people responsible for a resource.

use domain::{
    bookings::{Cause, Resource},
    id::ClosureId,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A time when a machine or room cannot be booked.
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
    /// The reason; may be empty.
    pub note: String,
}

/// The closures of a person's resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closures {
    pub now: Moment,
    /// By resource, then in order.
    pub closures: Vec<Closure>,
    /// Resources they may close, by name.
    pub resources: Vec<(Resource, String)>,
}
