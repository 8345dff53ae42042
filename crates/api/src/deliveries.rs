//! Delivery of notices by mail.

use super::{
    Caller, Id, Query, Refusal,
    answer::{One, done},
    input::invalid,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::deliveries::{ChannelCounts, DeliveryView, Which};
use domain::{
    actor::Permission,
    deliveries::{Channel, Reason, State, Trouble},
    id::DeliveryId,
    notices::Kind,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    deliveries::{self, DeliveriesError},
    requirements::PathTarget,
};
use utoipa::ToSchema;

const LIST: &str = "listDeliveries";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/deliveries", LIST, list)
            .may(&[(Permission::Deliveries, PathTarget::Space)])
            .about(
                Tag::Space,
                "List deliveries",
                "Lists the notices that are sent by mail, newest first: recipient and kind, never the content.",
            )
            .needs(Scope::SpaceRead),
        Operation::get("/api/v1/deliveries/counts", "countDeliveries", counts)
            .about(
                Tag::Space,
                "Count deliveries",
                "Counts the deliveries of each channel that are waiting, have failed, or were sent in the last 24 hours.",
            )
            .needs(Scope::SpaceRead),
        Operation::post("/api/v1/deliveries/{id}/retry", "retryDelivery", retry)
            .about(
                Tag::Space,
                "Retry a delivery",
                "Retries a failed delivery at once. Other deliveries are not affected.",
            )
            .needs(Scope::SpaceWrite)
            .errors::<DeliveriesError>(&["delivery.unknown"]),
    ]
}

/// Filters for deliveries.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveriesParams {
    #[schema(schema_with = words::which_deliveries)]
    show: Which,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A delivery of a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    #[schema(schema_with = words::delivery_channel)]
    channel: Channel,
    #[schema(schema_with = words::delivery_state)]
    state: State,
    /// The recipient's id.
    #[schema(example = 20)]
    person: i64,
    /// The recipient's name; null once erased.
    name: Option<String>,
    #[schema(schema_with = words::notice_kind)]
    kind: Option<Kind>,
    /// When the notice was created.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it is processed next; null once it is settled.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// The number of attempts.
    attempts: u32,
    #[schema(schema_with = words::delivery_trouble)]
    trouble: Option<Trouble>,
    #[schema(schema_with = words::delivery_reason)]
    reason: Option<Reason>,
    /// When it was sent, failed or dropped.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
}

/// Delivery counts of a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    #[schema(schema_with = words::delivery_channel)]
    channel: Channel,
    /// Deliveries waiting to be sent or retried.
    queued: u32,
    /// Deliveries waiting for the daily mail or for others of their kind.
    gathered: u32,
    /// Deliveries that have failed.
    failed: u32,
    /// Deliveries sent in the last 24 hours.
    sent: u32,
}

/// Delivery counts of all channels.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllCounts {
    /// The counts of each channel.
    channels: Vec<Counts>,
}

fn to_view(one: DeliveryView) -> Delivery {
    let DeliveryView {
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
    } = one;
    Delivery {
        id: id.0,
        channel,
        state,
        person: person.0,
        name,
        kind,
        created_at: when(notice),
        due_at: due.map(when),
        attempts,
        trouble,
        reason,
        settled_at: settled.map(when),
    }
}

async fn list(caller: Caller, Query(requested): Query<DeliveriesParams>) -> Result<Page<Delivery>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let after = match after.map(|after| after.parse().map(DeliveryId)) {
        Some(Err(_)) => return Err(Refusal(invalid("after", lang.api_cursor_form(), lang))),
        Some(Ok(id)) => Some(id),
        None => None,
    };
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    let found = deliveries::list(&ctx, &actor, requested.show, after, most).await?;
    let page = Page::cut(LIST, found.rows, limit, found.next.is_some(), |one| one.id);
    Ok(page.map(to_view))
}

async fn counts(caller: Caller) -> Result<One<AllCounts>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let found = deliveries::counts(&ctx, &actor).await?;
    let one = |ChannelCounts { channel, queued, gathered, failed, sent }: ChannelCounts| Counts {
        channel,
        queued,
        gathered,
        failed,
        sent,
    };
    Ok(One(AllCounts { channels: found.into_iter().map(one).collect() }))
}

async fn retry(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    deliveries::retry(&ctx, &actor, Some(DeliveryId(id))).await?;
    Ok(done())
}
