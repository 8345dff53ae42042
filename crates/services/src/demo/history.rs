//! Half a year of uses, as boards would have reported them.

use super::{
    Built, HALF_A_YEAR,
    care::{self, CareEvent},
    cast::{self, MACHINES, NAMES},
};
use domain::{
    id::{CardId, MachineId, PersonId},
    time::{DAY, HOUR, MINUTE, Millis},
    uses::{Action, CardHolder, Fact, project},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;
use store::{
    StoreError, WriteTx,
    boards::{self, Introduction},
    people,
    uses::{self, BegunBy},
};

/// Firmware version of every demo board.
const FIRMWARE: &str = concat!("simulated,", env!("CARGO_PKG_VERSION"));
/// Address that it reports.
const ADDRESS: &str = "127.0.0.1";
/// Free memory in bytes that it reports.
const HEAP: i64 = 181_024;

pub(super) struct Use {
    person: PersonId,
    card: CardId,
    start: Millis,
    end: Millis,
}

/// The uses of every machine that has a board, in order; all of them ended before `now`.
pub(super) fn invent(built: &Built, now: Millis) -> Vec<(MachineId, Vec<Use>)> {
    let mut rng = StdRng::seed_from_u64(19);
    let machines = MACHINES.iter().zip(&built.machines).filter(|(machine, _)| machine.number > 0);
    machines
        .map(|(machine, &id)| {
            let able: Vec<_> = (0..NAMES.len())
                .filter(|&person| cast::is_user(person, Some(machine.kind)))
                .map(|person| built.people[person])
                .collect();
            let last = if machine.blocked.is_some() { now.before(DAY) } else { now };
            (id, uses_of_one(&mut rng, &able, now, last))
        })
        .collect()
}

/// Times of use between nine in the morning and ten at night, more often later in the day.
fn uses_of_one(rng: &mut StdRng, able: &[(PersonId, CardId)], now: Millis, last: Millis) -> Vec<Use> {
    let mut uses = Vec::new();
    let mut free = now.before(HALF_A_YEAR);
    while free < last {
        let pause = MINUTE * rng.random_range(15..420);
        let start = out_of_the_night(free.after(pause));
        let end = start.after(MINUTE * rng.random_range(8..110));
        if end.after(MINUTE) >= last {
            break;
        }
        let (person, card) = able[rng.random_range(0..able.len())];
        uses.push(Use { person, card, start, end });
        free = end;
    }
    uses
}

/// The instant itself, or the next morning at eight (UTC) where it falls into the night.
fn out_of_the_night(at: Millis) -> Millis {
    let of_day = Duration::from_millis(at.0.rem_euclid(86_400_000).unsigned_abs());
    let midnight = at.before(of_day);
    if of_day < HOUR * 8 {
        midnight.after(HOUR * 8)
    } else if of_day > HOUR * 20 {
        midnight.after(DAY + HOUR * 8)
    } else {
        at
    }
}

/// A board's introduction: identical to that of a simulated board, so that it is the same board when it connects.
fn introduction(machine: MachineId, built: &Built, at: Millis) -> Introduction {
    let of = MACHINES.iter().zip(&built.machines).find(|(_, id)| **id == machine);
    let number = of.map_or(0, |(machine, _)| machine.number);
    Introduction {
        machine,
        serial: format!("51{number:010x}"),
        firmware: FIRMWARE.into(),
        address: ADDRESS.into(),
        heap: Some(HEAP),
        at,
    }
}

/// Plays the messages of the board of `machine`, and events at the machine in between.
pub(super) async fn live_through(
    tx: &mut WriteTx,
    built: &Built,
    machine: MachineId,
    all: &[Use],
    actions: &[CareEvent],
) -> Result<(), StoreError> {
    let mut actions = actions.iter().peekable();
    let mut free = Millis(0);
    for one in all {
        while let Some(act) = actions.next_if(|act| act.at < one.start) {
            care::happen(tx, built, machine, act, act.at.max(free)).await?;
        }
        free = one.end;
        let by = BegunBy { alias: Some(people::alias(tx, one.person, one.start).await?), authorised: true };
        let words = [(Action::Start, one.start), (Action::Stop, one.end)];
        for (action, at) in words {
            let duration = at.since(one.start);
            let fact = Fact { action, bearer: CardHolder::Card(one.card), duration, replay: false, at };
            let situation = uses::situation(tx.conn(), machine, 1).await?;
            // Only a use of more than a day is refused, and these are shorter than two hours.
            let changes = project(&situation, &fact).unwrap_or_default();
            uses::keep(tx, machine, &fact, &situation, &changes, &by).await?.write(tx).await?;
        }
    }
    for act in actions {
        care::happen(tx, built, machine, act, act.at.max(free)).await?;
    }
    if let Some(last) = all.last() {
        boards::heard(tx, machine, last.end).await?;
        boards::introduce(tx, &introduction(machine, built, last.end)).await?;
    }
    Ok(())
}
