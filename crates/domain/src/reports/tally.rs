//! Counts by part – an hour of the week, a week, a step of a scale – and by machine, with the people each count is
//! about.
//!
//! Invariant: everything [`Tally::sums`] returns may be shown ([`hidden`]), even to a reader who asks for every
//! type and machine in turn: a type is hidden where the others would reveal it, and so is a machine among those of
//! its type.
//!
//! Suppression happens here, so pages, files and the API agree on it.

use super::{People, are_enough, hidden};
use crate::{bookings::ResourceFilter, id::PersonId};
use std::collections::BTreeMap;

pub(super) trait Sum: Default {
    /// Adds the counts of `other`.
    fn add(&mut self, other: &Self);

    /// The sum of all.
    fn total(all: &[&Self]) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.add(one);
        }
        sum
    }
}

impl Sum for i64 {
    fn add(&mut self, other: &Self) {
        *self += other;
    }
}

impl Sum for Vec<i64> {
    fn add(&mut self, other: &Self) {
        self.extend(other);
    }
}

/// The groups of machines and rooms: types, and all rooms.
#[derive(Debug)]
pub(super) struct Tree {
    /// The groups, in order.
    pub groups: Vec<ResourceFilter>,
    /// The group of each machine and room.
    pub of: Vec<usize>,
}

/// The group of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    All,
    Group(usize),
    /// A machine or a room.
    One(usize),
}

impl Tree {
    /// Whether the machine or room `one` belongs to `of`.
    pub fn has(&self, of: Of, one: usize) -> bool {
        match of {
            Of::All => true,
            Of::Group(group) => self.of.get(one) == Some(&group),
            Of::One(other) => one == other,
        }
    }
}

/// Counts by `K` and by machine.
#[derive(Debug)]
pub(super) struct Tally<K, V>(BTreeMap<K, BTreeMap<usize, (V, People)>>);

impl<K, V> Default for Tally<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Copy, V: Sum> Tally<K, V> {
    /// Counts something at a machine for `person`, if known.
    pub fn add(&mut self, key: K, one: usize, person: Option<PersonId>, value: &V) {
        let (sum, people) = self.0.entry(key).or_default().entry(one).or_default();
        sum.add(value);
        people.extend(person);
    }

    /// The sums of each of `keys`, which are the parts of one total; `None` for hidden ones.
    pub fn sums(&self, tree: &Tree, of: Of, keys: &[K]) -> Vec<Option<V>> {
        let none = BTreeMap::new();
        let parts: Vec<_> = keys.iter().map(|key| self.0.get(key).unwrap_or(&none)).collect();
        let people: Vec<People> = parts.iter().map(|part| people(part, |one| tree.has(of, one))).collect();
        let stored = parts.iter().zip(&people).map(|(part, people)| match of {
            // Whether a total is shown depends on nothing but its people.
            Of::All => !are_enough(people),
            Of::Group(_) | Of::One(_) => !Disclosure::of(tree, part).is(of),
        });
        let stored: Vec<bool> = stored.collect();
        let hidden = hidden(&people.iter().collect::<Vec<_>>(), &stored);
        let sums = parts.iter().zip(hidden).map(|(part, hidden)| {
            (!hidden).then(|| {
                let inside = part.iter().filter(|(one, _)| tree.has(of, **one));
                V::total(&inside.map(|(_, (value, _))| value).collect::<Vec<_>>())
            })
        });
        sums.collect()
    }

    /// The sum of all parts; `None` if hidden.
    pub fn total(&self, tree: &Tree, of: Of) -> Option<V> {
        if of == Of::All {
            let all: Vec<_> = self.0.values().flat_map(BTreeMap::values).collect();
            let people: People = all.iter().flat_map(|(_, people)| people.iter().copied()).collect();
            return are_enough(&people).then(|| V::total(&all.iter().map(|(value, _)| value).collect::<Vec<_>>()));
        }
        let mut parts: BTreeMap<usize, (V, People)> = BTreeMap::new();
        for (one, (value, people)) in self.0.values().flatten() {
            let (sum, all) = parts.entry(*one).or_default();
            sum.add(value);
            all.extend(people);
        }
        let mut sum = V::default();
        parts.iter().filter(|(one, _)| tree.has(of, **one)).for_each(|(_, (value, _))| sum.add(value));
        Disclosure::of(tree, &parts).is(of).then_some(sum)
    }

    /// The sum of one part, for each of `all`.
    pub fn each(&self, tree: &Tree, all: &[Of], key: K) -> Vec<Option<V>> {
        let none = BTreeMap::new();
        let part = self.0.get(&key).unwrap_or(&none);
        let visible = Disclosure::of(tree, part);
        let mut groups: BTreeMap<usize, Vec<&V>> = BTreeMap::new();
        for (one, (value, _)) in part {
            if let Some(group) = tree.of.get(*one) {
                groups.entry(*group).or_default().push(value);
            }
        }
        let sums: BTreeMap<usize, V> = groups.iter().map(|(group, all)| (*group, V::total(all))).collect();
        let whole = V::total(&part.values().map(|(value, _)| value).collect::<Vec<_>>());
        let copy = |value: &V| V::total(&[value]);
        let each = all.iter().map(|of| {
            let sum = match of {
                Of::All => Some(&whole),
                Of::Group(group) => sums.get(group),
                Of::One(one) => part.get(one).map(|(value, _)| value),
            };
            sum.filter(|_| visible.is(*of)).map(copy)
        });
        each.collect()
    }
}

fn people<V>(part: &BTreeMap<usize, (V, People)>, fits: impl Fn(usize) -> bool) -> People {
    part.iter().filter(|(one, _)| fits(**one)).flat_map(|(_, (_, people))| people.iter().copied()).collect()
}

/// The visibility of one part: in total, for each group and each machine.
struct Disclosure {
    all: bool,
    groups: Vec<bool>,
    ones: BTreeMap<usize, bool>,
}

impl Disclosure {
    fn of<V>(tree: &Tree, part: &BTreeMap<usize, (V, People)>) -> Self {
        // Collected and not added one by one: a set is made from a list in a fraction of the time.
        let whole: People = part.values().flat_map(|(_, people)| people.iter().copied()).collect();
        let mut groups: Vec<Vec<PersonId>> = vec![Vec::new(); tree.groups.len()];
        let mut members: Vec<Vec<(usize, &People)>> = vec![Vec::new(); tree.groups.len()];
        for (one, (_, people)) in part {
            let Some(group) = tree.of.get(*one) else { continue };
            if let (Some(of_group), Some(members)) = (groups.get_mut(*group), members.get_mut(*group)) {
                of_group.extend(people);
                members.push((*one, people));
            }
        }
        let all = are_enough(&whole);
        let groups: Vec<People> = groups.into_iter().map(|people| people.into_iter().collect()).collect();
        let hidden_groups = hidden(&groups.iter().collect::<Vec<_>>(), &[]);
        let groups: Vec<bool> = hidden_groups.iter().map(|hidden| all && !hidden).collect();
        let mut ones = BTreeMap::new();
        for (members, visible) in members.iter().zip(&groups) {
            let hidden = hidden(&members.iter().map(|(_, people)| *people).collect::<Vec<_>>(), &[]);
            ones.extend(members.iter().zip(hidden).map(|((one, _), hidden)| (*one, *visible && !hidden)));
        }
        Self { all, groups, ones }
    }

    fn is(&self, of: Of) -> bool {
        match of {
            Of::All => self.all,
            Of::Group(group) => self.groups.get(group).copied().unwrap_or(false),
            Of::One(one) => self.ones.get(&one).copied().unwrap_or(false),
        }
    }
}
