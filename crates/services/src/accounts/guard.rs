//! Limits on password checks: how often they may fail, and how many run at once.
//!
//! **Invariants.** Only failures count: against the pair of account and address, so that nobody locks anybody else
//! out; against an address, which they slow; and against the account as a whole, except from devices that have
//! signed in to it before. No more checks are undecided at once than may still fail, so parallel guesses gain
//! nothing; the others wait for those. Memory is bounded: hashing a password takes 19 MiB and a core for a while,
//! on purpose, so few are hashed at once, and the others wait in turn ([`Queue`]). All limits go by the steady
//! clock.
//!
//! Five failures lock the pair of account and address; an address alone is only slowed, up to four seconds per
//! attempt. A device that signed in before has its own count and is not slowed, until the password is reset. All
//! other devices together have 100 failures per hour and account, 20 for codes.

use super::{AccountsError, Origin};
use crate::{
    Ctx,
    rate::{RateLimiter, network},
    shared::Shared,
    turns::{Place, Queue, Room, Turn},
};
use domain::{
    accounts::throttle::{
        Limit, NotYet, PER_ACCOUNT, PER_ADDRESS, PER_APPLICANTS, PER_CODES, PER_LETTERS, PER_LINKS, PER_MAILBOX,
        PER_PAIR, Slowdown, Slowing, Throttle,
    },
    id::PersonId,
    rate::seconds,
    time::Millis,
};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, hash::Hash, net::IpAddr, pin::pin, sync::Arc, time::Duration};
use store::{StoreError, known_devices};
use tokio::sync::Notify;

/// Keys that are remembered in each list.
const ROOM: usize = 20_000;
/// Passwords that are hashed and wait for it. Three hundred of one network take some ten seconds: a class that signs in at once, or the
/// others of a Wi-Fi where one guesses, wait instead of being refused.
const HASHING: Room = Room { at_once: 2, each: 2, per_place: 300, in_all: 600 };
/// Limits of delayed attempts from one network, and from all.
const RESTING: (usize, usize) = (300, 1_000);

/// The account whose password is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Guess {
    /// A password at sign-in.
    SignIn,
    /// A code of the second factor.
    Code,
    /// The password of a session that is open.
    Password,
}

/// The account whose failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// The account with this address, if any: the hash of the address.
    Email([u8; 32]),
    Person(PersonId),
    /// The entry of the user directory with this key.
    Entry([u8; 32]),
}

impl Whose {
    /// The account with the address `email`, if any.
    pub(crate) fn email(email: &str) -> Self {
        Self::Email(Sha256::digest(email).into())
    }
}

/// One attempt: the account, and whether the device has signed in to it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Try {
    pub whose: Whose,
    pub guess: Guess,
    pub place: Place,
}

impl Try {
    /// An attempt from `origin` with a password for the account with the address `email`.
    pub(super) async fn for_email(ctx: &Ctx, origin: &Origin, email: &str) -> Result<Self, StoreError> {
        let mut place = Place::Network(network(origin.address));
        if let Some(hash) = origin.device_hash()
            && known_devices::is_known_by_email(&mut *ctx.store().read().await?, email, &hash).await?
        {
            place = Place::Device(hash);
        }
        Ok(Self { whose: Whose::email(email), guess: Guess::SignIn, place })
    }

    /// Something is tried from `origin` for `person`.
    pub(super) async fn for_person(
        ctx: &Ctx,
        origin: &Origin,
        person: PersonId,
        guess: Guess,
    ) -> Result<Self, StoreError> {
        let mut place = Place::Network(network(origin.address));
        if let Some(hash) = origin.device_hash()
            && known_devices::is_known(&mut *ctx.store().read().await?, person, &hash).await?
        {
            place = Place::Device(hash);
        }
        Ok(Self { whose: Whose::Person(person), guess, place })
    }

    fn pair(self) -> (Place, Whose, Guess) {
        (self.place, self.whose, self.guess)
    }
}

/// The attempts by one kind of key, and those who wait for them to be decided.
struct Attempts<K> {
    throttle: Shared<Throttle<K>>,
    /// Waiting callers per key.
    waiting: Shared<HashMap<K, (Arc<Notify>, usize)>>,
}

impl<K: Eq + Hash + Clone> Attempts<K> {
    fn new(limit: Limit) -> Self {
        Self { throttle: Shared::new(Throttle::new(limit, ROOM)), waiting: Shared::default() }
    }

    /// Begins an attempt once the limit leaves room for another failure; otherwise returns how long to wait.
    async fn begin(&self, key: &K, at: Millis) -> Result<(), Duration> {
        let begun = self.throttle.lock().begin(key, at);
        match begun {
            Ok(()) => return Ok(()),
            Err(NotYet::Locked(wait)) => return Err(wait),
            Err(NotYet::Undecided) => {}
        }
        let waiter = Waiter::new(self, key);
        loop {
            // Subscribes before it checks again, so that no decision is missed.
            let mut decided = pin!(waiter.decided.notified());
            decided.as_mut().enable();
            let begun = self.throttle.lock().begin(key, at);
            match begun {
                Ok(()) => {
                    // There may be room for more than one.
                    waiter.decided.notify_one();
                    return Ok(());
                }
                Err(NotYet::Locked(wait)) => {
                    waiter.decided.notify_one();
                    return Err(wait);
                }
                Err(NotYet::Undecided) => decided.await,
            }
        }
    }

    /// An attempt that was begun at `at` is decided.
    fn end(&self, key: &K, at: Millis, failed: bool) {
        self.throttle.lock().end(key, at, failed);
        if let Some((decided, _)) = self.waiting.lock().get(key) {
            decided.notify_one();
        }
    }
}

/// A caller that waits until pending attempts of a key are decided.
struct Waiter<'a, K: Eq + Hash + Clone> {
    attempts: &'a Attempts<K>,
    key: &'a K,
    decided: Arc<Notify>,
}

impl<'a, K: Eq + Hash + Clone> Waiter<'a, K> {
    fn new(attempts: &'a Attempts<K>, key: &'a K) -> Self {
        let mut waiting = attempts.waiting.lock();
        let (decided, count) = waiting.entry(key.clone()).or_default();
        *count += 1;
        Self { attempts, key, decided: Arc::clone(decided) }
    }
}

impl<K: Eq + Hash + Clone> Drop for Waiter<'_, K> {
    fn drop(&mut self) {
        let mut waiting = self.attempts.waiting.lock();
        if let Some((_, count)) = waiting.get_mut(self.key) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(self.key);
            }
        }
    }
}

/// A slowed caller; dropping it frees its place.
struct Resting<'a> {
    resting: &'a Shared<HashMap<IpAddr, usize>>,
    network: IpAddr,
}

impl<'a> Resting<'a> {
    fn begin(resting: &'a Shared<HashMap<IpAddr, usize>>, network: IpAddr) -> Result<Self, AccountsError> {
        let mut counts = resting.lock();
        let (own, all) = (counts.get(&network).copied().unwrap_or_default(), counts.values().sum::<usize>());
        if own >= RESTING.0 || all >= RESTING.1 {
            return Err(AccountsError::Busy);
        }
        *counts.entry(network).or_default() += 1;
        Ok(Self { resting, network })
    }
}

impl Drop for Resting<'_> {
    fn drop(&mut self) {
        let mut counts = self.resting.lock();
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// Throttles by network address, which slow but never lock.
struct Slow {
    failures: Shared<Slowdown<IpAddr>>,
    resting: Shared<HashMap<IpAddr, usize>>,
}

impl Slow {
    fn new(slowing: Slowing) -> Self {
        Self { failures: Shared::new(Slowdown::new(slowing, ROOM)), resting: Shared::default() }
    }

    /// Waits as long as callers from `network` currently have to.
    async fn rest(&self, ctx: &Ctx, network: IpAddr) -> Result<(), AccountsError> {
        let wait = self.failures.lock().wait(&network, ctx.steady());
        if !wait.is_zero() {
            let _resting = Resting::begin(&self.resting, network)?;
            ctx.clock().rest(wait).await;
        }
        Ok(())
    }

    fn fail(&self, network: IpAddr, at: Millis) {
        self.failures.lock().fail(&network, at);
    }
}

pub(crate) struct Guard {
    /// By account and origin.
    pairs: Attempts<(Place, Whose, Guess)>,
    /// By account, from all unknown devices.
    accounts: Attempts<(Whose, Guess)>,
    codes: Attempts<(Whose, Guess)>,
    addresses: Slow,
    links: Slow,
    letters: Slow,
    mailboxes: RateLimiter<Whose>,
    applicants: RateLimiter<IpAddr>,
    queue: Queue,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            pairs: Attempts::new(PER_PAIR),
            accounts: Attempts::new(PER_ACCOUNT),
            codes: Attempts::new(PER_CODES),
            addresses: Slow::new(PER_ADDRESS),
            links: Slow::new(PER_LINKS),
            letters: Slow::new(PER_LETTERS),
            mailboxes: RateLimiter::default(),
            applicants: RateLimiter::default(),
            queue: Queue::new(HASHING),
        }
    }
}

impl Guard {
    pub(crate) fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
    }

    /// Throttles a look-up of a link from `from`.
    pub(super) async fn throttle_link(&self, ctx: &Ctx, from: IpAddr) -> Result<(), AccountsError> {
        self.links.rest(ctx, network(from)).await
    }

    /// Counts a failed look-up of a link from `from`.
    pub(super) fn looked_in_vain(&self, ctx: &Ctx, from: IpAddr) {
        self.links.fail(network(from), ctx.steady());
    }

    /// Counts a request from `from` to send a mail to the mailbox of `whose`. Always counted, separately from
    /// sign-ins, so that nobody can flood a mailbox.
    pub(crate) async fn ask_for_letter(&self, ctx: &Ctx, from: IpAddr, whose: Whose) -> Result<(), AccountsError> {
        self.letters.rest(ctx, network(from)).await?;
        let at = ctx.steady();
        self.letters.fail(network(from), at);
        self.mailboxes.take(whose, PER_MAILBOX, at).map(drop).map_err(|empty| too_many(empty.wait))
    }

    /// Throttles an application from `from`.
    pub(crate) fn apply(&self, from: IpAddr, at: Millis) -> Result<(), AccountsError> {
        let taken = self.applicants.take(network(from), PER_APPLICANTS, at);
        taken.map(drop).map_err(|empty| too_many(empty.wait))
    }

    /// The failures of an account from everywhere.
    fn everywhere(&self, guess: Guess) -> &Attempts<(Whose, Guess)> {
        if guess == Guess::Code { &self.codes } else { &self.accounts }
    }

    /// Waits for a turn to do slow work, or fails if too many wait.
    pub(super) async fn turn(&self, from: IpAddr) -> Result<Turn, AccountsError> {
        self.turn_at(Place::Network(network(from))).await
    }

    async fn turn_at(&self, place: Place) -> Result<Turn, AccountsError> {
        self.queue.turn(place).await.map_err(|_| AccountsError::Busy)
    }
}

/// Runs slow `work`, then passes the turn on. It runs to the end even if the caller disconnects, and holds its
/// turn until then.
pub(super) async fn slowly<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AccountsError> {
    let work = move || {
        let _turn = turn;
        work()
    };
    // Fails only when the work panics or the runtime ends.
    tokio::task::spawn_blocking(work).await.map_err(|_| AccountsError::Busy)
}

/// An attempt under way; it counts as failed unless marked as successful.
#[must_use]
pub(super) struct Attempt<'a> {
    ctx: &'a Ctx,
    tried: Try,
    at: Millis,
    /// It counts against the account from everywhere.
    everywhere: bool,
    failed: bool,
}

impl<'a> Attempt<'a> {
    /// Begins an attempt on an account. A caller who must wait for minutes gets an error; a slowed one waits here.
    pub(super) async fn begin(ctx: &'a Ctx, tried: Try) -> Result<Self, AccountsError> {
        Self::rest(ctx, tried).await?;
        Self::count(ctx, tried).await
    }

    /// Like `begin` for slow work, in its turn. A caller who must wait for minutes takes no place in the queue.
    pub(super) async fn in_turn(ctx: &'a Ctx, tried: Try) -> Result<(Self, Turn), AccountsError> {
        Self::rest(ctx, tried).await?;
        let turn = Guard::of(ctx).turn_at(tried.place).await?;
        Ok((Self::count(ctx, tried).await?, turn))
    }

    async fn rest(ctx: &'a Ctx, tried: Try) -> Result<(), AccountsError> {
        let (guard, at) = (Guard::of(ctx), ctx.steady());
        let locked = guard.pairs.throttle.lock().wait(&tried.pair(), at);
        let Place::Network(network) = tried.place else {
            return locked.map_or(Ok(()), |wait| Err(too_many(wait)));
        };
        let everywhere = || guard.everywhere(tried.guess).throttle.lock().wait(&(tried.whose, tried.guess), at);
        if let Some(wait) = locked.or_else(everywhere) {
            return Err(too_many(wait));
        }
        guard.addresses.rest(ctx, network).await
    }

    async fn count(ctx: &'a Ctx, tried: Try) -> Result<Self, AccountsError> {
        let (guard, at) = (Guard::of(ctx), ctx.steady());
        guard.pairs.begin(&tried.pair(), at).await.map_err(too_many)?;
        // Ends when dropped, even if nobody waits any more; it is not counted before the account has room too.
        let mut attempt = Self { ctx, tried, at, everywhere: false, failed: false };
        if matches!(tried.place, Place::Network(_)) {
            let everywhere = guard.everywhere(tried.guess);
            everywhere.begin(&(tried.whose, tried.guess), at).await.map_err(too_many)?;
            attempt.everywhere = true;
        }
        attempt.failed = true;
        Ok(attempt)
    }

    /// It was right, or it was not tried.
    pub(super) fn forgive(mut self) {
        self.failed = false;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let (guard, tried) = (Guard::of(self.ctx), self.tried);
        guard.pairs.end(&tried.pair(), self.at, self.failed);
        if self.everywhere {
            guard.everywhere(tried.guess).end(&(tried.whose, tried.guess), self.at, self.failed);
        }
        if let (true, Place::Network(network)) = (self.failed, tried.place) {
            guard.addresses.fail(network, self.at);
        }
    }
}

fn too_many(wait: Duration) -> AccountsError {
    AccountsError::TooMany(seconds(wait))
}
