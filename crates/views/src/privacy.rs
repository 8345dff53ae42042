use domain::{id::PersonId, people::StepRefusal, time::Moment};
use serde::{Deserialize, Serialize};

/// One table, as far as it is about somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTable {
    pub table: String,
    pub rows: u32,
}

/// What a page says of all that is kept of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    pub now: Moment,
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    pub tables: Vec<StoredTable>,
    pub may_erase: bool,
    pub erase_refusals: Vec<StepRefusal>,
    /// The caller is asked for their password.
    pub asks_password: bool,
}
