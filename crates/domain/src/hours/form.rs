//! Opening hours as people type them: `08:00–12:00, 20:00–02:00`, with one range also across midnight.
//!
//! Invariant: formatting and parsing are inverse, and no two ranges of a week overlap.

use super::{DAY_MINUTES, Stretch};
use serde::{Deserialize, Serialize};

/// How many days ahead an exception may be.
pub const EXCEPTIONS_AHEAD: i64 = 800;
/// Ranges of one day, at most.
const RANGES: usize = 12;

/// One range as written; `to` beyond midnight is on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour {
    /// Minutes from midnight.
    pub from: u16,
    /// Minutes from the same midnight, exclusive.
    pub to: u16,
}

/// Why hours cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// They are not written like `8:00–12:00`, or are too many.
    Form,
    /// Two of them overlap.
    Overlap,
    /// They go over midnight, on a single day.
    Midnight,
}

/// Parses the hours of one day; empty and `-` mean closed.
pub fn read(input: &str) -> Result<Vec<Hour>, Unreadable> {
    let input = input.trim();
    if matches!(input, "" | "-" | "–") {
        return Ok(Vec::new());
    }
    let ranges = input.split([',', ';']).map(|range| {
        let (from, to) = range.split_once(['-', '–', '—']).ok_or(Unreadable::Form)?;
        let (from, to) = (minute(from).ok_or(Unreadable::Form)?, minute(to).ok_or(Unreadable::Form)?);
        match to {
            _ if from == DAY_MINUTES || from == to => Err(Unreadable::Form),
            _ if from < to => Ok(Hour { from, to }),
            // Midnight at the end of this day, not of the one before.
            0 => Ok(Hour { from, to: DAY_MINUTES }),
            _ => Ok(Hour { from, to: to + DAY_MINUTES }),
        }
    });
    let mut ranges = ranges.collect::<Result<Vec<_>, _>>()?;
    if ranges.len() > RANGES {
        return Err(Unreadable::Form);
    }
    ranges.sort_unstable();
    let overlap = ranges.windows(2).any(|two| matches!(two, [one, next] if next.from < one.to));
    if overlap { Err(Unreadable::Overlap) } else { Ok(ranges) }
}

/// `8`, `8:30`, `08.30`, `24:00` as minutes from midnight.
#[must_use]
pub fn minute(input: &str) -> Option<u16> {
    let (hour, minute) = input.trim().split_once([':', '.']).unwrap_or((input.trim(), "00"));
    let digits = |text: &str, most: usize| {
        let plain = (1..=most).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
        plain.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|_| minute.len() == 2)?);
    (minute < 60 && hour * 60 + minute <= DAY_MINUTES).then_some(hour * 60 + minute)
}

/// A time of the day, written as clocks show it: `08:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Reads what [`minute`] reads; midnight is `00:00` alone.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        minute(input).and_then(Self::new)
    }

    /// From minutes since midnight; `None` beyond the day.
    #[must_use]
    pub const fn new(minute: u16) -> Option<Self> {
        if minute < DAY_MINUTES { Some(Self(minute)) } else { None }
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minute(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&clock(self.0))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no time of the day")
    }
}

/// A minute of the day as clocks show it: `08:30`.
#[must_use]
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Formats the hours of a day: `08:00–12:00, 20:00–02:00`; empty is closed.
#[must_use]
pub fn day(hours: &[Hour]) -> String {
    let range = |hour: &Hour| {
        let to = if hour.to > DAY_MINUTES { hour.to - DAY_MINUTES } else { hour.to };
        format!("{}–{}", clock(hour.from), clock(to))
    };
    hours.iter().map(range).collect::<Vec<_>>().join(", ")
}

/// The hours of a week, Monday first, as stretches that end with their day. Fails with the day on which two
/// overlap.
pub fn split(week: &[Vec<Hour>; 7]) -> Result<Vec<(u8, Stretch)>, usize> {
    let mut stretches = Vec::new();
    for (day, hours) in (0_u8..).zip(week) {
        for &Hour { from, to } in hours {
            stretches.push((day, Stretch { from, to: to.min(DAY_MINUTES) }));
            if to > DAY_MINUTES {
                stretches.push(((day + 1) % 7, Stretch { from: 0, to: to - DAY_MINUTES }));
            }
        }
    }
    stretches.sort_unstable();
    let overlap = stretches.windows(2).find_map(|two| match two {
        [(day, one), (same, next)] if day == same && next.from < one.to => Some(usize::from(*day)),
        _ => None,
    });
    overlap.map_or(Ok(stretches), Err)
}

/// The hours of a single day, which do not go over its midnight: the next day would be another exception.
pub fn split_day(hours: &[Hour]) -> Result<Vec<Stretch>, Unreadable> {
    let within = |&Hour { from, to }: &Hour| {
        (to <= DAY_MINUTES).then_some(Stretch { from, to }).ok_or(Unreadable::Midnight)
    };
    hours.iter().map(within).collect()
}

/// The inverse of splitting: a stretch until midnight and one from midnight on the next day become one range
/// again.
#[must_use]
pub fn merged(stretches: &[(u8, Stretch)]) -> [Vec<Hour>; 7] {
    let late = |stretch: &Stretch| stretch.from > 0 && stretch.to == DAY_MINUTES;
    // A stretch continued from the day before that ends before that range began: otherwise it would look shorter.
    let goes_on = |day: u8, stretch: &Stretch| {
        let before = (day + 6) % 7;
        stretch.from == 0
            && stretches.iter().any(|(other, last)| *other == before && late(last) && stretch.to < last.from)
    };
    let mut week: [Vec<Hour>; 7] = std::array::from_fn(|_| Vec::new());
    for (day, stretch) in stretches {
        if goes_on(*day, stretch) {
            continue;
        }
        let next = (*day + 1) % 7;
        let rest = stretches.iter().find(|(other, early)| {
            *other == next && late(stretch) && goes_on(next, early) && early.to < stretch.from
        });
        let to = rest.map_or(stretch.to, |(_, early)| DAY_MINUTES + early.to);
        if let Some(hours) = week.get_mut(usize::from(*day)) {
            hours.push(Hour { from: stretch.from, to });
        }
    }
    for hours in &mut week {
        hours.sort_unstable();
    }
    week
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn hour(from: u16, to: u16) -> Hour {
        Hour { from, to }
    }

    #[test]
    fn opening_hours_are_parsed_in_common_notations() {
        for (input, expected) in [
            ("", vec![]),
            ("-", vec![]),
            ("8-12, 14:00–18:30", vec![hour(480, 720), hour(840, 1_110)]),
            ("14.00-18.00; 8-12", vec![hour(480, 720), hour(840, 1_080)]),
            ("0-24", vec![hour(0, 1_440)]),
            ("20:00–02:00", vec![hour(1_200, 1_560)]),
            ("20-0", vec![hour(1_200, 1_440)]),
        ] {
            assert_eq!(read(input), Ok(expected), "{input}");
        }
        for wrong in ["8", "8-8", "25-26", "8:60-9", "8:5-9", "24-25", "a-b", "8–12,", "8--12", "-8-12"] {
            assert_eq!(read(wrong), Err(Unreadable::Form), "{wrong}");
        }
        assert_eq!(read("8-12, 11-13"), Err(Unreadable::Overlap));
        assert_eq!(split_day(&read("20-2").unwrap()), Err(Unreadable::Midnight));
    }

    #[test]
    fn range_over_midnight_is_one_range_and_overlap_with_next_day_is_found() {
        let mut week: [Vec<Hour>; 7] = Default::default();
        week[6] = read("20-2").unwrap();
        let stretches = split(&week).unwrap();
        assert_eq!(stretches, [(0, Stretch { from: 0, to: 120 }), (6, Stretch { from: 1_200, to: 1_440 })]);
        assert_eq!(merged(&stretches), week, "Sunday night into Monday");
        week[0] = read("1-8").unwrap();
        assert_eq!(split(&week), Err(0), "Monday begins before Sunday's night ends");
        let always: [Vec<Hour>; 7] = std::array::from_fn(|_| vec![hour(0, 1_440)]);
        assert_eq!(merged(&split(&always).unwrap()).map(|hours| day(&hours)), [const { "00:00–24:00" }; 7]);
    }

    proptest! {
        #[test]
        fn formatted_hours_round_trip(message in proptest::collection::vec((0..7_usize, 0..96_u16, 1..80_u16), 0..8)) {
            let mut week: [Vec<Hour>; 7] = Default::default();
            for (day, from, length) in message {
                let from = from * 15;
                week[day].push(hour(from, (from + length * 15).min(from + DAY_MINUTES - 15)));
            }
            let Ok(stretches) = split(&week) else { return Ok(()) };
            let visible = merged(&stretches).map(|hours| day(&hours));
            let read = visible.each_ref().map(|input| read(input).unwrap());
            // Adjacent ranges may be formatted as one or two; the minutes are the same.
            let minutes = |stretches: &[(u8, Stretch)]| {
                let mut open = vec![false; 7 * 1_440];
                for (day, stretch) in stretches {
                    for minute in stretch.from..stretch.to {
                        open[usize::from(*day) * 1_440 + usize::from(minute)] = true;
                    }
                }
                open
            };
            prop_assert_eq!(minutes(&split(&read).unwrap()), minutes(&stretches));
        }
    }
}
