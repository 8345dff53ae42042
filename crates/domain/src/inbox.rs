//! The inbox of staff: items that wait for a decision, and what can be decided in place.
//!
//! Invariant: an item names its subject by noun and id, and its possible decisions. Not here: where items come
//! from; each noun's service provides its own.

use crate::{string_enum::string_enum, time::MINUTE};
use std::time::Duration;

/// How long what was decided can be taken back.
pub const UNDO: Duration = MINUTE;
/// Items of one kind that are shown, at most.
pub const SHOWN: u16 = 50;

string_enum! {
    /// What an item is about, in the order of the inbox.
    Matter {
        /// Somebody who would like to join.
        Applicant = "applicant",
        /// Somebody who asks for a machine or a room.
        Booking = "booking",
        /// Somebody who asks for a checkout.
        Checkout = "checkout",
        /// A card that somebody says is theirs.
        Claim = "claim",
        /// A card that nobody has claimed.
        Card = "card",
        /// A problem that somebody reported on a machine.
        Problem = "problem",
        /// Maintenance that is due on a machine.
        Maintenance = "maintenance",
        /// A use that the rules forbade when it began.
        Unauthorised = "unauthorised",
        /// A hold that ends soon.
        Hold = "hold",
        /// A qualification that ends soon.
        Qualification = "qualification",
    }
}

string_enum! {
    /// What is said about an item.
    Verdict {
        Approve = "approve",
        Reject = "reject",
        /// Seen, and nothing more to be done about it.
        Seen = "seen",
    }
}
