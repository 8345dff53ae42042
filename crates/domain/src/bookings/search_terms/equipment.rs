//! Finds the equipment that the words of a sentence name.
//!
//! Invariant: all words of a piece of equipment are there, in order, in singular or plural. What is also the whole name of
//! a machine, room or type names that. Not here: which room has it.

use super::{
    names::{Fit, KnownNames, fit},
    tokens::{Token, split},
};

/// Limit of words of a piece of equipment.
const WORDS: usize = 8;

/// The words of each piece of equipment.
pub(super) struct Things {
    words: Vec<Vec<String>>,
}

impl Things {
    pub fn new(known: KnownNames<'_>) -> Self {
        let words = |name: &str| split(name, WORDS).0.into_iter().map(|token| token.text).collect::<Vec<_>>();
        let names: Vec<_> = known.names.iter().map(|one| words(&one.name)).collect();
        let of_thing = |name: &String| {
            let words = words(name);
            // An empty list is never found.
            if names.contains(&words) { Vec::new() } else { words }
        };
        Self { words: known.equipment.iter().map(of_thing).collect() }
    }

    /// The longest piece of equipment from `at` on: where it ends, and its place in the list.
    pub fn find(&self, tokens: &[Token], at: usize) -> Option<(usize, u16)> {
        let rest = tokens.get(at..).unwrap_or_default();
        let is_here = |words: &[String]| {
            let is_word =
                |(name, token): (&String, &Token)| matches!(fit(name, &token.text), Some(Fit::Whole | Fit::Form));
            !words.is_empty() && words.len() <= rest.len() && words.iter().zip(rest).all(is_word)
        };
        let found = self.words.iter().zip(0..).filter(|(words, _)| is_here(words));
        found.max_by_key(|(words, _)| words.len()).map(|(words, place)| (at + words.len(), place))
    }
}
