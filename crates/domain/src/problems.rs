//! Problems reported on machines: severity, progress, and blocks of machines.
//!
//! `open → acknowledged → resolved`. **Invariant.** An unsafe machine is blocked at once; every other block waits
//! until the machine is idle. Not here: refusals of requests ([`crate::problem`]).

use crate::{
    rate::Pace,
    string_enum::string_enum,
    time::{Date, Millis},
};
use std::time::Duration;

/// Weeks in the chart of reported and resolved problems.
pub const WEEKS: i64 = 12;

/// Rate of reports per person: more than anybody finds in one evening.
pub const REPORTS: Pace = Pace { burst: 20, every: Duration::from_mins(3) };
/// Rate of problem photos per person.
pub const PHOTOS: Pace = Pace { burst: 40, every: Duration::from_secs(90) };

/// Limit of characters of a problem or its resolution.
pub const WORDS: usize = 1000;

string_enum! {
    /// The severity, by its effects. A later one is worse.
    Severity {
        Note = "note",
        /// It works, but not as it should.
        Degraded = "degraded",
        /// Nobody may use it: it is blocked at once, and its user logged out.
        Unsafe = "unsafe",
    }
}

string_enum! {
    /// The state of a problem.
    State {
        /// Not handled yet.
        Open = "open",
        /// A caretaker of the machine knows.
        Acknowledged = "acknowledged",
        /// It is done with.
        Resolved = "resolved",
    }
}

/// Problem counts of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    pub monday: Date,
    pub reported: u32,
    pub resolved: u32,
    /// Number unresolved at its end.
    pub open: u32,
}

/// Counts problems – when each was reported, and when it was resolved – by weeks: their first days, and the
/// instants at which they begin and end.
#[must_use]
pub fn by_week(problems: &[(Millis, Option<Millis>)], weeks: &[(Date, Millis, Millis)]) -> Vec<Week> {
    let many = |fits: &dyn Fn(Millis, Option<Millis>) -> bool| {
        let count = problems.iter().filter(|(reported, resolved)| fits(*reported, *resolved)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let week = |&(monday, starts, ends): &(Date, Millis, Millis)| Week {
        monday,
        reported: many(&|reported, _| (starts..ends).contains(&reported)),
        resolved: many(&|_, resolved| resolved.is_some_and(|at| (starts..ends).contains(&at))),
        open: many(&|reported, resolved| reported < ends && resolved.is_none_or(|at| at >= ends)),
    };
    weeks.iter().map(week).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_counts_as_reported_and_open_in_its_weeks() {
        let day = |day| Date { year: 2026, month: 11, day };
        let weeks = [(day(2), Millis(100), Millis(200)), (day(9), Millis(200), Millis(300))];
        // Reported before all of them; resolved on the edge between both; never resolved; reported after them.
        let problems = [
            (Millis(50), Some(Millis(150))),
            (Millis(120), Some(Millis(200))),
            (Millis(299), None),
            (Millis(300), None),
        ];
        let week = |monday, reported, resolved, open| Week { monday, reported, resolved, open };
        assert_eq!(by_week(&problems, &weeks), [week(day(2), 1, 1, 1), week(day(9), 1, 1, 1)]);
        assert_eq!(by_week(&[], &weeks[..1]), [week(day(2), 0, 0, 0)]);
    }
}
