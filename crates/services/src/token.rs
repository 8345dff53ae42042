//! Randomness, and the access tokens made from it.
//!
//! Invariant: a token has 256 bits, is stored as its hash only, and is never printed by accident: it has no
//! `Display`, and its `Debug` is empty. Not here: passwords, which people choose and which need a slow
//! hash.

use crate::shared::Shared;
use data_encoding::BASE64URL_NOPAD;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};

/// The source of randomness; tests bring their own.
pub struct TokenRng(Shared<StdRng>);

impl TokenRng {
    /// Unforeseeable: seeded by the system.
    #[must_use]
    pub fn of_system() -> Self {
        Self(Shared::new(rand::make_rng()))
    }

    /// A deterministic generator. For tests only: the seed reveals every token.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Shared::new(StdRng::seed_from_u64(seed)))
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().fill_bytes(&mut bytes);
        bytes
    }

    /// A new token and its hash.
    pub(crate) fn new_token(&self) -> (Token, [u8; 32]) {
        let bytes = self.bytes::<32>();
        (Token(BASE64URL_NOPAD.encode(&bytes)), Sha256::digest(bytes).into())
    }
}

/// The secret in a cookie or a link; it grants access by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token from outside, unvalidated.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Only for the cookie or the link.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its hash; `None` for a malformed token, which need not be looked up.
    pub(crate) fn hash(&self) -> Option<[u8; 32]> {
        let bytes = BASE64URL_NOPAD.decode(self.0.as_bytes()).ok()?;
        (bytes.len() == 32).then(|| Sha256::digest(bytes).into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_long_unique_and_masked_in_debug() {
        let rng = TokenRng::of_system();
        let ((one, stored), (other, _)) = (rng.new_token(), rng.new_token());
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), 43, "256 bits in base64");
        assert_eq!(Token::presented(one.expose()).hash(), Some(stored));
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "Token(…)");
        assert_eq!(TokenRng::seeded(1).new_token(), TokenRng::seeded(1).new_token());
    }

    #[test]
    fn malformed_token_is_not_looked_up() {
        let short = BASE64URL_NOPAD.encode(&[7; 16]);
        for forged in ["", "x", "../../etc/passwd", &short, &"A".repeat(100_000)] {
            assert_eq!(Token::presented(forged).hash(), None);
        }
    }
}
