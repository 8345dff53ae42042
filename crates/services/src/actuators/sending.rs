//! Leases as they become due: written to the log, then handed to the broker.
//!
//! **Invariants.** Nothing is sent that is not in the log, and nothing while a test of the fallback runs; a machine that starts ends
//! the test. What cannot be sent is lost, and the device falls back; a command that waits would turn something on that nobody wants
//! any more. A lease ends when the log says, however late its message is made.
//!
//! Not here: the connection to the broker, which is the server's.

use super::{
    facts::{Facts, Step, is_leased, load, on_spans, total},
    reports::{self, Inbox, NUMBERS},
    watching::end_test,
};
use crate::{Ctx, boards, counters::Counters, live::Changes};
use domain::{
    actuators::{TestOutcome, Why},
    building_devices::Dialect,
    id::MachineId,
    leases::{Command, Load, Order, RefusedCommand, order},
    live::{ChangeEvent, Noun},
    occupations::Span,
    time::Millis,
    zone::Zone,
};
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    actuators::{self as rows, NewLease, StoredActuator, TestRow},
};

/// The outbox checks at least this often: no event announces that a lease is to be renewed.
const LOOK: Duration = Duration::from_secs(5);

/// Leases refused since the start, by the first reason.
#[derive(Debug, Default)]
struct Refusals(Counters<{ RefusedCommand::CODES.len() }>);

/// Leases in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseCounts {
    /// Actuators that a lease has on, by what they switch.
    pub in_force: Vec<(Load, usize)>,
    /// Leases that limits refused since the start, by the code of the first reason.
    pub refused: Vec<(&'static str, u64)>,
}

/// Leases in numbers, at this moment.
pub(crate) async fn counted(ctx: &Ctx, conn: &mut store::SqliteConnection) -> Result<LeaseCounts, StoreError> {
    let now = ctx.now();
    let actuators = rows::list(conn).await?;
    let of = |load: Load| actuators.iter().filter(|one| one.load == load && is_leased(one, now)).count();
    Ok(LeaseCounts {
        in_force: Load::ALL.iter().map(|load| (*load, of(*load))).collect(),
        refused: RefusedCommand::CODES.into_iter().zip(ctx.memory::<Refusals>().0.read()).collect(),
    })
}

/// Commands for devices of the building, as they become due.
pub struct Outbox {
    ctx: Ctx,
    changes: Changes,
}

/// Subscribes to leases. Only one process at a time: the one that takes a command sends it.
#[must_use]
pub fn outbox(ctx: &Ctx) -> Outbox {
    let matters = |noun| matches!(noun, Noun::Building | Noun::Machine | Noun::Bookings | Noun::Space);
    Outbox { ctx: ctx.clone(), changes: Changes::since_now(ctx.live(), matters) }
}

impl Outbox {
    /// Waits until there may be something to send. Cancel-safe.
    pub async fn wait(&mut self) {
        tokio::select! {
            () = self.changes.wait(LOOK) => {}
            () = self.ctx.memory::<Inbox>().came.notified() => {}
        }
    }

    /// Takes the leases to send now.
    pub async fn take(&self) -> Result<Vec<LeaseToSend>, StoreError> {
        due(&self.ctx).await
    }
}

/// A lease in the log, to be sent at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseToSend {
    dialect: Dialect,
    /// Of the device.
    topic: String,
    output: u8,
    command: Command,
    number: u32,
    /// By the steady clock.
    at: Millis,
}

impl LeaseToSend {
    /// Its message, with the rest of its length. `None` if it is over, the device takes no such command, or the broker is gone: it
    /// may not wait for another connection.
    #[must_use]
    pub fn message(&self, ctx: &Ctx) -> Option<Order> {
        if boards::memory(ctx).lost().is_some() {
            return None;
        }
        let command = self.command.left(ctx.steady().since(self.at))?;
        order(self.dialect, &self.topic, self.output, command, self.number)
    }
}

/// Reads what devices answered, and takes the leases to send now. Without a broker there are none, and no lease is on record that nobody could hear.
pub async fn due(ctx: &Ctx) -> Result<Vec<LeaseToSend>, StoreError> {
    reports::read(ctx).await?;
    if boards::memory(ctx).lost().is_some() {
        return Ok(Vec::new());
    }
    let (now, granted, zone) = (ctx.now(), ctx.steady(), ctx.space().zone);
    let mut facts = load(&mut *ctx.store().read().await?, zone, now).await?;
    let stopped: Vec<TestRow> = facts.tests_to_stop().cloned().collect();
    for test in stopped {
        facts.tests.retain(|one| one.id != test.id);
        end_test(ctx, test, TestOutcome::Stopped, now).await?;
    }
    // The time on today is looked up in the job; without it, a step is only more likely.
    if facts.actuators.iter().all(|one| facts.step(one, Duration::ZERO) == Step::Keep) {
        return Ok(Vec::new());
    }
    let acts = ctx
        .store()
        .write::<_, StoreError, _>(async move |tx| {
            let facts = load(tx.conn(), zone, now).await?;
            let mut acts = Vec::new();
            for actuator in &facts.actuators {
                acts.push(act(tx, &facts, actuator, granted).await?);
            }
            Ok(Done::unaudited(acts, Unaudited::Leased))
        })
        .await?;
    let mut leases = Vec::new();
    for act in acts {
        match act {
            Act::None => {}
            Act::Send(lease) => leases.push(lease),
            Act::Refused(reason) => ctx.memory::<Refusals>().0.count(reason.place()),
        }
    }
    Ok(leases)
}

/// The result of a step, once it is written.
enum Act {
    None,
    Send(LeaseToSend),
    /// The first of the reasons.
    Refused(RefusedCommand),
}

/// How long leases had an actuator on since midnight.
pub(super) async fn on_today(
    conn: &mut store::SqliteConnection,
    actuator: &StoredActuator,
    zone: Zone,
    now: Millis,
) -> Result<(Duration, Vec<Span>), StoreError> {
    let midnight = zone.start_of(zone.moment(now).wall().date);
    let sent = rows::on_since(conn, actuator.id, midnight.before(domain::leases::LONGEST)).await?;
    let spans = on_spans(&sent, Span { starts: midnight, ends: now });
    Ok((total(&spans), spans))
}

/// Writes the due command of one actuator, or its refusal; `at` is the time by the steady clock.
async fn act(tx: &mut WriteTx, facts: &Facts, actuator: &StoredActuator, at: Millis) -> Result<Act, StoreError> {
    let now = facts.now;
    if facts.step(actuator, Duration::ZERO) == Step::Keep {
        return Ok(Act::None);
    }
    let (today, _) = on_today(tx.conn(), actuator, facts.zone, now).await?;
    let new = |command: &Command, why: Option<Why>| NewLease {
        actuator: actuator.id,
        sent: now,
        ends: now.after(command.length),
        on: command.on,
        target: command.target,
        why,
        machine: None,
        by: None,
    };
    let (command, lease) = match facts.step(actuator, today) {
        Step::Keep => return Ok(Act::None),
        Step::Off => {
            let command = off();
            (command, NewLease { ends: now, ..new(&command, None) })
        }
        Step::Send(command, demand) => {
            let machine = (demand.why == Why::Machine).then_some(MachineId(demand.about));
            let lease = new(&command, Some(demand.why));
            (command, NewLease { machine, by: facts.by(&demand), ..lease })
        }
        Step::Refuse(command, demand, reasons) => {
            let first = reasons.first().copied();
            let reasons = serde_json::to_string(&reasons).unwrap_or_default();
            let lease = NewLease { by: facts.by(&demand), ..new(&command, Some(demand.why)) };
            rows::refused(tx, &lease, &reasons).await?;
            tx.after_commit(ChangeEvent::Building);
            return Ok(first.map_or(Act::None, Act::Refused));
        }
    };
    let id = rows::send(tx, &lease).await?;
    // Renewals change nothing that pages show but a minute.
    if is_leased(actuator, now) != command.on {
        tx.after_commit(ChangeEvent::Building);
    }
    Ok(Act::Send(LeaseToSend {
        dialect: actuator.dialect,
        topic: actuator.topic.clone(),
        output: actuator.output,
        command,
        number: u32::try_from(id.rem_euclid(NUMBERS)).unwrap_or(0),
        at,
    }))
}

/// To be off now.
pub(super) const fn off() -> Command {
    Command { on: false, target: None, length: domain::leases::LONGEST }
}
