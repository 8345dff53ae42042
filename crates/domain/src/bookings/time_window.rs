//! Days, and hours of a day, in which a free time is searched. Not here: the words for them ([`super::search_terms`]).

use crate::time::Date;
#[cfg(feature = "zone")]
use crate::{occupations::Span, zone::Zone};
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const MIDNIGHT: u16 = 1_440;

/// Morning: from 6 to 12.
pub const MORNING: TimeWindow = TimeWindow::between(6 * 60, 12 * 60);
/// Around noon: from 12 to 14.
pub const MIDDAY: TimeWindow = TimeWindow::between(12 * 60, 14 * 60);
/// Afternoon: from 12 to 18.
pub const AFTERNOON: TimeWindow = TimeWindow::between(12 * 60, 18 * 60);
/// Evening: from 18 to 23, after most people's work.
pub const EVENING: TimeWindow = TimeWindow::between(18 * 60, 23 * 60);

/// Days from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub first: Date,
    /// The last day; equal for one day.
    pub last: Date,
}

/// Hours of a day on the clock of the space, in minutes from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeWindow {
    /// A booking begins then or later.
    pub from: u16,
    /// It begins then or earlier.
    pub begins_by: u16,
    /// It is over by then; beyond 1,440 on the next day, and [`u16::MAX`] if it may end at any time.
    pub to: u16,
}

impl Days {
    #[must_use]
    pub const fn one(date: Date) -> Self {
        Self { first: date, last: date }
    }

    pub(super) fn later(date: Date, days: i64) -> Date {
        Date::from_days(date.days() + days)
    }

    /// The days of both.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self { first: self.first.max(other.first), last: self.last.min(other.last) };
        (both.first <= both.last).then_some(both)
    }
}

impl TimeWindow {
    /// Between two times.
    #[must_use]
    pub const fn between(from: u16, to: u16) -> Self {
        Self { from, begins_by: MIDNIGHT - 1, to }
    }

    /// Begins at that minute.
    #[must_use]
    pub const fn at(minute: u16) -> Self {
        Self { from: minute, begins_by: minute, to: u16::MAX }
    }

    /// Begins at that minute or later.
    #[must_use]
    pub const fn after(minute: u16) -> Self {
        Self { from: minute, begins_by: MIDNIGHT - 1, to: u16::MAX }
    }

    /// Is over at that minute.
    #[must_use]
    pub const fn before(minute: u16) -> Self {
        Self { from: 0, begins_by: MIDNIGHT - 1, to: minute }
    }

    /// Whether a booking of `span` fits in local time. One that ends at a skipped hour ends at the jump.
    #[cfg(feature = "zone")]
    #[must_use]
    pub fn fits(self, span: Span, zone: Zone) -> bool {
        let wall = zone.moment(span.starts).wall();
        let starts = u16::from(wall.hour) * 60 + u16::from(wall.minute);
        (self.from..=self.begins_by).contains(&starts)
            && (self.to == u16::MAX || span.ends <= zone.instant(wall.date, self.to))
    }

    /// The hours of both.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self {
            from: self.from.max(other.from),
            begins_by: self.begins_by.min(other.begins_by),
            to: self.to.min(other.to),
        };
        (both.from <= both.begins_by && both.from < both.to).then_some(both)
    }
}
