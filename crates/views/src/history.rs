use crate::audit::Entry;
use domain::{
    history::{Group, Kind},
    id::{MachineId, PersonId, UseId},
    problems::Severity,
    time::Moment,
    uses::Ending,
};
use serde::{Deserialize, Serialize};

/// Which lines are asked for, as it was typed; an empty word asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Of this [`Group`](domain::history::Group).
    pub kind: String,
    /// From this day on, by the clocks of the space: `2026-11-20`.
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
        /// Who, for those who may see their page.
        id: Option<PersonId>,
        /// As much of their name as is shown.
        name: String,
    },
    /// Somebody whose tie to it was cut.
    Former,
    /// Whoever holds a card that nobody has claimed: the board's own list let it in.
    UnknownCard,
    /// That is not for the reader, or nobody's doing.
    Hidden,
}

/// What somebody said of a use afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub at: Moment,
    /// The person's name, if known.
    pub by: Option<String>,
    /// Why; gone with whoever it is about.
    pub reason: Option<String>,
    /// When it had ended before; `None` where it ran.
    pub end_before: Option<Moment>,
    /// What whoever it was before is called, where it was somebody else and that is known.
    pub who_before: Option<String>,
    pub other_person: bool,
    /// It was none before.
    pub void_before: bool,
    /// It is none from then on.
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
    /// The rules did not allow it, for those who care for the machine.
    pub unauthorised: bool,
    /// Another card than the one that began it ended it, for those who care for the machine.
    pub other_card: bool,
    /// It was voided.
    pub void: bool,
    /// What was said of it afterwards, the oldest first, for those who care for the machine.
    pub corrections: Vec<Correction>,
}

/// A use, for whoever may say how it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correctable {
    pub now: Moment,
    pub id: UseId,
    pub machine: MachineId,
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// When it ended as a field of a form has it; of one that was none, as it was told before.
    pub end_field: String,
    /// Whose it was, while that is known.
    pub person: Option<PersonId>,
    pub void: bool,
    /// Whom it may have been, by name.
    pub people: Vec<(PersonId, String)>,
    /// What was said of it so far, the oldest first.
    pub corrections: Vec<Correction>,
    /// Grows with each correction, and when it ends.
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
        /// What was done; gone with whoever wrote it.
        done: Option<String>,
        by: Who,
    },
    Maintained {
        /// What the plan says that it was by; `None` for something else.
        task: Option<String>,
        /// What was written about it, while that is kept and for those who maintain the machine.
        note: Option<String>,
        /// The board told it afterwards: nobody knows exactly when it was.
        later: bool,
        /// It was brought from another system.
        imported: bool,
        /// By whom, for those who maintain the machine.
        by: Who,
    },
    Blocked {
        because: Option<String>,
        /// It did not wait until nobody was on it.
        at_once: bool,
        by: Who,
    },
    Freed {
        by: Who,
    },
    /// Something was changed, by the record of it.
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
    /// When; the present for what is running.
    pub at: Moment,
    /// Its number among those of its kind.
    pub id: i64,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<L = Line> {
    pub now: Moment,
    pub machine: MachineId,
    pub name: String,
    /// What the reader can ask for.
    pub groups: Vec<Group>,
    /// They can say how a use was.
    pub may_correct: bool,
    pub lines: Vec<L>,
    /// Where the next page begins, if there is one: behind this [`Place`](domain::history::Place).
    pub older: Option<String>,
}
