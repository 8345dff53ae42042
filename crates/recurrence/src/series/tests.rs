use super::*;
use crate::rule::tests::wild;
use domain::external_calendars::recurrence::{Budget, Rule as Parser};
use proptest::prelude::*;
use std::time::Instant;

pub(crate) fn date(text: &str) -> Date {
    Date::from_iso(text).unwrap()
}

pub(crate) fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

/// `18:00` as minutes of the day; `26:00` is the next day.
pub(crate) fn minute(text: &str) -> u16 {
    let (hour, minute) = text.split_once(':').unwrap();
    hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
}

pub(crate) fn times(from: &str, to: &str) -> Times {
    Times::new(minute(from), minute(to)).unwrap()
}

/// From 18:00 to 20:00.
pub(crate) fn series(rule: &str, first: &str, last: Option<&str>) -> Series {
    Series::new(Rule::parse(rule).unwrap(), date(first), last.map(date), times("18:00", "20:00"))
}

fn expanded(series: &Series, zone: Zone) -> Expansion {
    series.expand(zone).unwrap()
}

/// `10-25 18:00–20:00` of each occurrence, by the wall.
pub(crate) fn walls(series: &Series, zone: Zone) -> Vec<String> {
    let show = |at| {
        let wall = zone.moment(at).wall();
        (format!("{:02}-{:02}", wall.date.month, wall.date.day), format!("{:02}:{:02}", wall.hour, wall.minute))
    };
    let line = |occurrence: &Occurrence| {
        let ((day, from), (_, to)) = (show(occurrence.span.starts), show(occurrence.span.ends));
        format!("{day} {from}–{to}")
    };
    expanded(series, zone).occurrences.iter().map(line).collect()
}

#[test]
fn hostile_rule_has_bounded_dates_or_a_reason() {
    let rome = zone("Europe/Rome");
    for (rule, last, expected) in [
        ("FREQ=DAILY", None, Err(SeriesError::NoEnd)),
        ("FREQ=WEEKLY;BYDAY=MO", None, Err(SeriesError::NoEnd)),
        ("FREQ=DAILY", Some("2026-10-31"), Ok(12)),
        ("FREQ=DAILY", Some("2027-02-16"), Ok(120)),
        ("FREQ=DAILY", Some("2027-02-17"), Err(SeriesError::TooMany)),
        ("FREQ=DAILY", Some("2054-03-01"), Err(SeriesError::TooLong)),
        ("FREQ=DAILY;COUNT=120", None, Ok(120)),
        ("FREQ=DAILY;COUNT=120", Some("2026-10-21"), Ok(2)),
        ("FREQ=DAILY;INTERVAL=366;COUNT=4", None, Ok(4)),
        ("FREQ=DAILY;INTERVAL=366;COUNT=5", None, Err(SeriesError::TooLong)),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", None, Err(SeriesError::NoDates)),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=5", None, Err(SeriesError::NoDates)),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;UNTIL=99991231T000000Z", None, Err(SeriesError::TooLong)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None, Err(SeriesError::NoEnd)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", Some("2028-10-01"), Err(SeriesError::NoDates)),
        ("FREQ=DAILY;UNTIL=20200101T000000Z", None, Err(SeriesError::EndsBeforeFirst)),
        ("FREQ=DAILY", Some("2026-10-19"), Err(SeriesError::EndsBeforeFirst)),
        ("FREQ=DAILY;UNTIL=20261101", None, Ok(13)),
        ("FREQ=DAILY;UNTIL=20261101T180000", None, Ok(13)),
        ("FREQ=DAILY;UNTIL=20261101", Some("2026-10-21"), Ok(2)),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", None, Ok(3)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", None, Ok(3)),
        ("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1,-1;COUNT=3", None, Ok(3)),
        ("freq=weekly;count=2", None, Ok(2)),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261021", None, Err(SeriesError::NoDates)),
    ] {
        let found = series(rule, "2026-10-20", last).dates(rome);
        assert_eq!(found.map(|dates| dates.len()), expected, "{rule}");
    }
}

#[test]
fn utc_end_includes_the_start_at_that_instant_only() {
    let rome = zone("Europe/Rome");
    for (until, expected) in [("20261124T170000Z", 2), ("20261124T165959Z", 1), ("20261123T230000Z", 1)] {
        let series = series(&format!("FREQ=WEEKLY;UNTIL={until}"), "2026-11-17", None);
        assert_eq!(series.dates(rome).unwrap().len(), expected, "{until}");
    }
    // 18:00 in New York on the 23rd is 23:00 in UTC.
    let series = series("FREQ=DAILY;UNTIL=20261124T000000Z", "2026-11-22", None);
    assert_eq!(series.dates(zone("America/New_York")).unwrap().len(), 2);
}

#[test]
fn first_date_beyond_the_calendar_is_refused() {
    for (year, month, day) in [(i32::MIN, 1, 1), (1969, 12, 31), (2101, 1, 1), (i32::MAX, 12, 31), (2026, 2, 30)] {
        let mut series = series("FREQ=DAILY;COUNT=3", "2026-10-20", None);
        series.first = Date { year, month, day };
        assert_eq!(series.expand(Zone::UTC), Err(SeriesError::FirstDate), "{year}");
    }
}

#[test]
fn first_date_that_the_rule_does_not_have_is_not_an_occurrence() {
    // A Tuesday; every other week is counted from the week of it.
    let series = series("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "2026-10-20", Some("2026-11-09"));
    let dates: Vec<_> = series.dates(Zone::UTC).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(dates, ["2026-10-21", "2026-11-02", "2026-11-04"]);
}

// A9
#[test]
fn evening_keeps_its_wall_clock_time_over_both_clock_changes() {
    for (name, first, offsets) in [
        ("Europe/Rome", "2026-10-18", [120, 60, 60]),
        ("Europe/Rome", "2027-03-21", [60, 120, 120]),
        ("America/New_York", "2026-10-25", [-240, -300, -300]),
        ("America/New_York", "2027-03-07", [-300, -240, -240]),
        ("Australia/Lord_Howe", "2026-09-27", [630, 660, 660]),
        ("Australia/Lord_Howe", "2027-03-28", [660, 630, 630]),
    ] {
        let zone = zone(name);
        let found = expanded(&series("FREQ=WEEKLY;COUNT=3", first, None), zone).occurrences;
        for (occurrence, offset) in found.iter().zip(offsets) {
            let moment = zone.moment(occurrence.span.starts);
            assert_eq!((moment.wall().date, moment.wall().hour), (occurrence.date, 18), "{name}, {first}");
            assert_eq!(moment.offset, offset, "{name}, {}", occurrence.date);
            assert_eq!(occurrence.span.ends.since(occurrence.span.starts).as_secs(), 2 * 3_600, "{name}");
            assert_eq!(occurrence.clock, WallClock::Once, "{name}");
        }
        assert_eq!(found.len(), 3, "{name}");
    }
}

// A9
#[test]
fn skipped_start_is_the_end_of_the_jump_and_flagged() {
    for (name, first, from, to, expected) in [
        ("Europe/Rome", "2027-03-27", "02:30", "04:00", "03-28 03:00–04:00"),
        ("America/New_York", "2027-03-13", "02:30", "04:00", "03-14 03:00–04:00"),
        ("Australia/Lord_Howe", "2026-10-03", "02:10", "04:00", "10-04 02:30–04:00"),
        ("Europe/Rome", "2027-03-27", "01:00", "02:30", "03-28 01:00–03:00"),
    ] {
        let series = Series { times: times(from, to), ..series("FREQ=DAILY;COUNT=3", first, None) };
        let found = expanded(&series, zone(name));
        let flags: Vec<_> = found.occurrences.iter().map(|occurrence| occurrence.clock).collect();
        assert_eq!(flags, [WallClock::Once, WallClock::Skipped, WallClock::Once], "{name}");
        assert_eq!(walls(&series, zone(name))[1], expected, "{name}");
    }
}

// A9
#[test]
fn repeated_start_is_the_first_and_flagged() {
    for (name, first, from, minutes) in [
        ("Europe/Rome", "2026-10-24", "02:30", 90),
        ("America/New_York", "2026-10-31", "01:30", 150),
        ("Australia/Lord_Howe", "2027-04-03", "01:45", 105),
    ] {
        let series = Series { times: times(from, "03:00"), ..series("FREQ=DAILY;COUNT=3", first, None) };
        let (zone, found) = (zone(name), expanded(&series, zone(name)).occurrences);
        let flags: Vec<_> = found.iter().map(|occurrence| occurrence.clock).collect();
        assert_eq!(flags, [WallClock::Once, WallClock::Twice, WallClock::Once], "{name}");
        let night = found[1];
        let since = night.span.starts.since(zone.start_of(night.date));
        assert_eq!(since.as_secs(), u64::from(minute(from)) * 60, "{name}: the first of the two");
        assert_eq!(
            night.span.ends.since(night.span.starts).as_secs(),
            minutes * 60,
            "{name}: until 03:00 by the wall"
        );
    }
}

// A9
#[test]
fn time_inside_the_jump_has_no_occurrence_and_is_reported() {
    let series = Series { times: times("02:15", "02:45"), ..series("FREQ=DAILY;COUNT=3", "2027-03-27", None) };
    let found = expanded(&series, zone("Europe/Rome"));
    assert_eq!(found.nonexistent, [date("2027-03-28")]);
    assert_eq!(walls(&series, zone("Europe/Rome")), ["03-27 02:15–02:45", "03-29 02:15–02:45"]);
}

#[test]
fn time_past_midnight_ends_on_the_next_day() {
    let nights = Series { times: times("22:00", "26:00"), ..series("FREQ=DAILY;COUNT=2", "2026-10-24", None) };
    assert_eq!(walls(&nights, zone("Europe/Rome")), ["10-24 22:00–02:00", "10-25 22:00–02:00"]);
    // Adjacent, also in the night of 25 hours.
    let whole = Series { times: times("02:30", "26:30"), ..series("FREQ=DAILY;COUNT=4", "2026-10-23", None) };
    let found = expanded(&whole, zone("Europe/Rome")).occurrences;
    assert!(found.windows(2).all(|pair| pair[0].span.ends == pair[1].span.starts), "{found:?}");
    for (from, to) in [(0, 0), (600, 600), (600, 500), (1_440, 1_500), (600, 2_041), (u16::MAX, u16::MAX)] {
        assert_eq!(Times::new(from, to), None, "{from} to {to}");
    }
}

#[test]
fn exceptions_and_changes_apply_and_others_are_reported() {
    let mut series = series("FREQ=WEEKLY;BYDAY=WE", "2026-10-07", Some("2026-11-04"));
    series.exceptions = ["2026-10-14", "2026-10-15", "2027-01-01"].map(date).into();
    let moved = Change::Moved { date: date("2026-11-05"), times: times("17:30", "20:30") };
    series.changes = [
        (date("2026-10-14"), Change::Cancelled),
        (date("2026-10-21"), moved),
        (date("2026-10-28"), Change::Cancelled),
        (date("2026-10-29"), Change::Cancelled),
    ]
    .into();
    let found = expanded(&series, zone("Europe/Rome"));
    assert_eq!(
        walls(&series, zone("Europe/Rome")),
        ["10-07 18:00–20:00", "11-04 18:00–20:00", "11-05 17:30–20:30"],
        "in the order in which they take place"
    );
    let last = found.occurrences.last().unwrap();
    assert_eq!((last.date, last.is_moved), (date("2026-10-21"), true), "it keeps its date in the rule");
    assert_eq!(found.cancelled, [date("2026-10-28")]);
    assert_eq!(found.unmatched, ["2026-10-14", "2026-10-15", "2026-10-29", "2027-01-01"].map(date));
}

#[test]
fn exceptions_count_as_dates() {
    let mut series = series("FREQ=DAILY;COUNT=3", "2026-10-20", None);
    series.exceptions = [date("2026-10-21")].into();
    assert_eq!(walls(&series, Zone::UTC), ["10-20 18:00–20:00", "10-22 18:00–20:00"]);
}

#[test]
fn year_of_a_weekly_series_expands_fast() {
    let series = series("FREQ=WEEKLY;BYDAY=TU", "2026-10-20", Some("2027-10-12"));
    let expand = || {
        let begun = Instant::now();
        assert_eq!(expanded(&series, zone("Europe/Rome")).occurrences.len(), 52);
        begun.elapsed()
    };
    // The first one compiles the expressions of the library, and a busy machine may interrupt any.
    let fastest = (0..20).map(|_| expand()).min().unwrap();
    assert!(fastest.as_millis() < 10, "{fastest:?}");
}

#[test]
fn years_include_moved_dates() {
    let mut series = series("FREQ=WEEKLY;COUNT=2", "2026-12-22", None);
    assert_eq!(series.years(Zone::UTC), Ok(2026..=2026));
    series.changes.insert(date("2026-12-22"), Change::Moved { date: date("2027-01-12"), times: series.times });
    assert_eq!(series.years(Zone::UTC), Ok(2026..=2027));
}

/// Rules that are mostly accepted.
pub(crate) fn sound() -> impl Strategy<Value = String> {
    let day = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let days = prop::collection::vec(day.clone(), 1..4).prop_map(|days| days.join(","));
    let frequency = prop_oneof![
        Just("DAILY".to_owned()),
        days.clone().prop_map(|days| format!("DAILY;BYDAY={days}")),
        (1..=12).prop_map(|month| format!("DAILY;BYMONTH={month}")),
        Just("WEEKLY".to_owned()),
        days.clone().prop_map(|days| format!("WEEKLY;BYDAY={days}")),
        days.clone().prop_map(|days| format!("WEEKLY;BYDAY={days};WKST=SU")),
        Just("MONTHLY".to_owned()),
        (1..=31).prop_map(|day| format!("MONTHLY;BYMONTHDAY={day},-{day}")),
        (-5..=5, day.clone()).prop_map(|(number, day)| format!("MONTHLY;BYDAY={number}{day}")),
        days.clone().prop_map(|days| format!("MONTHLY;BYDAY={days};BYSETPOS=1,-1")),
        days.prop_map(|days| format!("MONTHLY;BYDAY={days};BYMONTHDAY=13")),
        Just("YEARLY".to_owned()),
        (1..=366).prop_map(|day| format!("YEARLY;BYYEARDAY={day},-{day}")),
        (1..=53, day.clone()).prop_map(|(week, day)| format!("YEARLY;BYWEEKNO={week};BYDAY={day}")),
        (1..=12, 1..=5, day).prop_map(|(month, nth, day)| format!("YEARLY;BYMONTH={month};BYDAY={nth}{day}")),
    ];
    let end = prop_oneof![
        (1..=120_u16).prop_map(|count| format!("COUNT={count}")),
        (20_646..21_500_i64).prop_map(|day| {
            let date = Date::from_days(day);
            format!("UNTIL={:04}{:02}{:02}", date.year, date.month, date.day)
        }),
    ];
    (frequency, 1..=4_u16, end)
        .prop_map(|(frequency, interval, end)| format!("FREQ={frequency};INTERVAL={interval};{end}"))
}

/// A first date in 2026 or 2027.
pub(crate) fn starts() -> impl Strategy<Value = Date> {
    (20_454..21_184_i64).prop_map(Date::from_days)
}

fn assert_sound(series: &Series, zone: Zone) -> Result<(), TestCaseError> {
    let Ok(dates) = series.dates(zone) else { return Ok(()) };
    prop_assert!(dates.is_sorted_by(|one, next| one < next), "sorted, each once: {:?}", dates);
    prop_assert!(!dates.is_empty() && dates.len() <= MAX_OCCURRENCES.into(), "{}", dates.len());
    let horizon = Date::from_days(series.first.days() + MAX_DAYS);
    prop_assert!(dates.iter().all(|date| (series.first..=horizon).contains(date)), "{:?}", dates);
    let found = series.expand(zone).unwrap();
    prop_assert!(found.occurrences.iter().all(|it| it.span.starts < it.span.ends));
    prop_assert!(found.occurrences.is_sorted_by(|one, next| one.span.ends <= next.span.starts), "disjoint");
    prop_assert_eq!(found.occurrences.len() + found.nonexistent.len(), dates.len());
    Ok(())
}

proptest! {
    #[test]
    fn wild_rule_expands_within_its_bounds(text in wild(), first in starts(), last in prop::option::of(0..2_000_i64)) {
        if let Ok(rule) = Rule::parse(&text) {
            let last = last.map(|days| Date::from_days(first.days() + days));
            assert_sound(&Series::new(rule, first, last, times("02:15", "26:15")), zone("Europe/Rome"))?;
        }
    }

    #[test]
    fn sound_rule_expands_within_its_bounds(
        text in sound(),
        first in starts(),
        from in 0..1_440_u16,
        length in 1..=1_440_u16,
        name in prop::sample::select(vec!["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    ) {
        if let Ok(rule) = Rule::parse(&text) {
            assert_sound(&Series::new(rule, first, None, Times::new(from, from + length).unwrap()), zone(name))?;
        }
    }

    // The parser of foreign calendars is another implementation of the same standard.
    #[test]
    fn dates_equal_those_of_the_calendar_parser(text in sound(), first in starts()) {
        let Ok(rule) = Rule::parse(&text) else { return Ok(()) };
        let series = Series::new(rule.clone(), first, None, times("18:00", "20:00"));
        // The parser counts from the first date in any case.
        let Some(first) = series.dates(Zone::UTC).ok().and_then(|dates| dates.first().copied()) else { return Ok(()) };
        let series = Series { first, ..series };
        let Ok(dates) = series.dates(Zone::UTC) else { return Ok(()) };
        let last = match rule.end() {
            Some(End::Until(Until::Day(day))) => day,
            _ => Date::from_days(first.days() + MAX_DAYS),
        };
        let parser = Parser::read(&rule.to_string()).unwrap();
        let expected = parser.days(first, first, last, &mut Budget(1_000_000)).unwrap();
        prop_assert_eq!(dates, expected, "{}", rule);
    }
}
