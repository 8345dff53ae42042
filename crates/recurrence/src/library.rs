//! The dates of a rule, from the crate `rrule`.
//!
//! Invariant: the rule is canonical, repeats daily at most and has no end of its own; it is expanded at noon UTC, so
//! no clock change moves or drops a date.

use chrono::{DateTime, TimeZone};
use domain::time::Date;
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

/// Noon of `date`; `None` beyond the calendar.
fn noon(date: Date) -> Option<DateTime<Tz>> {
    let seconds = date.days().checked_mul(86_400)?.checked_add(43_200)?;
    Tz::UTC.timestamp_opt(seconds, 0).single()
}

/// Whether the library accepts the rule.
pub(crate) fn accepts(rule: &str) -> bool {
    let start = noon(Date { year: 2000, month: 1, day: 1 });
    let rule = rule.parse::<RRule<Unvalidated>>();
    start.zip(rule.ok()).is_some_and(|(start, rule)| rule.validate(start).is_ok())
}

/// The first `most` dates of `rule` from `first` to `last`, in order. Empty if the library refuses the rule. A rule that
/// matches no date at all, such as 30 February, costs the library's own limit of some milliseconds.
pub(crate) fn dates(rule: &str, first: Date, last: Date, most: u16) -> Vec<Date> {
    let (Some(start), Some(end)) = (noon(first), noon(last)) else { return Vec::new() };
    let rule = rule.parse::<RRule<Unvalidated>>().and_then(|rule| rule.validate(start));
    let Ok(rule) = rule else { return Vec::new() };
    let found = RRuleSet::new(start).rrule(rule).before(end).all(most);
    let days = found.dates.iter().map(|date| date.timestamp().div_euclid(86_400));
    days.map(Date::from_days).collect()
}
