//! The time that one payment covers: weeks, months or years.

use crate::time::Date;

/// How often dues are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Weeks(u16),
    Months(u16),
}

impl Period {
    pub const MONTH: Self = Self::Months(1);

    /// From a number and a unit as processors name them; `None` if it is none of weeks, months and years.
    #[must_use]
    pub fn parse(count: u16, unit: &str) -> Option<Self> {
        match unit.trim_end_matches("ly") {
            _ if count == 0 => None,
            "week" => Some(Self::Weeks(count)),
            "month" => Some(Self::Months(count)),
            "year" => Some(Self::Months(count.checked_mul(12)?)),
            _ => None,
        }
    }

    /// The last day that a payment of `first` covers. A month from the 31st ends with the last day of the next one.
    #[must_use]
    pub fn last_day(self, first: Date) -> Date {
        let next = match self {
            Self::Weeks(weeks) => return Date::from_days(first.days() + 7 * i64::from(weeks) - 1),
            Self::Months(months) => {
                let month = i32::from(first.month) - 1 + i32::from(months);
                let (year, month) = (first.year + month.div_euclid(12), month.rem_euclid(12) + 1);
                Date { year, month: u8::try_from(month).unwrap_or(12), day: 1 }
            }
        };
        let after = Date::from_days(next.days() + 31);
        let length = Date { day: 1, ..after }.days() - next.days();
        if i64::from(first.day) > length {
            return Date::from_days(next.days() + length - 1);
        }
        Date::from_days(next.days() + i64::from(first.day) - 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        Date::from_iso(text).unwrap()
    }

    #[test]
    fn payment_covers_time_until_next_one() {
        let month = |first: &str| Period::MONTH.last_day(date(first));
        assert_eq!(month("2026-11-01"), date("2026-11-30"));
        assert_eq!(month("2026-12-15"), date("2027-01-14"));
        assert_eq!(month("2027-01-31"), date("2027-02-28"));
        assert_eq!(month("2028-01-30"), date("2028-02-29"));
        assert_eq!(Period::Weeks(2).last_day(date("2026-11-01")), date("2026-11-14"));
        assert_eq!(
            Period::parse(1, "yearly").map(|year| year.last_day(date("2027-03-01"))),
            Some(date("2028-02-29"))
        );
        assert_eq!((Period::parse(0, "monthly"), Period::parse(1, "daily")), (None, None));
    }

    proptest! {
        #[test]
        fn longer_period_ends_later(from in 10_000_i64..40_000, months in 1_u16..48) {
            let first = Date::from_days(from);
            let (shorter, longer) = (Period::Months(months).last_day(first), Period::Months(months + 1).last_day(first));
            prop_assert!(first < shorter && shorter < longer);
            prop_assert!(shorter.days() - first.days() <= i64::from(months) * 31);
        }
    }
}
