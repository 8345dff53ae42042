//! Every message a person reads, in every language, checked by the compiler.
//!
//! **Here:** one function per message, grouped in files by noun, and the formats of times and durations.
//!
//! **Invariant:** a message has one line per language; without one it does not match the macro and so does not compile.
//! A function without callers is not in the browser's bundle, and one that only a lazy page calls is in that page's
//! chunk.
//!
//! **Not here:** run-time lookup, fallbacks and reactivity – another language is another document.
//!
//! A test lists words that no message may contain because the glossary has another.

pub use audit::AuditLine;

use serde::{Deserialize, Serialize};

/// `name(args) { en: …, it: … }` – a line is a literal with `{arg}` captures, or `[one: "…", other: "…"]`, which
/// counts by the first argument (`u32`). An Italian line whose days or numbers follow a preposition is
/// `(Da when => "aperto {when}")`: see [`italian::Before`]. The English line becomes the documentation.
macro_rules! text {
    ($($name:ident ( $($arg:ident : $ty:ty),* ) { en: $en:tt, it: $it:tt $(,)? })+) => {
        impl crate::Lang {
            $( text!(@fn $name ($($arg: $ty),*) $en $it); )+
        }
    };
    (@fn $name:ident () $en:literal $it:literal) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub const fn $name(self) -> &'static str {
            match self { Self::En => $en, Self::It => $it }
        }
    };
    (@fn $name:ident ($n:ident : $n_ty:ty $(, $arg:ident : $ty:ty)*)
        [one: $en_one:literal, other: $en:literal] [one: $it_one:literal, other: $it:literal]) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub fn $name(self, $n: $n_ty $(, $arg: $ty)*) -> String {
            match (self, self.one($n)) {
                (Self::En, true) => format!($en_one),
                (Self::En, false) => format!($en),
                (Self::It, true) => format!($it_one),
                (Self::It, false) => format!($it),
            }
        }
    };
    (@fn $name:ident ($($arg:ident : $ty:ty),+) $en:literal ($($before:ident $words:ident),+ => $it:literal)) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub fn $name(self, $($arg: $ty),+) -> String {
            match self {
                Self::En => format!($en),
                Self::It => {
                    $( let $words = crate::italian::Before::$before.put($words); )+
                    format!($it)
                }
            }
        }
    };
    (@fn $name:ident ($($arg:ident : $ty:ty),+) $en:literal $it:literal) => {
        #[doc = concat!("«", $en, "»")]
        #[must_use]
        pub fn $name(self, $($arg: $ty),+) -> String {
            match self { Self::En => format!($en), Self::It => format!($it) }
        }
    };
}

/// `name(value: Kind) { Variant { en: …, it: … } }` – a message for each member of a closed list.
macro_rules! names {
    ($(
        $(#[$doc:meta])*
        $name:ident ($value:ident: $kind:ident) { $($member:ident { en: $en:literal, it: $it:literal })+ }
    )+) => {
        impl crate::Lang {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(self, $value: $kind) -> &'static str {
                    match (self, $value) {
                        $( (Self::En, $kind::$member) => $en, (Self::It, $kind::$member) => $it, )+
                    }
                }
            )+
        }
    };
}

mod access;
mod accounts;
mod actuators;
mod announcements;
mod api;
mod audit;
mod boards;
mod bookings;
mod building;
mod cards;
mod checklist;
mod checkout_steps;
mod checkouts;
mod closures;
mod connections;
mod deliveries;
mod displays;
mod documents;
mod doors;
mod draw_pages;
mod draws;
mod dues;
mod dues_pages;
mod equipment;
mod event_notices;
mod external_calendars;
mod fabomatic;
mod feeds;
mod firmware;
mod form;
mod group_mapping;
mod groups;
mod help;
mod history;
mod holds;
mod identity_providers;
mod imports;
mod italian;
mod kiosk;
mod live;
mod machines;
mod maintenance;
mod manage;
mod managed_bookings;
pub mod markup;
mod me;
mod notices;
mod now;
mod passkeys;
mod people;
mod previews;
mod privacy;
mod problem;
mod problems;
mod push;
mod qualifications;
mod reports;
mod requests;
mod rooms;
mod search_terms;
mod series;
mod settings;
mod shell;
mod sign_in;
mod slack;
mod system;
pub mod time;
mod tokens;
mod training;
mod training_events;
mod training_exchange;
mod training_hosting;
mod training_refusals;
mod user_directory;
mod user_directory_pages;
mod versions;
mod webhooks;

/// A language of Toolgate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    En,
    It,
}

impl Lang {
    /// Every language, in the order of the language menu.
    pub const ALL: [Self; 2] = [Self::En, Self::It];

    /// BCP 47 tag, as in `<html lang>` and in the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
        }
    }

    /// The language's own name; the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::It => "Italiano",
        }
    }

    /// Parses a tag; `None` for another language.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The first language of Toolgate in an `Accept-Language` header. Quality values are ignored: every browser sends
    /// the list in order of preference.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let tag = part.split(';').next().unwrap_or_default().trim();
            Self::from_tag(tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str())
        })
    }

    /// CLDR's cardinal category `one` for whole numbers; Italian's `many` starts at a million.
    const fn one(self, n: u32) -> bool {
        match self {
            Self::En | Self::It => n == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_captures_are_substituted() {
        assert_eq!(Lang::It.now_machines(1), "1 macchina");
        assert_eq!(Lang::En.now_machines(0), "0 machines");
        assert_eq!(Lang::En.machine_in_use_for("42 min"), "In use for 42 min");
    }

    #[test]
    fn accept_language_picks_the_first_supported() {
        assert_eq!(Lang::from_accept_language("de-DE,it;q=0.8,en;q=0.5"), Some(Lang::It));
        assert_eq!(Lang::from_accept_language("EN-gb"), Some(Lang::En));
        assert_eq!(Lang::from_accept_language("de"), None);
    }

    #[test]
    fn language_tag_round_trips() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_tag(lang.tag()), Some(lang));
        }
    }

    /// The string literals in a line of source, without comments.
    fn literals(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut open: Option<String> = None;
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match (&mut open, letter) {
                (None, '"') => open = Some(String::new()),
                (None, '/') if letters.as_str().starts_with('/') => break,
                (Some(_), '"') => found.extend(open.take()),
                (Some(text), '\\') => {
                    text.push('\\');
                    text.extend(letters.next());
                }
                (Some(text), letter) => text.push(letter),
                (None, _) => {}
            }
        }
        found
    }

    /// The sources of all messages, without tests.
    fn sources(folder: &std::path::Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: &std::path::Path| {
            let whole = std::fs::read_to_string(path).unwrap();
            whole.split("#[cfg(test)]").next().unwrap().to_owned()
        };
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![read(&path)] }).collect()
    }

    #[test]
    fn texts_use_the_languages_apostrophes_and_quotation_marks() {
        let mut seen = [0, 0];
        for source in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref()) {
            for line in source.lines() {
                let (before, italian) = line.split_at(line.find(" it: ").unwrap_or(line.len()));
                let (other, english) = before.split_at(before.find(" en: ").unwrap_or(before.len()));
                for text in [other, english, italian].into_iter().flat_map(literals) {
                    // The message about an unclosed quote contains the sign itself.
                    let words = text.replace(r#"(\")"#, "");
                    assert!(!words.contains(['\'', '"']), "{text}");
                }
                for (at, part, others) in [(0, english, ['«', '»']), (1, italian, ['“', '”'])] {
                    for text in literals(part) {
                        seen[at] += 1;
                        assert!(!text.contains(others), "{text}");
                    }
                }
            }
        }
        assert!(seen.into_iter().all(|seen| seen > 1_000), "they were found: {seen:?}");
    }

    #[test]
    fn italian_articles_before_insertions_are_never_fixed() {
        // `(A day => "fino {day}")` elides: `fino all’8 novembre`.
        const FIXED: [&str; 6] = ["il", "al", "dal", "del", "nel", "sul"];
        let is_fixed = |pair: &&[&str]| match pair {
            [article, next] => next.starts_with('{') && FIXED.contains(&article.to_lowercase().as_str()),
            _ => false,
        };
        for source in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref()) {
            for (_, italian) in source.lines().filter_map(|line| line.split_once(" it: ")) {
                for text in literals(italian) {
                    let words: Vec<&str> = text.split(' ').collect();
                    assert_eq!(words.windows(2).find(is_fixed), None, "{text}");
                }
            }
        }
    }

    /// Words that the glossary replaces: by archive, decline, revoke, dismiss, tap, a manager, remotely, restart,
    /// active, approve, off, workshop, audit log, hold, ban, trainer.
    const OTHERWISE: [&str; 56] = [
        "whoever",
        "put away",
        "put aside",
        "turn down",
        "turned down",
        "take back",
        "taken back",
        "take them back",
        "take away",
        "taken away",
        "take over",
        "taken over",
        "taken out",
        "took out",
        "from afar",
        "held to",
        "hold your card",
        "hold the card",
        "nobody’s",
        "runs the workshop",
        "runs the space",
        "the space",
        "nothing is called",
        "called so",
        "introduced itself",
        "furnished",
        "as one may",
        "anew",
        "in force",
        "admit them",
        "be admitted",
        "does not ask",
        "says anything",
        "says nothing",
        "said here",
        "by itself",
        "by themselves",
        "of the record",
        "on record",
        "matter of safety",
        "paper is missing",
        "what it is called",
        "is kept already",
        "è detto più vicino",
        "senza il sì",
        "in vigore",
        "in sospeso",
        "blocco personale",
        "blocchi personali",
        "divieto",
        "lo spazio",
        "chi gestisce",
        "chi forma",
        "formator",
        "officina",
        "da sé",
    ];

    /// The same as two words with their object between them.
    const APART: [(&str, &str); 6] = [
        ("put ", " away"),
        ("put ", " aside"),
        ("take ", " back"),
        ("took ", " back"),
        ("take ", " away"),
        ("took ", " away"),
    ];

    #[test]
    fn texts_avoid_words_the_glossary_replaces() {
        for source in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref()) {
            for text in source.lines().flat_map(literals) {
                let lower = text.to_lowercase();
                let found = OTHERWISE.iter().find(|code| lower.contains(**code));
                assert_eq!(found, None, "{text}");
                let apart = |(begin, end): &&(&str, &str)| {
                    lower.split_once(*begin).is_some_and(|(_, rest)| rest.contains(*end))
                };
                assert_eq!(APART.iter().find(apart), None, "{text}");
            }
        }
    }
}
