//! Commands in the search box: `hold sam`, `book laser 18:00`, `dark`.
//!
//! Invariant: commands of every language are understood on pages of any language. Not here: names of machines and
//! people, and permissions.

/// A command, with the typed words after the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// Place a hold on a person.
    Hold(&'a str),
    Book(&'a str),
    /// Show pages on a light or a dark ground.
    Theme {
        /// Whether it is dark.
        dark: bool,
    },
}

const HOLD: [&str; 3] = ["hold", "ferma", "blocca"];
const BOOK: [&str; 3] = ["book", "reserve", "prenota"];
const DARK: [&str; 2] = ["dark", "scuro"];
const LIGHT: [&str; 2] = ["light", "chiaro"];

impl<'a> Command<'a> {
    /// Parses the input; `None` if it does not begin with a verb, or lacks the words that the verb needs.
    #[must_use]
    pub fn parse(input: &'a str) -> Option<Self> {
        let input = input.trim();
        let (verb, rest) = input.split_once(char::is_whitespace).unwrap_or((input, ""));
        let (verb, rest) = (verb.to_lowercase(), rest.trim());
        let is = |verbs: &[&str]| verbs.contains(&verb.as_str());
        match rest {
            "" if is(&DARK) => Some(Self::Theme { dark: true }),
            "" if is(&LIGHT) => Some(Self::Theme { dark: false }),
            "" => None,
            who if is(&HOLD) => Some(Self::Hold(who)),
            what if is(&BOOK) => Some(Self::Book(what)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_verb_is_parsed_in_both_languages() {
        assert_eq!(Command::parse(" Hold  Sam Lee "), Some(Command::Hold("Sam Lee")));
        assert_eq!(Command::parse("ferma sam"), Some(Command::Hold("sam")));
        assert_eq!(Command::parse("book laser 18:00"), Some(Command::Book("laser 18:00")));
        assert_eq!(Command::parse("prenota laser"), Some(Command::Book("laser")));
        assert_eq!(Command::parse("DARK"), Some(Command::Theme { dark: true }));
        assert_eq!(Command::parse("chiaro"), Some(Command::Theme { dark: false }));
    }

    #[test]
    fn lone_verb_or_similar_name_is_no_command() {
        for input in ["", "hold", "book ", "holden", "bookshelf 3", "dark room", "laser"] {
            assert_eq!(Command::parse(input), None, "{input}");
        }
    }
}
