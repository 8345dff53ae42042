use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Rule {
    Rule::parse(text).unwrap_or_else(|error| panic!("{text} is refused: {error:?}"))
}

#[test]
fn hostile_rule_is_refused_with_its_reason() {
    let long = format!("FREQ=DAILY;COUNT=3;BYMONTHDAY={}1", "1,".repeat(200));
    for (rule, expected) in [
        ("FREQ=SECONDLY", RuleError::TooFrequent),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", RuleError::TooFrequent),
        ("FREQ=MINUTELY;COUNT=3", RuleError::TooFrequent),
        ("FREQ=HOURLY;COUNT=3", RuleError::TooFrequent),
        ("FREQ=DAILY;COUNT=10000", RuleError::TooMany),
        ("FREQ=DAILY;COUNT=4294967295", RuleError::TooMany),
        ("FREQ=DAILY;COUNT=99999999999999", RuleError::TooMany),
        ("FREQ=DAILY;COUNT=0", RuleError::Value(Part::Count)),
        ("FREQ=DAILY;COUNT=-3", RuleError::Value(Part::Count)),
        ("FREQ=DAILY;INTERVAL=0;COUNT=5", RuleError::Interval),
        ("FREQ=DAILY;INTERVAL=65535;COUNT=65535", RuleError::Interval),
        ("FREQ=DAILY;INTERVAL=;COUNT=5", RuleError::Interval),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3;COUNT=4", RuleError::Repeated(Part::Count)),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3;UNTIL=20270101", RuleError::TwoEnds),
        ("FREQ=WEEKLY;BYDAY=2TU;COUNT=3", RuleError::NumberedWeekday),
        ("FREQ=DAILY;BYDAY=-1FR;COUNT=3", RuleError::NumberedWeekday),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=2MO;COUNT=3", RuleError::NumberedWeekday),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=3", RuleError::Value(Part::ByDay)),
        ("FREQ=WEEKLY;BYDAY=MO,,TU;COUNT=3", RuleError::Value(Part::ByDay)),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=3", RuleError::Value(Part::ByDay)),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3", RuleError::Value(Part::ByMonthDay)),
        ("FREQ=YEARLY;BYMONTH=-1;COUNT=3", RuleError::Value(Part::ByMonth)),
        ("FREQ=YEARLY;BYMONTH=0;COUNT=3", RuleError::Value(Part::ByMonth)),
        ("FREQ=WEEKLY;BYMONTHDAY=3;COUNT=3", RuleError::Misplaced(Part::ByMonthDay)),
        ("FREQ=MONTHLY;BYYEARDAY=3;COUNT=3", RuleError::Misplaced(Part::ByYearDay)),
        ("FREQ=MONTHLY;BYWEEKNO=3;BYDAY=MO;COUNT=3", RuleError::Misplaced(Part::ByWeekNumber)),
        ("FREQ=DAILY;BYMONTH=3;BYSETPOS=1;COUNT=3", RuleError::Misplaced(Part::BySetPosition)),
        ("FREQ=WEEKLY;BYDAY=MO,SA;BYSETPOS=-1;COUNT=3", RuleError::Misplaced(Part::BySetPosition)),
        ("FREQ=YEARLY;BYWEEKNO=3;COUNT=3", RuleError::Alone(Part::ByWeekNumber)),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=3", RuleError::Alone(Part::BySetPosition)),
        ("FREQ=WEEKLY;COUNT=3;X-EVIL=1", RuleError::UnknownPart),
        ("FREQ=YEARLY;BYEASTER=1;COUNT=3", RuleError::UnknownPart),
        (
            "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2;BYSECOND=0,1,2;COUNT=100000",
            RuleError::TimeOfDay(Part::ByHour),
        ),
        ("FREQ=DAILY;COUNT=3;BYSECOND=0", RuleError::TimeOfDay(Part::BySecond)),
        ("", RuleError::Unreadable),
        (" ; ;", RuleError::Unreadable),
        ("every Tuesday", RuleError::Unreadable),
        ("RRULE:", RuleError::Unreadable),
        ("INTERVAL=2;COUNT=3", RuleError::NoFrequency),
        ("FREQ=FORTNIGHTLY;COUNT=3", RuleError::Value(Part::Frequency)),
        ("FREQ=WEEKLY;BYDAY=\u{1F600};COUNT=3", RuleError::NotAscii),
        ("FREQ=WEEKLY;BYDAY=é;COUNT=3", RuleError::NotAscii),
        ("FREQ=SETTIMANALE;BYDAY=martedì", RuleError::NotAscii),
        (long.as_str(), RuleError::TooLong),
    ] {
        assert_eq!(Rule::parse(rule), Err(expected), "{rule}");
    }
}

#[test]
fn end_that_is_no_time_is_refused() {
    for until in [
        "",
        "2027",
        "20270230",
        "20271301",
        "19691231",
        "2027-01-01",
        "20270101T",
        "20270101T2400",
        "20270101T240000Z",
        "20270101T106000Z",
        "20270101X100000Z",
        "20270101T100000ZZ",
        "20270101T100000+0100",
        "+0270101",
    ] {
        let rule = format!("FREQ=DAILY;UNTIL={until}");
        assert_eq!(Rule::parse(&rule), Err(RuleError::Value(Part::Until)), "{rule}");
    }
}

#[test]
fn end_without_zone_is_a_day_and_utc_end_is_an_instant() {
    let day = Until::Day(Date { year: 2026, month: 11, day: 1 });
    for (until, expected) in [
        ("20261101", day),
        ("20261101T180000", day),
        ("20261101T000000", day),
        ("20261101T170000Z", Until::Instant(Millis(1_793_552_400_000))),
        ("99991231T235960Z", Until::Instant(Millis(253_402_300_799_000))),
    ] {
        assert_eq!(parsed(&format!("FREQ=DAILY;UNTIL={until}")).end(), Some(End::Until(expected)), "{until}");
    }
    assert_eq!(parsed("FREQ=DAILY;COUNT=120").end(), Some(End::Count(120)));
}

#[test]
fn weekdays_and_interval_alone_are_a_weekly_rule() {
    let tuesdays = Weekly::new([1].into_iter().collect(), 2).unwrap();
    for text in ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "rrule:freq=weekly;byday=tu,TU;interval=2;wkst=mo;"] {
        assert_eq!(parsed(text), Rule::Weekly(tuesdays), "{text}");
    }
    assert_eq!(Rule::Weekly(tuesdays).to_string(), "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU");
    for text in [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "FREQ=WEEKLY;BYDAY=TU;WKST=SU",
        "FREQ=WEEKLY;BYDAY=TU;BYMONTH=3",
    ] {
        assert!(matches!(parsed(text), Rule::Text(_)), "{text}");
    }
}

#[test]
fn weekly_rule_needs_a_day_and_an_interval() {
    let days: Weekdays = [6, 0, 7, 200].into_iter().collect();
    assert_eq!(days.iter().collect::<Vec<_>>(), [0, 6], "only what is a weekday");
    let weekly = Weekly::new(days, MAX_INTERVAL).unwrap();
    assert_eq!((weekly.days(), weekly.interval()), (days, MAX_INTERVAL));
    assert_eq!(Weekly::new(Weekdays::default(), 1), Err(RuleError::NoDays));
    for interval in [0, MAX_INTERVAL + 1] {
        assert_eq!(Weekly::new(days, interval), Err(RuleError::Interval), "{interval}");
    }
}

#[test]
fn rule_in_any_spelling_has_one_canonical_text() {
    for (text, canonical) in [
        ("freq=weekly;count=2", "FREQ=WEEKLY;COUNT=2"),
        (" COUNT=2 ; FREQ = DAILY; INTERVAL=1;", "FREQ=DAILY;COUNT=2"),
        ("UNTIL=20261101T180000;FREQ=DAILY", "FREQ=DAILY;UNTIL=20261101"),
        ("FREQ=DAILY;UNTIL=20261101T170000Z", "FREQ=DAILY;UNTIL=20261101T170000Z"),
        (
            "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=FR,MO,TH,TU,WE,MO;INTERVAL=03",
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=-1FR,+1MO", "FREQ=MONTHLY;COUNT=3;BYDAY=-1FR,1MO"),
        ("FREQ=YEARLY;WKST=SU;BYWEEKNO=20;BYDAY=MO", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU"),
    ] {
        let rule = parsed(text);
        assert_eq!(rule.to_string(), canonical, "{text}");
        assert_eq!(parsed(canonical), rule, "{canonical}");
    }
}

/// Rules made of the words of the grammar, most of them wrong.
pub(crate) fn wild() -> impl Strategy<Value = String> {
    let frequency = prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "SECONDLY", ""]);
    let part = prop::sample::select(Part::ALL.map(Part::as_str).to_vec());
    let value = prop::sample::select(vec![
        "0",
        "1",
        "-1",
        "2",
        "5",
        "12",
        "13",
        "31",
        "30",
        "-31",
        "53",
        "-53",
        "366",
        "-366",
        "32767",
        "65536",
        "MO",
        "TU",
        "2TU",
        "-5SU",
        "53MO",
        "+1FR",
        "",
        ",",
        "MO,,TU",
        "MO,WE,-1FR",
        "1,15,-1",
        "20270101T000000Z",
        "99991231T235959Z",
        "2700101",
        "00000101T000000Z",
        "20261101",
        "-",
        "+",
        "é",
        "\u{1F600}",
    ]);
    let parts = prop::collection::vec((part, value), 0..5);
    (frequency, parts).prop_map(|(frequency, parts)| {
        let parts: Vec<_> = parts.iter().map(|(name, value)| format!(";{name}={value}")).collect();
        format!("FREQ={frequency}{}", parts.concat())
    })
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(?s).{0,80}") {
        prop_assert!(Rule::parse(&text).is_err(), "{text}");
    }

    #[test]
    fn accepted_rule_survives_its_canonical_text(text in wild()) {
        if let Ok(rule) = Rule::parse(&text) {
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
        }
    }
}

#[test]
fn weekly_dates_are_those_of_the_library() {
    let start = Date { year: 2026, month: 12, day: 21 };
    for days in (1..=127_u8).step_by(6) {
        let days: Weekdays = (0..7).filter(|day| days & (1_u8 << *day) != 0).collect();
        for (interval, length, most) in [(1, 0, 5), (1, 60, 400), (2, 90, 400), (3, 200, 7), (53, 1_098, 400)] {
            let weekly = Weekly::new(days, interval).unwrap();
            let text = Rule::Weekly(weekly).to_string();
            for first in (0..7).map(|day| Date::from_days(start.days() + day)) {
                let last = Date::from_days(first.days() + length);
                let expected = crate::library::dates(&text, first, last, most);
                assert_eq!(weekly.dates(first, last, most), expected, "{text} from {first} to {last}");
            }
        }
    }
}
