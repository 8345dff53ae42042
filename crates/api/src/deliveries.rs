//! Whether what people are told reaches them by mail.

use super::{
    Caller, Id, Query, Refusal,
    answer::{One, done},
    input::unfit,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use domain::{
    deliveries::{Channel, Reason, State, Trouble},
    id::DeliveryId,
    notices::Kind,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::deliveries::{self, DeliveriesError};
use utoipa::ToSchema;
use views::deliveries::{ChannelCounts, DeliveryShown, Which};

const LIST: &str = "listDeliveries";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/deliveries", LIST, list)
            .about(
                Tag::Space,
                "Deliveries",
                "Notices on their way out by mail, the newest first: whom they are for and of which kind, never what they say.",
            )
            .needs(Scope::SpaceRead),
        Operation::get("/api/v1/deliveries/counts", "countDeliveries", counts)
            .about(Tag::Space, "Deliveries counted", "How much of each channel waits, has failed, and was sent in 24 hours.")
            .needs(Scope::SpaceRead),
        Operation::post("/api/v1/deliveries/{id}/retry", "retryDelivery", retry)
            .about(
                Tag::Space,
                "Try a delivery again",
                "One that has failed is tried again at once; any other stays as it is.",
            )
            .needs(Scope::SpaceWrite)
            .errors::<DeliveriesError>(&["delivery.unknown"]),
    ]
}

/// Which deliveries are asked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedDeliveries {
    #[schema(schema_with = words::which_deliveries)]
    show: Which,
    /// The cursor of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A notice on its way out, or what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    #[schema(schema_with = words::delivery_channel)]
    channel: Channel,
    #[schema(schema_with = words::delivery_state)]
    state: State,
    /// Whom it is for.
    #[schema(example = 20)]
    person: i64,
    /// What they are called; null once they were erased.
    name: Option<String>,
    #[schema(schema_with = words::notice_kind)]
    kind: Option<Kind>,
    /// When the notice was written.
    #[schema(format = DateTime)]
    told_at: String,
    /// When it is looked at next; null once it is settled.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// How often it was tried.
    attempts: u32,
    #[schema(schema_with = words::delivery_trouble)]
    trouble: Option<Trouble>,
    #[schema(schema_with = words::delivery_reason)]
    reason: Option<Reason>,
    /// When it was sent, given up or dropped.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
}

/// How much of one channel is where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    #[schema(schema_with = words::delivery_channel)]
    channel: Channel,
    /// Waits for its turn, or to be tried again.
    queued: u32,
    /// Waits for the daily mails, or to leave with others of its kind.
    gathered: u32,
    /// Was given up.
    failed: u32,
    /// Left in the last 24 hours.
    sent: u32,
}

/// Of every channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllCounts {
    /// One for each channel.
    channels: Vec<Counts>,
}

fn to_view(one: DeliveryShown) -> Delivery {
    let DeliveryShown { id, channel, state, person, name, kind, told, due, attempts, trouble, reason, settled } =
        one;
    Delivery {
        id: id.0,
        channel,
        state,
        person: person.0,
        name,
        kind,
        told_at: when(told),
        due_at: due.map(when),
        attempts,
        trouble,
        reason,
        settled_at: settled.map(when),
    }
}

async fn list(caller: Caller, Query(wanted): Query<WantedDeliveries>) -> Result<Page<Delivery>, Refusal> {
    let (after, limit) = caller.place(LIST, wanted.after.as_deref(), wanted.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let after = match after.map(|after| after.parse().map(DeliveryId)) {
        Some(Err(_)) => return Err(Refusal(unfit("after", lang.api_cursor_form(), lang))),
        Some(Ok(id)) => Some(id),
        None => None,
    };
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    let found = deliveries::list(&ctx, &actor, wanted.show, after, most).await?;
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
