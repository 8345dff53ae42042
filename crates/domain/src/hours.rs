//! Opening hours: when a space, a type or a machine is open, in wall-clock time.
//!
//! **Invariants.** The nearest scope with weekly hours replaces wider ones completely, including their exceptions.
//! A dated exception replaces its day; of several scopes the nearest applies. Without weekly hours the space is
//! always open except for exceptions.
//!
//! Wall-clock time becomes an instant only with a time zone, which the caller passes: the first instant at which
//! the clock shows that time or a later one of that day. So a repeated time means the first one, a skipped time
//! means the end of the jump, and days of a clock change have their true length.

mod form;

pub use form::{
    EXCEPTIONS_AHEAD, Hour, TimeOfDay, Unreadable, clock, day, merged, minute, read, split, split_day,
};

use crate::{
    occupations::Span,
    settings::Scope,
    time::{Date, Millis},
};

/// How many days ahead opening and closing are predicted.
pub const AHEAD: i64 = 60;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// A stretch of one day, `[from, to)` in minutes from midnight by the wall; 1440 is the next midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    pub from: u16,
    /// Until when, exclusive.
    pub to: u16,
}

/// Weekly hours of one weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekly {
    pub scope: Scope,
    /// Monday 0 to Sunday 6.
    pub weekday: u8,
    pub hours: Stretch,
}

/// Hours of one date instead of its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exception {
    pub scope: Scope,
    /// Days since 1 January 1970.
    pub day: i64,
    /// The hours; `None` is closed.
    pub hours: Option<Stretch>,
}

/// The hours of one machine: those set for it, its type and the space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// Weekly hours; empty if none are set.
    pub weekly: Vec<Weekly>,
    pub exceptions: Vec<Exception>,
}

/// Whether it is open at some instant, and the next change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Open; closes then, if that is within [`AHEAD`].
    Open {
        /// The first instant at which it is closed.
        closes: Option<Millis>,
    },
    /// Closed; opens then, if that is within [`AHEAD`].
    Closed {
        /// The first instant at which it is open.
        opens: Option<Millis>,
    },
}

impl Hours {
    /// Whether no hours are set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.weekly.is_empty() && self.exceptions.is_empty()
    }

    /// The scope whose week applies, if any.
    #[must_use]
    pub fn week_of(&self) -> Option<Scope> {
        self.weekly.iter().map(|weekly| weekly.scope).max()
    }

    /// The scope whose exception applies on `date`, if any.
    #[must_use]
    pub fn day_of(&self, date: Date) -> Option<Scope> {
        let week = self.week_of();
        let that_day = self.exceptions.iter().filter(|exception| exception.day == date.days());
        that_day.map(|exception| exception.scope).filter(|scope| week.is_none_or(|week| *scope >= week)).max()
    }

    /// The opening hours on `date`, in order.
    #[must_use]
    pub fn on(&self, date: Date) -> Vec<Stretch> {
        let mut open: Vec<Stretch> = match (self.day_of(date), self.week_of()) {
            (Some(nearest), _) => {
                let nearest = |exception: &&Exception| exception.day == date.days() && exception.scope == nearest;
                self.exceptions.iter().filter(nearest).filter_map(|exception| exception.hours).collect()
            }
            (None, Some(scope)) => {
                let that_day = |weekly: &&Weekly| weekly.scope == scope && weekly.weekday == date.weekday();
                self.weekly.iter().filter(that_day).map(|weekly| weekly.hours).collect()
            }
            (None, None) => vec![Stretch { from: 0, to: DAY_MINUTES }],
        };
        open.sort_unstable();
        open
    }

    /// Whether it is open all the while, from a beginning that lies on `today`. `instant` is as in
    /// [`opening`](Self::opening).
    #[must_use]
    pub fn is_open_during(&self, span: Span, today: Date, instant: impl Fn(Date, u16) -> Millis) -> bool {
        match self.opening(span.starts, today, instant) {
            Opening::Open { closes } => closes.is_none_or(|closes| closes >= span.ends),
            Opening::Closed { .. } => false,
        }
    }

    /// Whether it is open at `at`, which lies on `today`. `instant` is the first instant at which the wall shows
    /// that minute of that date, or a later one.
    #[must_use]
    pub fn opening(&self, at: Millis, today: Date, instant: impl Fn(Date, u16) -> Millis) -> Opening {
        // Beyond the last exception the weeks repeat, so one more suffices.
        let last = self.exceptions.iter().map(|exception| exception.day).max().unwrap_or(i64::MIN);
        let horizon = (last.max(today.days()) + 8).min(today.days() + AHEAD);
        let mut closes: Option<Millis> = None;
        for day in today.days()..=horizon {
            let date = Date::from_days(day);
            for stretch in self.on(date) {
                let (from, to) = (instant(date, stretch.from), instant(date, stretch.to));
                if to <= at || to <= from {
                    continue;
                }
                match closes {
                    // One stretch that begins where the last one ended, over midnight or not.
                    Some(end) if from <= end => closes = Some(end.max(to)),
                    Some(end) => return Opening::Open { closes: Some(end) },
                    None if from <= at => closes = Some(to),
                    None => return Opening::Closed { opens: Some(from) },
                }
            }
        }
        let beyond = instant(Date::from_days(horizon + 1), 0);
        match closes {
            Some(end) if end < beyond => Opening::Open { closes: Some(end) },
            Some(_) => Opening::Open { closes: None },
            None => Opening::Closed { opens: None },
        }
    }
}

#[cfg(feature = "zone")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        time::{HOUR, MINUTE},
        zone::Zone,
    };
    use proptest::prelude::*;
    use std::time::Duration;

    const fn date(year: i32, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    fn weekly(scope: Scope, days: impl IntoIterator<Item = u8>, from: u16, to: u16) -> Vec<Weekly> {
        days.into_iter().map(|weekday| Weekly { scope, weekday, hours: Stretch { from, to } }).collect()
    }

    fn every_day(from: u16, to: u16) -> Hours {
        Hours { weekly: weekly(Scope::Space, 0..7, from, to), exceptions: Vec::new() }
    }

    fn opening(hours: &Hours, zone: Zone, at: Millis) -> Opening {
        hours.opening(at, zone.moment(at).wall().date, |date, minute| zone.instant(date, minute))
    }

    fn is_open(hours: &Hours, zone: Zone, at: Millis) -> bool {
        matches!(opening(hours, zone, at), Opening::Open { .. })
    }

    /// Minutes of `day` and the day after in which it is open, counted one by one.
    fn open_minutes(hours: &Hours, zone: Zone, day: Date) -> u32 {
        let (start, end) = (zone.start_of(day), zone.start_of(Date::from_days(day.days() + 1)));
        let minutes = u32::try_from(end.since(start).as_secs() / 60).unwrap();
        (0..minutes).map(|n| u32::from(is_open(hours, zone, start.after(MINUTE * n)))).sum()
    }

    // A9
    #[test]
    fn dst_nights_are_open_by_wall_clock() {
        // Zone, the short night, the long one, and by how many minutes the clocks change at 02:00 (Rome: 03:00
        // back).
        for (zone, spring, autumn, jump) in [
            ("Europe/Rome", date(2026, 3, 29), date(2026, 10, 25), 60),
            ("America/New_York", date(2026, 3, 8), date(2026, 11, 1), 60),
            ("Australia/Lord_Howe", date(2026, 10, 4), date(2026, 4, 5), 30),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let (always, night, day) = (every_day(0, 1_440), every_day(60, 240), every_day(480, 1_200));
            assert_eq!(open_minutes(&always, zone, spring), 1_440 - jump, "{}", zone.name());
            assert_eq!(open_minutes(&always, zone, autumn), 1_440 + jump, "{}", zone.name());
            assert_eq!(open_minutes(&night, zone, spring), 180 - jump, "{}", zone.name());
            assert_eq!(open_minutes(&night, zone, autumn), 180 + jump, "{}", zone.name());
            for date in [spring, autumn] {
                assert_eq!(open_minutes(&day, zone, date), 720, "the day itself is not touched");
                let noon = zone.instant(date, 720);
                let closes = Some(noon.after(HOUR * 8));
                assert_eq!(opening(&day, zone, noon), Opening::Open { closes });
            }
        }
    }

    // A9
    #[test]
    fn repeated_time_means_first_and_skipped_time_means_end_of_jump() {
        let rome: Zone = "Europe/Rome".parse().unwrap();
        let autumn = date(2026, 10, 25);
        let until_half_past_two = every_day(0, 150);
        let midnight = rome.start_of(autumn);
        assert_eq!(
            opening(&until_half_past_two, rome, midnight),
            Opening::Open { closes: Some(midnight.after(MINUTE * 150)) }
        );
        let second_time = midnight.after(MINUTE * 195);
        assert_eq!(rome.moment(second_time).wall().hour, 2, "the clock shows 02:15 again");
        assert!(!is_open(&until_half_past_two, rome, second_time));
        let spring = date(2026, 3, 29);
        let lost_hour = every_day(120, 180);
        assert_eq!(open_minutes(&lost_hour, rome, spring), 0, "there is no such hour");
        let from_half_past_two = every_day(150, 240);
        let evening = rome.instant(date(2026, 3, 28), 1_200);
        let opens = Opening::Closed { opens: Some(rome.start_of(spring).after(HOUR * 2)) };
        assert_eq!(opening(&from_half_past_two, rome, evening), opens, "03:00, when the jump ends");
    }

    #[test]
    fn nearest_scope_with_hours_replaces_wider_one() {
        let monday = date(2026, 11, 23);
        let mut hours = every_day(480, 1_200);
        hours.exceptions.push(Exception { scope: Scope::Space, day: monday.days(), hours: None });
        assert!(hours.on(monday).is_empty());
        hours.weekly.extend(weekly(Scope::Machine, [0], 600, 660));
        assert_eq!(hours.on(monday), [Stretch { from: 600, to: 660 }], "holidays of the space do not count here");
        assert!(hours.on(date(2026, 11, 24)).is_empty(), "nor its other days");
    }

    #[test]
    fn nearest_exception_replaces_its_day() {
        let day = date(2026, 12, 24);
        let exception = |scope, hours| Exception { scope, day: day.days(), hours };
        let short = Stretch { from: 480, to: 720 };
        let mut hours = Hours::default();
        hours.exceptions.push(exception(Scope::Space, None));
        assert!(hours.on(day).is_empty(), "closed on that day");
        assert_eq!(hours.on(date(2026, 12, 25)), [Stretch { from: 0, to: 1_440 }], "and open on all others");
        hours.exceptions.push(exception(Scope::Type, Some(short)));
        assert_eq!(hours.on(day), [short]);
    }

    #[test]
    fn hours_over_midnight_are_one_stretch_and_always_open_has_no_end() {
        let zone = Zone::UTC;
        let friday = date(2026, 11, 20);
        let mut hours = Hours { weekly: weekly(Scope::Space, [4], 1_200, 1_440), exceptions: Vec::new() };
        hours.weekly.extend(weekly(Scope::Space, [5], 0, 120));
        let late = zone.instant(friday, 1_300);
        let closes = Some(zone.instant(date(2026, 11, 21), 120));
        assert_eq!(opening(&hours, zone, late), Opening::Open { closes });
        let noon = zone.instant(friday, 720);
        assert_eq!(opening(&hours, zone, noon), Opening::Closed { opens: Some(zone.instant(friday, 1_200)) });
        assert_eq!(opening(&every_day(0, 1_440), zone, noon), Opening::Open { closes: None });
        let never = Hours { weekly: Vec::new(), exceptions: Vec::new() };
        assert!(never.is_empty() && is_open(&never, zone, noon));
    }

    proptest! {
        #[test]
        fn next_change_is_first_instant_of_change(
            zone in proptest::sample::select(vec!["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]),
            message in proptest::collection::vec((0..7_u8, 0..96_u16, 1..60_u16), 0..6),
            closed in proptest::collection::vec(0..9_i64, 0..3),
            start in proptest::sample::select(vec![(3, 7), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31), (7, 1)]),
            minute in 0..1_440_u32,
        ) {
            let zone: Zone = zone.parse().unwrap();
            let day = date(2026, start.0, start.1);
            let weekly = message.iter().map(|&(weekday, from, length)| {
                let (from, to) = (from * 15, (from * 15 + length * 15).min(DAY_MINUTES));
                Weekly { scope: Scope::Space, weekday, hours: Stretch { from, to } }
            }).collect();
            let exceptions = closed.iter().map(|&ahead| Exception { scope: Scope::Space, day: day.days() + ahead, hours: None });
            let hours = Hours { weekly, exceptions: exceptions.collect() };
            let at = zone.start_of(day).after(MINUTE * minute);
            let now_open = is_open(&hours, zone, at);
            let next = match opening(&hours, zone, at) {
                Opening::Open { closes } => closes,
                Opening::Closed { opens } => opens,
            };
            // Every stretch begins and ends on a quarter of an hour, and so do all jumps of the clocks.
            let quarters = (1..=4 * 24 * 18).map(|n| Millis(at.0 / 900_000 * 900_000).after(Duration::from_mins(15) * n));
            let changed = quarters.into_iter().find(|&later| is_open(&hours, zone, later) != now_open);
            prop_assert_eq!(next, changed);
        }
    }
}
