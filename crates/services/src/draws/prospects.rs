//! Which dates of a wish can be had: opening hours, closures, and what is booked in the weeks of a draw.
//!
//! Invariant: the facts about all rooms of a draw are loaded in a constant number of statements, however many wishes there
//! are. Not here: collisions between wishes, which the run decides.

use domain::{
    bookings::{Cause, Resource},
    draws::{LeftOut, Obstacle, Terms, WeekSpan},
    hours::Hours,
    id::RoomId,
    occupations::Span,
    time::{DAY, Date, Millis},
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{SqliteConnection, StoreError, bookings, draws::StoredDraw, hours};

/// The weeks of a draw, as far as they are known now.
pub(super) struct Prospects {
    terms: Terms,
    zone: Zone,
    now: Millis,
    hours: Hours,
    /// In order.
    taken: BTreeMap<RoomId, Vec<(Span, LeftOut)>>,
}

/// All the time for which a draw can have bookings.
fn span_of(terms: &Terms, zone: Zone) -> Span {
    // A wish that begins on the last day may end on the next one.
    Span { starts: zone.start_of(terms.first), ends: zone.start_of(terms.last).after(DAY * 3) }
}

/// A date of a wish.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occurrence {
    pub day: Date,
    /// Its time, or why there is none.
    pub span: Result<Span, LeftOut>,
}

impl Prospects {
    pub async fn load(
        conn: &mut SqliteConnection,
        draw: &StoredDraw,
        (zone, now): (Zone, Millis),
    ) -> Result<Self, StoreError> {
        let terms = draw.terms;
        let hours = hours::message_of(conn, Some(&[(None, None)]), terms.first.days()).await?.of(None, None);
        let within = span_of(&terms, zone);
        let rooms: Vec<_> = draw.rooms.iter().map(|room| Resource::Room(room.id)).collect();
        let found = bookings::taken_of(conn, &rooms, within, None, &[]).await?;
        let mut taken = BTreeMap::new();
        for (resource, conflicts) in found {
            let Some(room) = resource.room() else { continue };
            let spans = conflicts.into_iter().map(|conflict| {
                let why = match conflict.by {
                    Cause::Booking | Cause::Checkout | Cause::Event => LeftOut::Occupied,
                    Cause::Maintenance | Cause::Closure | Cause::External => LeftOut::Closed,
                };
                (conflict.span, why)
            });
            taken.insert(room, spans.collect());
        }
        Ok(Self { terms, zone, now, hours, taken })
    }

    /// The weeks as far as they are ahead.
    pub fn within(&self) -> Span {
        let all = span_of(&self.terms, self.zone);
        Span { starts: all.starts.max(self.now), ..all }
    }

    /// The dates of a wish, those that cannot be had with the reason.
    pub fn occurrences(&self, room: RoomId, span: WeekSpan) -> Vec<Occurrence> {
        // The week of wishes begins on Sunday, that of dates on Monday.
        let weekday = u8::try_from((span.from() / 86_400 + 6) % 7).unwrap_or_default();
        let days = self.terms.first.days()..=self.terms.last.days();
        let days = days.map(Date::from_days).filter(|day| day.weekday() == weekday);
        days.map(|day| Occurrence { day, span: self.time_on(day, room, span) }).collect()
    }

    fn time_on(&self, day: Date, room: RoomId, span: WeekSpan) -> Result<Span, LeftOut> {
        let instant = |date, minute| self.zone.instant(date, minute);
        let time = span.in_week_of(day, instant).ok_or(LeftOut::NoHour)?;
        if time.starts < self.now {
            return Err(LeftOut::Past);
        }
        if !self.hours.is_empty() && !self.hours.is_open_during(time, day, instant) {
            return Err(LeftOut::Closed);
        }
        let taken = self.taken.get(&room).into_iter().flatten();
        match taken.filter(|(taken, _)| taken.overlaps(time)).map(|(_, why)| *why).max() {
            Some(why) => Err(why),
            None => Ok(time),
        }
    }

    /// Why no date of a wish can be had, if none can.
    pub fn obstacle(&self, room: RoomId, span: WeekSpan) -> Option<Obstacle> {
        let dates = self.occurrences(room, span);
        if dates.iter().any(|date| date.span.is_ok()) {
            return None;
        }
        let is_occupied = dates.iter().any(|date| date.span == Err(LeftOut::Occupied));
        Some(if is_occupied { Obstacle::Occupied } else { Obstacle::Closed })
    }

    /// Adds a time that was booked meanwhile.
    pub fn take(&mut self, room: RoomId, span: Span) {
        self.taken.entry(room).or_default().push((span, LeftOut::Occupied));
    }

    /// The dates of a wish that cannot be had.
    pub fn left_out(&self, room: RoomId, span: WeekSpan) -> Vec<(Date, LeftOut)> {
        let dates = self.occurrences(room, span).into_iter();
        dates.filter_map(|date| date.span.err().map(|why| (date.day, why))).collect()
    }

    /// Stretches of a usual week in which the workshop is closed, in seconds from Sunday 00:00.
    pub fn closed_stretches(&self) -> Vec<(u32, u32)> {
        let usual = Hours { weekly: self.hours.weekly.clone(), exceptions: Vec::new() };
        // Any week will do: Sunday, 4 January 1970, was the fourth day.
        let days = (0..7_u32).map(|day| (day * 86_400, Date::from_days(3 + i64::from(day))));
        let mut closed = Vec::new();
        for (midnight, date) in days {
            let mut from = 0_u16;
            for open in usual.on(date) {
                if from < open.from {
                    closed.push((midnight + u32::from(from) * 60, midnight + u32::from(open.from) * 60));
                }
                from = from.max(open.to);
            }
            if from < domain::hours::DAY_MINUTES {
                closed.push((midnight + u32::from(from) * 60, midnight + 86_400));
            }
        }
        closed
    }
}
