use domain::{
    holds::HoldReason,
    id::{HoldId, PersonId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldView {
    pub id: HoldId,
    pub reason: HoldReason,
    /// The remark; `None` once erased.
    pub remark: Option<String>,
    pub placed: Moment,
    /// The person's name, if known.
    pub placed_by: Option<String>,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub lifted: Option<Moment>,
    /// Who lifted it, if known.
    pub lifted_by: Option<String>,
    /// Whether it is in force now.
    pub in_force: bool,
}

/// The result of placing or lifting a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldDone {
    pub hold: HoldId,
    /// Lifted; otherwise placed.
    pub lifted: bool,
}

/// All holds of a person, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    pub person: PersonId,
    pub now: Moment,
    pub holds: Vec<HoldView>,
    /// The reader may place and lift holds on this person.
    pub may_change: bool,
}
