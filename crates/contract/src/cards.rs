use domain::{
    audit::AuditActor,
    cards::{CardAction, CardState, claims::ClaimOutcome},
    id::{CardId, ClaimId, MachineId, PersonId, UnknownCardId},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A card's new state, and how to undo it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    pub card: CardId,
    /// Its last four digits; empty once the uid is deleted.
    pub ending: String,
    pub action: CardAction,
    /// The undo action, if possible: cards of former members do not return to service.
    pub undo: Option<CardAction>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    pub now: Moment,
    pub id: CardId,
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    /// The last four digits, for readers who may report it lost.
    pub ending: String,
    pub state: CardState,
    pub given: Moment,
    /// Actions of the reader.
    pub actions: Vec<CardAction>,
    /// Its history, newest first.
    pub history: Vec<CardEvent>,
}

/// An event of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardEvent {
    pub at: Moment,
    pub by: AuditActor,
    /// Action code: `card.lost`.
    pub action: String,
}

/// An unknown card where it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCard {
    /// Its id where it was last seen.
    pub id: UnknownCardId,
    /// Its last four digits.
    pub ending: String,
    /// Where it was last tapped.
    pub machine: MachineId,
    pub machine_name: String,
    pub seen: Moment,
    pub times: u32,
    pub ignored: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCards {
    pub now: Moment,
    /// Newest first, dismissed ones last.
    pub cards: Vec<UnknownCard>,
    pub names: Vec<String>,
    /// Pending claims, longest waiting first.
    #[serde(default)]
    pub claims: Vec<OpenClaim>,
}

/// The result of handling an unknown card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sorted {
    Given {
        card: CardId,
        person: PersonId,
        name: String,
        /// Its last four digits.
        ending: String,
    },
    /// It was dismissed, or that was undone.
    Ignored {
        card: UnknownCardId,
        /// Its last four digits.
        ending: String,
        aside: bool,
    },
}

/// Enrolment of the next tapped card, and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swiping {
    pub now: Moment,
    /// Machines with an online board, by name.
    pub boards: Vec<(MachineId, String)>,
    /// The open enrolment, or the result of the last.
    pub waiting: Option<Waiting>,
    /// Unknown cards tapped in the last minutes.
    pub recent: Vec<UnknownCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub machine: MachineId,
    pub machine_name: String,
    pub until: Moment,
    pub outcome: Outcome,
}

/// The result of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// No card was tapped yet.
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
    /// It could not be stored.
    Failed,
}

/// A card that can be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimable {
    pub card: UnknownCardId,
    /// When it was tapped.
    pub seen: Moment,
    /// The reader's claim of it is pending.
    pub waits: bool,
}

/// The cards that can be claimed at a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtReader {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// Claims need no approval.
    pub at_once: bool,
    /// Unknown cards tapped there in the last minutes, newest first.
    pub cards: Vec<Claimable>,
    /// The reader's claims, newest first.
    pub mine: Vec<OwnClaim>,
}

/// A claim, as its author sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnClaim {
    pub id: ClaimId,
    pub machine: String,
    pub claimed: Moment,
    pub outcome: ClaimOutcome,
    /// The reason for a refusal.
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
