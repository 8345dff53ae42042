//! Suppression of figures that would reveal single people: those about a few, and those from which they could be
//! derived.
//!
//! Invariant: a total less all of its shown parts is about nobody, or about at least [`FEWEST`] people.

use super::FEWEST;
use crate::id::PersonId;
use std::collections::BTreeSet;

pub type People = BTreeSet<PersonId>;

/// An anonymized person, who may be any of the others.
pub const NAMELESS: PersonId = PersonId(0);

/// Whether a figure about `people` identifies none of them.
#[must_use]
pub(super) fn are_enough(people: &People) -> bool {
    people.len() >= FEWEST + usize::from(people.contains(&NAMELESS))
}

/// Which parts of a shown total are hidden: those of a few people, those withheld for another reason (`stored`),
/// and the smallest of the others where subtracting these from the total would reveal a few.
#[must_use]
pub fn hidden(parts: &[&People], stored: &[bool]) -> Vec<bool> {
    let is_kept = |at: usize| stored.get(at).copied().unwrap_or(false);
    let mut hidden: Vec<bool> =
        parts.iter().enumerate().map(|(at, people)| !are_enough(people) || is_kept(at)).collect();
    let rest: People = parts
        .iter()
        .zip(&hidden)
        .filter(|(_, hidden)| **hidden)
        .flat_map(|(part, _)| part.iter().copied())
        .collect();
    if !rest.is_empty() && !are_enough(&rest) {
        let visible = parts.iter().enumerate().filter(|(at, _)| hidden.get(*at) == Some(&false));
        let smallest = visible.min_by_key(|(_, people)| people.len()).map(|(at, _)| at);
        if let Some(one) = smallest.and_then(|at| hidden.get_mut(at)) {
            *one = true;
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn people(ids: impl IntoIterator<Item = i64>) -> People {
        ids.into_iter().map(PersonId).collect()
    }

    fn of(parts: &[People]) -> Vec<bool> {
        hidden(&parts.iter().collect::<Vec<_>>(), &[])
    }

    #[test]
    fn group_below_five_people_also_hides_smallest_other() {
        let (four, five, nine) = (people(1..5), people(1..6), people(1..10));
        assert_eq!(of(&[nine.clone(), five.clone()]), [false, false]);
        assert_eq!(of(&[nine.clone(), four.clone(), five.clone()]), [false, true, true]);
        assert_eq!(of(&[four.clone(), nine.clone()]), [true, true], "the whole less the other would be it");
        // Together they are enough: the rest of the total is about eight.
        assert_eq!(of(&[nine.clone(), four, people(11..15)]), [false, true, true]);
        // An empty part is about nobody.
        assert_eq!(of(&[nine, People::new(), five]), [false, true, false]);
        assert_eq!(of(&[]), Vec::<bool>::new());
    }

    #[test]
    fn anonymized_person_never_completes_group_of_five() {
        let (four, nine) = (people(0..5), people(1..10));
        assert!(!are_enough(&four), "it may have been one of the four");
        assert!(are_enough(&people(0..6)));
        // The whole less the others would be it.
        assert_eq!(of(&[nine.clone(), people([0]), people(1..7)]), [false, true, true]);
        assert_eq!(of(&[nine, four]), [true, true]);
    }

    proptest! {
        #[test]
        fn neither_shown_nor_remaining_part_identifies_few(
            parts in prop::collection::vec(prop::collection::btree_set((0_i64..12).prop_map(PersonId), 0..9), 0..8),
            stored in prop::collection::vec(any::<bool>(), 0..8),
        ) {
            let hidden = hidden(&parts.iter().collect::<Vec<_>>(), &stored);
            let (visible, rest): (Vec<_>, Vec<_>) = parts.iter().zip(&hidden).partition(|(_, hidden)| !**hidden);
            prop_assert!(visible.iter().all(|(part, _)| part.len() >= FEWEST));
            let rest: People = rest.into_iter().flat_map(|(part, _)| part.clone()).collect();
            prop_assert!(rest.is_empty() || rest.len() >= FEWEST || visible.is_empty());
            for (at, stored) in stored.iter().enumerate().take(parts.len()) {
                prop_assert!(!stored || hidden[at]);
            }
        }
    }
}
