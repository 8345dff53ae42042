use crate::inbox::Item;
use domain::{
    id::{BlockId, MachineId, ReportId},
    problems::{Severity, State},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A reported problem, as somebody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub id: ReportId,
    pub machine: MachineId,
    pub machine_name: String,
    pub severity: Severity,
    pub state: State,
    /// The text; erased with its author.
    pub words: Option<String>,
    /// Which photo there is, in milliseconds since 1970.
    pub photo: Option<i64>,
    pub reported: Moment,
    /// By whom, for whoever cares for the machine, while they are known by name.
    pub by: Option<String>,
    pub mine: bool,
    pub acknowledged: Option<Moment>,
    pub acknowledged_by: Option<String>,
    pub resolved: Option<Moment>,
    pub resolved_by: Option<String>,
    /// What was done; gone with whoever wrote it.
    pub done: Option<String>,
    /// The machine is blocked because of it.
    pub blocks: bool,
    /// Whoever looks may acknowledge and resolve it.
    pub may_handle: bool,
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
    pub id: BlockId,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMachine {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// All that was ever reported, the newest first.
    pub reports: Vec<Report>,
    /// What keeps it from being used, if something does.
    pub block: Option<Block>,
    pub may_report: bool,
    /// Whoever looks may block it, and lift the block.
    pub may_handle: bool,
}

/// What waits for whoever cares for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub now: Moment,
    /// What is not resolved: the worst first, and of those the longest waiting.
    pub reports: Vec<Report>,
    /// Uses that the rules forbade and nobody has seen yet, the newest first.
    pub uses: Vec<Item>,
}
