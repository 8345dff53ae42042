//! Boards: the little computers on the machines.
//!
//! Invariant: "online" means one thing everywhere, [`ONLINE`]. Deliberately absent: their bytes, which are
//! `fabomatic`'s. A board is not a machine: several boards may claim one machine's number.

use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A board is online while its last word is no older than this. Boards speak every 30 s.
pub const ONLINE: Duration = Duration::from_secs(90);

/// Whether a machine's board may let anybody in. A block waits until nobody is on the machine: power that goes off in
/// the middle of a cut does harm of its own.
#[must_use]
pub const fn admits(blocked: bool, in_use: bool) -> bool {
    !blocked || in_use
}

/// Whether a board last heard at `heard` is online at `now`.
#[must_use]
pub fn online(heard: Millis, now: Millis) -> bool {
    now.since(heard) <= ONLINE
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
    fn a_block_waits_for_whoever_is_on_the_machine() {
        assert!(admits(false, false) && admits(false, true) && admits(true, true));
        assert!(!admits(true, false));
    }

    #[test]
    fn online_for_ninety_seconds_and_no_longer() {
        let heard = Millis(1_000);
        assert!(online(heard, heard.after(ONLINE)));
        assert!(!online(heard, heard.after(ONLINE + Duration::from_millis(1))));
        assert!(online(heard, heard.before(ONLINE)), "a clock set back does not take a board offline");
    }
}
