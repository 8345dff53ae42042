//! Stores a decision on a booking, made by a person or by the clock. Not here: whether it may be made.

use super::{changed, rows};
use domain::{actor::Proof, events::DomainEvent, occupations::Purpose};
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
    changed(tx, row.resource()).await
}
