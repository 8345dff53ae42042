//! A series as calendar programs read it: one entry with the rule, and one for each date that differs.
//!
//! **Invariants.** A program that follows RFC 5545 shows the occurrences of [`Series::expand`], at the same instants:
//! the standard moves a skipped time and the end of an occurrence differently from us when the clocks change, so such
//! a date gets an entry of its own. Every occurrence keeps its recurrence id, the start that the rule gives it. The
//! times are in the zone, which the object must define with [`Lines::zone`].

use super::{Details, Lines, Status};
use crate::{Change, Occurrence, Rule, Series, SeriesError, Times, format::wall_time, series::day_minute};
use domain::{
    occupations::Span,
    time::{Date, Millis, millis},
    zone::Zone,
};
use std::collections::{BTreeMap, BTreeSet};

impl Lines {
    /// Writes `series`. `own` are the details of dates whose entry differs from `details`, such as another place; all
    /// must have the same uid.
    pub fn series(
        &mut self,
        series: &Series,
        zone: Zone,
        details: &Details<'_>,
        own: &BTreeMap<Date, Details<'_>>,
    ) -> Result<(), SeriesError> {
        let dates = series.dates(zone)?;
        let expansion = series.expand(zone)?;
        let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Err(SeriesError::NoDates) };
        self.entry(details, |lines| {
            lines.walls(zone, *first, series.times);
            lines.add("RRULE", &rule_until(&series.rule, *last, zone));
            let missing = expansion.nonexistent.iter().chain(series.exceptions.iter());
            let missing: BTreeSet<_> = missing.filter(|date| dates.binary_search(date).is_ok()).collect();
            for date in missing {
                lines.add(&key("EXDATE", zone), &wall_time(*date, series.times.from()));
            }
        });
        let by_date: BTreeMap<_, _> = expansion.occurrences.iter().map(|it| (it.date, it)).collect();
        let length = standard_length(series.times, *first, zone);
        for date in dates {
            let entry = own.get(&date).unwrap_or(details);
            let id = wall_time(date, series.times.from());
            if let Some(Change::Cancelled) =
                series.changes.get(&date).filter(|_| !series.exceptions.contains(&date))
            {
                let cancelled = Details { status: Status::Cancelled, ..*entry };
                self.entry(&cancelled, |lines| {
                    lines.add(&key("RECURRENCE-ID", zone), &id);
                    lines.walls(zone, date, series.times);
                });
            } else if let Some(occurrence) = by_date.get(&date)
                && (own.contains_key(&date) || differs(occurrence, series.times, length, zone))
            {
                self.entry(entry, |lines| {
                    lines.add(&key("RECURRENCE-ID", zone), &id);
                    lines.span(occurrence.span, zone);
                });
            }
        }
        Ok(())
    }

    fn entry(&mut self, details: &Details<'_>, times: impl FnOnce(&mut Self)) {
        self.add("BEGIN", "VEVENT");
        self.event(details, times);
        self.transparency(details.status);
        self.add("END", "VEVENT");
    }

    /// The start and the end as the rule has them.
    fn walls(&mut self, zone: Zone, date: Date, times: Times) {
        for (name, minute) in [("DTSTART", times.from()), ("DTEND", times.to())] {
            let (date, minute) = day_minute(date, minute);
            self.add(&key(name, zone), &wall_time(date, minute));
        }
    }

    /// The start and the end as the clocks show them; a time that they show twice is the first, here and there.
    fn span(&mut self, span: Span, zone: Zone) {
        for (name, at) in [("DTSTART", span.starts), ("DTEND", span.ends)] {
            let wall = zone.moment(at).wall();
            self.add(&key(name, zone), &wall_time(wall.date, u16::from(wall.hour) * 60 + u16::from(wall.minute)));
        }
    }
}

fn key(name: &str, zone: Zone) -> String {
    format!("{name};TZID={}", zone.name())
}

/// The rule with the end of its last day, in UTC as the standard demands.
fn rule_until(rule: &Rule, last: Date, zone: Zone) -> String {
    let next = zone.start_of(Date::from_days(last.days() + 1));
    rule.with_until(Millis(next.0 - 1_000)).to_string()
}

/// The length of all occurrences by the standard: that of the first, in milliseconds.
fn standard_length(times: Times, first: Date, zone: Zone) -> i64 {
    let at = |minute: u16| {
        let (date, minute) = day_minute(first, minute);
        zone.resolve_seconds(date, u32::from(minute) * 60)
    };
    at(times.to()).minus(at(times.from()))
}

/// Whether a program that only has the rule would show `occurrence` at another time.
fn differs(occurrence: &Occurrence, times: Times, length: i64, zone: Zone) -> bool {
    let starts = zone.resolve_seconds(occurrence.date, u32::from(times.from()) * 60);
    let span = occurrence.span;
    span.starts != starts || millis(span.ends.since(span.starts)) != length
}
