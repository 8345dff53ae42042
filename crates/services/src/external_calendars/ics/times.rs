//! Times of a calendar file: clocks, their local dates and times, and durations.
//!
//! Invariant: whatever the input, arithmetic stays within the range of an instant. Not here: which
//! clock a name means ([`super::clocks`]).

use domain::{
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};

const DAY: i64 = 86_400;

/// The clock of a time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Clock<'a> {
    /// A zone of the IANA list.
    Zone(Zone),
    /// Always as many seconds ahead of UTC.
    Fixed(i32),
    /// Rules in the file.
    Changes(&'a [Change]),
}

/// A clock change, with the offsets from UTC before and after, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub at: i64,
    pub from: i32,
    pub to: i32,
}

impl Clock<'_> {
    pub(super) const UTC: Self = Self::Fixed(0);

    /// The instant at which it shows `seconds` of `date`: of two the first, and for a skipped time the one by the
    /// offset before.
    pub(super) fn instant(self, date: Date, seconds: u32) -> Millis {
        let local = date.days().saturating_mul(86_400).saturating_add(i64::from(seconds));
        let ahead = match self {
            Self::Zone(zone) => return zone.resolve_seconds(date, seconds),
            Self::Fixed(ahead) => ahead,
            Self::Changes(changes) => {
                // A time at a change is after it, except skipped times.
                let later = changes.partition_point(|one| one.at + i64::from(one.from.max(one.to)) <= local);
                match later.checked_sub(1).and_then(|last| changes.get(last)) {
                    Some(last) => last.to,
                    None => changes.first().map_or(0, |first| first.from),
                }
            }
        };
        Millis(local.saturating_sub(ahead.into()).saturating_mul(1_000))
    }

    pub(super) fn start_of(self, date: Date) -> Millis {
        match self {
            Self::Zone(zone) => zone.start_of(date),
            _ => self.instant(date, 0),
        }
    }

    /// Its offset from UTC in seconds.
    pub(super) fn offset(self, at: Millis) -> i32 {
        match self {
            Self::Zone(zone) => i32::from(zone.moment(at).offset) * 60,
            Self::Fixed(ahead) => ahead,
            Self::Changes(changes) => {
                let later = changes.partition_point(|one| one.at <= at.0.div_euclid(1_000));
                match later.checked_sub(1).and_then(|last| changes.get(last)) {
                    Some(last) => last.to,
                    None => changes.first().map_or(0, |first| first.from),
                }
            }
        }
    }
}

/// A day, or a time of one, by a clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wall<'a> {
    pub date: Date,
    /// Seconds of the day; `None` is the whole day.
    pub seconds: Option<u32>,
    pub clock: Clock<'a>,
}

/// Parses `20261120` and `20261120T140500`, with or without a `Z`.
fn digits_of(text: &str) -> Option<(Date, Option<u32>)> {
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
    Some((date, seconds))
}

/// Whether the time is marked as UTC.
pub(super) fn is_utc(text: &str) -> bool {
    text.ends_with(['Z', 'z'])
}

/// Which day `text` begins with.
pub(super) fn date_of(text: &str) -> Option<Date> {
    digits_of(text.trim().get(..8)?).map(|(date, _)| date)
}

impl<'a> Wall<'a> {
    /// Reads `20261120`, `20261120T140500` and `20261120T130500Z`.
    pub(super) fn read(text: &str, clock: Clock<'a>) -> Option<Self> {
        let text = text.trim();
        let (text, clock) = text.strip_suffix(['Z', 'z']).map_or((text, clock), |text| (text, Clock::UTC));
        let (date, seconds) = digits_of(text)?;
        Some(Self { date, seconds, clock })
    }

    /// The wall-clock time at an instant.
    pub(super) fn of(at: Millis, clock: Clock<'a>) -> Self {
        let local = at.0.div_euclid(1_000).saturating_add(i64::from(clock.offset(at)));
        let seconds = u32::try_from(local.rem_euclid(DAY)).unwrap_or(0);
        Self { date: Date::from_days(local.div_euclid(DAY)), seconds: Some(seconds), clock }
    }

    pub(super) fn on(self, date: Date) -> Self {
        Self { date, ..self }
    }

    /// `days` and `seconds` later by its clock.
    pub(super) fn later(self, days: i64, seconds: i64) -> Self {
        let Some(from) = self.seconds else {
            return self.on(Date::from_days(self.date.days() + days + seconds.div_euclid(DAY)));
        };
        let seconds = i64::from(from) + seconds;
        let date = Date::from_days(self.date.days() + days + seconds.div_euclid(DAY));
        Self { date, seconds: Some(u32::try_from(seconds.rem_euclid(DAY)).unwrap_or(0)), ..self }
    }

    pub(super) fn instant(self) -> Millis {
        match self.seconds {
            None => self.clock.start_of(self.date),
            Some(seconds) => self.clock.instant(self.date, seconds),
        }
    }

    /// The difference to `other`, in local time.
    pub(super) fn until(self, other: Self) -> (i64, i64) {
        let seconds = i64::from(other.seconds.unwrap_or(0)) - i64::from(self.seconds.unwrap_or(0));
        (other.date.days() - self.date.days(), seconds)
    }
}

/// The duration of an event in local time: a lesson until noon ends at noon on every day, whatever the clocks do
/// in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    pub days: i64,
    pub seconds: i64,
}

/// More days than a calendar has.
const MOST_DAYS: i64 = 4_000_000;

impl Length {
    pub(super) const DAY: Self = Self { days: 1, seconds: 0 };

    /// Parses `P1W`, `P2DT3H`, `PT45M`, also negative; `None` for anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text.strip_prefix('+').unwrap_or(&text)),
        };
        let text = text.strip_prefix('P')?;
        let (mut days, mut seconds, mut number) = (0_i64, 0_i64, String::new());
        let (mut in_time, mut any) = (false, false);
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
                ('H', true) => seconds += n * 3_600,
                ('M', true) => seconds += n * 60,
                ('S', true) => seconds += n,
                _ => return None,
            }
        }
        let is_sane = any && number.is_empty() && days <= MOST_DAYS && seconds <= MOST_DAYS * DAY;
        is_sane.then_some(Self { days: sign * days, seconds: sign * seconds })
    }

    pub(super) const fn is_negative(self) -> bool {
        self.total() < 0
    }

    pub(super) const fn is_nothing(self) -> bool {
        self.total() == 0
    }

    const fn total(self) -> i64 {
        self.days * DAY + self.seconds
    }

    /// Whole days that it lasts at most.
    pub(super) const fn whole_days(self) -> i64 {
        self.total() / DAY + 1
    }

    /// From `start` on.
    pub(super) fn from(self, start: Wall<'_>) -> Span {
        let starts = start.instant();
        let ends = if start.seconds.is_none() {
            let last = start.later(self.days, 0).instant();
            Millis(last.0.saturating_add(self.seconds * 1_000))
        } else {
            start.later(self.days, self.seconds).instant()
        };
        // When clocks go back, a quarter of an hour could end before it begins.
        let ends = if ends <= starts { Millis(starts.0.saturating_add(self.total() * 1_000)) } else { ends };
        Span { starts, ends }
    }
}
