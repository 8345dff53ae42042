use domain::{id::PersonId, people::StepRefusal, time::Moment};
use serde::{Deserialize, Serialize};

/// A table's rows about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTable {
    pub table: String,
    pub rows: u32,
}

/// A summary of all data about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    pub now: Moment,
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    pub tables: Vec<StoredTable>,
    pub may_erase: bool,
    pub erase_refusals: Vec<StepRefusal>,
    /// The reader is asked for their password.
    pub asks_password: bool,
}
