use serde::{Deserialize, Serialize};

/// The preview of a change before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// It can be saved.
    pub fits: bool,
    pub bites: bool,
    /// Sentences, at least one.
    pub lines: Vec<String>,
}
