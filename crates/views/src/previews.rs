use serde::{Deserialize, Serialize};

/// What is told beside a form before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What was tried can be saved.
    pub fits: bool,
    pub bites: bool,
    /// Sentences; never none.
    pub lines: Vec<String>,
}
