//! Closures: times at which a machine or a room cannot be had.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, Place, done},
    bookings::{instant, resource, span},
    operation::{Operation, Tag},
    paging::Page,
    when,
};
use axum::response::Response;
use domain::{bookings::Cause, id::ClosureId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{BookingsError, ValidationError},
    closures::{self, Close, Which},
};
use utoipa::ToSchema;
use views::closures as views;

const LIST: &str = "listClosures";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/closures", LIST, list)
            .about(
                Tag::Bookings,
                "Closures and maintenance windows",
                "In order: those of the machines and rooms that you care for, those of the last 30 days included. What external \
                 calendars take is not among them.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.flawed"]),
        Operation::post("/api/v1/closures", "close", close)
            .about(
                Tag::Bookings,
                "Close a machine or a room for some time",
                "For owners of the type, and managers. What is booked stands in the way, all of it is named; with `call_off` bookings and checkouts are called off, and \
                 who has them is told; a booking of the room that a machine is in stays, without the machine.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<BookingsError>(&["booking.no-resource", "booking.taken", "booking.flawed"]),
        Operation::post("/api/v1/closures/{id}/lift", "liftClosure", lift)
            .about(Tag::Bookings, "Lift a closure", "Its time is free again.")
            .needs(Scope::BookingsWrite)
            .errors::<BookingsError>(&["booking.unknown"]),
    ]
}

/// A time at which something cannot be had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosure {
    /// A machine or a room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// It is for maintenance.
    #[serde(default)]
    maintenance: bool,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// Why.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// Call off bookings and checkouts then, and tell who has them.
    #[serde(default)]
    call_off: bool,
}

/// Which closures.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedClosures {
    /// Of this machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: Option<String>,
    /// That end after this.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// That begin before this.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// The cursor of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A closure.
#[derive(Debug, Serialize, ToSchema)]
pub struct Closure {
    #[schema(example = 4)]
    id: i64,
    /// A machine or a room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// What it is called.
    #[schema(example = "Laser cutter 1")]
    name: String,
    /// It is for maintenance.
    maintenance: bool,
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// Why; may be empty.
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

async fn list(caller: Caller, Query(wanted): Query<WantedClosures>) -> Result<Page<Closure>, Refusal> {
    let (after, limit) = caller.place(LIST, wanted.after.as_deref(), wanted.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let of = wanted.resource.as_deref().map(resource).transpose();
    let from = wanted.from.as_deref().map(|at| instant(at, ValidationError::From)).transpose();
    let to = wanted.to.as_deref().map(|at| instant(at, ValidationError::To)).transpose();
    let which = match (of, from, to) {
        (Ok(resource), Ok(from), Ok(to)) => Ok(Which { resource, from, to }),
        (of, from, to) => Err([of.err(), from.err(), to.err()].into_iter().flatten().collect()),
    };
    let all = closures::list(&ctx, &actor, which).await?.closures;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

async fn close(caller: Caller, Body(new): Body<NewClosure>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let (of, span) = (resource(&new.resource).ok(), span(&new.start, &new.end));
    let close = Close::read(of, new.maintenance, span, new.note.as_deref().unwrap_or_default());
    let close = close.map(|close| Close { call_off: new.call_off, ..close });
    Ok(Made::plain(closures::close(&ctx, &actor, close).await?.0))
}

async fn lift(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    closures::lift(&ctx, &actor, ClosureId(id)).await?;
    Ok(done())
}
