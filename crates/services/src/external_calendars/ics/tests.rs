//! What calendar files say, as others write them.

use super::*;
use domain::zone::to_rfc3339;
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

/// From when to when its events are, in UTC and in order.
fn times(events: &[&str], now: Millis) -> Vec<String> {
    let mut spans = read(file(events).as_bytes(), rome(), now).unwrap().spans;
    spans.sort_unstable();
    let at = |at| to_rfc3339(at).unwrap().trim_end_matches(":00Z").to_owned();
    spans.into_iter().map(|span| format!("{} {}", at(span.starts), at(span.ends))).collect()
}

#[test]
fn an_event_is_when_its_zone_says() {
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
        // By the clock of the workshop.
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
fn what_takes_no_time_is_left_out_without_a_word() {
    for event in [
        "DTSTART:20261103T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
        "DTSTART:20261103T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT",
        "DTSTART:20261103T090000Z",
        "DTSTART:20261103T090000Z\nDTEND:20261103T090000Z",
        // Over, and far ahead.
        "DTSTART:20261031T090000Z\nDURATION:PT1H",
        "DTSTART:20270401T090000Z\nDURATION:PT1H",
    ] {
        let found = read(file(&[event]).as_bytes(), rome(), now()).unwrap();
        assert_eq!(found, Parsed { spans: vec![], skipped: BTreeMap::new() }, "{event}");
    }
}

#[test]
fn an_event_that_cannot_be_read_is_counted_and_the_others_stand() {
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
        ("DTSTART:20261103T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", Skipped::Rule),
    ] {
        let found = read(file(&[event, good]).as_bytes(), rome(), now()).unwrap();
        assert_eq!(found.skipped, BTreeMap::from([(why, 1)]), "{event}");
        assert_eq!(found.spans.len(), 1, "{event}");
    }
}

// A9
#[test]
fn a_series_keeps_its_time_of_the_day_when_the_clocks_change() {
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
    // What has an end lasts as long in every night, what has days lasts until the same time.
    let night = "DTSTART;TZID=Europe/Rome:20261023T220000\nDTEND;TZID=Europe/Rome:20261024T060000\nRRULE:FREQ=DAILY;COUNT=2";
    assert_eq!(
        times(&[night], before),
        ["2026-10-23T20:00 2026-10-24T04:00", "2026-10-24T20:00 2026-10-25T04:00"]
    );
    let day = "DTSTART;TZID=Europe/Rome:20261024T120000\nDURATION:P1D";
    assert_eq!(times(&[day], before), ["2026-10-24T10:00 2026-10-25T11:00"]);
    // Clocks go forward on 28 March 2027, 02:00.
    let spring = rome().start_of(Date { year: 2027, month: 3, day: 27 });
    let gap = "DTSTART;TZID=Europe/Rome:20270327T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2";
    assert_eq!(times(&[gap], spring), ["2027-03-27T01:30 2027-03-27T02:30", "2027-03-28T01:00 2027-03-28T02:00"]);
}

#[test]
fn exceptions_further_days_and_changed_occurrences_are_heeded() {
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
fn what_is_no_calendar_or_only_a_part_of_one_is_not_read() {
    let whole = file(&["DTSTART:20261103T090000Z\nDURATION:PT1H"]);
    let half = whole.get(..whole.len() - 30).unwrap();
    for text in [
        "",
        "<!doctype html><title>Sign in</title>",
        "{}",
        "BEGIN:VCARD\r\nEND:VCARD\r\n",
        half,
        "BEGIN:VCALENDAR",
    ] {
        assert_eq!(read(text.as_bytes(), rome(), now()), Err(Failure::NotCalendar), "{text}");
    }
    let marked = format!("\u{feff}{}", whole.replace("\r\n", "\n"));
    assert_eq!(read(marked.as_bytes(), rome(), now()).unwrap().spans.len(), 1);
}

#[test]
fn a_calendar_with_too_much_in_it_is_not_read() {
    let event = "DTSTART:20261103T090000Z\nDURATION:PT1H";
    assert_eq!(read(file(&vec![event; MOST_EVENTS]).as_bytes(), rome(), now()).unwrap().spans.len(), MOST_EVENTS);
    assert_eq!(read(file(&vec![event; MOST_EVENTS + 1]).as_bytes(), rome(), now()), Err(Failure::TooMany));
    let daily = "DTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    assert_eq!(read(file(&vec![daily; 23]).as_bytes(), rome(), now()), Err(Failure::TooMany));
    let counted = "DTSTART:00010101T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYDAY=MO;COUNT=4000000000";
    assert_eq!(read(file(&vec![counted; 20]).as_bytes(), rome(), now()), Err(Failure::TooMany));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(&bytes, rome(), now()));
        let mut inside = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261103T090000Z\n".to_vec();
        inside.extend(&bytes);
        inside.extend(b"\nEND:VEVENT\nEND:VCALENDAR\n");
        drop(read(&inside, rome(), now()));
    }

    #[test]
    fn no_event_makes_it_panic_and_all_times_have_an_order(
        lines in proptest::collection::vec(
            "(DTSTART|DTEND|DURATION|RRULE|EXDATE|RDATE|RECURRENCE-ID)(;TZID=(Europe/Rome|é|x))?:([0-9]{8}(T[0-9]{6}Z?)?|-?P[0-9]{1,9}[WD](T[0-9]{1,9}[HMS])?|FREQ=(DAILY|YEARLY)(;[A-Z]{5}=-?[0-9]{1,4})?)",
            0..6,
        )
    ) {
        let text = lines.join("\n");
        if let Ok(found) = read(file(&[&text]).as_bytes(), rome(), now()) {
            for span in found.spans {
                prop_assert!(span.starts < span.ends && now() < span.ends, "{:?}", span);
            }
        }
    }
}
