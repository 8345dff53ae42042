//! Series of a calendar file: the parts of one event, and when it actually takes place.
//!
//! Events of one UID form a series with its changes. Of several versions the newest counts (`SEQUENCE`). A
//! replaced occurrence is not taken at its old time (`RECURRENCE-ID`), nor are all later ones if the replacement
//! covers them (`RANGE=THISANDFUTURE`). **Invariant:** the unreadable part of a change leaves the original as it
//! was, and is reported: a room taken too long is better than one free by mistake. Not here: on which
//! days a rule repeats ([`domain::external_calendars::recurrence`]).
//!
//! Where the standard leaves something open, a series is read the way other calendar programs read it.

use super::{
    Event, Reader, Unread,
    lines::Property,
    times::{Clock, Length, Wall, is_utc},
};
use domain::{
    external_calendars::{MOST_EVENTS, Skipped, recurrence::Rule},
    occupations::Span,
    time::{Date, Millis},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The identity of one occurrence: its original time, as written and as an instant.
#[derive(Debug, Clone, Copy)]
struct Mark<'a> {
    wall: Wall<'a>,
    /// As written in the file, without a zone.
    at: Millis,
}

/// Occurrences that are named.
#[derive(Debug, Default)]
struct Marks {
    days: BTreeSet<Date>,
    walls: BTreeSet<(Date, u32)>,
    instants: BTreeSet<Millis>,
}

impl Marks {
    fn add(&mut self, mark: Mark<'_>) {
        match mark.wall.seconds {
            None => {
                self.days.insert(mark.wall.date);
            }
            Some(seconds) => {
                self.walls.insert((mark.wall.date, seconds));
                self.instants.insert(mark.at);
            }
        }
    }

    /// Whether it is in the list. Local date and time are compared without the zone, and a date as midnight,
    /// because programs write them that way.
    fn has(&self, one: Wall<'_>) -> bool {
        let midnight = one.seconds.unwrap_or(0);
        self.days.contains(&one.date)
            || self.instants.contains(&one.instant())
            || self.walls.contains(&(one.date, midnight))
    }

    /// Whether it identifies the same occurrence as `mark`.
    fn names(&self, mark: Mark<'_>) -> bool {
        match mark.wall.seconds {
            None => self.days.contains(&mark.wall.date) || self.walls.contains(&(mark.wall.date, 0)),
            Some(seconds) => self.instants.contains(&mark.at) || self.walls.contains(&(mark.wall.date, seconds)),
        }
    }
}

/// An occurrence before changes.
struct Occurrence<'a> {
    start: Wall<'a>,
    length: Length,
    /// It is a period with a length of its own.
    is_period: bool,
}

/// The change of an occurrence and all later ones.
struct Shift<'a> {
    from: Mark<'a>,
    /// The new start of the first of them and the length of all; `None`: cancelled.
    to: Option<(Wall<'a>, Length)>,
}

impl<'a> Shift<'a> {
    /// The new time of `one`, of a series by `clock`.
    fn of(&self, one: &Occurrence<'a>, clock: Clock<'a>) -> Option<Span> {
        let (start, length) = self.to?;
        let length = if one.is_period { one.length } else { length };
        let are_timed = [self.from.wall, one.start, start].iter().all(|wall| wall.seconds.is_some());
        let start = if are_timed {
            let (days, seconds) = Wall::of(self.from.at, clock).until(Wall::of(start.instant(), clock));
            Wall::of(one.start.instant(), clock).later(days, seconds)
        } else {
            // A day has no time of the day to differ by.
            start.later(one.start.date.days() - self.from.wall.date.days(), 0)
        };
        Some(length.from(start))
    }

    /// Days by which it moves anything, at most.
    fn reach(&self) -> i64 {
        self.to.map_or(0, |(start, length)| {
            (start.date.days() - self.from.wall.date.days()).abs() + length.whole_days() + 1
        })
    }
}

/// The changed occurrences of a series.
#[derive(Default)]
struct Changes<'a> {
    one: Marks,
    /// These and all later ones, in order.
    all: Vec<Shift<'a>>,
    spans: Vec<(Mark<'a>, Span)>,
}

/// The newest versions among `events`. Equally new ones all count.
fn newest<'e>(events: impl Iterator<Item = &'e Event>) -> Vec<&'e Event> {
    let events: Vec<_> = events.collect();
    let newest = events.iter().map(|event| event.sequence).max();
    events.into_iter().filter(|event| Some(event.sequence) == newest).collect()
}

impl<'a> Reader<'a> {
    /// The times of the events of one UID.
    pub(super) fn series(&mut self, events: &[&Event]) -> Result<(), Unread> {
        let masters = newest(events.iter().copied().filter(|event| event.instead.is_none()));
        let changes = self.changes(events, &masters);
        let mut dropped = Marks::default();
        for master in &masters {
            let except = self.marks_of(master);
            if !master.is_free {
                match self.occurrences(master, &changes) {
                    Ok(occurrences) => self.keep(&occurrences, &except, &changes)?,
                    Err(Unread::Skipped(why)) => self.leave_out(master, why),
                    Err(why) => return Err(why),
                }
            }
            dropped = except;
        }
        for (mark, span) in changes.spans {
            if !dropped.names(mark) {
                self.take(span)?;
            }
        }
        Ok(())
    }

    /// Adds `occurrences` that are neither excepted, changed nor moved.
    fn keep(
        &mut self,
        occurrences: &[Occurrence<'a>],
        except: &Marks,
        changes: &Changes<'a>,
    ) -> Result<(), Unread> {
        // The series uses the zone of its first occurrence, whatever the others use.
        let clock = occurrences.first().map_or(self.floating, |first| first.start.clock);
        for one in occurrences.iter().filter(|one| !except.has(one.start) && !changes.one.has(one.start)) {
            let at = one.start.instant();
            let later = changes.all.partition_point(|shift| shift.from.at < at);
            match later.checked_sub(1).and_then(|last| changes.all.get(last)) {
                None => self.take(one.length.from(one.start))?,
                Some(shift) => {
                    if let Some(moved) = shift.of(one, clock) {
                        self.take(moved)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, span: Span) -> Result<(), Unread> {
        if self.now < span.ends && span.starts < self.horizon && span.starts < span.ends {
            self.spans.push(span);
        }
        if self.spans.len() > MOST_EVENTS { Err(Unread::TooLong) } else { Ok(()) }
    }

    /// The changed occurrences of `masters`.
    fn changes(&mut self, events: &[&Event], masters: &[&Event]) -> Changes<'a> {
        let usual = masters.iter().find_map(|master| {
            let start = self.wall(master.start.as_ref()?, self.floating).ok()?;
            // A day is by no clock of its own.
            start.seconds.map(|_| start.clock)
        });
        let usual = usual.unwrap_or(self.floating);
        let mut by_mark: BTreeMap<(i64, bool), Vec<&Event>> = BTreeMap::new();
        let mut marks = HashMap::new();
        for event in events {
            let Some(instead) = &event.instead else { continue };
            match self.mark(instead, usual) {
                Some(mark) => {
                    let name = (mark.at.0, mark.wall.seconds.is_none());
                    by_mark.entry(name).or_default().push(event);
                    marks.insert(name, mark);
                }
                None => self.leave_out(event, Skipped::Time),
            }
        }
        let mut changes = Changes::default();
        for (name, versions) in by_mark {
            let Some(mark) = marks.get(&name).copied() else { continue };
            for event in newest(versions.into_iter()) {
                let to = if event.is_free { Ok(None) } else { self.once(event) };
                match to {
                    Ok(to) => {
                        changes.one.add(mark);
                        changes.spans.extend(to.map(|(start, length)| (mark, length.from(start))));
                        if event.instead.as_ref().is_some_and(|instead| instead.and_future) {
                            changes.all.push(Shift { from: mark, to });
                        }
                    }
                    Err(why) => self.leave_out(event, why),
                }
            }
        }
        changes.all.sort_by_key(|shift| shift.from.at);
        changes
    }

    /// The time of a single event; `None` if it occupies no time.
    fn once(&mut self, event: &Event) -> Result<Option<(Wall<'a>, Length)>, Skipped> {
        let start = self.wall(event.start.as_ref().ok_or(Skipped::Time)?, self.floating)?;
        let length = self.length(event, start)?;
        Ok((!length.is_nothing()).then_some((start, length)))
    }

    /// The identity of an occurrence; an unknown zone means that of the series.
    fn mark(&mut self, property: &Property, usual: Clock<'a>) -> Option<Mark<'a>> {
        let wall = match self.wall(property, usual) {
            Err(Skipped::Zone) => Wall::read(&property.value, usual)?,
            read => read.ok()?,
        };
        Some(Mark { wall, at: wall.instant() })
    }

    /// The cancelled occurrences of `event`.
    fn marks_of(&mut self, event: &Event) -> Marks {
        let mut marks = Marks::default();
        if event.except.is_empty() {
            return marks;
        }
        let start = event.start.as_ref().and_then(|start| self.wall(start, self.floating).ok());
        let usual = start.map_or(self.floating, |start| start.clock);
        for property in &event.except {
            for value in property.value.split(',').filter(|value| !value.trim().is_empty()) {
                if let Some(mark) = self.mark(&property.with(value), usual) {
                    marks.add(mark);
                }
            }
        }
        marks
    }

    /// The relevant occurrences of a series by its rules and extra dates.
    fn occurrences(&mut self, event: &Event, changes: &Changes<'a>) -> Result<Vec<Occurrence<'a>>, Unread> {
        let start = self.wall(event.start.as_ref().ok_or(Skipped::Time)?, self.floating)?;
        let length = self.length(event, start)?;
        let reach = changes.all.iter().map(Shift::reach).fold(length.whole_days(), i64::max);
        let mut found = Vec::new();
        if event.rules.is_empty() {
            found.push(Occurrence { start, length, is_period: false });
        }
        for rule in &event.rules {
            let rule = Rule::read(rule).filter(|rule| rule.keeps_time(start.seconds)).ok_or(Skipped::Rule)?;
            let starts = self.repeated(&rule, start, reach)?;
            found.extend(starts.into_iter().map(|start| Occurrence { start, length, is_period: false }));
        }
        for property in &event.also {
            for value in property.value.split(',').filter(|value| !value.trim().is_empty()) {
                match self.further(&property.with(value), start, length) {
                    Some(one) => found.push(one),
                    None => self.leave_out(event, Skipped::Time),
                }
            }
        }
        // Two rules, or a rule and an extra date, may give the same day.
        let mut seen = BTreeSet::new();
        found.retain(|one| seen.insert((one.start.date, one.start.seconds)));
        // A series of no length takes no time; a period among its further days may.
        found.retain(|one| !one.length.is_nothing());
        Ok(found)
    }

    /// A further day or time of a series, or a period with a length of its own.
    fn further(&mut self, property: &Property, start: Wall<'a>, length: Length) -> Option<Occurrence<'a>> {
        let (first, end) = property
            .value
            .split_once('/')
            .map_or((property.value.as_str(), None), |(first, end)| (first, Some(end)));
        let first = self.mark(&property.with(first), start.clock)?.wall;
        let Some(end) = end else {
            let one = match (start.seconds, first.seconds) {
                // Among dates it is a date; among times it is midnight of that date.
                (None, _) => start.on(first.date),
                (Some(_), None) => Wall { seconds: Some(0), clock: start.clock, ..first },
                (Some(_), Some(_)) => first,
            };
            return Some(Occurrence { start: one, length, is_period: false });
        };
        let length = if end.trim_start().starts_with(['P', 'p', '+', '-']) {
            Length::read(end)?
        } else {
            let end = self.mark(&property.with(end), first.clock)?;
            let (days, seconds) = first.until(Wall::of(end.at, first.clock));
            Length { days, seconds }
        };
        (!length.is_negative()).then_some(Occurrence { start: first, length, is_period: true })
    }

    /// The duration of `event`; zero if it occupies no time.
    fn length(&mut self, event: &Event, start: Wall<'a>) -> Result<Length, Skipped> {
        let length = if let Some(end) = &event.end {
            let end = self.wall(end, start.clock)?;
            if start.seconds.is_none() {
                // Many programs write the same day twice and mean that day.
                let days = end.date.days() - start.date.days();
                Length { days: if days == 0 { 1 } else { days }, seconds: 0 }
            } else {
                let (days, seconds) = start.until(Wall::of(end.instant(), start.clock));
                Length { days, seconds }
            }
        } else {
            match (&event.duration, start.seconds) {
                (Some(text), _) => Length::read(text).ok_or(Skipped::Time)?,
                (None, None) => Length::DAY,
                (None, Some(_)) => Length { days: 0, seconds: 0 },
            }
        };
        if length.is_negative() { Err(Skipped::Order) } else { Ok(length) }
    }

    /// The relevant starts of a series; changes may move them by up to `reach` days.
    fn repeated(&mut self, rule: &Rule, start: Wall<'a>, reach: i64) -> Result<Vec<Wall<'a>>, Unread> {
        let day = |at: Millis| Wall::of(at, start.clock).date.days();
        let reach = reach.clamp(1, 700_000);
        let from = Date::from_days(day(self.now).saturating_sub(reach + 1).max(-700_000));
        let to = Date::from_days(day(self.horizon).saturating_add(reach.min(400) + 1));
        let days = rule.days(start.date, from, to, &mut self.budget)?;
        let until = match rule.until() {
            Some(text) => Some((Wall::read(text, start.clock).ok_or(Skipped::Rule)?, is_utc(text))),
            None => None,
        };
        let is_within = |one: &Wall<'_>| match until {
            None => true,
            // A date, or an instant within that day: programs east and west of Greenwich mean both.
            Some((until, in_utc)) if one.seconds.is_none() => {
                one.date <= until.date || (in_utc && one.instant() <= until.instant())
            }
            Some((until, _)) if until.seconds.is_none() => one.date <= until.date,
            Some((until, _)) => one.instant() <= until.instant(),
        };
        Ok(days.into_iter().map(|date| start.on(date)).filter(is_within).collect())
    }
}
