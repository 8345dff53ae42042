//! Outages as holders of bookings see them, and whoever looks after the machine.

use domain::{
    bookings::Resource,
    id::{BlockId, BookingId, MachineId},
    notices::Instead,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A time on an equal machine that can be had instead of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsteadView {
    pub resource: Resource,
    /// What the machine is called.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    /// It is when the booking is.
    pub same_time: bool,
}

/// A machine that is blocked, and whom that concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageView {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// The block, while there is one.
    pub block: Option<OutageBlock>,
    /// By when their bookings begin.
    pub affected: Vec<Affected>,
    /// Bookings that begin too far ahead for their holders to be told yet.
    pub later: u32,
}

/// The block of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageBlock {
    pub id: BlockId,
    pub since: Moment,
    pub because: Option<String>,
}

/// Somebody whose booking a block concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub booking: BookingId,
    /// `None` for whoever is gone.
    pub name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    /// What was free when they were told.
    pub instead: Instead,
    pub answer: Answer,
}

/// What became of such a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Nothing yet.
    Open,
    /// Its time has come, and nothing was done.
    Over,
    /// It is on another machine, or at another time.
    Rebooked { to: String, at: Moment },
    /// It was called off, or given up.
    CalledOff { at: Moment },
}
