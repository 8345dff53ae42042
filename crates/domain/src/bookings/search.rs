//! The query for free time: which resources, and about when.
//!
//! Not here: which times are free (`times`).

use super::{Days, EVENING, Resource, TimeWindow};
use crate::{id::TypeId, string_enum::string_enum, time::Date};
#[cfg(feature = "zone")]
use crate::{occupations::Span, time::Millis, zone::Zone};
use serde::{Deserialize, Serialize};

/// Days that are searched at once, at most.
const MOST_DAYS: i64 = 31;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceFilter {
    /// Any machine of a type.
    Type(TypeId),
    /// This machine or room.
    One(Resource),
    Rooms,
    /// Anything the person may book.
    Any,
}

impl ResourceFilter {
    /// Reads `type:3`, `machine:7`, `room:2`, `rooms` or `any`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        match name.strip_prefix("type:") {
            Some(id) => id.parse().ok().map(TypeId).map(Self::Type),
            None if name == "rooms" => Some(Self::Rooms),
            None if name == "any" => Some(Self::Any),
            None => Resource::parse(name).map(Self::One),
        }
    }
}

impl std::fmt::Display for ResourceFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Type(id) => write!(f, "type:{id}"),
            Self::One(resource) => resource.fmt(f),
            Self::Rooms => f.write_str("rooms"),
            Self::Any => f.write_str("any"),
        }
    }
}

string_enum! {
    When {
        /// Within the next seven days.
        Soon = "soon",
        Today = "today",
        Tomorrow = "tomorrow",
        /// From today to Sunday.
        ThisWeek = "this-week",
        /// Evenings of the next seven days.
        Evenings = "evenings",
        /// From Monday to Sunday of the next week.
        NextWeek = "next-week",
    }
}

impl When {
    /// The days, if it is `today`.
    #[must_use]
    pub fn days(self, today: Date) -> Days {
        let weekday = i64::from(today.weekday());
        let (first, last) = match self {
            Self::Soon | Self::Evenings => (0, 6),
            Self::Today => (0, 0),
            Self::Tomorrow => (1, 1),
            Self::ThisWeek => (0, 6 - weekday),
            Self::NextWeek => (7 - weekday, 13 - weekday),
        };
        let at = |days| Date::from_days(today.days() + days);
        Days { first: at(first), last: at(last) }
    }

    /// The hours, if set.
    #[must_use]
    pub const fn hours(self) -> Option<TimeWindow> {
        match self {
            Self::Evenings => Some(EVENING),
            Self::Soon | Self::Today | Self::Tomorrow | Self::ThisWeek | Self::NextWeek => None,
        }
    }
}

/// When to search for free time: one of the usual choices, or specific days and hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeframe {
    Named(When),
    /// These days, and these hours of each.
    Exact {
        days: Days,
        /// The hours; `None`: any.
        hours: Option<TimeWindow>,
    },
}

impl From<When> for Timeframe {
    fn from(when: When) -> Self {
        Self::Named(when)
    }
}

impl Timeframe {
    /// Parses the [`Display`](std::fmt::Display) form: `today`, `2026-11-28`, `2026-11-28_2026-11-29`, with
    /// `@1080-1439-1200` the hours in minutes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(when) = When::parse(text) {
            return Some(Self::Named(when));
        }
        let (days, hours) = text.split_once('@').map_or((text, None), |(days, hours)| (days, Some(hours)));
        let (first, last) = days.split_once('_').unwrap_or((days, days));
        let days = Days { first: Date::from_iso(first)?, last: Date::from_iso(last)? };
        let days =
            (days.first <= days.last && days.last.days() - days.first.days() < MOST_DAYS).then_some(days)?;
        let Some(hours) = hours else { return Some(Self::Exact { days, hours: None }) };
        let mut numbers = hours.splitn(3, '-').map(|number| number.parse().ok());
        let mut number = || numbers.next().flatten();
        let hours = TimeWindow { from: number()?, begins_by: number()?, to: number()? };
        (hours.from <= hours.begins_by && hours.from < hours.to)
            .then_some(Self::Exact { days, hours: Some(hours) })
    }

    /// The days, if it is `today`.
    #[must_use]
    pub fn days(self, today: Date) -> Days {
        match self {
            Self::Named(when) => when.days(today),
            Self::Exact { days, .. } => days,
        }
    }

    /// The hours, if set.
    #[must_use]
    pub const fn hours(self) -> Option<TimeWindow> {
        match self {
            Self::Named(when) => when.hours(),
            Self::Exact { hours, .. } => hours,
        }
    }

    /// The days by the calendar on the wall, beginning with `now`.
    #[cfg(feature = "zone")]
    #[must_use]
    pub fn range(self, now: Millis, zone: Zone) -> Span {
        let days = self.days(zone.moment(now).wall().date);
        let ends = zone.start_of(Date::from_days(days.last.days() + 1)).max(now);
        Span { starts: zone.start_of(days.first).max(now), ends }
    }
}

impl std::fmt::Display for Timeframe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Days { first, last }, hours) = match self {
            Self::Named(when) => return f.write_str(when.as_str()),
            Self::Exact { days, hours } => (days, hours),
        };
        write!(f, "{first}")?;
        if first != last {
            write!(f, "_{last}")?;
        }
        match hours {
            Some(TimeWindow { from, begins_by, to }) => write!(f, "@{from}-{begins_by}-{to}"),
            None => Ok(()),
        }
    }
}
