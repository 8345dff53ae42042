//! Bookings: a member has a machine or a room to themselves, at once or after a moderator approves.
//!
//! **Invariants.** Only `domain::bookings::deeds` decides which state can follow which and who may change it, and
//! only `domain::bookings::refusals` why a time cannot be booked. A booking and its time change in one job, also
//! when it is moved, so nobody takes the time in between. When two people decide at once, the first wins, and the
//! second sees the decision and who made it.
//!
//! Not here: rooms ([`crate::rooms`]) and closed times ([`crate::closures`]).

mod calendar;
mod displaced;
mod dry_run;
mod due;
mod errors;
mod facts;
pub mod hand_over;
mod import;
pub(crate) mod invitation;
mod move_booking;
mod on_behalf;
mod own_bookings;
mod queries;
mod rules;
mod search;
mod search_terms;

pub(crate) use calendar::{Pending, pending};
pub use calendar::{requests, week};
pub(crate) use displaced::{call_off, machine_archived, standing_changed};
pub use dry_run::{Trial, Unsaved, tried};
pub(crate) use due::{arrived, left, run_due};
pub use errors::{BookingsError, Decided, Refused, ValidationError};
pub(crate) use facts::{BookingContext, Named, Want, left_to_others, with_alternatives};
pub use import::import;
pub(crate) use invitation::invitation;
pub use move_booking::{move_to, rebook};
pub use on_behalf::{Whom, ask_for};
pub(crate) use own_bookings::next;
pub use own_bookings::{mine, opened};
pub use queries::{Which, availability, list, one};
pub(crate) use queries::{at_machine, of_person};
pub use rules::rules;
pub use search::{DayQuery, Search, day, find};

use crate::{Ctx, change::Job, waiting};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    bookings::{BookingAction, Mode, NOTE, Policy, Request, Resource, Side, State, actions, is_late},
    id::{BookingId, PersonId, TypeId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::{BookingNews, Notice},
    occupations::{Occupied, Purpose, Span},
    time::{MINUTE, Millis},
    zone::Zone,
};
use serde_json::json;
use store::{
    StoreError, WriteTx,
    bookings::{self as rows, BookingRow, Decision, NewBooking},
    occupations, remarks, rooms,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub resource: Resource,
    pub span: Span,
}

/// An action on a booking.
#[derive(Debug, Clone)]
pub struct Decide {
    pub action: BookingAction,
    pub note: Option<Remark<NOTE>>,
    /// The version that they saw, where they say it.
    pub seen: Option<i64>,
}

impl Decide {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(action: Option<BookingAction>, note: &str) -> Result<Self, Vec<ValidationError>> {
        let action = action.filter(|action| *action != BookingAction::Move).ok_or(ValidationError::Action);
        let note = Remark::new(note).map_err(|TooLong| ValidationError::Note);
        match (action, note) {
            (Ok(BookingAction::Reject), Ok(None)) => Err(vec![ValidationError::NoNote]),
            (Ok(action), Ok(note)) => Ok(Self { action: action, note, seen: None }),
            (action, note) => Err([action.err(), note.err()].into_iter().flatten().collect()),
        }
    }
}

/// Books a machine or a room for the caller, or requests it from a moderator. Returns id and state.
pub async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    ask: Result<Ask, Vec<ValidationError>>,
) -> Result<(BookingId, State), BookingsError> {
    actor.require(Permission::Book, Target::NONE)?;
    let ask = ask.map_err(BookingsError::Invalid)?;
    let zone = ctx.space().zone;
    let made = ctx.change(actor, Permission::Book, Target::NONE, async move |job| {
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
async fn make(
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

/// Performs an action on a booking: its holder cancels, checks in or ends it; a moderator answers. Returns the new
/// state.
pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    decide: Result<Decide, Vec<ValidationError>>,
) -> Result<State, BookingsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let decide = decide.map_err(BookingsError::Invalid)?;
    let zone = ctx.space().zone;
    ctx.begin(actor, async move |begun| {
        let row = rows::one(begun.tx.conn(), booking).await?.ok_or(BookingsError::Unknown)?;
        let side = side(&begun.actor, &row).ok_or(BookingsError::Unknown)?;
        let (permission, about) = needed(side, &row);
        let mut job = begun.require(permission, about)?;
        check(&row, side, decide.action, job.now)?;
        // The request may have moved to another time.
        if let Some(seen) = decide.seen {
            move_booking::current(job.tx.conn(), zone, &row, seen).await?;
        }
        let state = decide.action.leads_to().ok_or(BookingsError::NotNow)?;
        let (by, at) = (job.by().await?, job.now);
        let state = match decide.action {
            BookingAction::Cancel => due::called_off(job.tx, &row, side, at).await?,
            BookingAction::Complete => due::ended(job.tx, &row, side, at).await?,
            _ => state,
        };
        let remark = match &decide.note {
            Some(note) => Some(remarks::write(job.tx, Some(row.person), by, note.as_str(), at).await?),
            None => None,
        };
        let late = state == State::Cancelled && side == Side::Holder && row.state == State::Approved && {
            let known = rows::settings_of(job.tx.conn(), row.resource(), row.kind).await?;
            is_late(&known.booking, row.span(), at)
        };
        settle(job.tx, &job.proof, &row, Decision { state, at, by, remark, late }).await?;
        if state == State::NoShow {
            due::hold(job.tx, &job.proof, row.person, at).await?;
        }
        let reported = match decide.action {
            BookingAction::Approve => Some(BookingNews::Approved),
            BookingAction::Reject => Some(BookingNews::Rejected),
            BookingAction::Cancel => Some(BookingNews::Cancelled),
            BookingAction::CheckIn | BookingAction::Complete | BookingAction::Excuse | BookingAction::Move => None,
        };
        if let Some(reported) = reported {
            // Authors are not notified of their own actions.
            job.notify(row.person, news_of(reported, &row)).await?;
        }
        let detail = json!({ "booking": row.id, "deed": decide.action, "late": late });
        job.audited(state, "booking.decided", row.person, &detail).await
    })
    .await
}

/// The initial state of a new booking.
pub(crate) fn answered(job: &Job<'_>, known: &BookingContext) -> State {
    let about = known.about();
    match known.settings.booking.mode {
        Mode::Moderated if !job.actor.may(Permission::Moderate, about) => State::Pending,
        Mode::Moderated | Mode::Automatic => State::Approved,
    }
}

/// The actor's side of `row`; `None` for uninvolved people.
fn side(actor: &Actor, row: &BookingRow) -> Option<Side> {
    if actor.person() == Some(row.person) {
        Some(Side::Holder)
    } else {
        actor.may(Permission::Moderate, about(row.resource(), row.kind)).then_some(Side::Moderator)
    }
}

/// The permission that `side` needs for an action on `row`.
fn needed(side: Side, row: &BookingRow) -> (Permission, Target) {
    match side {
        Side::Holder => (Permission::Book, Target::NONE),
        Side::Moderator => (Permission::Moderate, about(row.resource(), row.kind)),
    }
}

/// The permission target of a machine of this type, or of a room.
pub(crate) fn about(resource: Resource, kind: Option<TypeId>) -> Target {
    kind.map_or(Target::NONE, |kind| Target::equipment(kind, resource.machine()))
}

/// Whether the action is possible now.
fn check(row: &BookingRow, side: Side, action: BookingAction, now: Millis) -> Result<(), BookingsError> {
    let is_answered =
        matches!(action, BookingAction::Approve | BookingAction::Reject) && row.state != State::Pending;
    if actions(row.state, side, row.span(), now).contains(&action) {
        Ok(())
    } else if row.state.takes_time() && !is_answered {
        Err(BookingsError::NotNow)
    } else {
        Err(BookingsError::Decided(Decided { state: row.state, by: row.decided_by_name.clone() }))
    }
}

/// Stores a decision and offers the released time to the waiting list.
async fn settle(tx: &mut WriteTx, proof: &Proof, row: &BookingRow, decision: Decision) -> Result<(), StoreError> {
    rows::decide(tx, (row.id, row.state), &decision).await?;
    if !decision.state.takes_time() {
        occupations::release(tx, Purpose::Booking(row.id)).await?;
        waiting::freed(tx, proof, row.resource(), row.span(), decision.at).await?;
    }
    changed(tx, row.resource()).await
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

/// The notice about a booking that was moved `sequence` times.
pub(crate) fn news(
    news: BookingNews,
    booking: BookingId,
    (resource, span): (Resource, Span),
    sequence: i64,
) -> Notice {
    Notice::Booking { news, booking, resource, starts: span.starts, sequence }
}

fn news_of(reported: BookingNews, row: &BookingRow) -> Notice {
    news(reported, row.id, (row.resource(), row.span()), row.sequence)
}
