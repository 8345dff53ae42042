//! Decides whether an hour without *am* or *pm* is morning or afternoon, also next to a part of the day: `tomorrow
//! afternoon after 3`.
//!
//! Invariant: an hour next to a part of the day lies in it or touches it; otherwise it is not understood. Without
//! a part of the day, the half in which the space is open counts; if both are or neither is, usual working hours
//! decide.

use super::{MIDNIGHT, NOON, phrases::HoursPhrase, phrases::Phrase};
use crate::{
    bookings::{Days, EVENING, MORNING, TimeWindow},
    hours::{Hours, Stretch},
    time::Date,
};

/// Working hours assumed without opening hours, or when it is open in both halves of the day.
const ORDINARY: Stretch = Stretch { from: 8 * 60, to: 22 * 60 };
/// `after 9` also matches opening up to this many minutes later.
const SOON: u16 = 60;
/// A stated hour may be this many minutes before the part of the day: `at 5 in the evening`.
const BEFORE_PART: u16 = 60;

/// The opening hours of the days that a sentence names.
pub(super) struct OpenDays<'a> {
    pub hours: &'a Hours,
    pub dates: Vec<Date>,
}

impl<'a> OpenDays<'a> {
    /// Those of `phrases`, or of the next days.
    pub fn of<'p>(hours: &'a Hours, phrases: impl Iterator<Item = &'p Phrase> + Clone, today: Date) -> Self {
        let days = phrases.clone().fold(None, |days: Option<Days>, phrase| match phrase {
            Phrase::Days(more) | Phrase::DaysAndHours(more, _) => days.map_or(Some(*more), |days| days.and(*more)),
            Phrase::Weekday(_) | Phrase::Hours(_) | Phrase::Length(_) | Phrase::People(_) => days,
        });
        let days = days.unwrap_or(Days { first: today, last: Days::later(today, 6) });
        let weekdays = phrases.filter_map(|phrase| match phrase {
            Phrase::Weekday(weekday) => Some(*weekday),
            _ => None,
        });
        let weekdays: Vec<_> = weekdays.collect();
        let is_meant = |date: &Date| weekdays.is_empty() || weekdays.contains(&date.weekday());
        // Nobody names days more than a month apart.
        let dates = (days.first.days()..=days.last.days()).take(31).map(Date::from_days);
        Self { hours, dates: dates.filter(is_meant).collect() }
    }

    /// The most minutes between `from` and `to` in which it is open on one of the days.
    fn minutes(&self, (from, to): (u16, u16)) -> u16 {
        let of_day = |date: &Date| -> u16 {
            let on = |days: i64, shift: u16| {
                let stretches = self.hours.on(Days::later(*date, days)).into_iter();
                stretches.map(move |open| shared((from, to), open, shift)).sum::<u16>()
            };
            on(0, 0) + on(1, MIDNIGHT)
        };
        self.dates.iter().map(of_day).max().unwrap_or_default()
    }

    /// Whether `one` is rather meant than `other`: it is open then, or else more people work then.
    fn is_likelier(&self, one: TimeWindow, other: TimeWindow) -> bool {
        let likely = |hours: TimeWindow| {
            let minutes = [self.minutes(hours.probe(SOON)), shared(hours.probe(0), ORDINARY, 0)];
            minutes.map(|minutes| if hours.is_range() { minutes } else { minutes.min(1) })
        };
        likely(one) > likely(other)
    }
}

/// Minutes of `open`, so much later, between `from` and `to`.
fn shared((from, to): (u16, u16), open: Stretch, shift: u16) -> u16 {
    to.min(open.to.saturating_add(shift)).saturating_sub(from.max(open.from + shift))
}

impl HoursPhrase {
    /// The same in the intended half of the day: `at 7` in the evening is 19:00.
    pub fn in_its_half(self, part: Option<TimeWindow>, open: &OpenDays<'_>) -> Self {
        if !self.is_half_open {
            return self;
        }
        let later = self.hours.later(NOON);
        let is_later = part
            .map_or_else(|| open.is_likelier(later, self.hours), |part| self.hours.is_farther_than(later, part));
        Self { hours: if is_later { later } else { self.hours }, is_half_open: false, ..self }
    }

    /// Whether it fixes the start of the booking.
    const fn is_fixed(self) -> bool {
        self.is_exact || self.hours.is_at()
    }

    /// Whether it is compatible with `part`, and whether it then replaces it: `tonight at 8`, `tonight after 11`.
    fn beside(self, part: TimeWindow) -> Option<bool> {
        let TimeWindow { from, to, .. } = self.hours;
        // Before the morning is night, and the evening ends with the day.
        let begins = if part == MORNING { 0 } else { part.from };
        let ends = if part == EVENING { MIDNIGHT } else { part.to };
        if self.is_fixed() {
            let begins = if self.is_exact { begins } else { begins.saturating_sub(BEFORE_PART) };
            return (from <= ends && to >= begins && (self.is_exact || from >= begins)).then_some(true);
        }
        if part.and(self.hours).is_some() {
            return Some(false);
        }
        let is_behind = to == u16::MAX && (part.to..=ends).contains(&from);
        let is_ahead = from == 0 && part == MORNING && to <= part.from;
        (is_behind || is_ahead).then_some(true)
    }
}

/// The window that all of `message` give together with the part of the day; `None` if they contradict each other.
pub(super) fn combined(message: &[HoursPhrase], part: Option<TimeWindow>) -> Option<TimeWindow> {
    let all = message.iter().try_fold(TimeWindow::after(0), |all, one| all.and(one.hours))?;
    let Some(part) = part else { return Some(all) };
    let mut is_replaced = false;
    for one in message {
        is_replaced |= one.beside(part)?;
    }
    if is_replaced { Some(all) } else { all.and(part) }
}

impl TimeWindow {
    const fn is_at(self) -> bool {
        self.from == self.begins_by
    }

    /// Whether it has a beginning and an end.
    const fn is_range(self) -> bool {
        !self.is_at() && self.from > 0 && self.to != u16::MAX
    }

    /// The minutes by which it is judged whether that is a time for work: its own, or those around its one hour.
    const fn probe(self, slack: u16) -> (u16, u16) {
        let Self { from, to, .. } = self;
        if self.is_at() {
            (from, from + 1)
        } else if to == u16::MAX {
            (from, from + 1 + slack)
        } else if from == 0 {
            (to.saturating_sub(1 + slack), to)
        } else {
            (from, to)
        }
    }

    /// Whether `later`, half a day later, fits `part` better. In the morning it never does.
    fn is_farther_than(self, later: Self, part: Self) -> bool {
        if self.is_range() {
            return part.and(self).is_none() && part.and(later).is_some();
        }
        let distance = |window: Self| {
            let hour = if window.from > 0 { window.from } else { window.to };
            part.from.saturating_sub(hour) + hour.saturating_sub(part.to)
        };
        part.to > NOON && distance(later) < distance(self)
    }

    /// The same, this many minutes later.
    fn later(self, minutes: u16) -> Self {
        let add = |to: u16, is_open: bool| if is_open { to } else { to.saturating_add(minutes) };
        Self {
            from: add(self.from, self.from == 0),
            begins_by: add(self.begins_by, self.begins_by >= MIDNIGHT - 1),
            to: add(self.to, self.to == u16::MAX),
        }
    }
}
