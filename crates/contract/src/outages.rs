//! Views of outages for holders of bookings and people responsible for the machine.

use domain::{
    bookings::Resource,
    id::{BlockId, BookingId, MachineId},
    notices::Instead,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A free time on an equivalent machine, as alternative to a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsteadView {
    pub resource: Resource,
    /// Name of the machine.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    /// At the same time as the booking.
    pub same_time: bool,
}

/// A blocked machine and the affected bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageView {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// The block, if it is in force.
    pub block: Option<OutageBlock>,
    /// By start.
    pub affected: Vec<Affected>,
    /// Bookings too far ahead to notify their holders yet.
    pub later: u32,
}

/// The block of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageBlock {
    pub id: BlockId,
    pub since: Moment,
    pub because: Option<String>,
}

/// A person whose booking is affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub booking: BookingId,
    /// `None` once erased.
    pub name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    /// The alternative when they were notified.
    pub instead: Instead,
    pub answer: Answer,
}

/// The state of an affected booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Unanswered.
    Open,
    /// Over without an answer.
    Over,
    /// Moved to another machine or time.
    Rebooked { to: String, at: Moment },
    /// Cancelled or given up.
    CalledOff { at: Moment },
}
