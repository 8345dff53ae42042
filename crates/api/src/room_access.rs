//! `GET /api/v1/rooms/{id}/access`: whether a person may be in a room now.

use super::{
    Caller, Id, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
    when,
};
use domain::{
    actor::Permission,
    id::{GroupId, PersonId, RoomId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    bookings::{self, BookingsError, FilterError},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/rooms/{id}/access", "checkRoomAccess", read)
            .may(&[(Permission::SeeBookings, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Check a person's access to a room",
                "Returns whether a person may be in a room now, with all reasons against, by the decision that bookings use. \
                 Everyone may query their own access; managers may query other people's.",
            )
            .needs(Scope::BookingsRead)
            .errors::<BookingsError>(&["booking.no-resource", "booking.invalid", "person.unknown"]),
    ]
}

/// An access check of a room.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoomAccessParams {
    /// A person's id, or `me`, which is the default.
    #[schema(pattern = "^(me|[1-9][0-9]{0,17})$", example = "me")]
    person: Option<String>,
    /// The id of the group that they are there for.
    #[schema(pattern = "^[1-9][0-9]{0,17}$", example = "2")]
    group: Option<String>,
}

/// Whether a person may be in a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomAccessDecision {
    /// The room's id.
    #[schema(example = 2)]
    room: i64,
    /// The person's id.
    #[schema(example = 7)]
    person: i64,
    /// Whether they may be in it now.
    allowed: bool,
    /// The end of their booking, or when another person has the room, if known.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// All reasons against.
    reasons: Vec<RoomReason>,
}

/// A reason against being in a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomReason {
    /// The reason's code.
    #[schema(example = "booking.groups-only")]
    code: String,
    /// The reason in plain language.
    sentence: String,
}

async fn read(
    caller: Caller,
    Id(room): Id,
    Query(sent): Query<RoomAccessParams>,
) -> Result<One<RoomAccessDecision>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let person = match sent.person.as_deref() {
        None | Some("me") => Ok(actor.person()),
        Some(id) => id.parse().map(|id| Some(PersonId(id))).map_err(|_| FilterError::Person),
    };
    let group =
        sent.group.as_deref().map(|id| id.parse().map(GroupId).map_err(|_| FilterError::Group)).transpose();
    let (person, group) = match (person, group) {
        (Ok(person), Ok(group)) => (person, group),
        (person, group) => {
            // Without the permission nobody learns about fields.
            bookings::may_be_in(&ctx, &actor, lang, RoomId(room), (None, None)).await?;
            return Err(BookingsError::invalid(person.err().into_iter().chain(group.err())).into());
        }
    };
    let found = bookings::may_be_in(&ctx, &actor, lang, RoomId(room), (person, group)).await?;
    let reason = |(code, sentence)| RoomReason { code, sentence };
    Ok(One(RoomAccessDecision {
        room: found.room.0,
        person: found.person.0,
        allowed: found.allowed,
        until: found.until.map(when),
        reasons: found.reasons.into_iter().map(reason).collect(),
    }))
}
