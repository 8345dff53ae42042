//! Exchanges in a table: people who are given each other's cards or bookings, in any order of lines.
//!
//! Not here: what nobody has, which a line gives at once.

use crate::id::PersonId;
use std::collections::{BTreeMap, BTreeSet};

/// A line that names a thing of another person, and has no other fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<T> {
    pub thing: T,
    pub from: PersonId,
    pub to: PersonId,
}

/// The things that pass to another person, each with that person: each person who loses one is given one that another loses. A thing
/// that a line of its holder names (`own`) stays, and so does one that two people would be given. The order of the claims decides
/// nothing.
#[must_use]
pub fn exchanged<T: Clone + Ord>(claims: &[Claim<T>], own: &BTreeSet<T>) -> BTreeMap<T, PersonId> {
    let mut of_thing: BTreeMap<&T, &Claim<T>> = BTreeMap::new();
    let mut disputed: BTreeSet<&T> = own.iter().collect();
    for claim in claims {
        if of_thing.insert(&claim.thing, claim).is_some_and(|before| before.to != claim.to) {
            disputed.insert(&claim.thing);
        }
    }
    of_thing.retain(|thing, _| !disputed.contains(*thing));
    let mut lost: BTreeMap<PersonId, Vec<&Claim<T>>> = BTreeMap::new();
    let mut given: BTreeMap<PersonId, usize> = BTreeMap::new();
    for claim in of_thing.into_values() {
        lost.entry(claim.from).or_default().push(claim);
        *given.entry(claim.to).or_default() += 1;
    }
    // A person who is given none loses none; then neither is the next given that one.
    let mut stay: Vec<PersonId> = lost.keys().filter(|person| !given.contains_key(*person)).copied().collect();
    while let Some(person) = stay.pop() {
        for claim in lost.remove(&person).unwrap_or_default() {
            let left = given.entry(claim.to).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                stay.push(claim.to);
            }
        }
    }
    lost.into_values().flatten().map(|claim| (claim.thing.clone(), claim.to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The things, by the numbers of their holders, that pass to others.
    fn passing(all: &[(i64, i64)], own: &[i64]) -> Vec<(i64, i64)> {
        let claim = |&(from, to): &(i64, i64)| Claim { thing: from, from: PersonId(from), to: PersonId(to) };
        let claims: Vec<_> = all.iter().map(claim).collect();
        let own: BTreeSet<i64> = own.iter().copied().collect();
        exchanged(&claims, &own).into_iter().map(|(thing, to)| (thing, to.0)).collect()
    }

    #[test]
    fn things_of_people_who_are_given_each_others_pass_in_any_order() {
        assert_eq!(passing(&[(1, 2), (2, 1)], &[]), [(1, 2), (2, 1)]);
        assert_eq!(passing(&[(2, 1), (1, 2)], &[]), [(1, 2), (2, 1)]);
        assert_eq!(passing(&[(3, 1), (1, 2), (2, 3)], &[]), [(1, 2), (2, 3), (3, 1)]);
    }

    #[test]
    fn thing_stays_if_its_holder_is_given_none_in_return() {
        assert_eq!(passing(&[(1, 2)], &[]), []);
        assert_eq!(passing(&[(1, 2), (2, 3), (3, 4)], &[]), []);
        assert_eq!(passing(&[(1, 2), (2, 1), (3, 4)], &[]), [(1, 2), (2, 1)]);
        assert_eq!(passing(&[(1, 2), (2, 1)], &[1]), [], "a line of its holder names it");
        assert_eq!(passing(&[(1, 2), (2, 1), (2, 3)], &[]), [], "two people would be given it");
    }
}
