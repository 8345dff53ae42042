//! Closures: times at which a machine or a room cannot be had.

use super::{
    Asker, Body, Id, Refusal,
    answer::{Made, Place, done},
    bookings::{resource, span},
    operation::{Operation, Tag},
};
use axum::response::Response;
use domain::{id::ClosureId, tokens::Scope};
use serde::Deserialize;
use services::{
    bookings::BookingsError,
    closures::{self, Close},
};
use utoipa::ToSchema;

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/closures", "close", close)
            .about(
                Tag::Bookings,
                "Close a machine or a room for some time",
                "For owners of the type, and managers. What is booked stands: cancel it first.",
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
    #[schema(example = "machine:1")]
    resource: String,
    /// It is for maintenance.
    #[serde(default)]
    maintenance: bool,
    #[schema(format = DateTime, example = "2099-06-30T15:00:00Z")]
    start: String,
    #[schema(format = DateTime, example = "2099-06-30T16:00:00Z")]
    end: String,
    /// Why.
    #[schema(max_length = 500)]
    note: Option<String>,
}

async fn close(asker: Asker, Body(new): Body<NewClosure>) -> Result<Made, Refusal> {
    let Asker { ctx, actor, .. } = asker;
    let (of, span) = (resource(&new.resource).ok(), span(&new.start, &new.end));
    let close = Close::read(of, new.maintenance, span, new.note.as_deref().unwrap_or_default());
    Ok(Made::plain(closures::close(&ctx, &actor, close).await?.0))
}

async fn lift(asker: Asker, Id(id): Id) -> Result<Response, Refusal> {
    let Asker { ctx, actor, .. } = asker;
    closures::lift(&ctx, &actor, ClosureId(id)).await?;
    Ok(done())
}
