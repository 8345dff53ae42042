//! Sealed values: what a browser carries between two requests, so that strangers who begin something take no row and no memory.
//!
//! **Invariants.** A value is encrypted and authenticated, opens only for the purpose it was sealed for, and expires. Its key is drawn
//! at every start, so a restart ends what was begun. What ended well does not open again ([`spend`]); a failed attempt changes nothing.

use crate::{Ctx, shared::Shared, token::Token};
use data_encoding::BASE64URL_NOPAD;
use domain::time::Millis;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::{collections::HashMap, time::Duration};

/// Bytes before the value: when it expires.
const EXPIRY: usize = size_of::<i64>();
/// Characters of the longest sealed value; longer ones are not read.
const LONGEST: usize = 4_096;

/// A sealed value that was opened.
pub(crate) struct Opened {
    pub value: Vec<u8>,
    id: [u8; NONCE_LEN],
    expires: Millis,
}

struct Sealer {
    /// `None` if the library refuses a key of its own length.
    key: Option<LessSafeKey>,
    /// Values that ended well, until they expire.
    spent: Shared<HashMap<[u8; NONCE_LEN], Millis>>,
}

fn sealer(ctx: &Ctx) -> &Sealer {
    ctx.memory_or(|| {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &ctx.rng().bytes::<32>());
        Sealer { key: key.ok().map(LessSafeKey::new), spent: Shared::default() }
    })
}

/// Seals `value` for `purpose`, to be opened within `lasts`. `None` if it cannot be encrypted.
pub(crate) fn seal(ctx: &Ctx, purpose: &'static str, value: &[u8], lasts: Duration) -> Option<Token> {
    let id = ctx.rng().bytes::<NONCE_LEN>();
    let mut sealed = ctx.steady().after(lasts).0.to_be_bytes().to_vec();
    sealed.extend_from_slice(value);
    let nonce = Nonce::assume_unique_for_key(id);
    sealer(ctx).key.as_ref()?.seal_in_place_append_tag(nonce, Aad::from(purpose), &mut sealed).ok()?;
    sealed.splice(..0, id);
    Some(Token::presented(&BASE64URL_NOPAD.encode(&sealed)))
}

/// Opens what was sealed for `purpose`; `None` if it is forged, expired, spent, or older than the process.
pub(crate) fn open(ctx: &Ctx, purpose: &'static str, sealed: &Token) -> Option<Opened> {
    let text = sealed.expose();
    if text.len() > LONGEST {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (id, body) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let (keys, mut body) = (sealer(ctx), body.to_vec());
    let nonce = Nonce::assume_unique_for_key(*id);
    let plain = keys.key.as_ref()?.open_in_place(nonce, Aad::from(purpose), &mut body).ok()?;
    let (expires, value) = plain.split_first_chunk::<EXPIRY>()?;
    let expires = Millis(i64::from_be_bytes(*expires));
    let lasts = expires > ctx.steady() && !keys.spent.lock().contains_key(id);
    lasts.then(|| Opened { value: value.to_vec(), id: *id, expires })
}

/// Uses a value up, because what it began ended well. `false` if that happened before.
pub(crate) fn spend(ctx: &Ctx, opened: &Opened) -> bool {
    let mut spent = sealer(ctx).spent.lock();
    let now = ctx.steady();
    spent.retain(|_, expires| *expires > now);
    spent.insert(opened.id, opened.expires).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, open as open_space};

    const LASTS: Duration = Duration::from_mins(5);

    async fn ctx() -> (Ctx, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let ctx = open_space(Config::new(dir.path().join("space.sqlite"))).await.unwrap();
        (ctx, dir)
    }

    #[tokio::test]
    async fn sealed_value_opens_for_its_purpose_until_it_is_spent() {
        let (ctx, _dir) = ctx().await;
        let sealed = seal(&ctx, "sign-in", b"challenge", LASTS).unwrap();
        assert!(open(&ctx, "confirm", &sealed).is_none());
        let opened = open(&ctx, "sign-in", &sealed).unwrap();
        assert_eq!(opened.value, b"challenge");
        assert!(open(&ctx, "sign-in", &sealed).is_some(), "a failed attempt changes nothing");
        assert!(spend(&ctx, &opened));
        assert!(!spend(&ctx, &opened), "two at the same time");
        assert!(open(&ctx, "sign-in", &sealed).is_none());
    }

    #[tokio::test]
    async fn expired_changed_and_foreign_values_do_not_open() {
        let (ctx, _dir) = ctx().await;
        let sealed = seal(&ctx, "sign-in", b"challenge", Duration::ZERO).unwrap();
        assert!(open(&ctx, "sign-in", &sealed).is_none(), "expired");
        let sealed = seal(&ctx, "sign-in", b"challenge", LASTS).unwrap();
        let text = sealed.expose();
        assert!(!text.contains(&BASE64URL_NOPAD.encode(b"challenge")));
        for at in 0..text.len() - 1 {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = Token::presented(&format!("{}{other}{}", &text[..at], &text[at + 1..]));
            assert!(open(&ctx, "sign-in", &changed).is_none(), "{at}");
        }
        for broken in ["", "x", "AAAA", &text[..20], &"A".repeat(LONGEST + 4)] {
            assert!(open(&ctx, "sign-in", &Token::presented(broken)).is_none(), "{broken}");
        }
        let (other, _other_dir) = self::ctx().await;
        assert!(open(&other, "sign-in", &sealed).is_none(), "of another process");
    }
}
