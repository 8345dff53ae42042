//! Waiting lists: a person wants a taken time of a machine or a room, and is offered it when it becomes free.
//!
//! **Invariants.** [`State::may_become`] is the only table of transitions. The first to join is offered a time
//! first, and an offer occupies the time until it ends, like a booking, so that nobody takes it in between.
//!
//! Not here: which times are available ([`crate::bookings`]), and storage.

use crate::{occupations::Span, string_enum::string_enum, time::Millis};
use std::time::Duration;

string_enum! {
    /// The state of a waiting entry.
    State {
        Waiting = "waiting",
        /// It is free, and held for them.
        Offered = "offered",
        Taken = "taken",
        Declined = "declined",
        /// They did not answer in time.
        Lapsed = "lapsed",
        /// They left the list before it was offered.
        Left = "left",
        /// It passed, or is no longer available.
        Over = "over",
    }
}

impl State {
    /// Whether they are still on the list.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }

    /// Whether `next` can follow it.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Waiting => matches!(next, Self::Offered | Self::Left | Self::Over),
            Self::Offered => matches!(next, Self::Taken | Self::Declined | Self::Lapsed | Self::Over),
            Self::Taken | Self::Declined | Self::Lapsed | Self::Left | Self::Over => false,
        }
    }
}

/// How long an offer holds its time, at most until its start.
pub const OFFER: Duration = Duration::from_mins(15);
/// Lists that one person may be on at once.
pub const MOST: usize = 5;
/// Free time shorter than this is no news to followers of a machine.
pub const WORTH_TELLING: Duration = Duration::from_mins(15);

/// Until when a time at `span` is held that is offered at `now`.
#[must_use]
pub fn held_until(span: Span, now: Millis) -> Millis {
    now.after(OFFER).min(span.starts)
}

/// Whether `span` can be offered at `now`: it has not begun.
#[must_use]
pub fn can_be_offered(span: Span, now: Millis) -> bool {
    now < span.starts
}

/// The transition of a waiting entry for `span` by time, with an offer `until` then if any; `None`: nothing is due
/// at `now`.
#[must_use]
pub fn due(state: State, span: Span, until: Option<Millis>, now: Millis) -> Option<State> {
    match state {
        State::Waiting if span.ends <= now => Some(State::Over),
        State::Offered if until.is_none_or(|until| until <= now) => Some(State::Lapsed),
        _ => None,
    }
}

/// The part of `span`, freed at `now`, that is worth notifying followers of the machine.
#[must_use]
pub fn news(span: Span, now: Millis) -> Option<Span> {
    let left = Span { starts: span.starts.max(now), ..span };
    (left.starts.after(WORTH_TELLING) <= left.ends).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(starts: i64, ends: i64) -> Span {
        Span { starts: Millis(starts * 60_000), ends: Millis(ends * 60_000) }
    }

    #[test]
    fn waiting_entry_advances_only_forward() {
        let may = |from: State| -> Vec<State> {
            State::ALL.iter().copied().filter(|next| from.may_become(*next)).collect()
        };
        assert_eq!(may(State::Waiting), [State::Offered, State::Left, State::Over]);
        assert_eq!(may(State::Offered), [State::Taken, State::Declined, State::Lapsed, State::Over]);
        for &state in State::ALL {
            assert_eq!(may(state).is_empty(), !state.is_open(), "{state:?}");
        }
    }

    #[test]
    fn offer_is_held_for_fifteen_minutes_at_most_until_start() {
        let now = Millis(0);
        assert_eq!(held_until(span(60, 90), now), now.after(OFFER));
        assert_eq!(held_until(span(5, 90), now), Millis(300_000));
        assert!(!can_be_offered(span(0, 90), now) && can_be_offered(span(1, 90), now));
        let due_at = |now| due(State::Offered, span(60, 90), Some(Millis(900_000)), Millis(now));
        assert_eq!((due_at(899_999), due_at(900_000)), (None, Some(State::Lapsed)));
        let over = |now: i64| due(State::Waiting, span(60, 90), None, Millis(now * 60_000));
        assert_eq!((over(89), over(90)), (None, Some(State::Over)));
    }

    #[test]
    fn nearly_over_time_is_not_offered() {
        let at = |minute: i64| news(span(60, 120), Millis(minute * 60_000));
        assert_eq!((at(0), at(90)), (Some(span(60, 120)), Some(span(90, 120))));
        assert_eq!((at(105), at(106)), (Some(span(105, 120)), None));
    }
}
