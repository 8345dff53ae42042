//! Acts on a booking: its holder cancels it, checks in or completes it, a moderator approves or rejects it.
//!
//! Invariant: the state is read, judged and changed in one job. If two people act at once, the first wins, and the second sees what was
//! decided and by whom. Not here: who may act on a booking ([`super::preconditions`]),
//! and what the clock does ([`super::due`]).

use super::{
    BookingsError, DecideError, due, news_of, notify_holder,
    preconditions::{check, current, needed, side},
    rows,
    settle::settle,
};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{BookingAction, NOTE, Side, State, is_late},
    id::BookingId,
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::BookingNews,
};
use serde_json::json;
use store::{bookings::Decision, doors::visits};

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
    pub fn read(action: Option<BookingAction>, note: &str) -> Result<Self, Vec<DecideError>> {
        let action = action.filter(|action| *action != BookingAction::Move).ok_or(DecideError::Action);
        let note = Remark::new(note).map_err(|TooLong| DecideError::Note);
        match (action, note) {
            (Ok(BookingAction::Reject), Ok(None)) => Err(vec![DecideError::NoNote]),
            (Ok(action), Ok(note)) => Ok(Self { action, note, seen: None }),
            (action, note) => Err([action.err(), note.err()].into_iter().flatten().collect()),
        }
    }
}

/// Performs an action on a booking: its holder cancels, checks in or ends it; a moderator answers. Returns the new
/// state.
pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    booking: BookingId,
    decide: Result<Decide, Vec<DecideError>>,
) -> Result<State, BookingsError> {
    let zone = ctx.space().zone;
    let form = async { decide.map_err(BookingsError::invalid) };
    ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, decide| {
        let reader = begun.actor.person();
        let row = rows::one_for(begun.tx.conn(), booking, reader).await?.ok_or(BookingsError::Unknown)?;
        let side = side(&begun.actor, &row).ok_or(BookingsError::Unknown)?;
        let (permission, about) = needed(side, &row);
        let mut job = begun.require(permission, about)?;
        check(&row, side, decide.action, job.now)?;
        // The request may have moved to another time.
        if let Some(seen) = decide.seen {
            current(job.tx.conn(), zone, &row, seen).await?;
        }
        let state = decide.action.leads_to().ok_or(BookingsError::NotNow)?;
        let (by, at) = (job.by().await?, job.now);
        let state = match decide.action {
            BookingAction::Cancel => due::called_off(job.tx, &row, side, at).await?,
            BookingAction::Complete => due::ended(job.tx, &row, side, at).await?,
            _ => state,
        };
        let remark = job.remark(row.person, by, decide.note.as_ref()).await?;
        let late = state == State::Cancelled && side == Side::Holder && row.state == State::Approved && {
            let known = rows::settings_of(job.tx.conn(), row.resource(), row.kind).await?;
            is_late(&known.booking, row.span(), at)
        };
        settle(job.tx, &job.proof, &row, Decision { state, at, by, remark, late }).await?;
        if let (State::NoShow, Some(person)) = (state, row.holder().individual()) {
            due::hold(job.tx, &job.proof, person, at).await?;
        }
        // Who checks in is in the building.
        if let (BookingAction::CheckIn, Side::Holder | Side::Member, Some(person)) = (decide.action, side, reader)
            && visits::arrived(job.tx, person, None, at).await?
        {
            job.tx.after_commit(ChangeEvent::Building);
        }
        if decide.action == BookingAction::Cancel
            && side == Side::Holder
            && let Some((series, date)) = store::series::of_booking(job.tx.conn(), row.id).await?
        {
            // Its owner does without this date, so it is not lost.
            store::series::except(job.tx, series, date).await?;
        }
        if matches!(decide.action, BookingAction::Approve | BookingAction::Reject)
            && let Some(series) = row.series
        {
            // One request, one answer: for all of its dates that the same person answers.
            for pending in store::series::pending(job.tx.conn(), series).await? {
                let Some(row) = rows::one(job.tx.conn(), pending).await? else { continue };
                if !job.actor.may(Permission::Moderate, super::about(row.resource(), row.kind)) {
                    continue;
                }
                let decision = Decision { state, at, by, remark, late: false };
                settle(job.tx, &job.proof, &row, decision).await?;
            }
        }
        let reported = match decide.action {
            BookingAction::Approve => Some(BookingNews::Approved),
            BookingAction::Reject => Some(BookingNews::Rejected),
            BookingAction::Cancel => Some(BookingNews::Cancelled),
            BookingAction::CheckIn | BookingAction::Complete | BookingAction::Excuse | BookingAction::Move => None,
        };
        if let Some(reported) = reported {
            // Authors are not notified of their own actions.
            notify_holder(job.tx, &job.proof, row.holder(), news_of(reported, &row), at).await?;
        }
        let detail = json!({ "booking": row.id, "deed": decide.action, "late": late });
        job.audited(state, "booking.decided", row.subject(), &detail).await
    })
    .await
}
