//! Parses the text of a rule.
//!
//! Invariant: only what RFC 5545 allows passes, in upper or lower case; numbers are sorted and each is there once.

use super::{End, Frequency, Part, Rule, RuleError, RuleText, Until, WEEKDAYS, Weekdays, Weekly, count};
use crate::{MAX_INTERVAL, library};
use domain::time::{Date, Millis};
use std::collections::BTreeSet;

/// Longer text is no rule that a person has written.
const LONGEST: usize = 300;

impl Rule {
    /// Parses `FREQ=WEEKLY;BYDAY=MO,WE`, with or without `RRULE:`. A rule with an interval and weekdays only is
    /// [`Rule::Weekly`].
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let parts = Parts::split(text)?;
        let frequency = match parts.get(Part::Frequency).ok_or(RuleError::NoFrequency)? {
            "DAILY" => Frequency::Daily,
            "WEEKLY" => Frequency::Weekly,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            "HOURLY" | "MINUTELY" | "SECONDLY" => return Err(RuleError::TooFrequent),
            _ => return Err(RuleError::Value(Part::Frequency)),
        };
        if let Some(part) =
            [Part::ByHour, Part::ByMinute, Part::BySecond].into_iter().find(|part| parts.has(*part))
        {
            return Err(RuleError::TimeOfDay(part));
        }
        let interval = parts.get(Part::Interval).map_or(Ok(1), interval)?;
        let end = match (parts.get(Part::Count), parts.get(Part::Until)) {
            (Some(_), Some(_)) => return Err(RuleError::TwoEnds),
            (Some(digits), None) => Some(End::Count(count(digits)?)),
            (None, Some(until)) => Some(End::Until(read_until(until).ok_or(RuleError::Value(Part::Until))?)),
            (None, None) => None,
        };
        let week_start = parts.get(Part::WeekStart).map_or(Ok(0), |day| weekday(day, Part::WeekStart))?;
        let days = parts.get(Part::ByDay).map(weekdays).transpose()?;
        misplaced(&parts, frequency, days.as_ref())?;
        if let (Frequency::Weekly, None, Some(days), 0, false) =
            (frequency, end, &days, week_start, parts.has(Part::ByMonth))
        {
            let days: Weekdays = days.iter().map(|(_, day)| *day).collect();
            return Weekly::new(days, interval).map(Self::Weekly);
        }
        let mut written = String::new();
        for (part, least, most) in [
            (Part::ByMonth, 1, 12),
            (Part::ByWeekNumber, -53, 53),
            (Part::ByYearDay, -366, 366),
            (Part::ByMonthDay, -31, 31),
        ] {
            if let Some(list) = parts.get(part) {
                add(&mut written, part, numbers(list, part, least, most)?.iter().map(ToString::to_string));
            }
        }
        if let Some(days) = days {
            let day = |(number, day): &(i32, u8)| {
                let name = WEEKDAYS.get(usize::from(*day)).copied().unwrap_or_default();
                if *number == 0 { name.to_owned() } else { format!("{number}{name}") }
            };
            add(&mut written, Part::ByDay, days.iter().map(day));
        }
        if let Some(list) = parts.get(Part::BySetPosition) {
            let most = if frequency == Frequency::Monthly { 31 } else { 366 };
            let numbers = numbers(list, Part::BySetPosition, -most, most)?;
            add(&mut written, Part::BySetPosition, numbers.iter().map(ToString::to_string));
        }
        if let Some(day) = WEEKDAYS.get(usize::from(week_start)).filter(|_| week_start != 0) {
            add(&mut written, Part::WeekStart, [(*day).to_owned()].into_iter());
        }
        let rule = Self::Text(RuleText { frequency, interval, end, parts: written });
        if library::accepts(&rule.endless().to_string()) { Ok(rule) } else { Err(RuleError::Unreadable) }
    }
}

/// The parts of a rule, by name.
struct Parts(Vec<(Part, String)>);

impl Parts {
    fn split(text: &str) -> Result<Self, RuleError> {
        if text.len() > LONGEST {
            return Err(RuleError::TooLong);
        }
        if !text.is_ascii() {
            return Err(RuleError::NotAscii);
        }
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let mut parts = Self(Vec::new());
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(RuleError::Unreadable)?;
            let part = Part::ALL.into_iter().find(|part| part.as_str() == name.trim());
            let part = part.ok_or(RuleError::UnknownPart)?;
            if parts.has(part) {
                return Err(RuleError::Repeated(part));
            }
            parts.0.push((part, value.trim().to_owned()));
        }
        if parts.0.is_empty() { Err(RuleError::Unreadable) } else { Ok(parts) }
    }

    fn get(&self, part: Part) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == part).map(|(_, value)| value.as_str())
    }

    fn has(&self, part: Part) -> bool {
        self.get(part).is_some()
    }
}

/// Refuses parts that have no meaning with the frequency or without others. `days` are the weekdays with their
/// numbers.
fn misplaced(parts: &Parts, frequency: Frequency, days: Option<&BTreeSet<(i32, u8)>>) -> Result<(), RuleError> {
    let numbered = days.is_some_and(|days| days.iter().any(|(number, _)| *number != 0));
    let most = match frequency {
        Frequency::Daily | Frequency::Weekly => 0,
        Frequency::Monthly => 5,
        Frequency::Yearly if parts.has(Part::ByWeekNumber) => 0,
        Frequency::Yearly if parts.has(Part::ByMonth) => 5,
        Frequency::Yearly => 53,
    };
    if numbered && most == 0 {
        return Err(RuleError::NumberedWeekday);
    }
    if days.is_some_and(|days| days.iter().any(|(number, _)| number.abs() > most)) {
        return Err(RuleError::Value(Part::ByDay));
    }
    let fits = |part: Part| match part {
        Part::ByWeekNumber | Part::ByYearDay => frequency == Frequency::Yearly,
        Part::ByMonthDay => frequency != Frequency::Weekly,
        // Of a week the library counts positions from the first date, not from the first day of the week.
        Part::BySetPosition => matches!(frequency, Frequency::Monthly | Frequency::Yearly),
        _ => true,
    };
    if let Some((part, _)) = parts.0.iter().find(|(part, _)| !fits(*part)) {
        return Err(RuleError::Misplaced(*part));
    }
    // Programs disagree about a week without a weekday.
    if parts.has(Part::ByWeekNumber) && days.is_none() {
        return Err(RuleError::Alone(Part::ByWeekNumber));
    }
    let selecting = [Part::ByMonth, Part::ByWeekNumber, Part::ByYearDay, Part::ByMonthDay, Part::ByDay];
    if parts.has(Part::BySetPosition) && !selecting.into_iter().any(|part| parts.has(part)) {
        return Err(RuleError::Alone(Part::BySetPosition));
    }
    Ok(())
}

fn add(written: &mut String, part: Part, values: impl Iterator<Item = String>) {
    written.push(';');
    written.push_str(part.as_str());
    written.push('=');
    written.push_str(&values.collect::<Vec<_>>().join(","));
}

fn interval(digits: &str) -> Result<u16, RuleError> {
    let number = digits.parse().ok().filter(|number| (1..=MAX_INTERVAL).contains(number));
    number.ok_or(RuleError::Interval)
}

fn weekday(name: &str, part: Part) -> Result<u8, RuleError> {
    let at = WEEKDAYS.iter().position(|day| *day == name).ok_or(RuleError::Value(part))?;
    u8::try_from(at).map_err(|_| RuleError::Value(part))
}

/// Weekdays with the number before each, 0 for none.
fn weekdays(list: &str) -> Result<BTreeSet<(i32, u8)>, RuleError> {
    let one = |text: &str| {
        let text = text.trim();
        let wrong = RuleError::Value(Part::ByDay);
        let (number, day) = text.len().checked_sub(2).and_then(|at| text.split_at_checked(at)).ok_or(wrong)?;
        let day = weekday(day, Part::ByDay)?;
        if number.is_empty() {
            return Ok((0, day));
        }
        Ok((number.parse().ok().filter(|number| *number != 0).ok_or(wrong)?, day))
    };
    list.split(',').map(one).collect()
}

/// Numbers other than 0 with commas between.
fn numbers(list: &str, part: Part, least: i32, most: i32) -> Result<BTreeSet<i32>, RuleError> {
    let one = |text: &str| {
        let number = text.trim().parse().ok();
        number.filter(|number| *number != 0 && (least..=most).contains(number)).ok_or(RuleError::Value(part))
    };
    list.split(',').map(one).collect()
}

/// Reads `20261124`, `20261124T180000` and `20261124T170000Z`.
fn read_until(text: &str) -> Option<Until> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u16>().ok()).flatten()
    };
    let small = |from: usize| number(from, from + 2).and_then(|number| u8::try_from(number).ok());
    let date = Date { year: number(0, 4)?.into(), month: small(4)?, day: small(6)? };
    if date.year < 1970 || Date::from_days(date.days()) != date {
        return None;
    }
    if text.len() == 8 {
        return Some(Until::Day(date));
    }
    let (hour, minute, second) = (small(9)?, small(11)?, small(13)?);
    if text.get(8..9) != Some("T") || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    match text.get(15..) {
        Some("") => Some(Until::Day(date)),
        Some("Z") => {
            let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second.min(59));
            Some(Until::Instant(Millis((date.days() * 86_400 + seconds) * 1_000)))
        }
        _ => None,
    }
}
