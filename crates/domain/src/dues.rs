//! Dues: whether a member has paid, as their payment processor says.
//!
//! **Invariant.** Only the status and the day until which dues are paid are known; no card, amount or bank. A processor that cannot
//! be asked changes nobody's status.
//!
//! Not here: what a processor's messages look like, and the hold that follows.

use crate::{string_enum::string_enum, time::Date};

string_enum! {
    /// The status of a member's dues.
    DuesStatus {
        Current = "current",
        /// Late by no more than the days of grace: everything works.
        Grace = "grace",
        /// Late by more: a hold is placed.
        Overdue = "overdue",
        /// The membership at the processor has ended.
        Ended = "ended",
    }
}

impl DuesStatus {
    /// Whether access is held.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Overdue)
    }
}

/// What a processor says of a customer when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The last day that is paid.
    pub paid_until: Date,
    /// Whether nothing will be collected any more.
    pub ended: bool,
}

/// The most days of grace that can be set.
pub const MOST_GRACE: u16 = 60;

/// The status on `today`, with so many days of grace after the last paid day.
#[must_use]
pub fn status(standing: Standing, grace: u16, today: Date) -> DuesStatus {
    let late = today.days() - standing.paid_until.days();
    match late {
        ..=0 => DuesStatus::Current,
        _ if standing.ended => DuesStatus::Ended,
        late if late <= i64::from(grace.min(MOST_GRACE)) => DuesStatus::Grace,
        _ => DuesStatus::Overdue,
    }
}

/// What a comparison with the processor found for one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Here and there differ.
    Status { here: DuesStatus, there: DuesStatus },
    /// The processor does not know the reference any more.
    UnknownThere,
    /// Nobody here has the reference.
    UnknownHere(DuesStatus),
}

/// Compares the status here with that at the processor; `None` stands for an unknown reference.
#[must_use]
pub fn compare(here: Option<DuesStatus>, there: Option<DuesStatus>) -> Option<Difference> {
    match (here, there) {
        (Some(here), Some(there)) if here != there => Some(Difference::Status { here, there }),
        // Whoever has ended there may be gone there.
        (Some(here), None) if here != DuesStatus::Ended => Some(Difference::UnknownThere),
        (None, Some(there)) if there != DuesStatus::Ended => Some(Difference::UnknownHere(there)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i64) -> Date {
        Date::from_days(20_000 + day)
    }

    #[test]
    fn late_payment_has_grace_then_is_overdue_and_current_once_paid() {
        let standing = |paid: i64| Standing { paid_until: day(paid), ended: false };
        let on = |today: i64, paid: i64| status(standing(paid), 10, day(today));
        assert_eq!(on(0, 0), DuesStatus::Current, "the last paid day is paid");
        assert_eq!((on(1, 0), on(10, 0)), (DuesStatus::Grace, DuesStatus::Grace));
        assert_eq!(on(11, 0), DuesStatus::Overdue);
        assert_eq!(on(11, 30), DuesStatus::Current);
        assert_eq!(status(standing(0), 0, day(1)), DuesStatus::Overdue, "without grace");
    }

    #[test]
    fn ended_membership_lasts_as_long_as_it_is_paid() {
        let ended = Standing { paid_until: day(5), ended: true };
        assert_eq!(status(ended, 10, day(5)), DuesStatus::Current);
        assert_eq!(status(ended, 10, day(6)), DuesStatus::Ended);
        assert!(!DuesStatus::Ended.is_held(), "they are no member, which is another matter");
    }

    #[test]
    fn differences_to_processor_are_reported() {
        use DuesStatus::{Current, Ended, Grace};
        assert_eq!(compare(Some(Current), Some(Current)), None);
        assert_eq!(compare(Some(Current), Some(Ended)), Some(Difference::Status { here: Current, there: Ended }));
        assert_eq!(compare(Some(Grace), None), Some(Difference::UnknownThere));
        assert_eq!(compare(None, Some(Current)), Some(Difference::UnknownHere(Current)));
        assert_eq!((compare(Some(Ended), None), compare(None, Some(Ended))), (None, None));
    }

    proptest! {
        #[test]
        fn status_only_worsens_while_nothing_is_paid(grace in 0_u16..90, ended: bool, days in 0_i64..200) {
            let standing = Standing { paid_until: day(0), ended };
            let order = |today| status(standing, grace, day(today)) as u8;
            prop_assert!(order(days) <= order(days + 1));
        }
    }
}
