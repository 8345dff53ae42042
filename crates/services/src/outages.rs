//! Outages: when a machine is blocked, people who booked it or its room are notified once, with free alternatives.
//!
//! **Invariants.** Each holder is notified once per block and booking, as soon as the booking begins within
//! [`NOTICE`], whether the block or the booking came first. Alternatives are not reserved: of two who choose one,
//! the first gets it, and the other learns that it is taken. Notified holders who still have the booking are
//! notified when the block is lifted.
//!
//! Those who look after the machine see the outcome of each booking. Not here: moving the booking
//! ([`crate::bookings::rebook`]), and blocks themselves ([`crate::problems`]).

use crate::{
    Ctx,
    bookings::{self, BookingsError, alternatives_elsewhere},
};
use contract::outages::{Affected, Answer, InsteadView, OutageBlock, OutageView};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    bookings::{Resource, State},
    id::{BlockId, BookingId, MachineId, RoomId},
    notices::{Instead, Notice},
    outages::NOTICE,
    time::Millis,
    zone::Zone,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    bookings::{self as rows, BookingRow, Filter},
    machines, notices as told, outages, requests, rooms, settings,
};

/// Bookings of one machine that are looked at, at most.
const AT_ONCE: u32 = 500;
/// Holders notified within the blocking job, by start time; the timer notifies the others. An unsafe machine must
/// be blocked at once, however many holders there are and however long it takes to find alternatives.
const IN_ONE_JOB: usize = 4;
/// Jobs of one machine in one run of the timer, at most.
const JOBS: usize = 100;

/// Alternatives to a booking of the caller on other machines of the same type, the same time first.
pub async fn instead(ctx: &Ctx, actor: &Actor, booking: BookingId) -> Result<Vec<InsteadView>, BookingsError> {
    actor.require(Permission::Book, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one_for(&mut snapshot, booking, actor.person()).await?;
    let row = row.filter(|row| bookings::is_holder(row, actor)).ok_or(BookingsError::Unknown)?;
    Ok(bookings::instead_of(&mut snapshot, &row, zone, now).await?)
}

/// The bookings affected by the block of `machine`, for those who may lift it.
pub async fn page(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<OutageView, BookingsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let kind = requests::kind_of(&mut snapshot, machine).await?.ok_or(BookingsError::UnknownResource)?;
    actor.require(Permission::CareFor, Target::equipment(kind, Some(machine)))?;
    let name = machines::floor(&mut snapshot, Some(machine), false, now).await?.pop().map(|found| found.name);
    let name = name.ok_or(BookingsError::UnknownResource)?;
    let block = machines::blocked(&mut snapshot, machine).await?;
    let (mut affected, mut later) = (Vec::new(), 0);
    if let Some(block) = &block {
        let reported = outages::unnotified(&mut snapshot, (block.id, block.since), AT_ONCE).await?;
        let room = rooms::room_of(&mut snapshot, machine).await?;
        affected.extend(reported.into_iter().map(|reported| Affected {
            booking: reported.booking,
            instead: reported.instead(),
            answer: answer(&reported, (machine, room), zone, now),
            starts: zone.moment(reported.starts),
            ends: zone.moment(reported.ends),
            name: reported.name,
        }));
        let coming = coming(&mut snapshot, machine, now, None).await?;
        let is_recorded = |row: &BookingRow| affected.iter().any(|one| one.booking == row.id);
        later = u32::try_from(coming.iter().filter(|row| !is_recorded(row)).count()).unwrap_or(u32::MAX);
    }
    let block =
        block.map(|block| OutageBlock { id: block.id, since: zone.moment(block.since), because: block.because });
    Ok(OutageView { now: zone.moment(now), machine, name, block, affected, later })
}

/// The outcome of a booking whose holder was notified of `machine`, which stands in `room`.
fn answer(
    holder: &outages::NotifiedHolder,
    (machine, room): (MachineId, Option<RoomId>),
    zone: Zone,
    now: Millis,
) -> Answer {
    let at = zone.moment(holder.changed);
    let stays = holder.machine == Some(machine) || (holder.room.is_some() && holder.room == room);
    if !holder.state.takes_time() && holder.state != State::Completed {
        Answer::CalledOff { at }
    } else if !stays || holder.starts != holder.was {
        let to = if stays { None } else { holder.name_now.clone() };
        Answer::Rebooked { to: to.unwrap_or_default(), at }
    } else if holder.starts <= now {
        Answer::Over
    } else {
        Answer::Open
    }
}

/// The notice to the holder of `row` about `block`.
fn notice(block: BlockId, machine: MachineId, row: &BookingRow, instead: Instead) -> Notice {
    Notice::Outage { block, machine, booking: row.id, starts: row.starts, instead }
}

/// Upcoming bookings of `machine`, or of its room, that begin before `before`, in order.
async fn coming(
    conn: &mut SqliteConnection,
    machine: MachineId,
    now: Millis,
    before: Option<Millis>,
) -> Result<Vec<BookingRow>, StoreError> {
    let filter = Filter { holding: true, after: Some(now), before, ..Filter::default() };
    let room = rooms::room_of(conn, machine).await?.map(Resource::Room);
    let mut coming = Vec::new();
    for resource in [Resource::Machine(machine)].into_iter().chain(room) {
        coming.extend(rows::list(conn, Filter { resource: Some(resource), ..filter }, AT_ONCE).await?);
    }
    coming.retain(|row| now <= row.starts);
    coming.sort_by_key(|row| row.starts);
    Ok(coming)
}

/// Bookings of `machine` within [`NOTICE`] whose holders were not notified of `block`.
async fn not_notified(
    conn: &mut SqliteConnection,
    block: BlockId,
    machine: MachineId,
    now: Millis,
) -> Result<Vec<BookingRow>, StoreError> {
    let mut not_notified = Vec::new();
    for row in coming(conn, machine, now, Some(now.after(NOTICE))).await? {
        if !is_notified(conn, &row, &notice(block, machine, &row, Instead::Nothing)).await? {
            not_notified.push(row);
        }
    }
    Ok(not_notified)
}

/// Whether the holder of `row` has the notice, or an admin of its group; also if there is nobody to notify.
async fn is_notified(conn: &mut SqliteConnection, row: &BookingRow, notice: &Notice) -> Result<bool, StoreError> {
    let people = rows::recipients(conn, row.holder()).await?;
    let mut is_notified = people.is_empty();
    for person in people {
        is_notified = is_notified || told::is_recorded(conn, person, notice).await?;
    }
    Ok(is_notified)
}

/// Notifies holders of bookings of `machine` who were not notified of `block`, as many as fit into one job;
/// returns how many. Part of the job that places it, in the name of `proof`.
pub(crate) async fn began(
    tx: &mut WriteTx,
    proof: &Proof,
    block: BlockId,
    machine: MachineId,
    now: Millis,
) -> Result<usize, StoreError> {
    let mut affected = not_notified(tx.conn(), block, machine, now).await?;
    affected.truncate(IN_ONE_JOB);
    if affected.is_empty() {
        return Ok(0);
    }
    let reported = affected.len();
    let zone: Zone = settings::of_space(tx.conn()).await?.zone.parse().unwrap_or(Zone::UTC);
    for row in affected {
        // A room has no known replacement.
        let found = match row.kind {
            Some(kind) => alternatives_elsewhere(tx.conn(), &row, kind, zone, now).await?,
            None => Vec::new(),
        };
        let instead = match found.first() {
            Some(found) if found.span == row.span() => Instead::SameTime,
            Some(_) => Instead::OtherTime,
            None => Instead::Nothing,
        };
        let notice = notice(block, machine, &row, instead);
        bookings::notify_holder(tx, proof, row.holder(), notice, now).await?;
    }
    Ok(reported)
}

/// Notifies holders who were notified of `block` and still have their booking that the machine works again. Part
/// of the job that lifts it.
pub(crate) async fn ended(
    tx: &mut WriteTx,
    proof: &Proof,
    block: BlockId,
    machine: MachineId,
    now: Millis,
) -> Result<(), StoreError> {
    for row in coming(tx.conn(), machine, now, None).await? {
        if is_notified(tx.conn(), &row, &notice(block, machine, &row, Instead::Nothing)).await? {
            let over = Notice::OutageOver { block, machine, booking: row.id, starts: row.starts };
            bookings::notify_holder(tx, proof, row.holder(), over, now).await?;
        }
    }
    Ok(())
}

/// Notifies holders of bookings on blocked machines that now begin within [`NOTICE`]. Run by a timer; returns the
/// number of machines.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let mut affected = Vec::new();
    {
        let mut snapshot = ctx.store().snapshot().await?;
        for (block, machine) in outages::with_bookings(&mut snapshot, now, now.after(NOTICE)).await? {
            if !not_notified(&mut snapshot, block, machine, now).await?.is_empty() {
                affected.push((block, machine));
            }
        }
    }
    for &(block, machine) in &affected {
        for _ in 0..JOBS {
            let is_done = ctx.store().write(async move |tx| {
                let Ok(proof) = Actor::TOOLGATE.require(Permission::Moderate, Target::NONE) else {
                    return Ok(Done::unaudited(true, Unaudited::NothingChanged));
                };
                // It may have been lifted meanwhile.
                let holds = machines::blocked(tx.conn(), machine).await?.is_some_and(|row| row.id == block);
                let reported = if holds { began(tx, &proof, block, machine, now).await? } else { 0 };
                Ok::<_, StoreError>(Done::unaudited(reported < IN_ONE_JOB, Unaudited::Reminded))
            });
            if is_done.await? {
                break;
            }
        }
    }
    Ok(affected.len())
}
