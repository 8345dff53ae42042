//! Recurrence rules: on which days a series takes place.
//!
//! **Invariants.** A rule repeats daily at most and contains no times of day. Its canonical text, as stored, parses
//! to the same rule. Everything that people or files provide is checked here, before a library sees it. Not here:
//! rules in words, and whether a rule ends, which a series may say too ([`crate::Series`]).

mod parse;
#[cfg(test)]
pub(crate) mod tests;

use crate::format;
use domain::time::{Date, Millis};
use std::fmt;

/// Dates of one series, exceptions included: two a week for a year, and some more. The preview lists them all on one
/// page, and each is a booking.
pub const MAX_OCCURRENCES: u16 = domain::series::DATES;

/// A longer interval is a slip, or malice.
pub const MAX_INTERVAL: u16 = 366;

/// How often a series takes place, and on which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    Weekly(Weekly),
    Text(RuleText),
}

/// Every week or every few weeks, on some weekdays. The weeks begin on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekly {
    days: Weekdays,
    interval: u16,
}

/// Any other rule: canonical text of RFC 5545, 3.3.10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    frequency: Frequency,
    interval: u16,
    end: Option<End>,
    /// The parts that select days, in canonical order, each with a leading semicolon.
    parts: String,
}

/// The unit of repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The end that a rule itself states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// After so many dates; exceptions count.
    Count(u16),
    Until(Until),
}

/// The end in time, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The last day in the space. Times without a zone are read as their day.
    Day(Date),
    /// The latest start.
    Instant(Millis),
}

/// A part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Frequency,
    Interval,
    Count,
    Until,
    ByMonth,
    ByWeekNumber,
    ByYearDay,
    ByMonthDay,
    ByDay,
    BySetPosition,
    WeekStart,
    ByHour,
    ByMinute,
    BySecond,
}

/// Why a rule is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleError {
    /// Longer than any sensible rule.
    TooLong,
    /// It contains letters that no rule has.
    NotAscii,
    /// Not a list of `NAME=VALUE`.
    Unreadable,
    /// A part with a name of its own invention.
    UnknownPart,
    /// One part twice.
    Repeated(Part),
    NoFrequency,
    /// It repeats within a day.
    TooFrequent,
    /// It contains times of day, which are those of the series.
    TimeOfDay(Part),
    /// The interval is not a number from 1 to [`MAX_INTERVAL`].
    Interval,
    /// More dates than [`MAX_OCCURRENCES`].
    TooMany,
    /// A count and a last day.
    TwoEnds,
    /// The value of this part is not allowed, or no value.
    Value(Part),
    /// This part has no meaning with the frequency.
    Misplaced(Part),
    /// This part needs another one that selects days.
    Alone(Part),
    /// "The second Tuesday" of a day or a week.
    NumberedWeekday,
    /// Weekly on no day.
    NoDays,
}

/// A set of weekdays, Monday 0 to Sunday 6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weekdays(u8);

/// Weekdays as rules write them.
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Weekdays {
    #[must_use]
    pub const fn contains(self, day: u8) -> bool {
        day < 7 && self.0 & (1 << day) != 0
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..7).filter(move |day| self.contains(*day))
    }

    /// `;BYDAY=MO,WE`.
    fn to_part(self) -> String {
        let names: Vec<_> = self.iter().filter_map(|day| WEEKDAYS.get(usize::from(day))).copied().collect();
        format!(";{}={}", Part::ByDay.as_str(), names.join(","))
    }
}

impl FromIterator<u8> for Weekdays {
    /// Numbers above 6 are no weekdays and are left out.
    fn from_iter<T: IntoIterator<Item = u8>>(days: T) -> Self {
        Self(days.into_iter().filter(|day| *day < 7).fold(0, |set, day| set | 1 << day))
    }
}

impl Weekly {
    pub const fn new(days: Weekdays, interval: u16) -> Result<Self, RuleError> {
        if days.is_empty() {
            return Err(RuleError::NoDays);
        }
        if interval == 0 || interval > MAX_INTERVAL {
            return Err(RuleError::Interval);
        }
        Ok(Self { days, interval })
    }

    #[must_use]
    pub const fn days(self) -> Weekdays {
        self.days
    }

    /// 1 is every week.
    #[must_use]
    pub const fn interval(self) -> u16 {
        self.interval
    }

    /// The first `most` dates from `first`, whose week is the first of the rule, to `last`, in order. The same as of the
    /// library, which reads a text for each.
    pub(crate) fn dates(self, first: Date, last: Date, most: u16) -> Vec<Date> {
        let monday = first.days() - i64::from(first.weekday());
        let is_date = |day: &i64| {
            let (week, weekday) = ((day - monday) / 7, (day - monday) % 7);
            week % i64::from(self.interval) == 0 && u8::try_from(weekday).is_ok_and(|day| self.days.contains(day))
        };
        let days = (first.days()..=last.days()).filter(is_date).take(most.into());
        days.map(Date::from_days).collect()
    }
}

impl RuleText {
    #[must_use]
    pub const fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// 1 is every day, week, month or year.
    #[must_use]
    pub const fn interval(&self) -> u16 {
        self.interval
    }
}

impl Rule {
    /// The end that the rule itself states.
    #[must_use]
    pub const fn end(&self) -> Option<End> {
        match self {
            Self::Weekly(_) => None,
            Self::Text(text) => text.end,
        }
    }

    /// The same days with another count, if it counts.
    pub(crate) fn with_count(&self, count: u16) -> Self {
        if matches!(self.end(), Some(End::Count(_))) {
            self.with_end(Some(End::Count(count)))
        } else {
            self.clone()
        }
    }

    /// The same days until an instant.
    pub(crate) fn with_until(&self, at: Millis) -> Self {
        self.with_end(Some(End::Until(Until::Instant(at))))
    }

    /// The same days without an end.
    pub(crate) fn endless(&self) -> Self {
        self.with_end(None)
    }

    fn with_end(&self, end: Option<End>) -> Self {
        match self {
            Self::Weekly(weekly) if end.is_none() => Self::Weekly(*weekly),
            Self::Weekly(weekly) => Self::Text(RuleText {
                frequency: Frequency::Weekly,
                interval: weekly.interval,
                end,
                parts: weekly.days.to_part(),
            }),
            Self::Text(text) => Self::Text(RuleText { end, ..text.clone() }),
        }
    }
}

impl Frequency {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}

impl Part {
    pub const ALL: [Self; 14] = [
        Self::Frequency,
        Self::Interval,
        Self::Count,
        Self::Until,
        Self::ByMonth,
        Self::ByWeekNumber,
        Self::ByYearDay,
        Self::ByMonthDay,
        Self::ByDay,
        Self::BySetPosition,
        Self::WeekStart,
        Self::ByHour,
        Self::ByMinute,
        Self::BySecond,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Frequency => "FREQ",
            Self::Interval => "INTERVAL",
            Self::Count => "COUNT",
            Self::Until => "UNTIL",
            Self::ByMonth => "BYMONTH",
            Self::ByWeekNumber => "BYWEEKNO",
            Self::ByYearDay => "BYYEARDAY",
            Self::ByMonthDay => "BYMONTHDAY",
            Self::ByDay => "BYDAY",
            Self::BySetPosition => "BYSETPOS",
            Self::WeekStart => "WKST",
            Self::ByHour => "BYHOUR",
            Self::ByMinute => "BYMINUTE",
            Self::BySecond => "BYSECOND",
        }
    }
}

/// The canonical text, which parses to the same rule.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (frequency, interval, end) = match self {
            Self::Weekly(weekly) => (Frequency::Weekly, weekly.interval, None),
            Self::Text(text) => (text.frequency, text.interval, text.end),
        };
        write!(f, "FREQ={}", frequency.as_str())?;
        if interval != 1 {
            write!(f, ";INTERVAL={interval}")?;
        }
        match end {
            Some(End::Count(count)) => write!(f, ";COUNT={count}")?,
            Some(End::Until(Until::Day(day))) => {
                write!(f, ";UNTIL={:04}{:02}{:02}", day.year, day.month, day.day)?;
            }
            Some(End::Until(Until::Instant(at))) => write!(f, ";UNTIL={}", format::instant(at))?,
            None => {}
        }
        match self {
            Self::Weekly(weekly) => f.write_str(&weekly.days.to_part()),
            Self::Text(text) => f.write_str(&text.parts),
        }
    }
}

/// Reads a count within the limit.
fn count(digits: &str) -> Result<u16, RuleError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RuleError::Value(Part::Count));
    }
    match digits.parse::<u16>() {
        Ok(0) => Err(RuleError::Value(Part::Count)),
        Ok(count) if count <= MAX_OCCURRENCES => Ok(count),
        _ => Err(RuleError::TooMany),
    }
}
