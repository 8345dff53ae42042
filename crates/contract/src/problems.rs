use crate::inbox::Item;
use domain::{
    id::{BlockId, MachineId, ReportId},
    problems::{Severity, State},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A reported problem, as far as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub id: ReportId,
    pub machine: MachineId,
    pub machine_name: String,
    pub severity: Severity,
    pub state: State,
    /// The text; erased with its author.
    pub words: Option<String>,
    /// When its photo was added, in milliseconds since 1970.
    pub photo: Option<i64>,
    pub reported: Moment,
    /// Who reported it, if known, for people responsible for the machine.
    pub by: Option<String>,
    pub mine: bool,
    pub acknowledged: Option<Moment>,
    pub acknowledged_by: Option<String>,
    pub resolved: Option<Moment>,
    pub resolved_by: Option<String>,
    /// The resolution; erased with its author.
    pub done: Option<String>,
    /// The machine is blocked because of it.
    pub blocks: bool,
    /// The reader may acknowledge and resolve it.
    pub may_handle: bool,
    pub version: i64,
}

impl Report {
    /// The URL of its photo added at `added`; `small` for a list.
    #[must_use]
    pub fn photo_src(&self, added: i64, small: bool) -> String {
        format!("/pictures/problem/{}?{}v={added}", self.id, if small { "small&" } else { "" })
    }
}

/// The block of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub id: BlockId,
    pub since: Moment,
    /// Who placed it, if known, for people responsible for the machine.
    pub by: Option<String>,
    /// The remark; `None` once erased.
    pub because: Option<String>,
    /// It did not wait for the running use to end.
    pub at_once: bool,
    /// The problem that caused it: resolving that lifts the block.
    pub report: Option<ReportId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMachine {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// All reports, newest first.
    pub reports: Vec<Report>,
    /// Its block, if any.
    pub block: Option<Block>,
    pub may_report: bool,
    /// The reader may block it, and lift the block.
    pub may_handle: bool,
}

/// Open items for people responsible for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub now: Moment,
    /// Unresolved reports: worst first, then longest waiting.
    pub reports: Vec<Report>,
    /// Unacknowledged uses that the rules forbade, newest first.
    pub uses: Vec<Item>,
}
