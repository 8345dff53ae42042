//! Bookings: a member has a machine or a room to themselves, at once or after a moderator approves.
//!
//! **Invariants.** Only `domain::bookings::deeds` decides which state can follow which and who may change it, and
//! only `domain::bookings::refusals` why a time cannot be booked. A booking and its time change in one job, also
//! when it is moved, so nobody takes the time in between. When two people decide at once, the first wins, and the
//! second sees the decision and who made it.
//!
//! Not here: rooms ([`crate::rooms`]) and closed times ([`crate::closures`]).

mod book;
mod bookables;
mod calendar;
mod decide;
mod displaced;
mod dry_run;
mod due;
mod errors;
mod facts;
pub mod hand_over;
mod import;
mod instead;
pub(crate) mod invitation;
mod move_booking;
mod on_behalf;
mod overview;
mod own_bookings;
mod preconditions;
mod queries;
mod restored;
mod room_access;
mod rules;
mod search;
mod search_terms;
mod settle;
mod want;

use book::make;
pub use book::{Ask, ask};
pub(crate) use book::{USUAL, add, answered, occupy, take};
pub(crate) use calendar::{Pending, pending};
pub use calendar::{ResourceKind, WeekFilter, requests, week};
pub use decide::{Decide, decide};
pub(crate) use displaced::{
    call_off, group_archived, machine_archived, standing_changed, stepped_down, stepped_up,
};
pub use dry_run::{Trial, Unsaved, evaluate_trial};
pub(crate) use due::{arrived, left, run_due};
pub(crate) use errors::MONTHS_AHEAD;
pub use errors::{
    AskError, BookingsError, DecideError, Decided, FilterError, HandOverError, HolderError, Refused, TrialError,
    ValidationError,
};
pub(crate) use facts::{BookingContext, Named, Reach, barred_from_rooms, left_to_others, with_alternatives};
pub use import::import;
pub(crate) use instead::{alternatives_elsewhere, instead_of};
pub(crate) use invitation::invitation;
pub use move_booking::{move_to, rebook};
pub use on_behalf::{Whom, ask_for};
pub(crate) use overview::Present;
pub use overview::{RoomFilter, rooms_by_hour};
pub use own_bookings::{mine, opened};
pub(crate) use own_bookings::{next, waiting_entries};
pub(crate) use preconditions::is_holder;
pub use queries::{Which, availability, list, one};
pub(crate) use queries::{at_machine, of_person};
pub(crate) use restored::{LostTime, group_restored};
pub(crate) use room_access::at_door;
pub use room_access::{RoomAccess, may_be_in};
pub use rules::rules;
pub use search::{DayQuery, Search, day, find};
pub(crate) use settle::cancel_date;
pub(crate) use want::Want;

use crate::{Ctx, notices};
use domain::{
    actor::{Proof, Target},
    bookings::Resource,
    id::{BookingId, MachineId, TypeId},
    live::ChangeEvent,
    notices::{BookingNews, Notice},
    occupations::Span,
    time::Millis,
};
use store::{
    StoreError, WriteTx,
    bookings::{self as rows, BookingRow, Holder},
    rooms,
};

/// The permission target of a machine of this type, or of a room.
pub(crate) fn about(resource: Resource, kind: Option<TypeId>) -> Target {
    kind.map_or(Target::NONE, |kind| Target::equipment(kind, resource.machine()))
}

/// Announces a change to pages of bookings, and to those of the machine, or of the machines in the room.
pub(crate) async fn changed(tx: &mut WriteTx, resource: Resource) -> Result<(), StoreError> {
    tx.after_commit(ChangeEvent::Bookings);
    let machines = match resource {
        Resource::Machine(machine) => vec![machine],
        Resource::Room(room) => rooms::machines(tx.conn(), room).await?,
    };
    for machine in machines {
        tx.after_commit(ChangeEvent::Machine(machine));
    }
    Ok(())
}

/// Notifies pages of the machines on which a closure began or ended.
pub(crate) fn announce(ctx: &Ctx, turned: Vec<MachineId>) {
    if !turned.is_empty() {
        ctx.live().send(ChangeEvent::Bookings);
    }
    for machine in turned {
        ctx.live().send(ChangeEvent::Machine(machine));
    }
}

/// The notice about a booking that was moved `sequence` times.
pub(crate) fn news(
    news: BookingNews,
    booking: BookingId,
    (resource, span): (Resource, Span),
    sequence: i64,
) -> Notice {
    Notice::Booking { news, booking, resource, starts: span.starts, sequence }
}

/// Notifies the holder of a booking: the person, or the active admins of the group. Authors are not notified of their
/// own actions.
pub(crate) async fn notify_holder(
    tx: &mut WriteTx,
    proof: &Proof,
    holder: Holder,
    notice: Notice,
    now: Millis,
) -> Result<(), StoreError> {
    for person in rows::recipients(tx.conn(), holder).await? {
        notices::notify(tx, proof, person, notice, now).await?;
    }
    Ok(())
}

fn news_of(reported: BookingNews, row: &BookingRow) -> Notice {
    news(reported, row.id, (row.resource(), row.span()), row.sequence)
}
