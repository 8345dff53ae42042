//! Calendar feeds for other programs.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::feeds::FeedView;
use domain::{
    feeds::{Feed, MOST},
    id::FeedId,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::feeds::{self, FeedsError, ValidationError};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listCalendars";
const _: () = assert!(MOST == 20, "the description says how many");

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/calendars", LIST, list)
            .about(
                Tag::Bookings,
                "List calendar addresses",
                "Lists the caller's calendar addresses, newest first, without their secrets.",
            )
            .needs(Scope::CalendarsRead),
        Operation::post("/api/v1/calendars", "createCalendar", create)
            .about(
                Tag::Bookings,
                "Create a calendar address",
                "Creates the address of an iCalendar file (RFC 5545), returned in `link` only once. Anyone with the link \
                 can read bookings, checkouts and closures of the last 30 days and all future ones, for as long as the \
                 caller may see them. At most 20 addresses at a time.",
            )
            .needs(Scope::CalendarsWrite)
            .makes(Place::Here)
            .errors::<FeedsError>(&["calendar.unknown", "calendar.too-many", "calendar.invalid"]),
        Operation::delete("/api/v1/calendars/{id}", "revokeCalendar", revoke)
            .about(Tag::Bookings, "Revoke a calendar address", "Revokes a calendar address with immediate effect.")
            .needs(Scope::CalendarsWrite)
            .errors::<FeedsError>(&["calendar.unknown"]),
    ]
}

/// A calendar address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calendar {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// What it shows.
    #[schema(example = "machine:1")]
    show: String,
    /// The name of the trainer, machine or room it shows.
    name: Option<String>,
    #[schema(format = DateTime)]
    made: String,
    /// When it was last read, to the minute.
    #[schema(format = DateTime)]
    read: Option<String>,
}

fn to_view(feed: FeedView) -> Calendar {
    Calendar {
        id: feed.id.0,
        show: feed.feed.to_string(),
        name: feed.name,
        made: when(feed.made),
        read: feed.seen.map(when),
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<Calendar>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = feeds::list(&ctx, &actor).await?.feeds;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| Reverse(one.id.0))?.map(to_view))
}

/// The content of a calendar.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalendar {
    /// `mine`: the caller's bookings and checkouts. `trainer:me` or `trainer:5`: the checkouts of a trainer. `machine:1` or
    /// `room:1`: when it is occupied.
    #[schema(
        pattern = "^(mine|trainer:(me|[1-9][0-9]{0,17})|(machine|room):[1-9][0-9]{0,17})$",
        example = "mine"
    )]
    show: String,
}

async fn create(caller: Caller, Body(new): Body<NewCalendar>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let feed = Feed::parse(&new.show, actor.person()).ok_or_else(|| vec![ValidationError::Show]);
    let made = feeds::make(&ctx, &actor, feed).await?;
    Ok(Made { link: Some(made.address), ..Made::plain(made.id.0) })
}

async fn revoke(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    feeds::revoke(&ctx, &actor, FeedId(id)).await?;
    Ok(done())
}
