//! Definitions of time zones, from the table that Toolgate itself uses.
//!
//! Invariant: at every instant of the years a definition covers, it has the offset of the table. Each change of the
//! clocks is written by itself: a rule for changes would promise something about years to come.

use super::Lines;
use crate::format::wall_time;
use domain::{
    time::{Date, Millis, Moment},
    zone::Zone,
};
use std::ops::RangeInclusive;

/// A change of the clocks: the instant, and minutes ahead of UTC before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClockChange {
    at: Millis,
    from: i16,
    to: i16,
}

impl Lines {
    /// Defines `zone` for entries of `years`. A calendar object needs it once.
    pub fn zone(&mut self, zone: Zone, years: RangeInclusive<i32>) {
        self.add("BEGIN", "VTIMEZONE");
        self.add("TZID", zone.name());
        for change in changes(zone, years) {
            let name = if change.to > change.from { "DAYLIGHT" } else { "STANDARD" };
            self.add("BEGIN", name);
            // The clocks show it in the offset before.
            let wall = Moment { at: change.at, offset: change.from }.wall();
            self.add("DTSTART", &wall_time(wall.date, u16::from(wall.hour) * 60 + u16::from(wall.minute)));
            self.add("TZOFFSETFROM", &offset(change.from));
            self.add("TZOFFSETTO", &offset(change.to));
            self.add("END", name);
        }
        self.add("END", "VTIMEZONE");
    }
}

/// The change that is in force when `years` begin, and all until they end.
fn changes(zone: Zone, years: RangeInclusive<i32>) -> Vec<ClockChange> {
    let midnight = |year: i32| zone.start_of(Date { year, month: 1, day: 1 });
    let (first, last) = (years.start().saturating_sub(1).max(1970), years.end().saturating_add(1).min(9_999));
    let begins = midnight(*years.start());
    let mut changes = Vec::new();
    let days = Date { year: first, month: 1, day: 1 }.days()..=Date { year: last, month: 1, day: 1 }.days();
    let mut instants = days.map(|day| Millis(day.saturating_mul(86_400_000)));
    let Some(mut before) = instants.next() else { return changes };
    for after in instants {
        if zone.moment(before).offset != zone.moment(after).offset {
            changes.push(change_between(zone, before, after));
        }
        before = after;
    }
    if let Some(in_force) = changes.iter().rposition(|change| change.at <= begins) {
        return changes.split_off(in_force);
    }
    // The clocks have not changed for a year: as if they never had.
    let to = zone.moment(begins).offset;
    let initial = ClockChange { at: Millis(-i64::from(to) * 60_000), from: to, to };
    [initial].into_iter().chain(changes).collect()
}

/// The one change after `before`, not later than `after`, to the minute.
fn change_between(zone: Zone, before: Millis, after: Millis) -> ClockChange {
    let (from, to) = (zone.moment(before).offset, zone.moment(after).offset);
    let (mut early, mut late) = (before.0 / 60_000, after.0 / 60_000);
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        let is_before = zone.moment(Millis(middle * 60_000)).offset == from;
        if is_before { early = middle } else { late = middle }
    }
    ClockChange { at: Millis(late * 60_000), from, to }
}

/// `+0530`.
fn offset(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
