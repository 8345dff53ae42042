//! Meters: what they measure, what their messages say, and how readings become amounts per quarter of an hour.
//!
//! **Invariants.** Amounts are whole numbers of the base unit of their measure, so that parts of a reading add up to it
//! exactly. A counter that restarts at zero, a gap, a repeated and a late reading lose nothing and count nothing twice.
//!
//! Not here: topics of a broker, storage, and what a threshold leads to.

mod amount;
mod message;
mod rollup;
mod run;
mod uses;

pub use amount::Amount;
pub use message::{Heard, MeterFormat, UnreadableReading, hear};
pub use rollup::{Counter, Gauge, LONGEST_GAP, QUARTER, Step, spread};
pub use run::{Interval, OpenRun, RunStep, advance};
pub use uses::{Division, UsePart, divide, merged, quarter_of};

use crate::{string_enum::string_enum, time::Date};
use std::time::Duration;

/// The most characters of a subtopic and of a path.
pub const PATH: usize = 100;
/// Switches of one Shelly, from 0.
pub const SWITCHES: u16 = 31;
/// A plug that measures at least so much, in watts, shows that its machine runs.
pub const RUNNING: i64 = 30;
/// A machine that runs for so long without a swipe is reported. Chargers and cooling fans run shorter after a use.
pub const UNSWIPED: Duration = Duration::from_mins(5);
/// Quarters of an hour are stored for so long, days for ever.
pub const QUARTERS: Duration = Duration::from_hours(24 * 400);

string_enum! {
    /// What a meter measures.
    Measure {
        /// Electric energy.
        Power = "power",
        /// Energy for heating.
        Heat = "heat",
        Water = "water",
        Temperature = "temperature",
        /// People inside.
        Occupancy = "occupancy",
    }
}

impl Measure {
    /// Whether its meters count up; all others show a value that rises and falls.
    #[must_use]
    pub const fn is_counter(self) -> bool {
        matches!(self, Self::Power | Self::Heat | Self::Water)
    }

    /// How many base units the unit has in which people read it: kilowatt-hours, cubic metres, degrees Celsius, people.
    #[must_use]
    pub const fn scale(self) -> i64 {
        match self {
            Self::Power | Self::Heat | Self::Water => 1_000_000,
            Self::Temperature => 1_000,
            Self::Occupancy => 1,
        }
    }

    /// The sign of that unit; empty for people.
    #[must_use]
    pub const fn unit_sign(self) -> &'static str {
        match self {
            Self::Power | Self::Heat => "kWh",
            Self::Water => "m³",
            Self::Temperature => "°C",
            Self::Occupancy => "",
        }
    }

    /// That unit.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Power | Self::Heat => Unit::KilowattHours,
            Self::Water => Unit::CubicMetres,
            Self::Temperature => Unit::Celsius,
            Self::Occupancy => Unit::People,
        }
    }

    /// Whether a reading may be in this unit.
    #[must_use]
    pub const fn takes(self, unit: Unit) -> bool {
        match self {
            Self::Power | Self::Heat => matches!(unit, Unit::WattHours | Unit::KilowattHours),
            Self::Water => matches!(unit, Unit::Litres | Unit::CubicMetres),
            Self::Temperature => matches!(unit, Unit::Celsius),
            Self::Occupancy => matches!(unit, Unit::People),
        }
    }
}

string_enum! {
    /// A period of readings.
    Period {
        /// By hour, and by quarter of an hour for programs.
        Day = "day",
        /// From Monday, by day.
        Week = "week",
        /// By day.
        Month = "month",
        /// By month.
        Year = "year",
    }
}

/// The number of earlier periods whose mean is the usual value.
pub const BEFORE: usize = 4;

impl Period {
    /// The periods before that with `date` in it, the latest first: the same weekday of the weeks before, weeks, months or the
    /// year before.
    #[must_use]
    pub fn before(self, date: Date) -> Vec<(Date, Date)> {
        let step = |days: i64| (1..).take(BEFORE).map(move |at| date.days() - days * at);
        match self {
            Self::Day | Self::Week => step(7).map(|day| self.days(Date::from_days(day))).collect(),
            Self::Month => {
                let mut before = Vec::new();
                let mut first = self.days(date).0;
                for _ in 0..BEFORE {
                    let earlier = self.days(Date::from_days(first.days() - 1));
                    first = earlier.0;
                    before.push(earlier);
                }
                before
            }
            Self::Year => vec![self.days(Date::from_days(self.days(date).0.days() - 1))],
        }
    }

    /// The first and the last day of the period with `date` in it.
    #[must_use]
    pub fn days(self, date: Date) -> (Date, Date) {
        let first_of = |year, month| Date { year, month, day: 1 };
        let last_before = |date: Date| Date::from_days(date.days() - 1);
        match self {
            Self::Day => (date, date),
            Self::Week => {
                let monday = date.days() - i64::from(date.weekday());
                (Date::from_days(monday), Date::from_days(monday + 6))
            }
            Self::Month => {
                let next = if date.month == 12 {
                    first_of(date.year + 1, 1)
                } else {
                    first_of(date.year, date.month + 1)
                };
                (first_of(date.year, date.month), last_before(next))
            }
            Self::Year => (first_of(date.year, 1), last_before(first_of(date.year + 1, 1))),
        }
    }
}

string_enum! {
    /// The unit of a reading as the device sends it.
    Unit {
        WattHours = "Wh",
        KilowattHours = "kWh",
        Litres = "l",
        CubicMetres = "m3",
        Celsius = "C",
        People = "people",
    }
}

impl Unit {
    /// How many base units it is: milliwatt-hours, millilitres, thousandths of a degree, people.
    #[must_use]
    pub const fn factor(self) -> i64 {
        match self {
            Self::WattHours | Self::Litres | Self::Celsius => 1_000,
            Self::KilowattHours | Self::CubicMetres => 1_000_000,
            Self::People => 1,
        }
    }

    /// What a meter with this unit can show: from a cold store to a kiln, and at most a hall full of people. A counter may go
    /// below zero, where energy fed into the grid is subtracted.
    const fn range(self) -> (f64, f64) {
        match self {
            Self::Celsius => (-100.0, 2_000.0),
            Self::People => (0.0, 10_000.0),
            Self::WattHours | Self::KilowattHours | Self::Litres | Self::CubicMetres => (f64::MIN, f64::MAX),
        }
    }

    /// `value` in base units, rounded; `None` if it is no number or none that a meter shows.
    #[must_use]
    pub fn to_base(self, value: f64) -> Option<i64> {
        let (least, most) = self.range();
        if !(least..=most).contains(&value) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "factors are at most a million")]
        let scaled = (value * self.factor() as f64).round();
        #[expect(clippy::cast_possible_truncation, reason = "within ±10^15")]
        (scaled.abs() <= 1e15).then_some(scaled as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_before_have_the_same_weekday_or_follow_each_other() {
        let date = Date { year: 2026, month: 3, day: 31 };
        let day = |month, day| Date { year: 2026, month, day };
        assert_eq!(Period::Day.before(date)[0], (day(3, 24), day(3, 24)));
        assert_eq!(Period::Week.days(date), (day(3, 30), Date { year: 2026, month: 4, day: 5 }));
        assert_eq!(Period::Month.before(date)[..2], [(day(2, 1), day(2, 28)), (day(1, 1), day(1, 31))]);
        assert_eq!(Period::Month.before(date)[2].0, Date { year: 2025, month: 12, day: 1 });
        let year = |year| (Date { year, month: 1, day: 1 }, Date { year, month: 12, day: 31 });
        assert_eq!((Period::Year.days(date), Period::Year.before(date)), (year(2026), vec![year(2025)]));
    }

    #[test]
    fn unit_of_a_measure_has_its_scale() {
        for measure in Measure::ALL {
            assert!(measure.takes(measure.unit()), "{measure:?}");
            assert_eq!(measure.unit().factor(), measure.scale(), "{measure:?}");
        }
    }

    proptest! {
        #[test]
        fn every_date_is_in_its_period_and_after_those_before(days in 0_i64..40_000) {
            let date = Date::from_days(days);
            for period in Period::ALL {
                let (first, last) = period.days(date);
                prop_assert!(first <= date && date <= last);
                prop_assert!(period.before(date).iter().all(|(from, until)| from <= until && *until < first));
            }
        }
    }
}
