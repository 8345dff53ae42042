//! Series of bookings: the request, the alternative on a date that is taken, and who may have one.
//!
//! Invariant: a series repeats ordinary bookings, so nothing here says which time is free ([`crate::bookings`]). Not here: dates
//! and rules (crate `recurrence`).

use crate::{bookings::Resource, hours::TimeOfDay, string_enum::string_enum, time::Date};

/// Limit of characters of a rule.
pub const RULE: usize = 400;
/// Limit of the dates of a series.
pub const DATES: u16 = 120;
/// Limit of the alternatives that a preview offers for a date; leaving it out is always possible.
pub const INSTEAD: usize = 2;
/// Limit of resources that a preview searches for alternatives.
pub const ELSEWHERE: u32 = 6;

const DAY_MINUTES: u16 = 1_440;

string_enum! {
    /// The day of a weekly series.
    Weekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

impl Weekday {
    /// Days after Monday.
    #[must_use]
    pub fn number(self) -> u8 {
        Self::ALL.iter().position(|day| *day == self).and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
    }

    /// The weekday of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self::ALL.get(usize::from(date.weekday())).copied().unwrap_or(Self::Monday)
    }
}

string_enum! {
    /// Which dates a change concerns.
    Scope {
        This = "this",
        /// The date and all later ones.
        Following = "following",
        /// All dates that have not begun.
        All = "all",
    }
}

/// A time of a machine or room on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub resource: Resource,
    pub date: Date,
    pub from: TimeOfDay,
    /// Exclusive; at or before `from` it is on the next day.
    pub to: TimeOfDay,
}

/// What happens on a date that cannot be had as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The date of the rule.
    pub date: Date,
    /// `None` leaves the date out.
    pub instead: Option<Place>,
}

impl Choice {
    /// Reads `2026-02-02 skip` and `2026-02-02 room:3 2026-02-04 18:00-20:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let date = Date::from_iso(words.next()?)?;
        let what = words.next()?;
        let instead = if what == "skip" {
            None
        } else {
            let (day, times) = (Date::from_iso(words.next()?)?, words.next()?);
            let (from, to) = times.split_once('-')?;
            let resource = Resource::parse(what)?;
            Some(Place { resource, date: day, from: TimeOfDay::parse(from)?, to: TimeOfDay::parse(to)? })
        };
        words.next().is_none().then_some(Self { date, instead })
    }
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = self.date;
        match self.instead {
            None => write!(f, "{date} skip"),
            Some(Place { resource, date: day, from, to }) => write!(f, "{date} {resource} {day} {from}-{to}"),
        }
    }
}

/// Minutes from midnight of the day on which it begins: an end at or before the start is on the next day.
#[must_use]
pub const fn minutes(from: TimeOfDay, to: TimeOfDay) -> (u16, u16) {
    let (from, to) = (from.minute(), to.minute());
    (from, if to <= from { to + DAY_MINUTES } else { to })
}

/// The time of the day of a minute that may be on the next day.
#[must_use]
pub fn time_of_day(minute: u16) -> TimeOfDay {
    TimeOfDay::new(minute % DAY_MINUTES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bookings::{Facts, Policy, Refusal, Request, booked_in_week, refusals},
        hours::{Hours, Stretch, Weekly},
        occupations::Span,
        settings,
        zone::Zone,
    };
    use proptest::prelude::*;

    #[test]
    fn choice_is_read_as_it_is_written() {
        for text in ["2026-02-02 skip", "2026-02-02 room:3 2026-02-04 18:00-20:00"] {
            assert_eq!(Choice::parse(text).map(|choice| choice.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn unreadable_choice_is_refused() {
        for text in [
            "",
            "2026-02-02",
            "2026-02-30 skip",
            "2026-02-02 skip now",
            "2026-02-02 room:0x 2026-02-04 18:00-20:00",
            "2026-02-02 room:3 2026-02-04 18:00",
            "2026-02-02 room:3 2026-02-04 25:00-26:00",
        ] {
            assert_eq!(Choice::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn end_before_start_is_on_the_next_day() {
        let at = |minute| TimeOfDay::new(minute).unwrap_or_default();
        assert_eq!(minutes(at(1_080), at(1_200)), (1_080, 1_200));
        assert_eq!(minutes(at(1_320), at(60)), (1_320, 1_500));
        assert_eq!(minutes(at(0), at(0)), (0, 1_440));
        assert_eq!(time_of_day(1_500).minute(), 60);
    }

    /// Open day and night.
    fn always() -> Hours {
        let hours = Stretch { from: 0, to: DAY_MINUTES };
        let weekly = (0..7).map(|weekday| Weekly { scope: settings::Scope::Space, weekday, hours });
        Hours { weekly: weekly.collect(), exceptions: Vec::new() }
    }

    fn facts<'a>(policy: Policy, hours: &'a Hours, own: &'a [Span]) -> Facts<'a> {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        Facts {
            policy: policy.of_series(),
            zone,
            now: zone.instant(Date { year: 2027, month: 1, day: 12 }, 600),
            hours,
            may_not: &[],
            permitted: true,
            bookable: true,
            lapses: &[],
            open: 99,
            own,
            elsewhere: &[],
            taken: &[],
        }
    }

    fn is_too_far(refusal: &Refusal) -> bool {
        matches!(refusal, Refusal::TooFar { .. })
    }

    proptest! {
        #[test]
        fn date_is_too_far_exactly_beyond_the_horizon_of_series(series in 1_u16..1_096, horizon in 0_u16..366, day in 1_i64..1_200) {
            let hours = always();
            let facts = facts(Policy { horizon, series, ..Policy::default() }, &hours, &[]);
            let today = facts.zone.moment(facts.now).wall().date;
            let at = |minute| facts.zone.instant(Date::from_days(today.days() + day), minute);
            let span = Span { starts: at(1_080), ends: at(1_200) };
            let refusals = refusals(Request { span, kept: None }, &facts);
            prop_assert_eq!(refusals.iter().any(is_too_far), day > i64::from(series));
            prop_assert!(refusals.iter().all(is_too_far), "{:?}", refusals);
        }

        #[test]
        fn dates_of_a_series_never_exceed_the_hours_of_a_week(weekly in 1_u16..30, length in 1_u16..5, days in 1_i64..60) {
            let (hours, policy) = (always(), Policy { weekly, ..Policy::default() });
            let mut own: Vec<Span> = Vec::new();
            let mut left_out = 0;
            for day in 1..=days {
                let facts = facts(policy, &hours, &own);
                let today = facts.zone.moment(facts.now).wall().date;
                let at = |minute| facts.zone.instant(Date::from_days(today.days() + day), minute);
                let span = Span { starts: at(600), ends: at(600 + length * 60) };
                match refusals(Request { span, kept: None }, &facts).as_slice() {
                    [] => own.push(span),
                    [Refusal::TooManyHours { most, .. }] => {
                        prop_assert_eq!(*most, weekly);
                        left_out += 1;
                    }
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            let facts = facts(policy, &hours, &own);
            for span in &own {
                prop_assert!(booked_in_week(span.starts, &facts) <= u32::from(weekly) * 60);
            }
            let is_over = length > weekly || (days >= 13 && length * 7 > weekly);
            prop_assert!(!is_over || left_out > 0, "a full week is over the limit");
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _read = Choice::parse(&text);
        }
    }
}
