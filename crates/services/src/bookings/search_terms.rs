//! A search for free time in words: the names that can be in it, and what was understood as it is shown.
//!
//! Invariant: what is shown is in the order of the sentence. Not here: what words mean (`domain::bookings::SearchTerms`), and which
//! times are free ([`super::choose`]).

use super::{Loaded, choose::All};
use domain::{
    bookings::{self as rules, KnownName, Meaning, Obstacle, SearchTerms, TimeWindow, Wanted},
    occupations::Span,
    time::{MINUTE, millis},
};
use std::{ops::Range, time::Duration};
use views::bookings::SearchTerm;

/// What can be looked for by name: types before machines and rooms.
pub(super) fn known_names(all: &All) -> Vec<KnownName> {
    let types =
        all.types.iter().map(|(wanted, name)| KnownName { wanted: *wanted, name: name.clone(), kind: None });
    let ones = all.bookable.iter().map(|(kind, one)| KnownName {
        wanted: Wanted::One(one.resource),
        name: one.name.clone(),
        kind: kind.and_then(|kind| if let Wanted::Type(kind) = kind { Some(kind) } else { None }),
    });
    types.chain(ones).collect()
}

/// The words of `sentence`, understood or not, without fillers.
pub(super) fn to_view(sentence: &str, terms: &SearchTerms, known: &[KnownName]) -> Vec<SearchTerm> {
    let text = |words: &Range<usize>| sentence.get(words.clone()).unwrap_or_default();
    let name = |meaning| {
        let Meaning::Thing(wanted) = meaning else { return None };
        known.iter().find(|one| one.wanted == wanted).map(|one| one.name.clone())
    };
    let term = |words: &[Range<usize>], meaning: Option<Meaning>| SearchTerm {
        words: words.iter().map(text).collect::<Vec<_>>().join(" "),
        meaning,
        name: meaning.and_then(name),
        rest: rules::without(sentence, words),
    };
    let start = |words: &[Range<usize>]| words.first().map(|words| words.start);
    let understood = terms.parts.iter().map(|part| (start(&part.words), term(&part.words, Some(part.meaning))));
    let unknown = terms.unknown.iter().map(std::slice::from_ref).map(|words| (start(words), term(words, None)));
    let mut all: Vec<_> = understood.chain(unknown).collect();
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, term)| term).collect()
}

/// The words that are not understood where nothing was found by name.
pub(super) fn unheard(sentence: &str, terms: &SearchTerms) -> Option<String> {
    let unknown: Vec<_> = terms.unknown.iter().filter_map(|words| sentence.get(words.clone())).collect();
    (terms.wanted().is_none() && !unknown.is_empty()).then(|| unknown.join(" "))
}

/// The first time in `span` and `window` that only something else of theirs keeps them from.
pub(super) fn kept_by_own(known: &Loaded, span: Span, length: Duration, window: TimeWindow) -> Option<Span> {
    let facts = known.facts();
    let minutes = |length: Duration| u32::try_from(length.as_secs() / 60).unwrap_or(u32::MAX);
    let is_long = |piece: Span| {
        let wall = facts.zone.moment(piece.starts).wall();
        let starts = u16::from(wall.hour) * 60 + u16::from(wall.minute);
        let begins = starts.max(window.from);
        let late = MINUTE * u32::from(begins - starts);
        window.fit(begins, minutes(length)) && piece.ends.minus(piece.starts) >= millis(late + length)
    };
    let pieces = rules::availability(span, &facts).into_iter();
    pieces
        .filter(|piece| piece.obstacle == Some(Obstacle::Elsewhere))
        .map(|piece| piece.span)
        .find(|span| is_long(*span))
}
