//! Values of the form of a provider.

use std::fmt;

/// Entries of a list, at most.
pub const TOKENS: usize = 20;
/// Characters of an entry, at most.
pub const TOKEN: usize = 200;
/// Characters of a client secret, at most.
const SECRET: usize = 1_000;

/// Scopes, or values of a claim: printable characters without white space, quotes and backslashes (RFC 6749, 3.3); each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenList(Vec<String>);

/// Why something is no such list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTokens {
    /// An entry contains a character that none may contain.
    Character,
    /// An entry is too long.
    Long,
    /// There are too many.
    Many,
}

impl TokenList {
    /// Parses entries separated by spaces or commas.
    pub fn parse(text: &str) -> Result<Self, InvalidTokens> {
        let mut list: Vec<String> = Vec::new();
        for token in text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()) {
            if !token.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\') {
                return Err(InvalidTokens::Character);
            }
            if token.len() > TOKEN {
                return Err(InvalidTokens::Long);
            }
            if !list.iter().any(|known| known == token) {
                list.push(token.to_owned());
            }
        }
        if list.len() > TOKENS { Err(InvalidTokens::Many) } else { Ok(Self(list)) }
    }

    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Entries separated by spaces; the inverse of [`TokenList::parse`].
impl fmt::Display for TokenList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

/// The secret that a provider gave us. Its debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// `None` if it is empty, too long, or contains control characters.
    #[must_use]
    pub fn new(input: &str) -> Option<Self> {
        let secret = input.trim();
        let fits = (1..=SECRET).contains(&secret.chars().count()) && !secret.chars().any(char::is_control);
        fits.then(|| Self(secret.to_owned()))
    }

    /// For storage, and for the provider.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn list_has_each_entry_once() {
        let list = TokenList::parse(" email, profile\nemail groups ").unwrap();
        assert_eq!(list.as_slice(), ["email", "profile", "groups"]);
        assert!(TokenList::parse(" , ").unwrap().is_empty());
    }

    #[test]
    fn entries_that_no_provider_accepts_are_refused() {
        assert_eq!(TokenList::parse("e\"mail"), Err(InvalidTokens::Character));
        assert_eq!(TokenList::parse("grüppen"), Err(InvalidTokens::Character));
        assert_eq!(TokenList::parse(&"x".repeat(TOKEN + 1)), Err(InvalidTokens::Long));
        let many: Vec<_> = (0..=TOKENS).map(|number| number.to_string()).collect();
        assert_eq!(TokenList::parse(&many.join(" ")), Err(InvalidTokens::Many));
    }

    #[test]
    fn client_secret_is_masked_in_debug() {
        let secret = ClientSecret::new(" a:secret/with+signs% ").unwrap();
        assert_eq!(
            (secret.expose(), format!("{secret:?}")),
            ("a:secret/with+signs%", "ClientSecret(…)".to_owned())
        );
        assert_eq!(ClientSecret::new("  "), None);
        assert_eq!(ClientSecret::new("a\u{0}b"), None);
    }

    proptest! {
        #[test]
        fn list_survives_formatting(text in "[a-z:, ]{0,60}") {
            let list = TokenList::parse(&text).unwrap();
            prop_assert_eq!(TokenList::parse(&list.to_string()), Ok(list));
        }
    }
}
