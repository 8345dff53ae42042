use super::*;
use crate::{
    Rule,
    series::tests::{date, series, sound, starts, times, walls, zone},
};
use proptest::prelude::*;

/// Wednesdays from 18:00 to 20:00, with 14 October left out, 21 October moved on its day, 28 October moved to the
/// next, and 4 November cancelled.
fn changed() -> Series {
    let mut series = series("FREQ=WEEKLY;BYDAY=WE", "2026-10-07", Some("2026-11-18"));
    series.exceptions = [date("2026-10-14")].into();
    series.changes = [
        (date("2026-10-21"), Change::Moved { date: date("2026-10-21"), times: times("17:30", "20:30") }),
        (date("2026-10-28"), Change::Moved { date: date("2026-10-29"), times: times("09:00", "10:00") }),
        (date("2026-11-04"), Change::Cancelled),
    ]
    .into();
    series
}

fn edited(scope: EditScope) -> Split {
    changed().with_times(scope, times("19:00", "21:00"), zone("Europe/Rome")).unwrap()
}

#[test]
fn new_times_for_one_date_change_only_that_date() {
    let split = edited(EditScope::This(date("2026-11-11")));
    assert_eq!(split.before, None);
    assert_eq!(
        walls(&split.after, zone("Europe/Rome")),
        ["10-07 18:00–20:00", "10-21 17:30–20:30", "10-29 09:00–10:00", "11-11 19:00–21:00", "11-18 18:00–20:00",]
    );
    let moved = edited(EditScope::This(date("2026-10-28"))).after;
    assert!(walls(&moved, zone("Europe/Rome")).contains(&"10-29 19:00–21:00".into()), "it stays on its other day");
    let again = edited(EditScope::This(date("2026-11-04"))).after;
    assert!(walls(&again, zone("Europe/Rome")).contains(&"11-04 19:00–21:00".into()), "no longer cancelled");
}

#[test]
fn new_times_for_following_dates_leave_earlier_ones() {
    let Split { before, after } = edited(EditScope::Following(date("2026-10-21")));
    let before = before.unwrap();
    assert_eq!((before.last, after.first), (Some(date("2026-10-20")), date("2026-10-21")));
    assert_eq!(walls(&before, zone("Europe/Rome")), ["10-07 18:00–20:00"]);
    assert_eq!(
        walls(&after, zone("Europe/Rome")),
        ["10-21 17:30–20:30", "10-29 09:00–10:00", "11-11 19:00–21:00", "11-18 19:00–21:00"],
        "not those that were moved"
    );
    assert_eq!(after.changes.get(&date("2026-11-04")), Some(&Change::Cancelled));
    assert_eq!(before.exceptions, changed().exceptions);
    assert!(after.exceptions.is_empty() && before.changes.is_empty());
}

#[test]
fn new_times_for_all_dates_leave_past_ones() {
    let today = |day| EditScope::All { from: date(day) };
    assert_eq!(edited(today("2026-01-01")).before, None, "one series as before");
    // The 14th is left out.
    assert_eq!(edited(today("2026-10-08")), edited(EditScope::Following(date("2026-10-21"))));
    let over = changed().with_times(today("2026-11-19"), times("19:00", "21:00"), Zone::UTC);
    assert_eq!(over, Err(EditError::NoOccurrence));
}

#[test]
fn split_after_dates_that_are_left_out_leaves_no_empty_part() {
    let mut series = series("FREQ=WEEKLY;COUNT=4", "2026-10-07", None);
    series.exceptions = [date("2026-10-07"), date("2026-10-14")].into();
    let at = date("2026-10-21");
    assert_eq!(series.split(at, Zone::UTC), Ok(Split { before: None, after: series.clone() }));
    let split = series.split(date("2026-10-28"), Zone::UTC).unwrap();
    assert_eq!(split.before.unwrap().rule.to_string(), "FREQ=WEEKLY;COUNT=3", "the 21st takes place");
}

#[test]
fn edit_of_a_date_without_occurrence_is_refused() {
    let series = changed();
    for day in ["2026-10-14", "2026-10-15", "2026-10-29", "2027-01-06"] {
        let at = date(day);
        assert_eq!(series.split(at, Zone::UTC), Err(EditError::NoOccurrence), "{day}");
        assert_eq!(series.with_change(at, Change::Cancelled, Zone::UTC), Err(EditError::NoOccurrence), "{day}");
        assert_eq!(series.with_exception(at, Zone::UTC), Err(EditError::NoOccurrence), "{day}");
        let this = series.with_times(EditScope::This(at), series.times, Zone::UTC);
        assert_eq!(this, Err(EditError::NoOccurrence), "{day}");
    }
    let endless = Series { last: None, ..series };
    let refused = endless.split(date("2026-10-21"), Zone::UTC);
    assert_eq!(refused, Err(EditError::Series(SeriesError::NoEnd)));
}

#[test]
fn moving_back_undoes_the_change() {
    let (series, at) = (changed(), date("2026-10-28"));
    let back = series.with_change(at, Change::Moved { date: at, times: series.times }, Zone::UTC).unwrap();
    assert!(!back.changes.contains_key(&at));
    assert_eq!(back.changes.len(), 2);
}

#[test]
fn skipped_date_loses_its_change() {
    let skipped = changed().with_exception(date("2026-10-28"), Zone::UTC).unwrap();
    assert_eq!(skipped.expand(Zone::UTC).unwrap().unmatched, []);
    assert_eq!(skipped.exceptions.len(), 2);
}

#[test]
fn counted_dates_are_divided() {
    let series = series("FREQ=WEEKLY;COUNT=10", "2026-10-07", None);
    let Split { before, after } = series.split(date("2026-10-28"), Zone::UTC).unwrap();
    assert_eq!(before.unwrap().rule.to_string(), "FREQ=WEEKLY;COUNT=3");
    assert_eq!(after.rule.to_string(), "FREQ=WEEKLY;COUNT=7");
    let Split { before, after } = series.split(date("2026-10-07"), Zone::UTC).unwrap();
    assert_eq!((before, after), (None, series), "at the first date nothing is divided");
}

proptest! {
    #[test]
    fn parts_of_a_split_have_the_dates_of_the_whole(
        text in sound(),
        first in starts(),
        nth in any::<prop::sample::Index>(),
        last in prop::option::of(0..1_000_i64),
    ) {
        let Ok(rule) = Rule::parse(&text) else { return Ok(()) };
        let last = last.map(|days| Date::from_days(first.days() + days));
        let series = Series::new(rule, first, last, times("18:00", "20:00"));
        let Ok(dates) = series.dates(Zone::UTC) else { return Ok(()) };
        let at = *nth.get(&dates);
        let Split { before, after } = series.split(at, Zone::UTC).unwrap();
        let mut parts = before.map_or(Vec::new(), |before| before.dates(Zone::UTC).unwrap());
        prop_assert!(parts.iter().all(|date| *date < at));
        parts.extend(after.dates(Zone::UTC).unwrap());
        prop_assert_eq!(parts, dates);
    }
}
