//! Why a person cannot join a waiting list, or gets nothing from it.

use crate::bookings::BookingsError;
use domain::{actor::Forbidden, waiting::MOST};
use macros::ServiceError;
use store::StoreError;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum WaitingError {
    #[problem("waiting.unknown", NotFound, waiting_unknown)]
    Unknown,
    /// The time is free and can be booked.
    #[problem("waiting.free", Conflict, waiting_free)]
    Free,
    /// They wait for some of that time already.
    #[problem("waiting.twice", Conflict, waiting_twice)]
    Twice,
    /// They are on as many lists as one may be.
    #[problem("waiting.too-many", Conflict, waiting_too_many(&MOST.to_string()))]
    TooMany,
    /// It is not their turn.
    #[problem("waiting.not-offered", Conflict, waiting_not_offered)]
    NotOffered,
    /// The offer ended, or they left the list.
    #[problem("waiting.over", Conflict, waiting_over)]
    Over,
    /// The time is not available for another reason.
    #[problem(transparent)]
    Booking(#[from] BookingsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}
