use crate::accounts::Delivery;
use domain::{bulk::BulkAction, id::PersonId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub action: BulkAction,
    /// Name of the subject, if there is one.
    pub on: Option<String>,
    pub done: Vec<PersonId>,
    /// People for whom the opposite action restores exactly the previous state.
    pub back: Vec<PersonId>,
    /// Invited people by name, with the delivery of their link.
    pub invited: Vec<(String, Delivery)>,
    /// People it was refused for, with name and reason.
    pub refused: Vec<(PersonId, String, String)>,
}
