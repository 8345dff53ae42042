//! Splits a sentence into words and numbers, with the separators between them.
//!
//! Invariant: every letter and digit is in exactly one token, or in the rest that [`split`] reports as cut off.
//! Not here: the meaning of words.

use crate::people::folded::folded;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// The separator before a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// The beginning, a space, or a mark with spaces around it.
    Space,
    /// `18-20`, `18 – 20`.
    Dash,
    /// `2.12`, `1,5`.
    Dot,
    /// `18:00`.
    Colon,
    /// `2/12`.
    Slash,
    /// Another mark without a space: `un'ora`.
    Glued,
}

/// A run of letters and digits.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// In lower case without accents.
    pub text: String,
    /// Its byte range.
    pub range: Range<usize>,
    /// The separator before it.
    pub gap: Gap,
}

impl Token {
    /// The number it is, if it has digits only.
    pub fn number(&self) -> Option<u16> {
        let is_number = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| self.text.parse().ok()).flatten()
    }

    /// The number that it begins with and the letters after it: `2h`, `6pm`, `5th`.
    pub fn number_and_rest(&self) -> Option<(u16, &str)> {
        let digits = self.text.find(|letter: char| !letter.is_ascii_digit()).filter(|at| *at > 0)?;
        let (number, rest) = self.text.split_at_checked(digits)?;
        Some((number.parse().ok()?, rest))
    }
}

/// The first `most` tokens, and where the rest of the sentence begins and ends if it has more.
pub(super) fn split(sentence: &str, most: usize) -> (Vec<Token>, Option<Range<usize>>) {
    let mut ranges = ranges(sentence);
    let rest = ranges.get(most).zip(ranges.last()).map(|(first, last)| first.start..last.end);
    ranges.truncate(most);
    let mut end = 0;
    let tokens = ranges.into_iter().map(|range| {
        let between = sentence.get(end..range.start).unwrap_or_default();
        let gap = if end == 0 { Gap::Space } else { gap(between) };
        end = range.end;
        let text = folded(sentence.get(range.clone()).unwrap_or_default());
        Token { text, range, gap }
    });
    (tokens.collect(), rest)
}

fn ranges(sentence: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, letter) in sentence.char_indices() {
        let end = at + letter.len_utf8();
        match ranges.last_mut() {
            Some(last) if last.end == at && (letter.is_alphanumeric() || is_combining_mark(letter)) => {
                last.end = end;
            }
            _ if letter.is_alphanumeric() => ranges.push(at..end),
            _ => {}
        }
    }
    ranges
}

fn gap(between: &str) -> Gap {
    match between.trim() {
        "-" | "–" | "—" | "−" => Gap::Dash,
        _ if between.contains(char::is_whitespace) => Gap::Space,
        "." | "," => Gap::Dot,
        ":" => Gap::Colon,
        "/" => Gap::Slash,
        _ => Gap::Glued,
    }
}
