//! Spans of a week, and the checks of a wish.

use super::*;
use crate::id::MachineId;

fn span(from: u32, until: u32) -> WeekSpan {
    WeekSpan::new(from, until).unwrap()
}

#[test]
fn span_of_length_zero_is_refused() {
    for at in [0, 60, TUESDAY, WEEK] {
        assert_eq!(WeekSpan::new(at, at), Err(SpanError::Empty), "{at}");
    }
}

#[test]
fn span_outside_the_week_is_refused() {
    for (from, until) in [(WEEK, 60), (0, WEEK + 60), (60, 0), (u32::MAX, 60), (60, u32::MAX)] {
        assert_eq!(WeekSpan::new(from, until), Err(SpanError::OutsideWeek), "{from} to {until}");
    }
    assert_eq!(WeekSpan::new(0, 61), Err(SpanError::NotWholeMinutes));
    assert_eq!(WeekSpan::new(59, 120), Err(SpanError::NotWholeMinutes));
}

#[test]
fn span_over_saturday_midnight_ends_on_sunday() {
    let night = span(WEEK - 2 * HOUR, 2 * HOUR);
    assert!(night.wraps());
    assert_eq!(night.seconds(), 4 * HOUR);
    let until_midnight = span(WEEK - 2 * HOUR, WEEK);
    assert!(!until_midnight.wraps(), "an end at midnight stays in the week");
    let sunday_morning = span(0, 2 * HOUR);
    assert!(night.overlaps(until_midnight) && night.overlaps(sunday_morning) && night.overlaps(night));
    assert!(!until_midnight.overlaps(sunday_morning), "adjacent spans do not overlap");
    assert!(!night.overlaps(span(2 * HOUR, WEEK - 2 * HOUR)), "the rest of the week");
}

#[test]
fn whole_week_overlaps_everything() {
    let week = span(0, WEEK);
    assert_eq!(week.seconds(), WEEK);
    assert!(week.overlaps(span(WEEK - 60, 60)) && span(WEEK - 60, 60).overlaps(week));
}

proptest! {
    #[test]
    fn spans_overlap_exactly_if_they_share_an_hour(one in any_wish(), other in any_wish()) {
        let hours = |span: WeekSpan| -> Vec<u32> {
            (0..span.seconds() / HOUR).map(|n| (span.from() / HOUR + n) % 168).collect()
        };
        let (of_one, of_other) = (hours(one.span), hours(other.span));
        let shared = of_one.iter().any(|hour| of_other.contains(hour));
        prop_assert_eq!(one.span.overlaps(other.span), shared);
        prop_assert_eq!(other.span.overlaps(one.span), shared);
    }
}

#[test]
fn wish_is_refused_with_every_reason_at_once() {
    let rooms = [Resource::Room(RoomId(1)), Resource::Room(RoomId(2))];
    let rules = WishRules { offered: &rooms, limit: 2 };
    let earlier = tuesday(4, group(1), 1, 5);
    let (from, until) = (earlier.span.from(), earlier.span.until());
    let good = WishInput { resource: rooms[1], from, until, importance: 3 };
    assert_eq!(validate(&good, &[earlier], rules), Ok((earlier.span, Importance::new(3).unwrap())));

    let same = WishInput { resource: rooms[0], ..good };
    assert_eq!(validate(&same, &[earlier], rules), Err(vec![WishError::Duplicate(earlier.id)]));
    let similar = WishInput { until: until + HOUR, ..same };
    assert!(validate(&similar, &[earlier], rules).is_ok(), "an alternative may overlap");
    assert_eq!(validate(&good, &[earlier; 2], rules), Err(vec![WishError::TooMany(2)]));

    let machine = Resource::Machine(MachineId(9));
    let bad = WishInput { resource: machine, from, until: from, importance: 6 };
    let errors = validate(&bad, &[], rules).unwrap_err();
    let expected =
        vec![WishError::NotOffered(machine), WishError::Span(SpanError::Empty), WishError::Importance(6)];
    assert_eq!(errors, expected);
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let expected = [
        "machine:9 is not part of this draw",
        "the time of the wish is invalid: it begins and ends at the same time",
        "importance is from 1 to 5, not 6",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn wish_of_a_person_at_the_time_of_their_own_is_refused_and_one_of_a_group_is_not() {
    let rooms = [Resource::Room(RoomId(1)), Resource::Room(RoomId(2))];
    let rules = WishRules { offered: &rooms, limit: 5 };
    let earlier = |entrant| tuesday(4, entrant, 1, 5);
    let (from, until) = (earlier(group(1)).span.from(), earlier(group(1)).span.until());
    let person = Entrant::Person(AliasId(12));
    for (resource, from, until, expected) in [
        (rooms[1], from, until, Some(WishError::Overlaps(WishId(4)))),
        (rooms[0], from + HOUR / 2, until + HOUR, Some(WishError::Overlaps(WishId(4)))),
        (rooms[0], from, until, Some(WishError::Duplicate(WishId(4)))),
        (rooms[1], until, until + HOUR, None),
    ] {
        let wish = WishInput { resource, from, until, importance: 3 };
        let errors = validate(&wish, &[earlier(person)], rules).err().unwrap_or_default();
        assert_eq!(errors, expected.into_iter().collect::<Vec<_>>(), "{resource} {from}");
    }
    let beside = WishInput { resource: rooms[1], from, until, importance: 3 };
    assert!(validate(&beside, &[earlier(group(1))], rules).is_ok(), "a group can be in two rooms at once");
}

#[test]
fn room_and_a_machine_in_it_are_not_both_offered() {
    let in_room = |machine: MachineId| (machine.0 < 9).then_some(RoomId(1));
    let [room, other_room] = [1, 2].map(|id| Resource::Room(RoomId(id)));
    let [inside, outside] = [5, 9].map(|id| Resource::Machine(MachineId(id)));
    assert_eq!(offered_twice(&[room, other_room, outside], in_room), None);
    assert_eq!(offered_twice(&[other_room, inside], in_room), None);
    assert_eq!(offered_twice(&[inside, room], in_room), Some((MachineId(5), RoomId(1))));
}

#[test]
fn entrant_is_read_as_it_is_written() {
    for entrant in [group(7), Entrant::Person(AliasId(12))] {
        assert_eq!(Entrant::parse(&entrant.to_string()), Some(entrant));
    }
    for other in ["", "group", "group:", "group:x", "person:7", "group:7:7", "7"] {
        assert_eq!(Entrant::parse(other), None, "{other}");
    }
}

#[cfg(feature = "zone")]
mod clock_changes {
    use super::*;
    use crate::{
        time::{Date, HOUR as ONE_HOUR, MINUTE},
        zone::Zone,
    };

    // A9
    #[test]
    fn weekly_span_keeps_its_wall_clock_time_over_clock_changes() {
        // Saturday 22:00 to Sunday 04:00, and a zone, a week that ends with the short or the long night, and the hours
        // and minutes of that night.
        let night = span(WEEK - 2 * HOUR, 4 * HOUR);
        let date = |month, day| Date { year: 2026, month, day };
        for (zone, saturday, minutes) in [
            ("Europe/Rome", date(3, 21), 360),
            ("Europe/Rome", date(3, 28), 300),
            ("Europe/Rome", date(10, 24), 420),
            ("America/New_York", date(3, 7), 300),
            ("America/New_York", date(10, 31), 420),
            ("Australia/Lord_Howe", date(4, 4), 390),
            ("Australia/Lord_Howe", date(10, 3), 330),
        ] {
            let zone: Zone = zone.parse().unwrap();
            for ahead in 0..7 {
                let day = Date::from_days(saturday.days() - ahead);
                let found = night.in_week_of(day, |date, minute| zone.instant(date, minute)).unwrap();
                let wall = zone.moment(found.starts).wall();
                assert_eq!((wall.date, wall.hour, wall.minute), (saturday, 22, 0), "{day:?}");
                let wall = zone.moment(found.ends).wall();
                assert_eq!((wall.date.days(), wall.hour), (saturday.days() + 1, 4), "{day:?}");
                assert_eq!(found.ends.since(found.starts), MINUTE * minutes, "{day:?}");
            }
        }
    }

    #[test]
    fn span_that_the_clocks_jump_over_has_no_time_in_that_week() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let early = span(2 * HOUR, 3 * HOUR);
        let found =
            |day| early.in_week_of(Date { year: 2026, month: 3, day }, |date, minute| zone.instant(date, minute));
        assert_eq!(found(29), None);
        let usual = found(22).unwrap();
        assert_eq!(usual.ends.since(usual.starts), ONE_HOUR);
    }
}
