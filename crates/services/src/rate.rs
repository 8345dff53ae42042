//! Rate limits for requests of programs and changes by people. In memory only: after a restart every bucket is
//! full.
//!
//! Invariants: memory is bounded, however many callers there are. All API requests of a person share one bucket,
//! across all tokens; their changes on pages use another, so that their program does not lock them out.
//! Not here: viewing pages.
//!
//! Card claims, problem reports and their photos have limits of their own, in their services.

pub use crate::accounts::guard::network;

use crate::{Ctx, shared::Shared};
use domain::{
    actor::Actor,
    id::PersonId,
    problem::{Kind, Problem},
    rate::{Bucket, Empty, INPUT, KNOWN, Left, Pace, UNKNOWN},
    time::Millis,
};
use std::{collections::HashMap, hash::Hash, net::IpAddr, time::Duration};
use text::Lang;

/// Buckets that are remembered.
const ROOM: usize = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RateKey {
    Person(PersonId),
    Address(IpAddr),
    /// A signed-in person who changes something.
    Typing(PersonId),
}

#[derive(Default)]
pub(crate) struct Buckets(Shared<HashMap<RateKey, Bucket>>);

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
    // A clock that was set back must not delay anybody.
    let now = ctx.steady();
    let mut buckets = ctx.guard().buckets.0.lock();
    make_room(&mut buckets, now);
    match buckets.entry(caller).or_insert(Bucket::FULL).take(pace, now) {
        Ok(left) => (left, Ok(())),
        Err(Empty { wait, left }) => {
            let seconds = seconds(wait);
            let problem = Problem::new("rate.exceeded", Kind::TooMany, lang.rate_exceeded(seconds)).after(seconds);
            (left, Err(problem))
        }
    }
}

/// Whole ones, one at least.
fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

/// Counts how often something happened recently per `K`, usually per person.
pub(crate) struct Pacing<K = PersonId>(Shared<HashMap<K, Bucket>>);

impl<K> Default for Pacing<K> {
    fn default() -> Self {
        Self(Shared::default())
    }
}

impl<K: Eq + Hash> Pacing<K> {
    /// Counts that it happened for `whose`; how many seconds to wait if that was too often.
    pub fn take(&self, whose: K, pace: Pace, now: Millis) -> Result<(), u32> {
        let mut buckets = self.0.lock();
        if buckets.len() >= ROOM {
            buckets.retain(|_, bucket| !bucket.is_full(now));
        }
        let taken = buckets.entry(whose).or_insert(Bucket::FULL).take(pace, now);
        taken.map(drop).map_err(|empty| seconds(empty.wait))
    }

    /// Drops the count for `whose`.
    pub fn forget(&self, whose: &K) {
        self.0.lock().remove(whose);
    }
}

fn make_room(buckets: &mut HashMap<RateKey, Bucket>, now: Millis) {
    if buckets.len() >= ROOM {
        buckets.retain(|_, bucket| !bucket.is_full(now));
    }
    if buckets.len() >= ROOM {
        // A flood from many addresses: all start again, so that memory stays bounded.
        buckets.clear();
    }
}
