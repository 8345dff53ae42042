//! Rate limits per person, network or address. In memory only: after a restart every bucket is full.
//!
//! Invariants: memory is bounded, however many callers there are ([`RateLimiter`]). All API requests of a person share one bucket,
//! across all tokens; their changes on pages use another, so that their program does not lock them out. Not here: viewing pages,
//! and failed sign-ins, where only failures count (`accounts::guard`).
//!
//! Card claims, problem reports, their photos and mailed links have limiters of their own, in their services.

use crate::{Ctx, shared::Shared};
use domain::{
    actor::Actor,
    id::PersonId,
    problem::{Kind, Problem},
    rate::{Bucket, Empty, INPUT, KNOWN, Left, Pace, UNKNOWN},
    time::Millis,
};
use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
};
use text::Lang;

/// Keys that one limiter remembers.
pub(crate) const ROOM: usize = 20_000;

/// Limits how often something happens per key, mostly per person.
pub(crate) struct RateLimiter<K = PersonId>(Shared<HashMap<K, Bucket>>);

impl<K> Default for RateLimiter<K> {
    fn default() -> Self {
        Self(Shared::default())
    }
}

impl<K: Eq + Hash> RateLimiter<K> {
    /// Counts one use by `key`: what is left to it, or how long it has to wait. `now` is read from the steady clock, so that setting
    /// the system clock back makes nobody wait longer.
    pub fn take(&self, key: K, pace: Pace, now: Millis) -> Result<Left, Empty> {
        let mut buckets = self.0.lock();
        make_room(&mut buckets, |bucket| bucket.is_full(now));
        buckets.entry(key).or_insert(Bucket::FULL).take(pace, now)
    }

    /// Returns one use to `key`, because it ended well and only failures count.
    pub fn give_back(&self, key: &K, pace: Pace) {
        if let Some(bucket) = self.0.lock().get_mut(key) {
            bucket.give_back(pace);
        }
    }

    /// Forgets `key`.
    pub fn forget(&self, key: &K) {
        self.0.lock().remove(key);
    }
}

/// Rate limits of programs, and of changes on pages.
#[derive(Default)]
struct Limits(RateLimiter<RateKey>);

/// Frees half of the [`ROOM`] when there is none: entries that are over first, then the smallest, which are those least used, so that a
/// flood of new keys does not reset the busiest.
pub(crate) fn make_room<K: Eq + Hash, V: Copy + Ord>(entries: &mut HashMap<K, V>, is_over: impl Fn(&V) -> bool) {
    if entries.len() < ROOM {
        return;
    }
    entries.retain(|_, entry| !is_over(entry));
    if entries.len() > ROOM / 2 {
        let mut all: Vec<_> = entries.values().copied().collect();
        let beyond = all.len() - ROOM / 2;
        let (_, &mut last, _) = all.select_nth_unstable(beyond);
        entries.retain(|_, entry| *entry > last);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RateKey {
    Person(PersonId),
    Address(IpAddr),
    /// A signed-in person who changes something.
    Typing(PersonId),
}

/// Counts a request of `actor` from `from`: the remaining allowance, and a problem if there is none.
pub fn take(ctx: &Ctx, actor: &Actor, from: IpAddr, lang: Lang) -> (Left, Result<(), Problem>) {
    let (caller, pace) = match actor.person() {
        Some(person) => (RateKey::Person(person), KNOWN),
        None => (RateKey::Address(network(from)), UNKNOWN),
    };
    taken(ctx, caller, pace, lang)
}

/// Counts a change that `actor` makes on a page, and fails if they must wait. Anonymous changes are throttled
/// where they occur.
pub fn take_change(ctx: &Ctx, actor: &Actor, lang: Lang) -> Result<(), Problem> {
    match actor.person() {
        Some(person) => taken(ctx, RateKey::Typing(person), INPUT, lang).1,
        None => Ok(()),
    }
}

fn taken(ctx: &Ctx, caller: RateKey, pace: Pace, lang: Lang) -> (Left, Result<(), Problem>) {
    match ctx.memory::<Limits>().0.take(caller, pace, ctx.steady()) {
        Ok(left) => (left, Ok(())),
        Err(empty) => {
            let seconds = empty.seconds();
            let problem = Problem::new("rate.exceeded", Kind::TooMany, lang.rate_exceeded(seconds)).after(seconds);
            (empty.left, Err(problem))
        }
    }
}

/// The network of an address: the owner of one IPv6 address has the 2⁶⁴ around it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const PACE: Pace = Pace { burst: 3, every: Duration::from_mins(1) };

    #[test]
    fn flood_of_keys_stays_bounded_and_does_not_reset_busiest_key() {
        let (limiter, now) = (RateLimiter::default(), Millis(1_000_000));
        while limiter.take(0, PACE, now).is_ok() {}
        for key in 1..=5 * ROOM {
            assert!(limiter.take(key, PACE, now).is_ok());
            assert!(limiter.0.lock().len() <= ROOM);
        }
        assert!(limiter.take(0, PACE, now).is_err_and(|empty| empty.seconds() == 60));
        limiter.forget(&0);
        assert!(limiter.take(0, PACE, now).is_ok());
    }

    #[test]
    fn addresses_in_one_network_share_key() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(network(ip("2001:db8:1:2::7")), network(ip("2001:db8:1:2:ffff::8")));
        assert_ne!(network(ip("2001:db8:1:2::7")), network(ip("2001:db8:1:3::7")));
        assert_eq!(network(ip("::ffff:192.0.2.7")), ip("192.0.2.7"));
    }
}
