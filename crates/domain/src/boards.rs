//! Boards: the little computers on the machines.
//!
//! Invariant: "online" means one thing everywhere, [`ONLINE`]. Deliberately absent: their bytes, which are
//! `fabomatic`'s. A board is not a machine: several boards may claim one machine's number.

pub mod logins;

use crate::{
    id::{BoardId, MachineId},
    time::{DAY, Millis, Moment},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A board is online while its last word is no older than this. Boards speak every 30 s.
pub const ONLINE: Duration = Duration::from_secs(90);

/// Boards that introduced themselves for one machine no longer ago than this speak for it together. Each does every 120 s.
pub const TOGETHER: Duration = Duration::from_mins(5);

/// Numbers that no machine has are remembered so long after a board last said them.
pub const STRAY: Duration = DAY;

/// So many numbers that no machine has are remembered at once; more are invented.
pub const STRAYS: usize = 100;

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

/// Whether something that was said at `at` was said just now.
#[must_use]
pub fn just_now(at: Millis, now: Millis) -> bool {
    now.since(at) <= TOGETHER
}

/// A board, as it last introduced itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Which.
    pub id: BoardId,
    /// Its serial number; empty with old firmware.
    pub serial: String,
    /// Its firmware.
    pub firmware: String,
    /// Its address in the network, as it says.
    pub address: String,
    /// Free memory in bytes, if it says.
    pub heap: Option<u64>,
    /// When it first introduced itself.
    pub first: Moment,
    /// When it last did.
    pub last: Moment,
    /// Another board says the same serial number, or none either, in turn with it: from there.
    pub other: Option<String>,
    /// It has not introduced itself for a while, and can be forgotten by whoever asks.
    pub may_forget: bool,
}

/// What is known of the boards of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineBoards {
    /// Which machine.
    pub machine: MachineId,
    /// What it is called.
    pub name: String,
    /// Its number on the board topics, while it has one.
    pub number: Option<u16>,
    /// A board was heard within [`ONLINE`].
    pub online: bool,
    /// When one was last heard.
    pub heard: Option<Moment>,
    /// More than one speaks for it.
    pub several: bool,
    /// Those that introduced themselves, the last to do so first.
    pub boards: Vec<Board>,
}

/// A board that says a number that no machine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray<At = Moment> {
    /// The number.
    pub number: u16,
    /// Its serial number, if it said one.
    pub serial: String,
    /// Its firmware, if it said which.
    pub firmware: String,
    /// Its address, if it said which.
    pub address: String,
    /// When it was last heard.
    pub last: At,
}

/// Two that connected to the broker under one client id: each throws the other out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeover<At = Moment> {
    /// The client id.
    pub client: String,
    /// From where the one before had connected.
    pub before: String,
    /// From where the last one did.
    pub after: String,
    /// How often that happened.
    pub times: u32,
    /// When it last did.
    pub last: At,
}

/// Messages of one kind that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected<At = Moment> {
    /// The kind, a stable word.
    pub kind: String,
    /// How many there were.
    pub seen: u64,
    /// When the last came.
    pub last: At,
    /// On which topic.
    pub topic: String,
    /// What it was, shortened, cards masked.
    pub example: String,
}

/// Everything that is known of boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boards {
    /// As of when.
    pub now: Moment,
    /// Since when boards cannot be heard at all, if they cannot.
    pub broker_lost: Option<Moment>,
    /// The machines that a board ever spoke for, by name.
    pub machines: Vec<MachineBoards>,
    /// What belongs to no machine; for those alone who see every machine's boards.
    pub whole: Option<Whole>,
}

/// What is known of boards, and belongs to no machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// Since when strays and takeovers are noticed: the start of the process.
    pub since: Moment,
    /// Numbers that boards say and no machine has.
    pub strays: Vec<Stray>,
    /// Client ids that two use at once.
    pub takeovers: Vec<Takeover>,
    /// What could not be read, by kind, the last first.
    pub rejected: Vec<Rejected>,
    /// Whoever asks may add machines.
    pub may_add: bool,
}

impl Whole {
    /// Whether any board spoke that no machine has.
    #[must_use]
    pub const fn heard_any(&self) -> bool {
        !(self.strays.is_empty() && self.takeovers.is_empty() && self.rejected.is_empty())
    }
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
    fn two_introductions_and_a_half_are_just_now() {
        let at = Millis(1_000);
        assert!(just_now(at, at.after(TOGETHER)));
        assert!(!just_now(at, at.after(TOGETHER + Duration::from_millis(1))));
    }

    #[test]
    fn online_for_ninety_seconds_and_no_longer() {
        let heard = Millis(1_000);
        assert!(online(heard, heard.after(ONLINE)));
        assert!(!online(heard, heard.after(ONLINE + Duration::from_millis(1))));
        assert!(online(heard, heard.before(ONLINE)), "a clock set back does not take a board offline");
    }
}
