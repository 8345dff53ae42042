//! Claims: a member says that an unassigned card is theirs, at the machine where they have just tapped it.
//!
//! Invariant: a card is chosen by the time of its tap, and none of its digits is shown, so a claimant learns no
//! number. Not here: who may approve; those who may give cards.

use crate::{
    id::PersonId,
    rate::Pace,
    string_enum::string_enum,
    time::{MINUTE, Millis},
};
use std::time::Duration;

/// How long after a tap a card can be claimed.
pub const CLAIMABLE: Duration = Duration::from_mins(5);
/// With this many active cards a person cannot claim another; they may still be given one.
pub const ENOUGH: u32 = 5;
/// Limit of open claims per person.
pub const WAITING: u32 = 3;
/// Rate of claims per person.
pub const CLAIMS: Pace = Pace { burst: 6, every: MINUTE };
/// Characters of a reason.
pub const REASON: usize = 500;

string_enum! {
    /// The decision on a claim.
    ClaimState {
        Open = "open",
        /// The card is theirs.
        Approved = "approved",
        Refused = "refused",
    }
}

string_enum! {
    /// The outcome of a claim, as its claimant sees it.
    ClaimOutcome {
        /// It waits for those who give cards.
        Waits = "waits",
        /// The card is theirs.
        Approved = "approved",
        Refused = "refused",
        /// The card was given to another person meanwhile.
        Lapsed = "lapsed",
    }
}

/// The outcome of a claim of `person`, given the card's current `holder`.
#[must_use]
pub fn outcome(state: ClaimState, holder: Option<PersonId>, person: PersonId) -> ClaimOutcome {
    match (state, holder) {
        (ClaimState::Refused, _) => ClaimOutcome::Refused,
        (ClaimState::Approved, _) => ClaimOutcome::Approved,
        (ClaimState::Open, None) => ClaimOutcome::Waits,
        (ClaimState::Open, Some(holder)) if holder == person => ClaimOutcome::Approved,
        (ClaimState::Open, Some(_)) => ClaimOutcome::Lapsed,
    }
}

/// Why a card cannot be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclaimable {
    /// It was held up too long ago.
    TooLate,
    /// It is theirs already.
    Theirs,
    /// It belongs to another person.
    Assigned,
    /// They already claimed it, and it waits.
    Waits,
    /// They have cards enough.
    Enough,
    /// Too many of their claims wait.
    TooMany,
}

/// The facts that decide whether a person may claim a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    pub person: PersonId,
    /// The last tap.
    pub seen: Millis,
    pub holder: Option<PersonId>,
    /// Their claim of it waits.
    pub waits: bool,
    /// Cards of theirs in service.
    pub cards: u32,
    /// Claims of theirs that wait.
    pub waiting: u32,
}

/// Whether they may claim it at `now`.
pub fn may_claim(claimant: &Claimant, now: Millis) -> Result<(), Unclaimable> {
    match claimant.holder {
        Some(holder) if holder == claimant.person => Err(Unclaimable::Theirs),
        Some(_) => Err(Unclaimable::Assigned),
        None if claimant.waits => Err(Unclaimable::Waits),
        None if now.since(claimant.seen) > CLAIMABLE => Err(Unclaimable::TooLate),
        None if claimant.cards >= ENOUGH => Err(Unclaimable::Enough),
        None if claimant.waiting >= WAITING => Err(Unclaimable::TooMany),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);
    const ADA: PersonId = PersonId(1);
    const BOB: PersonId = PersonId(2);
    const CLAIMANT: Claimant =
        Claimant { person: ADA, seen: NOW, holder: None, waits: false, cards: 0, waiting: 0 };

    #[test]
    fn card_can_be_claimed_within_five_minutes_by_person_below_limit() {
        assert_eq!(may_claim(&CLAIMANT, NOW.after(CLAIMABLE)), Ok(()));
        assert_eq!(may_claim(&CLAIMANT, NOW.after(CLAIMABLE + MINUTE)), Err(Unclaimable::TooLate));
        for (claimant, why) in [
            (Claimant { holder: Some(ADA), ..CLAIMANT }, Unclaimable::Theirs),
            (Claimant { holder: Some(BOB), ..CLAIMANT }, Unclaimable::Assigned),
            (Claimant { waits: true, ..CLAIMANT }, Unclaimable::Waits),
            (Claimant { cards: ENOUGH, ..CLAIMANT }, Unclaimable::Enough),
            (Claimant { waiting: WAITING, ..CLAIMANT }, Unclaimable::TooMany),
        ] {
            assert_eq!(may_claim(&claimant, NOW), Err(why), "{claimant:?}");
        }
        let last = Claimant { cards: ENOUGH - 1, waiting: WAITING - 1, ..CLAIMANT };
        assert_eq!(may_claim(&last, NOW), Ok(()));
    }

    #[test]
    fn claim_outcome_depends_on_card_owner() {
        assert_eq!(outcome(ClaimState::Open, None, ADA), ClaimOutcome::Waits);
        assert_eq!(outcome(ClaimState::Open, Some(ADA), ADA), ClaimOutcome::Approved);
        assert_eq!(outcome(ClaimState::Open, Some(BOB), ADA), ClaimOutcome::Lapsed);
        assert_eq!(outcome(ClaimState::Refused, Some(ADA), ADA), ClaimOutcome::Refused);
        assert_eq!(outcome(ClaimState::Approved, None, ADA), ClaimOutcome::Approved, "out of service since");
    }
}
