//! Floor plans: where rooms and machines are on the picture of a floor.
//!
//! Invariant: areas and machines lie within their plan. Lengths are whole centimetres, and people write metres. Not here: pictures.

use crate::string_enum::string_enum;
use serde::{Deserialize, Serialize};

/// Bounds of the sides of a plan, in centimetres.
pub const SIDES: std::ops::RangeInclusive<u32> = 100..=100_000;
/// The smallest side of an area or a machine on a plan, in centimetres.
pub const LEAST: u32 = 10;

/// A length in centimetres, written in metres: `11.90`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "f64", from = "f64")]
pub struct Length(pub u32);

/// Metres, as programs read them.
impl From<Length> for f64 {
    fn from(Length(centimetres): Length) -> Self {
        Self::from(centimetres) / 100.0
    }
}

impl From<f64> for Length {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    fn from(metres: f64) -> Self {
        Self((metres * 100.0).round() as u32)
    }
}

impl Length {
    /// Reads metres with up to two decimals, after a point or a comma.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('m').trim_end().replace(',', ".");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 2 || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let part: u32 = format!("{part:0<2}").parse().ok()?;
        let centimetres = whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)?;
        (centimetres <= *SIDES.end()).then_some(Self(centimetres))
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// A rectangle on a plan, in centimetres from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

string_enum! {
    /// A side of a rectangle that does not fit.
    Misfit {
        /// It is narrower than [`LEAST`], or reaches beyond the right edge.
        Width = "width",
        /// It is lower than [`LEAST`], or reaches beyond the lower edge.
        Height = "height",
    }
}

impl Area {
    /// The sides that do not fit on a plan of this width and height.
    #[must_use]
    pub fn misfits(self, (width, height): (u32, u32)) -> Vec<Misfit> {
        let is_off = |from: u32, length: u32, most: u32| length < LEAST || from.saturating_add(length) > most;
        let wide = is_off(self.x, self.width, width).then_some(Misfit::Width);
        let high = is_off(self.y, self.height, height).then_some(Misfit::Height);
        wide.into_iter().chain(high).collect()
    }

    /// Whether they share more than an edge.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.x < other.x.saturating_add(other.width)
            && other.x < self.x.saturating_add(self.width)
            && self.y < other.y.saturating_add(other.height)
            && other.y < self.y.saturating_add(self.height)
    }

    /// The nearest place of the same size on a plan of this width and height, `dx` and `dy` away.
    #[must_use]
    pub fn moved(self, (dx, dy): (i64, i64), (width, height): (u32, u32)) -> Self {
        let shifted = |from: u32, by: i64, length: u32, most: u32| {
            let last = i64::from(most.saturating_sub(length));
            u32::try_from((i64::from(from) + by).clamp(0, last)).unwrap_or(0)
        };
        Self { x: shifted(self.x, dx, self.width, width), y: shifted(self.y, dy, self.height, height), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_read_in_metres() {
        for (text, expected) in [
            ("11.90", Some(1_190)),
            ("11,9", Some(1_190)),
            (" 5 m ", Some(500)),
            ("0.05", Some(5)),
            ("1000", Some(100_000)),
            ("1000.01", None),
            ("1.234", None),
            ("-1", None),
            (".5", None),
            ("5.", Some(500)),
            ("", None),
            ("99999999999", None),
            ("٣", None),
        ] {
            assert_eq!(Length::parse(text).map(|length| length.0), expected, "{text:?}");
        }
        assert_eq!(Length(1_190).to_string(), "11.90");
        assert_eq!(Length::parse(&Length(7).to_string()), Some(Length(7)));
    }

    #[test]
    fn area_beyond_the_plan_names_its_side() {
        let area = Area { x: 400, y: 0, width: 100, height: 50 };
        assert_eq!(area.misfits((500, 50)), []);
        assert_eq!(area.misfits((499, 49)), [Misfit::Width, Misfit::Height]);
        assert_eq!(Area { width: 9, ..area }.misfits((500, 50)), [Misfit::Width]);
        assert_eq!(Area { x: u32::MAX, ..area }.misfits((500, 50)), [Misfit::Width]);
    }

    #[test]
    fn neighbours_that_share_an_edge_do_not_overlap() {
        let area = Area { x: 0, y: 0, width: 100, height: 100 };
        assert!(!area.overlaps(Area { x: 100, ..area }) && area.overlaps(Area { x: 99, ..area }));
        assert!(!area.overlaps(Area { y: 100, ..area }) && area.overlaps(area));
    }

    #[test]
    fn moved_area_stays_on_the_plan() {
        let area = Area { x: 10, y: 10, width: 100, height: 100 };
        assert_eq!(area.moved((-50, 20), (500, 500)), Area { x: 0, y: 30, ..area });
        assert_eq!(area.moved((900, 900), (500, 300)), Area { x: 400, y: 200, ..area });
    }
}
