//! Parses calendar files of other programs (RFC 5545): when their events take place.
//!
//! **Invariants.** No input panics, and none takes long to process: input from strangers is bounded. Only times
//! leave this module, and the titles of events that could not be read. A time that the clocks jump over follows
//! the standard, unlike our own times, which move to the end of the jump: others wrote it. Not here:
//! writing files ([`crate::calendar`]).
//!
//! No crate is used: only a dozen properties of a file matter, and crates hold all of it.

mod clocks;
mod lines;
mod series;
mod times;
mod windows;

use clocks::{Clocks, Definition, Definitions, Season, defined_as};
use domain::{
    external_calendars::{
        Failure, HORIZON, LEFT_OUT, LeftOut, Skipped,
        recurrence::{Budget, TooLong},
    },
    names,
    occupations::Span,
    time::{DAY, Millis},
    zone::Zone,
};
use lines::{Property, UnfoldedLines, content, unescaped};
use std::collections::{BTreeMap, HashMap, HashSet};
use times::{Clock, Wall, date_of, is_utc};

/// Events in one file, those that are over too.
const EVENTS: usize = 50_000;
/// Days that are looked at for all series of one file.
const DAYS: u32 = 2_000_000;

/// The times of a calendar's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub spans: Vec<Span>,
    /// Events that were left out.
    pub skipped: BTreeMap<Skipped, u32>,
    /// The next of them.
    pub left_out: Vec<LeftOut>,
}

/// Why an event is left out, or the whole file.
#[derive(Debug, Clone, Copy)]
enum Unread {
    Skipped(Skipped),
    TooLong,
}

impl From<Skipped> for Unread {
    fn from(why: Skipped) -> Self {
        Self::Skipped(why)
    }
}

impl From<TooLong> for Unread {
    fn from(TooLong: TooLong) -> Self {
        Self::TooLong
    }
}

/// An event before its times are resolved.
#[derive(Debug, Default)]
struct Event {
    uid: String,
    title: String,
    /// Which version of it this is; a later one replaces all before.
    sequence: i64,
    start: Option<Property>,
    end: Option<Property>,
    duration: Option<String>,
    rules: Vec<String>,
    except: Vec<Property>,
    also: Vec<Property>,
    /// Which one of a series it is in place of.
    instead: Option<Property>,
    /// It occupies no time: it was cancelled or is marked as free.
    is_free: bool,
}

impl Event {
    fn add(&mut self, name: &str, property: Property) {
        match name {
            "UID" => self.uid = property.value,
            "SUMMARY" => self.title = property.value,
            "SEQUENCE" => self.sequence = property.value.parse().unwrap_or(0),
            "DTSTART" => self.start = Some(property),
            "DTEND" => self.end = Some(property),
            "DURATION" => self.duration = Some(property.value),
            "RRULE" => self.rules.push(property.value),
            // Obsolete, and ignoring it would occupy free time.
            "EXRULE" => self.rules.push(String::new()),
            "EXDATE" => self.except.push(property),
            "RDATE" => self.also.push(property),
            "RECURRENCE-ID" => self.instead = Some(property),
            "STATUS" => self.is_free |= property.is("CANCELLED"),
            "TRANSP" => self.is_free |= property.is("TRANSPARENT"),
            _ => {}
        }
    }

    /// The names of zones in it.
    fn zones(&self) -> impl Iterator<Item = &str> {
        let times = [&self.start, &self.end, &self.instead].into_iter().flatten();
        times.chain(&self.except).chain(&self.also).filter_map(|property| property.tzid.as_deref())
    }
}

/// The relevant content of a file.
#[derive(Debug, Default)]
struct File {
    events: Vec<Event>,
    definitions: Vec<Definition>,
    /// The zone of times without one, as some programs add it.
    zone: Option<String>,
}

/// A component of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Event,
    Zone,
    Season,
    /// Ignored content, such as alarms inside an event.
    Other,
}

/// The components of a file; or why it is invalid.
fn parts(text: &str) -> Result<File, Failure> {
    let mut lines = UnfoldedLines::new(text).filter(|line| !line.trim().is_empty());
    let Some(first) = lines.next() else { return Err(Failure::Empty) };
    if !first.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR") {
        return Err(Failure::NotCalendar);
    }
    let (mut file, mut open) = (File::default(), vec![Part::Other]);
    let (mut event, mut zone, mut season) = (Event::default(), Definition::default(), Season::default());
    for line in lines {
        let Some((name, property)) = content(&line) else { continue };
        let inside = open.last().copied().unwrap_or(Part::Other);
        match (name.as_str(), inside) {
            ("BEGIN", inside) => open.push(match inside {
                Part::Other if property.is("VEVENT") => Part::Event,
                Part::Other if property.is("VTIMEZONE") => Part::Zone,
                Part::Zone if property.is("STANDARD") || property.is("DAYLIGHT") => Part::Season,
                _ => Part::Other,
            }),
            ("END", inside) => {
                open.pop();
                match inside {
                    Part::Event => file.events.push(std::mem::take(&mut event)),
                    Part::Season => zone.has(std::mem::take(&mut season)),
                    Part::Zone => file.definitions.push(std::mem::take(&mut zone)),
                    Part::Other => {}
                }
                if file.events.len() > EVENTS {
                    return Err(Failure::TooMany);
                }
            }
            (name, Part::Event) => event.add(name, property),
            (name, Part::Zone) => zone.add(name, property),
            (name, Part::Season) => season.add(name, property),
            ("X-WR-TIMEZONE", Part::Other) if open.len() == 1 => file.zone = Some(property.value),
            (_, Part::Other) => {}
        }
    }
    // A truncated file: missing events would look cancelled.
    if open.is_empty() { Ok(file) } else { Err(Failure::BrokenOff) }
}

struct Reader<'a> {
    /// The zone of dates.
    workshop: Zone,
    /// The zone of times without one.
    floating: Clock<'a>,
    clocks: Clocks<'a>,
    now: Millis,
    horizon: Millis,
    budget: Budget,
    spans: Vec<Span>,
    skipped: BTreeMap<Skipped, u32>,
    left_out: Vec<LeftOut>,
}

/// Reads the times of all events that are not over by `now` and begin within [`HORIZON`]. A time without a zone is
/// by the clock of `zone`.
pub(crate) fn read(file: &[u8], zone: Zone, now: Millis) -> Result<Parsed, Failure> {
    let text = String::from_utf8_lossy(file);
    let File { events, definitions, zone: reported } = parts(text.trim_start_matches('\u{feff}').trim_start())?;
    let horizon = now.after(HORIZON);
    let mut budget = Budget(DAYS);
    let used: HashSet<_> =
        events.iter().flat_map(Event::zones).chain(reported.as_deref()).map(defined_as).collect();
    let definitions = Definitions::read(&definitions, |name| used.contains(name), (now, horizon), &mut budget);
    let definitions = definitions.map_err(|TooLong| Failure::TooMany)?;
    let mut clocks = Clocks::new(&definitions, now);
    let floating = reported.and_then(|name| clocks.called(&name)).unwrap_or(Clock::Zone(zone));
    let mut reader = Reader {
        workshop: zone,
        floating,
        clocks,
        now,
        horizon,
        budget,
        spans: Vec::new(),
        skipped: BTreeMap::new(),
        left_out: Vec::new(),
    };
    for series in by_uid(&events) {
        if reader.series(&series).is_err() {
            return Err(Failure::TooMany);
        }
    }
    let Reader { spans, skipped, mut left_out, .. } = reader;
    left_out.sort();
    left_out.truncate(LEFT_OUT);
    Ok(Parsed { spans, skipped, left_out })
}

/// Groups events by uid; one without a uid is a group of its own.
fn by_uid(events: &[Event]) -> Vec<Vec<&Event>> {
    let mut series: Vec<Vec<&Event>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for event in events {
        let place = known.get(event.uid.as_str()).filter(|_| !event.uid.is_empty());
        if let Some(one) = place.and_then(|place| series.get_mut(*place)) {
            one.push(event);
        } else {
            known.insert(&event.uid, series.len());
            series.push(vec![event]);
        }
    }
    series
}

/// The beginning of a title for display, without invisible characters.
fn shorten_title(title: &str) -> String {
    let title: String =
        unescaped(title).chars().take(LeftOut::TITLE).filter(|letter| !letter.is_control()).collect();
    names::name(&title).unwrap_or_default()
}

impl<'a> Reader<'a> {
    /// Notes that `event` is left out, unless it is over.
    fn leave_out(&mut self, event: &Event, why: Skipped) {
        let date = event.start.as_ref().and_then(|start| date_of(&start.value));
        let last = event.end.as_ref().and_then(|end| date_of(&end.value)).max(date);
        let yesterday = Wall::of(self.now.before(DAY * 2), Clock::Zone(self.workshop)).date;
        let is_once = event.rules.is_empty() && event.also.is_empty() && event.duration.is_none();
        if is_once && last.is_some_and(|last| last < yesterday) {
            return;
        }
        let count = self.skipped.entry(why).or_default();
        *count = count.saturating_add(1);
        // Near ones before far ones; the rest is only counted.
        if self.left_out.len() >= LEFT_OUT * 4 {
            self.left_out.sort();
            self.left_out.truncate(LEFT_OUT);
        }
        self.left_out.push(LeftOut { date, title: shorten_title(&event.title), why });
    }

    /// A property's time; without a zone it is by `usual`.
    fn wall(&mut self, property: &Property, usual: Clock<'a>) -> Result<Wall<'a>, Skipped> {
        let read = Wall::read(&property.value, usual).ok_or(Skipped::Time)?;
        match &property.tzid {
            // A date is local to the workshop, whatever its zone.
            _ if read.seconds.is_none() => Ok(Wall { clock: Clock::Zone(self.workshop), ..read }),
            Some(name) if !is_utc(&property.value) => {
                Ok(Wall { clock: self.clocks.called(name).ok_or(Skipped::Zone)?, ..read })
            }
            _ => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests;
