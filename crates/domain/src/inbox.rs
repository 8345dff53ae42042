//! The inbox of those who run the space: what waits for somebody, and what can be said about it in place.
//!
//! Invariant: an item names what it is about by noun and id, and says what may be said. Deliberately absent: where items
//! come from; each noun's service knows its own.

use crate::{
    holds::HoldReason,
    id::{MachineId, PersonId},
    problems::Severity,
    qualifications::{Relation, Subject},
    time::{MINUTE, Moment},
    words::words,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long what was decided can be taken back.
pub const UNDO: Duration = MINUTE;
/// Items of one kind that are shown, at most.
pub const SHOWN: u16 = 50;

words! {
    /// What an item is about, in the order of the inbox.
    Matter {
        /// Somebody who would like to join.
        Applicant = "applicant",
        /// A card that somebody says is theirs.
        Claim = "claim",
        /// A card that nobody has claimed.
        Card = "card",
        /// A problem that somebody reported on a machine.
        Problem = "problem",
        /// Maintenance that is due on a machine.
        Maintenance = "maintenance",
        /// A use that the rules forbade when it began.
        Unauthorised = "unauthorised",
        /// A hold that ends soon.
        Hold = "hold",
        /// A qualification that ends soon.
        Qualification = "qualification",
    }
}

words! {
    /// What is said about an item.
    Verdict {
        /// Yes.
        Approve = "approve",
        /// No.
        Reject = "reject",
        /// Seen, and nothing more to be done about it.
        Seen = "seen",
    }
}

/// What there is to know about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    /// They applied.
    Applied,
    /// They claimed it there.
    Claimed {
        /// What the machine is called.
        machine: String,
    },
    /// It was held to a reader there.
    Seen {
        /// What the machine is called.
        machine: String,
    },
    /// It was reported on the machine that is named.
    Reported {
        /// How bad it is.
        severity: Severity,
    },
    /// It has to be done on the machine that is named.
    Due {
        /// What.
        what: String,
    },
    /// It began, on the machine that is named, though they might not.
    Began {
        /// Which machine that is.
        machine: MachineId,
        /// Who; nobody knows whose card it was where there is no name.
        who: Option<String>,
    },
    /// The hold ends then.
    HoldEnds {
        /// Why it was placed.
        reason: HoldReason,
    },
    /// The qualification ends then.
    Expires {
        /// On what.
        on: String,
        /// Which that is.
        about: Subject,
        /// As what.
        relation: Relation,
    },
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is about.
    pub matter: Matter,
    /// Which: the id of that noun.
    pub id: i64,
    /// Whom it concerns.
    pub person: Option<PersonId>,
    /// What they are called, the last two digits of a card, or the machine.
    pub name: Option<String>,
    /// What there is to know.
    pub detail: Detail,
    /// Since when it waits, or when it ends.
    pub at: Moment,
    /// What may be said.
    pub verdicts: Vec<Verdict>,
}

impl Item {
    /// The page about it.
    #[must_use]
    pub fn page(&self) -> String {
        if let Detail::Began { machine, .. } = self.detail {
            return format!("/machines/{machine}/history");
        }
        match (self.matter, self.person) {
            (Matter::Problem, _) => format!("/problems?problem={}", self.id),
            (Matter::Maintenance, _) => format!("/machines/{}/maintenance", self.id),
            (Matter::Claim, _) => format!("/unknown-cards?claim={}", self.id),
            (Matter::Card, _) => format!("/unknown-cards?card={}", self.id),
            (_, Some(person)) => format!("/people/{person}"),
            (_, None) => "/people".to_owned(),
        }
    }
}

/// What waits for whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// As of when.
    pub now: Moment,
    /// In the order of their matters, the longest waiting first.
    pub items: Vec<Item>,
}

/// What was just decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// About what.
    pub matter: Matter,
    /// Which.
    pub id: i64,
    /// What they are called, or the last two digits of a card.
    pub name: String,
    /// What was said; `None` when that was taken back.
    pub verdict: Option<Verdict>,
}
