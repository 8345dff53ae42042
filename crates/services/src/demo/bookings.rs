//! Rooms and bookings of the demo: from twelve weeks ago, so that reports have data, to eight days ahead.
//!
//! Not here: the booking rules; only the storage checks that nothing overlaps.

use super::{Built, cast};
use domain::{
    bookings::{Cause, Mode, Resource, State},
    id::{MachineId, PersonId},
    occupations::{Occupied, Purpose, Span},
    settings::Key,
    time::{DAY, Date, HOUR, MINUTE, Millis, millis},
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{
    StoreError, WriteTx,
    bookings::{self, Decision, NewBooking},
    closures::{self, NewClosure},
    occupations, remarks,
    rooms::{self, NewRoom},
    settings,
};

/// Name, number of people, floor and equipment.
type DemoRoom = (&'static str, u16, &'static str, &'static [&'static str]);

const ROOMS: [DemoRoom; 2] = [
    ("Seminar room", 14, "First floor", &["Beamer", "Whiteboard"]),
    ("Studio B", 6, "Ground floor", &["Piano", "Whiteboard"]),
];
/// The room that has machines in it, and which.
const TEXTILES: DemoRoom = ("Textile room", 8, "Ground floor", &["Cutting table", "Sink"]);
const IN_TEXTILES: [usize; 2] = [9, 10];
/// The machine with moderated bookings.
const MODERATED: usize = 6;
/// Bookings ahead that wait for an answer on every day the demo is started.
const REQUESTS: usize = 3;
/// The machine that is maintained tomorrow.
const MAINTAINED: usize = 5;
/// The machine that was closed some days ago.
const PAINTED: usize = 11;
/// Bookings ahead of one person, at most: one fewer than the rules let them have.
const AHEAD: u32 = 2;
const DAYS: std::ops::RangeInclusive<i64> = -84..=8;
/// Days after which the pattern of bookings repeats.
const CYCLE: i64 = 40;
/// Hours from a request to its answer, and from a booking to its beginning, that recur.
const ANSWERS: [u32; 6] = [1, 3, 9, 1, 14, 2];
const LEADS: [u32; 9] = [3, 50, 22, 100, 30, 8, 160, 55, 240];
/// Beginnings in minutes of the day, and lengths in minutes, that recur.
const TIMES: [(u16, u16); 6] = [(540, 120), (570, 90), (660, 60), (840, 180), (1_020, 120), (1_110, 90)];

pub(super) async fn book(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let Ok(zone) = cast::ZONE.parse::<Zone>() else { return Ok(()) };
    let mut resources: Vec<(Resource, Option<usize>)> = Vec::new();
    for (machine, &id) in cast::MACHINES.iter().zip(&built.machines) {
        if machine.blocked.is_none() {
            resources.push((Resource::Machine(id), Some(machine.kind)));
        }
    }
    for (name, capacity, floor, equipment) in ROOMS {
        let new = NewRoom { name: name.into(), capacity, floor: floor.into(), ..NewRoom::default() };
        let room = rooms::add(tx, &new).await?;
        rooms::equip(tx, room, &owned(equipment)).await?;
        resources.push((Resource::Room(room), None));
    }
    let (name, capacity, floor, equipment) = TEXTILES;
    let new = NewRoom {
        name: name.into(),
        place: Some(built.places[2]),
        capacity,
        floor: floor.into(),
        ..NewRoom::default()
    };
    let textiles = rooms::add(tx, &new).await?;
    rooms::equip(tx, textiles, &owned(equipment)).await?;
    for machine in IN_TEXTILES {
        rooms::put_in(tx, built.machines[machine], textiles, &[]).await?;
    }
    let moderated = built.machines[MODERATED];
    settings::set(tx, settings::At::Machine(moderated), Key::BookingMode, Mode::Moderated.as_str()).await?;
    let day = |days| zone.moment(Millis(now.0 + millis(DAY) * days)).wall().date;
    let at = |days, from, to| Span { starts: zone.instant(day(days), from), ends: zone.instant(day(days), to) };
    let maintained = Resource::Machine(built.machines[MAINTAINED]);
    close(tx, maintained, &[], Cause::Maintenance, at(1, 480, 660), "New blade and belts", now).await?;
    let inside = IN_TEXTILES.map(|machine| built.machines[machine]);
    close(tx, Resource::Room(textiles), &inside, Cause::Closure, at(7, 540, 1_080), "The floor is sanded", now)
        .await?;
    let painted = Resource::Machine(built.machines[PAINTED]);
    close(tx, painted, &[], Cause::Closure, at(-9, 780, 1_020), "Walls around it painted", now).await?;
    let today = zone.moment(now).wall().date.days();
    let mut ahead: BTreeMap<usize, u32> = BTreeMap::new();
    let kind = cast::MACHINES[MODERATED].kind;
    let asking = (0..cast::NAMES.len()).filter(|&who| who != cast::MEMBER && cast::is_user(who, Some(kind)));
    let days = (1..).map(|day| Date::from_days(today + day)).filter(|date| date.weekday() != 6);
    let mut requests = 0;
    for ((who, date), times) in asking.zip(days).zip(TIMES) {
        let person = (built.people[who].0, 0);
        let span = span_on(date, times, zone);
        if requests < REQUESTS && one(tx, Resource::Machine(moderated), person, span, moderated, now).await? {
            *ahead.entry(who).or_default() += 1;
            requests += 1;
        }
    }
    for (at, &(resource, kind)) in resources.iter().enumerate() {
        for day in DAYS {
            // Sundays are quiet, and some resources are free every day.
            let date = Date::from_days(today + day);
            let turn = at * 5 + usize::try_from((day + 5).rem_euclid(CYCLE)).unwrap_or(0) * 3;
            if date.weekday() == 6 || turn % 4 == 3 {
                continue;
            }
            for pick in [turn % TIMES.len(), (turn + 3) % TIMES.len()] {
                let span = span_on(date, TIMES[pick], zone);
                let who = (turn * 7 + pick * 11) % cast::NAMES.len();
                let has = ahead.entry(who).or_default();
                // The visitor's member account must still be able to book.
                if span.ends > now && (*has >= AHEAD || who == cast::MEMBER) {
                    continue;
                }
                if cast::is_user(who, kind) {
                    let luck = turn * 5 + pick * 7 + usize::try_from(day - DAYS.start()).unwrap_or(0);
                    let person = (built.people[who].0, luck);
                    let is_booked = one(tx, resource, person, span, moderated, now).await?;
                    *has += u32::from(is_booked && span.ends > now);
                }
            }
        }
    }
    Ok(())
}

/// From a beginning, in minutes of the day, for so many minutes.
fn span_on(date: Date, (from, minutes): (u16, u16), zone: Zone) -> Span {
    let starts = zone.instant(date, from);
    Span { starts, ends: starts.after(MINUTE * u32::from(minutes)) }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Closes a machine, or a room and the machines in it.
async fn close(
    tx: &mut WriteTx,
    resource: Resource,
    inside: &[MachineId],
    kind: Cause,
    span: Span,
    note: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let made = now.before(DAY * 14);
    let remark = Some(remarks::write(tx, None, None, note, made).await?);
    let closure = closures::add(tx, &NewClosure { resource, kind, span, remark, at: made, by: None }).await?;
    for whose in
        std::iter::once(Occupied::from(resource)).chain(inside.iter().map(|machine| Occupied::Machine(*machine)))
    {
        occupations::take(tx, whose, span, Purpose::Closure(closure)).await?;
    }
    Ok(())
}

/// The outcome of a past booking, and when; most were attended.
fn ends(luck: usize, asks: bool, span: Span, at: Millis) -> Vec<(State, Millis, bool)> {
    let answered = at.after(HOUR * ANSWERS[luck % ANSWERS.len()]);
    let answer = asks.then_some((State::Approved, answered.min(span.starts), false));
    match luck {
        _ if asks && luck % 17 == 4 => vec![(State::Rejected, answered.min(span.starts), false)],
        _ if luck % 31 == 7 => {
            let late = luck.is_multiple_of(2);
            let before = if late { HOUR * 2 } else { HOUR * 30 };
            let last = (State::Cancelled, span.starts.before(before).max(at), late);
            answer.into_iter().chain([last]).collect()
        }
        _ if luck % 29 == 3 => {
            answer.into_iter().chain([(State::NoShow, span.starts.after(MINUTE * 15), false)]).collect()
        }
        _ => {
            let came = [(State::CheckedIn, span.starts, false), (State::Completed, span.ends, false)];
            answer.into_iter().chain(came).collect()
        }
    }
}

/// A person's booking with its simulated outcome, in its current state; none if the time is taken. Returns whether there is one.
async fn one(
    tx: &mut WriteTx,
    resource: Resource,
    (person, luck): (PersonId, usize),
    span: Span,
    moderated: MachineId,
    now: Millis,
) -> Result<bool, StoreError> {
    let is_over = span.ends <= now;
    // Running uses come from the simulated boards.
    let runs = !is_over && span.starts <= now.after(MINUTE * 20);
    let taken = occupations::is_taken(tx.conn(), resource, person, span).await?;
    if runs || taken {
        return Ok(false);
    }
    let asks = resource.machine() == Some(moderated);
    let state = if asks { State::Pending } else { State::Approved };
    let at = if is_over { span.starts.before(HOUR * LEADS[luck % LEADS.len()]) } else { now.before(HOUR * 3) };
    let booking = bookings::add(tx, &NewBooking { resource, holder: person.into(), span, state, at }).await?;
    if is_over {
        let mut from = state;
        for (state, at, late) in ends(luck, asks, span, at) {
            bookings::decide(tx, (booking, from), &Decision { state, at, by: None, remark: None, late }).await?;
            from = state;
        }
        return Ok(true);
    }
    for whose in [Occupied::from(resource), Occupied::Person(person)] {
        occupations::take(tx, whose, span, Purpose::Booking(booking)).await?;
    }
    Ok(true)
}
