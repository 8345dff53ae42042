use domain::{
    audit::By,
    cards::{CardDeed, CardState, claims::ClaimOutcome},
    id::{CardId, ClaimId, MachineId, PersonId, UnknownCardId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// What was just said of a card, and what takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    pub card: CardId,
    /// Its last four digits; empty when the number is gone.
    pub ending: String,
    pub action: CardDeed,
    /// What takes it back, where that can be said: no card of whoever left comes back into service.
    pub undo: Option<CardDeed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    pub now: Moment,
    pub id: CardId,
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// The last four digits, for whoever may say that it is lost.
    pub ending: String,
    pub state: CardState,
    pub given: Moment,
    /// What the caller may say of it.
    pub actions: Vec<CardDeed>,
    /// What was done to it, newest first.
    pub history: Vec<CardEvent>,
}

/// Something that was done to a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardEvent {
    pub at: Moment,
    pub by: By,
    /// What, as the code of the record: `card.lost`.
    pub action: String,
}

/// A card that nobody has claimed, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCard {
    /// Which; the id of where it was last seen.
    pub id: UnknownCardId,
    /// Its last four digits.
    pub ending: String,
    /// Where it was last held to a reader.
    pub machine: MachineId,
    pub machine_name: String,
    pub seen: Moment,
    pub times: u32,
    pub ignored: bool,
}

/// The cards that nobody has claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCards {
    pub now: Moment,
    /// The newest first, those that were put aside at the end.
    pub cards: Vec<UnknownCard>,
    pub names: Vec<String>,
    /// Claims that wait, the longest waiting first.
    #[serde(default)]
    pub claims: Vec<OpenClaim>,
}

/// What was just done with a card that nobody had claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sorted {
    Given {
        card: CardId,
        person: PersonId,
        name: String,
        /// Its last four digits.
        ending: String,
    },
    /// It was put aside, or taken up again.
    Ignored {
        card: UnknownCardId,
        /// Its last four digits.
        ending: String,
        aside: bool,
    },
}

/// Where the next card can be made somebody's, and what has become of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swiping {
    pub now: Moment,
    /// Machines with a board that answers, by name.
    pub boards: Vec<(MachineId, String)>,
    /// What is waited for, or how the last waiting ended.
    pub waiting: Option<Waiting>,
    /// Cards that were held to a reader in the last minutes and are nobody's.
    pub recent: Vec<UnknownCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub machine: MachineId,
    pub machine_name: String,
    pub until: Moment,
    pub outcome: Outcome,
}

/// What came of waiting for a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Nobody held up a card yet.
    Open,
    Given {
        card: CardId,
        /// Its last four digits.
        ending: String,
    },
    Assigned {
        person: PersonId,
        /// Their name, if known.
        name: Option<String>,
    },
    /// It could not be written down.
    Failed,
}

/// A card that can be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimable {
    pub card: UnknownCardId,
    /// When it was held to the reader.
    pub seen: Moment,
    /// Whoever asks claimed it, and that waits.
    pub waits: bool,
}

/// The cards that can be claimed at a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtReader {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// Nobody is asked for a yes.
    pub at_once: bool,
    /// What was held to its reader in the last minutes and is nobody's, the last first.
    pub cards: Vec<Claimable>,
    /// What became of the claims of whoever asks, the last first.
    pub mine: Vec<OwnClaim>,
}

/// A claim, as whoever made it reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnClaim {
    pub id: ClaimId,
    pub machine: String,
    pub claimed: Moment,
    pub outcome: ClaimOutcome,
    /// Why it was refused.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenClaim {
    pub id: ClaimId,
    pub person: PersonId,
    pub name: Option<String>,
    pub machine: String,
    pub claimed: Moment,
    pub rivals: bool,
}
