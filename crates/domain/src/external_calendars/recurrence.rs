//! Recurrence rules of iCalendar (RFC 5545, 3.3.10): the days on which a series takes place.
//!
//! **Invariants.** Days are in the series' own zone, so a series keeps its wall-clock time across clock changes.
//! Past days are skipped unless the rule has a count, and never more days are walked than the caller allows,
//! because rules come from strangers. `BYHOUR`, `BYMINUTE` and `BYSECOND` are accepted if they only repeat the
//! start time. Not here: rules that repeat within a day, which no timetable of a room has; they are rejected.
//!
//! The crate `rrule` was considered and rejected: it walks each series from its first day, second by second if the
//! rule says so, and depends on regular expressions and a clock. Our own series use it (`crates/recurrence`): they
//! are short, and their rules are checked before.

use crate::{string_enum::string_enum, time::Date};

string_enum! {
    /// The unit of repetition.
    Frequency {
        Daily = "DAILY",
        Weekly = "WEEKLY",
        Monthly = "MONTHLY",
        Yearly = "YEARLY",
    }
}

/// A longer interval is a slip, or malice.
const LONGEST: u32 = 1_000;
/// More values in one part of a rule have no meaning.
const VALUES: usize = 400;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    count: Option<u32>,
    /// `UNTIL` as written; excludes `COUNT`.
    until: Option<String>,
    months: Vec<i32>,
    month_days: Vec<i32>,
    year_days: Vec<i32>,
    /// Which of them in the month or year, 0 for each, and the weekday.
    weekdays: Vec<(i32, u8)>,
    /// Weeks of the year by their number, counted from its end if it is negative.
    weeks: Vec<i32>,
    positions: Vec<i32>,
    week_start: u8,
    /// Hour, minute and second in the rule, if given.
    time: [Option<u32>; 3],
}

/// A series is longer than is walked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// The remaining number of days to examine, for one or many series.
#[derive(Debug, Clone, Copy)]
pub struct Budget(pub u32);

impl Budget {
    fn spend(&mut self, days: i64) -> Result<(), TooLong> {
        let days = u32::try_from(days.max(1)).map_err(|_| TooLong)?;
        self.0 = self.0.checked_sub(days).ok_or(TooLong)?;
        Ok(())
    }
}

fn weekday(name: &str) -> Option<u8> {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|day| *day == name)?.try_into().ok()
}

/// The single number of a part, below `limit`. Several would mean several times a day.
fn single(text: &str, limit: u32) -> Option<u32> {
    text.trim().parse().ok().filter(|number| *number < limit)
}

/// Numbers with commas between, each within `most` of zero.
fn numbers(text: &str, least: i32, most: i32) -> Option<Vec<i32>> {
    let number = |text: &str| {
        let number: i32 = text.trim().parse().ok()?;
        (number != 0 && (least..=most).contains(&number)).then_some(number)
    };
    if text.split(',').count() > VALUES { None } else { text.split(',').map(number).collect() }
}

impl Rule {
    /// Parses `FREQ=WEEKLY;BYDAY=MO,WE`; `None` if not supported.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let (name, value) = (name.trim(), value.trim());
            // Extensions of programs, and empty parts.
            if name.starts_with("X-") || (value.is_empty() && name != "FREQ") {
                continue;
            }
            if parts.iter().any(|(known, _)| *known == name) {
                return None;
            }
            parts.push((name, value));
        }
        let frequency = parts.iter().find(|(name, _)| *name == "FREQ")?;
        let mut rule = Self {
            frequency: Frequency::parse(frequency.1)?,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            year_days: Vec::new(),
            weekdays: Vec::new(),
            weeks: Vec::new(),
            positions: Vec::new(),
            week_start: 0,
            time: [None; 3],
        };
        for (name, value) in parts {
            match name {
                "FREQ" => {}
                "INTERVAL" => rule.interval = value.parse().ok().filter(|n| (1..=LONGEST).contains(n))?,
                // Some write a negative number for a series without an end.
                "COUNT" if value.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok()) => {}
                "COUNT" => rule.count = Some(value.parse().ok().filter(|n| *n > 0)?),
                "UNTIL" => rule.until = Some(value.to_owned()),
                "WKST" => rule.week_start = weekday(value)?,
                "BYMONTH" => rule.months = numbers(value, 1, 12)?,
                "BYMONTHDAY" => rule.month_days = numbers(value, -31, 31)?,
                "BYYEARDAY" => rule.year_days = numbers(value, -366, 366)?,
                "BYSETPOS" => rule.positions = numbers(value, -366, 366)?,
                "BYDAY" => rule.weekdays = weekdays(value)?,
                "BYWEEKNO" => rule.weeks = numbers(value, -53, 53)?,
                "BYHOUR" => rule.time[0] = Some(single(value, 24)?),
                "BYMINUTE" => rule.time[1] = Some(single(value, 60)?),
                "BYSECOND" => rule.time[2] = Some(single(value, 61)?.min(59)),
                "RSCALE" if value == "GREGORIAN" => {}
                "SKIP" if value == "OMIT" => {}
                _ => return None,
            }
        }
        if matches!(rule.frequency, Frequency::Daily | Frequency::Weekly) {
            // Positions within a month do not apply: it is every such weekday.
            rule.weekdays.iter_mut().for_each(|(nth, _)| *nth = 0);
        }
        (rule.weeks.is_empty() || rule.frequency == Frequency::Yearly).then_some(rule)
    }

    /// Whether the rule's time of day equals the series' start, `seconds` into the day; `None` is an all-day
    /// series.
    #[must_use]
    pub fn keeps_time(&self, seconds: Option<u32>) -> bool {
        let seconds = seconds.unwrap_or(0);
        let start = [seconds / 3_600, seconds / 60 % 60, seconds % 60];
        self.time.iter().zip(start).all(|(message, start)| message.is_none_or(|message| message == start))
    }

    /// `UNTIL` as written.
    #[must_use]
    pub fn until(&self) -> Option<&str> {
        self.until.as_deref()
    }

    /// The days from `from` to `to` of a series that began on `start`, in order. The first day always belongs to
    /// it; if the rule does not include it, it does not count towards `COUNT`, as programs that write such rules
    /// intend.
    pub fn days(&self, start: Date, from: Date, to: Date, budget: &mut Budget) -> Result<Vec<Date>, TooLong> {
        let mut days = Vec::new();
        let mut counted = 0_u32;
        let mut at = if self.count.is_some() { 0 } else { self.skipped(start, from) };
        loop {
            let (first, last) = self.period(start, at);
            budget.spend(last - first + 1)?;
            if first > to.days() {
                return Ok(days);
            }
            let mut set: Vec<_> =
                (first..=last).map(Date::from_days).filter(|day| self.is_in(*day, start)).collect();
            if !self.positions.is_empty() {
                set = self.chosen(&set);
            }
            let is_beside = first <= start.days() && start.days() <= last && !set.contains(&start);
            if is_beside {
                set.push(start);
                set.sort_unstable();
            }
            for day in set.into_iter().filter(|day| *day >= start) {
                if day > to || self.count.is_some_and(|count| counted >= count) {
                    return Ok(days);
                }
                counted = counted.saturating_add(u32::from(!is_beside || day != start));
                if day >= from {
                    days.push(day);
                }
            }
            at += 1;
        }
    }

    /// The number of whole periods before `from` that can be skipped, less one.
    fn skipped(&self, start: Date, from: Date) -> i64 {
        let days = from.days().saturating_sub(start.days());
        let length = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        (days / (length * i64::from(self.interval)) - 1).max(0)
    }

    /// The first and the last day of the period `at`, counted from that of `start` by the interval.
    fn period(&self, start: Date, at: i64) -> (i64, i64) {
        let step = at.saturating_mul(i64::from(self.interval));
        match self.frequency {
            Frequency::Daily => (start.days() + step, start.days() + step),
            Frequency::Weekly => {
                let since = (i64::from(start.weekday()) + 7 - i64::from(self.week_start)) % 7;
                let first = start.days() - since + step * 7;
                (first, first + 6)
            }
            Frequency::Monthly => {
                let month = i64::from(start.year) * 12 + i64::from(start.month) - 1 + step;
                (month_start(month), month_start(month + 1) - 1)
            }
            Frequency::Yearly => {
                let year = i64::from(start.year) + step;
                (month_start(year * 12), month_start((year + 1) * 12) - 1)
            }
        }
    }

    /// Whether the rule has `day`, of a series that began on `start`.
    fn is_in(&self, day: Date, start: Date) -> bool {
        let month = i64::from(day.year) * 12 + i64::from(day.month) - 1;
        let (month_first, month_next) = (month_start(month), month_start(month + 1));
        let (year_first, year_next) =
            (month_start(i64::from(day.year) * 12), month_start((i64::from(day.year) + 1) * 12));
        let fits = |list: &[i32], first: i64, next: i64| {
            list.is_empty() || list.iter().any(|nth| position(*nth, first, next) == Some(day.days()))
        };
        let is_month = self.months.is_empty() || self.months.contains(&i32::from(day.month));
        let is_week = self.weeks.is_empty() || self.is_week(day);
        // Missing parts default to the start date.
        let is_usual = match self.frequency {
            Frequency::Daily => true,
            Frequency::Weekly => !self.weekdays.is_empty() || day.weekday() == start.weekday(),
            Frequency::Monthly => !self.weekdays.is_empty() || !self.month_days.is_empty() || day.day == start.day,
            Frequency::Yearly => {
                let says = [self.month_days.is_empty(), self.year_days.is_empty(), self.weekdays.is_empty()];
                let is_month = !self.months.is_empty() || day.month == start.month;
                let of_week = !self.weeks.is_empty() && day.weekday() == start.weekday();
                says.contains(&false) || of_week || (self.weeks.is_empty() && day.day == start.day && is_month)
            }
        };
        let of_month = self.frequency == Frequency::Monthly || !self.months.is_empty();
        let (first, next) = if of_month { (month_first, month_next) } else { (year_first, year_next) };
        let is_weekday = self.weekdays.is_empty()
            || self.weekdays.iter().any(|(nth, weekday)| {
                *weekday == day.weekday() && (*nth == 0 || nth_weekday(*nth, day.days(), first, next))
            });
        is_month
            && is_week
            && is_usual
            && fits(&self.month_days, month_first, month_next)
            && fits(&self.year_days, year_first, year_next)
            && is_weekday
    }

    /// Whether `day` is in one of the weeks that the rule names: the first of a year is the first that has four
    /// days in it.
    fn is_week(&self, day: Date) -> bool {
        let first_of = |year: i32| {
            let first = Date { year, month: 1, day: 1 };
            let since = (i64::from(first.weekday()) + 7 - i64::from(self.week_start)) % 7;
            if since <= 3 { first.days() - since } else { first.days() - since + 7 }
        };
        // Days around New Year may be in a week of the other year.
        (day.year - 1..=day.year + 1).any(|year| {
            let (first, next) = (first_of(year), first_of(year + 1));
            let is_named = |nth: &i32| position(*nth, 0, (next - first) / 7) == Some((day.days() - first) / 7);
            (first..next).contains(&day.days()) && self.weeks.iter().any(is_named)
        })
    }

    /// Those of `set` that are at the places that the rule names.
    fn chosen(&self, set: &[Date]) -> Vec<Date> {
        let length = i64::try_from(set.len()).unwrap_or(i64::MAX);
        let is_chosen =
            |at: &usize| self.positions.iter().any(|nth| position(*nth, 0, length) == i64::try_from(*at).ok());
        set.iter().enumerate().filter(|(at, _)| is_chosen(at)).map(|(_, day)| *day).collect()
    }
}

fn weekdays(text: &str) -> Option<Vec<(i32, u8)>> {
    let read = |text: &str| {
        let text = text.trim();
        let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
        let nth =
            if nth.is_empty() { 0 } else { nth.parse().ok().filter(|n| *n != 0 && (-53..=53).contains(n))? };
        Some((nth, weekday(day)?))
    };
    if text.split(',').count() > VALUES { None } else { text.split(',').map(read).collect() }
}

/// The first day of a month that is counted from year 0.
fn month_start(month: i64) -> i64 {
    let year = month.div_euclid(12).clamp(0, 20_000);
    let month = month.rem_euclid(12) + 1;
    let (year, month) = (i32::try_from(year).unwrap_or(20_000), u8::try_from(month).unwrap_or(1));
    Date { year, month, day: 1 }.days()
}

/// The `nth` of the range from `first` to before `next`, from the end if negative.
fn position(nth: i32, first: i64, next: i64) -> Option<i64> {
    let at = if nth > 0 { first + i64::from(nth) - 1 } else { next + i64::from(nth) };
    (first..next).contains(&at).then_some(at)
}

/// Whether `day` is the `nth` of its weekday from `first` to before `next`.
fn nth_weekday(nth: i32, day: i64, first: i64, next: i64) -> bool {
    let found = if nth > 0 { (day - first) / 7 + 1 } else { -((next - 1 - day) / 7 + 1) };
    found == i64::from(nth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        Date::from_iso(text).unwrap()
    }

    fn days(rule: &str, start: &str, from: &str, to: &str) -> Vec<String> {
        let rule = Rule::read(rule).unwrap();
        let days = rule.days(date(start), date(from), date(to), &mut Budget(1_000_000)).unwrap();
        days.iter().map(ToString::to_string).collect()
    }

    // The examples of the RFC.
    #[test]
    fn recurrence_matches_rfc_examples() {
        let first = "1997-09-02";
        for (rule, expected) in [
            ("FREQ=DAILY;COUNT=3", "09-02 09-03 09-04"),
            ("FREQ=DAILY;INTERVAL=10;COUNT=5", "09-02 09-12 09-22 10-02 10-12"),
            ("FREQ=WEEKLY;COUNT=3", "09-02 09-09 09-16"),
            ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=4", "09-02 09-16 09-30 10-14"),
            ("FREQ=WEEKLY;COUNT=4;WKST=SU;BYDAY=TU,TH", "09-02 09-04 09-09 09-11"),
            ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH", "09-02 09-04 09-16 09-18"),
            // The start belongs to it, although the rule neither includes nor counts it.
            ("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "09-02 09-05 10-03 11-07"),
            ("FREQ=MONTHLY;COUNT=2;BYDAY=-2MO", "09-02 09-22 10-20"),
            ("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=2", "09-02 09-28 10-29"),
            ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", "09-02 09-15 10-02 10-15"),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "09-02 09-04 10-07 11-06"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=2", "09-02 09-29 10-30"),
            ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=2", "09-02 09-13 10-11"),
            ("FREQ=YEARLY;COUNT=1;BYYEARDAY=1,100,365", "09-02 12-31"),
        ] {
            let found = days(rule, first, "1997-09-01", "1998-01-31");
            let expected: Vec<_> = expected.split(' ').map(|day| format!("1997-{day}")).collect();
            assert_eq!(found, expected, "{rule}");
        }
        let yearly = |rule, to| days(rule, "1997-06-10", "1997-01-01", to);
        assert_eq!(
            yearly("FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "2002-01-01"),
            ["1997-06-10", "1997-07-10", "1998-06-10", "1998-07-10"]
        );
        assert_eq!(
            days("FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19", "1997-01-01", "2000-01-01"),
            ["1997-05-19", "1998-05-18", "1999-05-17"]
        );
        assert_eq!(
            days(
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996-11-05",
                "1996-01-01",
                "2005-01-01"
            ),
            ["1996-11-05", "2000-11-07", "2004-11-02"]
        );
        assert_eq!(
            days("FREQ=MONTHLY;INTERVAL=1", "2026-01-31", "2026-01-01", "2026-06-01"),
            ["2026-01-31", "2026-03-31", "2026-05-31"],
            "a month without that day has none"
        );
        assert_eq!(
            days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1997-01-01", "1998-01-01"),
            ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
        );
        assert_eq!(
            days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1997-01-01", "1998-01-01"),
            ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
        );
    }

    #[test]
    fn redundant_parts_are_accepted_and_week_numbers_work() {
        let rule = Rule::read("FREQ=DAILY;BYHOUR=14;BYMINUTE=0;BYSECOND=0;X-NOTE=1;BYDAY=").unwrap();
        assert!(rule.keeps_time(Some(14 * 3_600)) && !rule.keeps_time(Some(15 * 3_600)) && !rule.keeps_time(None));
        assert!(Rule::read("FREQ=WEEKLY;BYHOUR=0;BYMINUTE=0").unwrap().keeps_time(None), "a day begins so");
        // Both ends apply, and negative numbers are invalid.
        assert_eq!(
            days("FREQ=DAILY;COUNT=2;UNTIL=20260101", "2026-01-01", "2026-01-01", "2026-02-01"),
            ["2026-01-01", "2026-01-02"]
        );
        assert_eq!(days("FREQ=DAILY;COUNT=-1", "2026-01-01", "2026-01-01", "2026-01-05").len(), 5);
        // A week has no second Tuesday.
        assert_eq!(
            days("FREQ=WEEKLY;BYDAY=2TU", "2026-01-06", "2026-01-01", "2026-01-14"),
            ["2026-01-06", "2026-01-13"]
        );
        // The example of the standard: Monday of week 20.
        assert_eq!(
            days("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-01-01", "2000-01-01"),
            ["1997-05-12", "1998-05-11", "1999-05-17"]
        );
        assert_eq!(
            days("FREQ=YEARLY;BYWEEKNO=1,-1", "2026-12-28", "2026-01-01", "2027-12-31"),
            ["2026-12-28", "2027-01-04", "2027-12-27"],
            "on the weekday of the beginning"
        );
    }

    #[test]
    fn invalid_rules_are_rejected() {
        for wrong in [
            "",
            "FREQ",
            "FREQ=SECONDLY",
            "FREQ=HOURLY;INTERVAL=2",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;BYHOUR=9,14",
            "FREQ=DAILY;BYHOUR=24",
            "FREQ=MONTHLY;BYWEEKNO=20",
            "FREQ=YEARLY;BYWEEKNO=54",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;BYDAY=é",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=DAILY;FREQ=WEEKLY",
            "FREQ=DAILY;RSCALE=HEBREW",
        ] {
            assert_eq!(Rule::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn old_series_is_skipped_ahead_and_counted_series_is_bounded() {
        let rule = Rule::read("FREQ=DAILY").unwrap();
        let (start, from, to) = (Date { year: 1, month: 1, day: 1 }, date("2026-11-01"), date("2026-11-30"));
        assert_eq!(rule.days(start, from, to, &mut Budget(100)).map(|days| days.len()), Ok(30));
        let rule = Rule::read("FREQ=DAILY;COUNT=4000000000").unwrap();
        assert_eq!(rule.days(start, from, to, &mut Budget(10_000)), Err(TooLong));
        // A series without further occurrences ends nevertheless.
        let rule = Rule::read("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30").unwrap();
        assert_eq!(rule.days(start, from, to, &mut Budget(10_000)), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn series_tail_equals_rest_of_whole_series(
            frequency in 0_usize..4, interval in 1_u32..5, day in 1_u8..29, month in 1_u8..13, which in 0_usize..6, later in 0_i64..900
        ) {
            let by = ["", ";BYDAY=MO,FR", ";BYMONTH=3,9", ";BYDAY=TU;WKST=SU", ";BYMONTH=5;BYDAY=WE", ";BYDAY=SU,MO;BYSETPOS=-1"];
            let text = format!("FREQ={};INTERVAL={interval}{}", Frequency::ALL[frequency].as_str(), by[which]);
            let rule = Rule::read(&text).unwrap();
            let start = Date { year: 2020, month, day };
            let (from, to) = (Date::from_days(start.days() + later), Date::from_days(start.days() + 1_200));
            let whole = rule.days(start, start, to, &mut Budget(100_000)).unwrap();
            let rest = rule.days(start, from, to, &mut Budget(100_000)).unwrap();
            let expected: Vec<_> = whole.into_iter().filter(|day| *day >= from).collect();
            prop_assert_eq!(rest, expected, "{}", text);
        }

        #[test]
        fn any_rule_text_is_parsed_or_rejected(text in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);)?[A-Z=;,0-9é-]{0,40}", year in 1_i32..9999) {
            if let Some(rule) = Rule::read(&text) {
                let start = Date { year, month: 2, day: 28 };
                drop(rule.days(start, date("2026-11-01"), date("2027-01-31"), &mut Budget(20_000)));
            }
        }
    }
}
