//! Stores a decision on a booking, made by a person or by the clock. Not here: whether it may be made.

use super::{changed, rows};
use crate::change::Job;
use domain::{actor::Proof, bookings::State, events::DomainEvent, id::BookingId, occupations::Purpose};
use store::{
    StoreError, WriteTx,
    bookings::{BookingRow, Decision},
    occupations,
};

/// Stores a decision; released time is an event.
pub(super) async fn settle(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    decision: Decision,
) -> Result<(), StoreError> {
    rows::decide(tx, (row.id, row.state), &decision).await?;
    if !decision.state.takes_time() {
        occupations::release(tx, Purpose::Booking(row.id)).await?;
        let freed = DomainEvent::TimeFreed { resource: row.resource(), span: row.span() };
        tx.emit(proof, freed, decision.at).await?;
    }
    let is_in_calendars =
        matches!(decision.state, State::Approved | State::Rejected | State::Expired | State::Cancelled);
    if is_in_calendars && let Some(series) = row.series {
        store::series::touch(tx, series, decision.at).await?;
    }
    changed(tx, row.resource()).await
}

/// Cancels a booking that has not begun, as part of a change of its series, which has its own notice and audit entry.
pub(crate) async fn cancel_date(job: &mut Job<'_>, booking: BookingId) -> Result<(), StoreError> {
    let Some(row) = rows::one(job.tx.conn(), booking).await? else { return Ok(()) };
    let (by, at) = (job.by().await?, job.now);
    let decision = Decision { state: State::Cancelled, at, by, remark: None, late: false };
    settle(job.tx, &job.proof, &row, decision).await
}
