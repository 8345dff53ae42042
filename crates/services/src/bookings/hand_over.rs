//! Handing a booking over to another member: the holder offers it, the other accepts.
//!
//! **Invariants.** The rules judge the recipient as if they booked, at the offer and again when they accept; the
//! time stays taken throughout, so nobody gets it in between. The holder learns whether the recipient can have it,
//! but not why not: holds, quotas and qualifications of others are private. Any other change to the booking ends
//! the offer.
//!
//! Not here: moving a booking, which does not change its holder ([`super::move_booking`]).

use super::{
    BookingContext, BookingsError, HandOverError, Want, answered, changed, news, notify_holder, occupy,
    preconditions::current, rows,
};
use crate::{Ctx, directory::called};
use domain::{
    actor::{Actor, Permission, Rank, Target, rank},
    bookings::{HandOver, Party, State, hand_over},
    id::{BookingId, PersonId},
    notices::{BookingNews, HandOverNews, Notice},
    occupations::Purpose,
    time::Millis,
    zone::Zone,
};
use serde_json::json;
use store::{
    SqliteConnection,
    bookings::{BookingRow, Change, NewBooking, Offered},
    notices as told, occupations, people,
};

/// Offers a booking of the caller to the member named by `to`, a whole name or address. `seen` is the version that
/// the caller saw.
pub async fn offer(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    seen: i64,
    to: &str,
) -> Result<(), BookingsError> {
    let (zone, to) = (ctx.space().zone, to.trim().to_owned());
    ctx.begin_permitted(actor, Permission::Book, Target::NONE, async move |begun| {
        let row = its_own(begun.tx.conn(), &begun.actor, booking).await?;
        let mut job = begun.require(Permission::Book, Target::NONE)?;
        current(job.tx.conn(), zone, &row, seen).await?;
        allowed(&row, Party::Holder, HandOver::Offer, job.now)?;
        if to.is_empty() {
            return Err(BookingsError::invalid([HandOverError::Recipient]));
        }
        let person = match called(job.tx.conn(), &to).await?.as_slice() {
            [(one, _)] if Some(*one) == row.person => Err(BookingsError::invalid([HandOverError::Oneself])),
            [(one, _)] => Ok(*one),
            // Trying names must not reveal who is a member: all who cannot take it get the same answer.
            _ => Err(BookingsError::CannotTake),
        }?;
        if !can_take(job.tx.conn(), &row, person, zone, job.now).await? {
            return Err(BookingsError::CannotTake);
        }
        rows::offer(job.tx, row.id, Some(Offered { person, at: job.now })).await?;
        job.notify(person, news_of(HandOverNews::Offered, &row, job.now)).await?;
        changed(job.tx, row.resource()).await?;
        let detail = json!({ "booking": row.id, "starts": row.starts });
        job.audited((), "booking.offered", row.subject(), &detail).await
    })
    .await
}

/// Withdraws the offer of one’s own booking.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, booking: BookingId) -> Result<(), BookingsError> {
    ctx.begin_permitted(actor, Permission::Book, Target::NONE, async move |begun| {
        let row = its_own(begun.tx.conn(), &begun.actor, booking).await?;
        let mut job = begun.require(Permission::Book, Target::NONE)?;
        allowed(&row, Party::Holder, HandOver::Withdraw, job.now)?;
        rows::offer(job.tx, row.id, None).await?;
        changed(job.tx, row.resource()).await?;
        let detail = json!({ "booking": row.id, "starts": row.starts });
        job.audited((), "booking.offer-withdrawn", row.subject(), &detail).await
    })
    .await
}

/// Accepts a booking offered to the caller: it is approved at once or waits for a moderator. `seen` is the version
/// that the caller saw. Returns the new state.
pub async fn accept(ctx: &Ctx, actor: &Actor, booking: BookingId, seen: i64) -> Result<State, BookingsError> {
    let zone = ctx.space().zone;
    ctx.begin_permitted(actor, Permission::Book, Target::NONE, async move |begun| {
        let (row, offered) = offered_to(begun.tx.conn(), &begun.actor, booking).await?;
        let mut job = begun.require(Permission::Book, Target::NONE)?;
        current(job.tx.conn(), zone, &row, seen).await?;
        allowed(&row, Party::Recipient, HandOver::Accept, job.now)?;
        let (person, now, span) = (offered.person, job.now, row.span());
        let known = BookingContext::load_near(job.tx.conn(), want_for(&row, person, zone, now)).await?;
        known.check_person(span)?;
        let state = answered(&job, &known);
        occupations::release(job.tx, Purpose::Booking(row.id)).await?;
        let change = Change { booking: row.id, from: row.state, to: state };
        rows::hand_over(job.tx, change, person, now).await?;
        if let Some((series, date)) = store::series::of_booking(job.tx.conn(), row.id).await? {
            // It is a booking by itself from now on, and the series does without it.
            store::series::detach(job.tx, row.id).await?;
            store::series::except(job.tx, series, date).await?;
            store::series::touch(job.tx, series, now).await?;
        }
        let new = NewBooking { resource: row.resource(), holder: person.into(), span, state, at: now };
        let (purpose, policy) = (Purpose::Booking(row.id), &known.settings.booking);
        occupy(job.tx, purpose, &new, policy).await.map_err(|why| known.overtaken(why, span))?;
        notify_holder(job.tx, &job.proof, row.holder(), news_of(HandOverNews::Accepted, &row, offered.at), now)
            .await?;
        if state == State::Pending {
            job.notify_staff(news(BookingNews::Asked, row.id, (row.resource(), span), row.sequence + 1)).await?;
        } else {
            // They know, for they did it: by this mail their calendar does too.
            told::record(job.tx, Some(person), person, &news_of(HandOverNews::Taken, &row, offered.at), now)
                .await?;
        }
        changed(job.tx, row.resource()).await?;
        let detail = json!({ "booking": row.id, "starts": row.starts });
        job.audited(state, "booking.handed-over", row.subject(), &detail).await
    })
    .await
}

/// Declines a booking offered to the caller.
pub async fn decline(ctx: &Ctx, actor: &Actor, booking: BookingId) -> Result<(), BookingsError> {
    ctx.begin_permitted(actor, Permission::Book, Target::NONE, async move |begun| {
        let (row, offered) = offered_to(begun.tx.conn(), &begun.actor, booking).await?;
        let mut job = begun.require(Permission::Book, Target::NONE)?;
        allowed(&row, Party::Recipient, HandOver::Decline, job.now)?;
        rows::offer(job.tx, row.id, None).await?;
        let notice = news_of(HandOverNews::Declined, &row, offered.at);
        notify_holder(job.tx, &job.proof, row.holder(), notice, job.now).await?;
        changed(job.tx, row.resource()).await?;
        let detail = json!({ "booking": row.id, "starts": row.starts });
        job.audited((), "booking.offer-declined", row.subject(), &detail).await
    })
    .await
}

async fn found(conn: &mut SqliteConnection, booking: BookingId) -> Result<BookingRow, BookingsError> {
    rows::one(conn, booking).await?.ok_or(BookingsError::Unknown)
}

/// A booking of the caller, not of a group.
async fn its_own(
    conn: &mut SqliteConnection,
    actor: &Actor,
    booking: BookingId,
) -> Result<BookingRow, BookingsError> {
    let row = rows::one_for(conn, booking, actor.person()).await?.ok_or(BookingsError::Unknown)?;
    match row.group {
        Some(_) if row.role.is_some() => Err(BookingsError::OfGroup),
        None if actor.person().is_some() && actor.person() == row.person => Ok(row),
        _ => Err(BookingsError::Unknown),
    }
}

/// A booking offered to the caller.
async fn offered_to(
    conn: &mut SqliteConnection,
    actor: &Actor,
    booking: BookingId,
) -> Result<(BookingRow, Offered), BookingsError> {
    let stored = found(conn, booking).await?;
    let offered = stored.offered().filter(|offered| actor.person() == Some(offered.person));
    offered.map(|offered| (stored, offered)).ok_or(BookingsError::Unknown)
}

fn allowed(row: &BookingRow, party: Party, action: HandOver, now: Millis) -> Result<(), BookingsError> {
    let is_offered = row.offered().is_some();
    let possible = hand_over(row.state, party, is_offered, row.span(), now);
    if possible.contains(&action) { Ok(()) } else { Err(BookingsError::NotNow) }
}

/// The facts to load about `person` as the new holder of `row`.
fn want_for(row: &BookingRow, person: PersonId, zone: Zone, now: Millis) -> Want {
    let (resource, person) = (row.resource(), Some(person));
    Want { resource, person, group: None, without: Some(row.id), span: row.span(), zone, now }
}

/// Whether `person` could take over `row`: a member whom the rules allow it.
async fn can_take(
    conn: &mut SqliteConnection,
    row: &BookingRow,
    person: PersonId,
    zone: Zone,
    now: Millis,
) -> Result<bool, BookingsError> {
    let Some(them) = people::one(conn, person, now).await? else { return Ok(false) };
    if rank(them.status, &them.ledger, now) < Rank::Member {
        return Ok(false);
    }
    let known = BookingContext::load_near(conn, want_for(row, person, zone, now)).await?;
    Ok(known.check_person(row.span()).is_ok())
}

fn news_of(news: HandOverNews, row: &BookingRow, offered: Millis) -> Notice {
    Notice::HandOver { news, booking: row.id, resource: row.resource(), starts: row.starts, offered }
}
