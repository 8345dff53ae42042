//! Maintenance plans: what has to be done to a machine every so many hours of use or days, and how far along that
//! is.
//!
//! **Invariants.** A plan is counted per machine, from when it was last done there. Hours come from the machine's
//! running total, which may be corrected later: a total corrected below the start counts as zero. Of hours and
//! days the greater decides. Interventions are never changed.
//!
//! Not here: whom overdue blocking maintenance bars ([`crate::access`]).

use crate::{
    id::{InterventionId, PersonId, UseId},
    string_enum::string_enum,
    time::{DAY, HOUR, Millis, millis},
    uses::TOLERANCE,
};
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, time::Duration};

/// Limit of characters of a task.
pub const WORDS: usize = 200;
/// Limit of characters of a note on an intervention.
pub const NOTE: usize = 1_000;
/// Hours of use after which something has to be done.
pub const HOURS: RangeInclusive<u32> = 1..=100_000;
/// Days after which something has to be done.
pub const DAYS: RangeInclusive<u32> = 1..=3_650;
/// Default percentage of the interval from which maintenance is due soon.
pub const WARN: u8 = 90;
/// The period of recent use that forecasts are based on.
pub const RECENT: Duration = Duration::from_hours(28 * 24);

/// An identical registration by the same person within this time is a repeated submission.
pub const AGAIN: Duration = Duration::from_secs(10);

string_enum! {
    Doer {
        /// A trainer of the type, or an owner.
        Trainer = "trainer",
        /// An owner of the type.
        Owner = "owner",
        /// An external service, such as the maker's.
        Outside = "outside",
    }
}

string_enum! {
    /// The urgency; a later one is more urgent.
    Urgency {
        Fine = "fine",
        Soon = "soon",
        Due = "due",
    }
}

/// After how much it has to be done again; one of both at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Every {
    /// Hours of use.
    pub hours: Option<u32>,
    pub days: Option<u32>,
}

/// The start of a plan's interval on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// When it was last done, or began to count.
    pub at: Millis,
    /// The machine's running total at that moment, in milliseconds.
    pub used: i64,
}

/// The progress of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Thousandths of the interval, by whichever of hours and days is further; 1000 is due, and it may be more.
    pub permille: u32,
    pub urgency: Urgency,
    /// Milliseconds of use since it was last done.
    pub used: i64,
    /// Milliseconds of use that are left; 0 when it is due by hours, `None` when hours do not count.
    pub left: Option<i64>,
}

/// The progress of a plan that counts `since` on a machine whose running total is `used` milliseconds; `warn` is
/// the percentage from which it is due soon.
#[must_use]
pub fn progress(every: Every, since: Since, used: i64, warn: u8, now: Millis) -> Progress {
    let used = used.saturating_sub(since.used).max(0);
    let whole = every.hours.map(|hours| millis(HOUR * hours));
    let by_hours = whole.map(|whole| permille(used, whole));
    let by_days = every.days.map(|days| permille(millis(now.since(since.at)), millis(DAY * days)));
    let permille = by_hours.max(by_days).unwrap_or(0);
    let urgency = match permille {
        1_000.. => Urgency::Due,
        far if far >= u32::from(warn) * 10 => Urgency::Soon,
        _ => Urgency::Fine,
    };
    Progress { permille, urgency, used, left: whole.map(|whole| (whole - used).max(0)) }
}

/// Rounded down, so that a thousand is reached with the last millisecond and not before.
fn permille(part: i64, whole: i64) -> u32 {
    let thousandths = i128::from(part) * 1_000 / i128::from(whole.max(1));
    thousandths.try_into().unwrap_or(u32::MAX)
}

/// When it is due by days; `None` when days do not count.
#[must_use]
pub fn due_by_days(every: Every, since: Since) -> Option<Millis> {
    every.days.map(|days| since.at.after(DAY * days))
}

/// When it will be due at the recent rate of use, `recent` milliseconds in [`RECENT`]: by days or by hours,
/// whichever comes first. `None` if it cannot be predicted.
#[must_use]
pub fn forecast(every: Every, since: Since, progress: &Progress, recent: i64, now: Millis) -> Option<Millis> {
    let by_hours = progress.left.filter(|&left| left == 0 || recent > 0).map(|left| {
        let away = i128::from(left) * i128::from(millis(RECENT)) / i128::from(recent.max(1));
        Millis(now.0.saturating_add(away.try_into().unwrap_or(i64::MAX)))
    });
    // Further forecasts are meaningless.
    let far = now.after(DAY * *DAYS.end());
    let by_hours = by_hours.filter(|&at| at <= far);
    by_hours.into_iter().chain(due_by_days(every, since)).min()
}

/// A plan's interval on one machine, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    pub every: Every,
    pub since: Since,
    /// The machine's running total, in milliseconds.
    pub used: i64,
    /// It bars the machine when due.
    pub blocking: bool,
    /// The text on the board's display when it is due.
    pub display: String,
}

/// The first of `plans` that bars the machine at `now`.
#[must_use]
pub fn first_due(plans: &[Counting], now: Millis) -> Option<&Counting> {
    // The warning threshold does not matter here.
    plans.iter().find(|plan| plan.blocking && plan.urgency(WARN, now) == Urgency::Due)
}

impl Counting {
    /// Its urgency at `now`; `warn` as for [`progress`].
    #[must_use]
    pub fn urgency(&self, warn: u8, now: Millis) -> Urgency {
        progress(self.every, self.since, self.used, warn, now).urgency
    }
}

/// The last maintenance report of a machine's board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardReport {
    /// The first stored intervention.
    pub id: InterventionId,
    /// The card's holder.
    pub by: Option<PersonId>,
    /// When it was last received.
    pub at: Millis,
    /// It came as a replay.
    pub replay: bool,
    /// It was already received a second time.
    pub twin: bool,
    /// The machine's last use before it.
    pub after: Option<UseId>,
}

impl BoardReport {
    /// Whether another report repeats this one. People use the machine after maintaining it, so a report by the
    /// same person without a use in between is the same: duplicated on the wire, or the replay of a message whose
    /// answer came too late. Each live message has at most one replay.
    #[must_use]
    pub fn is_again(&self, by: PersonId, replay: bool, after: Option<UseId>, now: Millis) -> bool {
        let doubled = self.at.near(now, TOLERANCE) && (replay || !self.replay);
        let twin = replay && !self.replay && !self.twin;
        self.by == Some(by) && self.after == after && (doubled || twin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Millis = Millis(1_800_000_000_000);
    const EITHER: Every = Every { hours: Some(100), days: Some(30) };

    fn hours(hours: i64) -> i64 {
        hours * 3_600_000
    }

    fn days_ago(days: u32) -> Millis {
        NOW.before(DAY * days)
    }

    #[test]
    fn greater_of_hours_and_days_decides() {
        let by_hours = Every { days: None, ..EITHER };
        let by_days = Every { hours: None, ..EITHER };
        for (every, begun, used, permille, urgency) in [
            (EITHER, days_ago(0), 0, 0, Urgency::Fine),
            (EITHER, days_ago(3), hours(50), 500, Urgency::Fine),
            (EITHER, days_ago(27), hours(50), 900, Urgency::Soon),
            (EITHER, days_ago(3), hours(90) - 1, 899, Urgency::Fine),
            (EITHER, days_ago(3), hours(100) - 1, 999, Urgency::Soon),
            (EITHER, days_ago(3), hours(100), 1_000, Urgency::Due),
            (EITHER, days_ago(45), 0, 1_500, Urgency::Due),
            (by_hours, days_ago(3_000), hours(1), 10, Urgency::Fine),
            (by_days, days_ago(15), hours(90_000), 500, Urgency::Fine),
        ] {
            let reported = progress(every, Since { at: begun, used: hours(7) }, hours(7) + used, WARN, NOW);
            assert_eq!((reported.permille, reported.urgency), (permille, urgency), "{every:?} {begun:?} {used}");
            assert_eq!(reported.used, used);
        }
    }

    #[test]
    fn total_corrected_below_start_counts_as_zero() {
        let reported = progress(EITHER, Since { at: NOW, used: hours(10) }, hours(9), WARN, NOW);
        assert_eq!((reported.permille, reported.used, reported.left), (0, 0, Some(hours(100))));
        let early = progress(EITHER, Since { at: NOW.after(DAY), used: 0 }, 0, WARN, NOW);
        assert_eq!(early.permille, 0, "a clock that was set back");
    }

    #[test]
    fn repeated_board_report_counts_once() {
        let ada = PersonId(1);
        let reported = BoardReport {
            id: InterventionId(4),
            by: Some(ada),
            at: NOW,
            replay: false,
            twin: false,
            after: Some(UseId(7)),
        };
        let (soon, late) = (NOW.after(TOLERANCE), NOW.after(HOUR));
        assert!(reported.is_again(ada, true, Some(UseId(7)), late), "the answer came too late");
        assert!(reported.is_again(ada, false, Some(UseId(7)), soon), "doubled on the wire");
        assert!(!reported.is_again(ada, false, Some(UseId(7)), late), "said anew");
        assert!(!reported.is_again(PersonId(2), true, Some(UseId(7)), late), "somebody else");
        assert!(!reported.is_again(ada, true, Some(UseId(8)), late), "the machine was used in between");
        let matched = BoardReport { twin: true, ..reported };
        assert!(!matched.is_again(ada, true, Some(UseId(7)), late), "one replay each");
        let replayed = BoardReport { replay: true, ..reported };
        assert!(!replayed.is_again(ada, true, Some(UseId(7)), late));
        assert!(replayed.is_again(ada, true, Some(UseId(7)), soon), "a replay doubled on the wire");
        assert!(!replayed.is_again(ada, false, Some(UseId(7)), soon), "a plain one has no twin before it");
    }

    #[test]
    fn warning_threshold_is_configurable() {
        let since = Since { at: days_ago(15), used: 0 };
        assert_eq!(progress(EITHER, since, 0, 50, NOW).urgency, Urgency::Soon);
        assert_eq!(progress(EITHER, since, 0, 51, NOW).urgency, Urgency::Fine);
    }

    #[test]
    fn forecast_follows_recent_use_and_is_capped_by_days() {
        let by_hours = Every { days: None, ..EITHER };
        let since = Since { at: NOW, used: 0 };
        // 28 hours in 28 days: an hour a day, and fifty are left.
        for (every, used, recent, expected) in [
            (by_hours, 50, 28, Some(NOW.after(DAY * 50))),
            (EITHER, 50, 28, Some(NOW.after(DAY * 30))),
            (EITHER, 50, 280, Some(NOW.after(DAY * 5))),
            (by_hours, 50, 0, None),
            (by_hours, 100, 0, Some(NOW)),
            (EITHER, 50, 0, Some(NOW.after(DAY * 30))),
        ] {
            let reported = progress(every, since, hours(used), WARN, NOW);
            assert_eq!(
                forecast(every, since, &reported, hours(recent), NOW),
                expected,
                "{every:?} {used} {recent}"
            );
        }
        let hardly = progress(by_hours, since, 0, WARN, NOW);
        assert_eq!(forecast(by_hours, since, &hardly, 1, NOW), None, "in ten thousand years");
    }

    proptest! {
        #[test]
        fn progress_never_decreases_by_itself(
            every_hours in proptest::option::of(HOURS), every_days in proptest::option::of(DAYS),
            begun in -4_000_000i64..4_000_000, first in 0i64..4_000_000_000, more in 0i64..4_000_000_000,
            days in 0u32..4_000, later in 0u32..4_000,
        ) {
            let every = Every { hours: every_hours, days: every_days };
            let since = Since { at: NOW, used: begun };
            let reported = |used, days| progress(every, since, used, WARN, NOW.after(DAY * days));
            let (before, after) = (reported(first, days), reported(first + more, days + later));
            prop_assert!(before.permille <= after.permille && before.urgency <= after.urgency);
            prop_assert!(before.left >= after.left && before.used <= after.used);
            // A completed plan restarts, whatever its progress.
            let anew = Since { at: NOW.after(DAY * days), used: first };
            prop_assert_eq!(progress(every, anew, first, WARN, NOW.after(DAY * days)).permille, 0);
        }

        #[test]
        fn maintenance_is_due_exactly_when_nothing_is_left(hours_set in HOURS, used in 0i64..400_000_000_000) {
            let every = Every { hours: Some(hours_set), days: None };
            let reported = progress(every, Since { at: NOW, used: 0 }, used, WARN, NOW);
            prop_assert_eq!(reported.left == Some(0), reported.urgency == Urgency::Due);
            prop_assert_eq!(reported.urgency == Urgency::Due, used >= hours(i64::from(hours_set)));
        }
    }
}
