//! What devices say of their outputs: on or off, their hard limits, and whether they obeyed.
//!
//! **Invariant.** A message that says nothing new is not written, at most once a minute as a sign of life. Nothing a device says
//! changes what Toolgate sends, but that it lost its lease, is too warm, or cuts itself off below a target.
//!
//! Not here: readings of meters, and which topics belong to which device.

use crate::{Ctx, shared::Shared};
use domain::{
    building_devices::Dialect,
    id::{ActuatorId, BuildingDeviceId},
    leases::{Answer, Tenths, answer},
    live::ChangeEvent,
    notices::Notice,
    time::{MINUTE, Millis},
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use store::{
    Done, StoreError, Unaudited,
    actuators::{self as rows, LeaseAnswer, Record},
};
use tokio::sync::Notify;

/// The number of a command in its answer, which has at most nine digits.
pub(super) const NUMBERS: i64 = 1_000_000_000;
/// Messages that wait to be read; a burst beyond that loses the oldest.
const WAITING: usize = 1_024;
/// The longest message of an output; a state has half as much.
const LONGEST_MESSAGE: usize = 1_024;

type OutputsByDevice = BTreeMap<BuildingDeviceId, Vec<Output>>;

/// The outputs of each device, read once and again after a change.
#[derive(Debug, Default)]
pub(super) struct Outputs(Shared<Option<Arc<OutputsByDevice>>>);

/// Messages to read, and who waits for them.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: Shared<VecDeque<Heard>>,
    pub(super) came: Notify,
}

#[derive(Debug)]
struct Heard {
    device: BuildingDeviceId,
    part: String,
    payload: Vec<u8>,
    at: Millis,
}

/// The last written report of each actuator.
#[derive(Debug, Default)]
struct Last(Shared<BTreeMap<ActuatorId, DeviceReport>>);

#[derive(Debug, Clone, Copy)]
struct Output {
    actuator: ActuatorId,
    number: u8,
    dialect: Dialect,
}

/// A report, without what changes all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DeviceReport {
    on: bool,
    is_idle: bool,
    tripped: bool,
    /// The number of the command that it took, if it says so.
    command: Option<u32>,
    temperature: Option<Tenths>,
    at: Millis,
}

impl DeviceReport {
    /// Whether `other` says something else that matters at once.
    const fn differs(&self, other: &Self) -> bool {
        let same_command = match (self.command, other.command) {
            (Some(one), Some(two)) => one == two,
            (None, None) => true,
            _ => false,
        };
        self.on != other.on || self.is_idle != other.is_idle || self.tripped != other.tripped || !same_command
    }
}

/// Forgets which outputs there are, after a change of actuators.
pub(super) fn forget(ctx: &Ctx) {
    *ctx.memory::<Outputs>().0.lock() = None;
}

async fn outputs(ctx: &Ctx) -> Result<Arc<BTreeMap<BuildingDeviceId, Vec<Output>>>, StoreError> {
    if let Some(known) = ctx.memory::<Outputs>().0.lock().clone() {
        return Ok(known);
    }
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows::list(&mut *ctx.store().read().await?).await? {
        let output = Output { actuator: row.id, number: row.output, dialect: row.dialect };
        all.entry(row.device).or_default().push(output);
    }
    let all = Arc::new(all);
    *ctx.memory::<Outputs>().0.lock() = Some(Arc::clone(&all));
    Ok(all)
}

/// Takes a message that `device` published at `part`, the topic behind its own. [`super::due`] reads it.
pub fn hear(ctx: &Ctx, device: BuildingDeviceId, part: &str, payload: &[u8]) {
    let is_known = ctx.memory::<Outputs>().0.lock().as_ref().is_none_or(|all| all.contains_key(&device));
    if !is_known || payload.len() > LONGEST_MESSAGE {
        return;
    }
    let inbox = ctx.memory::<Inbox>();
    {
        let mut waiting = inbox.waiting.lock();
        if waiting.len() == WAITING {
            waiting.pop_front();
        }
        waiting.push_back(Heard { device, part: part.to_owned(), payload: payload.to_vec(), at: ctx.now() });
    }
    inbox.came.notify_one();
}

/// Reads the messages that came.
pub(super) async fn read(ctx: &Ctx) -> Result<(), StoreError> {
    let outputs = outputs(ctx).await?;
    let heard = std::mem::take(&mut *ctx.memory::<Inbox>().waiting.lock());
    for Heard { device, part, payload, at } in heard {
        for output in outputs.get(&device).into_iter().flatten() {
            if let Some(answer) = answer(output.dialect, &part, output.number, &payload) {
                take(ctx, output.actuator, answer, at).await?;
            }
        }
    }
    Ok(())
}

async fn take(ctx: &Ctx, actuator: ActuatorId, answer: Answer, now: Millis) -> Result<(), StoreError> {
    let seen = match answer {
        Answer::Failed => return failed(ctx, actuator, now).await,
        Answer::Output(on) => {
            DeviceReport { on, is_idle: false, tripped: false, command: None, temperature: None, at: now }
        }
        Answer::Report(report) => DeviceReport {
            on: report.on,
            is_idle: report.left.is_zero(),
            tripped: report.tripped,
            command: Some(report.id),
            temperature: report.temperature,
            at: now,
        },
    };
    let limits = match answer {
        Answer::Report(report) => serde_json::to_string(&report.limits).ok(),
        Answer::Output(_) | Answer::Failed => None,
    };
    let last = ctx.memory::<Last>().0.lock().get(&actuator).copied();
    let is_news = last.is_none_or(|last| last.differs(&seen));
    if !is_news && last.is_some_and(|last| seen.at.since(last.at) < MINUTE) {
        return Ok(());
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let Some(row) = rows::one(tx.conn(), actuator).await? else {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            };
            let DeviceReport { on, is_idle, tripped, temperature, .. } = seen;
            rows::report(tx, &Record { actuator, at: now, on, is_idle, tripped, temperature, limits }).await?;
            // A state that was under way when the command was sent is no answer to it.
            let number = row.lease_id.and_then(|lease| u32::try_from(lease.rem_euclid(NUMBERS)).ok());
            let is_answer = seen.command.is_none_or(|command| Some(command) == number);
            if let Some(lease) = row.lease_id.filter(|_| is_answer) {
                rows::answered(tx, LeaseAnswer { lease, at: now, on }).await?;
            }
            rows::test_saw(tx, actuator, on, temperature, now).await?;
            if is_news {
                tx.after_commit(ChangeEvent::Building);
            }
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await?;
    ctx.memory::<Last>().0.lock().insert(actuator, seen);
    Ok(())
}

/// Notifies managers that a device refused a command, once an hour.
async fn failed(ctx: &Ctx, actuator: ActuatorId, now: Millis) -> Result<(), StoreError> {
    let hour = Millis(now.0.div_euclid(3_600_000) * 3_600_000);
    super::watching::notify(ctx, Notice::ActuatorFailed { actuator, at: hour, stays_on: false }).await
}
