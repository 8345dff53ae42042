//! Holds: a hold bars one person from everything for a time, for a reason that is not about a machine.
//!
//! Invariant: a hold is in force from its placement until its end or until it is lifted, whichever is first. Not
//! here: its text, which is a remark and can be deleted.

use crate::{
    id::HoldId,
    string_enum::string_enum,
    time::{Date, Millis},
};

string_enum! {
    /// The reason of a hold.
    HoldReason {
        /// Something is not paid.
        Unpaid = "unpaid",
        /// Something happened that must be talked about first.
        Safety = "safety",
        /// A signature or a paper is missing.
        Paperwork = "paperwork",
        NoShows = "no-shows",
        /// Dues are overdue: placed and lifted by the program.
        Dues = "dues",
        /// Another reason; see the remark.
        Other = "other",
    }
}

/// A remark is no longer than this, in characters.
pub const REMARK: usize = 500;

/// The last day on which a hold counts, the whole of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay(Date);

/// The last day would be over before the hold begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPast;

impl LastDay {
    /// `day`, unless it is before `today`, both by the clock of the space.
    pub fn new(day: Date, today: Date) -> Result<Self, DayPast> {
        if day < today { Err(DayPast) } else { Ok(Self(day)) }
    }

    /// The day after: the hold ends as it begins.
    #[must_use]
    pub fn day_after(self) -> Date {
        Date::from_days(self.0.days() + 1)
    }
}

/// A hold, as far as decisions need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    pub reason: HoldReason,
    pub placed: Millis,
    /// Until when (exclusive), if it ends by itself or was lifted.
    pub until: Option<Millis>,
}

impl HoldReason {
    /// Whether people place holds for it; the others are placed by the program alone.
    #[must_use]
    pub const fn is_placed_by_people(self) -> bool {
        !matches!(self, Self::Dues)
    }
}

impl Hold {
    /// Whether it is in force at `at`.
    #[must_use]
    pub fn in_force(&self, at: Millis) -> bool {
        self.placed <= at && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hold_is_in_force_from_placement_until_end() {
        let hold = Hold { id: HoldId(1), reason: HoldReason::Safety, placed: Millis(10), until: Some(Millis(20)) };
        let out: Vec<i64> = (0..30).filter(|&at| hold.in_force(Millis(at))).collect();
        assert_eq!(out, (10..20).collect::<Vec<_>>());
        assert!(Hold { until: None, ..hold }.in_force(Millis(i64::MAX)));
    }
}
