//! Runs of machines without a swipe, as their plugs measure them.
//!
//! Not here: who was swiped in, and who is notified.

use super::{QUARTER, RUNNING, UNSWIPED};
use crate::time::Millis;

/// What a plug measured between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub from: Millis,
    pub until: Millis,
    /// In milliwatt-hours.
    pub amount: i64,
}

impl Interval {
    /// The mean power in watts; none over a gap of more than a quarter of an hour, which may hide a pause.
    #[must_use]
    pub fn watts(self) -> Option<i64> {
        let length = self.until.0 - self.from.0;
        (length > 0 && length <= crate::time::millis(QUARTER))
            .then(|| self.amount.saturating_mul(3_600).div_euclid(length))
    }
}

/// A run that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRun {
    pub started: Millis,
    /// In milliwatt-hours.
    pub amount: i64,
    /// Whether its owners got a notice.
    pub noticed: bool,
}

/// What an interval means for the runs of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStep {
    /// Nothing runs, or with a swipe.
    None,
    /// A run begins or goes on.
    Runs {
        run: OpenRun,
        /// It has now lasted so long that its owners get a notice.
        notify: bool,
    },
    /// It ended when the interval began.
    Ended,
    /// It was too short to be a run.
    Forgotten,
}

/// Takes an interval, in which the machine was in use or not.
#[must_use]
pub fn advance(open: Option<OpenRun>, interval: Interval, is_swiped: bool) -> RunStep {
    let runs = !is_swiped && interval.watts().is_some_and(|watts| watts >= RUNNING);
    match (open, runs) {
        (None, false) => RunStep::None,
        (Some(run), false) if run.noticed => RunStep::Ended,
        (Some(_), false) => RunStep::Forgotten,
        (open, true) => {
            let before = open.unwrap_or(OpenRun { started: interval.from, amount: 0, noticed: false });
            let lasts = interval.until.0 - before.started.0;
            let notify = !before.noticed && lasts >= crate::time::millis(UNSWIPED);
            let amount = before.amount.saturating_add(interval.amount);
            RunStep::Runs { run: OpenRun { amount, noticed: before.noticed || notify, ..before }, notify }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;
    use proptest::prelude::*;

    fn minutes(from: u32, until: u32, watts: i64) -> Interval {
        let at = |minutes| Millis(0).after(MINUTE * minutes);
        Interval { from: at(from), until: at(until), amount: watts * i64::from(until - from) * 1_000 / 60 }
    }

    #[test]
    fn run_without_a_swipe_is_reported_once_after_five_minutes() {
        let mut open = None;
        let mut notices = 0;
        for minute in 0..24 {
            let RunStep::Runs { run, notify } = advance(open, minutes(minute, minute + 1, 1_000), false) else {
                panic!("it runs");
            };
            assert_eq!(notify, minute == 4, "minute {minute}");
            notices += u32::from(notify);
            open = Some(run);
        }
        assert_eq!((notices, open.map(|run| run.amount / 1_000)), (1, Some(399)), "0.4 kWh in 24 minutes");
        assert_eq!(advance(open, minutes(24, 25, 2), false), RunStep::Ended);
    }

    #[test]
    fn standby_swiped_runs_short_runs_and_gaps_are_no_runs() {
        assert_eq!(advance(None, minutes(0, 1, RUNNING - 1), false), RunStep::None);
        assert_eq!(advance(None, minutes(0, 1, 900), true), RunStep::None);
        assert_eq!(advance(None, minutes(0, 16, 900), false), RunStep::None, "a mean over a gap says nothing");
        let RunStep::Runs { run, .. } = advance(None, minutes(0, 2, 900), false) else { panic!("it runs") };
        assert_eq!(advance(Some(run), minutes(2, 3, 900), true), RunStep::Forgotten, "the swipe came late");
    }

    proptest! {
        #[test]
        fn notice_comes_once_and_only_for_long_runs(watts in prop::collection::vec((0_i64..200, any::<bool>()), 1..60)) {
            let (mut open, mut lasts, mut noticed): (Option<OpenRun>, u32, u32) = (None, 0, 0);
            for (minute, (power, is_swiped)) in (0..).zip(watts) {
                match advance(open, minutes(minute, minute + 1, power), is_swiped) {
                    RunStep::Runs { run, notify } => {
                        lasts += 1;
                        noticed += u32::from(notify);
                        prop_assert_eq!(noticed, u32::from(lasts >= 5));
                        open = Some(run);
                    }
                    RunStep::None => prop_assert!(open.is_none()),
                    step @ (RunStep::Ended | RunStep::Forgotten) => {
                        prop_assert_eq!(step == RunStep::Ended, lasts >= 5);
                        (open, lasts, noticed) = (None, 0, 0);
                    }
                }
            }
        }
    }
}
