//! What a timer does about actuators: it notices silent devices, and ends tests of the fallback.

use super::facts::is_leased;
use crate::{Ctx, notices::notify_staff};
use domain::{
    actor::{Actor, Permission, Target},
    actuators::{TestOutcome, test_outcome},
    building_devices::is_silent,
    id::ActuatorId,
    live::ChangeEvent,
    notices::Notice,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited,
    actuators::{self as rows, StoredActuator, TestRow},
    audit::AuditEntry,
};

/// Ends tests that are over and notices devices that fell silent. Returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<u64, StoreError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let actuators = rows::list(&mut snapshot).await?;
    let tests = rows::open_tests(&mut snapshot).await?;
    drop(snapshot);
    let mut done = 0;
    for test in tests {
        let actuator = actuators.iter().find(|one| one.id == test.actuator);
        if let Some(outcome) = outcome(&test, actuator, now) {
            end_test(ctx, test, outcome, now).await?;
            done += 1;
        }
    }
    for actuator in &actuators {
        let silent = is_silent(actuator.heard, actuator.offline, now);
        match actuator.silent_noticed {
            None if silent && actuator.heard.is_some() && was_wanted(actuator, now) => {
                note_silence(ctx, actuator.id, Some(now)).await?;
                done += 1;
            }
            Some(_) if !silent => note_silence(ctx, actuator.id, None).await?,
            _ => {}
        }
    }
    Ok(done)
}

/// Only a device that was to be on is missed at once; others are on the page.
fn was_wanted(actuator: &StoredActuator, now: Millis) -> bool {
    is_leased(actuator, now) || actuator.is_on == Some(true)
}

/// How a test ended, if it is over.
fn outcome(test: &TestRow, actuator: Option<&StoredActuator>, now: Millis) -> Option<TestOutcome> {
    match actuator {
        Some(actuator) => test_outcome(test.ends, test.off, actuator.reported, now),
        None => Some(TestOutcome::Stopped),
    }
}

/// Ends a test, unless it ended meanwhile.
pub(super) async fn end_test(
    ctx: &Ctx,
    test: TestRow,
    outcome: TestOutcome,
    now: Millis,
) -> Result<(), StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(()) };
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            rows::end_test(tx, test.id, outcome, now).await?;
            if outcome == TestOutcome::StillOn {
                let notice = Notice::ActuatorFailed { actuator: test.actuator, at: now, stays_on: true };
                notify_staff(tx, &proof, notice, now).await?;
            }
            tx.after_commit(ChangeEvent::Building);
            let detail = json!({ "outcome": outcome.as_str() });
            Ok(Done::audited((), AuditEntry::new(&proof, None, now, "actuator.tested", test.actuator, &detail)))
        })
        .await
}

async fn note_silence(ctx: &Ctx, actuator: ActuatorId, since: Option<Millis>) -> Result<(), StoreError> {
    if let Some(at) = since {
        notify(ctx, Notice::ActuatorSilent { actuator, at }).await?;
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            rows::note_silence(tx, actuator, since).await?;
            tx.after_commit(ChangeEvent::Building);
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await
}

/// Notifies managers, unless they have this notice already.
pub(super) async fn notify(ctx: &Ctx, notice: Notice) -> Result<(), StoreError> {
    let now = ctx.now();
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(()) };
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            notify_staff(tx, &proof, notice, now).await?;
            Ok(Done::unaudited((), Unaudited::Reminded))
        })
        .await
}
