//! Calendar files of others (RFC 5545): when their events are.
//!
//! **Invariants.** No input panics, and none is walked through for long: what is written by strangers is bounded. Nothing but times
//! leaves this file. A time that the clocks jump over is the end of the jump, as everywhere here. Deliberately absent: files that are
//! written here ([`crate::calendar`]).
//!
//! No crate was taken: of a file only a dozen properties matter, and crates keep all of it.

use domain::{
    external_calendars::{
        Failure, HORIZON, MOST_EVENTS, Skipped,
        recurrence::{Budget, Rule, TooLong},
    },
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    iter::Peekable,
    str::Lines,
};

/// Events in one file, those that are over too.
const EVENTS: usize = 50_000;
/// Days that are looked at for all series of one file.
const DAYS: u32 = 2_000_000;
const DAY_MS: i64 = 86_400_000;

/// When the events of a calendar are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub spans: Vec<Span>,
    /// Events that were left out.
    pub skipped: BTreeMap<Skipped, u32>,
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

/// Lines as they were before they were folded.
struct Unfolded<'a>(Peekable<Lines<'a>>);

impl<'a> Iterator for Unfolded<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Cow::Borrowed(self.0.next()?.trim_end_matches('\r'));
        while let Some(more) = self.0.next_if(|next| next.starts_with([' ', '\t'])) {
            line.to_mut().push_str(more.get(1..).unwrap_or_default().trim_end_matches('\r'));
        }
        Some(line)
    }
}

/// A property of an event that says when it is.
#[derive(Debug, Clone, Default)]
struct Property {
    value: String,
    tzid: Option<String>,
}

/// What an event says of its time.
#[derive(Debug, Default)]
struct Event {
    uid: String,
    start: Option<Property>,
    end: Option<Property>,
    duration: Option<String>,
    rules: Vec<String>,
    except: Vec<Property>,
    also: Vec<Property>,
    /// Which one of a series it is in place of.
    instead: Option<Property>,
    /// It takes no time: it was cancelled, or whoever wrote it is free all the same.
    is_free: bool,
}

/// Name, parameters and value of a line; `None` for one that has no value.
fn content(line: &str) -> Option<(String, Property)> {
    let (mut quoted, mut parts, mut from) = (false, Vec::new(), 0);
    let mut value = None;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ';' | ':' if !quoted => {
                parts.push(line.get(from..at)?);
                from = at + 1;
                if letter == ':' {
                    value = line.get(from..);
                    break;
                }
            }
            _ => {}
        }
    }
    let (name, params) = parts.split_first()?;
    let tzid = params.iter().find_map(|param| {
        let (name, value) = param.split_once('=')?;
        name.eq_ignore_ascii_case("TZID").then(|| value.trim_matches('"').to_owned())
    });
    // Some put the name of a group before.
    let name = name.rsplit('.').next()?.trim().to_ascii_uppercase();
    Some((name, Property { value: value?.trim().to_owned(), tzid }))
}

impl Event {
    fn add(&mut self, name: &str, property: Property) {
        let is = |word: &str| property.value.eq_ignore_ascii_case(word);
        match name {
            "UID" => self.uid = property.value,
            "DTSTART" => self.start = Some(property),
            "DTEND" => self.end = Some(property),
            "DURATION" => self.duration = Some(property.value),
            "RRULE" => self.rules.push(property.value),
            // Nobody writes it any more, and leaving it out would take time that is free.
            "EXRULE" => self.rules.push(String::new()),
            "EXDATE" => self.except.push(property),
            "RDATE" => self.also.push(property),
            "RECURRENCE-ID" => self.instead = Some(property),
            "STATUS" => self.is_free |= is("CANCELLED"),
            "TRANSP" => self.is_free |= is("TRANSPARENT"),
            _ => {}
        }
    }
}

/// The events of a file; or why it is none.
fn events(text: &str) -> Result<Vec<Event>, Failure> {
    let mut lines = Unfolded(text.lines().peekable()).filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    if !first.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR") {
        return Err(Failure::NotCalendar);
    }
    let (mut events, mut event, mut depth, mut inner) = (Vec::new(), None::<Event>, 1_usize, 0_usize);
    for line in lines {
        let Some((name, property)) = content(&line) else { continue };
        let is_event = property.value.eq_ignore_ascii_case("VEVENT");
        match (name.as_str(), &mut event) {
            // What is inside an event is an alarm.
            ("BEGIN", Some(_)) => inner += 1,
            ("END", Some(_)) if inner > 0 => inner -= 1,
            ("END", Some(_)) => {
                events.extend(event.take());
                if events.len() > EVENTS {
                    return Err(Failure::TooMany);
                }
            }
            ("BEGIN", None) if is_event => event = Some(Event::default()),
            ("BEGIN", None) => depth += 1,
            ("END", None) => depth = depth.saturating_sub(1),
            (name, Some(event)) if inner == 0 => event.add(name, property),
            _ => {}
        }
    }
    // Otherwise it is a part of one, and what is missing would look as if it had been called off.
    if depth == 0 && event.is_none() { Ok(events) } else { Err(Failure::NotCalendar) }
}

/// A day, or a time of one, by a clock.
#[derive(Debug, Clone, Copy)]
struct Wall {
    date: Date,
    /// Of the day; `None` is all of it.
    seconds: Option<u32>,
    zone: Zone,
}

impl Wall {
    /// Reads `20261120`, `20261120T140500` and `20261120T130500Z`.
    fn read(text: &str, zone: Zone) -> Option<Self> {
        let (text, zone) = text.strip_suffix(['Z', 'z']).map_or((text, zone), |text| (text, Zone::UTC));
        let (day, time) = text.split_once(['T', 't']).map_or((text, None), |(day, time)| (day, Some(time)));
        let digits = |text: &str, from: usize, to: usize| -> Option<u32> {
            let part = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
            part.parse().ok()
        };
        if day.len() != 8 {
            return None;
        }
        let year = i32::try_from(digits(day, 0, 4)?).ok().filter(|year| *year > 0)?;
        let (month, day) = (u8::try_from(digits(day, 4, 6)?).ok()?, u8::try_from(digits(day, 6, 8)?).ok()?);
        let date = Date { year, month, day };
        if Date::from_days(date.days()) != date {
            return None;
        }
        let seconds = match time {
            None => None,
            Some(time) if time.len() == 6 || time.len() == 4 => {
                let (hour, minute) = (digits(time, 0, 2)?, digits(time, 2, 4)?);
                let second = if time.len() == 6 { digits(time, 4, 6)? } else { 0 };
                // A leap second is the one before.
                let second = second.min(if second == 60 { 59 } else { second });
                (hour < 24 && minute < 60 && second < 60).then_some(Some(hour * 3_600 + minute * 60 + second))?
            }
            Some(_) => return None,
        };
        Some(Self { date, seconds, zone })
    }

    fn on(self, date: Date) -> Self {
        Self { date, ..self }
    }

    fn instant(self) -> Millis {
        let seconds = self.seconds.unwrap_or(0);
        let minute = self.zone.instant(self.date, u16::try_from(seconds / 60).unwrap_or(0));
        Millis(minute.0.saturating_add(i64::from(seconds % 60) * 1_000))
    }
}

/// How long an event lasts.
#[derive(Debug, Clone, Copy)]
enum Length {
    /// As the clock runs: so is what has an end.
    Exact(i64),
    /// Days by the calendar, and the rest as the clock runs.
    Nominal { days: i64, rest: i64 },
}

impl Length {
    /// Reads `P1W`, `P2DT3H`, `PT45M`; `None` for anything else, and what is negative comes back so.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text.strip_prefix('+').unwrap_or(&text)),
        };
        let text = text.strip_prefix('P')?;
        let (mut days, mut rest, mut number, mut in_time, mut any) = (0_i64, 0_i64, String::new(), false, false);
        for letter in text.chars() {
            if letter.is_ascii_digit() && number.len() < 7 {
                number.push(letter);
                continue;
            }
            if letter == 'T' && number.is_empty() && !in_time {
                in_time = true;
                continue;
            }
            let n: i64 = number.parse().ok()?;
            number.clear();
            any = true;
            match (letter, in_time) {
                ('W', false) => days += n * 7,
                ('D', false) => days += n,
                ('H', true) => rest += n * 3_600_000,
                ('M', true) => rest += n * 60_000,
                ('S', true) => rest += n * 1_000,
                _ => return None,
            }
        }
        (any && number.is_empty()).then_some(Self::Nominal { days: sign * days, rest: sign * rest })
    }

    const fn is_negative(self) -> bool {
        match self {
            Self::Exact(length) => length < 0,
            Self::Nominal { days, rest } => days < 0 || rest < 0,
        }
    }

    /// Whole days that it lasts at most.
    const fn days(self) -> i64 {
        match self {
            Self::Exact(length) => length / DAY_MS + 1,
            Self::Nominal { days, rest } => days + rest / DAY_MS + 1,
        }
    }

    /// From `start` on.
    fn from(self, start: Wall) -> Span {
        let starts = start.instant();
        let ends = match self {
            Self::Exact(length) => Millis(starts.0.saturating_add(length)),
            Self::Nominal { days: 0, rest } => Millis(starts.0.saturating_add(rest)),
            Self::Nominal { days, rest } => {
                let last = start.on(Date::from_days(start.date.days() + days)).instant();
                Millis(last.0.saturating_add(rest))
            }
        };
        Span { starts, ends }
    }
}

/// What Windows calls zones of workshops so far; others are left out and counted.
const WINDOWS: [(&str, &str); 28] = [
    ("UTC", "UTC"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Romance Standard Time", "Europe/Paris"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("India Standard Time", "Asia/Kolkata"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Mountain Standard Time", "America/Denver"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Argentina Standard Time", "America/Argentina/Buenos_Aires"),
];

/// The zone that a file calls so: by its name, with the name of a program before it, or as Windows calls it.
fn zone_called(name: &str) -> Option<Zone> {
    let name = name.trim();
    let ends = name.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| at + 1);
    // Names have no more than three parts.
    let mut tails: Vec<_> = std::iter::once(0).chain(ends).filter_map(|at| name.get(at..)).collect();
    tails.retain(|tail| !tail.is_empty() && tail.matches('/').count() < 3);
    let known = |name: &str| WINDOWS.iter().find(|(known, _)| *known == name).map(|(_, zone)| *zone);
    known(name).into_iter().chain(tails).find_map(|name| name.parse().ok())
}

struct Reader {
    zone: Zone,
    now: Millis,
    horizon: Millis,
    budget: Budget,
    skipped: BTreeMap<Skipped, u32>,
}

/// Reads the times of all events that are not over by `now` and begin within [`HORIZON`]. A time without a zone is by the clock of
/// `zone`.
pub(crate) fn read(file: &[u8], zone: Zone, now: Millis) -> Result<Parsed, Failure> {
    let text = String::from_utf8_lossy(file);
    let events = events(text.trim_start_matches('\u{feff}').trim_start())?;
    let horizon = now.after(HORIZON);
    let mut reader = Reader { zone, now, horizon, budget: Budget(DAYS), skipped: BTreeMap::new() };
    let mut instead: HashMap<&str, HashSet<Millis>> = HashMap::new();
    for event in events.iter().filter(|event| !event.uid.is_empty()) {
        if let Some(one) = event.instead.as_ref().and_then(|property| reader.wall(property, zone).ok()) {
            instead.entry(&event.uid).or_default().insert(one.instant());
        }
    }
    let none = HashSet::new();
    let mut spans = Vec::new();
    for event in events.iter().filter(|event| !event.is_free) {
        let changed =
            if event.instead.is_some() { &none } else { instead.get(event.uid.as_str()).unwrap_or(&none) };
        match reader.spans(event, changed) {
            Ok(found) => spans.extend(found),
            Err(Unread::Skipped(why)) => reader.skip(why),
            Err(Unread::TooLong) => return Err(Failure::TooMany),
        }
        if spans.len() > MOST_EVENTS {
            return Err(Failure::TooMany);
        }
    }
    Ok(Parsed { spans, skipped: reader.skipped })
}

impl Reader {
    fn skip(&mut self, why: Skipped) {
        let count = self.skipped.entry(why).or_default();
        *count = count.saturating_add(1);
    }

    /// A property's time; without a zone it is by the clock of `usual`.
    fn wall(&self, property: &Property, usual: Zone) -> Result<Wall, Skipped> {
        let zone = match &property.tzid {
            // It says so itself that it is UTC.
            Some(_) if property.value.ends_with(['Z', 'z']) => usual,
            Some(name) => zone_called(name).ok_or(Skipped::Zone)?,
            None => usual,
        };
        let read = Wall::read(&property.value, zone).ok_or(Skipped::Time)?;
        // A day is one of the workshop.
        Ok(if read.seconds.is_none() { Wall { zone: self.zone, ..read } } else { read })
    }

    /// All times of `properties`.
    fn walls(&mut self, properties: &[Property], usual: Zone) -> Result<Vec<Wall>, Skipped> {
        let mut walls = Vec::new();
        for property in properties {
            for value in property.value.split(',').filter(|value| !value.trim().is_empty()) {
                let one = Property { value: value.trim().to_owned(), tzid: property.tzid.clone() };
                walls.push(self.wall(&one, usual)?);
            }
        }
        Ok(walls)
    }

    /// When `event` is, without the occurrences that others stand in place of.
    fn spans(&mut self, event: &Event, changed: &HashSet<Millis>) -> Result<Vec<Span>, Unread> {
        let start = self.wall(event.start.as_ref().ok_or(Skipped::Time)?, self.zone)?;
        let Some(length) = self.length(event, start)? else { return Ok(Vec::new()) };
        if length.is_negative() {
            return Err(Skipped::Order.into());
        }
        let mut starts = vec![start];
        if let Some(rule) = event.rules.first() {
            // Two rules are a thing of the past.
            let rule = Rule::read(rule).filter(|_| event.rules.len() == 1).ok_or(Skipped::Rule)?;
            starts = self.series(&rule, start, length)?;
        }
        starts.extend(self.walls(&event.also, start.zone)?);
        let except = self.walls(&event.except, start.zone)?;
        let days: BTreeSet<_> = except.iter().filter(|one| one.seconds.is_none()).map(|one| one.date).collect();
        let instants: HashSet<_> =
            except.iter().filter(|one| one.seconds.is_some()).map(|one| one.instant()).collect();
        let spans = starts.into_iter().filter(|one| !days.contains(&one.date)).map(|one| length.from(one));
        let is_wanted = |span: &Span| {
            let is_near = self.now < span.ends && span.starts < self.horizon && span.starts < span.ends;
            is_near && !instants.contains(&span.starts) && !changed.contains(&span.starts)
        };
        Ok(spans.filter(is_wanted).collect())
    }

    /// How long `event` lasts; `None`: no time at all.
    fn length(&self, event: &Event, start: Wall) -> Result<Option<Length>, Skipped> {
        if let Some(end) = &event.end {
            let end = self.wall(end, start.zone)?;
            return match start.seconds {
                // Many write the same day twice and mean that day.
                None => match end.date.days() - start.date.days() {
                    0 => Ok(Some(Length::Nominal { days: 1, rest: 0 })),
                    days => Ok(Some(Length::Nominal { days, rest: 0 })),
                },
                Some(_) => match end.instant().0.saturating_sub(start.instant().0) {
                    0 => Ok(None),
                    length => Ok(Some(Length::Exact(length))),
                },
            };
        }
        match (&event.duration, start.seconds) {
            (Some(text), _) => Length::read(text).map(Some).ok_or(Skipped::Time),
            (None, None) => Ok(Some(Length::Nominal { days: 1, rest: 0 })),
            (None, Some(_)) => Ok(None),
        }
    }

    /// Where the occurrences of a series begin that may matter.
    fn series(&mut self, rule: &Rule, start: Wall, length: Length) -> Result<Vec<Wall>, Unread> {
        let day = |at: Millis| start.zone.moment(at).wall().date.days();
        let from = Date::from_days(day(self.now).saturating_sub(length.days() + 1).max(-700_000));
        let to = Date::from_days(day(self.horizon) + 1);
        let days = rule.days(start.date, from, to, &mut self.budget)?;
        let until = match rule.until() {
            Some(until) => Some(Wall::read(until, start.zone).ok_or(Skipped::Rule)?),
            None => None,
        };
        let is_within = |one: &Wall| match until {
            None => true,
            Some(until) if until.seconds.is_none() || one.seconds.is_none() => one.date <= until.date,
            Some(until) => one.instant() <= until.instant(),
        };
        Ok(days.into_iter().map(|date| start.on(date)).filter(is_within).collect())
    }
}

#[cfg(test)]
mod tests;
