use domain::{
    access::{Reason, Remedy, Trace, prioritized},
    id::{AttemptId, DocumentId, MachineId, ModuleId, PersonId, TypeId},
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

use crate::training::PathView;

/// A trace with the names and local times needed to describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceView {
    pub trace: Trace,
    /// The person's name, if known.
    pub name: Option<String>,
    pub kind: TypeId,
    /// The names of the types in it, and of the machine's own.
    pub types: Vec<(TypeId, String)>,
    /// The titles of missing modules.
    pub modules: Vec<(ModuleId, String)>,
    /// Those of them that lack only the quiz.
    pub quizzes: Vec<ModuleId>,
    /// The titles of unsigned documents.
    pub documents: Vec<(DocumentId, String)>,
    pub moments: Vec<Moment>,
    pub now: Moment,
}

impl TraceView {
    /// The reasons for a refusal, in the order shown: those they can remove themselves first.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        prioritized(self.trace.decision.reasons())
    }

    /// The first remedy: something to do, ask or wait for; `None` if allowed.
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

    #[must_use]
    pub fn document_title(&self, document: DocumentId) -> &str {
        self.documents.iter().find(|(id, _)| *id == document).map_or("", |(_, title)| title)
    }

    /// An instant of the trace in local time.
    #[must_use]
    pub fn moment(&self, at: Millis) -> Moment {
        self.moments.iter().find(|moment| moment.at == at).copied().unwrap_or_else(|| self.now.shifted_to(at))
    }
}

/// A person who can help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub person: PersonId,
    pub name: String,
    /// The type they give checkouts on, if the reader can request one.
    pub checkout: Option<TypeId>,
    /// Their e-mail address, if the reader may see it.
    pub mail: Option<String>,
}

/// What a machine's page tells its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any of them may be together")]
pub struct Answers {
    /// For the reader; `None` if not signed in.
    pub mine: Option<TraceView>,
    /// The reader uses the machine right now.
    pub on_it: bool,
    /// A start request for the reader is being sent to its board.
    pub starting: bool,
    /// The reader has no valid card.
    pub cardless: bool,
    /// The reader is responsible for the machine and for what blocks it.
    pub cares: bool,
    /// Their training path to it, if there is anything left to do: steps, and the requested checkout.
    pub path: Option<PathView>,
    /// People who can help with the first reason anybody can help with, by name.
    pub helpers: Vec<Contact>,
    /// For the person the reader asked about.
    pub other: Option<TraceView>,
    /// People the reader may ask about; `None` if only about themselves.
    pub people: Option<Vec<(PersonId, String)>>,
}

/// A stored decision at a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    pub id: AttemptId,
    pub at: Moment,
    pub machine: MachineId,
    pub machine_name: String,
    /// All its steps; `None` if it is older than traces.
    pub told: Option<TraceView>,
    /// Codes of the reasons; empty if allowed.
    pub reasons: Vec<String>,
}
