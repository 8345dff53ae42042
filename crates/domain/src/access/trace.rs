//! The full trace of a decision, so that a refusal can be explained days later.
//!
//! Invariant: it contains codes, ids and numbers only – no names, no free text, no card uid. It is stored for 90
//! days.

use super::{Level, Reason};
use crate::{
    cards::CardState,
    id::{MachineId, ModuleId, PersonId, TypeId},
    machines::AuthorisationMode,
    people::PersonStatus,
    string_enum::string_enum,
    time::Millis,
};
use serde::{Deserialize, Serialize};

string_enum! {
    /// The rules, in order.
    Rule {
        /// The person is known.
        Known = "person.known",
        /// The person is active.
        Active = "person.active",
        /// No hold is in force.
        NoHold = "person.no-hold",
        /// The person is a member.
        Member = "person.member",
        /// The card is in use.
        Card = "card.active",
        /// There is such a machine.
        Machine = "machine.known",
        /// Nobody blocked it.
        NotBlocked = "machine.not-blocked",
        /// Nothing has to be done to it first, or by the person.
        Maintained = "machine.maintained",
        /// The person is let onto it by its mode.
        Authorised = "machine.authorised",
        /// The person completed what it requires.
        Trained = "training.complete",
        /// Nobody else has it booked, or the person has.
        Booked = "machine.booked",
        /// It is open, and not closed for some time.
        Open = "hours.open",
        /// Enough people are here.
        Company = "people.present",
        /// Nobody else is on it.
        Unused = "machine.unused",
        /// The person is on fewer machines than one may be.
        Limit = "person.limit",
    }
}

/// Something a rule went by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Where the person stands.
    Status(PersonStatus),
    /// The state of the card.
    Card(CardState),
    /// Who may use the machine.
    Mode(AuthorisationMode),
    /// Qualified on this type, until the end that is known.
    Qualified { kind: TypeId, until: Option<Millis> },
    /// A trainer swiped then.
    TrainerBeside(Millis),
    /// A module that it requires counts as completed, until the end that is known.
    Completed { module: ModuleId, until: Option<Millis> },
    /// Missing training is advice to a person admitted by an administrator, or by an import.
    Excused,
    /// Open until then, as far as anybody knows.
    Closes(Option<Millis>),
    /// A hold begins then.
    HoldBegins(Millis),
    /// People here, the caller counted.
    Present {
        present: u8,
        /// So many must be.
        needed: u8,
    },
    /// Other machines the person is on.
    Running {
        running: u8,
        /// So many one may be on.
        most: u8,
    },
}

/// What became of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Passed,
    Failed(Vec<Reason>),
    /// It was not asked, or could not be.
    NotAsked,
}

/// One rule, what became of it and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub rule: Rule,
    /// What became of it.
    pub outcome: Outcome,
    /// What it went by.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes, until the first thing that is known to end it.
    Allow {
        level: Level,
        /// Until when, if anything is known to end it.
        until: Option<Millis>,
    },
    /// No; never empty.
    Deny(Vec<Reason>),
}

impl Decision {
    /// Whether it is a yes.
    #[must_use]
    pub const fn is_yes(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }

    /// Why not; empty for a yes.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Allow { .. } => &[],
            Self::Deny(reasons) => reasons,
        }
    }
}

/// A decision with every rule in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    pub at: Millis,
    /// About whom, if anybody knows.
    pub person: Option<PersonId>,
    pub machine: Option<MachineId>,
    pub decision: Decision,
    /// How it came about.
    pub steps: Vec<Step>,
}

impl Trace {
    /// Every instant that is named in it.
    #[must_use]
    pub fn instants(&self) -> Vec<Millis> {
        let of_facts = self.steps.iter().flat_map(|step| &step.facts).filter_map(|fact| match fact {
            Fact::Qualified { until, .. } | Fact::Completed { until, .. } | Fact::Closes(until) => *until,
            Fact::TrainerBeside(at) | Fact::HoldBegins(at) => Some(*at),
            _ => None,
        });
        let of_reasons = self.decision.reasons().iter().filter_map(|reason| match reason {
            Reason::OnHold { until, .. } | Reason::Banned { until, .. } => *until,
            Reason::Closed { opens } => *opens,
            Reason::BookedByOther { until, .. } => Some(*until),
            _ => None,
        });
        let until = match self.decision {
            Decision::Allow { until, .. } => until,
            Decision::Deny(_) => None,
        };
        let mut all: Vec<Millis> = of_facts.chain(of_reasons).chain(until).chain([self.at]).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Every type that is named in it.
    #[must_use]
    pub fn types(&self) -> Vec<TypeId> {
        let of_facts = self.steps.iter().flat_map(|step| &step.facts).filter_map(|fact| match fact {
            Fact::Qualified { kind, .. } => Some(*kind),
            _ => None,
        });
        let of_reasons = self.decision.reasons().iter().filter_map(|reason| match reason {
            Reason::Banned { kind, .. } | Reason::NotQualified(kind) | Reason::NeedsTrainer(kind) => Some(*kind),
            _ => None,
        });
        let mut all: Vec<TypeId> = of_facts.chain(of_reasons).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// Every module that is named in its reasons.
    #[must_use]
    pub fn modules(&self) -> Vec<ModuleId> {
        let of_reasons = self.decision.reasons().iter().filter_map(|reason| match reason {
            Reason::TrainingMissing(module) | Reason::TrainingLapsed(module) => Some(*module),
            _ => None,
        });
        of_reasons.collect()
    }
}
