//! Time zones of a calendar file: the clock that a name stands for.
//!
//! A zone of the IANA list is that zone. Any other name means what the file defines under it (RFC 5545, 3.2.19),
//! and otherwise the zone that programs commonly mean by it. **Invariant:** an unknown name has no clock; none is
//! guessed. Not here: what a clock shows ([`super::times`]).

use super::{
    lines::{Property, unescaped},
    times::{Change, Clock, Wall},
    windows,
};
use domain::{
    external_calendars::recurrence::{Budget, Rule, TooLong},
    time::{Date, Millis},
    zone::Zone,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

/// Limit of definitions in one file; more are ignored.
const DEFINITIONS: usize = 500;
/// Days before now for which clock changes are computed, and margin behind the range.
const MARGIN: i64 = 1_200;

/// A zone as a file defines it.
#[derive(Debug, Default)]
pub(super) struct Definition {
    name: String,
    /// Which of the IANA list it is, as some programs add.
    location: Option<String>,
    seasons: Vec<Season>,
}

/// A part of a definition: since when, or by which rule, a clock is changed to how far ahead of UTC.
#[derive(Debug, Default)]
pub(super) struct Season {
    start: Option<Property>,
    from: Option<i32>,
    to: Option<i32>,
    rules: Vec<String>,
    also: Vec<Property>,
}

impl Definition {
    pub(super) fn add(&mut self, name: &str, property: Property) {
        match name {
            "TZID" => self.name = key(&property.value),
            "X-LIC-LOCATION" => self.location = Some(property.value),
            _ => {}
        }
    }

    pub(super) fn has(&mut self, season: Season) {
        self.seasons.push(season);
    }

    /// Its changes from some time before `now` to some time after `horizon`, in order.
    fn changes(&self, now: Millis, horizon: Millis, budget: &mut Budget) -> Result<Vec<Change>, TooLong> {
        let mut changes = Vec::new();
        for season in &self.seasons {
            let (Some(to), Some(start)) = (season.to, &season.start) else { continue };
            let from = season.from.unwrap_or(to);
            let Some(start) = Wall::read(&start.value, Clock::Fixed(from)) else { continue };
            let mut walls = vec![start];
            for rule in &season.rules {
                // Half of a definition would be another zone.
                let Some(rule) = Rule::read(rule) else { return Ok(Vec::new()) };
                walls.extend(repeated(&rule, start, (now, horizon), budget)?);
            }
            for property in &season.also {
                let values = property.value.split(',');
                walls.extend(values.filter_map(|value| Wall::read(value, Clock::Fixed(from))));
            }
            let seconds = walls.into_iter().map(|wall| wall.instant().0.div_euclid(1_000));
            changes.extend(seconds.map(|at| Change { at, from, to }));
        }
        changes.sort_unstable();
        changes.dedup();
        Ok(changes)
    }
}

/// The starts of a season by its rule. Expired rules count too: after its last change a clock keeps its offset.
fn repeated<'a>(
    rule: &Rule,
    start: Wall<'a>,
    (now, horizon): (Millis, Millis),
    budget: &mut Budget,
) -> Result<Vec<Wall<'a>>, TooLong> {
    let until = rule.until().and_then(|until| Wall::read(until, start.clock));
    let day = |at: Millis| at.0.div_euclid(86_400_000);
    let last = until.map_or(day(horizon) + MARGIN, |until| until.date.days().min(day(horizon) + MARGIN));
    let first = last.min(day(now)) - MARGIN;
    let days = rule.days(start.date, Date::from_days(first), Date::from_days(last + 1), budget)?;
    let is_within = |wall: &Wall<'_>| match until {
        Some(until) if until.seconds.is_none() => wall.date <= until.date,
        Some(until) => wall.instant() <= until.instant(),
        None => true,
    };
    Ok(days.into_iter().map(|date| start.on(date)).filter(is_within).collect())
}

impl Season {
    pub(super) fn add(&mut self, name: &str, property: Property) {
        match name {
            "DTSTART" => self.start = Some(property),
            "TZOFFSETFROM" => self.from = ahead(&property.value),
            "TZOFFSETTO" => self.to = ahead(&property.value),
            "RRULE" => self.rules.push(property.value),
            "RDATE" => self.also.push(property),
            _ => {}
        }
    }
}

/// Reads `+0100`, `-053000`, `+01:00` and `+1` as seconds.
fn ahead(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits: String = text.chars().filter(|letter| *letter != ':').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |part| part.parse::<i32>().ok());
    let hour = if digits.len() == 1 { number(0, 1)? } else { number(0, 2)? };
    let (minute, second) = (number(2, 4)?, number(4, 6)?);
    let fits = matches!(digits.len(), 1 | 2 | 4 | 6) && hour < 24 && minute < 60 && second < 60;
    fits.then_some(sign * (hour * 3_600 + minute * 60 + second))
}

/// A zone name, normalized for comparison.
fn key(name: &str) -> String {
    unescaped(name.trim().trim_matches('"')).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The clocks that a file defines, by name.
pub(super) struct Definitions {
    told: BTreeMap<String, Vec<Change>>,
    /// Zones that are identified only by a city.
    placed: BTreeMap<String, Zone>,
}

impl Definitions {
    /// Only definitions that `is_used`.
    pub(super) fn read(
        definitions: &[Definition],
        is_used: impl Fn(&str) -> bool,
        (now, horizon): (Millis, Millis),
        budget: &mut Budget,
    ) -> Result<Self, TooLong> {
        let (mut reported, mut placed) = (BTreeMap::new(), BTreeMap::new());
        for one in definitions.iter().take(DEFINITIONS).filter(|one| is_used(&one.name)) {
            let changes = one.changes(now, horizon, budget)?;
            if !changes.is_empty() {
                reported.insert(one.name.clone(), changes);
            } else if let Some(zone) = one.location.as_deref().and_then(|name| name.parse().ok()) {
                placed.insert(one.name.clone(), zone);
            }
        }
        Ok(Self { told: reported, placed })
    }

    fn get(&self, name: &str) -> Option<Clock<'_>> {
        let reported = self.told.get(name).map(|changes| Clock::Changes(changes));
        reported.or_else(|| self.placed.get(name).map(|zone| Clock::Zone(*zone)))
    }
}

/// Clocks by the names that a file has for them.
pub(super) struct Clocks<'a> {
    definitions: &'a Definitions,
    known: HashMap<String, Option<Clock<'a>>>,
    now: Millis,
}

/// The name under which `name` is looked for among the definitions of a file.
pub(super) fn defined_as(name: &str) -> String {
    key(name)
}

impl<'a> Clocks<'a> {
    pub(super) fn new(definitions: &'a Definitions, now: Millis) -> Self {
        Self { definitions, known: HashMap::new(), now }
    }

    /// The clock that the file calls so.
    pub(super) fn called(&mut self, name: &str) -> Option<Clock<'a>> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let found = self.find(&key(name));
        self.known.insert(name.to_owned(), found);
        found
    }

    fn find(&self, name: &str) -> Option<Clock<'a>> {
        let iana = |name: &str| name.parse::<Zone>().ok();
        // Definitions of places are often cut short; those of abbreviations often say more than the abbreviation
        // does.
        let place = iana(name).filter(|_| name.contains('/')).map(Clock::Zone);
        place
            .or_else(|| self.definitions.get(name))
            .or_else(|| iana(name).map(Clock::Zone))
            .or_else(|| windows_zone(name).map(Clock::Zone))
            .or_else(|| behind_prefix(name).map(Clock::Zone))
            .or_else(|| shown_zone(name, self.now).map(Clock::Zone))
            .or_else(|| fixed(name).map(Clock::Fixed))
    }
}

/// The zone of a Windows name.
fn windows_zone(name: &str) -> Option<Zone> {
    let found = windows::ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.and_then(|(_, zone)| zone.parse().ok())
}

/// A zone with the name of a program before it, `/freeassociation.sourceforge.net/Europe/Rome` or
/// `tzone://Microsoft/Utc`.
fn behind_prefix(name: &str) -> Option<Zone> {
    let ends = name.char_indices().filter(|(_, letter)| *letter == '/').map(|(at, _)| at + 1);
    // Names have at most three parts.
    let mut tails: Vec<_> = ends.filter_map(|at| name.get(at..)).filter(|tail| !tail.is_empty()).collect();
    tails.retain(|tail| tail.matches('/').count() < 3);
    let known = |tail: &&str| tail.parse().ok().or_else(|| windows_zone(tail));
    tails.iter().find_map(known)
}

/// Old names that begin with a country but are no city: `Brazil/East`.
const OF_OLD: [&str; 4] = ["Brazil/", "Canada/", "Chile/", "Mexico/"];

/// Zones of the IANA list by their names and by their cities, in small letters; the first of its name.
static CITIES: LazyLock<HashMap<String, Zone>> = LazyLock::new(|| {
    let mut cities = HashMap::new();
    for name in Zone::names().filter(|name| !OF_OLD.iter().any(|old| name.starts_with(old))) {
        let Ok(zone) = name.parse() else { continue };
        let city = name.rsplit('/').next().unwrap_or(name).replace('_', " ").to_lowercase();
        // Compass directions are no cities.
        if !matches!(city.as_str(), "west" | "north" | "south") {
            cities.entry(city).or_insert(zone);
        }
        cities.entry(name.to_lowercase()).or_insert(zone);
    }
    cities
});

/// A display name in Windows, Exchange or Kerio: `(UTC+01:00) Amsterdam, Berlin, Bern, Rome`. It is the zone of
/// the first known place that has the stated offset.
fn shown_zone(name: &str, now: Millis) -> Option<Zone> {
    let (offset, places) = match name.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((offset, places)) => (Some(ahead_of_utc(offset)?), places.trim()),
        None => (None, name),
    };
    let has_offset = |zone: &Zone| {
        // The offset of one half of the year or the other.
        let seasons = [now, now.after(domain::time::DAY * 182)];
        offset.is_none_or(|offset| seasons.iter().any(|at| i32::from(zone.moment(*at).offset) * 60 == offset))
    };
    let places = places.to_lowercase();
    let known = |place: &str| {
        let visible =
            windows::SHOWN.iter().find(|(known, _)| *known == place).and_then(|(_, zone)| zone.parse().ok());
        visible.or_else(|| CITIES.get(place).copied()).filter(has_offset)
    };
    let parts = places.split([',', ';', ':']).map(str::trim).filter(|part| !part.is_empty());
    std::iter::once(places.trim()).chain(parts).find_map(known)
}

/// Reads `UTC+01:00`, `GMT -5` and `UTC`.
fn ahead_of_utc(name: &str) -> Option<i32> {
    let name = name.trim();
    let rest = ["UTC", "GMT"].iter().find_map(|text| {
        let (start, rest) = name.split_at_checked(text.len())?;
        start.eq_ignore_ascii_case(text).then_some(rest.trim())
    })?;
    if rest.is_empty() { Some(0) } else { rest.starts_with(['+', '-', '\u{2212}']).then(|| ahead(rest))? }
}

/// The offset in a name that states nothing else.
fn fixed(name: &str) -> Option<i32> {
    let is_offset = name.starts_with(['+', '-']) && name.len() >= 3;
    if is_offset { ahead(name) } else { ahead_of_utc(name) }
}
