//! What stands before a password is looked at: how often one may fail, and how many are looked at together.
//!
//! **Invariants.** Only failures count. So that guesses made side by side are no way around, no more are undecided at once
//! than may still fail; the others wait until those are decided. Memory is bounded: hashing a password takes 19 MiB and a
//! core for a while, on purpose, so few are hashed at once, and the others wait in turn ([`Queue`]).

use super::{
    AccountsError,
    queue::{Queue, Turn},
};
use crate::{Ctx, rate::Buckets, shared::Shared};
use domain::{
    accounts::throttle::{Limit, NotYet, PER_ACCOUNT, PER_ADDRESS, PER_LINKS, PER_REQUESTS, Throttle},
    id::PersonId,
    time::Millis,
};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::sync::Notify;

/// Keys that are remembered in each list.
const ROOM: usize = 20_000;
/// Passwords that are hashed at the same time.
const AT_ONCE: usize = 2;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// Whoever has this address, or nobody: the hash of it, and what they tried.
    Email([u8; 32], &'static str),
    /// Somebody who is known already, by what they tried.
    Person(PersonId, &'static str),
}

impl Whose {
    /// `what` is tried for the account with the address `email`, or for none.
    pub(super) fn email(email: &str, what: &'static str) -> Self {
        Self::Email(Sha256::digest(email).into(), what)
    }
}

/// The attempts by one kind of key, and those who wait for them to be decided.
struct Attempts<K> {
    throttle: Shared<Throttle<K>>,
    /// With how many wait.
    waiting: Shared<HashMap<K, (Arc<Notify>, usize)>>,
}

impl<K: Eq + Hash + Clone> Attempts<K> {
    fn new(limit: Limit) -> Self {
        Self { throttle: Shared::new(Throttle::new(limit, ROOM)), waiting: Shared::default() }
    }

    /// Begins an attempt, once there is room for one more failure; or says how long there will be none.
    async fn begin(&self, key: &K, at: Millis) -> Result<(), Duration> {
        let begun = self.throttle.lock().begin(key, at);
        match begun {
            Ok(()) => return Ok(()),
            Err(NotYet::Locked(wait)) => return Err(wait),
            Err(NotYet::Undecided) => {}
        }
        let waiter = Waiter::new(self, key);
        loop {
            // Listens before it asks once more, so that nothing is decided in between unheard.
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

/// Somebody who waits for attempts of a key to be decided.
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

pub(crate) struct Guard {
    accounts: Attempts<Whose>,
    addresses: Attempts<IpAddr>,
    links: Shared<Throttle<IpAddr>>,
    requests: Shared<Throttle<IpAddr>>,
    queue: Queue,
    /// How often programs ask.
    pub(crate) buckets: Buckets,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            accounts: Attempts::new(PER_ACCOUNT),
            addresses: Attempts::new(PER_ADDRESS),
            links: Shared::new(Throttle::new(PER_LINKS, ROOM)),
            requests: Shared::new(Throttle::new(PER_REQUESTS, ROOM)),
            queue: Queue::new(AT_ONCE),
            buckets: Buckets::default(),
        }
    }
}

impl Guard {
    /// Somebody at `from` looks at a link.
    pub(super) fn look(&self, from: IpAddr, at: Millis) -> Result<(), AccountsError> {
        let mut links = self.links.lock();
        links.count(&network(from), at).map_err(too_many)
    }

    /// Somebody at `from` applies, or asks for a link, for the account that `whose` names, if any. Always counted, apart from
    /// attempts to sign in: nobody fills the list of applicants or somebody's mailbox.
    pub(super) fn request(&self, from: IpAddr, whose: Option<&Whose>, at: Millis) -> Result<(), AccountsError> {
        let mut requests = self.requests.lock();
        requests.count(&network(from), at).map_err(too_many)?;
        whose.map_or(Ok(()), |whose| self.accounts.throttle.lock().count(whose, at)).map_err(too_many)
    }

    /// Waits for a turn to do something slow; or says that too many wait.
    pub(super) async fn turn(&self, from: IpAddr) -> Result<Turn, AccountsError> {
        self.queue.turn(network(from)).await.map_err(|_| AccountsError::Busy)
    }
}

/// Does `work`, which is slow on purpose, and passes the turn on. The work of somebody who leaves meanwhile is done all the
/// same, and its turn ends with it.
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

/// An attempt that is being made; it has failed unless it is said that it did not.
#[must_use]
pub(super) struct Attempt<'a> {
    ctx: &'a Ctx,
    whose: Option<Whose>,
    from: IpAddr,
    at: Millis,
    failed: bool,
}

impl<'a> Attempt<'a> {
    /// Somebody at `from` tries something for an account, or what belongs to none.
    pub(super) async fn begin(
        ctx: &'a Ctx,
        from: IpAddr,
        whose: Option<Whose>,
        at: Millis,
    ) -> Result<Self, AccountsError> {
        let (from, guard) = (network(from), ctx.guard());
        guard.addresses.begin(&from, at).await.map_err(too_many)?;
        // Ended by being dropped, also when nobody waits for it any more; it is not tried before the account has room too.
        let mut attempt = Self { ctx, whose: None, from, at, failed: false };
        if let Some(whose) = whose {
            guard.accounts.begin(&whose, at).await.map_err(too_many)?;
            attempt.whose = Some(whose);
        }
        attempt.failed = true;
        Ok(attempt)
    }

    /// The same of what is slow, in its turn. Who has to wait for minutes gets no place in the queue.
    pub(super) async fn in_turn(
        ctx: &'a Ctx,
        from: IpAddr,
        whose: Whose,
        at: Millis,
    ) -> Result<(Self, Turn), AccountsError> {
        let guard = ctx.guard();
        let locked = guard.addresses.throttle.lock().wait(&network(from), at);
        if let Some(wait) = locked.or_else(|| guard.accounts.throttle.lock().wait(&whose, at)) {
            return Err(too_many(wait));
        }
        let turn = guard.turn(from).await?;
        Ok((Self::begin(ctx, from, Some(whose), at).await?, turn))
    }

    /// It was right, or it was not tried.
    pub(super) fn forgive(mut self) {
        self.failed = false;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let guard = self.ctx.guard();
        guard.addresses.end(&self.from, self.at, self.failed);
        if let Some(whose) = &self.whose {
            guard.accounts.end(whose, self.at, self.failed);
        }
    }
}

fn too_many(wait: Duration) -> AccountsError {
    AccountsError::TooMany(seconds(wait))
}

/// Whole seconds, rounded up: coming back a moment too early would be refused again.
fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

/// Who has one IPv6 address has the 2⁶⁴ beside it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_are_one() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(network(ip("2001:db8:1:2::7")), network(ip("2001:db8:1:2:ffff::8")));
        assert_ne!(network(ip("2001:db8:1:2::7")), network(ip("2001:db8:1:3::7")));
        assert_eq!(network(ip("::ffff:192.0.2.7")), ip("192.0.2.7"));
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
        assert_eq!(seconds(Duration::ZERO), 1);
    }
}
