//! Firmware transfers, for the process that sends them: one after the other, with their results.
//!
//! Invariant: only one process takes and reports transfers, so no board is sent anything twice. A cancelled
//! transfer stays cancelled, whatever is reported.

use crate::{Ctx, live::Changes};
use domain::{
    actor::{Actor, Permission, Target},
    firmware::{Failure, State},
    id::{FirmwareJobId, MachineId},
    live::{ChangeEvent, Noun},
};
use serde_json::json;
use std::time::Duration;
use store::{Done, StoreError, Unaudited, audit, firmware as rows};

/// The queue is checked at least this often, in case it missed that a machine became idle.
const LOOK: Duration = Duration::from_secs(5);

/// An image for a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub job: FirmwareJobId,
    pub machine: MachineId,
    /// The address that the board reported.
    pub address: String,
    pub image: Vec<u8>,
    /// Its MD5, in hexadecimal digits.
    pub md5: String,
}

/// Signals that there may be a transfer to start or to cancel.
pub struct Transfers(Changes);

pub fn transfers(ctx: &Ctx) -> Transfers {
    Transfers(Changes::since_now(ctx.live(), |noun| noun == Noun::Machine))
}

impl Transfers {
    /// Waits until there may be something new. Cancel-safe.
    pub async fn wait(&mut self) {
        self.0.wait(LOOK).await;
    }
}

/// Takes the next transfer; it counts as begun from then on.
pub async fn next(ctx: &Ctx) -> Result<Option<Transfer>, StoreError> {
    // Reads outside the writer: usually nothing is due.
    let mut conn = ctx.store().read().await?;
    let Some(due) = rows::due(&mut conn).await? else { return Ok(None) };
    let content = rows::content(&mut conn, due.image).await?;
    drop(conn);
    let Some((image, md5)) = content else {
        finish(ctx, due.job, Err(Failure::NoImage)).await?;
        return Ok(None);
    };
    let begun = step(ctx, due.job, due.machine, State::Inviting, 0).await?;
    Ok(begun.then_some(Transfer { job: due.job, machine: due.machine, address: due.address, image, md5 }))
}

/// Records the progress of a transfer in percent. Returns whether it is still wanted.
pub async fn advance(ctx: &Ctx, errand: &Transfer, percent: u8) -> Result<bool, StoreError> {
    step(ctx, errand.job, errand.machine, State::Sending, percent).await
}

async fn step(
    ctx: &Ctx,
    job: FirmwareJobId,
    machine: MachineId,
    state: State,
    percent: u8,
) -> Result<bool, StoreError> {
    ctx.store()
        .write(async move |tx| {
            let requested = rows::advance(tx, job, state, percent).await?;
            if requested {
                tx.after_commit(ChangeEvent::Machine(machine));
            }
            Ok(Done::unaudited(requested, Unaudited::SignOfLife))
        })
        .await
}

/// Whether a transfer has not ended.
pub async fn is_wanted(ctx: &Ctx, job: FirmwareJobId) -> Result<bool, StoreError> {
    let state = rows::state(&mut *ctx.store().read().await?, job).await?;
    Ok(state.is_some_and(|(state, _)| state.is_open()))
}

/// Records the result of a transfer. A cancelled transfer stays cancelled.
pub async fn finish(ctx: &Ctx, job: FirmwareJobId, came: Result<(), Failure>) -> Result<(), StoreError> {
    let now = ctx.now();
    let Ok(proof) = Actor::TOOLGATE.require(Permission::Firmware, Target::NONE) else { return Ok(()) };
    ctx.store()
        .write(async move |tx| {
            let (state, action) = match came {
                Ok(()) => (State::Done, "firmware.done"),
                Err(_) => (State::Failed, "firmware.failed"),
            };
            let machine = rows::state(tx.conn(), job).await?.map(|(_, machine)| machine);
            let ended = rows::end(tx, job, state, came.err(), now).await?;
            let Some(machine) = machine.filter(|_| ended) else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            tx.after_commit(ChangeEvent::Machine(machine));
            let failure = came.err().map(Failure::as_str);
            let (subject, detail) = (machine, json!({ "job": job, "failure": failure }));
            let entry = audit::entry(tx, &proof, now, action, subject, &detail).await?;
            Ok(Done::audited((), entry))
        })
        .await
}

/// Marks transfers as failed that were under way when the server stopped, because the state of the board is
/// unknown. Called once, before the first transfer.
pub async fn interrupted(ctx: &Ctx) -> Result<(), StoreError> {
    let begun = rows::begun(&mut *ctx.store().read().await?).await?;
    for job in begun {
        finish(ctx, job, Err(Failure::Restarted)).await?;
    }
    Ok(())
}
