//! Stores every minute what meters measured: quarters of an hour and days, limits that are passed, and runs of machines without a
//! swipe.
//!
//! Invariant: a job of the writer is about a few meters only, so that a swipe never waits for all of them.
//!
//! Not here: the messages ([`super::hearing`]).

use super::hearing::{Collected, DeviceHeard, Memory};
use crate::{Ctx, notices};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    id::{BuildingDeviceId, MeterId},
    live::ChangeEvent,
    meters::{Measure, QUARTERS, RunStep, advance},
    notices::Notice,
    time::{HOUR, MINUTE, Millis},
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    meters::{self as rows, MeterRow, Part},
};

/// Meters of one job of the writer.
const AT_ONCE: usize = 20;
/// A charger or a fan may run for so long after a use has ended.
const AFTER_USE: std::time::Duration = MINUTE.saturating_mul(5);
/// Old quarters deleted at once.
const DELETED: i64 = 2_000;

/// Stores the readings since the last time; returns the number of meters.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<u64, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(0) };
    let memory = ctx.memory::<Memory>();
    let now = ctx.now();
    let heard: Vec<(BuildingDeviceId, DeviceHeard)> = {
        let mut devices = memory.devices.lock();
        devices
            .iter_mut()
            .filter(|(_, heard)| heard.is_new)
            .map(|(id, heard)| {
                (*id, {
                    heard.is_new = false;
                    *heard
                })
            })
            .collect()
    };
    let due: Vec<MeterId> =
        memory.meters.lock().iter().filter(|(_, one)| one.is_new()).map(|(id, _)| *id).collect();
    let all: BTreeMap<MeterId, MeterRow> = if due.is_empty() {
        BTreeMap::new()
    } else {
        rows::list(&mut *ctx.store().read().await?).await?.into_iter().map(|row| (row.id, row)).collect()
    };
    for some in due.chunks(AT_ONCE) {
        store_some(ctx, &all, some, (proof, now)).await?;
    }
    if !heard.is_empty() {
        ctx.store()
            .write::<_, StoreError, _>(async move |tx| {
                for (device, heard) in heard {
                    store::building_devices::heard(tx, device, heard.at, heard.is_offline).await?;
                }
                tx.after_commit(ChangeEvent::Building);
                Ok(Done::unaudited((), Unaudited::SignOfLife))
            })
            .await?;
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            rows::delete_quarters(tx, now.before(QUARTERS), DELETED).await?;
            Ok(Done::unaudited((), Unaudited::RunOut))
        })
        .await?;
    Ok(u64::try_from(due.len()).unwrap_or(u64::MAX))
}

/// Stores what some meters measured; puts it back if that fails.
async fn store_some(
    ctx: &Ctx,
    all: &BTreeMap<MeterId, MeterRow>,
    some: &[MeterId],
    (proof, now): (Proof, Millis),
) -> Result<(), StoreError> {
    let memory = ctx.memory::<Memory>();
    let taken: Vec<(MeterId, Collected)> = {
        let mut meters = memory.meters.lock();
        let take = |id: &MeterId| {
            let one = meters.get_mut(id)?;
            let taken = one.clone();
            (one.parts, one.last, one.intervals) = (BTreeMap::new(), None, Vec::new());
            Some((*id, taken))
        };
        some.iter().filter_map(take).collect()
    };
    let work: Vec<(MeterRow, Collected)> =
        taken.iter().filter_map(|(id, one)| Some((all.get(id)?.clone(), one.clone()))).collect();
    let zone = ctx.space().zone;
    let stored = ctx
        .store()
        .write::<_, StoreError, _>(async move |tx| {
            for (row, one) in work {
                store_one(tx, &row, one, (proof, zone, now)).await?;
            }
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await;
    if stored.is_err() {
        let mut meters = memory.meters.lock();
        for (id, one) in taken {
            meters.entry(id).or_default().put_back(one);
        }
    }
    stored
}

async fn store_one(
    tx: &mut WriteTx,
    row: &MeterRow,
    one: Collected,
    (proof, zone, now): (Proof, Zone, Millis),
) -> Result<(), StoreError> {
    let Some(last) = one.last else { return Ok(()) };
    let parts: Vec<Part> =
        one.parts.iter().map(|(&at, &amount)| Part { at, day: zone.moment(at).wall().date, amount }).collect();
    rows::count(tx, row.id, &parts).await?;
    let value = if row.measure.is_counter() {
        let hour = rows::quarters(tx.conn(), row.id, now.before(HOUR), now).await?;
        hour.iter().map(|quarter| quarter.amount).sum()
    } else {
        last.1
    };
    let is_beyond = row.low.is_some_and(|low| value < low && !row.measure.is_counter())
        || row.high.is_some_and(|high| value > high);
    let beyond = is_beyond.then(|| row.beyond.unwrap_or(last.0));
    rows::read(tx, row.id, last, beyond).await?;
    if is_beyond && row.beyond.is_none() {
        let day = zone.moment(last.0).wall().date;
        let notice = Notice::MeterBeyond { meter: row.id, measure: row.measure, day };
        notices::notify_staff(tx, &proof, notice, now).await?;
    }
    if let Some(machine) = row.machine.filter(|_| row.measure == Measure::Power) {
        for interval in one.intervals {
            let from = interval.from.before(AFTER_USE);
            let Some(is_swiped) = rows::is_swiped(tx.conn(), machine, from, interval.until).await? else {
                continue;
            };
            let open = rows::open_run(tx.conn(), row.id).await?;
            match advance(open, interval, is_swiped) {
                RunStep::None => {}
                RunStep::Ended => rows::end_run(tx, row.id).await?,
                RunStep::Forgotten => rows::forget_run(tx, row.id).await?,
                RunStep::Runs { run, notify } => {
                    let id = rows::save_run(tx, (row.id, machine), run, interval.until).await?;
                    if notify {
                        notices::notify_staff(tx, &proof, Notice::Unswiped { run: id, machine }, now).await?;
                    }
                }
            }
        }
    }
    Ok(())
}
