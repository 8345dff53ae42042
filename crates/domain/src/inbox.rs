//! The inbox of staff: items that wait for a decision, and what can be decided in place.
//!
//! Invariant: an item names its subject by noun and id, and its possible decisions. Not here: where items come
//! from; each noun's service provides its own.

use crate::{actor::Permission, string_enum::string_enum, time::MINUTE};
use std::time::Duration;

/// How long a decision can be undone.
pub const UNDO: Duration = MINUTE;
/// Items of one kind that are shown, at most.
pub const SHOWN: u16 = 50;

/// What people may do who decide something in the inbox.
pub const PERMISSIONS: [Permission; 10] = [
    Permission::Admit,
    Permission::Moderate,
    Permission::CheckOut,
    Permission::GiveCard,
    Permission::CareFor,
    Permission::AnswerHelp,
    Permission::Maintain,
    Permission::ChangeGroups,
    Permission::Hold,
    Permission::SeePeople,
];

/// What people may do who can undo a decision of theirs in the inbox.
pub const UNDOERS: [Permission; 3] = [Permission::Admit, Permission::GiveCard, Permission::CareFor];

string_enum! {
    /// The kind of an item, in the order of the inbox.
    Matter {
        Applicant = "applicant",
        Booking = "booking",
        Checkout = "checkout",
        /// A claim of a card.
        Claim = "claim",
        Card = "card",
        Problem = "problem",
        /// A request for help at a machine.
        Help = "help",
        /// Maintenance that is due on a machine.
        Maintenance = "maintenance",
        /// A use that the rules forbade when it began.
        Unauthorised = "unauthorised",
        /// A group without an active admin.
        Group = "group",
        /// A hold that ends soon.
        Hold = "hold",
        /// A qualification that ends soon.
        Qualification = "qualification",
    }
}

string_enum! {
    /// A decision on an item.
    Verdict {
        Approve = "approve",
        Reject = "reject",
        /// Acknowledged, without further action.
        Seen = "seen",
    }
}
