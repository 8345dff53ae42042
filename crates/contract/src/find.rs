use domain::id::{MachineId, PersonId};
use serde::{Deserialize, Serialize};

/// Maximum results per kind.
pub const SHOWN: u16 = 8;

/// Search results the reader may open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub machines: Vec<(MachineId, String)>,
    /// People by name or address.
    pub people: Vec<(PersonId, String)>,
    /// Suggested actions for the search text.
    pub suggestions: Vec<Suggestion>,
}

/// An action the reader may take; its page asks for confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suggestion {
    /// Place a hold on a person.
    Hold(PersonId, String),
    /// Book what the text describes.
    Book(String),
    /// Switch the theme.
    Theme { dark: bool },
}
