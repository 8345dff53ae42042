//! Amounts as people read and type them.

use super::Measure;
use serde::{Deserialize, Serialize};

/// Thousandths of a kilowatt-hour, a cubic metre, a degree Celsius or a person; written as a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "f64", from = "f64")]
pub struct Amount(pub i64);

/// The largest amount that can be typed, in thousandths.
const MOST: i64 = 1_000_000_000;

impl From<Amount> for f64 {
    #[expect(clippy::cast_precision_loss, reason = "a meter shows less than 2^53 thousandths")]
    fn from(Amount(thousandths): Amount) -> Self {
        thousandths as Self / 1_000.0
    }
}

impl From<f64> for Amount {
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    fn from(number: f64) -> Self {
        Self((number * 1_000.0).round() as i64)
    }
}

impl Amount {
    /// Reads a number with up to three decimals, after a point or a comma.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(',', ".");
        let (is_negative, digits) =
            text.strip_prefix(['-', '\u{2212}']).map_or((false, text.as_str()), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 3 || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let part: i64 = format!("{part:0<3}").parse().ok()?;
        let number = whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(part)?;
        (number <= MOST).then_some(Self(if is_negative { -number } else { number }))
    }

    /// Of a value in base units, rounded down.
    #[must_use]
    pub const fn of(measure: Measure, base: i64) -> Self {
        let scale = measure.scale();
        Self(if scale >= 1_000 { base.div_euclid(scale / 1_000) } else { base.saturating_mul(1_000 / scale) })
    }

    /// In base units.
    #[must_use]
    pub const fn to_base(self, measure: Measure) -> i64 {
        let scale = measure.scale();
        if scale >= 1_000 { self.0.saturating_mul(scale / 1_000) } else { self.0.div_euclid(1_000 / scale) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_read_with_point_and_comma() {
        for (text, expected) in [
            ("8", Some(8_000)),
            (" 21,5 ", Some(21_500)),
            ("-3.25", Some(-3_250)),
            ("0.0001", None),
            ("1e3", None),
            ("", None),
            (".5", None),
            ("1000001", None),
        ] {
            assert_eq!(Amount::parse(text), expected.map(Amount), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn base_units_round_trip(thousandths in -1_000_000_i64..1_000_000) {
            for measure in [Measure::Power, Measure::Heat, Measure::Water, Measure::Temperature] {
                let amount = Amount(thousandths);
                prop_assert_eq!(Amount::of(measure, amount.to_base(measure)), amount);
            }
            prop_assert_eq!(Amount::of(Measure::Occupancy, thousandths).to_base(Measure::Occupancy), thousandths);
        }
    }
}
