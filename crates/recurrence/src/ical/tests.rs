use super::*;
use crate::{
    Change, Rule, Series, SeriesError, Times,
    series::tests::{date, series, sound, starts, times, zone},
};
use domain::{
    external_calendars::recurrence::{Budget, Rule as Parser},
    occupations::Span,
    time::Date,
    zone::Zone,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, time::Duration};

const DETAILS: Details<'static> = Details {
    uid: "series-7@attic",
    sequence: 2,
    stamp: Millis(0),
    status: Status::Confirmed,
    summary: "Bookbinders, Studio B",
    description: None,
    location: Some("Studio B"),
    url: Some("https://attic.example/series/7"),
};

/// A calendar object with one series.
fn written(series: &Series, zone: Zone, own: &BTreeMap<Date, Details<'_>>) -> String {
    let mut lines = Lines::begun();
    lines.zone(zone, series.years(zone).unwrap());
    lines.series(series, zone, &DETAILS, own).unwrap();
    lines.finish()
}

/// Its lines without folding; checks that none is broken or too long.
fn unfolded(text: &str) -> Vec<String> {
    assert!(text.split_inclusive("\r\n").all(|line| line.len() <= 77 && line.ends_with("\r\n")), "{text:?}");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    text.replace("\r\n ", "").lines().map(ToOwned::to_owned).collect()
}

/// The lines of each component of the kind, without its first and last.
fn components(lines: &[String], kind: &str) -> Vec<Vec<String>> {
    let (begin, end) = (format!("BEGIN:{kind}"), format!("END:{kind}"));
    let starts = lines.iter().enumerate().filter(|(_, line)| **line == begin).map(|(at, _)| at + 1);
    starts.map(|at| lines[at..].iter().take_while(|line| **line != end).cloned().collect()).collect()
}

/// The values of a property, whatever its parameters.
fn values<'a>(component: &'a [String], name: &str) -> Vec<&'a str> {
    let parts = component.iter().filter_map(|line| line.split_once(':'));
    parts.filter(|(key, _)| key.split(';').next() == Some(name)).map(|(_, value)| value).collect()
}

/// `20261025T180000` as a date and seconds of the day.
fn read_wall(text: &str) -> (Date, u32) {
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap();
    let date = Date {
        year: number(0, 4).try_into().unwrap(),
        month: number(4, 6).try_into().unwrap(),
        day: number(6, 8).try_into().unwrap(),
    };
    (date, number(9, 11) * 3_600 + number(11, 13) * 60 + number(13, 15))
}

fn resolved(zone: Zone, text: &str) -> Millis {
    let (date, seconds) = read_wall(text);
    zone.resolve_seconds(date, seconds)
}

/// The spans that a program by the letter of the standard shows, from the text alone.
fn displayed(text: &str, zone: Zone) -> Vec<Span> {
    let events = components(&unfolded(text), "VEVENT");
    let span = |event: &[String]| Span {
        starts: resolved(zone, values(event, "DTSTART")[0]),
        ends: resolved(zone, values(event, "DTEND")[0]),
    };
    let (master, others) = events.split_first().unwrap();
    let (first, seconds) = read_wall(values(master, "DTSTART")[0]);
    let length = span(master).ends.since(span(master).starts);
    let (rule, until) = values(master, "RRULE")[0].split_once(";UNTIL=").unwrap();
    let (until, rest) = until.split_once('Z').unwrap();
    let (day, second) = read_wall(until);
    let until = Millis((day.days() * 86_400 + i64::from(second)) * 1_000);
    let rule = Parser::read(&format!("{rule}{rest}")).unwrap();
    let last = Date::from_days(day.days() + 1);
    let days = rule.days(first, first, last, &mut Budget(1_000_000)).unwrap();
    let excluded: Vec<_> = values(master, "EXDATE").iter().map(|at| resolved(zone, at)).collect();
    let replaced: Vec<_> = others.iter().map(|event| resolved(zone, values(event, "RECURRENCE-ID")[0])).collect();
    let starts = days.into_iter().map(|day| zone.resolve_seconds(day, seconds)).filter(|at| *at <= until);
    let repeated = starts.filter(|at| !excluded.contains(at) && !replaced.contains(at));
    let visible = others.iter().filter(|event| values(event, "STATUS") != ["CANCELLED"]);
    let mut spans: Vec<_> = repeated.map(|starts| Span { starts, ends: starts.after(length) }).collect();
    spans.extend(visible.map(|event| span(event)));
    spans.sort_unstable();
    spans
}

fn spans(series: &Series, zone: Zone) -> Vec<Span> {
    series.expand(zone).unwrap().occurrences.iter().map(|occurrence| occurrence.span).collect()
}

#[test]
fn plain_series_is_one_entry_with_its_rule() {
    let rome = zone("Europe/Rome");
    let mut series = series("FREQ=WEEKLY;BYDAY=TU", "2026-10-12", Some("2026-11-24"));
    series.exceptions = ["2026-11-03", "2026-11-04", "2026-11-10"].map(date).into();
    let text = written(&series, rome, &BTreeMap::new());
    let events = components(&unfolded(&text), "VEVENT");
    assert_eq!(
        events,
        [[
            "UID:series-7@attic",
            "SEQUENCE:2",
            "DTSTAMP:19700101T000000Z",
            "DTSTART;TZID=Europe/Rome:20261013T180000",
            "DTEND;TZID=Europe/Rome:20261013T200000",
            "RRULE:FREQ=WEEKLY;UNTIL=20261124T225959Z;BYDAY=TU",
            "EXDATE;TZID=Europe/Rome:20261103T180000",
            "EXDATE;TZID=Europe/Rome:20261110T180000",
            "STATUS:CONFIRMED",
            "SUMMARY:Bookbinders\\, Studio B",
            "LOCATION:Studio B",
            "URL:https://attic.example/series/7",
            "TRANSP:OPAQUE",
        ]],
        "the exception on a Wednesday is none"
    );
    assert_eq!(displayed(&text, rome), spans(&series, rome));
}

#[test]
fn moved_cancelled_and_relocated_dates_have_entries_of_their_own() {
    let rome = zone("Europe/Rome");
    let mut series = series("FREQ=WEEKLY;COUNT=4", "2026-10-13", None);
    let moved = Change::Moved { date: date("2026-10-28"), times: times("17:00", "18:30") };
    series.changes = [(date("2026-10-27"), moved), (date("2026-11-03"), Change::Cancelled)].into();
    let own = Details { sequence: 5, location: Some("Studio A"), ..DETAILS };
    let text = written(&series, rome, &[(date("2026-10-20"), own)].into());
    let events = components(&unfolded(&text), "VEVENT");
    let brief: Vec<_> = events
        .iter()
        .map(|event| {
            let names = ["RECURRENCE-ID", "DTSTART", "SEQUENCE", "STATUS", "LOCATION", "TRANSP"];
            names.map(|name| values(event, name).join(",")).join(" ")
        })
        .collect();
    assert_eq!(
        brief,
        [
            " 20261013T180000 2 CONFIRMED Studio B OPAQUE",
            "20261020T180000 20261020T180000 5 CONFIRMED Studio A OPAQUE",
            "20261027T180000 20261028T170000 2 CONFIRMED Studio B OPAQUE",
            "20261103T180000 20261103T180000 2 CANCELLED Studio B TRANSPARENT",
        ]
    );
    assert!(events.iter().all(|event| values(event, "UID") == ["series-7@attic"]));
    assert_eq!(displayed(&text, rome), spans(&series, rome));
}

// A9
#[test]
fn night_of_a_clock_change_has_an_entry_of_its_own_if_the_standard_differs() {
    for (name, rule, first, at, expected) in [
        // The standard says 03:30.
        ("Europe/Rome", "FREQ=DAILY;COUNT=4", "2027-03-26", times("02:30", "04:00"), 2),
        ("Europe/Rome", "FREQ=DAILY;COUNT=4", "2027-03-26", times("02:15", "02:45"), 1),
        ("Europe/Rome", "FREQ=DAILY;COUNT=4", "2026-10-23", times("22:00", "28:00"), 2),
        ("America/New_York", "FREQ=DAILY;COUNT=4", "2026-10-30", times("01:30", "02:30"), 2),
        ("Australia/Lord_Howe", "FREQ=DAILY;COUNT=4", "2026-10-02", times("02:10", "05:00"), 2),
        ("Europe/Rome", "FREQ=WEEKLY;COUNT=4", "2026-10-11", times("18:00", "20:00"), 1),
    ] {
        let zone = zone(name);
        let series = Series { times: at, ..series(rule, first, None) };
        let text = written(&series, zone, &BTreeMap::new());
        assert_eq!(components(&unfolded(&text), "VEVENT").len(), expected, "{name}, {first}: {text}");
        assert_eq!(displayed(&text, zone), spans(&series, zone), "{name}, {first}: {text}");
    }
}

#[test]
fn series_without_dates_writes_nothing() {
    let mut lines = Lines::begun();
    let series = series("FREQ=WEEKLY;BYDAY=TU", "2026-10-12", None);
    assert_eq!(lines.series(&series, Zone::UTC, &DETAILS, &BTreeMap::new()), Err(SeriesError::NoEnd));
    assert_eq!(unfolded(&lines.finish()).len(), 4);
}

/// The offset at `at` by a definition, in minutes.
fn defined_offset(definition: &[String], at: Millis) -> i16 {
    let minutes = |text: &str| {
        let number: i16 = text[1..].parse().unwrap();
        (number / 100 * 60 + number % 100) * if text.starts_with('-') { -1 } else { 1 }
    };
    let observances = ["STANDARD", "DAYLIGHT"].map(|kind| components(definition, kind)).concat();
    let onsets = observances.iter().map(|observance| {
        let (date, seconds) = read_wall(values(observance, "DTSTART")[0]);
        let from = minutes(values(observance, "TZOFFSETFROM")[0]);
        let seconds = date.days() * 86_400 + i64::from(seconds) - i64::from(from) * 60;
        (Millis(seconds * 1_000), minutes(values(observance, "TZOFFSETTO")[0]))
    });
    onsets.filter(|(onset, _)| *onset <= at).max().expect("an onset before").1
}

// A9
#[test]
fn zone_definition_has_the_offset_of_the_table_at_every_half_hour() {
    for name in [
        "Europe/Rome",
        "America/New_York",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Africa/Casablanca",
        "Asia/Kolkata",
        "UTC",
    ] {
        let zone = zone(name);
        let mut lines = Lines::begun();
        lines.zone(zone, 2026..=2027);
        let definitions = components(&unfolded(&lines.finish()), "VTIMEZONE");
        assert_eq!(definitions.len(), 1);
        let mut at = zone.start_of(date("2026-01-01"));
        while at < zone.start_of(date("2028-01-01")) {
            assert_eq!(defined_offset(&definitions[0], at), zone.moment(at).offset, "{name}, {}", instant(at));
            at = at.after(Duration::from_mins(30));
        }
    }
}

#[test]
fn zone_definition_lists_each_clock_change() {
    let mut lines = Lines::begun();
    lines.zone(zone("Europe/Rome"), 2026..=2026);
    let lines = unfolded(&lines.finish());
    let onsets = |kind: &str| {
        let observances = components(&lines, kind);
        let line = |it: &Vec<String>| {
            ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"].map(|name| values(it, name).concat()).join(" ")
        };
        observances.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(onsets("STANDARD"), ["20251026T030000 +0200 +0100", "20261025T030000 +0200 +0100"]);
    assert_eq!(onsets("DAYLIGHT"), ["20260329T020000 +0100 +0200"]);
    let mut lines = Lines::begun();
    lines.zone(Zone::UTC, 1970..=1970);
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:UTC",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "END:STANDARD",
        "END:VTIMEZONE",
        "END:VCALENDAR",
    ];
    assert_eq!(unfolded(&lines.finish())[3..], expected);
}

proptest! {
    #[test]
    fn any_text_stays_within_its_line(input in "(?s).{0,200}") {
        let details = Details {
            uid: &input,
            summary: &input,
            description: Some(&input),
            location: Some(&input),
            url: Some(&input),
            ..DETAILS
        };
        let mut lines = Lines::begun();
        lines.series(&series("FREQ=DAILY;COUNT=2", "2026-10-13", None), Zone::UTC, &details, &BTreeMap::new()).unwrap();
        let text = lines.finish();
        let lines = unfolded(&text);
        let keys: Vec<_> = lines.iter().map(|line| line.split([':', ';']).next().unwrap_or_default()).collect();
        prop_assert_eq!(keys, [
            "BEGIN", "VERSION", "PRODID", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "RRULE", "STATUS",
            "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "TRANSP", "END", "END",
        ]);
    }

    #[test]
    fn program_by_the_standard_shows_the_same_times(
        text in sound(),
        first in starts(),
        from in 0..1_440_u16,
        length in 1..=1_440_u16,
        except in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        change in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), -9..9_i64), 0..4),
        name in prop::sample::select(vec!["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    ) {
        let (Ok(rule), zone) = (Rule::parse(&text), zone(name)) else { return Ok(()) };
        let mut series = Series::new(rule, first, None, Times::new(from, from + length).unwrap());
        let Ok(dates) = series.dates(zone) else { return Ok(()) };
        series.exceptions = except.iter().map(|at| *at.get(&dates)).collect();
        series.changes = change
            .iter()
            .map(|(at, cancelled, days)| {
                let date = *at.get(&dates);
                let moved = Change::Moved { date: Date::from_days(date.days() + days), times: times("02:10", "07:00") };
                (date, if *cancelled { Change::Cancelled } else { moved })
            })
            .collect();
        let text = written(&series, zone, &BTreeMap::new());
        prop_assert_eq!(displayed(&text, zone), spans(&series, zone), "{}", text);
    }
}
