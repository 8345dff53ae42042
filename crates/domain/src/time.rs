//! Instants, durations, and how an instant reads on the clock of the workshop.
//!
//! Invariant: an instant is UTC milliseconds; a span of time is half-open, `[start, end)`. People need the space's
//! offset as well: a [`Moment`] carries both, so the browser can write "14:05" without a time zone table. Not
//! here: the current time, and the time zones themselves ([`crate::zone`], server only).

use serde::{Deserialize, Serialize};
use std::time::Duration;

pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);
/// Twenty-four hours; not a calendar day, which may have 23 or 25.
pub const DAY: Duration = Duration::from_hours(24);

/// An instant: milliseconds since 1970 in UTC. External input passes through [`Millis::from_outside`] and is
/// limited to the years 1970 to 2999. Values of the program itself may lie beyond: midnight of 1 January 1970 east
/// of Greenwich, or the end of an event that lasts for ever. So deserializing refuses nothing, and arithmetic
/// stays in range by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct Millis(pub i64);

/// 1 January 3000: later input is implausible.
const END: i64 = 32_503_680_000_000;

impl Millis {
    /// An external instant; `None` outside the years 1970 to 2999.
    #[must_use]
    pub fn from_outside(at: i64) -> Option<Self> {
        (0..END).contains(&at).then_some(Self(at))
    }

    /// From text: milliseconds since 1970.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().and_then(Self::from_outside)
    }

    /// The difference to `other`, in milliseconds; negative if earlier.
    #[must_use]
    pub const fn minus(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }

    /// The time since `earlier`; zero if it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
    }

    /// The instant `length` later; saturates at the end of time.
    #[must_use]
    pub fn after(self, length: Duration) -> Self {
        Self(self.0.saturating_add(millis(length)))
    }

    /// The instant `length` earlier.
    #[must_use]
    pub fn before(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(millis(length)))
    }

    /// Whether `self` and `other` are at most `tolerance` apart.
    #[must_use]
    pub fn near(self, other: Self, tolerance: Duration) -> bool {
        self.0.abs_diff(other.0) <= millis(tolerance).unsigned_abs()
    }
}

/// A length in the unit of [`Millis`].
#[must_use]
pub fn millis(length: Duration) -> i64 {
    length.as_millis().try_into().unwrap_or(i64::MAX)
}

/// An instant together with the space's offset from UTC at that instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub at: Millis,
    /// Minutes that the space's clocks are ahead of UTC then; −720 to 840.
    pub offset: i16,
}

/// A local date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WallTime {
    pub date: Date,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Moment {
    /// Its local date and time.
    #[must_use]
    pub fn wall(self) -> WallTime {
        let minutes = self.at.0.div_euclid(60_000) + i64::from(self.offset);
        let of_day = minutes.rem_euclid(1_440);
        WallTime {
            date: Date::from_days(minutes.div_euclid(1_440)),
            hour: small(of_day / 60),
            minute: small(of_day % 60),
        }
    }

    /// The moment at `at` with the same offset. Valid for a few hours around `self`: across a clock change it is
    /// off by an hour.
    #[must_use]
    pub fn shifted_to(self, at: Millis) -> Self {
        Self { at, ..self }
    }
}

impl std::fmt::Display for Date {
    /// `2026-12-24`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Why a form's field holds no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADate {
    /// Not a date, or of an implausible year.
    Unreadable,
    /// It reads like a day and no calendar has it: 30 February.
    InNoCalendar,
}

impl Date {
    /// Days since 1 January 1970.
    ///
    /// The arithmetic of the proleptic Gregorian calendar in eras of 400 years, as Howard Hinnant describes it in
    /// "chrono-compatible low-level date algorithms".
    #[must_use]
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The date `days` after 1 January 1970; inverse of [`Date::days`].
    #[must_use]
    pub fn from_days(days: i64) -> Self {
        let days = days + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let of_cycle = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * of_cycle + of_cycle / 4 - of_cycle / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = of_cycle + era * 400 + i64::from(month <= 2);
        Self { year: year.try_into().unwrap_or(i32::MAX), month: small(month), day: small(day) }
    }

    /// Parses `2026-11-20`, as browsers send a date; `None` for anything else, for invalid days, and for years
    /// before 1970 or after 2100, which are typing errors.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        Self::written(text).filter(|date| Self::from_days(date.days()) == *date)
    }

    /// The date in a form's field, `None` if empty.
    pub fn parse(field: &str) -> Result<Option<Self>, NotADate> {
        match field.trim() {
            "" => Ok(None),
            text => Self::from_iso(text).map(Some).ok_or(if Self::is_in_no_calendar(text) {
                NotADate::InNoCalendar
            } else {
                NotADate::Unreadable
            }),
        }
    }

    /// Whether it reads like a day and no calendar has it: 30 February.
    #[must_use]
    pub fn is_in_no_calendar(text: &str) -> bool {
        Self::written(text).is_some_and(|date| Self::from_days(date.days()) != date)
    }

    /// Parses year, month and day, of plausible years.
    fn written(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i32>().ok()).flatten()
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let date = Self { year, month: small(month.into()), day: small(day.into()) };
        (1970..=2100).contains(&year).then_some(date)
    }

    /// Monday 0 to Sunday 6.
    #[must_use]
    pub fn weekday(self) -> u8 {
        // 1 January 1970 was a Thursday.
        small((self.days() + 3).rem_euclid(7))
    }
}

/// Narrows a number that arithmetic has brought into range.
fn small(n: i64) -> u8 {
    n.try_into().unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn external_instant_outside_plausible_years_is_rejected() {
        for at in [0, 1_800_000_000_000, END - 1] {
            assert_eq!(Millis::from_outside(at), Some(Millis(at)));
            assert_eq!(Millis::parse(&format!(" {at} ")), Some(Millis(at)));
        }
        for at in [-1, END, i64::MIN, i64::MAX] {
            assert_eq!(Millis::from_outside(at), None, "{at}");
            assert_eq!(Millis::parse(&at.to_string()), None, "{at}");
        }
        assert_eq!(Millis::parse("9223372036854775808"), None);
        assert_eq!(Date::from_days(END / 86_400_000), Date { year: 3000, month: 1, day: 1 });
        assert_eq!(Millis(i64::MAX).minus(Millis(i64::MIN)), i64::MAX);
    }

    #[test]
    fn extreme_instants_convert_without_overflow() {
        // Midnight of 1 January 1970 in Rome, and the end of an event that lasts for ever.
        let for_ever = Date { year: 9999, month: 12, day: 31 }.days() * 86_400_000;
        for at in [-3_600_000, for_ever, i64::MIN, i64::MAX] {
            let message: serde::de::value::I64Deserializer<serde::de::value::Error> =
                serde::de::IntoDeserializer::into_deserializer(at);
            let at = Millis::deserialize(message).unwrap();
            for moment in [at, at.after(Duration::MAX), at.before(Duration::MAX)] {
                for offset in [-720, 840] {
                    let _ = Moment { at: moment, offset }.wall();
                }
            }
        }
        let wall = Moment { at: Millis(for_ever), offset: 60 }.wall();
        assert_eq!((wall.date, wall.hour), (Date { year: 9999, month: 12, day: 31 }, 1));
    }

    #[test]
    fn known_days_convert_both_ways() {
        for (days, date, weekday) in [
            (0, (1970, 1, 1), 3),
            (-1, (1969, 12, 31), 2),
            (11_016, (2000, 2, 29), 1),
            (20_776, (2026, 11, 19), 3),
        ] {
            let (year, month, day) = date;
            let date = Date { year, month, day };
            assert_eq!(Date::from_days(days), date);
            assert_eq!(date.days(), days);
            assert_eq!(date.weekday(), weekday);
        }
    }

    #[test]
    fn date_is_parsed_only_if_in_calendar() {
        assert_eq!(Date::from_iso("2028-02-29"), Some(Date { year: 2028, month: 2, day: 29 }));
        for wrong in [
            "",
            "2026-2-3",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "20260101",
            "+026-01-01",
            "2026-01-01x",
            "1969-12-31",
            "2101-01-01",
        ] {
            assert_eq!(Date::from_iso(wrong), None, "{wrong}");
        }
        for (input, none) in [
            ("2026-02-30", true),
            ("2026-02-29", true),
            ("2026-13-01", true),
            ("2026-00-10", true),
            ("2026-01-00", true),
            ("2026-04-99", true),
            ("2028-02-29", false),
            ("2101-01-01", false),
            ("tomorrow", false),
            ("2026-2-3", false),
            ("", false),
        ] {
            assert_eq!(Date::is_in_no_calendar(input), none, "{input}");
        }
    }

    #[test]
    fn moment_is_formatted_in_space_offset() {
        // 2026-11-19T23:45:30Z, one hour ahead: the next day already.
        let moment = Moment { at: Millis(1_795_131_930_000), offset: 60 };
        assert_eq!(moment.wall(), WallTime { date: Date { year: 2026, month: 11, day: 20 }, hour: 0, minute: 45 });
    }

    proptest! {
        #[test]
        fn consecutive_days_give_consecutive_dates(days in -1_000_000_i64..1_000_000) {
            let (date, next) = (Date::from_days(days), Date::from_days(days + 1));
            prop_assert_eq!(date.days(), days);
            prop_assert!(date < next);
            prop_assert_eq!((date.weekday() + 1) % 7, next.weekday());
        }

        #[test]
        fn since_reverses_after(at in any::<i32>(), ms in 0_u64..1_000_000_000) {
            let (at, length) = (Millis(at.into()), Duration::from_millis(ms));
            prop_assert_eq!(at.after(length).since(at), length);
            prop_assert_eq!(at.since(at.after(length)), Duration::ZERO);
            prop_assert_eq!(at.after(length).before(length), at);
        }
    }
}
