//! Parses days, hours and lengths from the words of a sentence.
//!
//! Invariant: a number alone is none of these; it needs a unit, a month, a preposition or a second hour. Not here:
//! how several phrases combine ([`super::resolve`]).

use super::{
    tokens::{Gap, Token},
    vocabulary::{
        AFTER, AND, AT, BEFORE, BETWEEN, FOR, FROM, HALF, HOURS, LENGTHS, MIDNIGHT_WORDS, MINUTES, MONTHS, NEAR,
        NEAR_PARTS, NEXT, NOON_WORDS, NUMBERS, Near, ONWARDS, PARTS, PEOPLE, THIS, TO, WEEKDAYS,
    },
};
use crate::{
    bookings::{Days, ROOM_CAPACITY, TimeWindow},
    time::Date,
};

/// Minutes of half a day and of a day.
const NOON: u16 = 720;
const MIDNIGHT: u16 = 1_440;
/// The longest length that is read: a week.
const LONGEST: u16 = 10_080;
/// `1:30` alone is a length; from this hour on, as `18:00`, it is an hour of the clock.
const CLOCK_FROM: u16 = 5;
/// The 29th of February occurs within this many years.
const YEARS: i32 = 8;
/// A month with a 31st occurs within this many months.
const TURNS: i64 = 3;

/// The meaning of a phrase by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phrase {
    Days(Days),
    /// Some Monday, as 0, to some Sunday.
    Weekday(u8),
    Hours(HoursPhrase),
    DaysAndHours(Days, TimeWindow),
    Length(u16),
    /// `20 people`.
    People(u16),
}

/// Hours of a day, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HoursPhrase {
    pub hours: TimeWindow,
    /// Whether it could be half a day later as well: `at 6`.
    pub is_half_open: bool,
    /// Whether the booking is to last from the first to the last minute: `18-20`.
    pub is_exact: bool,
    /// Whether it is a part of the day by its name.
    pub is_part: bool,
}

/// A time on the clock.
#[derive(Debug, Clone, Copy)]
struct Clock {
    minute: u16,
    /// `am` is false.
    pm: Option<bool>,
    /// With minutes, `pm` or `o'clock`: an hour even without a preposition.
    is_marked: bool,
    next: usize,
}

impl Clock {
    const fn is_half_open(self) -> bool {
        self.pm.is_none() && 0 < self.minute && self.minute < NOON
    }
}

/// The words of a sentence, and today's date.
pub(super) struct Sentence<'a> {
    pub tokens: &'a [Token],
    pub today: Date,
}

impl Sentence<'_> {
    /// The longest phrase from `at` on, and where it ends.
    pub fn phrase(&self, at: usize) -> Option<(usize, Phrase)> {
        let length = self.length(at).map(|(next, minutes)| (next, Phrase::Length(minutes)));
        length
            .or_else(|| self.people(at))
            .or_else(|| self.range(at))
            .or_else(|| self.near(at))
            .or_else(|| self.date(at).map(|(next, date)| (next, Phrase::Days(Days::one(date)))))
            .or_else(|| self.weekday(at))
            .or_else(|| self.clock_phrase(at))
            .or_else(|| {
                longest(PARTS, |words| self.words(at, words)).map(|(next, (_, hours))| {
                    (
                        next,
                        Phrase::Hours(HoursPhrase {
                            hours: *hours,
                            is_half_open: false,
                            is_exact: false,
                            is_part: true,
                        }),
                    )
                })
            })
    }

    /// `20 people`, `due persone`, `for 12 persons`.
    fn people(&self, at: usize) -> Option<(usize, Phrase)> {
        let from = self.one_of(at, FOR).unwrap_or(at);
        let people = self.number_or_word(from).filter(|people| (1..=ROOM_CAPACITY).contains(people))?;
        PEOPLE.contains(&self.text(from + 1)).then_some((from + 2, Phrase::People(people)))
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn gap(&self, at: usize) -> Option<Gap> {
        self.tokens.get(at).map(|token| token.gap)
    }

    fn number(&self, at: usize) -> Option<u16> {
        self.tokens.get(at).and_then(Token::number)
    }

    /// The two-digit number at `at`: minutes after an hour.
    fn minutes(&self, at: usize) -> Option<u16> {
        self.number(at).filter(|minutes| self.text(at).len() == 2 && *minutes < 60)
    }

    /// The end of `words`, if they are at `at`.
    fn words(&self, at: usize, words: &str) -> Option<usize> {
        words.split(' ').try_fold(at, |at, name| (self.text(at) == name).then_some(at + 1))
    }

    /// The end of the longest match of `all`.
    fn one_of(&self, at: usize, all: &[&str]) -> Option<usize> {
        all.iter().filter_map(|words| self.words(at, words)).max()
    }

    /// A number in digits or as a word.
    fn number_or_word(&self, at: usize) -> Option<u16> {
        let name = || NUMBERS.iter().zip(1..).find(|(words, _)| words.contains(&self.text(at)));
        self.number(at).or_else(|| name().map(|(_, number)| number))
    }

    // Lengths

    fn length(&self, at: usize) -> Option<(usize, u16)> {
        let fixed = longest(LENGTHS, |words| self.words(at, words)).map(|(next, (_, minutes))| (next, *minutes));
        let found = fixed.or_else(|| self.amount(at)).or_else(|| self.colon_length(at));
        found.filter(|(_, minutes)| (1..=LONGEST).contains(minutes))
    }

    /// `2 h`, `1.5 hours`, `2h30`, `1 h 30 min`, `due ore e mezza`.
    fn amount(&self, at: usize) -> Option<(usize, u16)> {
        if let Some((number, rest)) = self.tokens.get(at)?.number_and_rest() {
            return self.unit_behind(at + 1, number, 0, rest).or_else(|| {
                // `2h30` and `2h30m` are one token.
                let minutes =
                    rest.strip_prefix('h')?.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
                let minutes =
                    minutes.parse::<u16>().ok().filter(|minutes| *minutes < 60 && !rest.ends_with('h'))?;
                Some((at + 1, number.checked_mul(60)?.checked_add(minutes)?))
            });
        }
        let number = self.number_or_word(at)?;
        if self.gap(at + 1) == Some(Gap::Dot) {
            let part = self.tokens.get(at + 1)?;
            let (fraction, rest, next) = match (part.number_and_rest(), self.number(at + 1)) {
                (Some((_, rest)), _) => {
                    (part.text.trim_end_matches(|letter: char| !letter.is_ascii_digit()), rest, at + 2)
                }
                (None, Some(_)) => (part.text.as_str(), self.text(at + 2), at + 3),
                (None, None) => return None,
            };
            let hundredths: u16 = format!("{fraction:0<2.2}").parse().ok()?;
            return HOURS.contains(&rest).then(|| self.unit_behind(next, number, hundredths, rest)).flatten();
        }
        self.unit_behind(at + 2, number, 0, self.text(at + 1))
    }

    /// The length of a number with `unit`, plus any continuation from `next` on.
    fn unit_behind(&self, next: usize, number: u16, hundredths: u16, unit: &str) -> Option<(usize, u16)> {
        if MINUTES.contains(&unit) {
            return Some((next, number));
        }
        if !HOURS.contains(&unit) {
            return None;
        }
        let hours = number.checked_mul(60)?.checked_add(hundredths * 3 / 5)?;
        if let Some(next) = self.one_of(next, HALF) {
            return Some((next, hours.checked_add(30)?));
        }
        let from = self.one_of(next, AND).unwrap_or(next);
        let more = match (self.number(from), self.tokens.get(from).and_then(Token::number_and_rest)) {
            (Some(minutes), _) if MINUTES.contains(&self.text(from + 1)) => Some((from + 2, minutes)),
            // Not the day or the hour that follows: `1 h 30 nov`, `2 h 18-20`.
            (Some(minutes), _) if self.minutes(from).is_some() && self.is_alone(from) => Some((from + 1, minutes)),
            (None, Some((minutes, rest))) if MINUTES.contains(&rest) => Some((from + 1, minutes)),
            _ => None,
        };
        Some(match more.filter(|(_, minutes)| *minutes < 60) {
            Some((next, minutes)) => (next, hours.checked_add(minutes)?),
            None => (next, hours),
        })
    }

    /// Whether the number at `at` has no continuation.
    fn is_alone(&self, at: usize) -> bool {
        let is_joined = matches!(self.gap(at + 1), Some(Gap::Dash | Gap::Dot | Gap::Colon | Gap::Slash));
        let next = self.text(at + 1);
        let is_unit = HOURS.contains(&next) || MINUTES.contains(&next) || matches!(next, "am" | "pm");
        !is_joined && !is_unit && month(next).is_none()
    }

    /// `1:30`, `2:30 h`.
    fn colon_length(&self, at: usize) -> Option<(usize, u16)> {
        let hours = self.number(at)?;
        let minutes = self.minutes(at + 1).filter(|_| self.gap(at + 1) == Some(Gap::Colon))?;
        let total = hours.checked_mul(60)?.checked_add(minutes)?;
        if HOURS.contains(&self.text(at + 2)) {
            return Some((at + 3, total));
        }
        // `03:00` is clock notation.
        let is_clock = self.text(at).len() == 2 && self.text(at).starts_with('0');
        (hours < CLOCK_FROM && !is_clock && self.is_alone(at + 1)).then_some((at + 2, total))
    }

    // Days

    fn near(&self, at: usize) -> Option<(usize, Phrase)> {
        let day = longest(NEAR, |words| self.words(at, words));
        let part = longest(NEAR_PARTS, |words| self.words(at, words));
        match (day, part) {
            (_, Some((next, (_, near, hours)))) => {
                Some((next, Phrase::DaysAndHours(near.days(self.today), *hours)))
            }
            (Some((next, (_, near))), None) => Some((next, Phrase::Days(near.days(self.today)))),
            (None, None) => self.in_days(at),
        }
    }

    /// `in 3 days`, `tra tre giorni`.
    fn in_days(&self, at: usize) -> Option<(usize, Phrase)> {
        let from = self.one_of(at, &["in", "tra", "fra"])?;
        let days = self.number_or_word(from).filter(|days| *days < 366)?;
        let next = self.one_of(from + 1, &["days", "day", "giorni", "giorno"])?;
        Some((next, Phrase::Days(Days::one(later(self.today, days.into())))))
    }

    fn weekday(&self, at: usize) -> Option<(usize, Phrase)> {
        let this = THIS.contains(&self.text(at));
        let next = NEXT.contains(&self.text(at));
        let from = if this || next { at + 1 } else { at };
        let day = self.weekday_word(from)?;
        let behind = NEXT.contains(&self.text(from + 1)) && self.near(from + 1).is_none();
        if next || behind {
            let monday = Near::NextWeek.days(self.today).first;
            let date = later(monday, day.into());
            return Some((from + 1 + usize::from(behind), Phrase::Days(Days::one(date))));
        }
        // `sabato 28` is that day; `saturday 3` is not.
        if let Some(number) = self.number(from + 1)
            && self.gap(from + 1) == Some(Gap::Space)
            && self.is_alone(from + 1)
            && let Some(date) = self.day_of_month(number).filter(|date| date.weekday() == day)
        {
            return Some((from + 2, Phrase::Days(Days::one(date))));
        }
        Some((from + 1, Phrase::Weekday(day)))
    }

    fn weekday_word(&self, at: usize) -> Option<u8> {
        let of = WEEKDAYS.iter().zip(0..).find(|(words, _)| words.contains(&self.text(at)));
        // "mar 3" is in March, "mar 3 dic" and "mar 18-20" are on Tuesday: dates are read first.
        of.map(|(_, day)| day)
    }

    fn date(&self, at: usize) -> Option<(usize, Date)> {
        self.numeric_date(at).or_else(|| self.written_date(at)).or_else(|| self.month_first(at)).or_else(|| {
            let from = self.one_of(at, &["on the", "il", "il giorno", "giorno"]);
            if let Some(day) = from.and_then(|from| self.number(from).filter(|_| self.is_alone(from)))
                && let Some(from) = from
            {
                return Some((from + 1, self.day_of_month(day)?));
            }
            let from = from.or_else(|| self.words(at, "the")).unwrap_or(at);
            Some((from + 1, self.day_of_month(self.ordinal(from)?)?))
        })
    }

    /// `2/12`, `2.12.`, `2/12/2026`, `2026-12-02`.
    fn numeric_date(&self, at: usize) -> Option<(usize, Date)> {
        let (first, second) = (self.number(at)?, self.number(at + 1)?);
        let gap = self.gap(at + 1)?;
        if gap == Gap::Dash && self.text(at).len() == 4 && self.gap(at + 2) == Some(Gap::Dash) {
            return Some((at + 3, date(first.into(), second, self.number(at + 2)?)?));
        }
        if !matches!(gap, Gap::Dot | Gap::Slash) {
            return None;
        }
        // Day before month, or the only valid reading of a slash: `12/25`.
        let turned = |year| if gap == Gap::Slash { date(year, first, second) } else { None };
        let in_year = |year| date(year, second, first).or_else(|| turned(year));
        if self.gap(at + 2) == Some(gap)
            && let Some(year) = self.number(at + 2)
        {
            let year = if self.text(at + 2).len() == 2 { 2_000 + i32::from(year) } else { year.into() };
            return in_year(year).map(|date| (at + 3, date));
        }
        self.to_come(in_year).map(|date| (at + 2, date))
    }

    /// `2 dec`, `2nd of december 2026`, `il 2 dicembre`, `primo dicembre`.
    fn written_date(&self, at: usize) -> Option<(usize, Date)> {
        let from = self.one_of(at, &["il", "on the", "the"]).unwrap_or(at);
        let first = || (self.text(from) == "primo").then_some(1);
        let day = self.number(from).or_else(|| self.ordinal(from)).or_else(first)?;
        let behind = self.one_of(from + 1, &["of", "di"]).unwrap_or(from + 1);
        let month = month(self.text(behind)).filter(|_| self.gap(behind) != Some(Gap::Dash))?;
        self.with_year(behind + 1, month, day)
    }

    /// `dec 2`, `december 2nd`.
    fn month_first(&self, at: usize) -> Option<(usize, Date)> {
        let in_month = month(self.text(at))?;
        let from = self.words(at + 1, "the").unwrap_or(at + 1);
        let day = self.number(from).filter(|_| self.is_alone(from)).or_else(|| self.ordinal(from))?;
        self.with_year(from + 1, in_month, day)
    }

    fn with_year(&self, at: usize, month: u16, day: u16) -> Option<(usize, Date)> {
        if let Some(year) =
            self.number(at).filter(|year| (2_000..=2_100).contains(year) && self.text(at).len() == 4)
        {
            return date(year.into(), month, day).map(|date| (at + 1, date));
        }
        self.to_come(|year| date(year, month, day)).map(|date| (at, date))
    }

    /// `5th`.
    fn ordinal(&self, at: usize) -> Option<u16> {
        let (day, rest) = self.tokens.get(at)?.number_and_rest()?;
        matches!(rest, "st" | "nd" | "rd" | "th" | "º").then_some(day)
    }

    /// Today or the next time that a year has it.
    fn to_come(&self, in_year: impl Fn(i32) -> Option<Date>) -> Option<Date> {
        let year = self.today.year;
        (year..=year.saturating_add(YEARS)).filter_map(in_year).find(|date| *date >= self.today)
    }

    /// The next day with that number, today included.
    fn day_of_month(&self, day: u16) -> Option<Date> {
        let months = i64::from(self.today.year) * 12 + i64::from(self.today.month) - 1;
        let of = |month: i64| {
            let (year, month) =
                (i32::try_from(month.div_euclid(12)).ok()?, u16::try_from(month.rem_euclid(12)).ok()?);
            date(year, month + 1, day)
        };
        (months..=months + TURNS).filter_map(of).find(|date| *date >= self.today)
    }

    // Hours

    /// `18-20`, `from 6 to 8 pm`, `dalle 18 alle 20`, `between 9 and 12`.
    fn range(&self, at: usize) -> Option<(usize, Phrase)> {
        let between = self.one_of(at, BETWEEN);
        let from = self.one_of(at, FROM);
        let starts = self.clock(between.or(from).unwrap_or(at))?;
        let ends = if self.gap(starts.next) == Some(Gap::Dash) {
            self.clock(starts.next)?
        } else {
            let to = if between.is_some() { self.one_of(starts.next, AND) } else { self.one_of(starts.next, TO) };
            self.clock(to?)?
        };
        // `2-12 h` is a length, and `18 to 20 dec` is not clock time.
        if !ends.is_marked && !self.is_alone(ends.next - 1) {
            return None;
        }
        let late = |minute: u16| if minute < NOON { minute + NOON } else { minute };
        let (mut first, mut last) = (starts.minute, ends.minute);
        if ends.pm == Some(true) && starts.pm.is_none() && late(first) < last {
            first = late(first);
        }
        if last <= first && ends.pm.is_none() && first < late(last) {
            last = late(last);
        }
        // Beyond midnight.
        if last <= first {
            last += MIDNIGHT;
        }
        let hours = TimeWindow { from: first, begins_by: MIDNIGHT - 1, to: last };
        let is_bare = ends.pm.is_none() && 0 < ends.minute && ends.minute <= NOON;
        let is_half_open = starts.is_half_open() && first == starts.minute && is_bare;
        let phrase = HoursPhrase { hours, is_half_open, is_exact: between.is_none(), is_part: false };
        (first < MIDNIGHT).then_some((ends.next, Phrase::Hours(phrase)))
    }

    /// `at 9`, `after 17`, `before noon`, `18:00`, `6 pm`.
    fn clock_phrase(&self, at: usize) -> Option<(usize, Phrase)> {
        let behind = |words: &[&str]| {
            let from = self.one_of(at, words)?;
            // `dopo 2 ore`, `from 2 dec`: no hour of the clock. `alle 9.10` is one.
            let is_date = self.gap(from + 1) != Some(Gap::Dot) && self.date(from).is_some();
            (self.amount(from).is_none() && !is_date).then(|| self.clock(from)).flatten()
        };
        let message = |hours, clock: Clock| {
            Phrase::Hours(HoursPhrase {
                hours,
                is_half_open: clock.is_half_open(),
                is_exact: false,
                is_part: false,
            })
        };
        if let Some(clock) = behind(BEFORE).filter(|clock| clock.minute > 0) {
            return Some((clock.next, message(TimeWindow::before(clock.minute), clock)));
        }
        if let Some(clock) = behind(AFTER).filter(|clock| clock.minute < MIDNIGHT) {
            let next = self.one_of(clock.next, ONWARDS).unwrap_or(clock.next);
            return Some((next, message(TimeWindow::after(clock.minute), clock)));
        }
        let is_noon = NOON_WORDS.contains(&self.text(at));
        let marked = || self.clock(at).filter(|clock| clock.is_marked && !is_noon);
        let clock = behind(AT).or_else(marked).filter(|clock| clock.minute < MIDNIGHT)?;
        Some((clock.next, message(TimeWindow::at(clock.minute), clock)))
    }

    /// `18`, `18:00`, `18.30`, `6pm`, `6 p.m.`, `six`, `noon`, `6 e mezza`, `all'una`.
    fn clock(&self, at: usize) -> Option<Clock> {
        let name = self.text(at);
        let named = |minute| Some(Clock { minute, pm: Some(true), is_marked: true, next: at + 1 });
        if NOON_WORDS.contains(&name) {
            return named(NOON);
        }
        if MIDNIGHT_WORDS.contains(&name) {
            return named(MIDNIGHT);
        }
        if let Some((hour, half)) = self.tokens.get(at)?.number_and_rest() {
            return clock(hour, 0, Some(half_of_day(half)?), true, at + 1);
        }
        // `all'una` is an hour, and `una` alone an article.
        let is_one = name == "una" && self.gap(at) == Some(Gap::Glued);
        let is_word = |number: &u16| self.number(at).is_some() || *number > 1 || is_one;
        let hour = self.number_or_word(at).filter(is_word)?;
        let (mut minutes, mut next) = (None, at + 1);
        if matches!(self.gap(next), Some(Gap::Colon | Gap::Dot)) {
            // `18:30pm` too.
            let behind = self.tokens.get(next).and_then(Token::number_and_rest);
            if let Some((part, half)) = behind.filter(|(part, _)| *part < 60) {
                return clock(hour, part, Some(half_of_day(half)?), true, next + 1);
            }
            minutes = Some(self.minutes(next)?);
            next += 1;
        } else if let Some(behind) = self.one_of(next, &["e mezza", "e mezzo"]) {
            (minutes, next) = (Some(30), behind);
        }
        if let Some(pm) = half_of_day(self.text(next)) {
            return clock(hour, minutes.unwrap_or(0), Some(pm), true, next + 1);
        }
        if let "a" | "p" = self.text(next)
            && self.text(next + 1) == "m"
            && matches!(self.gap(next + 1), Some(Gap::Dot))
        {
            return clock(hour, minutes.unwrap_or(0), Some(self.text(next) == "p"), true, next + 2);
        }
        if let Some(next) = self.one_of(next, &["o clock", "oclock"]) {
            return clock(hour, 0, None, true, next);
        }
        // `09:00` is in the morning.
        let pm = name.starts_with('0').then_some(false).filter(|_| (1..=12).contains(&hour));
        clock(hour, minutes.unwrap_or(0), pm, minutes.is_some(), next)
    }
}

fn half_of_day(name: &str) -> Option<bool> {
    match name {
        "am" => Some(false),
        "pm" => Some(true),
        _ => None,
    }
}

fn clock(hour: u16, minutes: u16, pm: Option<bool>, is_marked: bool, next: usize) -> Option<Clock> {
    let hour = match pm {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(pm) => hour % 12 + if pm { 12 } else { 0 },
        None => hour,
    };
    let minute = hour.checked_mul(60)?.checked_add(minutes)?;
    (minute <= MIDNIGHT).then_some(Clock { minute, pm, is_marked, next })
}

fn month(name: &str) -> Option<u16> {
    MONTHS.iter().zip(1..).find(|(words, _)| words.contains(&name)).map(|(_, month)| month)
}

/// A day that the calendar has.
fn date(year: i32, month: u16, day: u16) -> Option<Date> {
    let date = Date { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? };
    let is_one =
        (1_970..=2_100).contains(&year) && (1..=12).contains(&month) && Date::from_days(date.days()) == date;
    is_one.then_some(date)
}

/// `days` after `date`.
fn later(date: Date, days: i64) -> Date {
    Date::from_days(date.days() + days)
}

/// The entry with the longest match.
fn longest<T: Words>(all: &[T], ends: impl Fn(&str) -> Option<usize>) -> Option<(usize, &T)> {
    all.iter().filter_map(|one| ends(one.words()).map(|next| (next, one))).max_by_key(|(next, _)| *next)
}

/// An entry of the vocabulary.
trait Words {
    fn words(&self) -> &str;
}

impl<T> Words for (&str, T) {
    fn words(&self) -> &str {
        self.0
    }
}

impl<T, U> Words for (&str, T, U) {
    fn words(&self) -> &str {
        self.0
    }
}
