use crate::accounts::Delivery;
use domain::{bulk::BulkAction, id::PersonId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub action: BulkAction,
    /// What that is done on is called, where it is about something.
    pub on: Option<String>,
    pub done: Vec<PersonId>,
    /// For whom of them the opposite deed brings back what was before, and nothing less.
    pub back: Vec<PersonId>,
    /// Who was invited, by name, and how the link reaches them.
    pub invited: Vec<(String, Delivery)>,
    /// Whom it was refused for, what they are called, and why.
    pub refused: Vec<(PersonId, String, String)>,
}
