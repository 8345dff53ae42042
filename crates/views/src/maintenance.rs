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
    /// Hours of use; empty when they do not count.
    pub hours: String,
    /// Days; empty when they do not count.
    pub days: String,
    /// Where it is told how; empty for nowhere.
    pub manual: String,
    /// The word of who does it.
    pub doer: String,
    /// `yes` keeps people from the machine when it is due.
    pub blocking: String,
    /// What the board's display says then; empty for what has to be done.
    pub display: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    pub of: Subject,
    pub words: String,
    pub every: Every,
    /// Where it is told how, `http` or `https`.
    pub manual: Option<String>,
    pub doer: Doer,
    /// It keeps people from the machine when it is due.
    pub blocking: bool,
    /// What the board's display says then; empty for what has to be done.
    pub display: String,
    pub archived: Option<Moment>,
    pub version: i64,
    pub may_change: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSheet {
    pub now: Moment,
    /// Which; `None` is one that is yet to be made.
    pub id: Option<PlanId>,
    /// What is saved, by the fields of [`TypedPlan`].
    pub saved: Saved,
    /// The machine it is seen from.
    pub machine: MachineId,
    pub machine_name: String,
    pub type_name: String,
    /// It is for every machine of the type; asked where it is yet to be made.
    pub of_type: bool,
    /// Whoever looks may make plans for the whole type.
    pub may_type: bool,
    pub archived: Option<Moment>,
}

/// A plan on a machine, and how far it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub plan: Plan,
    /// Since when it counts: when it was last done, or began.
    pub since: Moment,
    pub progress: Progress,
    /// When it is due by days.
    pub due: Option<Moment>,
    /// When it will be due, by days or by how much the machine was used lately.
    pub expected: Option<Moment>,
}

/// Something that was done to a machine. It stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intervention {
    pub id: InterventionId,
    /// By which plan; `None` for something else.
    pub plan: Option<PlanId>,
    /// What that says has to be done.
    pub words: Option<String>,
    pub at: Moment,
    /// By whom, while they are known by name and whoever looks may read it.
    pub by: Option<String>,
    /// What they wrote about it, while it is kept.
    pub note: Option<String>,
    /// Which photo there is, in milliseconds since 1970, for whoever may see it.
    pub photo: Option<i64>,
    /// The machine's running total then, in milliseconds.
    pub used: i64,
    pub door: Channel,
    /// The board told it afterwards: nobody knows exactly when it was.
    pub replay: bool,
}

impl Intervention {
    /// The address of its photo that has been there since `added`, `small` for a list.
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
    /// Its plans, the most urgent first.
    pub plans: Vec<Counted>,
    /// Its plans that are put away, for whoever may take them back.
    pub away: Vec<Plan>,
    /// What was done, the newest first.
    pub done: Vec<Intervention>,
    /// Whoever looks may register that something was done.
    pub may_register: bool,
    pub may_plan: bool,
}

/// Something that has to be done some day, on some machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    pub machine: MachineId,
    pub name: String,
    /// What, and how far it is.
    pub what: Counted,
}

/// What is coming on all machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    pub now: Moment,
    /// What is due first comes first; what nobody can tell a day for, last.
    pub coming: Vec<Coming>,
}

/// The order in which plans are worked off: what is due, then by the day, then what is furthest.
#[must_use]
pub fn order(one: &Counted) -> (bool, Option<Millis>, std::cmp::Reverse<u32>, i64) {
    let due = one.progress.urgency == Urgency::Due;
    let at = if due { Some(Millis(i64::MIN)) } else { one.expected.map(|moment| moment.at) };
    (at.is_none(), at, std::cmp::Reverse(one.progress.permille), one.plan.id.0)
}
