//! Outages as holders of bookings see them.

use domain::{bookings::Resource, time::Moment};
use serde::{Deserialize, Serialize};

/// A time on an equal machine that can be had instead of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsteadShown {
    pub resource: Resource,
    /// What the machine is called.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    /// It is when the booking is.
    pub same_time: bool,
}
