use domain::{
    access::{Reason, Remedy, Trace, prioritized},
    id::{AttemptId, MachineId, ModuleId, PersonId, TypeId},
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

use crate::training::PathView;

/// A trace with what is needed to tell it: names of types, and how its instants read on the wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceView {
    pub trace: Trace,
    /// What the person is called, while that is known.
    pub name: Option<String>,
    pub kind: TypeId,
    /// The names of the types that are named in it, and of the machine's own.
    pub types: Vec<(TypeId, String)>,
    /// The titles of the modules that are missing.
    pub modules: Vec<(ModuleId, String)>,
    /// Those of them of which only the quiz is missing.
    pub quizzes: Vec<ModuleId>,
    pub moments: Vec<Moment>,
    pub now: Moment,
}

impl TraceView {
    /// Why not, in the order in which it is told: what they can do themselves first.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        prioritized(self.trace.decision.reasons())
    }

    /// The first thing that somebody can do, ask for, or wait for; `None` when it is a yes.
    #[must_use]
    pub fn next(&self) -> Option<Remedy> {
        let reasons = self.reasons();
        let mut remedies = reasons.iter().map(|reason| reason.remedy(Some(self.kind)));
        let first = remedies.clone().next();
        remedies.find(|remedy| !matches!(remedy, Remedy::Wait(_))).or(first)
    }

    #[must_use]
    pub fn type_name(&self, kind: TypeId) -> &str {
        self.types.iter().find(|(id, _)| *id == kind).map_or("", |(_, name)| name)
    }

    #[must_use]
    pub fn module_title(&self, module: ModuleId) -> &str {
        self.modules.iter().find(|(id, _)| *id == module).map_or("", |(_, title)| title)
    }

    /// How an instant of the trace reads on the wall.
    #[must_use]
    pub fn moment(&self, at: Millis) -> Moment {
        self.moments.iter().find(|moment| moment.at == at).copied().unwrap_or_else(|| self.now.shifted_to(at))
    }
}

/// Somebody who can help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub person: PersonId,
    pub name: String,
    /// They give checkouts on this type, which whoever looks can ask for.
    pub checkout: Option<TypeId>,
    /// Their address, for whoever may see them.
    pub mail: Option<String>,
}

/// What a machine's page says to whoever looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any of them may be together")]
pub struct Answers {
    /// For whoever looks; `None` for who has not signed in.
    pub mine: Option<TraceView>,
    /// Whoever looks is on the machine right now.
    pub on_it: bool,
    /// Its board is just being told to let whoever looks in.
    pub starting: bool,
    /// Whoever looks has no card that works: what they may, they cannot show to a reader.
    pub cardless: bool,
    /// Whoever looks cares for the machine: what stands against it is theirs to see to.
    pub cares: bool,
    /// Their path to it, where it is for them to learn: steps, and the checkout that they asked for.
    pub path: Option<PathView>,
    /// Who can help with the first reason that somebody can help with, by name.
    pub helpers: Vec<Contact>,
    /// For the person whom whoever looks has asked for.
    pub other: Option<TraceView>,
    /// For whom whoever looks may ask; `None` when they may ask for themselves alone.
    pub people: Option<Vec<(PersonId, String)>>,
}

/// A decision at a board that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    pub id: AttemptId,
    pub at: Moment,
    pub machine: MachineId,
    pub machine_name: String,
    /// The whole way; `None` for one that was kept before traces were.
    pub told: Option<TraceView>,
    /// The codes of the reasons; empty when allowed.
    pub reasons: Vec<String>,
}
