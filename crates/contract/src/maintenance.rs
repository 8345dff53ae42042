use domain::{
    actor::Channel,
    id::{InterventionId, MachineId, PlanId},
    maintenance::{Doer, Every, Progress, Urgency},
    qualifications::Subject,
    time::{Millis, Moment},
    versions::Saved,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanInput {
    pub words: String,
    /// Hours of use; empty if they do not count.
    pub hours: String,
    /// Days; empty if they do not count.
    pub days: String,
    /// Link to instructions; may be empty.
    pub manual: String,
    /// Code of who does it.
    pub doer: String,
    /// `yes` blocks the machine when it is due.
    pub blocking: String,
    /// Text on the board's display when due; empty for the task itself.
    pub display: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    pub of: Subject,
    pub words: String,
    pub every: Every,
    /// Link to instructions, `http` or `https`.
    pub manual: Option<String>,
    pub doer: Doer,
    /// It blocks the machine when it is due.
    pub blocking: bool,
    /// Text on the board's display when due; empty for the task itself.
    pub display: String,
    pub archived: Option<Moment>,
    pub version: i64,
    pub may_change: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSheet {
    pub now: Moment,
    /// `None` for a new one.
    pub id: Option<PlanId>,
    /// The saved fields, those of [`TypedPlan`].
    pub saved: Saved,
    /// The machine it is opened from.
    pub machine: MachineId,
    pub machine_name: String,
    pub type_name: String,
    /// It applies to every machine of the type; asked for a new one.
    pub of_type: bool,
    /// The reader may add plans for the whole type.
    pub may_type: bool,
    pub archived: Option<Moment>,
}

/// A plan on a machine, with its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub plan: Plan,
    /// Since when it counts: its last intervention, or its start.
    pub since: Moment,
    pub progress: Progress,
    /// When it is due by days.
    pub due: Option<Moment>,
    /// When it is expected to be due, by days or by recent use.
    pub expected: Option<Moment>,
}

/// An intervention on a machine. Append-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intervention {
    pub id: InterventionId,
    /// Its plan; `None` for something else.
    pub plan: Option<PlanId>,
    /// The task of the plan.
    pub words: Option<String>,
    pub at: Moment,
    /// Who did it, if known and visible to the reader.
    pub by: Option<String>,
    /// The note; `None` once erased.
    pub note: Option<String>,
    /// When its photo was added, in milliseconds since 1970, for readers who may see it.
    pub photo: Option<i64>,
    /// The machine's running total at that time, in milliseconds.
    pub used: i64,
    pub door: Channel,
    /// The board reported it later, so the exact time is unknown.
    pub replay: bool,
}

impl Intervention {
    /// The URL of its photo added at `added`; `small` for a list.
    #[must_use]
    pub fn photo_src(&self, added: i64, small: bool) -> String {
        format!("/pictures/intervention/{}?{}v={added}", self.id, if small { "small&" } else { "" })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMachine {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// Its plans, most urgent first.
    pub plans: Vec<Counted>,
    /// Its archived plans, for readers who may restore them.
    pub away: Vec<Plan>,
    /// Its interventions, newest first.
    pub done: Vec<Intervention>,
    /// The reader may register an intervention.
    pub may_register: bool,
    pub may_plan: bool,
}

/// A future task on some machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    pub machine: MachineId,
    pub name: String,
    /// The plan with its progress.
    pub what: Counted,
}

/// Future tasks on all machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    pub now: Moment,
    /// By due date, those without a date last.
    pub coming: Vec<Coming>,
}

/// The sort order: overdue first, then by date, then by progress.
#[must_use]
pub fn order(one: &Counted) -> (bool, Option<Millis>, std::cmp::Reverse<u32>, i64) {
    let due = one.progress.urgency == Urgency::Due;
    let at = if due { Some(Millis(i64::MIN)) } else { one.expected.map(|moment| moment.at) };
    (at.is_none(), at, std::cmp::Reverse(one.progress.permille), one.plan.id.0)
}
