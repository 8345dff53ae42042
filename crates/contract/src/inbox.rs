use crate::checkouts::Evidence;
use domain::{
    holds::HoldReason,
    id::{AppointmentId, MachineId, PersonId},
    inbox::{Matter, Verdict},
    problems::Severity,
    qualifications::{Relation, Subject},
    time::Moment,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A trainer's day in minutes: occupied times and the requested one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainerDay {
    /// In order.
    pub taken: Vec<(u16, u16)>,
    pub asked: (u16, u16),
}

/// Details of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    Applied,
    /// Its time is the item's.
    AsksForBooking {
        on: String,
        ends: Moment,
        /// When it expires unless answered.
        expires: Moment,
        version: i64,
    },
    /// Its time is the item's.
    AsksForCheckout {
        on: String,
        /// The trainer's name, if known.
        trainer: Option<String>,
        /// The member's evidence; `None` if the reader may not see it.
        evidence: Option<Evidence>,
        /// How full the trainer's day is.
        day: TrainerDay,
    },
    Claimed {
        machine: String,
    },
    /// It was tapped there.
    Seen {
        machine: String,
    },
    /// It was reported on the named machine.
    Reported {
        severity: Severity,
        /// The text; erased with its author.
        words: Option<String>,
        /// The person's name, if known.
        by: Option<String>,
        /// It is not acknowledged.
        is_new: bool,
        /// The machine is blocked because of it.
        blocks: bool,
        version: i64,
    },
    /// A person needs help at the named machine.
    NeedsHelp {
        machine: MachineId,
        /// What it is about, if they wrote it.
        words: Option<String>,
        /// The person's name, if known.
        by: Option<String>,
        /// The name of the helper who answered.
        helper: Option<String>,
    },
    /// It is due on the named machine.
    Due {
        what: String,
    },
    /// It began on the named machine although the rules forbade it.
    Began {
        machine: MachineId,
        /// The person; `None` if the card is unknown.
        who: Option<String>,
    },
    /// The group has no active admin.
    LacksAdmin,
    HoldEnds {
        reason: HoldReason,
    },
    Expires {
        on: String,
        about: Subject,
        relation: Relation,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub matter: Matter,
    /// The id of its noun.
    pub id: i64,
    pub person: Option<PersonId>,
    /// The person's name, the last four digits of a card, the machine, or the group.
    pub name: Option<String>,
    pub detail: Detail,
    /// Since when it waits, or when it begins or ends.
    pub at: Moment,
    pub verdicts: Vec<Verdict>,
}

impl Item {
    #[must_use]
    pub fn page(&self) -> String {
        match self.detail {
            Detail::Began { machine, .. } => return format!("/machines/{machine}/history"),
            Detail::NeedsHelp { machine, .. } => return format!("/machines/{machine}/help"),
            _ => {}
        }
        match (self.matter, self.person) {
            (Matter::Booking, _) => format!("/bookings/requests?open={}", self.id),
            (Matter::Checkout, _) => format!("/checkouts/{}", self.id),
            (Matter::Problem, _) => format!("/problems?problem={}", self.id),
            (Matter::Maintenance, _) => format!("/machines/{}/maintenance", self.id),
            (Matter::Group, _) => format!("/groups/{}", self.id),
            (Matter::Claim, _) => format!("/unknown-cards?claim={}", self.id),
            (Matter::Card, _) => format!("/unknown-cards?card={}", self.id),
            (_, Some(person)) => format!("/people/{person}"),
            (_, None) => "/people".to_owned(),
        }
    }
}

/// The reader's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    pub now: Moment,
    /// By kind, longest waiting first.
    pub items: Vec<Item>,
    /// When the pictures of these people were added, in milliseconds since 1970, as far as the reader may see them.
    pub pictures: BTreeMap<PersonId, i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub matter: Matter,
    pub id: i64,
    /// The person's name, or the last four digits of a card.
    pub name: String,
    /// The verdict; `None` if it was undone.
    pub verdict: Option<Verdict>,
}

/// The result of answering several requests for checkouts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub verdict: Verdict,
    pub done: Vec<AppointmentId>,
    /// Requests it was refused for, with their members' names and the reasons.
    pub refused: Vec<(AppointmentId, String, String)>,
}
