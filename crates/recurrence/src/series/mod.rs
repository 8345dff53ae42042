//! A series: a rule with its first and last date, its times by the wall, and what differs on single dates.
//!
//! **Invariants.** An occurrence is identified by the date that the rule gives it, also after it was moved. Wall-clock
//! time becomes an instant as everywhere in Toolgate (`domain::hours`): a repeated time is the first, a skipped time is
//! the end of the jump. An exception that matches no date is reported, not ignored. Not here: changing a series
//! (`edit`).

#[cfg(test)]
pub(crate) mod tests;

use crate::{End, MAX_OCCURRENCES, Rule, Until, library};
use domain::{
    hours::DAY_MINUTES,
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// Days from the first date to the last: three years. It bounds the search of rules with few dates.
pub const MAX_DAYS: i64 = 3 * 366;

/// When an occurrence begins and ends, in minutes from midnight of its date by the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    from: u16,
    to: u16,
}

/// What differs on one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It takes place then instead.
    Moved { date: Date, times: Times },
    /// It was called off. Unlike an exception, it stays visible as cancelled.
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub rule: Rule,
    /// The rule counts its days, weeks, months or years from here. The first date on or after it is the first of the
    /// series.
    pub first: Date,
    /// The last possible date; `None` if the rule itself ends.
    pub last: Option<Date>,
    pub times: Times,
    /// Dates on which it does not take place.
    pub exceptions: BTreeSet<Date>,
    /// By the date of the rule.
    pub changes: BTreeMap<Date, Change>,
}

/// How the clocks show the start or the end of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallClock {
    /// Once, as on nearly every day.
    Once,
    /// Never: the clocks jump over it, and the end of the jump is taken.
    Skipped,
    /// Twice: the clocks are put back, and the first is taken.
    Twice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The date that the rule gives it, which calendars call its recurrence id.
    pub date: Date,
    pub span: Span,
    /// Of its start; of its end where the start is shown once.
    pub clock: WallClock,
    /// Whether it takes place at another time than the rule says.
    pub is_moved: bool,
}

/// A series in a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// In the order in which they take place.
    pub occurrences: Vec<Occurrence>,
    /// Dates that were called off.
    pub cancelled: Vec<Date>,
    /// Dates without an occurrence, because the clocks jump over all of its time.
    pub nonexistent: Vec<Date>,
    /// Exceptions and changes on dates that the series does not have.
    pub unmatched: Vec<Date>,
}

/// Why a series has no dates to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesError {
    /// Its first date is none of the years 1970 to 2100.
    FirstDate,
    /// Neither the rule nor the series has an end.
    NoEnd,
    EndsBeforeFirst,
    /// The rule matches no date before the end.
    NoDates,
    /// More dates than [`MAX_OCCURRENCES`].
    TooMany,
    /// It goes on for more than [`MAX_DAYS`].
    TooLong,
}

impl Times {
    /// From midnight of the date to at most 24 hours after the start; `None` otherwise. An end above 1440 is on the
    /// next day.
    #[must_use]
    pub const fn new(from: u16, to: u16) -> Option<Self> {
        if from < DAY_MINUTES && from < to && to - from <= DAY_MINUTES { Some(Self { from, to }) } else { None }
    }

    #[must_use]
    pub const fn from(self) -> u16 {
        self.from
    }

    /// Exclusive; above 1440 on the next day.
    #[must_use]
    pub const fn to(self) -> u16 {
        self.to
    }

    /// Its time on `date`; `None` if the clocks jump over all of it.
    #[must_use]
    pub fn on(self, date: Date, zone: Zone) -> Option<(Span, WallClock)> {
        let ((starts, clock), (ends, end_clock)) = (instant(zone, date, self.from), instant(zone, date, self.to));
        let clock = if clock == WallClock::Once { end_clock } else { clock };
        (starts < ends).then_some((Span { starts, ends }, clock))
    }
}

/// The date and the minute of the day, of a minute that may be on the next day.
pub(crate) fn day_minute(date: Date, minute: u16) -> (Date, u16) {
    (Date::from_days(date.days() + i64::from(minute / DAY_MINUTES)), minute % DAY_MINUTES)
}

fn instant(zone: Zone, date: Date, minute: u16) -> (Millis, WallClock) {
    let (date, minute) = day_minute(date, minute);
    let clock = if zone.local_instant(date, minute).is_none() {
        WallClock::Skipped
    } else if zone.shows_twice(date, minute) {
        WallClock::Twice
    } else {
        WallClock::Once
    };
    (zone.instant(date, minute), clock)
}

impl Series {
    /// A series without exceptions and changes.
    #[must_use]
    pub const fn new(rule: Rule, first: Date, last: Option<Date>, times: Times) -> Self {
        Self { rule, first, last, times, exceptions: BTreeSet::new(), changes: BTreeMap::new() }
    }

    /// The dates of the rule, in order, exceptions included. `zone` matters for rules that end at an instant.
    pub fn dates(&self, zone: Zone) -> Result<Vec<Date>, SeriesError> {
        let first = self.first;
        if !(1970..=2100).contains(&first.year) || Date::from_days(first.days()) != first {
            return Err(SeriesError::FirstDate);
        }
        let (count, until) = match self.rule.end() {
            Some(End::Count(count)) => (Some(count), None),
            Some(End::Until(until)) => (None, Some(until)),
            None => (None, None),
        };
        let until_day = until.map(|until| match until {
            Until::Day(day) => day,
            Until::Instant(at) => zone.moment(at).wall().date,
        });
        let last = [self.last, until_day].into_iter().flatten().min();
        if last.is_some_and(|last| last < first) {
            return Err(SeriesError::EndsBeforeFirst);
        }
        let horizon = Date::from_days(first.days() + MAX_DAYS);
        let within = last.filter(|last| *last <= horizon);
        if count.is_none() && within.is_none() {
            return Err(if last.is_none() { SeriesError::NoEnd } else { SeriesError::TooLong });
        }
        let most = count.unwrap_or(MAX_OCCURRENCES + 1);
        let end = within.unwrap_or(horizon);
        let mut dates = match &self.rule {
            Rule::Weekly(weekly) => weekly.dates(first, end, most),
            Rule::Text(_) => library::dates(&self.rule.endless().to_string(), first, end, most),
        };
        if let Some(Until::Instant(at)) = until {
            dates.retain(|date| zone.instant(*date, self.times.from) <= at);
        }
        if dates.is_empty() {
            return Err(SeriesError::NoDates);
        }
        if dates.len() > MAX_OCCURRENCES.into() {
            return Err(SeriesError::TooMany);
        }
        if within.is_none() && dates.len() < most.into() {
            return Err(SeriesError::TooLong);
        }
        Ok(dates)
    }

    /// Its occurrences in `zone`, and what does not match.
    pub fn expand(&self, zone: Zone) -> Result<Expansion, SeriesError> {
        let dates = self.dates(zone)?;
        let mut expansion = Expansion {
            occurrences: Vec::with_capacity(dates.len()),
            cancelled: Vec::new(),
            nonexistent: Vec::new(),
            unmatched: self.unmatched(&dates),
        };
        for date in dates.into_iter().filter(|date| !self.exceptions.contains(date)) {
            let (day, times) = match self.changes.get(&date) {
                Some(Change::Cancelled) => {
                    expansion.cancelled.push(date);
                    continue;
                }
                Some(Change::Moved { date, times }) => (*date, *times),
                None => (date, self.times),
            };
            match times.on(day, zone) {
                Some((span, clock)) => {
                    let is_moved = (day, times) != (date, self.times);
                    expansion.occurrences.push(Occurrence { date, span, clock, is_moved });
                }
                None => expansion.nonexistent.push(date),
            }
        }
        expansion.occurrences.sort_by_key(|occurrence| (occurrence.span, occurrence.date));
        Ok(expansion)
    }

    /// The years in which it takes place in `zone`, moved dates included: those that a calendar file has to define the
    /// zone for.
    pub fn years(&self, zone: Zone) -> Result<RangeInclusive<i32>, SeriesError> {
        let dates = self.dates(zone)?;
        let moved = self.changes.values().filter_map(|change| match change {
            Change::Moved { date, .. } => Some(date.year),
            Change::Cancelled => None,
        });
        // An occurrence may end on the day after.
        let ends = dates.iter().flat_map(|date| [date.year, Date::from_days(date.days() + 1).year]);
        let years: BTreeSet<_> = ends.chain(moved).collect();
        let year = self.first.year;
        Ok(years.first().copied().unwrap_or(year)..=years.last().copied().unwrap_or(year))
    }

    /// Exceptions on dates that the rule does not have, and changes of dates without an occurrence.
    fn unmatched(&self, dates: &[Date]) -> Vec<Date> {
        let has = |date: &Date| dates.binary_search(date).is_ok();
        let exceptions = self.exceptions.iter().filter(|date| !has(date));
        let changes = self.changes.keys().filter(|date| !has(date) || self.exceptions.contains(*date));
        exceptions.chain(changes).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }
}
