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
}
