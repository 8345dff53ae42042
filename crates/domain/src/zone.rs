//! The space's time zone: the only place that converts between wall-clock time and instants.
//!
//! Server only (feature `zone`); pages get [`Moment`]s.

mod aliases;

use crate::time::{Date, Millis, Moment};
use aliases::ALIASES;
use chrono::{LocalResult, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use std::{str::FromStr, time::Duration};

/// An IANA time zone, such as `Europe/Rome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

/// The name is not in the IANA list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a time zone; write it like Europe/Rome")]
pub struct UnknownZone(pub String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse().map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }
}

impl Zone {
    pub const UTC: Self = Self(Tz::UTC);

    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The names of all inhabited zones, in order, and `UTC`. Old names and offset zones are accepted but not
    /// offered.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let lived_in = |name: &&str| name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/");
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(lived_in).chain(["UTC"])
    }

    /// The names without aliases, for lists: each place once, by its current name.
    pub fn canonical_names() -> impl Iterator<Item = &'static str> {
        Self::names().filter(|name| ALIASES.binary_search_by_key(name, |&(alias, _)| alias).is_err())
    }

    /// The names of old that are understood, each with the one that lists offer instead.
    #[must_use]
    pub const fn aliases() -> &'static [(&'static str, &'static str)] {
        &ALIASES
    }

    /// `at` with the offset that is in force then.
    #[must_use]
    pub fn moment(self, at: Millis) -> Moment {
        let seconds = match self.0.timestamp_millis_opt(at.0) {
            LocalResult::Single(local) => local.offset().fix().local_minus_utc(),
            // Beyond the calendar: no appointment is there.
            LocalResult::Ambiguous(..) | LocalResult::None => 0,
        };
        Moment { at, offset: (seconds / 60).try_into().unwrap_or(0) }
    }

    /// The first instant of `date` here. Where the clocks jump over midnight the day begins after the jump.
    #[must_use]
    pub fn start_of(self, date: Date) -> Millis {
        let midnight = NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
            .and_then(|date| date.and_hms_opt(0, 0, 0));
        let Some(midnight) = midnight else { return Millis(date.days().saturating_mul(86_400_000)) };
        // No zone jumps by more than a few hours, and every jump ends on a quarter of an hour.
        let local = (0..=24 * 4).find_map(|quarter| {
            self.0.from_local_datetime(&(midnight + chrono::TimeDelta::minutes(quarter * 15))).earliest()
        });
        local
            .map_or_else(|| Utc.from_utc_datetime(&midnight).timestamp_millis(), |at| at.timestamp_millis())
            .into()
    }

    /// The first instant of `date` at which the local clock shows `minute` of the day or a later one: the first of
    /// a repeated time, and the end of the jump for a skipped one. 1440 is the next midnight.
    #[must_use]
    pub fn instant(self, date: Date, minute: u16) -> Millis {
        let (day, minute) = (date.days() + i64::from(minute / 1_440), minute % 1_440);
        let date = Date::from_days(day);
        if minute == 0 {
            return self.start_of(date);
        }
        let wall = NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
            .and_then(|date| date.and_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0));
        let Some(wall) = wall else { return Millis(day.saturating_mul(86_400_000)) };
        match self.0.from_local_datetime(&wall).earliest() {
            Some(at) => Millis(at.timestamp_millis()),
            // Jumped over: minutes later, on a quarter of an hour, the clocks have arrived.
            None => self.instant(date, minute / 15 * 15 + 15),
        }
    }

    /// Parses a time that the clocks here show, with or without seconds: `2026-11-20T14:05`.
    #[must_use]
    pub fn parse_wall(self, input: &str) -> Option<Millis> {
        let (date, time) = input.trim().split_once(['T', ' '])?;
        let mut parts = time.split(':').map(|part| if part.len() == 2 { part.parse::<u16>().ok() } else { None });
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let minute = self.instant(Date::from_iso(date)?, hour * 60 + minute);
        Some(minute.after(Duration::from_secs(second.into())))
    }

    /// Whether the clocks here show `minute` of `date` twice, because they are put back.
    #[must_use]
    pub fn shows_twice(self, date: Date, minute: u16) -> bool {
        let wall = NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
            .and_then(|date| date.and_hms_opt(u32::from(minute / 60), u32::from(minute % 60), 0));
        wall.is_some_and(|wall| matches!(self.0.from_local_datetime(&wall), LocalResult::Ambiguous(..)))
    }

    /// The instant at which the local clock shows `seconds` of `date`, by the rules of calendar files (RFC 5545,
    /// 3.3.5): the first of a repeated time, and for a skipped one the offset before the jump. For external times:
    /// our own are [`Zone::instant`]s.
    #[must_use]
    pub fn resolve_seconds(self, date: Date, seconds: u32) -> Millis {
        let midnight = NaiveDate::from_ymd_opt(date.year, date.month.into(), date.day.into())
            .and_then(|date| date.and_hms_opt(0, 0, 0));
        let utc = date.days().saturating_mul(86_400_000).saturating_add(i64::from(seconds) * 1_000);
        let Some(midnight) = midnight else { return Millis(utc) };
        let wall = midnight + chrono::TimeDelta::seconds(seconds.into());
        if let Some(at) = self.0.from_local_datetime(&wall).earliest() {
            return Millis(at.timestamp_millis());
        }
        // No zone jumps by more than a day.
        let before = (1..=24 * 4).map(|quarter| chrono::TimeDelta::minutes(quarter * 15)).find_map(|back| {
            self.0
                .from_local_datetime(&(wall - back))
                .latest()
                .map(|at| at.timestamp_millis() + back.num_milliseconds())
        });
        Millis(before.unwrap_or(utc))
    }

    /// The first instant at which the local clock shows `minute` of `date`; `None` if skipped. 1440 is the next
    /// midnight.
    #[must_use]
    pub fn local_instant(self, date: Date, minute: u16) -> Option<Millis> {
        let at = self.instant(date, minute);
        let wall = self.moment(at).wall();
        let is_shown = wall.date == date && u16::from(wall.hour) * 60 + u16::from(wall.minute) == minute;
        (is_shown || minute == 1_440).then_some(at)
    }
}

impl Zone {
    /// The next instant after `now` at which the clocks here show `minute` of the day.
    #[must_use]
    pub fn next(self, now: Millis, minute: u16) -> Millis {
        let today = self.moment(now).wall().date;
        let days = (0..=2).map(|day| self.instant(Date::from_days(today.days() + day), minute));
        // The clocks show every minute within two days.
        days.into_iter().find(|&at| at > now).unwrap_or(now)
    }
}

/// Reads an instant of the years 1970 to 2999 as RFC 3339 writes it, `2026-11-20T14:05:00+01:00`.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<Millis> {
    Millis::from_outside(chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

/// Adds seconds to `2026-11-20T14:05`, which browsers omit if zero.
#[must_use]
pub fn with_seconds(input: &str) -> String {
    if input.len() == "2026-11-20T14:05".len() { format!("{input}:00") } else { input.to_owned() }
}

/// Formats an instant as RFC 3339, in UTC and seconds; `None` beyond the calendar.
#[must_use]
pub fn to_rfc3339(at: Millis) -> Option<String> {
    Utc.timestamp_millis_opt(at.0).single().map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

impl From<i64> for Millis {
    fn from(at: i64) -> Self {
        Self(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_list_offers_canonical_names_and_parses_aliases() {
        let offered: Vec<_> = Zone::canonical_names().collect();
        for alias in ["US/Eastern", "Asia/Calcutta", "Europe/Kiev", "Brazil/East", "Etc/GMT-3", "EST5EDT"] {
            assert!(!offered.contains(&alias), "{alias}");
            assert!(alias.parse::<Zone>().is_ok(), "{alias} is still accepted");
        }
        for zone in ["Europe/Rome", "Europe/Amsterdam", "Asia/Kolkata", "America/Indiana/Knox", "UTC"] {
            assert!(offered.contains(&zone), "{zone}");
        }
        assert_eq!(offered.len(), 419);
        assert!(ALIASES.is_sorted_by_key(|(alias, _)| alias), "it is searched by halves");
        for (alias, name) in ALIASES {
            assert!(Zone::names().any(|known| known == alias), "{alias}");
            assert!(offered.contains(&name), "{alias} is called {name}");
        }
    }

    use crate::time::MINUTE;

    const fn date(year: i32, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn wall_clock_time_is_parsed_with_or_without_seconds() {
        let rome: Zone = "Europe/Rome".parse().unwrap();
        let at = rome.instant(date(2026, 11, 20), 14 * 60 + 5);
        assert_eq!(rome.parse_wall(" 2026-11-20T14:05 "), Some(at));
        assert_eq!(rome.parse_wall("2026-11-20 14:05:33"), Some(Millis(at.0 + 33_000)));
        for wrong in [
            "",
            "soon",
            "2026-11-20",
            "2026-11-20T25:00",
            "2026-13-01T10:00",
            "2026-11-20T1:5",
            "2026-11-20T14:05:33:1",
            "2026-11-20T14:05:99",
        ] {
            assert_eq!(rome.parse_wall(wrong), None, "{wrong}");
        }
    }

    // A9
    #[test]
    fn dst_days_have_exact_length() {
        for (zone, day, next, minutes) in [
            ("Europe/Rome", date(2026, 3, 29), date(2026, 3, 30), 23 * 60),
            ("Europe/Rome", date(2026, 10, 25), date(2026, 10, 26), 25 * 60),
            ("America/New_York", date(2026, 3, 8), date(2026, 3, 9), 23 * 60),
            // Its clocks change by half an hour.
            ("Australia/Lord_Howe", date(2026, 10, 4), date(2026, 10, 5), 23 * 60 + 30),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let length = zone.start_of(next).since(zone.start_of(day));
            assert_eq!(length, MINUTE * minutes, "{}", zone.name());
        }
    }

    // A9
    #[test]
    fn next_occurrence_is_today_or_tomorrow_also_on_dst_night() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let at = |day, minute| zone.instant(date(2026, 3, day), minute);
        assert_eq!(zone.next(at(28, 479), 480), at(28, 480));
        assert_eq!(zone.next(at(28, 480), 480), at(29, 480), "not this very minute");
        assert_eq!(at(29, 480).since(at(28, 480)), MINUTE * 23 * 60);
        // 02:30 is jumped over: the end of the jump, once.
        assert_eq!(zone.next(at(29, 0), 150), at(29, 180));
        assert_eq!(zone.next(at(29, 180), 150), at(30, 150));
    }

    // A9
    #[test]
    fn skipped_local_time_is_none_and_repeated_time_is_first() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let visible = |month, day, minute| zone.local_instant(date(2026, month, day), minute);
        for skipped in [120, 150, 179] {
            assert_eq!(visible(3, 29, skipped), None, "{skipped}");
        }
        assert_eq!(visible(3, 29, 180), Some(zone.start_of(date(2026, 3, 29)).after(MINUTE * 120)));
        assert_eq!(visible(10, 25, 150), Some(zone.start_of(date(2026, 10, 25)).after(MINUTE * 150)));
        assert_eq!(visible(3, 29, 1_440), Some(zone.start_of(date(2026, 3, 30))));
    }

    // A9
    #[test]
    fn skipped_local_time_from_file_uses_offset_before() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let reported = |month, day, minute: u32| {
            zone.moment(zone.resolve_seconds(date(2026, month, day), minute * 60)).wall()
        };
        let wall = reported(3, 29, 150);
        assert_eq!((wall.hour, wall.minute), (3, 30));
        assert_eq!(
            zone.resolve_seconds(date(2026, 10, 25), 150 * 60),
            zone.instant(date(2026, 10, 25), 150),
            "of two the first"
        );
        assert_eq!(
            zone.resolve_seconds(date(2026, 7, 1), 9 * 3_600 + 5),
            Millis(zone.instant(date(2026, 7, 1), 540).0 + 5_000)
        );
    }

    // A9
    #[test]
    fn missing_midnight_is_first_instant_after() {
        // Santiago went from 00:00 to 01:00 on 6 September 2026.
        let zone: Zone = "America/Santiago".parse().unwrap();
        let start = zone.moment(zone.start_of(date(2026, 9, 6))).wall();
        assert_eq!((start.date, start.hour), (date(2026, 9, 6), 1));
    }

    #[test]
    fn offset_is_the_one_in_force() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        assert_eq!(zone.moment(zone.start_of(date(2026, 7, 1))).offset, 120);
        assert_eq!(zone.moment(zone.start_of(date(2026, 12, 1))).offset, 60);
        assert_eq!("Europe/Atlantis".parse::<Zone>(), Err(UnknownZone("Europe/Atlantis".into())));
    }
}
