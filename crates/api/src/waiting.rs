//! Waiting lists: waiting for an occupied time, and accepting an offer.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    bookings::read_times,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::waiting as views;
use domain::{actor::Permission, id::WaitingId, tokens::Scope, waiting::State};
use serde::{Deserialize, Serialize};
use services::{
    bookings::BookingsError,
    requirements::PathTarget,
    waiting::{self, WaitingError},
};
use utoipa::ToSchema;

const LIST: &str = "listWaiting";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/waiting", LIST, list)
            .may(&[(Permission::Book, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "List the caller's waiting list entries",
                "Lists entries by the start of their times. An `offered` time is reserved for the caller until `until`: \
                 take it or decline it.",
            )
            .needs(Scope::BookingsRead),
        Operation::post("/api/v1/waiting", "joinWaiting", join)
            .may(&[(Permission::Book, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Join a waiting list",
                "Adds the caller to the waiting list for an occupied time that they could otherwise book. When it becomes \
                 free, it is offered to the first in line for 15 minutes.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Here)
            .errors::<BookingsError>(&["booking.no-resource", "booking.refused", "booking.invalid"])
            .errors::<WaitingError>(&["waiting.free", "waiting.twice", "waiting.too-many"]),
        Operation::delete("/api/v1/waiting/{id}", "leaveWaiting", leave)
            .about(
                Tag::Bookings,
                "Leave a waiting list",
                "Leaves the waiting list. A time that was offered goes to the next in line.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<WaitingError>(&["waiting.unknown", "waiting.over"]),
        Operation::post("/api/v1/waiting/{id}/take", "takeOffer", take)
            .about(
                Tag::Bookings,
                "Take an offer",
                "Books the offered time. It is confirmed at once or waits for a moderator, as `state` shows.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::At("/api/v1/bookings"))
            .errors::<BookingsError>(&["booking.no-resource", "booking.taken", "booking.refused"])
            .errors::<WaitingError>(&["waiting.unknown", "waiting.not-offered", "waiting.over"]),
        Operation::post("/api/v1/waiting/{id}/decline", "declineOffer", decline)
            .about(Tag::Bookings, "Decline an offer", "Declines the offered time, which goes to the next in line.")
            .needs(Scope::BookingsWrite)
            .errors::<WaitingError>(&["waiting.unknown", "waiting.not-offered", "waiting.over"]),
    ]
}

/// A waiting list entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// The machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// The resource's name.
    name: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    #[schema(schema_with = words::waiting_state)]
    state: State,
    /// When the caller joined.
    #[schema(format = DateTime)]
    asked: String,
    /// The position in line: 1 is next.
    #[schema(example = 1)]
    position: u32,
    /// Until when the time is reserved for the caller, while it is offered.
    #[schema(format = DateTime)]
    until: Option<String>,
}

fn to_view(row: views::Waiting) -> Waiting {
    Waiting {
        id: row.id.0,
        resource: row.resource.to_string(),
        name: row.name,
        start: when(row.starts),
        end: when(row.ends),
        state: row.state,
        asked: when(row.asked),
        position: row.position,
        until: row.until.map(when),
    }
}

/// Pagination parameters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WaitingParams {
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

async fn list(caller: Caller, Query(part): Query<WaitingParams>) -> Result<Page<Waiting>, Refusal> {
    let (after, limit) = caller.place(LIST, part.after.as_deref(), part.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = waiting::list(&ctx, &actor).await?;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

/// A time to wait for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaiting {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
}

async fn join(caller: Caller, Body(new): Body<NewWaiting>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let ask = read_times(&new.resource, &new.start, &new.end);
    Ok(Made::plain(waiting::join(&ctx, &actor, ask).await?.0))
}

async fn leave(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    waiting::leave(&ctx, &actor, WaitingId(id)).await?;
    Ok(done())
}

async fn take(caller: Caller, Id(id): Id) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let (booking, state) = waiting::take(&ctx, &actor, WaitingId(id)).await?;
    Ok(Made { state: Some(state.as_str().to_owned()), ..Made::plain(booking.0) })
}

async fn decline(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    waiting::decline(&ctx, &actor, WaitingId(id)).await?;
    Ok(done())
}
