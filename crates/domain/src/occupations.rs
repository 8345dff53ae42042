//! Occupations: a person, a machine or a room is taken from one instant to another.
//!
//! Invariant: two occupations of one subject never overlap; the storage refuses the second, and the service names
//! the first. Adjacent spans do not overlap. The one exception: bookings of one person, if both allow it. Not
//! here: what the time is used for, which has its own noun.

use crate::{
    id::{AppointmentId, BookingId, ClosureId, MachineId, PersonId, RoomId, TrainingEventId, WaitingId},
    time::Millis,
};
use serde::{Deserialize, Serialize};

/// A stretch of time, `[starts, ends)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
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

    /// The parts outside `other`: none, one, or one on each side.
    pub fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = Self { starts: self.starts, ends: self.ends.min(other.starts) };
        let after = Self { starts: self.starts.max(other.ends), ends: self.ends };
        [before, after].into_iter().filter(|part| part.starts < part.ends)
    }
}

/// The subject of an occupation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occupied {
    /// A person: they are in one place at a time.
    Person(PersonId),
    Machine(MachineId),
    Room(RoomId),
}

/// The purpose of an occupation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Appointment(AppointmentId),
    Booking(BookingId),
    Closure(ClosureId),
    /// An offer to a waiting person.
    Waiting(WaitingId),
    /// A training event, of its host, its machines and rooms, and of everybody who accepted.
    Event(TrainingEventId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_spans_do_not_overlap() {
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

    #[test]
    fn span_difference_is_time_not_shared() {
        type Part = (i64, i64);
        let span = |(starts, ends)| Span { starts: Millis(starts), ends: Millis(ends) };
        let cases: [(Part, &[Part]); 6] = [
            ((10, 20), &[]),
            ((0, 30), &[]),
            ((10, 15), &[(15, 20)]),
            ((12, 15), &[(10, 12), (15, 20)]),
            ((0, 10), &[(10, 20)]),
            ((20, 30), &[(10, 20)]),
        ];
        for (other, expected) in cases {
            let left: Vec<_> = span((10, 20)).without(span(other)).collect();
            assert_eq!(left, expected.iter().map(|part| span(*part)).collect::<Vec<_>>(), "{other:?}");
        }
    }
}
