//! Occupations: that a person or a machine is taken from one instant to another, and so free for nothing else.
//!
//! Invariant: two occupations of one subject never overlap; the storage itself refuses the second, and the service names the
//! first. A time that only touches another does not overlap it. Deliberately absent: what the time is taken for, which has
//! its own noun.

use crate::{
    id::{MachineId, PersonId},
    time::Millis,
};
use serde::{Deserialize, Serialize};

/// A stretch of time, `[starts, ends)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// From when.
    pub starts: Millis,
    /// Until when, exclusive; after `starts`.
    pub ends: Millis,
}

impl Span {
    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.starts < other.ends && other.starts < self.ends
    }

    /// Whether `other` lies within it.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.starts <= other.starts && other.ends <= self.ends
    }
}

/// Whose time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occupied {
    /// Somebody's: they are in one place at a time.
    Person(PersonId),
    /// A machine's.
    Machine(MachineId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_touch_do_not_overlap() {
        let span = |starts, ends| Span { starts: Millis(starts), ends: Millis(ends) };
        for (other, expected) in [
            ((0, 10), false),
            ((0, 11), true),
            ((12, 15), true),
            ((10, 20), true),
            ((19, 30), true),
            ((20, 30), false),
        ] {
            assert_eq!(span(10, 20).overlaps(span(other.0, other.1)), expected, "{other:?}");
        }
        assert!(span(10, 20).covers(span(10, 20)) && !span(10, 20).covers(span(9, 12)));
    }
}
