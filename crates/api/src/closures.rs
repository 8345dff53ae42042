//! Closures: times when a machine or room is unavailable.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    bookings::{instant, resource, span},
    operation::{Operation, Tag},
    paging::Page,
    when,
};
use axum::response::Response;
use contract::closures as views;
use domain::{bookings::Cause, id::ClosureId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{BookingsError, ClosureError, FilterError},
    closures::{self, Close, Which},
};
use utoipa::ToSchema;

const LIST: &str = "listClosures";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/closures", LIST, list)
            .about(
                Tag::Bookings,
                "List closures and maintenance windows",
                "Lists the closures of machines and rooms that the caller looks after, in order, including those of the \
                 last 30 days. Times blocked by external calendars are not included.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.invalid"]),
        Operation::post("/api/v1/closures", "close", close)
            .about(
                Tag::Bookings,
                "Close a machine or a room",
                "Closes a machine or a room for a time. For owners of the type, and managers. If there are bookings in that \
                 time, the request is refused and lists them all; with `call_off`, bookings and checkouts are cancelled and \
                 their holders are notified. A booking of the room that a closed machine is in remains, without the \
                 machine.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<BookingsError>(&["booking.no-resource", "booking.taken", "booking.invalid"]),
        Operation::post("/api/v1/closures/{id}/lift", "liftClosure", lift)
            .about(Tag::Bookings, "Lift a closure", "Lifts a closure and frees its time.")
            .needs(Scope::BookingsWrite)
            .errors::<BookingsError>(&["booking.unknown"]),
    ]
}

/// A new closure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosure {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// Whether it is for maintenance.
    #[serde(default)]
    maintenance: bool,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// The reason.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Whether to cancel bookings and checkouts in that time and notify their holders.
    #[serde(default)]
    call_off: bool,
}

/// Filters for closures.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClosuresParams {
    /// Only closures of this machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: Option<String>,
    /// Only closures that end after this.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Only closures that begin before this.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A closure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Closure {
    #[schema(example = 4)]
    id: i64,
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// The resource's name.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// Whether it is for maintenance.
    maintenance: bool,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// The reason; may be empty.
    note: String,
}

fn to_view(one: views::Closure) -> Closure {
    Closure {
        id: one.id.0,
        resource: one.resource.to_string(),
        name: one.name,
        maintenance: one.kind == Cause::Maintenance,
        start: when(one.starts),
        end: when(one.ends),
        note: one.note,
    }
}

async fn list(caller: Caller, Query(requested): Query<ClosuresParams>) -> Result<Page<Closure>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let of = requested.resource.as_deref().map(|of| resource(of, FilterError::Resource)).transpose();
    let from = requested.from.as_deref().map(|at| instant(at, FilterError::From)).transpose();
    let to = requested.to.as_deref().map(|at| instant(at, FilterError::To)).transpose();
    let which = match (of, from, to) {
        (Ok(resource), Ok(from), Ok(to)) => Ok(Which { resource, from, to }),
        (of, from, to) => Err([of.err(), from.err(), to.err()].into_iter().flatten().collect()),
    };
    let all = closures::list(&ctx, &actor, which).await?.closures;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

async fn close(caller: Caller, Body(new): Body<NewClosure>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let (of, span) =
        (resource(&new.resource, ()).ok(), span(&new.start, &new.end, (ClosureError::Start, ClosureError::End)));
    let close = Close::read(of, new.maintenance, span, new.note.as_deref().unwrap_or_default());
    let close = close.map(|close| Close { call_off: new.call_off, ..close });
    Ok(Made::plain(closures::close(&ctx, &actor, close).await?.0))
}

async fn lift(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    closures::lift(&ctx, &actor, ClosureId(id)).await?;
    Ok(done())
}
