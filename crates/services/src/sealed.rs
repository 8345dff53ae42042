//! Sealed values: what a browser carries between two requests, so that strangers who begin something take no row and no memory.
//!
//! **Invariants.** A value is encrypted and authenticated, opens only for the purpose it was sealed for, and expires. Its key is drawn
//! at every start, so a restart ends what was begun. A value whose purpose ended well does not open again ([`spend`]). A failed attempt
//! changes nothing, unless attempts are counted ([`attempt`]): then a value works for a few. Memory is bounded, however many values are
//! tried.

use crate::{Ctx, rate::make_room, shared::Shared, token::Token};
use data_encoding::BASE64URL_NOPAD;
use domain::time::Millis;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::{collections::HashMap, time::Duration};

/// Bytes before the value: when it expires.
const EXPIRY: usize = size_of::<i64>();
/// Characters of the longest sealed value; longer ones are not read.
const LONGEST: usize = 4_096;

/// Attempts with one value, if they are counted.
const ATTEMPTS: u32 = 3;

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
    attempts: Shared<HashMap<[u8; NONCE_LEN], Attempts>>,
}

/// The attempts with one value; ordered by how many they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Attempts {
    begun: u32,
    /// When the value expires.
    expires: Millis,
}

impl Sealer {
    /// Whether a value has ended well, or was tried too often.
    fn is_used_up(&self, id: &[u8; NONCE_LEN]) -> bool {
        self.spent.lock().contains_key(id)
            || self.attempts.lock().get(id).is_some_and(|attempts| attempts.begun >= ATTEMPTS)
    }
}

fn sealer(ctx: &Ctx) -> &Sealer {
    ctx.memory_or(|| {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &ctx.rng().bytes::<32>());
        Sealer { key: key.ok().map(LessSafeKey::new), spent: Shared::default(), attempts: Shared::default() }
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

/// Opens what was sealed for `purpose`; `None` if it is forged, expired, used up, or older than the process.
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
    let lasts = expires > ctx.steady() && !keys.is_used_up(id);
    lasts.then(|| Opened { value: value.to_vec(), id: *id, expires })
}

/// Counts an attempt with a value that is about to begin, so that a failure can be repeated a few times and not at will. `false` if it
/// is used up: those at the same time count as well.
pub(crate) fn attempt(ctx: &Ctx, opened: &Opened) -> bool {
    let sealer = sealer(ctx);
    if sealer.is_used_up(&opened.id) {
        return false;
    }
    let mut attempts = sealer.attempts.lock();
    let now = ctx.steady();
    make_room(&mut attempts, |one| one.expires <= now);
    let one = attempts.entry(opened.id).or_insert(Attempts { begun: 0, expires: opened.expires });
    one.begun += 1;
    one.begun <= ATTEMPTS
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
    use crate::rate::ROOM;
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
    async fn value_whose_attempts_are_counted_works_for_a_few() {
        let (ctx, _dir) = ctx().await;
        let [sealed, other] = [(); 2].map(|()| seal(&ctx, "sign-in", b"challenge", LASTS).unwrap());
        let opened = open(&ctx, "sign-in", &sealed).unwrap();
        for _ in 0..ATTEMPTS {
            assert!(open(&ctx, "sign-in", &sealed).is_some());
            assert!(attempt(&ctx, &opened));
        }
        assert!(!attempt(&ctx, &opened), "one that was opened before");
        assert!(open(&ctx, "sign-in", &sealed).is_none());
        let other = open(&ctx, "sign-in", &other).unwrap();
        assert!(attempt(&ctx, &other) && spend(&ctx, &other));
        assert!(!attempt(&ctx, &other), "it ended well");
    }

    #[test]
    fn flood_of_values_stays_bounded_and_gives_no_further_attempts() {
        let (now, mut attempts) = (Millis(1_000_000), HashMap::new());
        let later = now.after(LASTS);
        let id = |n: usize| {
            let mut id = [0; NONCE_LEN];
            id[..size_of::<usize>()].copy_from_slice(&n.to_be_bytes());
            id
        };
        attempts.insert(id(0), Attempts { begun: ATTEMPTS, expires: later });
        for n in 1..=3 * ROOM {
            make_room(&mut attempts, |one| one.expires <= now);
            attempts.insert(id(n), Attempts { begun: 1, expires: later.after(Duration::from_millis(1)) });
            assert!(attempts.len() <= ROOM);
        }
        assert!(attempts.contains_key(&id(0)));
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
