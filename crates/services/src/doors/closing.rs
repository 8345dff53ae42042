//! Ends visits of people who left without a swipe: after closing time, or when they were not seen for a long time.

use crate::{Ctx, due::settle_each};
use domain::{
    actor::{Actor, Permission, Target},
    actuators::open_spans,
    doors::{Visit, VisitEnding, ended},
    id::{PersonId, VisitId},
    live::ChangeEvent,
    time::Millis,
};
use serde_json::json;
use store::{SqliteConnection, StoreError, audit::AuditEntry, doors::visits, hours};

/// Ends the visits that are over; returns how many. Run by a timer.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(0) };
    let today = zone.moment(now).wall().date;
    let mut snapshot = ctx.store().snapshot().await?;
    let hours = hours::hours_of(&mut snapshot, None, None, today.days() - 1).await?;
    let open = open_spans(&hours, today, |date, minute| zone.instant(date, minute));
    let over = due(&mut snapshot, &open, now).await?;
    drop(snapshot);
    settle_each(ctx, over, async move |tx, (visit, person, _)| {
        // They may have been seen since.
        let still = due(tx.conn(), &open, now).await?;
        let Some((_, _, at)) = still.into_iter().find(|(id, _, _)| *id == visit) else { return Ok(None) };
        if !visits::end(tx, visit, at, VisitEnding::Closing).await? {
            return Ok(None);
        }
        tx.after_commit(ChangeEvent::Building);
        let detail = json!({ "by": VisitEnding::Closing });
        Ok(Some(AuditEntry::new(&proof, None, now, "visit.ended", person, &detail)))
    })
    .await
}

/// The visits that have ended by themselves, with their ends.
async fn due(
    conn: &mut SqliteConnection,
    open: &[(Millis, Option<Millis>)],
    now: Millis,
) -> Result<Vec<(VisitId, PersonId, Millis)>, StoreError> {
    let inside = visits::inside(conn).await?;
    let over = inside.into_iter().filter_map(|row| {
        let visit = Visit { entered: row.entered, seen: row.seen, using: row.using };
        Some((row.id?, row.person, ended(visit, open, now)?))
    });
    Ok(over.collect())
}
