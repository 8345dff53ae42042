//! Lines of a calendar file: unfolded, and split into name, parameters and value.
//!
//! Invariant: a malformed line is skipped, and nothing here is longer than the file. Not here: the
//! meaning of lines.

use std::{borrow::Cow, iter::Peekable, str::Lines};

/// Lines as they were before they were folded.
pub(super) struct UnfoldedLines<'a>(Peekable<Lines<'a>>);

impl<'a> UnfoldedLines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text.lines().peekable())
    }
}

impl<'a> Iterator for UnfoldedLines<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Cow::Borrowed(self.0.next()?.trim_end_matches('\r'));
        while let Some(more) = self.0.next_if(|next| next.starts_with([' ', '\t'])) {
            line.to_mut().push_str(more.get(1..).unwrap_or_default().trim_end_matches('\r'));
        }
        Some(line)
    }
}

/// A property and those of its parameters that matter.
#[derive(Debug, Clone, Default)]
pub(super) struct Property {
    pub value: String,
    pub tzid: Option<String>,
    /// It is about this occurrence of a series and all later ones.
    pub and_future: bool,
}

impl Property {
    /// The same property with one of its comma-separated values.
    pub(super) fn with(&self, value: &str) -> Self {
        Self { value: value.trim().to_owned(), ..self.clone() }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.value.eq_ignore_ascii_case(name)
    }
}

/// Properties that hold times, in which there is no colon.
const TIMES: [&str; 5] = ["DTSTART", "DTEND", "EXDATE", "RDATE", "RECURRENCE-ID"];

/// Splits a line into name, parameters and value; `None` without a value.
pub(super) fn content(line: &str) -> Option<(String, Property)> {
    let (mut quoted, mut parts, mut from) = (false, Vec::new(), 0);
    let mut value = None;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ';' | ':' if !quoted => {
                parts.push(line.get(from..at)?);
                from = at + 1;
                if letter == ':' {
                    value = line.get(from..);
                    break;
                }
            }
            _ => {}
        }
    }
    let (name, params) = parts.split_first()?;
    // Some put the name of a group before.
    let name = name.rsplit('.').next()?.trim().to_ascii_uppercase();
    let mut property = Property { value: value?.trim().to_owned(), ..Property::default() };
    let mut is_open = false;
    for (param, text) in params.iter().filter_map(|param| param.split_once('=')) {
        is_open = false;
        if param.trim().eq_ignore_ascii_case("TZID") {
            is_open = !text.contains('"');
            property.tzid = Some(text.trim().trim_matches('"').to_owned());
        } else if param.trim().eq_ignore_ascii_case("RANGE") {
            property.and_future = text.trim().trim_matches('"').eq_ignore_ascii_case("THISANDFUTURE");
        }
    }
    // An unquoted zone name with a colon: `TZID=tzone://Microsoft/Utc:20261201T090000`.
    if is_open && TIMES.contains(&name.as_str()) {
        let whole = property.value.clone();
        if let (Some((more, value)), Some(tzid)) = (whole.rsplit_once(':'), &mut property.tzid) {
            tzid.push(':');
            tzid.push_str(more.split(';').next().unwrap_or_default());
            value.trim().clone_into(&mut property.value);
        }
    }
    Some((name, property))
}

/// Unescapes a text value (RFC 5545, 3.3.11).
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            (letter, false) => plain.push(letter),
        }
    }
    plain
}
