//! Machines and their state.
//!
//! Invariant: a machine's state is derived from facts, never entered; the first that applies is shown. Not here:
//! who may use it ([`crate::access`]) and how a use comes about ([`crate::uses`]).

use crate::{
    boards::{self, MachineNumber},
    string_enum::string_enum,
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

string_enum! {
    /// The harm a machine can do.
    Risk {
        /// A needle prick.
        Low = "low",
        /// A trip to the doctor.
        Medium = "medium",
        /// A life changed.
        High = "high",
    }
}

string_enum! {
    /// Who may use a machine of a type.
    AuthorisationMode {
        Open = "open",
        /// People qualified on the type, and on those it requires.
        Qualified = "qualified",
        /// Qualified people, or others while a trainer is present.
        Supervised = "supervised",
    }
}

/// The facts for a machine's state at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateFacts {
    /// Since when a block is in force.
    pub blocked: Option<Millis>,
    /// Since when its open use runs.
    pub in_use: Option<Millis>,
    /// The last message of its board; `None` if it was never heard.
    pub heard: Option<Millis>,
    /// The end of its last use, if any.
    pub last_used: Option<Millis>,
    /// Something has to be done to it before it is used again.
    pub maintenance_due: bool,
    /// Until when the closure of it or its room lasts that runs.
    pub closed: Option<Millis>,
}

/// The state of a machine, with the instant it began if known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineState<At = Moment> {
    /// Nobody may use it until the block is lifted.
    Blocked {
        /// When it was blocked.
        since: At,
    },
    /// It is in use. `silent`: its board has not sent anything for a while, so this is the last known state.
    InUse {
        /// The start of the use.
        since: At,
        /// Since when the board is silent.
        silent: Option<At>,
    },
    /// Its board does not answer.
    Offline {
        /// The board's last message.
        since: At,
    },
    /// Something has to be done to it before it is used again.
    MaintenanceDue,
    /// It is closed to bookings for some time; only its caretakers may use it.
    Closed {
        /// When it opens again.
        until: At,
    },
    Free {
        /// The end of the last use; `None` if it was never used.
        since: Option<At>,
    },
    /// It has no board, so its use is unknown.
    Unmanaged,
}

/// The state that `facts` amount to at `now`.
#[must_use]
pub fn state(facts: &StateFacts, now: Millis) -> MachineState<Millis> {
    let silent = facts.heard.filter(|&heard| !boards::online(heard, now));
    match (facts.blocked, facts.in_use, facts.heard) {
        (Some(since), _, _) => MachineState::Blocked { since },
        (None, Some(since), _) => MachineState::InUse { since, silent },
        (None, None, heard) => match (silent, facts.closed, heard) {
            (Some(since), ..) => MachineState::Offline { since },
            (None, ..) if facts.maintenance_due => MachineState::MaintenanceDue,
            (None, Some(until), _) => MachineState::Closed { until },
            (None, None, None) => MachineState::Unmanaged,
            (None, None, Some(_)) => MachineState::Free { since: facts.last_used },
        },
    }
}

/// The number of a machine's board that was never heard; `None` for a machine without a number, or with a board
/// that was `heard`.
#[must_use]
pub fn awaited_board(number: Option<MachineNumber>, heard: Option<Millis>) -> Option<u16> {
    number.filter(|_| heard.is_none()).map(|number| number.0)
}

impl<At> MachineState<At> {
    /// The same state with every instant converted, such as to a [`Moment`] of the space.
    pub fn map<To>(self, to: impl Fn(At) -> To) -> MachineState<To> {
        match self {
            Self::Blocked { since } => MachineState::Blocked { since: to(since) },
            Self::InUse { since, silent } => MachineState::InUse { since: to(since), silent: silent.map(to) },
            Self::Offline { since } => MachineState::Offline { since: to(since) },
            Self::MaintenanceDue => MachineState::MaintenanceDue,
            Self::Closed { until } => MachineState::Closed { until: to(until) },
            Self::Free { since } => MachineState::Free { since: since.map(to) },
            Self::Unmanaged => MachineState::Unmanaged,
        }
    }

    /// Ready for the next person.
    pub const fn is_free(&self) -> bool {
        matches!(self, Self::Free { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    const NOW: Millis = Millis(1_800_000_000_000);
    const NO_FACTS: StateFacts = StateFacts {
        blocked: None,
        in_use: None,
        heard: None,
        last_used: None,
        maintenance_due: false,
        closed: None,
    };

    #[test]
    fn board_is_awaited_until_first_message() {
        let number = Some(MachineNumber(7));
        assert_eq!(awaited_board(number, None), Some(7));
        assert_eq!(
            awaited_board(number, Some(NOW.before(MINUTE * 600))),
            None,
            "it is offline, which is something else"
        );
        assert_eq!(awaited_board(None, None), None, "no board speaks for it");
    }

    #[test]
    fn first_matching_state_is_shown() {
        let recent = Some(NOW.before(MINUTE));
        let (old, soon) = (NOW.before(MINUTE * 2), NOW.after(MINUTE));
        for (facts, expected) in [
            (NO_FACTS, MachineState::Unmanaged),
            (StateFacts { heard: recent, ..NO_FACTS }, MachineState::Free { since: None }),
            (StateFacts { maintenance_due: true, ..NO_FACTS }, MachineState::MaintenanceDue),
            (StateFacts { heard: recent, maintenance_due: true, ..NO_FACTS }, MachineState::MaintenanceDue),
            (
                StateFacts { heard: Some(old), maintenance_due: true, ..NO_FACTS },
                MachineState::Offline { since: old },
            ),
            (
                StateFacts { heard: recent, in_use: Some(old), maintenance_due: true, ..NO_FACTS },
                MachineState::InUse { since: old, silent: None },
            ),
            (StateFacts { closed: Some(soon), ..NO_FACTS }, MachineState::Closed { until: soon }),
            (StateFacts { heard: recent, closed: Some(soon), ..NO_FACTS }, MachineState::Closed { until: soon }),
            (
                StateFacts { heard: recent, closed: Some(soon), maintenance_due: true, ..NO_FACTS },
                MachineState::MaintenanceDue,
            ),
            (
                StateFacts { heard: recent, closed: Some(soon), in_use: Some(old), ..NO_FACTS },
                MachineState::InUse { since: old, silent: None },
            ),
            (StateFacts { heard: Some(old), last_used: recent, ..NO_FACTS }, MachineState::Offline { since: old }),
            (
                StateFacts { heard: Some(old), in_use: Some(old), ..NO_FACTS },
                MachineState::InUse { since: old, silent: Some(old) },
            ),
            (
                StateFacts { heard: recent, in_use: Some(old), ..NO_FACTS },
                MachineState::InUse { since: old, silent: None },
            ),
            (
                StateFacts { blocked: Some(old), heard: recent, in_use: Some(old), ..NO_FACTS },
                MachineState::Blocked { since: old },
            ),
        ] {
            assert_eq!(state(&facts, NOW), expected, "{facts:?}");
        }
    }
}
