//! Handing a booking over: its holder offers it to another person, who accepts or declines.
//!
//! Invariant: a booking changes its holder only if both agree. Not here: whether the rules allow it to the
//! recipient, which is checked as for a new booking of theirs (`Refusal::is_about_person`).

use super::State;
use crate::{occupations::Span, string_enum::string_enum, time::Millis};

string_enum! {
    /// An action on an offer to hand a booking over.
    HandOver {
        /// Its holder offers it.
        Offer = "offer",
        /// Its holder takes the offer back.
        Withdraw = "withdraw",
        /// The recipient accepts: it is theirs.
        Accept = "accept",
        Decline = "decline",
    }
}

/// The side of a person in an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The booking is theirs.
    Holder,
    /// It is offered to them.
    Recipient,
}

/// The possible actions at `now` on handing over a booking at `span`, offered or not, in display order. Only an
/// approved booking that has not begun can be handed over.
#[must_use]
pub fn hand_over(state: State, party: Party, is_offered: bool, span: Span, now: Millis) -> &'static [HandOver] {
    if state != State::Approved || span.starts <= now {
        return &[];
    }
    match (party, is_offered) {
        (Party::Holder, false) => &[HandOver::Offer],
        (Party::Holder, true) => &[HandOver::Withdraw],
        (Party::Recipient, true) => &[HandOver::Accept, HandOver::Decline],
        (Party::Recipient, false) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_future_booking_can_be_handed_over() {
        let span = Span { starts: Millis(100), ends: Millis(200) };
        for &state in State::ALL {
            for (now, is_ahead) in [(Millis(99), true), (Millis(100), false)] {
                let is_possible = state == State::Approved && is_ahead;
                let of = |party, is_offered| hand_over(state, party, is_offered, span, now);
                assert_eq!(of(Party::Holder, false).contains(&HandOver::Offer), is_possible, "{state:?}");
                assert_eq!(of(Party::Recipient, true).contains(&HandOver::Accept), is_possible, "{state:?}");
                assert!(!of(Party::Holder, true).contains(&HandOver::Offer), "one offer at a time");
                assert_eq!(of(Party::Recipient, false), [], "what is not offered cannot be taken");
            }
        }
    }
}
