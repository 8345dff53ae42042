//! Parses a search for free time in plain words: *panel saw tomorrow 18–20*, *beamer, 20 people, Tuesday evening*,
//! *sabato mattina stampante 2 ore*.
//!
//! Invariant: every word of the sentence is understood, a filler, or unknown; none is dropped. English and Italian
//! are both understood, also mixed. Of two phrases that contradict each other, the later is unknown.
//!
//! Not here: which times are free ([`super::times`]), and the names, equipment and opening hours, which are passed in.

mod equipment;
mod half_day;
mod names;
mod phrases;
mod tokens;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use names::{ExistingName, KnownNames};

use super::{Days, ResourceFilter, TimeWindow, Timeframe, When};
use crate::{hours::Hours, time::Date};
use equipment::Things;
use half_day::{OpenDays, combined};
use names::{Names, Take};
use phrases::{HoursPhrase, Phrase, Sentence};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use tokens::Token;
use vocabulary::{ANYTHING, FILLERS, Near};

/// Limit of words parsed; more are unknown.
const WORDS: usize = 40;
/// Minutes of half a day and of a day.
const NOON: u16 = 720;
const MIDNIGHT: u16 = 1_440;

/// The meaning of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// A machine, a room, a type or anything.
    Thing(ResourceFilter),
    /// One day or several.
    Days(Days),
    /// Hours of a day.
    Hours(TimeWindow),
    /// Both in one word: `tonight`.
    DaysAndHours(Days, TimeWindow),
    /// The length, in minutes.
    Length(u16),
    /// Room for this many people.
    People(u16),
    /// Equipment, by its place in the list of all.
    Equipment(u16),
}

/// A part of the sentence that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub meaning: Meaning,
    /// Its words as byte ranges of the sentence, in order. The words of a name may be separated.
    pub words: Vec<Range<usize>>,
}

/// A sentence that was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchTerms {
    /// The parts understood, in order of their first words.
    pub parts: Vec<Part>,
    /// Filler words: *the*, *please*.
    pub fillers: Vec<Range<usize>>,
    /// Unknown words, in order.
    pub unknown: Vec<Range<usize>>,
    /// The days that all the parts mean.
    pub days: Option<Days>,
    /// The hours that all the parts mean.
    pub hours: Option<TimeWindow>,
    /// The length: as stated, or else that of `18–20`.
    pub minutes: Option<u16>,
    /// The number of people.
    pub people: Option<u16>,
}

impl SearchTerms {
    /// Reads `sentence` on the day `today`. The first of two names that fit alike is meant, and of the two halves
    /// of a day the one in which it is `open`.
    #[must_use]
    pub fn parse(sentence: &str, known: KnownNames<'_>, today: Date, open: &Hours) -> Self {
        let (tokens, rest) = tokens::split(sentence, WORDS);
        let read = Sentence { tokens: &tokens, today };
        let things = Things::new(known);
        let mut names = Names::new(known.names);
        let mut words = Words { tokens: &tokens, terms: Self::default() };
        let (mut phrases, mut anything) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < tokens.len() {
            if let Some(length) = whole_name(&names, &read, at) {
                for at in at..at + length {
                    if !names.take(&tokens, at, Take::Whole) {
                        words.unknown(at..at + 1);
                    }
                }
                at += length;
                continue;
            }
            if let Some((next, thing)) = things.find(&tokens, at) {
                let meaning = Meaning::Equipment(thing);
                // It is there, or it is not: the second mention adds nothing.
                if words.terms.parts.iter().any(|part| part.meaning == meaning) {
                    words.unknown(at..next);
                } else {
                    words.understood(meaning, std::iter::once(at..next));
                }
                at = next;
                continue;
            }
            if let Some((next, phrase)) = read.phrase(at) {
                phrases.push((at..next, phrase));
                at = next;
                continue;
            }
            let is_one_of =
                |words: &[&str]| tokens.get(at).is_some_and(|token| words.contains(&token.text.as_str()));
            let is_filler = is_one_of(FILLERS);
            let is_name = names.take(&tokens, at, if is_filler { Take::Beside } else { Take::Word });
            if !is_name && is_filler {
                let filler = words.range(at..at + 1);
                words.terms.fillers.push(filler);
                anything.extend(is_one_of(&ANYTHING).then_some(at));
            } else if !is_name {
                words.unknown(at..at + 1);
            }
            at += 1;
        }
        if let Some(requested) = names.meaning() {
            words.understood(Meaning::Thing(requested), names.words().into_iter().map(|at| at..at + 1));
        }
        words.resolve(phrases, today, open);
        // Unknown words may name the resource: then any other answer would be wrong.
        if names.meaning().is_none() && words.terms.unknown.is_empty() && rest.is_none() {
            words.anything(anything);
        }
        let mut terms = words.terms;
        terms.parts.sort_by_key(|part| part.words.first().map(|words| words.start));
        terms.unknown.sort_by_key(|words| words.start);
        terms.unknown.extend(rest);
        terms.unknown = joined(sentence, terms.unknown);
        terms
    }

    /// The resources named, if any.
    #[must_use]
    pub fn resource(&self) -> Option<ResourceFilter> {
        self.parts
            .iter()
            .find_map(|part| if let Meaning::Thing(requested) = part.meaning { Some(requested) } else { None })
    }

    /// The equipment named, by its place in the list of all.
    pub fn equipment(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part.meaning {
            Meaning::Equipment(at) => Some(at.into()),
            _ => None,
        })
    }

    /// The timeframe, if stated. Hours alone mean the next seven days.
    #[must_use]
    pub fn timeframe(&self, today: Date) -> Option<Timeframe> {
        if self.days.is_none() && self.hours.is_none() {
            return None;
        }
        let days = self.days.unwrap_or_else(|| Near::Soon.days(today));
        let exact = Timeframe::Exact { days, hours: self.hours };
        let alike = When::ALL.iter().find(|when| when.days(today) == days && when.hours() == self.hours);
        Some(alike.map_or(exact, |when| Timeframe::Named(*when)))
    }
}

/// The sentence without some of its words and their spaces.
#[must_use]
pub fn without(sentence: &str, words: &[Range<usize>]) -> String {
    let mut words = words.to_vec();
    words.sort_by_key(|words| words.start);
    let (mut remaining, mut at) = (String::with_capacity(sentence.len()), 0);
    for words in &words {
        remaining.push_str(sentence.get(at..words.start).unwrap_or_default());
        remaining.push(' ');
        at = words.end.max(at);
    }
    remaining.push_str(sentence.get(at..).unwrap_or_default());
    // Removes a comma without words around it.
    let is_word = |name: &&str| !matches!(*name, "," | ";" | ".");
    let remaining = remaining.split_whitespace().filter(is_word).collect::<Vec<_>>().join(" ");
    remaining.trim_start_matches([',', ';', '.']).to_owned()
}

/// The number of words from `at` on that are a whole name, unless its number belongs to what follows: `laser
/// cutter 2 h`.
fn whole_name(names: &Names<'_>, read: &Sentence<'_>, at: usize) -> Option<usize> {
    let length = names.whole(read.tokens, at)?;
    let last = at + length - 1;
    let is_figure = read.tokens.get(last).is_some_and(|token| token.number().is_some());
    (!is_figure || read.phrase(last).is_none()).then_some(length)
}

/// Joins adjacent words: `foo-bar`.
fn joined(sentence: &str, words: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for words in words {
        match joined.last_mut() {
            Some(last) if touch(sentence.get(last.end..words.start).unwrap_or(" ")) => last.end = words.end,
            _ => joined.push(words),
        }
    }
    joined
}

fn touch(between: &str) -> bool {
    !between.contains([',', ';'])
        && !between.contains(|letter: char| letter.is_whitespace() || letter.is_alphanumeric())
}

/// The words of a sentence during parsing.
struct Words<'a> {
    tokens: &'a [Token],
    terms: SearchTerms,
}

impl Words<'_> {
    fn range(&self, at: Range<usize>) -> Range<usize> {
        let of = |at: usize| self.tokens.get(at).map(|token| token.range.clone()).unwrap_or_default();
        of(at.start).start..of(at.end.saturating_sub(1)).end
    }

    fn unknown(&mut self, at: Range<usize>) {
        let words: Vec<_> = at.map(|at| self.range(at..at + 1)).collect();
        self.terms.unknown.extend(words);
    }

    fn understood(&mut self, meaning: Meaning, words: impl Iterator<Item = Range<usize>>) {
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut end = None;
        for at in words {
            let range = self.range(at.clone());
            match all.last_mut() {
                Some(last) if end == Some(at.start) => last.end = range.end,
                _ => all.push(range),
            }
            end = Some(at.end);
        }
        self.terms.parts.push(Part { meaning, words: all });
    }

    /// Takes the fillers at `places` as *any resource*.
    fn anything(&mut self, places: Vec<usize>) {
        if places.is_empty() {
            return;
        }
        let ranges: Vec<_> = places.iter().map(|&at| self.range(at..at + 1)).collect();
        self.terms.fillers.retain(|filler| !ranges.contains(filler));
        self.understood(Meaning::Thing(ResourceFilter::Any), places.into_iter().map(|at| at..at + 1));
    }

    /// Combines the phrases: days narrow days, and hours narrow hours. Weekdays depend on the other days and
    /// therefore come last; the half of the day depends on the part of the day, or on the opening hours of those
    /// days.
    fn resolve(&mut self, phrases: Vec<(Range<usize>, Phrase)>, today: Date, open: &Hours) {
        let open = OpenDays::of(open, phrases.iter().map(|(_, phrase)| phrase), today);
        let part = phrases.iter().find_map(|(_, phrase)| match phrase {
            Phrase::DaysAndHours(_, hours) => Some(*hours),
            Phrase::Hours(message) if message.is_part => Some(message.hours),
            _ => None,
        });
        let (mut exact, mut hours) = (None, HoursSoFar::default());
        let (weekdays, others): (Vec<_>, Vec<_>) =
            phrases.into_iter().partition(|(_, phrase)| matches!(phrase, Phrase::Weekday(_)));
        for (at, phrase) in others {
            let meaning = match phrase {
                Phrase::Length(minutes) => {
                    let is_new = self.terms.minutes.is_none_or(|other| other == minutes);
                    is_new.then(|| {
                        self.terms.minutes = Some(minutes);
                        Meaning::Length(minutes)
                    })
                }
                Phrase::People(people) => {
                    let is_new = self.terms.people.is_none_or(|other| other == people);
                    is_new.then(|| {
                        self.terms.people = Some(people);
                        Meaning::People(people)
                    })
                }
                Phrase::Days(days) => self.narrow(days).then_some(Meaning::Days(days)),
                Phrase::DaysAndHours(days, part) => {
                    let fits = hours.with_part(part).filter(|_| self.narrow(days));
                    fits.map(|narrowed| {
                        hours = narrowed;
                        Meaning::DaysAndHours(days, part)
                    })
                }
                Phrase::Hours(message) => {
                    let message = message.in_its_half(part, &open);
                    let fits = if message.is_part { hours.with_part(message.hours) } else { hours.with(message) };
                    fits.map(|narrowed| {
                        hours = narrowed;
                        if message.is_exact {
                            exact = Some(message.hours.to - message.hours.from);
                        }
                        Meaning::Hours(message.hours)
                    })
                }
                Phrase::Weekday(_) => None,
            };
            match meaning {
                Some(meaning) => self.understood(meaning, std::iter::once(at)),
                None => self.unknown(at),
            }
        }
        self.terms.hours = hours.all;
        let among = self.terms.days;
        for (at, phrase) in weekdays {
            let Phrase::Weekday(weekday) = phrase else { continue };
            let from = among.map_or(today, |days| days.first);
            let days = Days::one(Days::later(from, (7 + i64::from(weekday) - i64::from(from.weekday())) % 7));
            let is_among = among.is_none_or(|among| days.last <= among.last);
            let found = match self.terms.days.filter(|_| self.terms.days != among) {
                None => Some(days),
                Some(before) if before == days => Some(before),
                // Saturday or Sunday.
                Some(before) if Days::later(before.last, 1) == days.first => {
                    Some(Days { first: before.first, last: days.last })
                }
                Some(_) => None,
            };
            match found.filter(|_| is_among) {
                Some(found) => {
                    self.terms.days = Some(found);
                    self.understood(Meaning::Days(days), std::iter::once(at));
                }
                None => self.unknown(at),
            }
        }
        self.terms.minutes = self.terms.minutes.or(exact);
    }

    /// Narrows the days so far; `false`, without a change, if none is left.
    fn narrow(&mut self, days: Days) -> bool {
        let both = self.terms.days.map_or(Some(days), |before| before.and(days));
        self.terms.days = both.or(self.terms.days);
        both.is_some()
    }
}

/// The hours of the phrases so far.
#[derive(Debug, Clone, Default)]
struct HoursSoFar {
    /// The part of the day.
    part: Option<TimeWindow>,
    message: Vec<HoursPhrase>,
    /// The combined meaning.
    all: Option<TimeWindow>,
}

impl HoursSoFar {
    /// With another part of the day; `None` if no time is left.
    fn with_part(&self, part: TimeWindow) -> Option<Self> {
        let part = self.part.map_or(Some(part), |before| before.and(part))?;
        Self { part: Some(part), ..self.clone() }.combined()
    }

    /// With other clock hours; `None` if no time is left.
    fn with(&self, phrase: HoursPhrase) -> Option<Self> {
        let mut narrowed = self.clone();
        narrowed.message.push(phrase);
        narrowed.combined()
    }

    fn combined(self) -> Option<Self> {
        let all = combined(&self.message, self.part)?;
        Some(Self { all: Some(all), ..self })
    }
}
