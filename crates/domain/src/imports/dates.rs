//! Parses dates and times as spreadsheets and other programs write them.
//!
//! Invariant: a cell has one meaning or is rejected. `03/04/2026` is accepted only where another cell of the file,
//! or the user, says which number is the day. Not here: named time zones; callers turn wall-clock time into
//! instants.

use crate::{
    string_enum::string_enum,
    time::{Date, MINUTE, Millis, millis},
};
use std::time::Duration;

string_enum! {
    /// The order of day and month in dates that do not begin with the year.
    DateOrder {
        /// `31/12/2026`.
        DayFirst = "day-first",
        /// `12/31/2026`.
        MonthFirst = "month-first",
    }
}

/// The date format of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// The only order that fits some date of the file; `None` without such a date, or if they contradict each
    /// other.
    inferred: Option<DateOrder>,
    chosen: Option<DateOrder>,
}

/// Why a cell is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    /// Not a date.
    Unreadable,
    /// Ambiguous, and nothing in the file decides.
    EitherOrder,
    /// This file writes the month first.
    MonthFirst,
}

/// A date, with time and UTC offset if given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    pub date: Date,
    /// The time of day.
    pub time: Option<TimeOfDay>,
    /// Its UTC offset, in minutes.
    pub offset: Option<i16>,
}

/// A time on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// Minutes from midnight; 1440 is the next one.
    pub minute: u16,
    /// The rest of that minute.
    pub rest: Duration,
}

impl DateTime {
    /// The instant, if time and offset are known.
    #[must_use]
    pub fn instant(&self) -> Option<Millis> {
        let (time, offset) = (self.time?, self.offset?);
        let minutes = self.date.days() * 1_440 + i64::from(time.minute) - i64::from(offset);
        Some(Millis(minutes * millis(MINUTE)).after(time.rest))
    }
}

impl Dates {
    /// Detects the format from these cells.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut day_first, mut month_first) = (false, false);
        for cell in cells {
            if let Some(Written::Either { day_first: day, month_first: month }) = written(split(cell).0) {
                day_first |= day.is_some() && month.is_none();
                month_first |= month.is_some() && day.is_none();
            }
        }
        let inferred = match (day_first, month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        };
        Self { inferred, chosen: None }
    }

    /// The same with a chosen order.
    #[must_use]
    pub const fn with(self, chosen: Option<DateOrder>) -> Self {
        Self { chosen, ..self }
    }

    /// Parses a cell of the file. Month-first dates are accepted only if that order was chosen: elsewhere in the
    /// same file a day could be meant.
    pub fn read(self, cell: &str) -> Result<DateTime, DateError> {
        let (date, rest) = split(cell);
        let date = match written(date).ok_or(DateError::Unreadable)? {
            Written::Fixed(date) => date,
            Written::Either { day_first, month_first } => self.either(day_first, month_first)?,
        };
        if rest.is_empty() {
            return Ok(DateTime { date, time: None, offset: None });
        }
        let (time, offset) = clock(rest).ok_or(DateError::Unreadable)?;
        Ok(DateTime { date, time: Some(time), offset })
    }

    fn either(self, day_first: Option<Date>, month_first: Option<Date>) -> Result<Date, DateError> {
        match (self.chosen, self.inferred) {
            _ if day_first == month_first => day_first.ok_or(DateError::Unreadable),
            (Some(DateOrder::DayFirst), _) | (None, Some(DateOrder::DayFirst)) => {
                day_first.ok_or(DateError::MonthFirst)
            }
            (Some(DateOrder::MonthFirst), _) => month_first.ok_or(DateError::Unreadable),
            (None, Some(DateOrder::MonthFirst)) => Err(DateError::MonthFirst),
            (None, None) => match (day_first, month_first) {
                (Some(date), None) => Ok(date),
                (None, _) => Err(DateError::MonthFirst),
                (Some(_), Some(_)) => Err(DateError::EitherOrder),
            },
        }
    }
}

/// A date as written.
enum Written {
    /// Unambiguous: the year comes first, or it is written with dots, which implies day first.
    Fixed(Date),
    /// The date in either order, if valid.
    Either { day_first: Option<Date>, month_first: Option<Date> },
}

/// Splits off the date from the rest of the cell.
fn split(cell: &str) -> (&str, &str) {
    let cell = cell.trim();
    let end = cell.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '.'))).unwrap_or(cell.len());
    let (date, rest) = cell.split_at(end);
    (date, rest.strip_prefix(['T', 't', ',']).unwrap_or(rest).trim())
}

fn written(date: &str) -> Option<Written> {
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<_> = date.split(separator).collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let day = |year: &str, month: &str, day: &str| {
        let is_short = |part: &str| (1..=2).contains(&part.len());
        let iso = || format!("{year}-{month:0>2}-{day:0>2}");
        (is_short(month) && is_short(day)).then(iso).and_then(|iso| Date::from_iso(&iso))
    };
    if one.len() == 4 {
        return day(one, two, three).map(Written::Fixed);
    }
    let (day_first, month_first) = (day(three, two, one), day(three, one, two));
    if separator == '.' {
        return day_first.map(Written::Fixed);
    }
    Some(Written::Either { day_first, month_first })
}

/// `14:00`, `14:00:30`, `14:00:00.000`, `2:00 PM`, `2 pm`; followed by nothing, `Z`, `UTC`, `GMT`, `+01:00`,
/// `+0100` or `UTC+1`.
fn clock(text: &str) -> Option<(TimeOfDay, Option<i16>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let rest = rest.trim().to_lowercase();
    let half = [("a.m.", 0), ("p.m.", 720), ("am", 0), ("pm", 720)];
    let half = half.into_iter().find_map(|(name, minutes)| Some((rest.strip_prefix(name)?.trim(), minutes)));
    let (zone, half) = half.map_or((rest.as_str(), None), |(zone, minutes)| (zone, Some(minutes)));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() || (minute.is_none() && half.is_none()) {
        return None;
    }
    let hour = match (number(hour, 1..=2)?, half) {
        (hour @ 0..=24, None) => hour * 60,
        (hour @ 1..=12, Some(half)) => hour % 12 * 60 + half,
        _ => return None,
    };
    let minute = hour + minute.map_or(Some(0), |minute| number(minute, 2..=2).filter(|minute| *minute < 60))?;
    let rest = second.map_or(Some(Duration::ZERO), seconds)?;
    let is_of_a_day = minute < 1_440 || (minute == 1_440 && rest.is_zero());
    let offset = if zone.is_empty() { None } else { Some(offset(zone)?) };
    is_of_a_day.then_some((TimeOfDay { minute, rest }, offset))
}

/// `30`, `30.250`.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let whole = number(whole, 2..=2).filter(|second| *second < 60)?;
    let is_part = (1..=9).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit());
    let thousandths = is_part.then(|| format!("{part:0<3}")).and_then(|part| part.get(..3)?.parse().ok())?;
    Some(Duration::from_secs(whole.into()) + Duration::from_millis(thousandths))
}

/// Minutes ahead of UTC, in lower case.
fn offset(zone: &str) -> Option<i16> {
    let behind = zone.strip_prefix("utc").or_else(|| zone.strip_prefix("gmt"));
    let rest = match behind {
        Some("") => return Some(0),
        Some(rest) => rest,
        None if zone == "z" => return Some(0),
        None => zone,
    };
    let sign = rest.chars().next()?;
    let digits = rest.get(sign.len_utf8()..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (number(hours, 1..=2)?, number(minutes, 2..=2)?),
        None if digits.len() == 4 => (number(digits.get(..2)?, 2..=2)?, number(digits.get(2..)?, 2..=2)?),
        None => (number(digits, 1..=2)?, 0),
    };
    let ahead = i16::try_from(hours * 60 + minutes).ok().filter(|ahead| minutes < 60 && *ahead <= 14 * 60)?;
    match sign {
        '+' => Some(ahead),
        '-' | '−' => Some(-ahead),
        _ => None,
    }
}

/// A number of this many digits.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(cell: &str) -> Result<DateTime, DateError> {
        Dates::default().read(cell)
    }

    #[test]
    fn one_unambiguous_date_determines_order_for_file() {
        let order = |cells: &[&str]| Dates::of(cells.iter().copied()).inferred;
        assert_eq!(order(&["03/04/2025", "31/12/2025 10:00"]), Some(DateOrder::DayFirst));
        assert_eq!(order(&["12/31/2025", "03/04/2025"]), Some(DateOrder::MonthFirst));
        assert_eq!(order(&["12-31-2025"]), Some(DateOrder::MonthFirst));
        for shows_nothing in
            [&["03/04/2025"][..], &["31/12/2025", "12/31/2025"], &["2025-12-31", "31.12.2025"], &["x"]]
        {
            assert_eq!(order(shows_nothing), None, "{shows_nothing:?}");
        }
    }

    #[test]
    fn date_is_read_in_file_order_or_rejected() {
        let date = |dates: Dates, cell| dates.read(cell).map(|read| read.date.to_string());
        let shows = |visible| Dates { inferred: Some(visible), chosen: None };
        let third_of_april = Ok("2025-04-03".to_owned());
        assert_eq!(date(shows(DateOrder::DayFirst), "03/04/2025"), third_of_april);
        assert_eq!(date(Dates::default(), "03/04/2025"), Err(DateError::EitherOrder));
        assert_eq!(date(shows(DateOrder::MonthFirst), "03/04/2025"), Err(DateError::MonthFirst));
        assert_eq!(date(Dates::default(), "12/31/2025"), Err(DateError::MonthFirst));
        for one_meaning in ["2025-04-03", "2025/4/3", "2025.04.03", "03.04.2025", "3.4.2025"] {
            assert_eq!(date(Dates::default(), one_meaning), third_of_april, "{one_meaning}");
            assert_eq!(date(shows(DateOrder::MonthFirst), one_meaning), third_of_april, "{one_meaning}");
        }
        assert_eq!(date(Dates::default(), "05/05/2025"), Ok("2025-05-05".into()), "the same in either order");
        for unreadable in [
            "",
            "46387",
            "45992.5",
            "31/12/26",
            "29/02/2027",
            "1/2",
            "1/2/3/2025",
            "20251231",
            "soon",
            "31-12.2025",
        ] {
            assert_eq!(date(shows(DateOrder::DayFirst), unreadable), Err(DateError::Unreadable), "{unreadable}");
        }
    }

    #[test]
    fn chosen_order_overrides_detection() {
        let date = |chosen, cell| Dates::default().with(Some(chosen)).read(cell).map(|read| read.date.to_string());
        assert_eq!(date(DateOrder::MonthFirst, "03/04/2025"), Ok("2025-03-04".into()));
        assert_eq!(date(DateOrder::MonthFirst, "12/31/2025"), Ok("2025-12-31".into()));
        assert_eq!(date(DateOrder::MonthFirst, "31/12/2025"), Err(DateError::Unreadable));
        assert_eq!(date(DateOrder::DayFirst, "03/04/2025"), Ok("2025-04-03".into()));
        assert_eq!(date(DateOrder::DayFirst, "12/31/2025"), Err(DateError::MonthFirst));
    }

    #[test]
    fn clock_time_is_parsed_in_common_notations() {
        let minute =
            |clock: &str| read(&format!("2027-02-06 {clock}")).map(|read| read.time.map(|time| time.minute));
        for (clock, expected) in [
            ("14:00", 840),
            ("9:05", 545),
            ("14:00:00", 840),
            ("14:00:00.000", 840),
            ("2:00 PM", 840),
            ("2:00pm", 840),
            ("02:00:00\u{202f}p.m.", 840),
            ("2 PM", 840),
            ("12:00 AM", 0),
            ("12:30 am", 30),
            ("12:00 PM", 720),
            ("24:00", 1_440),
        ] {
            assert_eq!(minute(clock), Ok(Some(expected)), "{clock}");
        }
        assert_eq!(
            read("2027-02-06T23:59:59,5").map(|read| read.time.map(|time| time.rest)),
            Ok(Some(Duration::from_millis(59_500)))
        );
        assert_eq!(read("6.2.2027, 14:00").map(|read| read.time.map(|time| time.minute)), Ok(Some(840)));
        for unreadable in [
            "14",
            "14:0",
            "14:000",
            "14.00",
            "25:00",
            "24:01",
            "14:60",
            "14:00:60",
            "13:00 PM",
            "0:30 AM",
            "14:00 Uhr",
            "14:00 CET",
            "14:00 Europe/Rome",
            "2:00 PM PM",
            "14:00 +15:00",
            "14:00 +1:5",
            "14:00 01:00",
            "14:00-16:00:00",
            "1:2:3:4",
            "0.583",
        ] {
            assert_eq!(minute(unreadable), Err(DateError::Unreadable), "{unreadable}");
        }
    }

    #[test]
    fn explicit_offset_is_applied() {
        let at = |cell: &str| read(cell).ok().and_then(|read| read.instant()).map(|at| at.0);
        let noon = Some(1_802_088_000_000);
        for cell in [
            "2027-02-08T12:00Z",
            "2027-02-08 12:00z",
            "2027-02-08 12:00:00 UTC",
            "2027-02-08 12:00 GMT",
            "2027-02-08T13:00:00+01:00",
            "2027-02-08 13:00 +0100",
            "2027-02-08 13:00 +01",
            "2027-02-08 1:00 PM UTC+1",
            "08.02.2027 08:30 GMT-03:30",
            "2027-02-08 07:00 −05:00",
        ] {
            assert_eq!(at(cell), noon, "{cell}");
        }
        assert_eq!(at("2027-02-08 12:00"), None, "by the clocks of the space");
    }

    proptest! {
        #[test]
        fn any_cell_is_read_or_rejected(cell in "[0-9/.:TZ+ apmPMutc,-]{0,24}|.{0,12}") {
            for chosen in [Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst), None] {
                let _ = Dates::of([cell.as_str()]).with(chosen).read(&cell).map(|read| read.instant());
            }
        }
    }
}
