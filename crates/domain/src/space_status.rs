//! The status of the space as it shows it to everybody: open or closed, people inside, temperatures and power.
//!
//! **Invariant.** A reading that is not of the last quarter of an hour is left out: a sensor that fell silent shows nothing, not its
//! last value.
//!
//! Not here: the formats in which others read it, and who may.

use crate::{
    hours::{AHEAD, Hours, Opening},
    meters::{Amount, Measure},
    time::{Date, Millis},
};
use std::time::Duration;

/// Older readings are not shown.
pub const FRESH: Duration = Duration::from_mins(15);

/// A meter of the whole building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceMeter {
    pub name: String,
    /// The room of its device.
    pub location: Option<String>,
    pub measure: Measure,
    /// Its last reading, in base units.
    pub value: i64,
    pub read: Millis,
    /// The present power in watts, of a meter of energy.
    pub watts: Option<i64>,
}

/// What the status is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub at: Millis,
    /// The day of `at` by the clock of the space.
    pub today: Date,
    /// The opening hours of the space.
    pub hours: &'a Hours,
    pub meters: &'a [SpaceMeter],
    /// How many people are inside, where that is known.
    pub people: Option<u32>,
}

/// A value of a sensor, in degrees Celsius or watts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensor {
    pub name: String,
    pub location: Option<String>,
    pub value: Amount,
    pub read: Millis,
}

/// The status of the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceStatus {
    /// By its opening hours; `None` if it has none.
    pub open: Option<bool>,
    /// Since when, if that is within [`AHEAD`] days.
    pub since: Option<Millis>,
    /// Until when, if that is within [`AHEAD`] days.
    pub until: Option<Millis>,
    pub people: Option<u32>,
    /// Temperatures, in the order of the meters.
    pub temperatures: Vec<Sensor>,
    /// The power that is drawn, in the order of the meters.
    pub power: Vec<Sensor>,
}

/// The status of the space. `instant` is as in [`Hours::opening`].
#[must_use]
pub fn status(facts: &Facts<'_>, instant: impl Fn(Date, u16) -> Millis) -> SpaceStatus {
    let Facts { at, today, hours, meters, people } = *facts;
    let opening = (!hours.is_empty()).then(|| hours.opening(at, today, &instant));
    let (open, until) = match opening {
        Some(Opening::Open { closes }) => (Some(true), closes),
        Some(Opening::Closed { opens }) => (Some(false), opens),
        None => (None, None),
    };
    let sensor = |meter: &SpaceMeter, value: Amount| Sensor {
        name: meter.name.clone(),
        location: meter.location.clone(),
        value,
        read: meter.read,
    };
    let fresh = || meters.iter().filter(move |meter| meter.read.near(at, FRESH));
    let warm = fresh().filter(|meter| meter.measure == Measure::Temperature);
    let watts = fresh().filter_map(|meter| Some(sensor(meter, Amount(meter.watts?.saturating_mul(1_000)))));
    SpaceStatus {
        open,
        since: open.and_then(|_| since(hours, at, today, &instant)),
        until,
        people,
        temperatures: warm.map(|meter| sensor(meter, Amount::of(meter.measure, meter.value))).collect(),
        power: watts.collect(),
    }
}

/// The last instant up to `at` at which the space opened or closed.
fn since(hours: &Hours, at: Millis, today: Date, instant: impl Fn(Date, u16) -> Millis) -> Option<Millis> {
    let first = Date::from_days(today.days() - AHEAD);
    let mut last: Option<(Millis, Millis)> = None;
    for date in (first.days()..=today.days()).map(Date::from_days) {
        for stretch in hours.on(date) {
            let (from, to) = (instant(date, stretch.from), instant(date, stretch.to));
            if to <= from || from > at {
                continue;
            }
            last = match last {
                // One stretch that begins where the last one ended, over midnight or not.
                Some((begun, end)) if from <= end => Some((begun, end.max(to))),
                _ => Some((from, to)),
            };
        }
    }
    let (from, to) = last?;
    let beginning = if at < to { from } else { to };
    (beginning > instant(first, 0)).then_some(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hours::{Exception, Stretch, Weekly},
        settings::Scope,
        time::{DAY, HOUR, MINUTE, millis},
    };
    use proptest::prelude::*;

    /// A Monday; the clock shows UTC.
    const MONDAY: i64 = 20_773;

    fn instant(date: Date, minute: u16) -> Millis {
        Millis(date.days() * millis(DAY) + i64::from(minute) * millis(MINUTE))
    }

    fn at(day: i64, hour: i64) -> Millis {
        Millis((MONDAY + day) * millis(DAY) + hour * millis(HOUR))
    }

    /// Monday to Friday from 9 to 22, but this Wednesday.
    fn hours() -> Hours {
        let hours = Stretch { from: 540, to: 1_320 };
        Hours {
            weekly: (0..5).map(|weekday| Weekly { scope: Scope::Space, weekday, hours }).collect(),
            exceptions: vec![Exception { scope: Scope::Space, day: MONDAY + 2, hours: None }],
        }
    }

    fn meter(measure: Measure, value: i64, minutes: u32, watts: Option<i64>) -> SpaceMeter {
        let location = Some("Hall".to_owned());
        SpaceMeter {
            name: "One".into(),
            location,
            measure,
            value,
            read: at(0, 12).before(MINUTE * minutes),
            watts,
        }
    }

    fn of(hours: &Hours, at: Millis, meters: &[SpaceMeter], people: Option<u32>) -> SpaceStatus {
        let today = Date::from_days(at.0.div_euclid(millis(DAY)));
        status(&Facts { at, today, hours, meters, people }, instant)
    }

    #[test]
    fn open_and_closed_begin_and_end_with_the_opening_hours() {
        for (now, expected) in [
            (at(0, 12), (Some(true), at(0, 9), at(0, 22))),
            (at(0, 9), (Some(true), at(0, 9), at(0, 22))),
            (at(0, 22), (Some(false), at(0, 22), at(1, 9))),
            // Closed on Wednesday, and on weekends.
            (at(2, 12), (Some(false), at(1, 22), at(3, 9))),
            (at(6, 12), (Some(false), at(4, 22), at(7, 9))),
        ] {
            let (open, since, until) = expected;
            let status = of(&hours(), now, &[], None);
            assert_eq!((status.open, status.since, status.until), (open, Some(since), Some(until)), "{now:?}");
        }
    }

    #[test]
    fn space_without_hours_is_neither_open_nor_closed() {
        let status = of(&Hours::default(), at(0, 12), &[], Some(3));
        assert_eq!((status.open, status.since, status.until, status.people), (None, None, None, Some(3)));
        let always = Stretch { from: 0, to: 1_440 };
        let weekly = (0..7).map(|weekday| Weekly { scope: Scope::Space, weekday, hours: always }).collect();
        let status = of(&Hours { weekly, exceptions: Vec::new() }, at(0, 12), &[], None);
        assert_eq!((status.open, status.since, status.until), (Some(true), None, None), "it never changes");
    }

    #[test]
    fn only_fresh_temperatures_and_power_are_shown() {
        let meters = [
            meter(Measure::Temperature, 21_400, 3, None),
            meter(Measure::Temperature, 19_000, 16, None),
            meter(Measure::Power, 381_701_000, 1, Some(6_180)),
            meter(Measure::Power, 381_701_000, 1, None),
            meter(Measure::Occupancy, 4, 1, None),
        ];
        let status = of(&hours(), at(0, 12), &meters, None);
        let values = |sensors: &[Sensor]| sensors.iter().map(|one| one.value).collect::<Vec<_>>();
        assert_eq!(values(&status.temperatures), [Amount(21_400)]);
        assert_eq!(values(&status.power), [Amount(6_180_000)]);
        assert_eq!(status.temperatures[0].location.as_deref(), Some("Hall"));
        assert_eq!(status.people, None);
    }

    proptest! {
        #[test]
        fn nothing_changed_between_since_and_now(minutes in 0_i64..20_160) {
            let now = Millis(at(0, 0).0 + minutes * millis(MINUTE));
            let status = of(&hours(), now, &[], None);
            let begun = status.since.unwrap();
            prop_assert!(begun <= now && status.until.is_none_or(|until| until > now));
            let before = of(&hours(), Millis(begun.0 - 1), &[], None);
            prop_assert_ne!(before.open, status.open);
            prop_assert_eq!(of(&hours(), begun, &[], None).open, status.open);
        }
    }
}
