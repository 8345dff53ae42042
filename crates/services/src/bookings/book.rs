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
    audit::Subject,
    bookings::{Mode, Policy, Request, Resource, State},
    draws::Importance,
    groups::Role,
    id::{BookingId, GroupId, PersonId},
    notices::BookingNews,
    occupations::{Occupied, Purpose, Span},
    time::MINUTE,
    zone::Zone,
};
use serde_json::json;
use store::{
    StoreError, WriteTx,
    bookings::{Holder, NewBooking},
    groups, occupations, rooms,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub resource: Resource,
    pub span: Span,
    /// The group it is for; `None`: a person.
    pub group: Option<GroupId>,
    /// How important it is; of a room that asks for it, [`USUAL`] if left out, and nothing anywhere else.
    pub importance: Option<Importance>,
}

/// The importance of a booking that does not state it, in the middle.
pub(crate) const USUAL: u8 = 3;

/// Books a machine or a room for the caller or a group of theirs, or requests it from a moderator. Returns id and state.
pub async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    ask: Result<Ask, Vec<AskError>>,
) -> Result<(BookingId, State), BookingsError> {
    let zone = ctx.space().zone;
    let form = async { ask.map_err(BookingsError::invalid) };
    let made = ctx.change_with(actor, Permission::Book, Target::NONE, form, async move |job, ask| {
        let Ask { resource, span, group, .. } = ask;
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        let standing = match group {
            Some(group) => books_for(job, group, person).await?,
            None => Some(person),
        };
        let (id, state) = make(job, standing, person, ask, zone).await?;
        let detail =
            json!({ "booking": id, "resource": resource.to_string(), "starts": span.starts, "state": state });
        let subject = group.map_or(Subject::from(person), Subject::from);
        job.audited((id, state), "booking.asked", subject, &detail).await
    });
    match made.await {
        Err(why) => Err(with_alternatives(ctx, why).await),
        made => made,
    }
}

/// Whose standing counts when `person` books for `group`: their own if they are an admin of it; a manager books by the
/// rules of the group alone.
pub(super) async fn books_for(
    job: &mut Job<'_>,
    group: GroupId,
    person: PersonId,
) -> Result<Option<PersonId>, BookingsError> {
    let found = groups::one(job.tx.conn(), group, Some(person), job.now).await?;
    let found = found.filter(|found| found.archived.is_none());
    let found = found.ok_or_else(|| BookingsError::invalid([AskError::Group]))?;
    if found.role == Some(Role::Admin) {
        Ok(Some(person))
    } else if job.actor.may(Permission::ChangeGroups, Target::NONE) {
        Ok(None)
    } else {
        Err(BookingsError::NotGroupAdmin(found.name))
    }
}

/// Occupies the time for `person` or their group, as an approved booking or a request, by the standing of `standing`.
pub(super) async fn make(
    job: &mut Job<'_>,
    standing: Option<PersonId>,
    person: PersonId,
    Ask { resource, span, group, importance }: Ask,
    zone: Zone,
) -> Result<(BookingId, State), BookingsError> {
    let want = Want { resource, person: standing, group, without: None, span, zone, now: job.now };
    let known = BookingContext::load_near(job.tx.conn(), want).await?;
    known.check(Request { span, kept: None })?;
    let state = answered(job, &known);
    let holder = Holder { person: Some(person), group };
    let new = NewBooking { resource, holder, span, state, at: job.now };
    let policy = &known.settings.booking;
    let id = add(job.tx, &new, policy).await.map_err(|why| known.overtaken(why, span))?;
    if resource.room().is_some() {
        rows::rate(job.tx, id, importance.map_or(USUAL, Importance::get)).await?;
    }
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
    if let (Resource::Machine(machine), Some(person)) = (new.resource, new.holder.individual()) {
        return rows::add_with_time(tx, (machine, person), new, whole(new.span, policy), policy.overlap).await;
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
/// pauses; and that of the person, unless it is a group's. For the booking, or for the offer of one.
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
            let left = left_to_others(tx.conn(), &inside, new.holder, new.span, new.at).await?;
            occupations::take(tx, Occupied::Room(room), span, purpose).await?;
            for machine in inside.into_iter().filter(|machine| !left.contains(machine)) {
                occupations::take(tx, Occupied::Machine(machine), span, purpose).await?;
            }
        }
    }
    match new.holder.individual() {
        Some(person) if policy.overlap => occupations::share(tx, person, new.span, purpose).await,
        Some(person) => occupations::take(tx, Occupied::Person(person), new.span, purpose).await,
        None => Ok(()),
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
