//! The history of a machine: its uses, what was reported on it and done about that, what was done to it otherwise, what kept it
//! from being used, and what was changed of it, as one list of lines, the newest first.
//!
//! **Invariant.** A line stands at one place, by when it was, its kind and its number: a list that is walked page by page says
//! everything once, whatever is added meanwhile. What is running comes first of all. A further kind of line is a member of
//! [`Kind`] and of a [`Group`], a variant of [`What`], and an arm of the one statement that reads them. Deliberately absent:
//! who may read what, which the service says.

use crate::{
    audit::Entry,
    id::{MachineId, PersonId, UseId},
    problems::Severity,
    time::{Millis, Moment},
    uses::Ending,
    words::words,
};
use serde::{Deserialize, Serialize};

/// Lines on one page.
pub const PAGE: usize = 50;

words! {
    /// What a line tells. Of lines of one instant the later word comes first.
    Kind {
        /// The machine was blocked.
        Blocked = "blocked",
        /// Something was changed of the machine, its type, or what is set for them.
        Changed = "changed",
        /// A block was lifted.
        Freed = "freed",
        /// Something was done to it, such as by a plan.
        Maintained = "maintained",
        /// Somebody reported a problem.
        Reported = "reported",
        /// A problem was resolved.
        Resolved = "resolved",
        /// Somebody used it; the line stands where the use ended.
        Used = "used",
    }
}

words! {
    /// Kinds that are asked for together.
    Group {
        /// Uses.
        Uses = "uses",
        /// Problems, and what was done about them.
        Problems = "problems",
        /// What was done to it otherwise.
        Maintenance = "maintenance",
        /// Blocks, and that they were lifted.
        Blocks = "blocks",
        /// Changes of the machine.
        Changes = "changes",
    }
}

impl Group {
    /// The kinds.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Uses => &[Kind::Used],
            Self::Problems => &[Kind::Reported, Kind::Resolved],
            Self::Maintenance => &[Kind::Maintained],
            Self::Blocks => &[Kind::Blocked, Kind::Freed],
            Self::Changes => &[Kind::Changed],
        }
    }
}

/// Which lines are asked for, as it was typed; an empty word asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Of this [`Group`].
    pub kind: String,
    /// From this day on, by the clocks of the space: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
}

impl Filter {
    /// Whether anything is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.kind, &self.from, &self.to].into_iter().all(|word| word.trim().is_empty())
    }
}

/// Where a line stands, as it is written into an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When.
    pub at: Millis,
    /// What.
    pub kind: Kind,
    /// Which of its kind.
    pub id: i64,
}

impl Place {
    /// In front of every line.
    pub const BEGINNING: Self = Self { at: Millis(i64::MAX), kind: Kind::Used, id: i64::MAX };

    /// Reads one; `None` for anything else.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let mut words = word.splitn(3, '-');
        let at = Millis(words.next()?.parse().ok()?);
        let kind = Kind::from_word(words.next()?)?;
        Some(Self { at, kind, id: words.next()?.parse().ok()? })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.at.0, self.kind.word(), self.id)
    }
}

/// Who it was, as far as the reader may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Somebody known.
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
    /// When.
    pub at: Moment,
    /// By whom, while they are known by name.
    pub by: Option<String>,
    /// Why; gone with whoever it is about.
    pub reason: Option<String>,
    /// When it had ended before; `None` where it ran.
    pub end_before: Option<Moment>,
    /// What whoever it was before is called, where it was somebody else and that is known.
    pub who_before: Option<String>,
    /// It changed who it was.
    pub other_person: bool,
    /// It was none before.
    pub void_before: bool,
    /// It is none from then on.
    pub void_after: bool,
}

/// A use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that stands beside the use by itself")]
pub struct Use {
    /// Which.
    pub id: UseId,
    /// Whose.
    pub who: Who,
    /// When it began.
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// How.
    pub ending: Option<Ending>,
    /// Its hours were worked out afterwards.
    pub approximate: bool,
    /// The rules did not allow it, for those who care for the machine.
    pub unauthorised: bool,
    /// Another card than the one that began it ended it, for those who care for the machine.
    pub other_card: bool,
    /// It was none, somebody said.
    pub void: bool,
    /// What was said of it afterwards, the oldest first, for those who care for the machine.
    pub corrections: Vec<Correction>,
}

/// A use, for whoever may say how it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correctable {
    /// When this was true.
    pub now: Moment,
    /// Which.
    pub id: UseId,
    /// At which machine.
    pub machine: MachineId,
    /// When it began.
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// When it ended as a field of a form has it; of one that was none, as it was told before.
    pub end_field: String,
    /// Whose it was, while that is known.
    pub person: Option<PersonId>,
    /// It was none.
    pub void: bool,
    /// Whom it may have been, by name.
    pub people: Vec<(PersonId, String)>,
    /// What was said of it so far, the oldest first.
    pub corrections: Vec<Correction>,
    /// Grows with each correction, and when it ends.
    pub version: i64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody used it, or does.
    Used(Use),
    /// Somebody reported a problem.
    Reported {
        /// How bad it was.
        severity: Severity,
        /// What was written; gone with whoever wrote it.
        words: Option<String>,
        /// By whom.
        by: Who,
    },
    /// A problem was resolved.
    Resolved {
        /// How bad it was.
        severity: Severity,
        /// What was done; gone with whoever wrote it.
        done: Option<String>,
        /// By whom.
        by: Who,
    },
    /// Something was done to it.
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
    /// It was blocked.
    Blocked {
        /// Why.
        because: Option<String>,
        /// It did not wait until nobody was on it.
        at_once: bool,
        /// By whom.
        by: Who,
    },
    /// A block was lifted.
    Freed {
        /// By whom.
        by: Who,
    },
    /// Something was changed, by the record of it.
    Changed(Entry),
}

impl What {
    /// What kind of line tells it.
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

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When; the present for what is running.
    pub at: Moment,
    /// Its number among those of its kind.
    pub id: i64,
    /// What happened.
    pub what: What,
}

/// A page of the history of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// When this was true.
    pub now: Moment,
    /// Which machine.
    pub machine: MachineId,
    /// What it is called.
    pub name: String,
    /// What the reader can ask for.
    pub groups: Vec<Group>,
    /// They can say how a use was.
    pub may_correct: bool,
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the next page begins, if there is one: behind this [`Place`].
    pub older: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_belongs_to_one_group() {
        for kind in Kind::ALL {
            let groups = Group::ALL.iter().filter(|group| group.kinds().contains(kind)).count();
            assert_eq!(groups, 1, "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for wrong in
            ["", "7", "7-used", "7-used-", "x-used-1", "7-rain-1", "7-used-1-2", "99999999999999999999-used-1"]
        {
            assert_eq!(Place::read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_place_is_read_as_it_was_written(at in 0_i64.., id in 0_i64.., kind in proptest::sample::select(Kind::ALL)) {
            let place = Place { at: Millis(at), kind, id };
            prop_assert_eq!(Place::read(&place.to_string()), Some(place));
        }
    }
}
