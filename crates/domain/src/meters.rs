//! Meters: what they measure, what their messages say, and how readings become amounts per quarter of an hour.
//!
//! **Invariants.** Amounts are whole numbers of the base unit of their measure, so that parts of a reading add up to it
//! exactly. A counter that restarts at zero, a gap, a repeated and a late reading lose nothing and count nothing twice.
//!
//! Not here: topics of a broker, storage, and what a threshold leads to.

mod message;
mod rollup;

pub use message::{Heard, MeterFormat, UnreadableReading, hear};
pub use rollup::{Counter, Gauge, LONGEST_GAP, QUARTER, Step, spread};

use crate::string_enum::string_enum;

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

    /// `value` in base units, rounded; `None` if it is no number or larger than any meter shows.
    #[must_use]
    pub fn to_base(self, value: f64) -> Option<i64> {
        #[expect(clippy::cast_precision_loss, reason = "factors are at most a million")]
        let scaled = (value * self.factor() as f64).round();
        #[expect(clippy::cast_possible_truncation, reason = "within ±10^15")]
        (scaled.abs() <= 1e15).then_some(scaled as i64)
    }
}
