//! Uses that end without anybody saying so: their board does not tell of them any more, or says nothing at all.
//!
//! Run by a timer; asks what is due, so it does not matter how often or how late. While the broker is out of reach no board can be
//! heard, and nothing is taken for over.

use crate::Ctx;
use domain::{
    actor::{About, Actor, Permission, Proof},
    live::Hint,
    time::{HOUR, MINUTE, Millis},
    uses::Session,
};
use serde_json::json;
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited,
    audit::AuditEntry,
    uses::{self, GoingOn},
};

/// How long a use goes on at a machine that never logs out by itself and says nothing any more.
const SILENT: Duration = HOUR.saturating_mul(12);

/// Ends what is over; answers how many uses were.
pub async fn end(ctx: &Ctx) -> Result<usize, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, About::NOTHING) else { return Ok(0) };
    if ctx.broker().lost().is_some() {
        return Ok(0);
    }
    let now = ctx.now();
    let going_on = uses::going_on(&mut *ctx.store().read().await?, None).await?;
    let mut ended = 0;
    for one in going_on.iter().filter(|one| over(one, now).is_some()) {
        ended += usize::from(end_one(ctx, proof, one, now).await?);
    }
    Ok(ended)
}

/// The use as it ended, where it has.
fn over(one: &GoingOn, now: Millis) -> Option<Session> {
    let auto_stop = u32::from(one.settings.auto_stop);
    let longest = if auto_stop > 0 { MINUTE * auto_stop } else { SILENT };
    one.session.abandoned(one.heard, longest, now)
}

/// Ends a use, unless a word of its board came in between.
async fn end_one(ctx: &Ctx, proof: Proof, found: &GoingOn, now: Millis) -> Result<bool, StoreError> {
    let (machine, id) = (found.machine, found.session.id);
    ctx.store()
        .write(async move |tx| {
            let still = uses::going_on(tx.conn(), Some(machine)).await?.pop().filter(|one| one.session.id == id);
            let Some((one, after)) = still.and_then(|one| over(&one, now).map(|after| (one, after))) else {
                return Ok(Done::unaudited(false, Unaudited::NothingChanged));
            };
            uses::end(tx, &one, &after, now).await?;
            tx.after_commit(Hint::Machine(machine));
            let ending = after.end.map(|(_, ending)| ending.word());
            let detail = json!({ "use": id, "ending": ending });
            Ok(Done::audited(
                true,
                AuditEntry::new(&proof, None, now, "use.ended", format!("machine:{machine}"), &detail),
            ))
        })
        .await
}
