//! Ends visits of people who left without a swipe: after closing time, or when they were not seen for a long time.

use crate::Ctx;
use domain::{
    actuators::open_spans,
    doors::{Visit, VisitEnding, ended},
    id::VisitId,
    live::ChangeEvent,
    time::Millis,
};
use store::{Done, SqliteConnection, StoreError, Unaudited, doors::visits, hours};

/// Ends the visits that are over; returns how many. Run by a timer.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let today = zone.moment(now).wall().date;
    let mut snapshot = ctx.store().snapshot().await?;
    let hours = hours::hours_of(&mut snapshot, None, None, today.days() - 1).await?;
    let open = open_spans(&hours, today, |date, minute| zone.instant(date, minute));
    let is_over = !due(&mut snapshot, &open, now).await?.is_empty();
    drop(snapshot);
    if !is_over {
        return Ok(0);
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let mut count = 0;
            // Some may have been seen since.
            for (visit, at) in due(tx.conn(), &open, now).await? {
                count += usize::from(visits::end(tx, visit, at, VisitEnding::Closing).await?);
            }
            if count > 0 {
                tx.after_commit(ChangeEvent::Building);
            }
            Ok(Done::unaudited(count, Unaudited::PresenceChanged))
        })
        .await
}

/// The visits that have ended by themselves, with their ends.
async fn due(
    conn: &mut SqliteConnection,
    open: &[(Millis, Option<Millis>)],
    now: Millis,
) -> Result<Vec<(VisitId, Millis)>, StoreError> {
    let inside = visits::inside(conn).await?;
    let over = inside.into_iter().filter_map(|row| {
        let visit = Visit { entered: row.entered, seen: row.seen, using: row.using };
        Some((row.id?, ended(visit, open, now)?))
    });
    Ok(over.collect())
}
