//! Boards: the small computers on the machines.
//!
//! Invariant: "online" means [`ONLINE`] everywhere. Not here: their bytes (`fabomatic`). A board is not a machine:
//! several boards may claim one machine's number.

pub mod logins;

use crate::{
    string_enum::string_enum,
    time::{DAY, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A board is online while its last message is no older than this. Boards send every 30 s.
pub const ONLINE: Duration = Duration::from_secs(90);

/// Boards that introduced themselves for one machine no longer ago than this speak for it together. Each does
/// every 120 s.
pub const TOGETHER: Duration = Duration::from_mins(5);

/// How long unassigned numbers are remembered after their last message.
pub const STRAY: Duration = DAY;

/// Limit of remembered unassigned numbers; clients may invent more.
pub const STRAYS: usize = 100;

string_enum! {
    /// A message of a board, by its name in the protocol.
    Message {
        Alive = "alive",
        /// Requests its machine's settings.
        CheckMachine = "checkmachine",
        /// Whether a card may use it.
        CheckUser = "checkuser",
        StartUse = "startuse",
        /// A use goes on.
        InUse = "inuse",
        StopUse = "stopuse",
        Maintenance = "maintenance",
        /// Which cards to remember.
        SyncCache = "synccache",
    }
}

string_enum! {
    /// The outcome of a board's message.
    Outcome {
        /// It was understood, and done or answered.
        Accepted = "accepted",
        /// It is implausible, or the machine does not exist: the board gets a refusal.
        Refused = "refused",
        /// The storage failed: not answered, so that the board sends it again.
        Failed = "failed",
    }
}

/// Whether a machine's board may admit anybody. A block waits until the machine is idle: cutting the power during
/// a job is a danger of its own.
#[must_use]
pub const fn admits(blocked: bool, in_use: bool) -> bool {
    !blocked || in_use
}

/// Whether a board last heard at `heard` is online at `now`.
#[must_use]
pub fn online(heard: Millis, now: Millis) -> bool {
    now.since(heard) <= ONLINE
}

/// Whether `at` is recent at `now`.
#[must_use]
pub fn just_now(at: Millis, now: Millis) -> bool {
    now.since(at) <= TOGETHER
}

/// The number under which a machine is addressed on the board topics: `machine/<number>`.
///
/// 0 is a number on the wire and never a machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct MachineNumber(pub u16);

impl std::fmt::Display for MachineNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_block_admits_current_user_only() {
        assert!(admits(false, false) && admits(false, true) && admits(true, true));
        assert!(!admits(true, false));
    }

    #[test]
    fn two_and_a_half_introduction_intervals_count_as_recent() {
        let at = Millis(1_000);
        assert!(just_now(at, at.after(TOGETHER)));
        assert!(!just_now(at, at.after(TOGETHER + Duration::from_millis(1))));
    }

    #[test]
    fn board_is_online_for_ninety_seconds_after_last_message() {
        let heard = Millis(1_000);
        assert!(online(heard, heard.after(ONLINE)));
        assert!(!online(heard, heard.after(ONLINE + Duration::from_millis(1))));
        assert!(online(heard, heard.before(ONLINE)), "a clock set back does not take a board offline");
    }
}
