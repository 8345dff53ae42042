//! The energy of uses of one machine, from the quarters of an hour that its plug counted.
//!
//! **Invariant.** The parts of uses and the rest add up to the amounts of the quarters, also where uses overlap.
//!
//! Not here: who used it, and which figures may be shown.

use super::QUARTER;
use crate::{
    occupations::Span,
    time::{Millis, millis},
};

/// A use's part of a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsePart {
    /// Which of the uses.
    pub of: usize,
    /// The beginning of the quarter.
    pub at: Millis,
    /// In milliwatt-hours.
    pub amount: i64,
}

/// The amounts of quarters, divided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Division {
    /// By quarter. A use without any part was not measured.
    pub parts: Vec<UsePart>,
    /// The amount while nobody used the machine, by the beginning of the quarter.
    pub rest: Vec<(Millis, i64)>,
}

/// Divides the amounts of quarters among the uses that overlap them, in proportion to the time; uses that overlap each other share
/// it. The quarters are in order, and the last one may have lasted only until `until`.
#[must_use]
pub fn divide(quarters: &[(Millis, i64)], uses: &[Span], until: Millis) -> Division {
    let mut order: Vec<usize> = (0..uses.len()).collect();
    order.sort_by_key(|at| uses.get(*at).map(|span| span.starts));
    let mut coming = order.into_iter().filter_map(|at| Some((at, *uses.get(at)?))).peekable();
    let mut present: Vec<(usize, Span)> = Vec::new();
    let mut divided = Division::default();
    for &(starts, amount) in quarters {
        let whole = starts.after(QUARTER);
        let ends = if starts < until { whole.min(until) } else { whole };
        present.retain(|(_, span)| span.ends > starts);
        while let Some(next) = coming.next_if(|(_, span)| span.starts < ends) {
            present.push(next);
        }
        let overlaps: Vec<(usize, i64)> = present
            .iter()
            .map(|(of, span)| (*of, span.ends.min(ends).0 - span.starts.max(starts).0))
            .filter(|(_, length)| *length > 0)
            .collect();
        let together: i64 = overlaps.iter().map(|(_, length)| length).sum();
        let length = (ends.0 - starts.0).max(together).max(1);
        let mut rest = amount;
        for (of, overlap) in overlaps {
            let part = i128::from(amount) * i128::from(overlap) / i128::from(length);
            let part = i64::try_from(part).unwrap_or(0);
            rest -= part;
            divided.parts.push(UsePart { of, at: starts, amount: part });
        }
        divided.rest.push((starts, rest));
    }
    divided
}

/// The quarters of several meters of one machine as those of one: in order, and each once.
#[must_use]
pub fn merged(mut quarters: Vec<(Millis, i64)>) -> Vec<(Millis, i64)> {
    quarters.sort_unstable_by_key(|(at, _)| *at);
    let mut merged: Vec<(Millis, i64)> = Vec::with_capacity(quarters.len());
    for (at, amount) in quarters {
        match merged.last_mut() {
            Some((last, sum)) if *last == at => *sum = sum.saturating_add(amount),
            _ => merged.push((at, amount)),
        }
    }
    merged
}

/// The beginning of the quarter with `at` in it.
#[must_use]
pub fn quarter_of(at: Millis) -> Millis {
    let quarter = millis(QUARTER);
    Millis(at.0.div_euclid(quarter) * quarter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;
    use proptest::prelude::*;

    const NOON: Millis = Millis(1_795_089_600_000);

    fn at(minutes: i64) -> Millis {
        Millis(NOON.0 + minutes * millis(MINUTE))
    }

    fn span(from: i64, to: i64) -> Span {
        Span { starts: at(from), ends: at(to) }
    }

    fn of(divided: &Division, of: usize) -> Option<i64> {
        let parts: Vec<i64> = divided.parts.iter().filter(|part| part.of == of).map(|part| part.amount).collect();
        (!parts.is_empty()).then(|| parts.iter().sum())
    }

    #[test]
    fn use_gets_its_share_of_each_quarter_and_the_rest_is_nobodys() {
        let quarters = [(at(0), 900), (at(15), 300), (at(30), 60)];
        // Ten minutes of the first quarter, and five of the second.
        let divided = divide(&quarters, &[span(5, 20)], at(45));
        assert_eq!(of(&divided, 0), Some(600 + 100));
        assert_eq!(divided.rest, [(at(0), 300), (at(15), 200), (at(30), 60)]);
    }

    #[test]
    fn use_outside_of_all_quarters_is_unknown() {
        let divided = divide(&[(at(0), 900)], &[span(-30, 0), span(15, 40), span(0, 15)], at(40));
        assert_eq!([0, 1, 2].map(|at| of(&divided, at)), [None, None, Some(900)]);
    }

    #[test]
    fn overlapping_uses_share_the_amount() {
        let divided = divide(&[(at(0), 900)], &[span(0, 15), span(0, 15), span(0, 15)], at(15));
        assert_eq!([0, 1, 2].map(|at| of(&divided, at)), [Some(300); 3]);
    }

    #[test]
    fn running_quarter_is_divided_by_the_time_that_passed() {
        let divided = divide(&[(at(0), 100)], &[span(0, 5)], at(5));
        assert_eq!((of(&divided, 0), divided.rest), (Some(100), vec![(at(0), 0)]));
    }

    #[test]
    fn quarters_of_two_plugs_are_added() {
        let quarters = vec![(at(15), 5), (at(0), 7), (at(15), 4)];
        assert_eq!(merged(quarters), [(at(0), 7), (at(15), 9)]);
        assert_eq!((quarter_of(at(14)), quarter_of(at(15)), quarter_of(at(-1))), (at(0), at(15), at(-15)));
    }

    proptest! {
        #[test]
        fn parts_and_rest_add_up_to_the_meter(
            amounts in prop::collection::btree_map(0_i64..40, 0_i64..1_000_000_000, 0..20),
            uses in prop::collection::vec((0_i64..600, 1_i64..120), 0..12),
            until in 1_i64..700,
        ) {
            let quarters: Vec<_> = amounts.iter().map(|(quarter, amount)| (at(quarter * 15), *amount)).collect();
            let uses: Vec<_> = uses.iter().map(|(from, length)| span(*from, from + length)).collect();
            let divided = divide(&quarters, &uses, at(until));
            prop_assert_eq!(divided.rest.len(), quarters.len());
            for ((starts, amount), (_, rest)) in quarters.iter().zip(&divided.rest) {
                let parts = divided.parts.iter().filter(|part| part.at == *starts);
                let used: i64 = parts.map(|part| part.amount).sum();
                prop_assert!(*rest >= 0 && used + rest == *amount, "{} of {}", used, amount);
            }
            for part in &divided.parts {
                let span = uses[part.of];
                prop_assert!(span.starts < part.at.after(QUARTER) && part.at < span.ends && part.amount >= 0);
            }
        }

        #[test]
        fn one_use_of_everything_gets_everything(amounts in prop::collection::vec(0_i64..1_000_000, 1..20)) {
            let quarters: Vec<_> = (0_i64..).zip(&amounts).map(|(at_, amount)| (at(at_ * 15), *amount)).collect();
            let end = i64::try_from(amounts.len()).unwrap() * 15;
            let divided = divide(&quarters, &[span(-5, end + 5)], at(end));
            prop_assert_eq!(of(&divided, 0), Some(amounts.iter().sum()));
        }
    }
}
