//! Groups in groups: who is in a group is in the groups that contain it.
//!
//! Invariants: each group counts once, so a circle of groups ends; and only so many levels are followed, so a directory cannot make
//! us ask without end. Not here: asking for the groups of a level.

use super::entry_name::comparable;
use std::collections::HashSet;

/// Levels of groups in groups that are followed.
pub const DEPTH: usize = 32;

/// The groups of a person, found level by level.
#[derive(Debug, Clone, Default)]
pub struct Nesting {
    known: HashSet<String>,
    groups: Vec<String>,
    levels: usize,
}

impl Nesting {
    /// Adds groups: at first those of the person, then those that contain the level before. Returns the new ones, whose containing
    /// groups are the next level; none beyond [`DEPTH`].
    pub fn add(&mut self, groups: impl IntoIterator<Item = String>) -> Vec<String> {
        let new: Vec<_> = groups.into_iter().filter(|group| self.known.insert(comparable(group))).collect();
        self.groups.extend_from_slice(&new);
        self.levels += 1;
        if self.levels > DEPTH { Vec::new() } else { new }
    }

    /// All groups, each once.
    #[must_use]
    pub fn into_groups(self) -> Vec<String> {
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All groups of a person in `direct`; `outer`: the groups that contain one.
    fn all(direct: &[&str], outer: impl Fn(&str) -> Vec<String>) -> Vec<String> {
        let mut nesting = Nesting::default();
        let mut level = nesting.add(direct.iter().map(|&group| group.to_owned()));
        while !level.is_empty() {
            level = nesting.add(level.iter().flat_map(|group| outer(group)));
        }
        nesting.into_groups()
    }

    #[test]
    fn circle_of_groups_ends_and_each_counts_once() {
        let outer = |group: &str| {
            let outer: &[&str] = match group {
                "cn=a,dc=lab" => &["cn=b,dc=lab", "cn=c,dc=lab"],
                "cn=b,dc=lab" => &["CN=C, DC=lab"],
                _ => &["cn=a,dc=lab"],
            };
            outer.iter().map(|&group| group.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(all(&["cn=a,dc=lab"], outer), ["cn=a,dc=lab", "cn=b,dc=lab", "cn=c,dc=lab"]);
    }

    #[test]
    fn endless_chain_is_followed_to_its_depth() {
        let next = |group: &str| vec![(group.parse::<usize>().expect("a number") + 1).to_string()];
        assert_eq!(all(&["0"], next).len(), DEPTH + 1);
        assert!(all(&[], next).is_empty());
    }
}
