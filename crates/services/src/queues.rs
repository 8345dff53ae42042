//! The worker of a channel's queue of deliveries: it resumes interrupted ones, sends due ones in lanes, and waits for the next.
//!
//! **Invariants.** A lane sends one message at a time. What is due is looked at again while lanes send, so a message that hangs
//! delays its own lane alone; which lanes start is decided by [`domain::deliveries::lanes`].
//!
//! Not here: how a channel sends, and the queue itself (`store::deliveries`).

mod rests;

pub(crate) use rests::{Rests, Setback};

use crate::{Ctx, live::Changes};
use domain::{
    deliveries::{
        Channel,
        lanes::{self, Lane},
    },
    live::{ChangeEvent, Noun},
    time::Millis,
};
use futures::{StreamExt, stream::FuturesUnordered};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    pin::pin,
    time::Duration,
};
use store::{Done, StoreError, Unaudited, WriteTx, deliveries};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A worker checks at least this often, because the clock may be set.
const LOOK: Duration = Duration::from_secs(30);
/// Deliveries of a kind that one person caused leave as one message, at most so many.
pub(crate) const TOGETHER: u32 = 500;
/// How many of them are examined for one that still stands.
pub(crate) const EXAMINED: usize = 20;

/// The result of checking a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// There may be more.
    Busy,
    /// Nothing is due before this instant; `None`: nothing waits.
    Idle(Option<Millis>),
}

/// Names a lane within its channel: a target, and the person of its notices; 0 is none.
pub(crate) type Key = (i64, i64);

/// A lane with something due, and what it is to send.
pub(crate) struct Ready<W> {
    pub key: Key,
    pub lane: Lane,
    pub work: W,
}

/// Due deliveries.
pub(crate) struct Found<W> {
    /// In the order in which lanes start.
    pub ready: Vec<Ready<W>>,
    /// When the next is due.
    pub next: Option<Millis>,
    /// Whether deliveries were settled or postponed, so that others may be due.
    pub has_decided: bool,
}

impl<W> Found<W> {
    pub const fn nothing(next: Option<Millis>) -> Self {
        Self { ready: Vec::new(), next, has_decided: false }
    }
}

/// A channel, and when its worker checks the queue besides the times of its deliveries.
pub(crate) struct Worker<'a> {
    pub channel: Channel,
    /// Whether a change of a noun may have queued something.
    pub queues: fn(Noun) -> bool,
    pub woken: &'a Notify,
    /// Whether messages under way are finished at the end. The others are sent again at the next start.
    pub finishes: bool,
}

/// Lanes that send, and those that are due.
struct Lanes<W> {
    channel: Channel,
    running: BTreeMap<Key, Lane>,
    waiting: VecDeque<Ready<W>>,
    /// Those that were sending when a change came: what it queued for them was left out.
    left_out: BTreeSet<Key>,
}

impl<W> Lanes<W> {
    const fn new(channel: Channel) -> Self {
        Self { channel, running: BTreeMap::new(), waiting: VecDeque::new(), left_out: BTreeSet::new() }
    }

    /// The next lane that has a place. It takes it.
    fn start(&mut self) -> Option<Ready<W>> {
        let has_place = |ready: &Ready<W>| lanes::may_start(self.channel, self.running.values(), &ready.lane);
        let at = self.waiting.iter().position(has_place)?;
        let ready = self.waiting.remove(at)?;
        self.running.insert(ready.key, ready.lane.clone());
        Some(ready)
    }

    /// Takes the found lanes, except those that send or rest. Returns when to look again, and whether there is something to do.
    fn take(&mut self, ctx: &Ctx, found: Found<W>) -> (Option<Millis>, bool) {
        let (rests, now, mut next) = (Rests::of(ctx), ctx.now(), found.next);
        self.waiting.clear();
        for ready in found.ready.into_iter().filter(|ready| !self.running.contains_key(&ready.key)) {
            let rest = rests.until(self.channel, ready.key, &ready.lane.host, now);
            match rest.filter(|_| !ready.lane.is_safety) {
                Some(until) => next = Some(next.map_or(until, |next| next.min(until))),
                None => self.waiting.push_back(ready),
            }
        }
        (next, found.has_decided || !self.waiting.is_empty())
    }
}

impl Worker<'_> {
    /// Sends what `load` finds by `send`, until `stop`. `load` is given the lanes that send, and may leave them out.
    pub async fn run<W, L, S>(
        &self,
        ctx: &Ctx,
        stop: &CancellationToken,
        load: impl Fn(BTreeSet<Key>) -> L,
        send: impl Fn(W) -> S,
    ) where
        L: Future<Output = Result<Found<W>, StoreError>>,
        S: Future<Output = Result<(), StoreError>>,
    {
        let mut changes = Changes::since_now(ctx.live(), self.queues);
        resume(ctx, self.channel).await;
        let (mut lanes, mut sending) = (Lanes::new(self.channel), FuturesUnordered::new());
        let (mut is_known, mut next) = (false, None);
        while !stop.is_cancelled() {
            if !is_known {
                let mut loading = pin!(load(lanes.running.keys().copied().collect()));
                let mut ended = Vec::new();
                // Lanes go on meanwhile: one that waits here could hold the reading connection that the loading waits for.
                let found = loop {
                    tokio::select! {
                        found = &mut loading => break found,
                        Some(end) = sending.next(), if !sending.is_empty() => ended.push(end),
                    }
                };
                let found = found.unwrap_or_else(|error| {
                    tracing::warn!(%error, channel = ?self.channel, "queued deliveries could not be read");
                    Found::nothing(None)
                });
                let is_busy;
                (next, is_busy) = lanes.take(ctx, found);
                is_known = !is_busy;
                for (key, result) in ended {
                    is_known = self.ended(ctx, &mut lanes, key, result);
                }
            }
            while let Some(Ready { key, work, .. }) = lanes.start() {
                let work = send(work);
                sending.push(async move { (key, work.await) });
            }
            if !is_known && lanes.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                Some((key, result)) = sending.next(), if !sending.is_empty() => {
                    is_known = self.ended(ctx, &mut lanes, key, result);
                }
                () = changes.wait(until(ctx, next)) => {
                    lanes.left_out = lanes.running.keys().copied().collect();
                    is_known = false;
                }
                () = self.woken.notified() => {
                    lanes.left_out = lanes.running.keys().copied().collect();
                    is_known = false;
                }
            }
        }
        while self.finishes && sending.next().await.is_some() {}
    }

    /// Frees the place of a lane that has sent. Returns whether the queue is still known.
    fn ended<W>(&self, ctx: &Ctx, lanes: &mut Lanes<W>, key: Key, result: Result<(), StoreError>) -> bool {
        lanes.running.remove(&key);
        ctx.live().send(ChangeEvent::Deliveries);
        match result {
            // Others may have been queued for this lane while it sent.
            Ok(()) => !lanes.left_out.remove(&key) && !lanes.waiting.is_empty(),
            Err(error) => {
                tracing::warn!(%error, channel = ?self.channel, "a delivery could not be recorded");
                // Nothing is sent while the sending cannot be recorded.
                lanes.waiting.clear();
                true
            }
        }
    }

    /// Sends the due lanes by `send`, and waits for them.
    pub async fn round<W, L, S>(
        &self,
        ctx: &Ctx,
        load: impl Fn(BTreeSet<Key>) -> L,
        send: impl Fn(W) -> S,
    ) -> Result<SendOutcome, StoreError>
    where
        L: Future<Output = Result<Found<W>, StoreError>>,
        S: Future<Output = Result<(), StoreError>>,
    {
        let (mut lanes, mut sending) = (Lanes::new(self.channel), FuturesUnordered::new());
        let (next, is_busy) = lanes.take(ctx, load(BTreeSet::new()).await?);
        if !is_busy {
            return Ok(SendOutcome::Idle(next));
        }
        loop {
            while let Some(Ready { key, work, .. }) = lanes.start() {
                let work = send(work);
                sending.push(async move { (key, work.await) });
            }
            let Some((key, result)) = sending.next().await else { break };
            lanes.running.remove(&key);
            result?;
        }
        ctx.live().send(ChangeEvent::Deliveries);
        Ok(SendOutcome::Busy)
    }
}

/// How long to wait for the next delivery.
fn until(ctx: &Ctx, next: Option<Millis>) -> Duration {
    next.map_or(LOOK, |next| next.since(ctx.now()).min(LOOK))
}

/// Queues deliveries again that were on their way when the process ended.
async fn resume(ctx: &Ctx, channel: Channel) {
    let now = ctx.now();
    let resumed = write(ctx, async move |tx| deliveries::resume(tx, channel, now).await.map(drop));
    if let Err(error) = resumed.await {
        tracing::warn!(%error, ?channel, "interrupted deliveries are tried again later");
    }
}

/// Changes the queue in a job of its own.
pub(crate) async fn write(
    ctx: &Ctx,
    work: impl AsyncFnOnce(&mut WriteTx) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    ctx.store()
        .write(async move |tx| {
            work(tx).await?;
            Ok(Done::unaudited((), Unaudited::Delivered))
        })
        .await
}
