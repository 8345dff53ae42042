//! Calendar files as other programs write them.

use super::*;
use domain::{external_calendars::MOST_EVENTS, time::Date, zone::to_rfc3339};
use proptest::prelude::*;

/// Monday, 2 November 2026, 00:00 in Rome.
fn now() -> Millis {
    rome().start_of(Date { year: 2026, month: 11, day: 2 })
}

fn rome() -> Zone {
    "Europe/Rome".parse().unwrap()
}

/// A file with these events, in the lines of `events`.
fn file(events: &[&str]) -> String {
    let events: Vec<_> = events
        .iter()
        .map(|event| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", event.replace('\n', "\r\n")))
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// Starts and ends of its events, in UTC and in order.
fn times(events: &[&str], now: Millis) -> Vec<String> {
    let mut spans = read(file(events).as_bytes(), rome(), now).unwrap().spans;
    spans.sort_unstable();
    let at = |at| to_rfc3339(at).unwrap().trim_end_matches(":00Z").to_owned();
    spans.into_iter().map(|span| format!("{} {}", at(span.starts), at(span.ends))).collect()
}

#[test]
fn event_time_follows_its_zone() {
    for (event, expected) in [
        ("DTSTART:20261103T090000Z\nDTEND:20261103T100000Z", "2026-11-03T09:00 2026-11-03T10:00"),
        (
            "DTSTART;TZID=Europe/Rome:20261103T090000\nDTEND;TZID=Europe/Rome:20261103T100000",
            "2026-11-03T08:00 2026-11-03T09:00",
        ),
        (
            "DTSTART;TZID=\"America/New_York\":20261103T090000\nDURATION:PT1H30M",
            "2026-11-03T14:00 2026-11-03T15:30",
        ),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261103T090000\nDURATION:PT1H",
            "2026-11-03T08:00 2026-11-03T09:00",
        ),
        (
            "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Rome:20261103T090000\nDURATION:PT1H",
            "2026-11-03T08:00 2026-11-03T09:00",
        ),
        // In the zone of the workshop.
        ("DTSTART:20261103T090000\nDTEND:20261103T100000", "2026-11-03T08:00 2026-11-03T09:00"),
        ("DTSTART;VALUE=DATE:20261103\nDTEND;VALUE=DATE:20261105", "2026-11-02T23:00 2026-11-04T23:00"),
        ("DTSTART;VALUE=DATE:20261103", "2026-11-02T23:00 2026-11-03T23:00"),
        ("DTSTART;VALUE=DATE:20261103\nDTEND;VALUE=DATE:20261103", "2026-11-02T23:00 2026-11-03T23:00"),
        ("DTSTART:20261103T090000Z\nDURATION:P1DT2H", "2026-11-03T09:00 2026-11-04T11:00"),
        // Folded, with a name of a group, in small letters, with an alarm inside.
        (
            "SUMMARY:Somebody’s\n  secret\ndtstart;tzid=Europe/\n Rome:20261103T0900\n 00\nx.DURATION:PT1H\nBEGIN:VALARM\nDURATION:PT9H\nEND:VALARM",
            "2026-11-03T08:00 2026-11-03T09:00",
        ),
    ] {
        assert_eq!(times(&[event], now()), [expected], "{event}");
    }
}

#[test]
fn event_without_duration_is_omitted_silently() {
    for event in [
        "DTSTART:20261103T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
        "DTSTART:20261103T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT",
        "DTSTART:20261103T090000Z",
        "DTSTART:20261103T090000Z\nDTEND:20261103T090000Z",
        // Past, and far ahead; past even if the exact time is unknown.
        "DTSTART;TZID=Atlantis:20261020T090000\nDTEND;TZID=Atlantis:20261020T100000",
        "DTSTART:20261031T090000Z\nDURATION:PT1H",
        "DTSTART:20270401T090000Z\nDURATION:PT1H",
    ] {
        let found = read(file(&[event]).as_bytes(), rome(), now()).unwrap();
        assert_eq!(found, Parsed { spans: vec![], skipped: BTreeMap::new(), left_out: vec![] }, "{event}");
    }
}

#[test]
fn unreadable_event_is_counted_and_others_are_read() {
    let good = "DTSTART:20261103T090000Z\nDURATION:PT1H";
    for (event, why) in [
        ("SUMMARY:x", Skipped::Time),
        ("DTSTART:soon\nDURATION:PT1H", Skipped::Time),
        ("DTSTART:20261301T090000Z\nDURATION:PT1H", Skipped::Time),
        ("DTSTART:20261103T250000Z\nDURATION:PT1H", Skipped::Time),
        ("DTSTART:20261103T090000Z\nDURATION:1H", Skipped::Time),
        ("DTSTART:20261103T090000Z\nDTEND:20261103T080000Z", Skipped::Order),
        ("DTSTART;VALUE=DATE:20261103\nDTEND;VALUE=DATE:20261101", Skipped::Order),
        ("DTSTART:20261103T090000Z\nDURATION:-PT1H", Skipped::Order),
        ("DTSTART;TZID=Atlantis:20261103T090000\nDURATION:PT1H", Skipped::Zone),
        ("DTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY", Skipped::Rule),
        ("DTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=soon", Skipped::Rule),
        ("DTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=14", Skipped::Rule),
        ("DTSTART;TZID=tzone://Microsoft/Custom:20261103T090000\nDURATION:PT1H", Skipped::Zone),
        ("DTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", Skipped::Rule),
    ] {
        let found = read(file(&[event, good]).as_bytes(), rome(), now()).unwrap();
        assert_eq!(found.skipped, BTreeMap::from([(why, 1)]), "{event}");
        assert_eq!(found.spans.len(), 1, "{event}");
    }
}

// A9
#[test]
fn series_keeps_wall_clock_across_dst() {
    // Clocks go back in the night to 25 October 2026.
    let before = rome().start_of(Date { year: 2026, month: 10, day: 24 });
    let found = times(
        &["DTSTART;TZID=Europe/Rome:20260901T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261026T080000Z"],
        before,
    );
    assert_eq!(
        found,
        [
            "2026-10-24T07:00 2026-10-24T08:00",
            "2026-10-25T08:00 2026-10-25T09:00",
            "2026-10-26T08:00 2026-10-26T09:00"
        ]
    );
    let found = times(&["DTSTART:20261024T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"], before);
    assert_eq!(found.last().unwrap(), "2026-10-26T09:00 2026-10-26T10:00", "UTC has no summer");
    let found = times(&["DTSTART;VALUE=DATE:20261024\nRRULE:FREQ=DAILY;COUNT=2"], before);
    assert_eq!(found, ["2026-10-23T22:00 2026-10-24T22:00", "2026-10-24T22:00 2026-10-25T23:00"], "25 hours");
    // An event ending in the morning ends at the same local time every day.
    let night = "DTSTART;TZID=Europe/Rome:20261023T220000\nDTEND;TZID=Europe/Rome:20261024T060000\nRRULE:FREQ=DAILY;COUNT=2";
    assert_eq!(
        times(&[night], before),
        ["2026-10-23T20:00 2026-10-24T04:00", "2026-10-24T20:00 2026-10-25T05:00"]
    );
    let day = "DTSTART;TZID=Europe/Rome:20261024T120000\nDURATION:P1D";
    assert_eq!(times(&[day], before), ["2026-10-24T10:00 2026-10-25T11:00"]);
    // Clocks go forward on 28 March 2027, 02:00.
    let spring = rome().start_of(Date { year: 2027, month: 3, day: 27 });
    let gap = "DTSTART;TZID=Europe/Rome:20270327T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2";
    // The standard reads a time that is jumped over by the clocks before.
    assert_eq!(times(&[gap], spring), ["2027-03-27T01:30 2027-03-27T02:30", "2027-03-28T01:30 2027-03-28T02:30"]);
}

#[test]
fn exceptions_extra_dates_and_changed_occurrences_apply() {
    let series = "UID:a\nDTSTART;TZID=Europe/Rome:20261102T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\n\
                  EXDATE;TZID=Europe/Rome:20261109T090000\nRDATE;TZID=Europe/Rome:20261103T180000,20261104T180000";
    let moved = "UID:a\nRECURRENCE-ID;TZID=Europe/Rome:20261116T090000\nDTSTART;TZID=Europe/Rome:20261117T140000\nDURATION:PT2H";
    let off = "UID:a\nRECURRENCE-ID:20261123T080000Z\nDTSTART:20261123T080000Z\nDURATION:PT1H\nSTATUS:CANCELLED";
    let expected = [
        "2026-11-02T08:00 2026-11-02T09:00",
        "2026-11-03T17:00 2026-11-03T18:00",
        "2026-11-04T17:00 2026-11-04T18:00",
        "2026-11-17T13:00 2026-11-17T15:00",
        "2026-11-30T08:00 2026-11-30T09:00",
    ];
    assert_eq!(times(&[series, moved, off], now()), expected);
    assert_eq!(times(&[off, moved, series], now()), expected, "whatever stands first");
    let days = "DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=DAILY;UNTIL=20261104\nEXDATE;VALUE=DATE:20261103";
    assert_eq!(times(&[days], now()).len(), 2);
    let series = "DTSTART:20261102T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261103";
    assert_eq!(times(&[series], now()).len(), 2);
}

#[test]
fn non_calendar_or_truncated_file_is_rejected() {
    let whole = file(&["DTSTART:20261103T090000Z\nDURATION:PT1H"]);
    let half = whole.get(..whole.len() - 30).unwrap();
    for (text, failure) in [
        ("", Failure::Empty),
        (" \r\n\r\n", Failure::Empty),
        ("<!doctype html><title>Sign in</title>", Failure::NotCalendar),
        ("{}", Failure::NotCalendar),
        ("BEGIN:VCARD\r\nEND:VCARD\r\n", Failure::NotCalendar),
        (half, Failure::BrokenOff),
        ("BEGIN:VCALENDAR", Failure::BrokenOff),
    ] {
        assert_eq!(read(text.as_bytes(), rome(), now()), Err(failure), "{text}");
    }
    let marked = format!("\u{feff}{}", whole.replace("\r\n", "\n"));
    assert_eq!(read(marked.as_bytes(), rome(), now()).unwrap().spans.len(), 1);
}

#[test]
fn calendar_over_limits_is_rejected() {
    let event = "DTSTART:20261103T090000Z\nDURATION:PT1H";
    assert_eq!(read(file(&vec![event; MOST_EVENTS]).as_bytes(), rome(), now()).unwrap().spans.len(), MOST_EVENTS);
    assert_eq!(read(file(&vec![event; MOST_EVENTS + 1]).as_bytes(), rome(), now()), Err(Failure::TooMany));
    let daily = "DTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(read(file(&vec![daily; 23]).as_bytes(), rome(), now()), Err(Failure::TooMany));
    let counted = "DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYDAY=MO;COUNT=4000000000";
    assert_eq!(read(file(&vec![counted; 20]).as_bytes(), rome(), now()), Err(Failure::TooMany));
}

/// A zone that a file defines, an hour and a half ahead in winter and two and a half in summer.
const OWN_ZONE: &str = "BEGIN:VTIMEZONE\nTZID:%\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0230\nTZOFFSETTO:+0130\n\
     RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0130\n\
     TZOFFSETTO:+0230\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";

/// Like [`times`], for events in a file that begins with `head`.
fn parse_of(head: &str, events: &[&str], now: Millis) -> (Vec<String>, Vec<LeftOut>) {
    let text = file(events).replacen("BEGIN:VEVENT", &format!("{head}BEGIN:VEVENT"), 1);
    let parsed = read(text.as_bytes(), rome(), now).unwrap();
    let at = |at| to_rfc3339(at).unwrap().trim_end_matches(":00Z").to_owned();
    let mut spans = parsed.spans;
    spans.sort_unstable();
    let spans = spans.into_iter().map(|span| format!("{} {}", at(span.starts), at(span.ends)));
    (spans.collect(), parsed.left_out)
}

#[test]
fn zone_defined_in_file_takes_precedence_over_name() {
    for (defined, named) in [
        ("Customized Time Zone", "Customized Time Zone"),
        (r"Amsterdam\, Belgrade\, Berlin", "\"Amsterdam, Belgrade, Berlin\""),
        ("(UTC+01:00) Amsterdam", "(UTC+01:00) Amsterdam"),
        ("local", "local"),
        ("tzone://Microsoft/Custom", "tzone://Microsoft/Custom"),
        // A name of Windows, which the file knows better.
        ("W. Europe Standard Time", "W. Europe Standard Time"),
    ] {
        let zone = OWN_ZONE.replace('%', defined);
        let event = format!("DTSTART;TZID={named}:20261103T090000\nDTEND;TZID={named}:20261103T100000");
        let (times, left_out) = parse_of(&zone, &[&event], now());
        assert_eq!(
            (times.as_slice(), left_out.len()),
            (&["2026-11-03T07:30 2026-11-03T08:30".to_owned()][..], 0),
            "{named}"
        );
    }
    // Its summer time, its change, and a zone of the IANA list, which no file redefines.
    let before = rome().start_of(Date { year: 2026, month: 10, day: 23 });
    let zone = OWN_ZONE.replace('%', "Own");
    let series = "DTSTART;TZID=Own:20260901T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20261026T080000Z";
    assert_eq!(
        parse_of(&zone, &[series], before).0,
        [
            "2026-10-23T06:30 2026-10-23T07:30",
            "2026-10-24T06:30 2026-10-24T07:30",
            "2026-10-25T07:30 2026-10-25T08:30",
            "2026-10-26T07:30 2026-10-26T08:30",
        ]
    );
    let rome = OWN_ZONE.replace('%', "Europe/Rome");
    let event = "DTSTART;TZID=Europe/Rome:20261103T090000\nDURATION:PT1H";
    assert_eq!(parse_of(&rome, &[event], now()).0, ["2026-11-03T08:00 2026-11-03T09:00"]);
    // Changes that are listed one by one, without a rule; after the last it stays so.
    let listed = "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:20201025T030000\nRDATE:20211031T030000,20221030T030000\n\
                  TZOFFSETFROM:+0300\nTZOFFSETTO:+0200\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20210328T020000\n\
                  RDATE:20220327T020000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0300\nEND:DAYLIGHT\nEND:VTIMEZONE\n";
    let event = "DTSTART;TZID=Own:20261103T090000\nDURATION:PT1H";
    assert_eq!(parse_of(listed, &[event], now()).0, ["2026-11-03T07:00 2026-11-03T08:00"]);
    // Half a definition is ignored.
    let unknown = zone.replace("FREQ=YEARLY", "FREQ=HOURLY");
    assert_eq!(parse_of(&unknown, &[event], now()).1.len(), 1);
}

#[test]
fn every_windows_zone_is_mapped() {
    for (name, zone) in windows::ZONES.iter().chain(&windows::SHOWN) {
        assert!(zone.parse::<Zone>().is_ok(), "{name}: {zone}");
    }
    assert!(windows::ZONES.is_sorted() && windows::SHOWN.is_sorted() && windows::ZONES.len() == 139);
    for (name, hour) in [
        ("Egypt Standard Time", "07"),
        ("W. Australia Standard Time", "01"),
        ("tzone://Microsoft/Utc", "09"),
        ("tzone://Microsoft/W. Europe Standard Time", "08"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Rome", "08"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "08"),
        ("\"(GMT-05:00) Eastern Time (US & Canada)\"", "14"),
        ("(UTC-07:00) Chihuahua, La Paz, Mazatlan", "16"),
        ("Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris, Prague, Stockholm", "08"),
        ("(UTC) Coordinated Universal Time", "09"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "09"),
        ("UTC+01:00", "08"),
        ("europe/rome", "08"),
    ] {
        let event = format!("DTSTART;TZID={name}:20261103T090000\nDURATION:PT1H");
        let found = times(&[&event], now());
        assert_eq!(found.first().map(|time| &time[11..13]), Some(hour), "{name}: {found:?}");
    }
    for unknown in ["(UTC+01:00) Atlantis", "(UTC+05:00) Berlin", "East", "Customized Time Zone", "UTC+99"] {
        let event = format!("DTSTART;TZID=\"{unknown}\":20261103T090000\nDURATION:PT1H");
        assert!(times(&[&event], now()).is_empty(), "{unknown}");
    }
    // A day needs no zone.
    let day = "DTSTART;VALUE=DATE;TZID=\"Atlantis, North\":20261103\nDTEND;VALUE=DATE;TZID=Atlantis:20261104";
    assert_eq!(times(&[day], now()), ["2026-11-02T23:00 2026-11-03T23:00"]);
    // A calendar with a zone of its own.
    let (found, _) =
        parse_of("X-WR-TIMEZONE:America/New_York\n", &["DTSTART:20261103T090000\nDURATION:PT1H"], now());
    assert_eq!(found, ["2026-11-03T14:00 2026-11-03T15:00"]);
}

const WEEKLY: &str = "UID:a\nDTSTART;TZID=Europe/Rome:20261104T140000\nDTEND;TZID=Europe/Rome:20261104T160000\nRRULE:FREQ=WEEKLY;COUNT=4";

/// Days and UTC hours of the starts.
fn begins(events: &[&str]) -> Vec<String> {
    let short = |time: &String| time.get(5..13).unwrap().replace('T', " ");
    times(events, now()).iter().map(short).collect()
}

#[test]
fn newest_version_of_event_wins() {
    let at = |sequence: u32, day: u32| {
        format!("UID:b\nSEQUENCE:{sequence}\nDTSTART:202611{day:02}T090000Z\nDURATION:PT1H")
    };
    for events in [[at(0, 4), at(1, 6), at(0, 5)], [at(2, 6), at(0, 4), at(1, 5)]] {
        assert_eq!(begins(&events.each_ref().map(String::as_str)), ["11-06 09"]);
    }
    // Equally new versions both count: some files give all events one uid.
    assert_eq!(begins(&[&at(0, 4), &at(0, 5)]), ["11-04 09", "11-05 09"]);
    assert_eq!(begins(&[&at(0, 4), &format!("{}\nSTATUS:CANCELLED", at(1, 4))]), [""; 0]);
    let newer = format!("{WEEKLY}\nSEQUENCE:2\nEXDATE;TZID=Europe/Rome:20261111T140000");
    assert_eq!(begins(&[WEEKLY, &newer]), ["11-04 13", "11-18 13", "11-25 13"]);
    let moved = |sequence: u32, day: u32| {
        format!(
            "UID:a\nSEQUENCE:{sequence}\nRECURRENCE-ID;TZID=Europe/Rome:20261111T140000\nDTSTART:202611{day}T080000Z\nDURATION:PT1H"
        )
    };
    assert_eq!(begins(&[WEEKLY, &moved(2, 13), &moved(1, 12)]), ["11-04 13", "11-13 08", "11-18 13", "11-25 13"]);
}

#[test]
fn occurrence_is_matched_in_common_notations() {
    let moved = |name: &str| format!("UID:a\nRECURRENCE-ID{name}\nDTSTART:20261113T080000Z\nDURATION:PT1H");
    for name in [
        ":20261111T130000Z",
        ";TZID=Europe/Helsinki:20261111T150000",
        ";VALUE=DATE:20261111",
        ";TZID=Customized Time Zone:20261111T140000",
        ":20261111T140000",
    ] {
        assert_eq!(begins(&[WEEKLY, &moved(name)]), ["11-04 13", "11-13 08", "11-18 13", "11-25 13"], "{name}");
        let except = format!("{WEEKLY}\nEXDATE{name}");
        assert_eq!(begins(&[&except]), ["11-04 13", "11-18 13", "11-25 13"], "{name}");
    }
    // It is one, although its rule came along.
    let with_rule = format!("{}\nRRULE:FREQ=WEEKLY;COUNT=4", moved(":20261111T130000Z"));
    assert_eq!(begins(&[WEEKLY, &with_rule]), ["11-04 13", "11-13 08", "11-18 13", "11-25 13"]);
    let days = "UID:d\nDTSTART;VALUE=DATE:20261104\nRRULE:FREQ=WEEKLY;COUNT=4";
    for name in
        [";VALUE=DATE:20261111", ":20261111T000000Z", ":20261110T230000Z", ";TZID=Europe/Rome:20261111T000000"]
    {
        let except = format!("{days}\nEXDATE{name}");
        assert_eq!(begins(&[&except]), ["11-03 23", "11-17 23", "11-24 23"], "{name}");
        let moved = format!("UID:d\nRECURRENCE-ID{name}\nDTSTART;VALUE=DATE:20261113");
        assert_eq!(begins(&[days, &moved]), ["11-03 23", "11-12 23", "11-17 23", "11-24 23"], "{name}");
    }
    // An unreadable change leaves the original occurrence.
    let unread = "UID:a\nRECURRENCE-ID:20261111T130000Z\nDTSTART;TZID=Atlantis:20261113T080000\nDURATION:PT1H";
    let (found, left_out) = parse_of("", &[WEEKLY, unread], now());
    assert_eq!((found.len(), left_out.len()), (4, 1));
}

#[test]
fn this_and_future_change_moves_later_occurrences() {
    let later = "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Rome:20261111T140000\n\
                 DTSTART;TZID=Europe/Rome:20261112T160000\nDTEND;TZID=Europe/Rome:20261112T170000";
    assert_eq!(
        times(&[WEEKLY, later], now()),
        [
            "2026-11-04T13:00 2026-11-04T15:00",
            "2026-11-12T15:00 2026-11-12T16:00",
            "2026-11-19T15:00 2026-11-19T16:00",
            "2026-11-26T15:00 2026-11-26T16:00",
        ]
    );
    // One of them is moved again, and from the last on all are cancelled.
    let one = "UID:a\nRECURRENCE-ID;TZID=Europe/Rome:20261118T140000\nDTSTART:20261120T080000Z\nDURATION:PT1H";
    let off = "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261125T130000Z\nSTATUS:CANCELLED";
    assert_eq!(begins(&[off, one, WEEKLY, later]), ["11-04 13", "11-12 15", "11-20 08"]);
    let days = "UID:d\nDTSTART;VALUE=DATE:20261104\nRRULE:FREQ=WEEKLY;COUNT=3";
    let moved = "UID:d\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261111\nDTSTART;VALUE=DATE:20261112\nDTEND;VALUE=DATE:20261114";
    assert_eq!(
        times(&[days, moved], now()),
        [
            "2026-11-03T23:00 2026-11-04T23:00",
            "2026-11-11T23:00 2026-11-13T23:00",
            "2026-11-18T23:00 2026-11-20T23:00",
        ]
    );
}

#[test]
fn until_date_is_inclusive_in_all_notations() {
    let timed = "DTSTART;TZID=Europe/Rome:20261104T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=";
    for until in ["20261118", "20261118T130000Z", "20261118T140000", "20261118T225959Z"] {
        assert_eq!(begins(&[&format!("{timed}{until}")]), ["11-04 13", "11-11 13", "11-18 13"], "{until}");
    }
    let days = "DTSTART;VALUE=DATE:20261104\nRRULE:FREQ=WEEKLY;UNTIL=";
    for until in ["20261118", "20261118T000000Z", "20261117T230000Z", "20261118T000000"] {
        assert_eq!(begins(&[&format!("{days}{until}")]), ["11-03 23", "11-10 23", "11-17 23"], "{until}");
    }
    // A rule that only repeats when the series begins, and two rules.
    let repeated = "DTSTART;TZID=Europe/Rome:20261104T140000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2;BYDAY=WE;BYHOUR=14;BYMINUTE=0;BYSECOND=0;WKST=MO";
    assert_eq!(begins(&[repeated]), ["11-04 13", "11-11 13"]);
    let two = "DTSTART:20261104T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=2";
    assert_eq!(begins(&[two]), ["11-04 09", "11-05 09", "11-11 09"]);
}

#[test]
fn extra_dates_may_have_own_duration() {
    let with =
        |more: &str| times(&[&format!("DTSTART;TZID=Europe/Rome:20261104T140000\nDURATION:PT1H\n{more}")], now());
    let first = "2026-11-04T13:00 2026-11-04T14:00";
    for (more, second) in [
        ("RDATE;VALUE=PERIOD:20261105T100000Z/PT2H", "2026-11-05T10:00 2026-11-05T12:00"),
        (
            "RDATE;VALUE=PERIOD;TZID=Europe/Rome:20261105T100000/20261105T113000",
            "2026-11-05T09:00 2026-11-05T10:30",
        ),
        ("RDATE:20261105T100000Z", "2026-11-05T10:00 2026-11-05T11:00"),
        ("RDATE;TZID=Customized Time Zone:20261105T100000", "2026-11-05T09:00 2026-11-05T10:00"),
    ] {
        assert_eq!(with(more), [first, second], "{more}");
    }
    // An unreadable one does not affect the others.
    let (found, left_out) = parse_of(
        "",
        &["SUMMARY:Yoga\nDTSTART:20261104T090000Z\nDURATION:PT1H\nRDATE:20261105T090000Z,tomorrow"],
        now(),
    );
    assert_eq!((found.len(), left_out.len()), (2, 1));
}

#[test]
fn skipped_events_are_listed_by_title_and_date_only() {
    let lost = |day: u32, title: &str| {
        format!("SUMMARY:{title}\nDESCRIPTION:secret\nDTSTART;TZID=Atlantis:202611{day:02}T090000\nDURATION:PT1H")
    };
    let long = "x".repeat(500);
    let events = [lost(20, "Statics\\, II \\n of \u{202e}Zoe"), lost(5, &long), lost(6, "\u{7}\u{200b}")];
    let (_, left_out) = parse_of("", &events.each_ref().map(String::as_str), now());
    let named: Vec<_> =
        left_out.iter().map(|one| (one.date.unwrap().day, one.title.chars().count(), one.why)).collect();
    assert_eq!(
        named,
        [
            (5, LeftOut::TITLE, Skipped::Zone),
            (6, 0, Skipped::Zone),
            (20, left_out[2].title.chars().count(), Skipped::Zone)
        ]
    );
    assert!(left_out[2].title.starts_with("Statics, II"), "{left_out:?}");
    let many: Vec<_> = (0..300).map(|at| lost(at % 28 + 1, "x")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let parsed = read(file(&many).as_bytes(), rome(), now()).unwrap();
    assert_eq!(
        (parsed.left_out.len(), parsed.skipped[&Skipped::Zone]),
        (domain::external_calendars::LEFT_OUT, 300)
    );
}

#[test]
fn file_of_only_zones_and_changes_is_bounded() {
    let head: String = (0..2_000).map(|at| OWN_ZONE.replace('%', &format!("Zone {at}"))).collect();
    let events: Vec<_> =
        (0..2_000).map(|at| format!("DTSTART;TZID=Zone {at}:20261103T090000\nDURATION:PT1H")).collect();
    let events: Vec<_> = events.iter().map(String::as_str).collect();
    let text = file(&events).replacen("BEGIN:VEVENT", &format!("{head}BEGIN:VEVENT"), 1);
    drop(read(text.as_bytes(), rome(), now()));
    let series = "UID:a\nDTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270101T090000Z";
    let shift = |at: u32| {
        format!(
            "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:2026{:02}{:02}T{:02}0000Z\nDTSTART:20261103T{:02}0000Z\nDURATION:PT1H",
            at / 28 % 12 + 1,
            at % 28 + 1,
            at % 24,
            at % 24
        )
    };
    let shifts: Vec<_> = (0..5_000).map(shift).collect();
    let events: Vec<_> = std::iter::once(series).chain(shifts.iter().map(String::as_str)).collect();
    drop(read(file(&events).as_bytes(), rome(), now()));
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(&bytes, rome(), now()));
        let mut inside = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261103T090000Z\n".to_vec();
        inside.extend(&bytes);
        inside.extend(b"\nEND:VEVENT\nEND:VCALENDAR\n");
        drop(read(&inside, rome(), now()));
    }

    #[test]
    fn any_event_does_not_panic_and_times_are_ordered(
        lines in proptest::collection::vec(
            "(DTSTART|DTEND|DURATION|RRULE|EXDATE|RDATE|RECURRENCE-ID)(;RANGE=THISANDFUTURE)?(;TZID=(Europe/Rome|é|x|Own))?:([0-9]{8}(T[0-9]{6}Z?)?|-?P[0-9]{1,9}[WD](T[0-9]{1,9}[HMS])?|FREQ=(DAILY|YEARLY)(;[A-Z]{5}=-?[0-9]{1,4})?)",
            0..6,
        )
    ) {
        let text = lines.join("\n");
        let zone = OWN_ZONE.replace('%', "Own");
        let series = "UID:a\nDTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
        let text = file(&[series, &format!("UID:a\n{text}")]).replacen("BEGIN:VEVENT", &format!("{zone}BEGIN:VEVENT"), 1);
        if let Ok(found) = read(text.as_bytes(), rome(), now()) {
            for span in found.spans {
                prop_assert!(span.starts < span.ends && now() < span.ends, "{:?}", span);
            }
        }
    }
}
