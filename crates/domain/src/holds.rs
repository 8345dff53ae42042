//! Holds: what keeps one person from everything for a time, for a reason that is not about a machine.
//!
//! Invariant: a hold is in force from when it was placed until it ends by itself or is lifted, whichever is first.
//! Deliberately absent: what somebody wrote about it, which is a remark and can be deleted.

use crate::{
    id::{HoldId, PersonId},
    time::{Millis, Moment},
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// Why somebody is held.
    HoldReason {
        /// Something is not paid.
        Unpaid = "unpaid",
        /// Something happened that must be talked about first.
        Safety = "safety",
        /// A signature or a paper is missing.
        Paperwork = "paperwork",
        /// Something else; the remark says what.
        Other = "other",
    }
}

/// A remark is no longer than this, in characters.
pub const REMARK: usize = 500;

/// One hold, as far as decisions go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub id: HoldId,
    /// Why.
    pub reason: HoldReason,
    /// From when.
    pub placed: Millis,
    /// Until when (exclusive), if it ends by itself or was lifted.
    pub until: Option<Millis>,
}

impl Hold {
    /// Whether it keeps its person out at `at`.
    #[must_use]
    pub fn in_force(&self, at: Millis) -> bool {
        self.placed <= at && self.until.is_none_or(|until| at < until)
    }
}

/// One hold, as whoever may see it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldShown {
    /// Which.
    pub id: HoldId,
    /// Why.
    pub reason: HoldReason,
    /// In the words of whoever placed it, while they are kept.
    pub remark: Option<String>,
    /// Since when.
    pub placed: Moment,
    /// By whom, while they are known by name.
    pub placed_by: Option<String>,
    /// Until when, if it ends by itself.
    pub until: Option<Moment>,
    /// When it was lifted.
    pub lifted: Option<Moment>,
    /// By whom it was lifted, while they are known by name.
    pub lifted_by: Option<String>,
    /// Whether it keeps its person out now.
    pub in_force: bool,
}

/// What was just done about a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldDone {
    /// Which.
    pub hold: HoldId,
    /// It was lifted; otherwise placed.
    pub lifted: bool,
}

/// All holds of one person, newest first, and whether whoever looks may change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// Whose.
    pub person: PersonId,
    /// When this was true.
    pub now: Moment,
    /// The holds.
    pub holds: Vec<HoldShown>,
    /// Whoever looks may place and lift holds on this person.
    pub may_change: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_in_force_from_its_placing_to_its_end() {
        let hold = Hold { id: HoldId(1), reason: HoldReason::Safety, placed: Millis(10), until: Some(Millis(20)) };
        let out: Vec<i64> = (0..30).filter(|&at| hold.in_force(Millis(at))).collect();
        assert_eq!(out, (10..20).collect::<Vec<_>>());
        assert!(Hold { until: None, ..hold }.in_force(Millis(i64::MAX)));
    }
}
