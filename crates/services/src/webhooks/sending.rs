//! Sends what is due to webhooks: each in a lane of its own, so that one that does not answer holds no other.
//!
//! **Invariants.** An attempt is stored before its request and its result after it, so a process killed in between sends again, under
//! the same id: delivered at least once. A lane sends one request at a time, those about safety first, then in order, and rests
//! after a failure, so that an endpoint in trouble is not flooded. Programs count on every event, so none is held or summed up, and
//! only a free time that is taken by now is dropped. An event is given up only where others arrive: without any, all wait until the
//! endpoint is back or paused, and one that answers 410 is paused at once. Time and size of an answer are limited while it arrives
//! (`server`). Not here: the payload ([`super::payload`]), and the queue itself, which triggers fill.

use super::{payload, signing};
use crate::{
    Ctx, notices,
    outbox::facts,
    outgoing::{self, Limits, Method, Request},
    queues::{Found, Key, Ready, Rests, SendOutcome, Setback, Worker, write},
};
use domain::{
    actor::{Actor, Permission, Target},
    deliveries::{
        Channel, Reason, Trouble,
        lanes::{Lane, is_first, longest_asked},
        pause,
    },
    id::{DeliveryId, WebhookId},
    live::{ChangeEvent, Noun},
    notices::{Kind, Notice},
    outgoing::{Address, Failure},
    time::{HOUR, Millis},
    webhooks::{KEPT, PauseReason, excerpt, pause_reason, trouble_of},
};
use serde_json::json;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use store::{
    Done, StoreError, Unaudited, audit,
    deliveries::{
        self, AttemptOutcome, Decided,
        channels::{self, DueDelivery},
    },
    webhooks::{self as rows, Endpoint, log},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Rest of a lane after a failure, unless its server asks for a longer one.
const REST: Duration = Duration::from_secs(30);
/// Wait after the last attempt if its result remains unknown, or if nothing else arrives either.
const LAST_PAUSE: Duration = HOUR.saturating_mul(12);
/// Bytes of an answer that are read. Only its status matters, however much follows.
const ANSWER: usize = 4 * 1024;

/// The results of attempts.
#[derive(Default)]
struct Memory {
    woken: Notify,
    sent: AtomicU64,
    again: AtomicU64,
    failed: AtomicU64,
}

impl Memory {
    fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
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
    let memory = Memory::of(ctx);
    [("sent", &memory.sent), ("again", &memory.again), ("failed", &memory.failed)]
        .map(|(outcome, count)| (Channel::Webhook, outcome, count.load(Ordering::Relaxed)))
}

/// Ends the rest of a lane and has the worker look.
pub(super) fn hurry(ctx: &Ctx, id: WebhookId) {
    Rests::of(ctx).end(Channel::Webhook, Some(id.0));
    Memory::of(ctx).woken.notify_one();
}

fn worker(ctx: &Ctx) -> Worker<'_> {
    let queues = |noun| noun == Noun::Deliveries;
    Worker { channel: Channel::Webhook, queues, woken: &Memory::of(ctx).woken, finishes: false }
}

/// Sends whatever is due, until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let (ctx, stop) = (&ctx, &stop);
    worker(ctx).run(ctx, stop, |_| load(ctx), |id| lane(ctx, id, stop)).await;
}

/// Sends what is due now, in all lanes at once.
pub async fn send_due(ctx: &Ctx, stop: &CancellationToken) -> Result<(), StoreError> {
    while worker(ctx).round(ctx, |_| load(ctx), |id| lane(ctx, id, stop)).await? == SendOutcome::Busy {
        if stop.is_cancelled() {
            break;
        }
    }
    Ok(())
}

const fn key(id: WebhookId) -> Key {
    (id.0, 0)
}

/// Webhooks with something due, and when the next is. What waited too long is dropped.
async fn load(ctx: &Ctx) -> Result<Found<WebhookId>, StoreError> {
    let now = ctx.now();
    let (paused, due, next) = async {
        let mut conn = ctx.store().snapshot().await?;
        let paused = rows::has_expired(&mut conn, now.before(KEPT)).await?;
        let next = channels::next_due(&mut conn, Channel::Webhook, now).await?;
        Ok::<_, StoreError>((paused, channels::lanes(&mut conn, Channel::Webhook, now).await?, next))
    }
    .await?;
    if paused {
        write(ctx, async move |tx| rows::expire(tx, now.before(KEPT), now).await.map(drop)).await?;
    }
    let ready = due.into_iter().map(|due| {
        let key = (due.target, 0);
        let is_failing = Rests::of(ctx).is_failing(Channel::Webhook, key);
        let lane = Lane { host: String::new(), owner: None, is_failing, is_safety: due.is_first };
        Ready { key, lane, work: WebhookId(due.target) }
    });
    Ok(Found { ready: ready.collect(), next, has_decided: false })
}

/// Sends what is due to one webhook until the first failure.
async fn lane(ctx: &Ctx, id: WebhookId, stop: &CancellationToken) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let now = ctx.now();
        let mut conn = ctx.store().snapshot().await?;
        let Some(one) = channels::due(&mut conn, Channel::Webhook, (id.0, None), None, now, 1).await?.pop() else {
            return Ok(());
        };
        if !Kind::parse(&one.kind).is_some_and(is_first)
            && Rests::of(ctx).until(Channel::Webhook, key(id), "", now).is_some()
        {
            return Ok(());
        }
        let notice = serde_json::from_str::<Notice>(&one.body).ok();
        let is_taken = match notice {
            Some(notice @ Notice::TimeFreed { .. }) => !facts::stands_for_all(&mut conn, &notice, now).await?,
            _ => false,
        };
        drop(conn);
        if is_taken {
            let over = Decided::Dropped(Reason::Over);
            write(ctx, async move |tx| deliveries::decide(tx, one.id, over, now).await).await?;
            continue;
        }
        if !send(ctx, id, one).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends one delivery and stores the result; returns whether it arrived.
async fn send(ctx: &Ctx, id: WebhookId, due: DueDelivery) -> Result<bool, StoreError> {
    let again = pause(due.attempts.saturating_add(1), ctx.rng().bytes::<1>()[0]);
    let (delivery, now) = (due.id, ctx.now());
    let next = now.after(again.unwrap_or(LAST_PAUSE));
    // The address and the secrets of this moment: a manager may just have replaced one that others know.
    let claimed = ctx.store().write(async move |tx| {
        let is_ours = rows::is_active(tx.conn(), id).await? && channels::claim(tx, &[delivery], next).await?;
        let endpoint = if is_ours { rows::endpoint(tx.conn(), id, now).await? } else { None };
        Ok::<_, StoreError>(Done::unaudited(endpoint, Unaudited::Delivered))
    });
    // It was paused or removed meanwhile.
    let Some(endpoint) = claimed.await? else { return Ok(false) };
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
    let (attempt, asked) = request(ctx, &endpoint, &payload::id(due.message, due.told), body).await;
    let now = ctx.now();
    let asked =
        asked.filter(|_| attempt.trouble.is_some()).map(|asked| asked.min(longest_asked(Channel::Webhook)));
    let again = again.map(|again| again.max(asked.unwrap_or_default()));
    let how = match (attempt.trouble, again) {
        (None, _) => AttemptOutcome::Sent,
        (Some(trouble), Some(again)) => AttemptOutcome::Again(trouble, now.after(again)),
        (Some(trouble), None) if is_refused_alone(ctx, id, delivery).await? => AttemptOutcome::Failed(trouble),
        (Some(trouble), None) => AttemptOutcome::Again(trouble, now.after(LAST_PAUSE)),
    };
    Memory::of(ctx).count(how);
    let has_arrived = how == AttemptOutcome::Sent;
    if has_arrived {
        Rests::of(ctx).arrived(Channel::Webhook, key(id), "");
    } else {
        let setback = Setback { rest: REST.max(asked.unwrap_or_default()), asked, witness: None };
        Rests::of(ctx).failed(Channel::Webhook, key(id), "", setback, now);
    }
    record(ctx, id, Some((delivery, how)), attempt, now).await?;
    Ok(has_arrived)
}

/// Whether others arrived since the first attempt of this delivery, so that trying it for longer is useless.
async fn is_refused_alone(ctx: &Ctx, id: WebhookId, delivery: DeliveryId) -> Result<bool, StoreError> {
    log::has_arrived_since_first(&mut *ctx.store().read().await?, id, delivery).await
}

/// Sends a test and stores its result.
pub(super) async fn send_test(ctx: &Ctx, id: WebhookId, endpoint: Endpoint) -> Result<log::Attempt, StoreError> {
    let now = ctx.now();
    let name = format!("msg_test_{:x}", now.0);
    let (attempt, _) = request(ctx, &endpoint, &name, payload::test(now)).await;
    record(ctx, id, None, attempt.clone(), ctx.now()).await?;
    Ok(attempt)
}

/// Makes a signed request and judges its answer. Returns also how long the server asks to wait.
async fn request(ctx: &Ctx, endpoint: &Endpoint, id: &str, body: String) -> (log::Attempt, Option<Duration>) {
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
            let limits = Limits { bytes: ANSWER, cuts: true, ..Limits::default() };
            outgoing::send(
                ctx,
                Request { method: Method::Post, address, headers, body: body.into_bytes(), limits },
            )
            .await
        }
        Err(_) => Err(Failure::Unreachable),
    };
    let took = u32::try_from(ctx.steady().minus(began).max(0)).unwrap_or(u32::MAX);
    let asked = answer.as_ref().ok().and_then(|answer| answer.retry_after(ctx.now()));
    let (status, trouble, excerpt) = match answer {
        Ok(answer) => {
            // Others are none of HTTP.
            let status = answer.status.clamp(100, 999);
            (Some(status), trouble_of(status), excerpt(&answer.body))
        }
        Err(failure) => (None, Some(trouble_without_answer(failure)), None),
    };
    (log::Attempt { delivery: None, at, took, status, trouble, excerpt }, asked)
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

/// Stores the result of a request. A webhook that nothing arrived at for days, or whose server wants nothing more, is paused, and
/// managers are notified.
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
            // A test switches nothing off: a manager sees its answer.
            let why = delivery.and_then(|_| pause_reason(attempt.status, since, now));
            let Some(why) = why else { return Ok(Done::unaudited((), Unaudited::Delivered)) };
            if !rows::pause(tx, id, why, now).await? {
                return Ok(Done::unaudited((), Unaudited::Delivered));
            }
            let proof =
                Actor::TOOLGATE.require(Permission::Deliveries, Target::NONE).map_err(|_| StoreError::Panicked)?;
            let is_gone = why == PauseReason::Gone;
            let notice = Notice::WebhookPaused { webhook: id, at: now, is_gone };
            notices::notify_staff(tx, &proof, notice, now).await?;
            let detail = json!({ "why": why });
            let entry = audit::entry(tx, &proof, now, "webhook.paused", id, &detail).await?;
            Ok(Done::audited((), entry))
        })
        .await
}
