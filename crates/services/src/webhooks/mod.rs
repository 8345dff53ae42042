//! Webhooks: addresses to which the events of the space are sent. Managers add, pause and remove them, and see their deliveries.
//!
//! **Invariants.** A secret is shown once, when it is made. An address may hold a secret, so it is neither in the audit chain nor in
//! the log, and pages show its host alone. What happens is sent once, however many people are notified of it. Not here: the
//! connection (`server`), and which events there are ([`domain::notices::Kind::is_broadcast`]).

mod pages;
mod payload;
mod sending;
mod signing;

pub(crate) use pages::connections;
pub(crate) use sending::counted;
pub use sending::{run, send_due};

use crate::{Ctx, change::Job, error, outgoing, rate::RateLimiter, serve::bind};
use contract::{
    form::{Fault, Faults},
    webhooks::{
        AddWebhook, ChangeWebhook, EndpointAddress, ListWebhookDeliveries, ListWebhooks, NewWebhook, OpenWebhook,
        PauseWebhook, ReadWebhook, RemoveWebhook, ResumeWebhook, Resumption, RetryWebhook, RotateWebhookSecret,
        SendWebhookDelivery, SigningSecret, TestAnswer, TestWebhook, WebhookAdded, WebhookChange, WebhookSecret,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    deliveries::{Channel, Reason},
    id::{DeliveryId, WebhookId},
    live::ChangeEvent,
    outgoing::Address,
    rate::Pace,
    versions::Saved,
    webhooks::{MOST, OVERLAP, PauseReason},
};
use macros::ServiceError;
use serde_json::json;
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited,
    deliveries::channels,
    webhooks::{self as rows, NewWebhook as NewRow, WebhookRow, log},
};

/// How often a webhook is tested.
const TESTS: Pace = Pace { burst: 3, every: Duration::from_secs(10) };

/// Limits of tests.
#[derive(Default)]
struct Limits(RateLimiter<WebhookId>);

/// Why nothing is shown, changed or sent.
#[derive(Debug, Clone, ServiceError)]
pub enum WebhooksError {
    #[problem("webhook.unknown", NotFound, webhook_unknown)]
    Unknown,
    /// It has no delivery with this id.
    #[problem("webhook.no-delivery", NotFound, webhook_no_delivery)]
    UnknownDelivery,
    /// The space has as many as one may have.
    #[problem("webhook.too-many", Conflict, webhook_too_many(&MOST.to_string()))]
    TooMany,
    /// Nothing is sent while it is paused.
    #[problem("webhook.paused", Conflict, webhook_is_paused)]
    Paused,
    /// It was tested recently; retry after this many seconds.
    #[problem("webhook.just-tested", TooMany, webhook_just_tested, after = *_0)]
    JustTested(u32),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("webhook.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error WebhooksError;
    ListWebhooks {}, may Deliveries => pages::list;
    AddWebhook {} with form, may Deliveries => add;
    ReadWebhook { id }, may Deliveries => pages::one;
    ChangeWebhook { id, version } with form, may Deliveries => change;
    RemoveWebhook { id }, may Deliveries, in job => remove;
    PauseWebhook { id }, may Deliveries, in job => pause;
    ResumeWebhook { id } with form, may Deliveries => resume;
    RotateWebhookSecret { id }, may Deliveries => rotate;
    TestWebhook { id }, may Deliveries => test;
    RetryWebhook { id }, may Deliveries => retry;
    ListWebhookDeliveries { id }, may Deliveries => pages::deliveries;
    SendWebhookDelivery { id, delivery }, may Deliveries => send;
    OpenWebhook { id, delivery }, may Deliveries => pages::open;
}

/// Adds a webhook. Its secret is shown only now.
async fn add(ctx: &Ctx, actor: &Actor, new: NewWebhook) -> Result<WebhookAdded, WebhooksError> {
    let NewWebhook { name, address, events } = new;
    let address = permitted(ctx, address)?;
    let secret = ctx.rng().bytes();
    ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        if usize::try_from(rows::count(job.tx.conn()).await?).unwrap_or(usize::MAX) >= MOST {
            return Err(WebhooksError::TooMany);
        }
        let (name, by) = (String::from(name), job.by().await?);
        let new = NewRow {
            name: &name,
            address: address.expose(),
            kinds: events.as_slice(),
            secret: &secret,
            at: job.now,
            by,
        };
        let id = rows::add(job.tx, &new).await?;
        job.tx.after_commit(ChangeEvent::Deliveries);
        // Never its address.
        let detail = json!({ "events": events.as_slice() });
        let host = address.host().to_owned();
        let added = WebhookAdded { id, name, host, secret: SigningSecret(signing::to_text(&secret)) };
        job.audited(added, "webhook.added", id, &detail).await
    })
    .await
}

/// The address, if the server may contact its host.
fn permitted(ctx: &Ctx, EndpointAddress(address): EndpointAddress) -> Result<Address, Faults> {
    let permitted = address.permitted(&|host: &str| outgoing::permits(ctx, host));
    permitted.map_err(|invalid| Faults::one("address", Fault::EndpointAddress(invalid)))
}

async fn known(job: &mut Job<'_>, id: WebhookId) -> Result<WebhookRow, WebhooksError> {
    rows::one(job.tx.conn(), id).await?.ok_or(WebhooksError::Unknown)
}

/// Changes a webhook over the version `seen`. An outdated version is reported before invalid fields.
async fn change(
    ctx: &Ctx,
    actor: &Actor,
    id: WebhookId,
    seen: i64,
    change: Result<WebhookChange, Faults>,
) -> Result<(), WebhooksError> {
    // Judged before the job, which has no context.
    let change = change.and_then(|WebhookChange { name, address, events }| {
        let address = address.map(|address| permitted(ctx, address)).transpose()?;
        Ok((String::from(name), address, events))
    });
    ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        let row = known(job, id).await?;
        if !domain::versions::is_current(row.version, seen) {
            let events = row.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(",");
            let saved = Saved::new(row.version, vec![("name", row.name), ("events", events)]);
            let signed = error::signed(job.tx.conn(), job.zone, id, saved).await?;
            return Err(WebhooksError::Stale(signed));
        }
        let (name, address, events) = change?;
        let address = address.filter(|address| address.expose() != row.address);
        if name == row.name && address.is_none() && events.as_slice() == row.kinds {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::change(job.tx, id, &name, address.as_ref().map(Address::expose), events.as_slice()).await?;
        job.tx.after_commit(ChangeEvent::Deliveries);
        let detail = json!({ "events": events.as_slice(), "address_changed": address.is_some() });
        job.audited((), "webhook.changed", id, &detail).await
    })
    .await
}

/// Removes a webhook with its address, secrets and log; what waits is dropped.
async fn remove(job: &mut Job<'_>, id: WebhookId) -> Result<Done<()>, WebhooksError> {
    known(job, id).await?;
    rows::remove(job.tx, id, job.now).await?;
    job.tx.after_commit(ChangeEvent::Deliveries);
    job.audited((), "webhook.removed", id, &json!({})).await
}

/// Pauses a webhook; its queue stays. Repeating it changes nothing.
async fn pause(job: &mut Job<'_>, id: WebhookId) -> Result<Done<()>, WebhooksError> {
    known(job, id).await?;
    if !rows::pause(job.tx, id, PauseReason::Manager, job.now).await? {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    job.tx.after_commit(ChangeEvent::Deliveries);
    job.audited((), "webhook.paused", id, &json!({ "why": PauseReason::Manager })).await
}

/// Resumes a webhook: what waits is sent at once, or dropped.
async fn resume(ctx: &Ctx, actor: &Actor, id: WebhookId, how: Resumption) -> Result<(), WebhooksError> {
    let resumed = ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        known(job, id).await?;
        if !rows::resume(job.tx, id).await? {
            return Ok::<_, WebhooksError>(Done::unaudited(false, Unaudited::NothingChanged));
        }
        let queue = (Channel::Webhook, id.0);
        let count = if how.discard {
            channels::drop_waiting(job.tx, queue, None, Reason::Discarded, job.now).await?
        } else {
            channels::hasten(job.tx, queue, job.now).await?
        };
        job.tx.after_commit(ChangeEvent::Deliveries);
        let detail = json!({ "discarded": how.discard, "events": count });
        job.audited(true, "webhook.resumed", id, &detail).await
    });
    if resumed.await? {
        sending::hurry(ctx, id);
    }
    Ok(())
}

/// Replaces the secret. The one before signs as well for a day.
async fn rotate(ctx: &Ctx, actor: &Actor, id: WebhookId) -> Result<WebhookSecret, WebhooksError> {
    let secret = ctx.rng().bytes();
    let old_until = ctx.moment(ctx.now().after(OVERLAP));
    ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        known(job, id).await?;
        rows::rotate(job.tx, id, &secret, old_until.at, job.now).await?;
        job.tx.after_commit(ChangeEvent::Deliveries);
        let made = WebhookSecret { secret: SigningSecret(signing::to_text(&secret)), old_until };
        job.audited(made, "webhook.secret-replaced", id, &json!({})).await
    })
    .await
}

/// Sends a test now, and returns the answer.
async fn test(ctx: &Ctx, actor: &Actor, id: WebhookId) -> Result<TestAnswer, WebhooksError> {
    actor.require(Permission::Deliveries, Target::NONE)?;
    let endpoint = rows::endpoint(&mut *ctx.store().read().await?, id, ctx.now()).await?;
    let endpoint = endpoint.ok_or(WebhooksError::Unknown)?;
    let taken = ctx.memory::<Limits>().0.take(id, TESTS, ctx.steady());
    taken.map_err(|empty| WebhooksError::JustTested(empty.seconds()))?;
    let attempt = sending::send_test(ctx, id, endpoint).await?;
    let log::Attempt { status, trouble, took, excerpt, .. } = attempt;
    Ok(TestAnswer { status, trouble, took, answer: excerpt })
}

/// Sends what waits now.
async fn retry(ctx: &Ctx, actor: &Actor, id: WebhookId) -> Result<(), WebhooksError> {
    ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        if known(job, id).await?.paused.is_some() {
            return Err(WebhooksError::Paused);
        }
        let count = channels::hasten(job.tx, (Channel::Webhook, id.0), job.now).await?;
        if count == 0 {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        job.tx.after_commit(ChangeEvent::Deliveries);
        job.audited((), "webhook.retried", id, &json!({ "events": count })).await
    })
    .await?;
    sending::hurry(ctx, id);
    Ok(())
}

/// Sends an event again.
async fn send(ctx: &Ctx, actor: &Actor, id: WebhookId, delivery: DeliveryId) -> Result<(), WebhooksError> {
    ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        if known(job, id).await?.paused.is_some() {
            return Err(WebhooksError::Paused);
        }
        if !log::again(job.tx, id, delivery, job.now).await? {
            return Err(WebhooksError::UnknownDelivery);
        }
        job.tx.after_commit(ChangeEvent::Deliveries);
        job.audited((), "webhook.retried", id, &json!({ "delivery": delivery })).await
    })
    .await?;
    sending::hurry(ctx, id);
    Ok(())
}
