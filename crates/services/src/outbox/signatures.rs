//! Signatures of links in mails, with the key of this installation.
//!
//! Invariant: a signature covers the purpose of its link, so that none serves another purpose. Not here: the links
//! themselves ([`super::unsubscribe`], [`super::invitations`]).

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature of `statement` as a link carries it.
pub(super) fn sign(key: &[u8; 32], statement: &str) -> String {
    BASE64URL_NOPAD.encode(&code(key, statement).finalize().into_bytes())
}

/// Whether `sign` is the signature of `statement`; compared in constant time.
pub(super) fn is_signed(key: &[u8; 32], statement: &str, sign: &str) -> bool {
    let Ok(sign) = BASE64URL_NOPAD.decode(sign.as_bytes()) else { return false };
    code(key, statement).verify_slice(&sign).is_ok()
}

fn code(key: &[u8; 32], statement: &str) -> Hmac<Sha256> {
    // A block of 64 bytes, half filled by the key: how HMAC pads short keys.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(statement.as_bytes());
    mac
}
