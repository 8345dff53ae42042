//! Accounts: how people authenticate.
//!
//! Invariant: no secret is stored here. The setup of an authenticator and a link handed over in person carry a
//! secret once, to their recipient, and never reach a log. Not here: hashes, tokens and randomness (`services`),
//! and permissions, which follow from the ledger alone ([`crate::actor`]).

mod device;
mod help;
mod path;
pub mod sign_in_methods;
pub mod throttle;

pub use device::device;
pub use help::may_help;
pub use path::local_path;

use crate::{names, string_enum::string_enum};
use std::{ops::RangeInclusive, time::Duration};

/// Length of a password in characters, counted in Unicode's composed form (NFC), so that the same password typed
/// on two systems is equal. Spaces count and are not trimmed.
pub const PASSWORD_CHARS: RangeInclusive<usize> = 10..=128;
/// The longest address that mail can carry.
pub const EMAIL_CHARS: usize = 254;
/// The required rating by the estimator, of 4.
pub const PASSWORD_STRENGTH: u8 = 3;

/// How long a session lasts without use.
pub const SESSION_IDLE: Duration = Duration::from_hours(7 * 24);
/// The maximum length of a session.
pub const SESSION_LONGEST: Duration = Duration::from_hours(30 * 24);
/// How often the use of a session is stored at most.
pub const SESSION_SLIDES: Duration = Duration::from_hours(1);

string_enum! {
    /// The purpose of a link.
    Purpose {
        /// Set up an empty space.
        SetUp = "set-up",
        /// Sign in once, without a password.
        SignIn = "sign-in",
        /// Choose the first password.
        Invite = "invite",
        Reset = "reset",
        /// Turn a screen into a wall display.
        Screen = "screen",
    }
}

impl Purpose {
    /// How long such a link is valid.
    #[must_use]
    pub const fn lasts(self) -> Duration {
        match self {
            Self::SetUp | Self::SignIn | Self::Screen => Duration::from_hours(24),
            Self::Invite => Duration::from_hours(7 * 24),
            Self::Reset => Duration::from_hours(1),
        }
    }

    /// The page that accepts it; the token is appended.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::SetUp => "/set-up/",
            Self::SignIn | Self::Screen => "/enter/",
            Self::Invite | Self::Reset => "/link/",
        }
    }
}

string_enum! {
    /// A fault of a password, and the advice that follows from it.
    Advice {
        /// Fewer than ten characters.
        TooShort = "too-short",
        /// More than 128 characters.
        TooLong = "too-long",
        /// Among the passwords that everybody tries first.
        Common = "common",
        /// Contains a name, an address or a word of this space.
        Personal = "personal",
        /// A name or a single word.
        Word = "word",
        /// Neighbours on a keyboard.
        Keyboard = "keyboard",
        /// Repetitions, or sequences like abc and 123.
        Pattern = "pattern",
        Date = "date",
        /// Too easy to guess: another word or two would help.
        Longer = "longer",
    }
}

/// A valid e-mail address, normalized by [`email`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// `None` if `input` is no address.
    #[must_use]
    pub fn new(input: &str) -> Option<Self> {
        email(input).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Normalizes an address for storage and comparison: trimmed, in lower case. `None` if invalid.
///
/// Simple on purpose: one `@` with something before it and a name with a dot or `localhost` after it. Only sending
/// a mail shows whether it arrives.
#[must_use]
pub fn email(input: &str) -> Option<String> {
    let email = input.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let plain = |part: &str| {
        part.chars().all(|c| !c.is_whitespace() && !names::is_hidden(c) && !"<>(),;:\"@\\".contains(c))
    };
    let labels = domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    });
    let fits = email.chars().count() <= EMAIL_CHARS
        && (1..=64).contains(&local.len())
        && plain(local)
        && labels
        && (domain.contains('.') || domain == "localhost");
    fits.then_some(email)
}

/// Normalizes the name of a person or space; `None` if nothing of it is visible, or if it is too long.
#[must_use]
pub fn name(input: &str) -> Option<String> {
    names::name(input).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn email_comparison_ignores_case() {
        assert_eq!(email(" Ada.Lovelace@Example.ORG ").as_deref(), Some("ada.lovelace@example.org"));
        assert_eq!(email("ada+laser@mail.example.org").as_deref(), Some("ada+laser@mail.example.org"));
        assert_eq!(email("ada@localhost").as_deref(), Some("ada@localhost"));
        assert_eq!(email("ÀDA@münchen.example").as_deref(), Some("àda@münchen.example"));
    }

    #[test]
    fn undeliverable_addresses_are_rejected() {
        let long = format!("{}@example.org", "a".repeat(65));
        for wrong in [
            "",
            "ada",
            "@",
            "ada@",
            "@example.org",
            "ada@example",
            "ada@.org",
            "ada@example..org",
            "a b@example.org",
            "ada@@example.org",
            "ada@example.org\nBcc: all@example.org",
            "<ada@example.org>",
            "ada,bob@example.org",
            "ada@-example.org",
            "a\u{200B}da@example.org",
            "\u{202E}ada@example.org",
            "ada@exam ple.org",
            &long,
        ] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn invisible_or_overlong_names_are_rejected() {
        assert_eq!(name("  Ada  "), Some("Ada".into()));
        for wrong in ["", "   ", "\u{200B}", "\u{0}"] {
            assert_eq!(name(wrong), None);
        }
        assert_eq!(name(&"ä".repeat(201)), None);
        assert!(name(&"ä".repeat(200)).is_some());
    }

    proptest! {
        #[test]
        fn normalized_email_is_idempotent(input in "\\PC{0,20}@\\PC{0,20}\\.\\PC{1,5}") {
            if let Some(stored) = email(&input) {
                prop_assert_eq!(email(&stored), Some(stored.clone()));
                if input.is_ascii() {
                    prop_assert_eq!(email(&input.to_uppercase()), Some(stored));
                }
            }
        }
    }
}
