//! What stands before a password is looked at: how often one may try, and how many are looked at together.
//!
//! Invariant: memory is bounded. Hashing a password takes 19 MiB and a core for a while, on purpose; a flood of them must
//! not take all of either, so few are hashed at once, few wait, and the others are asked to come back.

use super::AccountsError;
use crate::Ctx;
use domain::{
    accounts::throttle::{PER_ACCOUNT, PER_ADDRESS, PER_LINKS, Throttle},
    id::PersonId,
    time::Millis,
};
use sha2::{Digest, Sha256};
use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// Keys that are remembered in each list.
const ROOM: usize = 20_000;
/// Passwords that are hashed at the same time.
const AT_ONCE: usize = 2;
/// Those, and the ones that wait for them.
const QUEUE: usize = AT_ONCE + 30;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whose {
    /// Whoever has this address, or nobody: the hash of it, and what they tried.
    Email([u8; 32], &'static str),
    /// Somebody who is known already, by what they tried.
    Person(PersonId, &'static str),
}

pub(crate) struct Guard {
    accounts: Mutex<Throttle<Whose>>,
    addresses: Mutex<Throttle<IpAddr>>,
    links: Mutex<Throttle<IpAddr>>,
    hashing: Semaphore,
    queue: Semaphore,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            accounts: Mutex::new(Throttle::new(PER_ACCOUNT, ROOM)),
            addresses: Mutex::new(Throttle::new(PER_ADDRESS, ROOM)),
            links: Mutex::new(Throttle::new(PER_LINKS, ROOM)),
            hashing: Semaphore::new(AT_ONCE),
            queue: Semaphore::new(QUEUE),
        }
    }
}

/// An attempt that was counted; forgiven when it turns out to be right.
#[must_use]
pub(super) struct Attempt<'a> {
    ctx: &'a Ctx,
    whose: Option<Whose>,
    from: IpAddr,
    at: Millis,
}

impl Guard {
    fn accounts(&self) -> MutexGuard<'_, Throttle<Whose>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn addresses(&self) -> MutexGuard<'_, Throttle<IpAddr>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody at `from` looks at a link.
    pub(super) fn look(&self, from: IpAddr, at: Millis) -> Result<(), AccountsError> {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.attempt(&network(from), at).map_err(|wait| AccountsError::TooMany(seconds(wait)))
    }

    /// Has `work`, which is slow on purpose, done beside the others; or says that too many wait.
    pub(super) async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        let _place = self.queue.try_acquire().map_err(|_| AccountsError::Busy)?;
        let _turn = self.hashing.acquire().await.map_err(|_| AccountsError::Busy)?;
        // Fails only when the work panics or the runtime ends.
        tokio::task::spawn_blocking(work).await.map_err(|_| AccountsError::Busy)
    }
}

impl<'a> Attempt<'a> {
    /// Somebody at `from` tries `what` for the account with the address `email`, or for none.
    pub(super) fn by_email(
        ctx: &'a Ctx,
        from: IpAddr,
        email: &str,
        what: &'static str,
        at: Millis,
    ) -> Result<Self, AccountsError> {
        Self::count(ctx, from, Some(Whose::Email(Sha256::digest(email).into(), what)), at)
    }

    /// Somebody at `from` tries `what` for the account of `person`.
    pub(super) fn by_person(
        ctx: &'a Ctx,
        from: IpAddr,
        person: PersonId,
        what: &'static str,
        at: Millis,
    ) -> Result<Self, AccountsError> {
        Self::count(ctx, from, Some(Whose::Person(person, what)), at)
    }

    /// Somebody at `from` tries what belongs to no account.
    pub(super) fn by_address(ctx: &'a Ctx, from: IpAddr, at: Millis) -> Result<Self, AccountsError> {
        Self::count(ctx, from, None, at)
    }

    fn count(ctx: &'a Ctx, from: IpAddr, whose: Option<Whose>, at: Millis) -> Result<Self, AccountsError> {
        let from = network(from);
        let too_many = |wait: Duration| AccountsError::TooMany(seconds(wait));
        let guard = ctx.guard();
        guard.addresses().attempt(&from, at).map_err(too_many)?;
        if let Some(whose) = &whose
            && let Err(wait) = guard.accounts().attempt(whose, at)
        {
            // It was not tried, so it did not fail either.
            guard.addresses().forgive(&from, at);
            return Err(too_many(wait));
        }
        Ok(Self { ctx, whose, from, at })
    }

    /// It was right.
    pub(super) fn forgive(self) {
        self.ctx.guard().addresses().forgive(&self.from, self.at);
        if let Some(whose) = &self.whose {
            self.ctx.guard().accounts().forgive(whose, self.at);
        }
    }
}

/// Whole seconds, rounded up: coming back a moment too early would be refused again.
fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

/// Who has one IPv6 address has the 2⁶⁴ beside it.
pub(crate) fn network(address: IpAddr) -> IpAddr {
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
