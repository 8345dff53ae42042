//! The worker of a channel's queue of deliveries: it resumes interrupted ones, sends due ones, and waits for the next.
//!
//! Not here: how a channel sends, and the queue itself (`store::deliveries`).

use crate::{Ctx, live::Changes};
use domain::{deliveries::Channel, live::Noun, time::Millis};
use std::time::Duration;
use store::{Done, StoreError, Unaudited, WriteTx, deliveries};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A worker checks at least this often, because the clock may be set.
const LOOK: Duration = Duration::from_secs(30);

/// The result of checking a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// There may be more.
    Busy,
    /// Nothing is due before this instant; `None`: nothing waits.
    Idle(Option<Millis>),
}

/// A channel, and when its worker checks the queue besides the times of its deliveries.
pub(crate) struct Worker<'a> {
    pub channel: Channel,
    /// Whether a change of a noun may have queued something.
    pub queues: fn(Noun) -> bool,
    pub woken: &'a Notify,
}

impl Worker<'_> {
    /// Sends due deliveries by `send_due`, until `stop`.
    pub async fn run<F>(&self, ctx: &Ctx, stop: &CancellationToken, send_due: impl Fn() -> F)
    where
        F: Future<Output = Result<SendOutcome, StoreError>>,
    {
        let mut changes = Changes::since_now(ctx.live(), self.queues);
        resume(ctx, self.channel).await;
        loop {
            let next = match send_due().await {
                Ok(SendOutcome::Busy) if !stop.is_cancelled() => continue,
                Ok(SendOutcome::Busy) => return,
                Ok(SendOutcome::Idle(next)) => next,
                Err(error) => {
                    tracing::warn!(%error, channel = ?self.channel, "queued deliveries could not be read");
                    None
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = changes.wait(until(ctx, next)) => {}
                () = self.woken.notified() => {}
            }
        }
    }
}

/// How long to wait for the next delivery.
pub(crate) fn until(ctx: &Ctx, next: Option<Millis>) -> Duration {
    next.map_or(LOOK, |next| next.since(ctx.now()).min(LOOK))
}

/// Queues deliveries again that were on their way when the process ended.
pub(crate) async fn resume(ctx: &Ctx, channel: Channel) {
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
