//! Outages: how far ahead holders of bookings are told that their machine is out of service, and what they are
//! offered instead.
//!
//! Not here: blocks and problems themselves ([`crate::problems`]).

use std::time::Duration;

/// Holders are told of a block when their booking begins within so long. Nobody says when a block ends: most repairs take a day or
/// two, so a booking of next week would be given up for nothing, while two days are enough to come at another time.
pub const NOTICE: Duration = Duration::from_hours(48);
/// Equal machines that are looked at for one holder, at most: each takes a bounded number of statements.
pub const EQUALS: u32 = 8;
/// Times that are shown instead, at most.
pub const OTHERS: usize = 3;
