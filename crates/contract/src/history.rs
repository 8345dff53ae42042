use crate::audit::Entry;
use domain::{
    history::{Group, Kind},
    id::{MachineId, PersonId, UseId},
    problems::Severity,
    time::Moment,
    uses::Ending,
};
use serde::{Deserialize, Serialize};

/// A filter as entered; empty fields match all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Of this [`Group`](domain::history::Group).
    pub kind: String,
    /// From this local day on: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
}

impl Filter {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.kind, &self.from, &self.to].into_iter().all(|text| text.trim().is_empty())
    }
}

/// Who it was, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Person {
        /// The person, for readers who may see their page.
        id: Option<PersonId>,
        /// The visible part of their name.
        name: String,
    },
    /// A former person: the link was cut.
    Former,
    /// The holder of an unknown card, admitted by the board's own list.
    UnknownCard,
    /// Hidden from the reader, or nobody.
    Hidden,
}

/// A correction of a use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub at: Moment,
    /// The person's name, if known.
    pub by: Option<String>,
    /// The reason; erased with the person it is about.
    pub reason: Option<String>,
    /// Its previous end; `None` if it was running.
    pub end_before: Option<Moment>,
    /// Name of the previous person, if that changed and is known.
    pub who_before: Option<String>,
    pub other_person: bool,
    /// It was void before.
    pub void_before: bool,
    /// It is void from then on.
    pub void_after: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that stands beside the use by itself")]
pub struct Use {
    pub id: UseId,
    pub who: Who,
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    pub ending: Option<Ending>,
    /// Its hours were estimated.
    pub approximate: bool,
    /// The rules did not allow it, for people responsible for the machine.
    pub unauthorised: bool,
    /// Another card ended it, for people responsible for the machine.
    pub other_card: bool,
    /// It was voided.
    pub void: bool,
    /// Its corrections, oldest first, for people responsible for the machine.
    pub corrections: Vec<Correction>,
}

/// A use, in its correction form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correctable {
    pub now: Moment,
    pub id: UseId,
    pub machine: MachineId,
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// Its end as a form field; for a voided one, the recorded end.
    pub end_field: String,
    /// The person, if known.
    pub person: Option<PersonId>,
    pub void: bool,
    /// People to choose from, by name.
    pub people: Vec<(PersonId, String)>,
    /// Its corrections, oldest first.
    pub corrections: Vec<Correction>,
    /// Increases with each correction, and when it ends.
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Used(Use),
    Reported {
        severity: Severity,
        /// The text; erased with its author.
        words: Option<String>,
        by: Who,
    },
    Resolved {
        severity: Severity,
        /// The resolution; erased with its author.
        done: Option<String>,
        by: Who,
    },
    Maintained {
        /// The title of its plan; `None` for something else.
        task: Option<String>,
        /// Its note; `None` once erased, and for readers who do not maintain the machine.
        note: Option<String>,
        /// The board reported it later, so the exact time is unknown.
        later: bool,
        /// It was imported from another system.
        imported: bool,
        /// The person, for readers who maintain the machine.
        by: Who,
    },
    Blocked {
        because: Option<String>,
        /// It did not wait for the running use to end.
        at_once: bool,
        by: Who,
    },
    Freed {
        by: Who,
    },
    /// A change, with its audit entry.
    Changed(Entry),
}

impl What {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Used(_) => Kind::Used,
            Self::Reported { .. } => Kind::Reported,
            Self::Resolved { .. } => Kind::Resolved,
            Self::Maintained { .. } => Kind::Maintained,
            Self::Blocked { .. } => Kind::Blocked,
            Self::Freed { .. } => Kind::Freed,
            Self::Changed(_) => Kind::Changed,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its time; the present if it is running.
    pub at: Moment,
    /// Its id among those of its kind.
    pub id: i64,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<L = Line> {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// The kinds the reader can filter by.
    pub groups: Vec<Group>,
    /// The reader may correct uses.
    pub may_correct: bool,
    pub lines: Vec<L>,
    /// The cursor of the next page, if any: after this [`Place`](domain::history::Place).
    pub older: Option<String>,
}
