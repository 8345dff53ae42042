//! Whether notices reach people by mail: managers see the recipients and the kinds, never the content.
//!
//! Not here: sending (`outbox`).

mod health;

pub(crate) use health::connections;

use crate::{Ctx, mail, outbox::Rest, queues::Rests};
use contract::deliveries::{ChannelCounts, Deliveries, DeliveryView, Which};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    deliveries::{Channel, State},
    id::DeliveryId,
    notices::Kind,
    time::{DAY, Millis},
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, StoreError, Unaudited, deliveries as rows};

/// Deliveries on one page.
pub const PAGE: u32 = 50;

/// Why nothing is shown or retried.
#[derive(Debug, Clone, ServiceError)]
pub enum DeliveriesError {
    #[problem("delivery.unknown", NotFound, delivery_unknown)]
    Unknown,
    /// Mails to its address bounce: a retry would be dropped.
    #[problem("delivery.bounced", Conflict, delivery_bounced)]
    Bounced,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Deliveries after `after`, newest first, at most `most`.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    which: Which,
    after: Option<DeliveryId>,
    most: u32,
) -> Result<Deliveries, DeliveriesError> {
    actor.require(Permission::Deliveries, Target::NONE)?;
    let state = match which {
        Which::Open => None,
        Which::Failed => Some(State::Failed),
        Which::Sent => Some(State::Sent),
        Which::Dropped => Some(State::Dropped),
    };
    let mut snapshot = ctx.store().snapshot().await?;
    let mut counts = counted(&mut snapshot, ctx.now().before(DAY)).await?;
    counts.retain(|one| one.channel == Channel::Mail);
    let mut found = rows::list(&mut snapshot, state, after, most.saturating_add(1)).await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().map(|row| row.id).filter(|_| more);
    let rows = found.into_iter().map(|row| to_view(ctx, row)).collect();
    let (can_send, caught) = (mail::can_send(ctx), mail::is_caught(ctx));
    Ok(Deliveries { now: ctx.moment(ctx.now()), which, counts, rows, next, can_send, caught })
}

/// The number of deliveries per channel and state.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<Vec<ChannelCounts>, DeliveriesError> {
    actor.require(Permission::Deliveries, Target::NONE)?;
    Ok(counted(&mut *ctx.store().read().await?, ctx.now().before(DAY)).await?)
}

/// The number of deliveries per channel and state; of those sent, only since `since`.
pub(crate) async fn counted(
    conn: &mut store::SqliteConnection,
    since: Millis,
) -> Result<Vec<ChannelCounts>, StoreError> {
    let counted = rows::counts(conn, since).await?;
    let of = |channel, state| {
        counted.iter().find(|one| (one.channel, one.state) == (channel, state)).map_or(0, |one| one.count)
    };
    let counts = |channel| ChannelCounts {
        channel,
        queued: of(channel, State::Queued),
        gathered: of(channel, State::Gathered),
        failed: of(channel, State::Failed),
        sent: of(channel, State::Sent),
    };
    // Notices in the app need no delivery.
    Ok(Channel::ALL.iter().copied().filter(|channel| *channel != Channel::App).map(counts).collect())
}

fn to_view(ctx: &Ctx, row: rows::Row) -> DeliveryView {
    let rows::Row {
        id,
        channel,
        state,
        person,
        name,
        kind,
        told: notice,
        due,
        attempts,
        trouble,
        reason,
        settled,
    } = row;
    DeliveryView {
        id,
        channel,
        state,
        person,
        name,
        kind: Kind::parse(&kind),
        told: ctx.moment(notice),
        due: settled.is_none().then(|| ctx.moment(due)),
        attempts,
        trouble,
        reason,
        settled: settled.map(|at| ctx.moment(at)),
    }
}

/// Retries `only` this failed delivery, or all failed ones; returns how many. Others are unchanged.
pub async fn retry(ctx: &Ctx, actor: &Actor, only: Option<DeliveryId>) -> Result<u32, DeliveriesError> {
    let retried = ctx.change(actor, Permission::Deliveries, Target::NONE, async move |job| {
        if let Some(id) = only
            && rows::whose(job.tx.conn(), id).await?.is_none()
        {
            return Err(DeliveriesError::Unknown);
        }
        if let Some(id) = only
            && rows::bounces(job.tx.conn(), id).await?
        {
            return Err(DeliveriesError::Bounced);
        }
        let count = u32::try_from(rows::retry(job.tx, only, job.now).await?).unwrap_or(u32::MAX);
        if count == 0 {
            return Ok(Done::unaudited(0, Unaudited::NothingChanged));
        }
        let subject = only.map_or(domain::audit::Subject::Space, domain::audit::Subject::Delivery);
        job.audited(count, "delivery.retried", subject, &json!({ "count": count })).await
    });
    let count = retried.await?;
    if count > 0 {
        Rest::of(ctx).interrupt();
        Rests::of(ctx).end(Channel::Push, None);
        Rests::of(ctx).end(Channel::Slack, None);
    }
    Ok(count)
}
