//! Whole numbers within bounds that their type names.

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundedInteger<const LEAST: u16, const MOST: u16>(u16);

impl<const LEAST: u16, const MOST: u16> BoundedInteger<LEAST, MOST> {
    /// `None` if it is out of bounds.
    #[must_use]
    pub fn new(number: i64) -> Option<Self> {
        u16::try_from(number).ok().filter(|number| (LEAST..=MOST).contains(number)).map(Self)
    }

    /// `None` if it is no number, or out of bounds.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        input.trim().parse().ok().and_then(Self::new)
    }

    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_within_bounds_are_parsed() {
        type Seats = BoundedInteger<1, 40>;
        assert_eq!(["1", " 40 "].map(|input| Seats::parse(input).map(Seats::get)), [Some(1), Some(40)]);
        for wrong in ["", "0", "41", "-1", "65537", "1.5", "two"] {
            assert_eq!(Seats::parse(wrong), None, "{wrong}");
        }
    }
}
