//! What a workshop sets for its training events: what people are trained for, how many at a time, and the parts of the day.
//!
//! Not here: the events ([`crate::training_events`]).

mod windows;

pub use windows::{DayWindow, InvalidWindows, Windows};

use crate::{ledger::Relation, string_enum::string_enum};

string_enum! {
    /// What people are trained for.
    Aim {
        /// To use the type.
        Use = "user",
        /// To train others on it.
        Train = "trainer",
        /// To look after it.
        Own = "owner",
        /// To maintain it; the ledger has no entry for that.
        Maintain = "maintenance",
    }
}

impl Aim {
    /// What passing grants.
    #[must_use]
    pub const fn relation(self) -> Option<Relation> {
        match self {
            Self::Use => Some(Relation::User),
            Self::Train => Some(Relation::Trainer),
            Self::Own => Some(Relation::Owner),
            Self::Maintain => None,
        }
    }
}

/// Usual size and length of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Places; 0: the workshop has no such events.
    pub places: u16,
    /// Minutes.
    pub minutes: u16,
}

/// The settings of training events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPolicy {
    /// Open requests of one person at most.
    pub requests: u16,
    /// Days in which an invitation is to be answered.
    pub answer_days: u16,
    /// Missed events at which a person may not ask again; 0 never bars anybody.
    pub no_shows: u16,
    /// The parts of the day that people can prefer.
    pub windows: Windows,
    /// By [`Aim`], in its order.
    pub courses: [Course; 4],
}

impl EventPolicy {
    /// The usual size and length of an event for `aim`.
    #[must_use]
    pub const fn course(&self, aim: Aim) -> Course {
        let [to_use, to_train, to_own, to_maintain] = self.courses;
        match aim {
            Aim::Use => to_use,
            Aim::Train => to_train,
            Aim::Own => to_own,
            Aim::Maintain => to_maintain,
        }
    }

    /// What people can ask for.
    pub fn aims(&self) -> impl Iterator<Item = Aim> + '_ {
        Aim::ALL.iter().copied().filter(|aim| self.course(*aim).places > 0)
    }
}

impl Default for EventPolicy {
    /// Sizes and lengths that makers’ spaces found practicable.
    fn default() -> Self {
        let course = |places, minutes| Course { places, minutes };
        Self {
            requests: 3,
            answer_days: 3,
            no_shows: 2,
            windows: Windows::default(),
            courses: [course(6, 120), course(2, 150), course(2, 90), course(3, 90)],
        }
    }
}
