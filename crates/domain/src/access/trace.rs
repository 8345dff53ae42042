//! The full trace of a decision, so that a refusal can be explained days later.
//!
//! Invariant: it contains codes, ids and numbers only – no names, no free text, no card uid. It is stored for 90
//! days.

use super::{Level, Reason, Rule};
use crate::{
    cards::CardState,
    id::{DocumentId, MachineId, ModuleId, PersonId, TypeId},
    machines::AuthorisationMode,
    people::PersonStatus,
    time::Millis,
};
use serde::{Deserialize, Serialize};

/// A fact that a rule used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    Status(PersonStatus),
    /// The state of the card.
    Card(CardState),
    Mode(AuthorisationMode),
    /// Qualified on this type, until the known end.
    Qualified {
        kind: TypeId,
        until: Option<Millis>,
    },
    /// A trainer swiped then.
    TrainerBeside(Millis),
    /// A required module counts as completed, until the known end.
    Completed {
        module: ModuleId,
        until: Option<Millis>,
    },
    /// A document is signed, until the known end.
    Signed {
        document: DocumentId,
        until: Option<Millis>,
    },
    /// Missing training is advice to a person admitted by an administrator, or by an import.
    Excused,
    /// Open until then, if known.
    Closes(Option<Millis>),
    /// A hold begins then.
    HoldBegins(Millis),
    /// People here, the caller counted.
    Present {
        present: u8,
        /// Required number.
        needed: u8,
    },
    /// Other machines the person is on.
    Running {
        running: u8,
        /// Allowed number.
        most: u8,
    },
}

/// The outcome of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Passed,
    Failed(Vec<Reason>),
    /// It was not asked, or could not be.
    NotAsked,
}

/// A rule with its outcome and facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub rule: Rule,
    pub outcome: Outcome,
    #[serde(default)]
    pub facts: Vec<Fact>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Allowed, until the first known end.
    Allow {
        level: Level,
        /// The first known end, if any.
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
    /// The person, if known.
    pub person: Option<PersonId>,
    pub machine: Option<MachineId>,
    pub decision: Decision,
    /// The rules in order.
    pub steps: Vec<Step>,
}

impl Trace {
    /// Every instant that is named in it.
    #[must_use]
    pub fn instants(&self) -> Vec<Millis> {
        let of_facts = self.steps.iter().flat_map(|step| &step.facts).filter_map(|fact| match fact {
            Fact::Qualified { until, .. }
            | Fact::Completed { until, .. }
            | Fact::Signed { until, .. }
            | Fact::Closes(until) => *until,
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

    /// Every document that is named in its reasons.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentId> {
        let of_reasons = self.decision.reasons().iter().filter_map(|reason| match reason {
            Reason::DocumentUnsigned { document, .. } => Some(*document),
            _ => None,
        });
        of_reasons.collect()
    }
}
