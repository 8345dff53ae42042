//! Proof that we know a board's password, without sending it.
//!
//! Invariant: the texts, digests and separators are those that boards compute themselves; they answer a wrong one like
//! a wrong password.

use super::{Challenge, Method, Proof};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

/// Iterations of the key derivation.
const ROUNDS: u32 = 10_000;

/// The digest a board stores of its password. One that asks for a key may store either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredAs {
    /// Its SHA-256.
    Sha256,
    /// Its MD5.
    Md5,
}

/// The proof for `challenge`; `nonce` is a random number of our own, in hexadecimal digits, as long as the board's.
#[must_use]
pub fn proof(password: &str, stored: StoredAs, challenge: &Challenge, nonce: String) -> Proof {
    let theirs = &challenge.nonce;
    let response = match challenge.method() {
        Method::Md5 => md5(&format!("{}:{theirs}:{nonce}", md5(password))),
        Method::Pbkdf2 => {
            let hash = match stored {
                StoredAs::Sha256 => sha256(password),
                StoredAs::Md5 => md5(password),
            };
            let salt = format!("{theirs}:{nonce}");
            sha256(&format!("{}:{salt}", key(hash.as_bytes(), salt.as_bytes())))
        }
    };
    Proof { nonce, response }
}

/// The MD5 of a text, in hexadecimal digits.
#[must_use]
pub fn md5(text: &str) -> String {
    HEXLOWER.encode(Md5::digest(text).as_slice())
}

fn sha256(text: &str) -> String {
    HEXLOWER.encode(Sha256::digest(text).as_slice())
}

/// PBKDF2 (RFC 8018) with HMAC-SHA-256, the first 32 bytes.
fn key(password: &[u8], salt: &[u8]) -> String {
    // A key of any length fits.
    let Ok(keyed) = Hmac::<Sha256>::new_from_slice(password) else { return String::new() };
    let step = |parts: &[&[u8]]| -> [u8; 32] {
        let mut mac = keyed.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    };
    let mut last = step(&[salt, &1_u32.to_be_bytes()]);
    let mut key = last;
    for _ in 1..ROUNDS {
        last = step(&[&last]);
        key.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    HEXLOWER.encode(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hashlib`, which the boards' own tool uses.
    #[test]
    fn proof_matches_espota() {
        let response = |half: usize, stored| {
            let challenge = Challenge { nonce: "ab".repeat(half) };
            proof("a-real-password", stored, &challenge, "cd".repeat(half)).response
        };
        let by_key = "4d63ba8b1efa8949a0c5caefe7e8bc77db582e5531bdf2667c663394b4551b93";
        assert_eq!(response(32, StoredAs::Sha256), by_key);
        let by_key_of_md5 = "72411b1f2dfce35db7cbd293c3cab25f533496919e272648e90685c4b5cf79af";
        assert_eq!(response(32, StoredAs::Md5), by_key_of_md5);
        for stored in [StoredAs::Sha256, StoredAs::Md5] {
            assert_eq!(response(16, stored), "af8e7945c719b5ad23bf8cf4610a59ba", "MD5 throughout");
        }
    }
}
