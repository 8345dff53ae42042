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
    /// In the words of whoever placed it, while they are kept.
    pub remark: Option<String>,
    pub placed: Moment,
    /// The person's name, if known.
    pub placed_by: Option<String>,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub lifted: Option<Moment>,
    /// By whom it was lifted, while they are known by name.
    pub lifted_by: Option<String>,
    /// Whether it keeps its person out now.
    pub in_force: bool,
}

/// What was just done about a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldDone {
    pub hold: HoldId,
    /// It was lifted; otherwise placed.
    pub lifted: bool,
}

/// All holds of one person, newest first, and whether whoever looks may change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    pub person: PersonId,
    pub now: Moment,
    pub holds: Vec<HoldView>,
    /// Whoever looks may place and lift holds on this person.
    pub may_change: bool,
}
