//! Availability: when a trainer can check people out, as rules in wall-clock time, and the slots they produce.
//!
//! **Invariants.** A slot is as long as its rule says, in real minutes: a slot shortened by the skipped hour is
//! not offered, and a repeated time is offered the first time only. Slots of one rule never overlap.
//!
//! Not here: what makes a slot unavailable – other appointments, opening hours – which is in [`crate::checkouts`];
//! and the time zone table, which the caller passes in.

use crate::{
    hours::DAY_MINUTES,
    id::{RuleId, TypeId},
    occupations::Span,
    time::{Date, MINUTE, Millis},
};

/// Lengths of slots, in minutes.
pub const LENGTHS: [u16; 4] = [15, 30, 45, 60];
/// The length that a new rule begins with, in minutes.
pub const LENGTH: u16 = 30;
/// The longest pause after a slot, in minutes.
pub const BUFFER: u16 = 60;
/// How many days ahead slots are offered: today and this many more.
pub const HORIZON: i64 = 21;
/// How many days ahead a rule may have a date.
pub const AHEAD: i64 = 800;
/// Rules of one trainer, at most.
pub const RULES: usize = 50;
/// Times away of one trainer, at most, of those that are not over.
pub const AWAYS: usize = 50;

/// The days of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Every week on this day, Monday is 0, from and until a date, both included.
    Weekly { weekday: u8, first: Option<Date>, last: Option<Date> },
    /// On one date.
    On(Date),
}

impl Days {
    /// Whether it holds on `date`.
    #[must_use]
    pub fn holds_on(self, date: Date) -> bool {
        let day = date.days();
        match self {
            Self::Weekly { weekday, first, last } => {
                weekday == date.weekday()
                    && first.is_none_or(|first| first.days() <= day)
                    && last.is_none_or(|last| day <= last.days())
            }
            Self::On(only) => only == date,
        }
    }
}

/// The hours of a trainer's slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Minutes from midnight.
    pub from: u16,
    /// Minutes from midnight, exclusive.
    pub to: u16,
    /// Length of each slot, in minutes: one of [`LENGTHS`].
    pub length: u16,
    /// The pause after each slot, in minutes.
    pub buffer: u16,
}

/// Why hours give no slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// They end when or before they begin, or after midnight.
    Order,
    /// No slot is that long.
    Length,
    /// The pause is longer than [`BUFFER`].
    Buffer,
    /// Not even one slot has room.
    TooShort,
}

impl Times {
    /// Hours with at least one slot.
    pub fn new(from: u16, to: u16, length: u16, buffer: u16) -> Result<Self, Misfit> {
        if from >= to || to > DAY_MINUTES {
            Err(Misfit::Order)
        } else if !LENGTHS.contains(&length) {
            Err(Misfit::Length)
        } else if buffer > BUFFER {
            Err(Misfit::Buffer)
        } else if from + length > to {
            Err(Misfit::TooShort)
        } else {
            Ok(Self { from, to, length, buffer })
        }
    }

    /// The minutes of the day at which slots begin.
    pub fn starts(self) -> impl Iterator<Item = u16> {
        let step = usize::from(self.length + self.buffer);
        (self.from..self.to).step_by(step).take_while(move |start| start + self.length <= self.to)
    }
}

/// One rule of a trainer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: RuleId,
    pub days: Days,
    /// The hours on those days.
    pub times: Times,
    /// The types; empty means all that they train on.
    pub kinds: Vec<TypeId>,
}

/// Days of a trainer's absence, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    pub first: Date,
    pub last: Date,
}

/// The slots that `rules` give for a checkout on `kind`, on `days` (since 1970-01-01) and after `now`, each once
/// and in order. `instant` returns the first instant at which the wall clock shows that minute of that date, or a
/// later one.
pub fn slots(
    rules: &[Rule],
    away: &[Away],
    kind: TypeId,
    days: std::ops::RangeInclusive<i64>,
    now: Millis,
    instant: impl Fn(Date, u16) -> Millis,
) -> Vec<Span> {
    let mut slots = Vec::new();
    for date in days.map(Date::from_days) {
        if away.iter().any(|away| (away.first.days()..=away.last.days()).contains(&date.days())) {
            continue;
        }
        for rule in rules.iter().filter(|rule| rule.days.holds_on(date)) {
            if rule.kinds.is_empty() || rule.kinds.contains(&kind) {
                slots.extend(
                    rule.times.starts().filter_map(|start| slot(date, start, rule.times.length, &instant)),
                );
            }
        }
    }
    slots.retain(|slot| slot.starts > now);
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The slot that begins at `minute`, unless the clocks jump over a part of it.
fn slot(date: Date, minute: u16, length: u16, instant: &impl Fn(Date, u16) -> Millis) -> Option<Span> {
    let (starts, lasts) = (instant(date, minute), MINUTE * u32::from(length));
    let ends = starts.after(lasts);
    (instant(date, minute + length) >= ends).then_some(Span { starts, ends })
}

#[cfg(all(test, feature = "zone"))]
mod tests {
    use super::*;
    use crate::zone::Zone;
    use proptest::prelude::*;

    const LASER: TypeId = TypeId(7);

    fn date(text: &str) -> Date {
        Date::from_iso(text).unwrap_or(Date { year: 1970, month: 1, day: 1 })
    }

    fn rule(days: Days, from: u16, to: u16, length: u16, buffer: u16) -> Rule {
        Rule { id: RuleId(1), days, times: Times { from, to, length, buffer }, kinds: Vec::new() }
    }

    /// The wall-clock times of the starts.
    fn clock_times(zone: Zone, slots: &[Span]) -> Vec<String> {
        let wall = |slot: &Span| {
            let wall = zone.moment(slot.starts).wall();
            format!("{} {:02}:{:02}", wall.date, wall.hour, wall.minute)
        };
        slots.iter().map(wall).collect()
    }

    #[test]
    fn rule_is_split_into_slots_with_buffers() {
        let times = |from, to, length, buffer| Times::new(from, to, length, buffer);
        assert_eq!(times(1_050, 1_140, 30, 15).unwrap().starts().collect::<Vec<_>>(), [1_050, 1_095]);
        assert_eq!(
            times(1_050, 1_125, 30, 15).unwrap().starts().collect::<Vec<_>>(),
            [1_050, 1_095],
            "to the minute"
        );
        assert_eq!(times(1_050, 1_124, 30, 15).unwrap().starts().collect::<Vec<_>>(), [1_050]);
        assert_eq!(times(1_425, 1_440, 15, 0).unwrap().starts().collect::<Vec<_>>(), [1_425], "until midnight");
        for (wrong, why) in [
            ((1_080, 1_080, 30, 0), Misfit::Order),
            ((1_080, 1_020, 30, 0), Misfit::Order),
            ((1_380, 1_441, 30, 0), Misfit::Order),
            ((600, 660, 20, 0), Misfit::Length),
            ((600, 660, 30, 61), Misfit::Buffer),
            ((600, 629, 30, 0), Misfit::TooShort),
        ] {
            let (from, to, length, buffer) = wrong;
            assert_eq!(times(from, to, length, buffer), Err(why), "{wrong:?}");
        }
    }

    #[test]
    fn rules_apply_on_their_days_and_types_except_absences() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let (thursday, first) = (date("2026-11-19"), date("2026-11-26"));
        let weekly = Days::Weekly { weekday: 3, first: Some(first), last: Some(date("2026-12-03")) };
        let rules = [
            Rule { kinds: vec![LASER], ..rule(weekly, 600, 630, 30, 0) },
            rule(Days::On(date("2026-11-25")), 1_080, 1_110, 30, 0),
            Rule { kinds: vec![TypeId(8)], ..rule(Days::On(date("2026-11-24")), 1_080, 1_110, 30, 0) },
        ];
        let days = thursday.days()..=thursday.days() + HORIZON;
        let at = |away: &[Away], now| {
            clock_times(
                zone,
                &slots(&rules, away, LASER, days.clone(), now, |date, minute| zone.instant(date, minute)),
            )
        };
        let start = zone.start_of(thursday);
        assert_eq!(at(&[], start), ["2026-11-25 18:00", "2026-11-26 10:00", "2026-12-03 10:00"]);
        let away = [Away { first: date("2026-11-20"), last: date("2026-11-25") }];
        assert_eq!(at(&away, start), ["2026-11-26 10:00", "2026-12-03 10:00"]);
        let begun = zone.instant(first, 600);
        assert_eq!(at(&[], begun), ["2026-12-03 10:00"], "one that has begun is over");
    }

    // A9
    #[test]
    fn skipped_hour_has_no_slots_and_repeated_hour_has_them_once() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let on = |day: &str, from, to, length| {
            let (day, rules) = (date(day), [rule(Days::On(date(day)), from, to, length, 0)]);
            let all = slots(&rules, &[], LASER, day.days()..=day.days(), Millis(0), |date, minute| {
                zone.instant(date, minute)
            });
            clock_times(zone, &all).into_iter().map(|mut wall| wall.split_off(11)).collect::<Vec<_>>()
        };
        assert!(on("2027-03-28", 105, 210, 30).is_empty(), "cut or lost");
        assert_eq!(on("2027-03-28", 90, 240, 30), ["01:30", "03:00", "03:30"]);
        assert_eq!(on("2026-10-25", 90, 240, 30), ["01:30", "02:00", "02:30", "03:00", "03:30"]);
    }

    proptest! {
        // A9
        #[test]
        fn slots_keep_length_and_wall_clock_without_overlap(
            zone in proptest::sample::select(vec!["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
            first in 20_700_i64..21_100, weekday in 0_u8..7, from in 0_u16..1_380, room in 60_u16..600,
            length in proptest::sample::select(LENGTHS.to_vec()), buffer in 0_u16..=BUFFER,
        ) {
            let zone: Zone = zone.parse().unwrap();
            let to = (from + room).min(DAY_MINUTES);
            let rules = [rule(Days::Weekly { weekday, first: None, last: None }, from, to, length, buffer)];
            let all = slots(&rules, &[], LASER, first..=first + HORIZON, Millis(0), |date, minute| zone.instant(date, minute));
            for slot in &all {
                prop_assert_eq!(slot.ends.since(slot.starts), MINUTE * u32::from(length));
                let wall = zone.moment(slot.starts).wall();
                let minute = u16::from(wall.hour) * 60 + u16::from(wall.minute);
                prop_assert_eq!(wall.date.weekday(), weekday);
                prop_assert!(minute >= from && (minute - from) % (length + buffer) == 0 && minute + length <= to);
            }
            for two in all.windows(2) {
                prop_assert!(two[0].ends <= two[1].starts);
            }
        }
    }
}
