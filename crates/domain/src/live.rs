//! Hints to whoever is watching that something changed: a noun and an id, never data.
//!
//! Receivers fetch again what they may see. The words are the ones on the event stream: `machine 7`.

use crate::id::{MachineId, PersonId};

/// What a hint can be about; one version counter in the browser for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// The state of a machine, or its settings.
    Machine,
    /// The space as a whole: its name, its places, the connection to the boards.
    Space,
    /// Where somebody stands: their status, ledger, holds, sessions.
    Person,
}

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// This machine looks different now.
    Machine(MachineId),
    /// The space looks different now.
    Space,
    /// This person stands differently now. Told to themselves, and to whoever may see people.
    Person(PersonId),
}

impl Noun {
    /// Every noun, in the order of the counters.
    pub const ALL: [Self; 3] = [Self::Machine, Self::Space, Self::Person];

    /// The word on the stream.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Space => "space",
            Self::Person => "person",
        }
    }

    /// Reads the first word of an event; `None` for a noun that this build does not know.
    #[must_use]
    pub fn of_event(data: &str) -> Option<Self> {
        let word = data.split(' ').next().unwrap_or_default();
        Self::ALL.into_iter().find(|noun| noun.word() == word)
    }
}

impl Hint {
    /// What it is about.
    #[must_use]
    pub const fn noun(self) -> Noun {
        match self {
            Self::Machine(_) => Noun::Machine,
            Self::Space => Noun::Space,
            Self::Person(_) => Noun::Person,
        }
    }
}

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Machine(id) => write!(f, "{} {id}", self.noun().word()),
            Self::Person(id) => write!(f, "{} {id}", self.noun().word()),
            Self::Space => f.write_str(self.noun().word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_was_written() {
        for hint in [Hint::Machine(MachineId(7)), Hint::Space, Hint::Person(PersonId(7))] {
            assert_eq!(Noun::of_event(&hint.to_string()), Some(hint.noun()));
        }
        assert_eq!(Noun::of_event("weather 3"), None);
    }
}
