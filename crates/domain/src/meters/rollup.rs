//! From readings to amounts per quarter of an hour.

use crate::time::{Millis, millis};
use std::time::Duration;

/// The smallest period of which amounts are stored.
pub const QUARTER: Duration = Duration::from_mins(15);
/// After a longer silence the amount is still counted, but not spread: nobody knows when it was used.
pub const LONGEST_GAP: Duration = Duration::from_hours(24);
/// The most that a meter of a workshop counts in a millisecond, in base units: 10.8 MW, or 10,800 m³ of water an hour.
const FASTEST: i64 = 3_000;

/// The last reading of a counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    last: Option<(Millis, i64)>,
    /// The last reading before the counter began at zero again: if it was only one wrong message, counting goes on from here.
    before: Option<i64>,
    /// A reading that no meter can have reached since the last: another device, if the next one goes on from it, and otherwise one
    /// wrong message.
    doubtful: Option<(Millis, i64)>,
}

/// The most that can have been counted in this time.
fn most(from: Millis, to: Millis) -> i64 {
    (to.0 - from.0).max(millis(QUARTER)).saturating_mul(FASTEST)
}

/// What one reading of a counter means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first one: nothing is known about the time before.
    First,
    /// This amount was used between the last reading and this one.
    Used { from: Millis, amount: i64 },
    /// The device began at zero again; this amount was used since.
    Restarted { from: Millis, amount: i64 },
    /// A repeated or late message.
    Ignored,
}

impl Counter {
    /// A counter whose last reading is stored.
    #[must_use]
    pub const fn after(at: Millis, value: i64) -> Self {
        Self { last: Some((at, value)), before: None, doubtful: None }
    }

    /// The time and value of the last reading.
    #[must_use]
    pub const fn last(self) -> Option<(Millis, i64)> {
        self.last
    }

    /// Takes a reading. Readings that are not later than the last are ignored, and so are those a little below it: after a power
    /// cut a plug goes on from what it stored last, which was counted already. A reading that leaps farther than any meter counts is
    /// ignored, unless the next goes on from it: then counting begins there.
    pub fn take(&mut self, at: Millis, value: i64) -> Step {
        let (step, before) = match (self.last, self.before) {
            (None, before) => (Step::First, before),
            (Some((from, _)), _) if at <= from => return Step::Ignored,
            (Some((_, last)), _) if value < last && value > last / 2 => return Step::Ignored,
            (Some((from, last)), _) if value < last => {
                (Step::Restarted { from, amount: value.max(0) }, Some(last))
            }
            (Some((from, last)), Some(before)) if last <= before / 2 && value >= before => {
                (Step::Used { from, amount: value - before }, None)
            }
            (Some((from, last)), before) => (Step::Used { from, amount: value - last }, before),
        };
        let (step, before) = match step {
            Step::Used { from, amount } | Step::Restarted { from, amount } if amount > most(from, at) => {
                let goes_on = |(since, first): (Millis, i64)| value >= first && value - first <= most(since, at);
                if !self.doubtful.is_some_and(goes_on) {
                    self.doubtful = Some((at, value));
                    return Step::Ignored;
                }
                (Step::First, None)
            }
            step => (step, before),
        };
        *self = Self { last: Some((at, value)), before, doubtful: None };
        step
    }
}

/// An amount used from `from` until `to`, as parts of quarters of an hour by their beginning: in proportion to the time, and all
/// of it in the last quarter after a gap of more than [`LONGEST_GAP`]. The parts add up to the amount.
#[must_use]
pub fn spread(from: Millis, to: Millis, amount: i64) -> Vec<(Millis, i64)> {
    let quarter = millis(QUARTER);
    let beginning = |at: i64| at.div_euclid(quarter) * quarter;
    let whole = to.0 - from.0;
    if whole <= 0 || whole > millis(LONGEST_GAP) {
        return vec![(Millis(beginning(to.0 - 1)), amount)];
    }
    // Rounded at each boundary, not for each part, so that nothing is lost.
    let until = |at: i64| {
        let share = i128::from(amount) * i128::from(at - from.0) / i128::from(whole);
        i64::try_from(share).unwrap_or(amount)
    };
    let mut parts = Vec::new();
    let mut at = from.0;
    while at < to.0 {
        let end = (beginning(at) + quarter).min(to.0);
        parts.push((Millis(beginning(at)), until(end) - until(at)));
        at = end;
    }
    parts
}

/// The values of a gauge within one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    pub count: u32,
    pub sum: i64,
    pub least: i64,
    pub most: i64,
    pub last: i64,
}

impl Gauge {
    #[must_use]
    pub const fn of(value: i64) -> Self {
        Self { count: 1, sum: value, least: value, most: value, last: value }
    }

    /// With one more value.
    #[must_use]
    pub fn and(self, value: i64) -> Self {
        Self {
            count: self.count.saturating_add(1),
            sum: self.sum.saturating_add(value),
            least: self.least.min(value),
            most: self.most.max(value),
            last: value,
        }
    }

    /// With the values of a later gauge of the same period.
    #[must_use]
    pub fn merge(self, later: Self) -> Self {
        Self {
            count: self.count.saturating_add(later.count),
            sum: self.sum.saturating_add(later.sum),
            least: self.least.min(later.least),
            most: self.most.max(later.most),
            last: later.last,
        }
    }

    /// The mean, rounded down.
    #[must_use]
    pub fn mean(self) -> i64 {
        self.sum.div_euclid(i64::from(self.count.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};
    use proptest::prelude::*;

    const NOON: Millis = Millis(1_795_089_600_000);

    #[test]
    fn counter_that_steps_back_or_shows_zero_once_counts_nothing_twice() {
        let mut counter = Counter::default();
        let at = |minutes: u32| NOON.after(MINUTE * minutes);
        counter.take(at(0), 381_700);
        assert_eq!(counter.take(at(1), 381_680), Step::Ignored, "as stored before a power cut");
        assert_eq!(counter.take(at(2), 381_750), Step::Used { from: at(0), amount: 50 });
        assert_eq!(counter.take(at(3), 0), Step::Restarted { from: at(2), amount: 0 });
        assert_eq!(
            counter.take(at(4), 381_760),
            Step::Used { from: at(3), amount: 10 },
            "it was one wrong message"
        );
        assert_eq!(counter.take(at(5), 5), Step::Restarted { from: at(4), amount: 5 });
        assert_eq!(counter.take(at(6), 25), Step::Used { from: at(5), amount: 20 });
    }

    #[test]
    fn leap_beyond_any_meter_counts_only_once_the_next_reading_goes_on_from_it() {
        let at = |minutes: u32| NOON.after(MINUTE * minutes);
        let mut counter = Counter::default();
        counter.take(at(0), 500);
        assert_eq!(counter.take(at(60), 900_000_000_000_000), Step::Ignored, "900 GWh in an hour");
        assert_eq!(counter.take(at(61), 700), Step::Used { from: at(0), amount: 200 }, "it was one wrong message");
        assert_eq!(counter.take(at(62), 40_000_000_000), Step::Ignored);
        assert_eq!(counter.take(at(63), 40_000_000_500), Step::First, "another meter in its place");
        assert_eq!(counter.take(at(64), 40_000_000_700), Step::Used { from: at(63), amount: 200 });
        assert_eq!(
            counter.take(at(65), 7_000_000_000),
            Step::Ignored,
            "it cannot have begun at zero a minute ago"
        );
    }

    #[test]
    fn restart_late_and_repeated_readings_count_nothing_twice() {
        let mut counter = Counter::default();
        let at = |minutes: u32| NOON.after(MINUTE * minutes);
        assert_eq!(counter.take(at(0), 1_000), Step::First);
        assert_eq!(counter.take(at(5), 1_300), Step::Used { from: at(0), amount: 300 });
        assert_eq!(counter.take(at(5), 1_300), Step::Ignored);
        assert_eq!(counter.take(at(3), 1_200), Step::Ignored);
        assert_eq!(counter.take(at(10), 40), Step::Restarted { from: at(5), amount: 40 });
        assert_eq!(counter.take(at(15), 90), Step::Used { from: at(10), amount: 50 });
        assert_eq!(counter.last(), Some((at(15), 90)));
    }

    #[test]
    fn amount_over_a_boundary_is_split_by_time() {
        let parts = spread(NOON.before(MINUTE * 5), NOON.after(MINUTE * 10), 900);
        assert_eq!(parts, [(NOON.before(MINUTE * 15), 300), (NOON, 600)]);
        let gap = spread(NOON.before(HOUR * 30), NOON, 900);
        assert_eq!(gap, [(NOON.before(MINUTE * 15), 900)], "when in these 30 hours is unknown");
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_amount(from in 0_i64..100_000_000, length in 1_i64..200_000_000, amount in 0_i64..1_000_000_000_000) {
            let parts = spread(Millis(from), Millis(from + length), amount);
            prop_assert_eq!(parts.iter().map(|(_, part)| part).sum::<i64>(), amount);
            prop_assert!(parts.iter().all(|(_, part)| *part >= 0));
            prop_assert!(parts.windows(2).all(|two| two[1].0.0 - two[0].0.0 == millis(QUARTER)));
        }

        #[test]
        fn counter_counts_its_rises_from_zero_and_no_small_step_back(values in prop::collection::vec(0_i64..1_000, 1..40)) {
            let mut counter = Counter::default();
            let mut used = 0;
            for (at, value) in (0..).zip(&values) {
                match counter.take(Millis(at), *value) {
                    Step::Used { amount, .. } | Step::Restarted { amount, .. } => {
                        prop_assert!(amount >= 0);
                        used += amount;
                    }
                    Step::First => prop_assert_eq!(at, 0),
                    Step::Ignored => prop_assert!(at > 0, "a little below the last"),
                }
            }
            prop_assert_eq!(used, counted(&values));
        }
    }

    /// The sum of what counters showed last, without what the first showed at first. A counter that begins at zero is another
    /// one, until it shows that the one before goes on.
    fn counted(values: &[i64]) -> i64 {
        let Some((&first, later)) = values.split_first() else { return 0 };
        let (mut over, mut before, mut current) = (0, None, first);
        for &value in later {
            if value >= current {
                if before.is_some_and(|top: i64| current <= top / 2 && value >= top) {
                    over += current;
                    before = None;
                }
                current = value;
            } else if value <= current / 2 {
                over += before.unwrap_or(0);
                (before, current) = (Some(current), value);
            }
        }
        over + before.unwrap_or(0) + current - first
    }
}
