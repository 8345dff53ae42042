//! Which times of an open list of free times were taken. The list has a few times only, so one that is missing from
//! its next version may still be free. Not here: the list, which is in `find`.

use contract::bookings::Time;

/// Times of `before` that are in no time of `after`, and surely not free.
pub fn taken<'a>(before: &'a [Time], after: &'a [Time]) -> impl Iterator<Item = Time> + 'a {
    before.iter().copied().filter(|time| !is_free(*time, before, after))
}

/// Whether a time is still offered, or was only replaced by another.
fn is_free(time: Time, before: &[Time], after: &[Time]) -> bool {
    let overlaps = |one: &Time| one.starts.at < time.ends.at && time.starts.at < one.ends.at;
    // A list of the same length without later times was cut before this one.
    let is_cut = after.len() >= before.len() && after.iter().all(|one| one.starts.at < time.starts.at);
    // There is one time a day: the soonest of all replaces that of its day.
    let is_replaced = after.first().is_some_and(|soonest| {
        !before.contains(soonest)
            && soonest.starts.at < time.starts.at
            && soonest.starts.wall().date == time.starts.wall().date
    });
    after.iter().any(overlaps) || is_cut || is_replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{Millis, Moment};

    /// Midnight of 19 November 2026 in Rome.
    const MIDNIGHT: Millis = Millis(1_795_042_800_000);

    /// The hour from so many hours after midnight.
    fn at(hour: i64) -> Time {
        let moment = |hour: i64| Moment { at: Millis(MIDNIGHT.0 + hour * 3_600_000), offset: 60 };
        Time { starts: moment(hour), ends: moment(hour + 1) }
    }

    fn times(hours: &[i64]) -> Vec<Time> {
        hours.iter().map(|hour| at(*hour)).collect()
    }

    #[track_caller]
    fn assert_taken(before: &[i64], after: &[i64], expected: &[i64]) {
        let (before, after) = (times(before), times(after));
        assert_eq!(taken(&before, &after).collect::<Vec<_>>(), times(expected));
    }

    #[test]
    fn time_before_those_offered_now_is_taken() {
        assert_taken(&[14, 32, 56], &[15, 32, 56], &[14]);
        assert_taken(&[14, 32, 56], &[14, 33, 56], &[32]);
        assert_taken(&[14, 32, 56], &[14, 32], &[56]);
        assert_taken(&[14], &[], &[14]);
    }

    #[test]
    fn free_time_replaced_by_a_sooner_one_is_not_taken() {
        // 23:00 is booked, and the soonest is 00:00 then, in place of 08:00 of the same day.
        assert_taken(&[23, 32, 56], &[24, 56, 80], &[23]);
        // 23:00 is free again, and the list ends a day sooner.
        assert_taken(&[32, 56, 80], &[23, 32, 56], &[]);
        assert_taken(&[14, 32, 56], &[14, 32, 56], &[]);
    }
}
