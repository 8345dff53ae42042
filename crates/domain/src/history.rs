//! The history of a machine: uses, problems, maintenance, blocks and changes in one list, newest first.
//!
//! **Invariant.** The position of a line is its time, kind and id, so paging through the list returns every line
//! once, whatever is added meanwhile. A running use comes first. A new kind of line needs a member of [`Kind`] and
//! of a [`Group`], a variant of `contract::history::What`, and an arm of the SQL statement. Not here: who may read
//! what (the service).

use crate::{string_enum::string_enum, time::Millis};

/// Lines on one page.
pub const PAGE: usize = 50;

string_enum! {
    /// The kind of a line. Of lines at one instant the later kind comes first.
    Kind {
        /// The machine was blocked.
        Blocked = "blocked",
        /// A change of the machine, its type, or their settings.
        Changed = "changed",
        /// A block was lifted.
        Freed = "freed",
        Maintained = "maintained",
        Reported = "reported",
        /// A problem was resolved.
        Resolved = "resolved",
        /// A use, at the time it ended.
        Used = "used",
    }
}

string_enum! {
    /// Kinds that are filtered together.
    Group {
        Uses = "uses",
        /// Problems and their resolution.
        Problems = "problems",
        Maintenance = "maintenance",
        /// Blocks, and that they were lifted.
        Blocks = "blocks",
        /// Changes of the machine.
        Changes = "changes",
    }
}

impl Group {
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

/// The cursor of a line, as written in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Millis,
    pub kind: Kind,
    /// Which of its kind.
    pub id: i64,
}

impl Place {
    /// Before every line.
    pub const BEGINNING: Self = Self { at: Millis(i64::MAX), kind: Kind::Used, id: i64::MAX };

    /// Parses a cursor; `None` if invalid.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let mut words = name.splitn(3, '-');
        let at = Millis(words.next()?.parse().ok()?);
        let kind = Kind::parse(words.next()?)?;
        Some(Self { at, kind, id: words.next()?.parse().ok()? })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.at.0, self.kind.as_str(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_history_kind_belongs_to_one_group() {
        for kind in Kind::ALL {
            let groups = Group::ALL.iter().filter(|group| group.kinds().contains(kind)).count();
            assert_eq!(groups, 1, "{kind:?}");
        }
    }

    #[test]
    fn invalid_cursor_is_rejected() {
        for wrong in
            ["", "7", "7-used", "7-used-", "x-used-1", "7-rain-1", "7-used-1-2", "99999999999999999999-used-1"]
        {
            assert_eq!(Place::read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn cursor_round_trips(at in 0_i64.., id in 0_i64.., kind in proptest::sample::select(Kind::ALL)) {
            let place = Place { at: Millis(at), kind, id };
            prop_assert_eq!(Place::read(&place.to_string()), Some(place));
        }
    }
}
