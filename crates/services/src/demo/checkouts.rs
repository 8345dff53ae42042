//! Availability of the demo's trainers, their checkout steps, and today's appointments.

use super::{Built, cast};
use domain::{
    availability::{Days, Times},
    checkout_steps::{Mark, Signer, outline},
    checkouts::State,
    id::AppointmentId,
    occupations::{Occupied, Purpose, Span},
    time::{DAY, HOUR, MINUTE, Millis},
};
use std::time::Duration;
use store::{
    StoreError, WriteTx,
    availability::{self, NewRule},
    checkout_steps,
    checkouts::{self, Decision, NewAppointment},
    occupations, people, remarks,
};

/// A trainer, a weekday (Monday is 0), from and to in hours, and how long a slot is.
const RULES: [(usize, u8, u16, u16, u16); 8] = [
    (1, 0, 17, 19, 30),
    (1, 3, 17, 19, 30),
    (1, 5, 10, 13, 45),
    (2, 1, 17, 20, 30),
    (2, 4, 15, 18, 45),
    (3, 0, 18, 20, 30),
    (3, 2, 17, 20, 30),
    (3, 5, 10, 12, 30),
];
/// Minutes between two slots.
const BUFFER: u16 = 15;

/// A visit to a trainer.
struct Visit {
    person: usize,
    trainer: usize,
    kind: usize,
    /// From the current quarter of an hour.
    ahead: i64,
    state: State,
    note: &'static str,
}

/// To Jonas Weber, who trains on saws.
const fn visit(person: usize, ahead: i64, state: State) -> Visit {
    Visit { person, trainer: 1, kind: SAW, ahead, state, note: "" }
}

/// To Li Wen, who trains on mills, after the films and the quiz.
const fn learned(person: usize, ahead: i64, state: State) -> Visit {
    Visit { trainer: 3, kind: cast::MILL, ..visit(person, ahead, state) }
}

const HOURS: i64 = 60;
const VISITS: [Visit; 9] = [
    visit(8, -2 * HOURS, State::Passed),
    Visit { note: "Guard height, and how to push short pieces.", ..visit(9, -HOURS, State::Failed) },
    visit(11, 0, State::Accepted),
    visit(12, 90, State::Accepted),
    visit(14, 150, State::Pending),
    visit(15, 26 * HOURS, State::Pending),
    visit(17, 50 * HOURS, State::Accepted),
    learned(14, 74 * HOURS, State::Pending),
    learned(16, 52 * HOURS, State::Accepted),
];

/// The checkout lists for saws and lasers.
const LISTS: [(usize, &str); 2] = [
    (
        SAW,
        "# Before switching on
! Checks the board for nails and loose knots
! Extraction on, gate open
Riving knife and guard set for the board
# Sawing
! Stands beside the line of the cut
! Push stick within reach, used for the last 20 cm
Supports long boards on the way out
# Afterwards
! Knows the emergency stop and the key switch
Leaves the table clean, blade lowered",
    ),
    (
        LASER,
        "# Before the cut
! Knows which materials are never cut: PVC, vinyl, carbon
! Extraction on, lid closed
Focus set with the gauge
# During
! Stays at the machine while it cuts
! Knows what to do in a fire
# Afterwards
Waits a minute before opening the lid
Leaves the bed clean",
    ),
];

const LASER: usize = 0;
const SAW: usize = 2;
const LENGTH: Duration = Duration::from_mins(30);

pub(super) async fn agree(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let person = |index: usize| built.people[index].0;
    for (trainer, weekday, from, to, length) in RULES {
        let times = Times { from: from * 60, to: to * 60, length, buffer: BUFFER };
        let days = Days::Weekly { weekday, first: None, last: None };
        availability::add(tx, person(trainer), &NewRule { days, times, kinds: Vec::new() }).await?;
    }
    for (kind, list) in LISTS {
        let steps = outline(list).unwrap_or_default();
        checkout_steps::add_list(tx, built.kinds[kind], &steps, None, now.before(DAY * 40)).await?;
    }
    let quarter = Millis(now.0 - now.0.rem_euclid(domain::time::millis(MINUTE * 15)));
    let machine = |kind| {
        let of_kind = cast::MACHINES.iter().zip(&built.machines).find(|(machine, _)| machine.kind == kind);
        of_kind.map(|(_, machine)| *machine)
    };
    for visit in &VISITS {
        let ahead = MINUTE * u32::try_from(visit.ahead.unsigned_abs()).unwrap_or(0);
        let starts = if visit.ahead < 0 { quarter.before(ahead) } else { quarter.after(ahead) };
        let new = NewAppointment {
            person: person(visit.person),
            trainer: person(visit.trainer),
            kind: built.kinds[visit.kind],
            machine: machine(visit.kind),
            span: Span { starts, ends: starts.after(LENGTH) },
            state: State::Pending,
            at: starts.before(DAY * 4),
        };
        let id = checkouts::add(tx, &new).await?;
        if visit.ahead <= 0 {
            look_at(tx, id, visit.state).await?;
        }
        let at = if visit.ahead < 0 { new.span.ends } else { now.before(HOUR * 20) };
        let by = Some(people::alias(tx, new.trainer, at).await?);
        if visit.state != State::Pending {
            let remark = match visit.note {
                "" => None,
                note => Some(remarks::write(tx, Some(new.person), by, note, at).await?),
            };
            let retry = (visit.state == State::Failed).then(|| at.after(DAY));
            if visit.state == State::Passed {
                checkout_steps::sign(tx, id, Signer::Trainer, by, at).await?;
                checkout_steps::sign(tx, id, Signer::Member, by, at).await?;
            }
            checkouts::decide(tx, id, &Decision { state: visit.state, at, by, remark, retry }).await?;
        }
        if visit.state.is_open() {
            let machine = new.machine.map(Occupied::Machine);
            for whose in [Occupied::Person(new.trainer), Occupied::Person(new.person)].into_iter().chain(machine) {
                occupations::take(tx, whose, new.span, Purpose::Appointment(id)).await?;
            }
        }
    }
    Ok(())
}

/// Marks the steps seen by now: all of a passed checkout, and the first ones of a running one.
async fn look_at(tx: &mut WriteTx, id: AppointmentId, state: State) -> Result<(), StoreError> {
    checkout_steps::begin(tx, id).await?;
    for (at, step) in checkout_steps::of_appointment(tx.conn(), id).await?.iter().enumerate() {
        let mark = match (state, at) {
            (State::Failed, 4 | 5) | (State::Accepted, 5) => Mark::Practise,
            (State::Accepted, 4..) => continue,
            _ => Mark::Seen,
        };
        checkout_steps::mark(tx, id, step.id, Some(mark)).await?;
    }
    Ok(())
}
