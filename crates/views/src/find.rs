use domain::id::{MachineId, PersonId};
use serde::{Deserialize, Serialize};

/// Results of one kind, at most.
pub const SHOWN: u16 = 8;

/// What was found, as far as whoever asks may open it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub machines: Vec<(MachineId, String)>,
    /// People by name or address.
    pub people: Vec<(PersonId, String)>,
    /// What can be done of what was typed.
    pub suggestions: Vec<Suggestion>,
}

/// Something that whoever asks may do; the page for it asks once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suggestion {
    /// Place a hold on somebody.
    Hold(PersonId, String),
    /// Book what these words say.
    Book(String),
    /// Show pages on another ground.
    Theme { dark: bool },
}
