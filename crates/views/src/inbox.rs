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

/// Minutes of a day: what a trainer has besides, and what is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainerDay {
    /// In order.
    pub taken: Vec<(u16, u16)>,
    pub asked: (u16, u16),
}

/// What there is to know about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detail {
    Applied,
    /// It begins when it says.
    AsksForBooking {
        on: String,
        ends: Moment,
        /// When it ends by itself, unless somebody answers.
        expires: Moment,
        version: i64,
    },
    /// It begins when it says.
    AsksForCheckout {
        on: String,
        /// With whom, while they are known by name.
        trainer: Option<String>,
        /// What speaks for them; `None` where whoever looks may not know.
        evidence: Option<Evidence>,
        /// How full the trainer's day is.
        day: TrainerDay,
    },
    Claimed {
        machine: String,
    },
    /// It was held to a reader there.
    Seen {
        machine: String,
    },
    /// It was reported on the machine that is named.
    Reported {
        severity: Severity,
        /// The text; erased with its author.
        words: Option<String>,
        /// The person's name, if known.
        by: Option<String>,
        /// Nobody has acknowledged it.
        is_new: bool,
        /// The machine is blocked because of it.
        blocks: bool,
        version: i64,
    },
    /// It has to be done on the machine that is named.
    Due {
        what: String,
    },
    /// It began, on the machine that is named, though they might not.
    Began {
        machine: MachineId,
        /// Who; nobody knows whose card it was where there is no name.
        who: Option<String>,
    },
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
    /// Which: the id of that noun.
    pub id: i64,
    pub person: Option<PersonId>,
    /// What they are called, the last four digits of a card, or the machine.
    pub name: Option<String>,
    pub detail: Detail,
    /// Since when it waits, or when it begins or ends.
    pub at: Moment,
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
            (Matter::Booking, _) => format!("/bookings/requests?open={}", self.id),
            (Matter::Checkout, _) => format!("/checkouts/{}", self.id),
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
    pub now: Moment,
    /// In the order of their matters, the longest waiting first.
    pub items: Vec<Item>,
    /// The pictures of these people, by when each was added in milliseconds since 1970, as far as the reader may see them.
    pub pictures: BTreeMap<PersonId, i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub matter: Matter,
    pub id: i64,
    /// What they are called, or the last four digits of a card.
    pub name: String,
    /// What was said; `None` when that was taken back.
    pub verdict: Option<Verdict>,
}

/// What came of an answer to several requests for a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub verdict: Verdict,
    pub done: Vec<AppointmentId>,
    /// Which it was refused for, what their members are called, and why.
    pub refused: Vec<(AppointmentId, String, String)>,
}
