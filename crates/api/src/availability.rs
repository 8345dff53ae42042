//! Availability: which parts of a time range are free on a machine or in a room.
//!
//! Not here: bookings themselves ([`super::bookings`]).

use super::{
    Caller, Query, Refusal,
    answer::One,
    bookings::{instant, person, resource},
    operation::{Operation, Tag},
    when, words,
};
use domain::{actor::Permission, bookings::Obstacle, occupations::Span, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{self, BookingsError, FilterError},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/availability", "readAvailability", availability)
            .may(&[(Permission::SeeBookings, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Check availability",
                "Returns which parts of a time range are free on a machine or in a room for the caller or another person, \
                 and why the others are not: what booking would refuse them at any time is free at none. The parts are \
                 contiguous and cover the whole range of at most 62 days.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.no-resource", "person.unknown", "booking.invalid"]),
    ]
}

/// The resource and time range to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityParams {
    /// A machine or room.
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// Start of the range.
    #[schema(format = DateTime, example = "2099-06-30T08:00:00Z")]
    from: String,
    /// End of the range.
    #[schema(format = DateTime, example = "2099-07-01T08:00:00Z")]
    to: String,
    /// The person to check for: an id, or `me`.
    #[schema(pattern = "^(me|[1-9][0-9]{0,17})$", example = "me")]
    person: Option<String>,
}

/// The availability of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct Availability {
    #[schema(pattern = "^(machine|room):[1-9][0-9]{0,17}$", example = "machine:1")]
    resource: String,
    /// The resource's name.
    name: String,
    /// The parts of the range, in order and contiguous.
    pieces: Vec<Piece>,
}

/// A part of the range.
#[derive(Debug, Serialize, ToSchema)]
pub struct Piece {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    #[schema(schema_with = words::booking_obstacle)]
    obstacle: Option<Obstacle>,
}

async fn availability(
    caller: Caller,
    Query(requested): Query<AvailabilityParams>,
) -> Result<One<Availability>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let of = resource(&requested.resource, FilterError::Resource);
    let from = instant(&requested.from, FilterError::From);
    let to = instant(&requested.to, FilterError::To);
    let person = person(requested.person.as_deref(), actor.person(), FilterError::Person);
    let requested = match (of, from, to, person) {
        (Ok(of), Ok(starts), Ok(ends), Ok(person)) => Ok((of, Span { starts, ends }, person)),
        (of, from, to, person) => {
            Err([of.err(), from.err(), to.err(), person.err()].into_iter().flatten().collect())
        }
    };
    let found = bookings::availability(&ctx, &actor, requested).await?;
    let pieces = found.pieces.into_iter().map(|piece| Piece {
        start: when(piece.starts),
        end: when(piece.ends),
        obstacle: piece.obstacle,
    });
    Ok(One(Availability { resource: found.resource.to_string(), name: found.name, pieces: pieces.collect() }))
}
