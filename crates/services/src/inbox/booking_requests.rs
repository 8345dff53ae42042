//! Booking requests in the inbox of those who may answer them. Not here: the answer
//! ([`bookings::decide`]).

use crate::{Ctx, bookings};
use contract::inbox::{Detail, Item};
use domain::{
    actor::Actor,
    inbox::{Matter, SHOWN},
    time::Millis,
};
use store::{SqliteConnection, StoreError};

/// Booking requests that the caller can answer, with their versions; also for the page of requests.
pub(super) async fn find(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Item>, StoreError> {
    let waiting = bookings::pending(conn, actor, now).await?.into_iter().take(SHOWN.into());
    let item = |(row, expires): (bookings::Pending, Millis)| Item {
        matter: Matter::Booking,
        id: row.id.0,
        person: row.person,
        detail: Detail::AsksForBooking {
            ends: ctx.moment(row.ends),
            expires: ctx.moment(expires),
            version: row.version,
            on: row.name,
        },
        name: row.group_name.or(row.person_name),
        at: ctx.moment(row.starts),
        // Answered as a booking, with its version.
        verdicts: Vec::new(),
    };
    Ok(waiting.map(item).collect())
}
