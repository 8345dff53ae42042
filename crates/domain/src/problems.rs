//! Problems that people report on machines: how bad, what became of it, and the block that keeps a machine from being used.
//!
//! `open → acknowledged → resolved`. **Invariant.** What is unsafe counts at once; every other block waits until nobody is
//! on the machine. Deliberately absent: what programs and people are told when something is refused ([`crate::problem`]).

use crate::{
    id::{BlockId, MachineId, ReportId},
    inbox::Item,
    time::Moment,
    words::words,
};
use serde::{Deserialize, Serialize};

/// Characters of what is written about a problem, or of what was done, at most.
pub const WORDS: usize = 1000;

words! {
    /// How bad it is, by what follows from it. A later one is worse.
    Severity {
        /// Somebody should know.
        Note = "note",
        /// It works, but not as it should.
        Degraded = "degraded",
        /// Nobody may use it: it is blocked at once, and whoever is on it logged out.
        Unsafe = "unsafe",
    }
}

words! {
    /// What became of it.
    State {
        /// Nobody has said anything about it.
        Open = "open",
        /// Somebody who cares for the machine knows.
        Acknowledged = "acknowledged",
        /// It is done with.
        Resolved = "resolved",
    }
}

/// A reported problem, as somebody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// On which machine.
    pub machine: MachineId,
    /// What that is called.
    pub machine_name: String,
    /// How bad it is.
    pub severity: Severity,
    /// What became of it.
    pub state: State,
    /// What was written; gone with whoever wrote it.
    pub words: Option<String>,
    /// Which photo there is, in milliseconds since 1970.
    pub photo: Option<i64>,
    /// When it was reported.
    pub reported: Moment,
    /// By whom, for whoever cares for the machine, while they are known by name.
    pub by: Option<String>,
    /// Whoever looks reported it.
    pub mine: bool,
    /// When it was acknowledged.
    pub acknowledged: Option<Moment>,
    /// By whom, likewise.
    pub acknowledged_by: Option<String>,
    /// When it was resolved.
    pub resolved: Option<Moment>,
    /// By whom, likewise.
    pub resolved_by: Option<String>,
    /// What was done; gone with whoever wrote it.
    pub done: Option<String>,
    /// The machine is blocked because of it.
    pub blocks: bool,
    /// Whoever looks may acknowledge and resolve it.
    pub may_handle: bool,
    /// Grows with each change.
    pub version: i64,
}

impl Report {
    /// The address of its photo that has been there since `added`, `small` for a list.
    #[must_use]
    pub fn photo_src(&self, added: i64, small: bool) -> String {
        format!("/pictures/problem/{}?{}v={added}", self.id, if small { "small&" } else { "" })
    }
}

/// What keeps a machine from being used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which.
    pub id: BlockId,
    /// Since when.
    pub since: Moment,
    /// By whom, for whoever cares for the machine, while they are known by name.
    pub by: Option<String>,
    /// Why, in somebody's words, while they are kept.
    pub because: Option<String>,
    /// It did not wait until nobody was on the machine.
    pub at_once: bool,
    /// The problem it came from: it is lifted when that is resolved.
    pub report: Option<ReportId>,
}

/// The problems of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMachine {
    /// As of when.
    pub now: Moment,
    /// Which machine.
    pub machine: MachineId,
    /// What it is called.
    pub name: String,
    /// All that was ever reported, the newest first.
    pub reports: Vec<Report>,
    /// What keeps it from being used, if something does.
    pub block: Option<Block>,
    /// Whoever looks may report something.
    pub may_report: bool,
    /// Whoever looks may block it, and lift the block.
    pub may_handle: bool,
}

/// What waits for whoever cares for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// As of when.
    pub now: Moment,
    /// What is not resolved: the worst first, and of those the longest waiting.
    pub reports: Vec<Report>,
    /// Uses that the rules forbade and nobody has seen yet, the newest first.
    pub uses: Vec<Item>,
}
