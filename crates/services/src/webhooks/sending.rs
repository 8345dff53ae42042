//! Sends what is due to webhooks: each in a lane of its own, so that one that does not answer holds no other.
//!
//! **Invariants.** An attempt is stored before its request and its result after it, so a process killed in between sends again, under
//! the same id: delivered at least once. A lane sends one request at a time, in order, and rests after a failure, so that an endpoint
//! in trouble is not flooded. An event is given up only where others arrive: without any, all wait until the endpoint is back or
//! paused. Time and size of an answer are limited while it arrives (`server`). Not here: the payload
//! ([`super::payload`]), and the queue itself, which triggers fill.

use super::{payload, signing};
use crate::{
    Ctx,
    live::Changes,
    notices,
    outgoing::{self, Limits, Method, Request},
    queues::{self, write},
    shared::Shared,
};
use domain::{
    actor::{Actor, Permission, Target},
    deliveries::{Channel, Trouble, pause},
    id::{DeliveryId, WebhookId},
    live::{ChangeEvent, Noun},
    notices::Notice,
    outgoing::{Address, Failure},
    time::{HOUR, Millis},
    webhooks::{KEPT, PauseReason, excerpt, is_given_up, trouble_of},
};
use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use store::{
    Done, StoreError, Unaudited, audit,
    deliveries::{
        self, AttemptOutcome,
        channels::{self, DueDelivery},
    },
    webhooks::{self as rows, Endpoint, log},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Webhooks that are sent to at the same time.
const LANES: usize = 16;
/// Deliveries of a lane that are read together.
const AT_ONCE: u32 = 20;
/// Rest of a lane after a failure.
const REST: Duration = Duration::from_secs(30);
/// Wait after the last attempt if its result remains unknown, or if nothing else arrives either.
const LAST_PAUSE: Duration = HOUR.saturating_mul(12);
/// Bytes of an answer. Only its status matters.
const ANSWER: usize = 64 * 1024;

/// Rests of lanes, and the results of attempts.
#[derive(Default)]
struct Lanes {
    /// Until when they rest.
    rests: Shared<HashMap<WebhookId, Millis>>,
    woken: Notify,
    sent: AtomicU64,
    again: AtomicU64,
    failed: AtomicU64,
}

impl Lanes {
    fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
    }

    /// Whether a lane rests at `now`. A rest that is longer than one lasts was begun by a clock that has been set back since.
    fn rests(&self, id: WebhookId, now: Millis) -> bool {
        self.rests.lock().get(&id).is_some_and(|&until| until > now && until <= now.after(REST))
    }

    fn count(&self, how: AttemptOutcome) {
        let count = match how {
            AttemptOutcome::Sent => &self.sent,
            AttemptOutcome::Again(..) => &self.again,
            AttemptOutcome::Failed(_) => &self.failed,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Attempts since the process began, by how they ended.
pub(crate) fn counted(ctx: &Ctx) -> [(Channel, &'static str, u64); 3] {
    let lanes = Lanes::of(ctx);
    [("sent", &lanes.sent), ("again", &lanes.again), ("failed", &lanes.failed)]
        .map(|(outcome, count)| (Channel::Webhook, outcome, count.load(Ordering::Relaxed)))
}

/// Ends the rest of a lane and has the worker look.
pub(super) fn hurry(ctx: &Ctx, id: WebhookId) {
    let lanes = Lanes::of(ctx);
    lanes.rests.lock().remove(&id);
    lanes.woken.notify_one();
}

/// Sends whatever is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let mut changes = Changes::since_now(ctx.live(), |noun| noun == Noun::Deliveries);
    queues::resume(&ctx, Channel::Webhook).await;
    let (mut busy, mut lanes) = (BTreeSet::new(), FuturesUnordered::new());
    loop {
        let (due, next) = match load_due(&ctx).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the queue of webhooks could not be read");
                (Vec::new(), None)
            }
        };
        for id in due {
            if lanes.len() < LANES && busy.insert(id) {
                let (ctx, stop) = (&ctx, &stop);
                lanes.push(async move { (id, lane(ctx, id, stop).await) });
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            Some((id, result)) = lanes.next(), if !lanes.is_empty() => {
                busy.remove(&id);
                if let Err(error) = result {
                    tracing::warn!(%error, "an event was not sent to a webhook");
                    rest(&ctx, id);
                }
            }
            () = changes.wait(queues::until(&ctx, next)) => {}
            () = Lanes::of(&ctx).woken.notified() => {}
        }
    }
}

/// Webhooks with something due whose lanes do not rest, and when the next is due. What waited too long is dropped.
async fn load_due(ctx: &Ctx) -> Result<(Vec<WebhookId>, Option<Millis>), StoreError> {
    let now = ctx.now();
    let (paused, mut due, next) = async {
        let mut conn = ctx.store().snapshot().await?;
        let paused = rows::has_expired(&mut conn, now.before(KEPT)).await?;
        let next = channels::next_due(&mut conn, Channel::Webhook, now).await?;
        Ok::<_, StoreError>((paused, rows::due(&mut conn, now).await?, next))
    }
    .await?;
    if paused {
        write(ctx, async move |tx| rows::expire(tx, now.before(KEPT), now).await.map(drop)).await?;
    }
    due.retain(|&id| !Lanes::of(ctx).rests(id, now));
    Ok((due, next))
}

/// Sends what is due now, in all lanes at once.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<(), StoreError> {
    loop {
        let (due, _) = load_due(ctx).await?;
        if due.is_empty() || stop.is_cancelled() {
            return Ok(());
        }
        let mut lanes: FuturesUnordered<_> = due.into_iter().take(LANES).map(|id| lane(ctx, id, stop)).collect();
        while let Some(result) = lanes.next().await {
            result?;
        }
    }
}

fn rest(ctx: &Ctx, id: WebhookId) {
    Lanes::of(ctx).rests.lock().insert(id, ctx.now().after(REST));
}

/// Sends what is due to one webhook, in order, until the first failure.
async fn lane(ctx: &Ctx, id: WebhookId, stop: &CancellationToken) -> Result<(), StoreError> {
    loop {
        let now = ctx.now();
        let due =
            channels::due(&mut *ctx.store().read().await?, Channel::Webhook, Some(id.0), now, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        for one in due {
            if stop.is_cancelled() {
                return Ok(());
            }
            match send(ctx, id, one).await? {
                Sent::Arrived => {}
                Sent::Failed => {
                    rest(ctx, id);
                    return Ok(());
                }
                // It was paused or removed meanwhile.
                Sent::Not => return Ok(()),
            }
        }
    }
}

enum Sent {
    Arrived,
    Failed,
    Not,
}

/// Sends one delivery and stores the result.
async fn send(ctx: &Ctx, id: WebhookId, due: DueDelivery) -> Result<Sent, StoreError> {
    let again = pause(due.attempts.saturating_add(1), ctx.rng().bytes::<1>()[0]);
    let (delivery, now) = (due.id, ctx.now());
    let next = now.after(again.unwrap_or(LAST_PAUSE));
    // The address and the secrets of this moment: a manager may just have replaced one that others know.
    let claimed = ctx.store().write(async move |tx| {
        let is_ours = rows::is_active(tx.conn(), id).await? && channels::claim(tx, delivery, next).await?;
        let endpoint = if is_ours { rows::endpoint(tx.conn(), id, now).await? } else { None };
        Ok::<_, StoreError>(Done::unaudited(endpoint, Unaudited::Delivered))
    });
    let Some(endpoint) = claimed.await? else { return Ok(Sent::Not) };
    let body = payload::of(
        ctx,
        &payload::Event {
            kind: &due.kind,
            body: &due.body,
            told: due.told,
            about: due.about.as_deref(),
            title: due.title.as_deref(),
        },
    );
    let attempt = request(ctx, &endpoint, &payload::id(due.message, due.told), body).await;
    let now = ctx.now();
    let how = match (attempt.trouble, again) {
        (None, _) => AttemptOutcome::Sent,
        (Some(trouble), Some(again)) => AttemptOutcome::Again(trouble, now.after(again)),
        (Some(trouble), None) if is_refused_alone(ctx, id, delivery).await? => AttemptOutcome::Failed(trouble),
        (Some(trouble), None) => AttemptOutcome::Again(trouble, now.after(LAST_PAUSE)),
    };
    Lanes::of(ctx).count(how);
    record(ctx, id, Some((delivery, how)), attempt, now).await?;
    Ok(if how == AttemptOutcome::Sent { Sent::Arrived } else { Sent::Failed })
}

/// Whether others arrived since the first attempt of this delivery, so that trying it for longer is useless.
async fn is_refused_alone(ctx: &Ctx, id: WebhookId, delivery: DeliveryId) -> Result<bool, StoreError> {
    log::has_arrived_since_first(&mut *ctx.store().read().await?, id, delivery).await
}

/// Sends a test and stores its result.
pub(super) async fn send_test(ctx: &Ctx, id: WebhookId, endpoint: Endpoint) -> Result<log::Attempt, StoreError> {
    let now = ctx.now();
    let name = format!("msg_test_{:x}", now.0);
    let attempt = request(ctx, &endpoint, &name, payload::test(now)).await;
    record(ctx, id, None, attempt.clone(), ctx.now()).await?;
    Ok(attempt)
}

/// Makes a signed request and judges its answer.
async fn request(ctx: &Ctx, endpoint: &Endpoint, id: &str, body: String) -> log::Attempt {
    let (at, began) = (ctx.now(), ctx.steady());
    let timestamp = at.0.div_euclid(1_000);
    let signature = signing::sign(&endpoint.secrets, id, timestamp, &body);
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ];
    let answer = match Address::parse(&endpoint.address) {
        Ok(address) => {
            let limits = Limits { bytes: ANSWER, ..Limits::default() };
            outgoing::send(
                ctx,
                Request { method: Method::Post, address, headers, body: body.into_bytes(), limits },
            )
            .await
        }
        Err(_) => Err(Failure::Unreachable),
    };
    let took = u32::try_from(ctx.steady().minus(began).max(0)).unwrap_or(u32::MAX);
    let (status, trouble, excerpt) = match answer {
        Ok(answer) => {
            // Others are none of HTTP.
            let status = answer.status.clamp(100, 999);
            (Some(status), trouble_of(status), excerpt(&answer.body))
        }
        Err(failure) => (None, Some(trouble_without_answer(failure)), None),
    };
    log::Attempt { delivery: None, at, took, status, trouble, excerpt }
}

const fn trouble_without_answer(failure: Failure) -> Trouble {
    match failure {
        Failure::Private => Trouble::Private,
        Failure::Unreachable | Failure::BrokenOff => Trouble::Unreachable,
        Failure::Certificate => Trouble::Certificate,
        Failure::Slow => Trouble::Silent,
        Failure::TooLarge => Trouble::TooLarge,
    }
}

/// Stores the result of a request. A webhook that nothing arrived at for days is paused, and managers are notified.
async fn record(
    ctx: &Ctx,
    id: WebhookId,
    delivery: Option<(DeliveryId, AttemptOutcome)>,
    attempt: log::Attempt,
    now: Millis,
) -> Result<(), StoreError> {
    let attempt = log::Attempt { delivery: delivery.map(|(id, _)| id), ..attempt };
    let has_succeeded = attempt.trouble.is_none();
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            if let Some((delivery, how)) = delivery {
                deliveries::record_attempt(tx, &[delivery], how, now).await?;
            }
            log::add(tx, id, &attempt).await?;
            let since = rows::note(tx, id, has_succeeded, now).await?;
            tx.after_commit(ChangeEvent::Deliveries);
            let is_over = delivery.is_some() && since.is_some_and(|since| is_given_up(since, now));
            if !is_over || !rows::pause(tx, id, PauseReason::Failing, now).await? {
                return Ok(Done::unaudited((), Unaudited::Delivered));
            }
            let proof =
                Actor::TOOLGATE.require(Permission::Deliveries, Target::NONE).map_err(|_| StoreError::Panicked)?;
            notices::notify_staff(tx, &proof, Notice::WebhookPaused { webhook: id, at: now }, now).await?;
            let detail = json!({ "why": PauseReason::Failing });
            let entry = audit::entry(tx, &proof, now, "webhook.paused", id, &detail).await?;
            Ok(Done::audited((), entry))
        })
        .await
}
