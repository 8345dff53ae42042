//! Finds the machine, type or room that the words of a sentence name.
//!
//! Invariant: all words used belong to one name. Not here: words for times and lengths, which are parsed first.

use super::tokens::{Token, split};
use crate::{
    bookings::{Resource, ResourceFilter},
    id::TypeId,
};

/// Limit of words of a name.
const NAME_WORDS: usize = 12;
/// Minimum letters of a partly typed word.
const PART: usize = 2;
/// Longer words may have another ending: `stampanti` for *stampante*.
const STEM: usize = 4;
const ROOMS: [&str; 6] = ["room", "rooms", "sala", "sale", "stanza", "stanze"];

/// Something that can be booked, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingName {
    pub wanted: ResourceFilter,
    pub name: String,
    /// The type of a machine.
    pub kind: Option<TypeId>,
}

/// What a sentence may name.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownNames<'a> {
    /// Machines, rooms and types.
    pub names: &'a [ExistingName],
    /// The equipment of rooms.
    pub equipment: &'a [String],
}

/// How well a word matches the word of a name; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Whole,
    /// Singular for plural, or vice versa.
    Form,
    Part,
}

struct Candidate<'a> {
    known: &'a ExistingName,
    words: Vec<String>,
    /// The worst match of the words used.
    fit: Fit,
}

/// The candidate names for the words used so far.
pub(super) struct Names<'a> {
    candidates: Vec<Candidate<'a>>,
    /// The words used, by token index.
    pub taken: Vec<usize>,
    /// A word for any room.
    room: Option<usize>,
}

/// How a word of a name may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    /// Partly or fully, anywhere; numbers as [`Take::Beside`].
    Word,
    /// Fully, and only after another word of the name: `2`, or a filler.
    Beside,
    /// Fully, as part of a whole name.
    Whole,
}

impl<'a> Names<'a> {
    pub fn new(known: &'a [ExistingName]) -> Self {
        let candidate = |known: &'a ExistingName| {
            let words = split(&known.name, NAME_WORDS).0.into_iter().map(|token| token.text).collect();
            Candidate { known, words, fit: Fit::Whole }
        };
        Self { candidates: known.iter().map(candidate).collect(), taken: Vec::new(), room: None }
    }

    /// The number of tokens from `at` on that are a whole name of several words.
    pub fn whole(&self, tokens: &[Token], at: usize) -> Option<usize> {
        let rest = tokens.get(at..).unwrap_or_default();
        let is_whole = |words: &[String]| {
            words.len() > 1
                && rest.len() >= words.len()
                && words.iter().zip(rest).all(|(name, token)| *name == token.text)
        };
        self.candidates.iter().map(|one| &one.words).filter(|words| is_whole(words)).map(Vec::len).max()
    }

    /// Uses the word at `at` if some name matches it and all words before.
    pub fn take(&mut self, tokens: &[Token], at: usize, how: Take) -> bool {
        let Some(token) = tokens.get(at) else { return false };
        let how = if how == Take::Word && token.number().is_some() { Take::Beside } else { how };
        let is_beside =
            at.checked_sub(1).is_some_and(|before| self.taken.contains(&before) || self.room == Some(before));
        if how == Take::Beside && !is_beside {
            return false;
        }
        let is_room = |one: &Candidate<'_>| matches!(one.known.wanted, ResourceFilter::One(Resource::Room(_)));
        if self.taken.is_empty()
            && self.room.is_none()
            && how == Take::Word
            && ROOMS.contains(&token.text.as_str())
            && self.candidates.iter().any(is_room)
        {
            self.room = Some(at);
            self.candidates.retain(is_room);
            return true;
        }
        let fit = |one: &Candidate<'_>| {
            let fit = one.words.iter().filter_map(|name| fit(name, &token.text)).min()?;
            (fit == Fit::Whole || how == Take::Word).then_some(fit)
        };
        if !self.candidates.iter().any(|one| fit(one).is_some()) {
            return false;
        }
        self.candidates.retain_mut(|one| {
            let found = fit(one);
            one.fit = one.fit.max(found.unwrap_or(Fit::Whole));
            found.is_some()
        });
        self.taken.push(at);
        true
    }

    /// The meaning of the words: the most exact match, a type before one machine of it. Several machines of one
    /// type mean that type.
    pub fn meaning(&self) -> Option<ResourceFilter> {
        if self.taken.is_empty() {
            return self.room.map(|_| ResourceFilter::Rooms);
        }
        let rank = |one: &Candidate<'_>| (one.fit, matches!(one.known.wanted, ResourceFilter::One(_)));
        let best = self.candidates.iter().map(rank).min()?;
        let alike: Vec<_> = self.candidates.iter().filter(|one| rank(one) == best).collect();
        let rest = |one: &Candidate<'_>| one.words.len().abs_diff(self.taken.len());
        let nearest = alike.iter().min_by_key(|one| rest(one))?;
        match nearest.known.kind {
            Some(kind)
                if alike.len() > 1
                    && rest(nearest) > 0
                    && alike.iter().all(|one| one.known.kind == Some(kind)) =>
            {
                Some(ResourceFilter::Type(kind))
            }
            _ => Some(nearest.known.wanted),
        }
    }

    /// The words that name it, by token index.
    pub fn words(&self) -> Vec<usize> {
        let mut words: Vec<usize> = self.room.into_iter().chain(self.taken.iter().copied()).collect();
        words.sort_unstable();
        words
    }
}

pub(super) fn fit(name: &str, input: &str) -> Option<Fit> {
    if name == input {
        return Some(Fit::Whole);
    }
    let letters = |text: &str| text.chars().count();
    let (of_word, of_typed) = (letters(name), letters(input));
    let is_figure = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if is_figure(name) || is_figure(input) {
        return None;
    }
    let plural = |one: &str, many: &str| {
        one.len() > 2 && (many.strip_prefix(one).is_some_and(|ending| matches!(ending, "s" | "es")))
    };
    let stem =
        |text: &str| text.char_indices().last().map(|(at, _)| text.get(..at).unwrap_or_default().to_owned());
    let ends_in_vowel = |text: &str| text.ends_with(['a', 'e', 'i', 'o']);
    let is_inflected = of_word >= STEM
        && of_word == of_typed
        && ends_in_vowel(name)
        && ends_in_vowel(input)
        && stem(name) == stem(input);
    if plural(name, input) || plural(input, name) || is_inflected {
        return Some(Fit::Form);
    }
    (of_typed >= PART && name.starts_with(input)).then_some(Fit::Part)
}
