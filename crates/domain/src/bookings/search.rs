//! What somebody looks for who looks for free time: of what, and about when.
//!
//! Deliberately absent: which times are free, which is `times`.

use super::Resource;
use crate::{id::TypeId, words::words};
#[cfg(feature = "zone")]
use crate::{
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use serde::{Deserialize, Serialize};

/// Of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Any machine of a type.
    Type(TypeId),
    /// This machine or room.
    One(Resource),
    /// Any room.
    Rooms,
}

impl Wanted {
    /// Reads `type:3`, `machine:7`, `room:2` or `rooms`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        match word.strip_prefix("type:") {
            Some(id) => id.parse().ok().map(TypeId).map(Self::Type),
            None if word == "rooms" => Some(Self::Rooms),
            None => Resource::from_word(word).map(Self::One),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Type(id) => write!(f, "type:{id}"),
            Self::One(resource) => resource.fmt(f),
            Self::Rooms => f.write_str("rooms"),
        }
    }
}

words! {
    /// About when.
    When {
        /// Within the next seven days.
        Soon = "soon",
        /// Today.
        Today = "today",
        /// Tomorrow.
        Tomorrow = "tomorrow",
        /// In the evening of one of the next seven days.
        Evenings = "evenings",
        /// From Monday to Sunday of the next week.
        NextWeek = "next-week",
    }
}

impl When {
    /// An evening begins at this minute of the day: after most people's work.
    const EVENING: u16 = 17 * 60;

    /// The minute of the day before which nothing may begin.
    #[must_use]
    pub const fn from(self) -> u16 {
        match self {
            Self::Evenings => Self::EVENING,
            Self::Soon | Self::Today | Self::Tomorrow | Self::NextWeek => 0,
        }
    }

    /// The days by the calendar on the wall, beginning with `now`.
    #[cfg(feature = "zone")]
    #[must_use]
    pub fn range(self, now: Millis, zone: Zone) -> Span {
        let date = zone.moment(now).wall().date;
        let today = date.days();
        let monday = today - i64::from(date.weekday());
        let (first, last) = match self {
            Self::Soon | Self::Evenings => (today, today + 7),
            Self::Today => (today, today + 1),
            Self::Tomorrow => (today + 1, today + 2),
            Self::NextWeek => (monday + 7, monday + 14),
        };
        let at = |day| zone.start_of(Date::from_days(day));
        Span { starts: at(first).max(now), ends: at(last) }
    }
}
