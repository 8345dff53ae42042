//! Books a machine or room: at once, or pending until a moderator approves.
//!
//! Invariant: a booking and its occupation are added in one job, so two people never get the same time. Not here: booking on behalf of a
//! member ([`super::on_behalf`]).

use super::{
    AskError, BookingContext, BookingsError, Want, changed, left_to_others, news, rows, with_alternatives,
};
use crate::{Ctx, change::Job};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{Mode, Policy, Request, Resource, State},
    id::{BookingId, PersonId},
    notices::BookingNews,
    occupations::{Occupied, Purpose, Span},
    time::MINUTE,
    zone::Zone,
};
use serde_json::json;
use store::{StoreError, WriteTx, bookings::NewBooking, occupations, rooms};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub resource: Resource,
    pub span: Span,
}

/// Books a machine or a room for the caller, or requests it from a moderator. Returns id and state.
pub async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    ask: Result<Ask, Vec<AskError>>,
) -> Result<(BookingId, State), BookingsError> {
    let zone = ctx.space().zone;
    let form = async { ask.map_err(BookingsError::invalid) };
    let made = ctx.change_with(actor, Permission::Book, Target::NONE, form, async move |job, ask| {
        let Ask { resource, span } = ask;
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        let (id, state) = make(job, person, ask, zone).await?;
        let detail =
            json!({ "booking": id, "resource": resource.to_string(), "starts": span.starts, "state": state });
        job.audited((id, state), "booking.asked", person, &detail).await
    });
    match made.await {
        Err(why) => Err(with_alternatives(ctx, why).await),
        made => made,
    }
}

/// Occupies the time for `person`, as an approved booking or a request.
pub(super) async fn make(
    job: &mut Job<'_>,
    person: PersonId,
    Ask { resource, span }: Ask,
    zone: Zone,
) -> Result<(BookingId, State), BookingsError> {
    let want = Want { resource, person: Some(person), without: None, span, zone, now: job.now };
    let known = BookingContext::load_near(job.tx.conn(), want).await?;
    known.check(Request { span, kept: None })?;
    let state = answered(job, &known);
    let new = NewBooking { resource, person, span, state, at: job.now };
    let policy = &known.settings.booking;
    let id = add(job.tx, &new, policy).await.map_err(|why| known.overtaken(why, span))?;
    if state == State::Pending {
        job.notify_staff(news(BookingNews::Asked, id, (resource, span), 0)).await?;
    }
    changed(job.tx, resource).await?;
    Ok((id, state))
}

/// The initial state of a new booking.
pub(crate) fn answered(job: &Job<'_>, known: &BookingContext) -> State {
    let about = known.about();
    match known.settings.booking.mode {
        Mode::Moderated if !job.actor.may(Permission::Moderate, about) => State::Pending,
        Mode::Moderated | Mode::Automatic => State::Approved,
    }
}

/// Adds a booking with the time that it takes.
pub(crate) async fn add(tx: &mut WriteTx, new: &NewBooking, policy: &Policy) -> Result<BookingId, StoreError> {
    if let Resource::Machine(machine) = new.resource {
        return rows::add_with_time(tx, machine, new, whole(new.span, policy), policy.overlap).await;
    }
    let id = rows::add(tx, new).await?;
    occupy(tx, Purpose::Booking(id), new, policy).await?;
    Ok(id)
}

/// All that `span` takes, with its pauses.
fn whole(span: Span, policy: &Policy) -> Span {
    let pause = |minutes: u16| MINUTE * u32::from(minutes);
    Span { starts: span.starts.before(pause(policy.before)), ends: span.ends.after(pause(policy.after)) }
}

/// Takes the time of the machine, or of the room and those machines in it that the person may use, with the
/// pauses; and that of the person. For the booking, or for the offer of one.
pub(crate) async fn occupy(
    tx: &mut WriteTx,
    purpose: Purpose,
    new: &NewBooking,
    policy: &Policy,
) -> Result<(), StoreError> {
    let span = whole(new.span, policy);
    match new.resource {
        Resource::Machine(_) => take(tx, new.resource, span, purpose).await?,
        Resource::Room(room) => {
            let inside = rooms::machines(tx.conn(), room).await?;
            let left = left_to_others(tx.conn(), &inside, new.person, new.span, new.at).await?;
            occupations::take(tx, Occupied::Room(room), span, purpose).await?;
            for machine in inside.into_iter().filter(|machine| !left.contains(machine)) {
                occupations::take(tx, Occupied::Machine(machine), span, purpose).await?;
            }
        }
    }
    if policy.overlap {
        occupations::share(tx, new.person, new.span, purpose).await
    } else {
        occupations::take(tx, Occupied::Person(new.person), new.span, purpose).await
    }
}

/// Takes the time of a machine, or of a room and all of the machines in it.
pub(crate) async fn take(
    tx: &mut WriteTx,
    resource: Resource,
    span: Span,
    purpose: Purpose,
) -> Result<(), StoreError> {
    match resource {
        Resource::Machine(machine) => occupations::take(tx, Occupied::Machine(machine), span, purpose).await,
        Resource::Room(room) => {
            occupations::take(tx, Occupied::Room(room), span, purpose).await?;
            for machine in rooms::machines(tx.conn(), room).await? {
                occupations::take(tx, Occupied::Machine(machine), span, purpose).await?;
            }
            Ok(())
        }
    }
}
