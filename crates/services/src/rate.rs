//! How often a program may ask. Kept in memory: after a restart everybody's bucket is full.
//!
//! Invariants: memory is bounded, whoever asks. All that somebody asks comes out of one bucket, with however many tokens. Deliberately absent: pages, which people open one at a time.

pub use crate::accounts::guard::network;

use crate::{Ctx, shared::Shared};
use domain::{
    actor::Actor,
    id::PersonId,
    problem::{Kind, Problem},
    rate::{Bucket, Empty, KNOWN, Left, UNKNOWN},
    time::Millis,
};
use std::{collections::HashMap, net::IpAddr};
use text::Lang;

/// Buckets that are remembered.
const ROOM: usize = 20_000;

/// Whose bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Asker {
    Person(PersonId),
    Address(IpAddr),
}

#[derive(Default)]
pub(crate) struct Buckets(Shared<HashMap<Asker, Bucket>>);

/// Counts one request of `actor`, who came from `from`: what is left to them, and that they have to wait if it is nothing.
pub fn take(ctx: &Ctx, actor: &Actor, from: IpAddr, lang: Lang) -> (Left, Result<(), Problem>) {
    let (asker, pace) = match actor.person() {
        Some(person) => (Asker::Person(person), KNOWN),
        None => (Asker::Address(network(from)), UNKNOWN),
    };
    // Nobody waits longer because the clock on the wall was set back.
    let now = ctx.steady();
    let mut buckets = ctx.guard().buckets.0.lock();
    make_room(&mut buckets, now);
    match buckets.entry(asker).or_insert(Bucket::FULL).take(pace, now) {
        Ok(left) => (left, Ok(())),
        Err(Empty { wait, left }) => {
            let seconds = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
            let problem = Problem::new("rate.exceeded", Kind::TooMany, lang.rate_exceeded(seconds)).after(seconds);
            (left, Err(problem))
        }
    }
}

fn make_room(buckets: &mut HashMap<Asker, Bucket>, now: Millis) {
    if buckets.len() >= ROOM {
        buckets.retain(|_, bucket| !bucket.is_full(now));
    }
    if buckets.len() >= ROOM {
        // A flood from many addresses: all begin anew rather than the memory ends.
        buckets.clear();
    }
}
