//! Ends abandoned uses: their board no longer reports them, or is silent.
//!
//! **Invariant.** A use ends at its last sign of life, and continues as the same use when its board reports it
//! again. While the broker is unreachable no board can be heard, and no use is considered over.
//!
//! A timer looks for uses that broke off or fell silent; it may run late or at any rate, because it queries
//! everything due. When a board polls without reporting its use, the use ends before the poll is answered.

use crate::{Ctx, boards, down_time, turnover::Turnover};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    boards::MachineNumber,
    live::ChangeEvent,
    time::{HOUR, MINUTE, Millis},
    uses::{Ending, Session},
};
use serde_json::json;
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited,
    audit::AuditEntry,
    machines,
    uses::{self, GoingOn},
};

/// How long a use can go on at a silent machine without an auto-stop limit.
const SILENT: Duration = HOUR.saturating_mul(12);

/// Ends uses that are presumed over; returns how many.
pub async fn end(ctx: &Ctx) -> Result<usize, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(0) };
    // A skipped clock is no silence either.
    if boards::memory(ctx).lost().is_some() || down_time::is_recent(ctx).await {
        return Ok(0);
    }
    let now = ctx.now();
    let going_on = uses::going_on(&mut *ctx.store().read().await?, None).await?;
    let mut ended = 0;
    for one in going_on.iter().filter(|one| over(one, now).is_some()) {
        ended += usize::from(end_one(ctx, proof, one, move |one| over(one, now), now).await?);
    }
    Ok(ended)
}

/// The use as it ended, where it has.
fn over(one: &GoingOn, now: Millis) -> Option<Session> {
    let auto_stop = u32::from(one.settings.auto_stop);
    let longest = if auto_stop > 0 { MINUTE * auto_stop } else { SILENT };
    one.session.abandoned(one.heard, longest, now)
}

/// The board of the machine with number `board` polls: a use that it no longer reports has ended.
pub(crate) async fn on_poll(ctx: &Ctx, board: MachineNumber) {
    let now = ctx.now();
    // If two boards share one number, polls of one say nothing about the other.
    if let Some(since) = boards::memory(ctx).polled.on_poll(board, now)
        && boards::memory(ctx).connected.shared(board).is_none()
    {
        nobody_is_in(ctx, board, since, now).await;
    }
}

/// The board asks about a card, which it does only while idle.
pub(crate) async fn on_card_check(ctx: &Ctx, board: MachineNumber) {
    let now = ctx.now();
    if let Some(since) = boards::memory(ctx).polled.on_card_check(board, now)
        && boards::memory(ctx).connected.shared(board).is_none()
    {
        nobody_is_in(ctx, board, since, now).await;
    }
}

async fn nobody_is_in(ctx: &Ctx, board: MachineNumber, since: Millis, now: Millis) {
    match end_unreported(ctx, board, since, now).await {
        Ok(true) => boards::memory(ctx).polled.done(board),
        Ok(false) => {}
        // Its next poll shows the same.
        Err(error) => tracing::debug!(%error, "a use that is not reported any more could not be ended"),
    }
}

/// Ends the use at a machine whose board has been idle since `since`. Returns `false` if the next poll may show
/// more.
async fn end_unreported(ctx: &Ctx, board: MachineNumber, since: Millis, now: Millis) -> Result<bool, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(true) };
    let mut conn = ctx.store().read().await?;
    let Some(machine) = machines::by_number(&mut conn, board).await? else { return Ok(true) };
    let Some(found) = uses::going_on(&mut conn, Some(machine)).await?.pop() else { return Ok(true) };
    if !uses::reports_uses(&mut conn, machine).await? {
        return Ok(true);
    }
    drop(conn);
    if boards::memory(ctx).polled.may_settle(board, since, found.session.start) {
        return Ok(false);
    }
    end_one(ctx, proof, &found, |one| Some(one.session.lost()), now).await?;
    Ok(true)
}

/// The board reported that it is idle. Returns `false` if no machine has this number.
pub(crate) async fn reported_free(ctx: &Ctx, board: MachineNumber) -> Result<bool, StoreError> {
    let now = ctx.now();
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(true) };
    let mut conn = ctx.store().read().await?;
    let Some(machine) = machines::by_number(&mut conn, board).await? else { return Ok(false) };
    let going_on = uses::going_on(&mut conn, Some(machine)).await?.pop();
    drop(conn);
    if let Some(found) = going_on {
        end_one(ctx, proof, &found, |one| Some(one.session.lost()), now).await?;
    }
    Ok(true)
}

/// Ends a use as `ended`, unless a message of its board arrived in between.
async fn end_one(
    ctx: &Ctx,
    proof: Proof,
    found: &GoingOn,
    ended: impl Fn(&GoingOn) -> Option<Session> + Send + 'static,
    now: Millis,
) -> Result<bool, StoreError> {
    let (machine, id, sign) = (found.machine, found.session.id, found.session.last_sign);
    let ended = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let same = |one: &GoingOn| one.session.id == id && one.session.last_sign == sign;
        let still = uses::going_on(tx.conn(), Some(machine)).await?.pop().filter(same);
        let Some((one, after)) = still.and_then(|one| ended(&one).map(|after| (one, after))) else {
            return Ok(Done::unaudited(None, Unaudited::NothingChanged));
        };
        uses::end(tx, &one, &after, now).await?;
        tx.after_commit(ChangeEvent::Machine(machine));
        let ending = after.end.map(|(_, ending)| ending);
        let detail = json!({ "use": id, "ending": ending.map(Ending::as_str) });
        Ok(Done::audited(Some(ending), AuditEntry::new(&proof, None, now, "use.ended", machine, &detail)))
    });
    let ended = ended.await?;
    if let Some(ending) = ended.flatten() {
        ctx.memory::<Turnover>().ended(ending);
    }
    Ok(ended.is_some())
}
