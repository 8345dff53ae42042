//! Outages: how far ahead holders of bookings are notified that their machine is out of service, and which alternatives
//! they are offered.
//!
//! Not here: blocks and problems themselves ([`crate::problems`]).

use std::time::Duration;

/// Holders are notified of a block when their booking begins within this time. Nobody knows when a block ends:
/// most repairs take a day or two, so a booking next week would be given up needlessly, while two days are enough
/// to change plans.
pub const NOTICE: Duration = Duration::from_hours(48);
/// Equal machines that are looked at for one holder, at most: each takes a bounded number of statements.
pub const EQUALS: u32 = 8;
/// Times that are shown instead, at most.
pub const OTHERS: usize = 3;
