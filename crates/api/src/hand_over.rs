//! Transfers of bookings: offered by their holders, accepted by others.

use super::{
    Body, Caller, Id, Refusal, Seen,
    answer::done,
    operation::{Operation, Tag},
};
use axum::response::Response;
use domain::{actor::Permission, id::BookingId, tokens::Scope};
use serde::Deserialize;
use services::{
    bookings::{BookingsError, hand_over},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/bookings/{id}/hand-over", "handOverBooking", offer)
            .may(&[(Permission::Book, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Offer a booking to another member",
                "Offers one of the caller's bookings to another member before it begins. The rules that apply to booking \
                 are checked for that member, now and on acceptance; until then the booking remains the caller's.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<BookingsError>(&[
                "booking.unknown",
                "booking.not-now",
                "booking.no-resource",
                "booking.cannot-take",
                "booking.invalid",
            ]),
        Operation::post("/api/v1/bookings/{id}/hand-over/withdraw", "withdrawOffer", withdraw)
            .about(
                Tag::Bookings,
                "Withdraw the offer of a booking",
                "Withdraws the offer. The booking remains the caller's.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<BookingsError>(&["booking.unknown", "booking.not-now"]),
        Operation::post("/api/v1/bookings/{id}/hand-over/accept", "takeOverBooking", take_over)
            .may(&[(Permission::Book, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Accept an offered booking",
                "Takes over a booking that is offered to the caller. It is confirmed at once, or waits for a moderator.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<BookingsError>(&[
                "booking.unknown",
                "booking.not-now",
                "booking.no-resource",
                "booking.taken",
                "booking.refused",
            ]),
        Operation::post("/api/v1/bookings/{id}/hand-over/decline", "declineBooking", decline)
            .about(
                Tag::Bookings,
                "Decline an offered booking",
                "Declines a booking that is offered to the caller. It remains its holder's.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<BookingsError>(&["booking.unknown", "booking.not-now"]),
    ]
}

/// The member to offer a booking to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolder {
    /// The full name or e-mail address of the member.
    #[schema(min_length = 1, example = "Carl Blu")]
    person: String,
}

async fn offer(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(to): Body<NewHolder>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    hand_over::offer(&ctx, &actor, BookingId(id), seen, &to.person).await?;
    Ok(done())
}

async fn withdraw(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    hand_over::withdraw(&ctx, &actor, BookingId(id)).await?;
    Ok(done())
}

async fn take_over(caller: Caller, Id(id): Id, Seen(seen): Seen) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    hand_over::accept(&ctx, &actor, BookingId(id), seen).await?;
    Ok(done())
}

async fn decline(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    hand_over::decline(&ctx, &actor, BookingId(id)).await?;
    Ok(done())
}
