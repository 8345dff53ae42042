//! What managers see of webhooks: the list, one with its log, and how they do.

use super::{WebhooksError, payload, signing};
use crate::Ctx;
use contract::webhooks::{SHOWN, SentRequest, WebhookDelivery, WebhookLog, WebhookPage, WebhookView, Webhooks};
use domain::{
    actor::Actor,
    connections::{self, Connection, State},
    deliveries::Trouble,
    id::{DeliveryId, WebhookId},
    notices::Kind,
    outgoing::Address,
    time::Millis,
    webhooks::LISTED,
};
use store::{
    SqliteConnection, StoreError,
    webhooks::{self as rows, WebhookRow, log},
};

/// Deliveries that programs get.
const MOST_LISTED: u32 = 1_000;

/// The webhooks, by name.
pub(super) async fn list(ctx: &Ctx, _: &Actor) -> Result<Webhooks, WebhooksError> {
    let now = ctx.now();
    let found = rows::list(&mut *ctx.store().read().await?, None, now.before(LISTED), now).await?;
    let webhooks = found.into_iter().map(|row| to_view(ctx, row)).collect();
    Ok(Webhooks { now: ctx.moment(now), webhooks })
}

/// One of them.
pub(super) async fn one(ctx: &Ctx, _: &Actor, id: WebhookId) -> Result<WebhookView, WebhooksError> {
    let row = find(ctx, &mut *ctx.store().read().await?, id).await?;
    Ok(to_view(ctx, row))
}

async fn find(ctx: &Ctx, conn: &mut SqliteConnection, id: WebhookId) -> Result<WebhookRow, WebhooksError> {
    let now = ctx.now();
    let found = rows::list(conn, Some(id), now.before(LISTED), now).await?.pop();
    found.ok_or(WebhooksError::Unknown)
}

/// Its deliveries, newest first.
pub(super) async fn deliveries(ctx: &Ctx, _: &Actor, id: WebhookId) -> Result<WebhookLog, WebhooksError> {
    let mut snapshot = ctx.store().snapshot().await?;
    find(ctx, &mut snapshot, id).await?;
    let found = log::list(&mut snapshot, id, (None, None, false), MOST_LISTED).await?;
    Ok(WebhookLog { deliveries: found.into_iter().map(|row| delivery(ctx, row)).collect() })
}

/// Its page, with the request for `chosen`, or for the last one that was tried; 0 is none in particular.
pub(super) async fn open(
    ctx: &Ctx,
    _: &Actor,
    id: WebhookId,
    chosen: DeliveryId,
) -> Result<WebhookPage, WebhooksError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = find(ctx, &mut snapshot, id).await?;
    let most = u32::try_from(SHOWN).unwrap_or(u32::MAX).saturating_add(1);
    let is_paused = row.paused.is_some() && row.waiting > 0;
    let mut found = log::list(&mut snapshot, id, (None, None, is_paused), most).await?;
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let sent = if chosen.0 > 0 {
        log::list(&mut snapshot, id, (Some(chosen), None, false), 1).await?.pop()
    } else {
        found.iter().filter(|row| row.tried.is_some()).max_by_key(|row| row.tried).cloned()
    };
    drop(snapshot);
    let signatures = 1 + u32::from(row.old_until.is_some());
    let sent = sent.map(|row| SentRequest {
        delivery: row.id,
        id: payload::id(row.message, row.told),
        timestamp: row.tried.map(|at| at.0 / 1_000),
        body: payload::of(
            ctx,
            &payload::Event {
                kind: &row.kind,
                body: &row.body,
                told: row.told,
                about: row.about.as_deref(),
                title: row.title.as_deref(),
            },
        ),
        signatures,
    });
    Ok(WebhookPage {
        now: ctx.moment(now),
        webhook: to_view(ctx, row),
        deliveries: found.into_iter().map(|row| delivery(ctx, row)).collect(),
        more,
        sent,
    })
}

/// How they do, for the page of connections.
pub(crate) async fn connections(
    _: &Ctx,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Connection>, StoreError> {
    let found = rows::list(conn, None, now.before(LISTED), now).await?;
    let connections = found.into_iter().map(|row| {
        let trouble = connection_trouble(row.status, row.trouble);
        Connection {
            state: if row.paused.is_some() { State::Paused } else { State::of(row.succeeded, row.failed) },
            last_success: row.succeeded,
            last_failure: row.failing_since.or(row.failed).map(|at| (at, trouble)),
            queued: row.waiting,
            link: format!("/webhooks/{}", row.id),
            name: Some(row.name),
        }
    });
    Ok(connections.collect())
}

const fn connection_trouble(status: Option<u16>, trouble: Option<Trouble>) -> connections::Trouble {
    use connections::Trouble as To;
    match trouble {
        Some(Trouble::Private) => To::Private,
        Some(Trouble::Certificate) => To::Certificate,
        Some(Trouble::Silent) => To::Slow,
        Some(Trouble::Login) => To::Denied,
        Some(Trouble::Address) => To::Missing,
        Some(Trouble::Later) => To::Unavailable,
        Some(Trouble::Refused) if status.is_some() => To::Refused,
        Some(Trouble::Unreachable) => To::Unreachable,
        _ => To::Unclear,
    }
}

fn to_view(ctx: &Ctx, row: WebhookRow) -> WebhookView {
    let moment = |at: Millis| ctx.moment(at);
    WebhookView {
        id: row.id,
        version: row.version,
        name: row.name,
        host: Address::parse(&row.address).map(|address| address.host().to_owned()).unwrap_or_default(),
        events: row.kinds,
        added: moment(row.added),
        by: row.by,
        paused: row.paused.map(moment),
        paused_why: row.why,
        secret_end: signing::end(&row.secret),
        secret_made: moment(row.secret_made),
        old_secret_until: row.old_until.map(moment),
        succeeded: row.succeeded.map(moment),
        failed: row.failed.map(moment),
        failing_since: row.failing_since.map(moment),
        status: row.status,
        trouble: row.trouble,
        waiting: row.waiting,
        oldest: row.oldest.map(moment),
        arrived: row.arrived,
        arrived_at_once: row.at_once,
    }
}

fn delivery(ctx: &Ctx, row: log::Row) -> WebhookDelivery {
    let moment = |at: Millis| ctx.moment(at);
    WebhookDelivery {
        id: row.id,
        kind: Kind::parse(&row.kind),
        about: row.title.or(row.about),
        told: moment(row.told),
        state: row.state,
        attempts: row.attempts,
        next: row.settled.is_none().then(|| moment(row.due)),
        settled: row.settled.map(moment),
        reason: row.reason,
        tried: row.tried.map(moment),
        took: row.took,
        status: row.status,
        trouble: row.trouble,
        answer: row.excerpt,
    }
}
