//! Waiting lists: members wait for a taken time, are offered it when it becomes free, and accept or decline it.
//!
//! **Invariants.** `domain::waiting` alone decides which state can follow which. An offer and the time that it
//! holds change in one job, and so do the offer and the resulting booking: nobody takes the time in between. An
//! offer is judged by the facts of its creation, so a notice-period rule does not take it away again.
//!
//! Not here: whether a time can be booked ([`crate::bookings`]).
//!
//! A time is offered to the waiting list before anyone else can take it.

mod errors;
mod line;

pub use errors::WaitingError;
pub(crate) use line::{called_off, freed, permissions_changed, removed, run_due, standing_changed};

use crate::{
    Ctx,
    bookings::{
        Ask, AskError, BookingContext, BookingsError, Want, add, answered, changed, news, occupy, waiting_entries,
        with_alternatives,
    },
};
use contract::waiting::Waiting;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::{Request, State as Booked, refusals},
    id::{BookingId, WaitingId},
    notices::BookingNews,
    occupations::Purpose,
    time::Millis,
    waiting::{MOST, State},
};
use serde_json::json;
use store::{
    bookings::NewBooking,
    occupations,
    waiting::{self as rows, Filter, NewWaiting, WaitingRow},
};

/// More than anybody has.
const ALL: u32 = 100;

/// Adds the caller to the waiting list for a taken time that they could book otherwise.
pub async fn join(ctx: &Ctx, actor: &Actor, ask: Result<Ask, Vec<AskError>>) -> Result<WaitingId, WaitingError> {
    let zone = ctx.space().zone;
    let form = async { ask.map_err(|errors| BookingsError::invalid(errors).into()) };
    let joined = ctx.change_with(actor, Permission::Book, Target::NONE, form, async move |job, ask| {
        let Ask { resource, span, .. } = ask;
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        let want = Want { resource, person: Some(person), group: None, without: None, span, zone, now: job.now };
        let known = BookingContext::load_near(job.tx.conn(), want).await?;
        let mine = Filter { person: Some(person), ..Filter::default() };
        let mine = rows::list(job.tx.conn(), mine, ALL).await?;
        if mine.iter().any(|stored| stored.resource() == resource && stored.span().overlaps(span)) {
            return Err(WaitingError::Twice);
        }
        let request = Request { span, kept: None };
        if refusals(request, &known.facts()).is_empty() {
            return Err(WaitingError::Free);
        }
        known.check_if_free(request)?;
        if mine.len() >= MOST {
            return Err(WaitingError::TooMany);
        }
        let waiting = rows::add(job.tx, &NewWaiting { resource, person, span, at: job.now }).await?;
        changed(job.tx, resource).await?;
        let detail = json!({ "waiting": waiting, "resource": resource.to_string(), "starts": span.starts });
        job.audited(waiting, "waiting.joined", person, &detail).await
    });
    instead(ctx, joined.await).await
}

/// Adds alternatives to a refusal.
async fn instead<T>(ctx: &Ctx, answer: Result<T, WaitingError>) -> Result<T, WaitingError> {
    match answer {
        Err(WaitingError::Booking(why)) => Err(with_alternatives(ctx, why).await.into()),
        answer => answer,
    }
}

/// The caller's waiting entries, by start time.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Waiting>, WaitingError> {
    actor.require(Permission::Book, Target::NONE)?;
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    Ok(waiting_entries(&mut *ctx.store().read().await?, person, ctx.space().zone).await?)
}

/// Removes the caller from a list. Their offer goes to the next.
pub async fn leave(ctx: &Ctx, actor: &Actor, waiting: WaitingId) -> Result<(), WaitingError> {
    end(ctx, actor, waiting, false).await
}

/// Declines an offer to the caller; it goes to the next.
pub async fn decline(ctx: &Ctx, actor: &Actor, waiting: WaitingId) -> Result<(), WaitingError> {
    end(ctx, actor, waiting, true).await
}

/// Ends the caller's entry; `offered`: they mean an offer.
async fn end(ctx: &Ctx, actor: &Actor, waiting: WaitingId, offered: bool) -> Result<(), WaitingError> {
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let row = rows::one(job.tx.conn(), waiting).await?;
        let row = row.filter(|row| Some(row.person) == job.actor.person()).ok_or(WaitingError::Unknown)?;
        if offered && row.state == State::Waiting {
            return Err(WaitingError::NotOffered);
        }
        let had = row.state == State::Offered;
        let (state, action) =
            if had { (State::Declined, "waiting.declined") } else { (State::Left, "waiting.left") };
        if !row.state.may_become(state) {
            return Err(WaitingError::Over);
        }
        rows::settle(job.tx, waiting, state, job.now, None).await?;
        if had {
            occupations::release(job.tx, Purpose::Waiting(waiting)).await?;
            freed(job.tx, &job.proof, row.resource(), row.span(), job.now).await?;
        }
        changed(job.tx, row.resource()).await?;
        job.audited((), action, row.person, &json!({ "waiting": waiting })).await
    })
    .await
}

/// Books the time offered to the caller, or requests it from a moderator. Returns booking and state.
pub async fn take(ctx: &Ctx, actor: &Actor, waiting: WaitingId) -> Result<(BookingId, Booked), WaitingError> {
    let zone = ctx.space().zone;
    let taken = ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let row = rows::one(begun.tx.conn(), waiting).await?;
        let row = row.filter(|row| Some(row.person) == begun.actor.person()).ok_or(WaitingError::Unknown)?;
        let mut job = begun.require(Permission::Book, Target::NONE)?;
        let offered = offered(&row, job.now)?;
        let (resource, span, person) = (row.resource(), row.span(), row.person);
        occupations::release(job.tx, Purpose::Waiting(waiting)).await?;
        let want = Want { resource, person: Some(person), group: None, without: None, span, zone, now: offered };
        let known = BookingContext::load_near(job.tx.conn(), want).await?;
        known.check(Request { span, kept: None })?;
        let state = answered(&job, &known);
        let new = NewBooking { resource, holder: person.into(), span, state, at: job.now };
        let policy = &known.settings.booking;
        let booking = add(job.tx, &new, policy).await.map_err(|why| known.overtaken(why, span))?;
        rows::settle(job.tx, waiting, State::Taken, job.now, Some(booking)).await?;
        if state == Booked::Pending {
            job.notify_staff(news(BookingNews::Asked, booking, (resource, span), 0)).await?;
        }
        changed(job.tx, resource).await?;
        let detail = json!({ "waiting": waiting, "booking": booking, "state": state });
        job.audited((booking, state), "waiting.taken", person, &detail).await
    });
    instead(ctx, taken.await).await
}

/// When it was offered, if it still is.
fn offered(row: &WaitingRow, now: Millis) -> Result<Millis, WaitingError> {
    match (row.state, row.offered, row.until) {
        (State::Waiting, ..) => Err(WaitingError::NotOffered),
        (State::Offered, Some(offered), Some(until)) if now < until => Ok(offered),
        _ => Err(WaitingError::Over),
    }
}
