//! The first start as its page shows it: the steps, and what the form of each begins with.

use crate::{accounts::Delivery, cards::UnknownCard};
use domain::{
    checklist::Checklist,
    id::{MachineId, PersonId, PlaceId, TypeId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstStart {
    pub now: Moment,
    pub steps: Checklist,
    pub places: Vec<(PlaceId, String)>,
    /// Names of the types there are.
    pub kinds: Vec<String>,
    /// The lowest number that no machine has; 0 when all are taken.
    pub number: u16,
    /// The machine that was added last.
    pub machine: Option<FirstMachine>,
    /// Active people, the newest first.
    pub people: Vec<(PersonId, String)>,
    /// The one of them whom the forms mean, unless somebody else is chosen.
    pub person: Option<PersonId>,
    /// Cards that were tapped and belong to nobody, the newest first.
    pub cards: Vec<UnknownCard>,
    /// Who was let in last, and at which machine.
    pub accepted: Option<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstMachine {
    pub id: MachineId,
    pub name: String,
    /// Its number on the board topics, if a board speaks for it.
    pub number: Option<u16>,
    pub kind: TypeId,
    pub kind_name: String,
    /// Whether its board was ever heard.
    pub heard: bool,
}

/// Somebody who was added, and how their invitation goes out; `None` without an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub name: String,
    pub delivery: Option<Delivery>,
}
