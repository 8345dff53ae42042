//! The states of a draw, and the window in which it takes wishes.
//!
//! Invariant: [`State::may_become`] is the only table of transitions, and nothing leads back. Wishes are visible to
//! others from `completed` on.

use crate::{string_enum::string_enum, time::Millis};

string_enum! {
    /// The state of a draw.
    State {
        /// The commitment is published; the window has not opened.
        Planned = "planned",
        /// It takes wishes.
        Open = "open",
        /// The wishes are fixed and their hash is published; it has not run.
        Closed = "closed",
        /// It has run, and its proof is published.
        Completed = "completed",
    }
}

impl State {
    /// Whether `next` can follow it.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Planned, Self::Open) | (Self::Open, Self::Closed) | (Self::Closed, Self::Completed)
        )
    }

    /// Whether wishes can be added, changed and removed.
    #[must_use]
    pub const fn takes_wishes(self) -> bool {
        matches!(self, Self::Open)
    }
}

/// When a draw takes wishes, `[opens, closes)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub opens: Millis,
    pub closes: Millis,
}

impl Window {
    /// The state by the clock of a draw that has not run.
    #[must_use]
    pub fn state_at(self, now: Millis) -> State {
        if now >= self.closes {
            State::Closed
        } else if now >= self.opens {
            State::Open
        } else {
            State::Planned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_lead_forward_one_by_one() {
        for (n, from) in State::ALL.iter().enumerate() {
            for (m, to) in State::ALL.iter().enumerate() {
                assert_eq!(from.may_become(*to), m == n + 1, "{from:?} → {to:?}");
            }
            assert_eq!(State::parse(from.as_str()), Some(*from));
        }
    }

    #[test]
    fn window_takes_wishes_until_the_instant_it_closes() {
        let window = Window { opens: Millis(10), closes: Millis(20) };
        let states = [9, 10, 19, 20].map(|now| window.state_at(Millis(now)));
        assert_eq!(states, [State::Planned, State::Open, State::Open, State::Closed]);
        assert_eq!(states.map(State::takes_wishes), [false, true, true, false]);
    }
}
