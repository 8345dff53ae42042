//! SHA-256 hashes of a draw, and its secret.
//!
//! Invariant: a secret is written out only by [`Secret::to_hex`], when the draw is published. Not here: making the
//! secret, which takes 32 random bytes from the caller.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fmt;

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DrawHash([u8; 32]);

impl DrawHash {
    /// The hash of these parts in sequence.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// Parses 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        bytes(hex).map(Self)
    }

    /// From storage; `None` if it is not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for DrawHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for DrawHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The 32 random bytes that decide the order of a draw. Made before the window opens, published after the run.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// `random` must come from a cryptographic generator.
    #[must_use]
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Parses 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        bytes(hex).map(Self)
    }

    /// For storage, and for the proof after the run.
    #[must_use]
    pub fn to_hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Its hash, shown before the window opens.
    #[must_use]
    pub fn commitment(&self) -> DrawHash {
        DrawHash::of(&[&self.0])
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_of_zeros_has_the_known_commitment() {
        let secret = Secret::new([0; 32]);
        let known = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        assert_eq!(secret.commitment().to_string(), known, "SHA-256 of 32 zero bytes");
        assert_eq!(DrawHash::parse(known), Some(secret.commitment()));
        assert_eq!(Secret::parse(&secret.to_hex()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn hash_of_other_form_is_refused() {
        let known = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        for other in ["", &known[1..], &known.to_uppercase(), &format!("{known}00"), &known.replace('6', "é")] {
            assert_eq!(DrawHash::parse(other), None, "{other}");
        }
    }
}
