//! The set-up page: its steps, and the initial values of their forms.

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
    /// Names of the existing types.
    pub kinds: Vec<String>,
    /// The lowest free machine number; 0 if all are used.
    pub number: u16,
    /// The newest machine.
    pub machine: Option<FirstMachine>,
    /// Active people, newest first.
    pub people: Vec<(PersonId, String)>,
    /// The preselected person of the forms.
    pub person: Option<PersonId>,
    /// Unknown cards that were tapped, newest first.
    pub cards: Vec<UnknownCard>,
    /// Who was admitted last, and at which machine.
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

/// A new person, and how their invitation is delivered; `None` without an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub name: String,
    pub delivery: Option<Delivery>,
}
