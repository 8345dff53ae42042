//! Wall-clock hours over some days, and time split by them.
//!
//! Invariant: the pieces of a span are together as long as the span, also on nights of a clock change: a skipped
//! hour has no length, and a repeated hour has twice.

use super::CELLS;
use crate::{
    hours::Hours,
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};

/// The hours of some days.
#[derive(Debug)]
pub(super) struct Wall {
    zone: Zone,
    /// The first day, and the day after the last.
    days: (i64, i64),
    /// The start of each hour of each day, and the end.
    edges: Vec<Millis>,
}

impl Wall {
    /// The days that `within` touches.
    pub fn new(zone: Zone, within: Span) -> Self {
        let day = |at| zone.moment(at).wall().date.days();
        let days = (day(within.starts), day(Millis(within.ends.0 - 1)) + 1);
        let hours = (days.0..days.1).flat_map(|day| (0..24).map(move |hour| (Date::from_days(day), hour * 60)));
        let mut edges: Vec<Millis> = hours.map(|(date, minute)| zone.instant(date, minute)).collect();
        edges.push(zone.start_of(Date::from_days(days.1)));
        Self { zone, days, edges }
    }

    /// `span` hour by hour: which of the [`CELLS`] of a week, and from when to when.
    pub fn split(&self, span: Span) -> impl Iterator<Item = (usize, Span)> {
        let first = self.edges.partition_point(|edge| *edge <= span.starts).saturating_sub(1);
        let monday = usize::from(Date::from_days(self.days.0).weekday()) * 24;
        let hours = self.edges.windows(2).enumerate().skip(first);
        let pieces = hours.map_while(move |(at, hour)| match hour {
            [from, to] if *from < span.ends => {
                let piece = Span { starts: span.starts.max(*from), ends: span.ends.min(*to) };
                Some(((monday + at) % CELLS, piece))
            }
            _ => None,
        });
        pieces.filter(|(_, piece)| piece.starts < piece.ends)
    }

    /// The opening times on these days, in order; adjacent ones are merged.
    pub fn openings(&self, hours: &Hours) -> Vec<Span> {
        let mut open: Vec<Span> = Vec::new();
        for date in (self.days.0..self.days.1).map(Date::from_days) {
            for stretch in hours.on(date) {
                let at = |minute| self.zone.instant(date, minute);
                let (starts, ends) = (at(stretch.from), at(stretch.to));
                match open.last_mut() {
                    Some(last) if starts <= last.ends => last.ends = last.ends.max(ends),
                    _ if starts < ends => open.push(Span { starts, ends }),
                    _ => {}
                }
            }
        }
        open
    }
}

/// The parts of `span` inside these stretches, which are in order.
pub(super) fn inside(open: &[Span], span: Span) -> impl Iterator<Item = Span> {
    let first = open.partition_point(|open| open.ends <= span.starts);
    let reached = open.iter().skip(first).take_while(move |open| open.starts < span.ends);
    reached.map(move |open| Span { starts: span.starts.max(open.starts), ends: span.ends.min(open.ends) })
}

/// The part of `span` inside `within`.
pub(super) fn clipped(span: Span, within: Span) -> Option<Span> {
    let clipped = Span { starts: span.starts.max(within.starts), ends: span.ends.min(within.ends) };
    (clipped.starts < clipped.ends).then_some(clipped)
}
