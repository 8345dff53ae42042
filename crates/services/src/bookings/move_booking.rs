//! Moving a booking: to another time or length, or to another machine or room.
//!
//! Invariant: one job frees the old time and takes the new one, so nobody takes either in between; a holder whose
//! booking is moved by another person is notified.

use super::{
    Ask, AskError, BookingContext, BookingsError, Refused, Want, answered, changed, news, notify_holder, occupy,
    preconditions::{check, current, needed, side},
    rows,
    want::standing_of,
    with_alternatives,
};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{BookingAction, Request, Side, State},
    events::DomainEvent,
    id::BookingId,
    notices::BookingNews,
    occupations::{Purpose, Span},
};
use serde_json::json;
use store::{
    bookings::{Change, NewBooking},
    occupations,
};

/// Moves, shortens or extends a booking, by its holder or a moderator. `seen` is the version that they saw. A
/// moderated booking must be approved again, unless it only becomes shorter or is running: a running one may be
/// extended into free time.
pub async fn move_to(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    seen: i64,
    span: Result<Span, Vec<AskError>>,
) -> Result<State, BookingsError> {
    shift(ctx, actor, booking, seen, span.map(To::Time)).await
}

/// Moves a booking to another machine or room, at the same or another time. `seen` is the version that they saw.
pub async fn rebook(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    seen: i64,
    to: Result<Ask, Vec<AskError>>,
) -> Result<State, BookingsError> {
    shift(ctx, actor, booking, seen, to.map(To::Other)).await
}

/// The destination of a booking.
#[derive(Debug, Clone, Copy)]
enum To {
    Time(Span),
    Other(Ask),
}

async fn shift(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    seen: i64,
    to: Result<To, Vec<AskError>>,
) -> Result<State, BookingsError> {
    let zone = ctx.space().zone;
    let form = async { to.map_err(BookingsError::invalid) };
    let moved = ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, to| {
        let reader = begun.actor.person();
        let row = rows::one_for(begun.tx.conn(), booking, reader).await?.ok_or(BookingsError::Unknown)?;
        let side = side(&begun.actor, &row).ok_or(BookingsError::Unknown)?;
        let (permission, about) = needed(side, &row);
        let mut job = begun.require(permission, about)?;
        current(job.tx.conn(), zone, &row, seen).await?;
        check(&row, side, BookingAction::Move, job.now)?;
        let old = row.resource();
        let Ask { resource, span, .. } = match to {
            To::Time(span) => Ask { resource: old, span, group: row.group, importance: None },
            To::Other(ask) => ask,
        };
        let (stays, has_begun) = (resource == old, row.state == State::CheckedIn);
        if has_begun && !(stays && span.starts == row.starts) {
            return Err(BookingsError::NotNow);
        }
        let now = job.now;
        let (person, group) = (standing_of(&row, &job.actor), row.group);
        let want = Want { resource, person, group, without: Some(row.id), span, zone, now };
        let mut known = BookingContext::load_near(job.tx.conn(), want).await?;
        let is_less = stays && row.span().covers(span);
        if is_less {
            known.permit();
        }
        known.check(Request { span, kept: stays.then_some(row.starts) }).map_err(|why| match why {
            // A running booking cannot be moved elsewhere.
            BookingsError::Refused(refused) if has_begun => {
                BookingsError::Refused(Box::new(Refused { search: None, ..*refused }))
            }
            why => why,
        })?;
        let state = if has_begun || is_less { row.state } else { answered(&job, &known) };
        let anew = !stays || span.starts != row.starts || state != row.state;
        occupations::release(job.tx, Purpose::Booking(row.id)).await?;
        let change = Change { booking: row.id, from: row.state, to: state };
        rows::move_to(job.tx, change, resource, span, anew.then_some(now)).await?;
        if let Some(series) = row.series {
            store::series::touch(job.tx, series, now).await?;
        }
        let new = NewBooking { resource, holder: row.holder(), span, state, at: now };
        let (purpose, policy) = (Purpose::Booking(row.id), &known.settings.booking);
        occupy(job.tx, purpose, &new, policy).await.map_err(|why| known.overtaken(why, span))?;
        let left: Vec<_> = if stays { row.span().without(span).collect() } else { vec![row.span()] };
        for left in left {
            job.emit(DomainEvent::TimeFreed { resource: old, span: left }).await?;
        }
        // Also the other admins of a group.
        if side == Side::Moderator || row.group.is_some() {
            let notice = news(BookingNews::Moved, row.id, (resource, span), row.sequence + 1);
            notify_holder(job.tx, &job.proof, row.holder(), notice, now).await?;
        }
        if state == State::Pending {
            job.notify_staff(news(BookingNews::Asked, row.id, (resource, span), row.sequence + 1)).await?;
        }
        changed(job.tx, old).await?;
        changed(job.tx, resource).await?;
        let (subject, before) = (row.subject(), row.starts);
        let detail = json!({ "booking": row.id, "starts": span.starts, "ends": span.ends, "before": before });
        if stays {
            return job.audited(state, "booking.moved", subject, &detail).await;
        }
        let (from, to) = (old.to_string(), resource.to_string());
        let detail = json!({ "booking": row.id, "starts": span.starts, "from": from, "to": to });
        job.audited(state, "booking.rebooked", subject, &detail).await
    });
    match moved.await {
        Err(why) => Err(with_alternatives(ctx, why).await),
        moved => moved,
    }
}
