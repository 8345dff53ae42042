//! Hours of machine use of a person, by week.

use crate::time::{Date, Millis};

/// Weeks shown, including the current one.
pub const WEEKS: u8 = 12;

/// The Mondays of these weeks, the oldest first.
#[must_use]
pub fn mondays(today: Date) -> Vec<Date> {
    let this = today.days() - i64::from(today.weekday());
    (0..i64::from(WEEKS)).rev().map(|week| Date::from_days(this - week * 7)).collect()
}

/// Milliseconds of `uses` in each period, from its place in `starts` to the next, and the last until `now`. An
/// open use lasts until now.
#[must_use]
pub fn by_week(uses: &[(Millis, Option<Millis>)], starts: &[Millis], now: Millis) -> Vec<i64> {
    let ends = starts.iter().skip(1).copied().chain([now]);
    let stretches = starts.iter().copied().zip(ends);
    let sums = stretches.map(|(from, until)| {
        let parts = uses.iter().map(|&(start, end)| end.unwrap_or(now).min(until).minus(start.max(from)));
        parts.filter(|&part| part > 0).sum()
    });
    sums.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_start_on_monday_and_last_one_is_current() {
        // A Thursday.
        let mondays = mondays(Date { year: 2026, month: 11, day: 19 });
        assert_eq!(mondays.len(), usize::from(WEEKS));
        assert_eq!(mondays.first(), Some(&Date { year: 2026, month: 8, day: 31 }));
        assert_eq!(mondays.last(), Some(&Date { year: 2026, month: 11, day: 16 }));
    }

    #[test]
    fn use_across_weeks_is_split_and_open_use_counts_until_now() {
        let at = Millis;
        let uses = [(at(0), Some(at(5))), (at(8), Some(at(13))), (at(27), None)];
        assert_eq!(by_week(&uses, &[at(2), at(10), at(20)], at(30)), [3 + 2, 3, 3]);
    }
}
