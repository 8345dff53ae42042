//! What timers do to appointments: reminders, unanswered requests, and trainers or members who are gone.
//!
//! When a change of standing makes an appointment impossible, `effects` hands it on or cancels it in the job of
//! that change.

use super::{NewAppointment, Offer, Request, notice, offers, offers::free_machine, ready::Types, rows};
use crate::{Ctx, bookings::changed, due::Due, notices};
use domain::{
    actor::{Actor, Permission, Proof, Rank, Target, rank},
    bookings::Resource,
    checkouts::{FORGOTTEN, State, reminder},
    events::DomainEvent,
    id::{BlockId, MachineId, PersonId, TypeId},
    live::ChangeEvent,
    notices::{CheckoutNews, Notice},
    occupations::{Occupied, Purpose, Span},
    qualifications::{Relation, Subject},
    time::{DAY, HOUR, MINUTE, Millis},
    zone::Zone,
};
use serde_json::json;
use store::{
    SqliteConnection, StoreError, WriteTx, audit,
    checkouts::{CheckoutRow, Decision, Filter},
    occupations, people, settings,
};

/// Appointments in one run, at most; the next run takes the others.
const AT_ONCE: u32 = 500;

/// Whether it has expired: unanswered at its end, or long without a result. Left open, it would prevent its member
/// from asking again.
fn is_over(row: &CheckoutRow, now: Millis) -> bool {
    row.ends <= if row.state == State::Pending { now } else { now.before(FORGOTTEN) }
}

/// Sends reminders of appointments, and cancels unanswered ones and those without a result. Run by a timer;
/// returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let mut due = Due::default();
    {
        let mut snapshot = ctx.store().snapshot().await?;
        // An accepted member may be there already, but a pending request ends unanswered.
        for (state, ended) in [(State::Pending, now), (State::Accepted, now.before(FORGOTTEN))] {
            let over = Filter { state: Some(state), ended: Some(ended), ..Filter::default() };
            let over = rows::list(&mut snapshot, over, AT_ONCE, now).await?;
            due.over.extend(over.into_iter().map(|kept| kept.id));
        }
        let before = Some(now.after(DAY + MINUTE));
        let coming = Filter { state: Some(State::Accepted), begins: Some(now), before, ..Filter::default() };
        for row in rows::list(&mut snapshot, coming, AT_ONCE, now).await? {
            let Some(ahead) = reminder(row.span(), row.asked, now) else { continue };
            let news = if ahead <= HOUR { CheckoutNews::Soon } else { CheckoutNews::Tomorrow };
            let notice = notice(&row, news, row.sequence);
            for person in [row.person, row.trainer] {
                due.remind(&mut snapshot, person, notice).await?;
            }
        }
    }
    due.run(ctx, now, async move |tx, appointment| {
        let still = rows::one(tx.conn(), appointment, now).await?;
        let Some(row) = still.filter(|row| row.state.is_open() && is_over(row, now)) else { return Ok(None) };
        let Ok(proof) = Actor::TOOLGATE.require(Permission::CheckOut, Target::NONE) else { return Ok(None) };
        call_off(tx, &proof, &row, &[row.person], now).await?;
        record(tx, &proof, &row, now).await.map(Some)
    })
    .await
}

/// The standing of `person` changed: cancels their appointments if they are no longer a member or the ledger no
/// longer allows the checkout. Appointments that they can no longer give as a trainer go to another trainer who
/// offers that time, or are cancelled. The people concerned are notified. Part of the change that caused it.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let filter = Filter { open: true, after: Some(now), ..Filter::default() };
    let as_member = rows::list(tx.conn(), Filter { person: Some(person), ..filter }, AT_ONCE, now).await?;
    let as_trainer = rows::list(tx.conn(), Filter { trainer: Some(person), ..filter }, AT_ONCE, now).await?;
    if as_member.is_empty() && as_trainer.is_empty() {
        return Ok(());
    }
    let Some(them) = people::one(tx.conn(), person, now).await? else { return Ok(()) };
    let is_member_at = |at| rank(them.status, &them.ledger, at) >= Rank::Member;
    let is_member = is_member_at(now);
    let types = Types::load(tx.conn()).await?;
    for row in &as_member {
        let tell: &[PersonId] = if !is_member {
            &[row.trainer]
        } else if types.allow(&them.ledger, row.kind, row.starts.max(now)).is_err() {
            &[row.trainer, row.person]
        } else {
            continue;
        };
        call_off(tx, proof, row, tell, now).await?;
        let entry = record(tx, proof, row, now).await?;
        tx.followed(entry);
    }
    let teaches = |row: &&CheckoutRow| {
        let on = [Subject::Type(row.kind)];
        let at = row.starts.max(now);
        is_member_at(at)
            && [Relation::Trainer, Relation::Owner].iter().any(|&relation| them.ledger.holds(relation, &on, at))
    };
    let zone: Zone = settings::of_space(tx.conn()).await?.zone.parse().unwrap_or(Zone::UTC);
    for row in as_trainer.iter().filter(|row| !(is_member && teaches(row))) {
        let request = Request { person: row.person, kind: row.kind, instead_of: Some(row.id), zone, now };
        let other = offers(tx.conn(), request)
            .await?
            .offers
            .into_iter()
            .find(|offer| offer.span == row.span() && offer.trainer != person && offer.obstacle.is_none());
        match other {
            Some(other) => hand_on(tx, proof, row, other, now).await?,
            None => call_off(tx, proof, row, &[row.person, row.trainer], now).await?,
        }
        let entry = record(tx, proof, row, now).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// Upcoming appointments on `machine`; for a block only those within a day, because it may be lifted before the
/// others.
async fn coming_on(
    conn: &mut SqliteConnection,
    machine: MachineId,
    within_a_day: bool,
    now: Millis,
) -> Result<Vec<CheckoutRow>, StoreError> {
    let before = within_a_day.then(|| now.after(DAY));
    let filter = Filter { machine: Some(machine), open: true, after: Some(now), before, ..Filter::default() };
    let mut coming = rows::list(conn, filter, AT_ONCE, now).await?;
    // Running ones are not moved.
    coming.retain(|row| now < row.starts);
    Ok(coming)
}

/// Moves upcoming appointments on `machine` to another machine of its type that is free. If none is, those of an
/// archived machine (no `block`) are cancelled, and the others stay; both people are notified. Part of the job
/// that archives or blocks it.
pub(crate) async fn machine_lost(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    block: Option<BlockId>,
    now: Millis,
) -> Result<(), StoreError> {
    let coming = coming_on(tx.conn(), machine, block.is_some(), now).await?;
    if coming.is_empty() {
        return Ok(());
    }
    let zone: Zone = settings::of_space(tx.conn()).await?.zone.parse().unwrap_or(Zone::UTC);
    for row in coming {
        let other = free_machine(tx.conn(), row.kind, row.span(), Some(row.id), zone).await?;
        match other {
            Some(other) => {
                occupations::release(tx, Purpose::Appointment(row.id)).await?;
                rows::on_machine(tx, row.id, other).await?;
                take(tx, &row, (row.trainer, Some(other))).await?;
                tx.after_commit(ChangeEvent::Checkouts);
            }
            None => match block {
                None => call_off(tx, proof, &row, &[row.person, row.trainer], now).await?,
                Some(block) => {
                    for person in [row.person, row.trainer] {
                        notices::notify(tx, proof, person, Notice::Blocked { block, machine }, now).await?;
                    }
                    continue;
                }
            },
        }
        let entry = record(tx, proof, &row, now).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// `machines` are closed for `span`: cancels upcoming appointments on them with a notice to both people. Part of
/// the job that closes them; returns the cancelled time outside `span`, to be offered to the waiting list
/// afterwards.
pub(crate) async fn closed(
    tx: &mut WriteTx,
    proof: &Proof,
    machines: &[MachineId],
    span: Span,
    now: Millis,
) -> Result<Vec<(Resource, Span)>, StoreError> {
    let mut beside = Vec::new();
    for &machine in machines {
        let during = Filter {
            machine: Some(machine),
            open: true,
            after: Some(span.starts.max(now)),
            before: Some(span.ends),
            ..Filter::default()
        };
        for row in rows::list(tx.conn(), during, AT_ONCE, now).await? {
            // Running ones are not moved.
            if now < row.starts {
                cancel(tx, proof, &row, &[row.person, row.trainer], now).await?;
                changed(tx, Resource::Machine(machine)).await?;
                beside.extend(row.span().without(span).map(|left| (Resource::Machine(machine), left)));
                let entry = record(tx, proof, &row, now).await?;
                tx.followed(entry);
            }
        }
    }
    Ok(beside)
}

/// The block on `machine` was lifted: notifies people with an appointment on it soon. Part of the change that
/// lifts it.
pub(crate) async fn machine_back(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    block: BlockId,
    now: Millis,
) -> Result<(), StoreError> {
    for row in coming_on(tx.conn(), machine, true, now).await? {
        for person in [row.person, row.trainer] {
            notices::notify(tx, proof, person, Notice::Free { block, machine }, now).await?;
        }
    }
    Ok(())
}

/// `kind` is archived: cancels its checkouts. Part of the archiving job.
pub(crate) async fn type_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    kind: TypeId,
    now: Millis,
) -> Result<(), StoreError> {
    let filter = Filter { kind: Some(kind), open: true, after: Some(now), ..Filter::default() };
    for row in rows::list(tx.conn(), filter, AT_ONCE, now).await? {
        call_off(tx, proof, &row, &[row.person, row.trainer], now).await?;
        let entry = record(tx, proof, &row, now).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// Takes the time of an appointment for its member, and for the trainer and the machine that it is with now.
async fn take(
    tx: &mut WriteTx,
    row: &CheckoutRow,
    (trainer, machine): (PersonId, Option<MachineId>),
) -> Result<(), StoreError> {
    let machine = machine.map(Occupied::Machine);
    for whose in [Occupied::Person(trainer), Occupied::Person(row.person)].into_iter().chain(machine) {
        occupations::take(tx, whose, row.span(), Purpose::Appointment(row.id)).await?;
    }
    Ok(())
}

async fn record(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CheckoutRow,
    now: Millis,
) -> Result<store::audit::AuditEntry, StoreError> {
    let detail = json!({ "appointment": row.id, "type": row.kind, "starts": row.starts });
    audit::entry(tx, proof, now, "checkout.displaced", row.person, &detail).await
}

async fn call_off(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CheckoutRow,
    tell: &[PersonId],
    now: Millis,
) -> Result<(), StoreError> {
    cancel(tx, proof, row, tell, now).await?;
    freed(tx, proof, row, now).await
}

/// Like [`call_off`], without releasing its machine yet.
async fn cancel(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CheckoutRow,
    tell: &[PersonId],
    now: Millis,
) -> Result<(), StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    let decision = Decision { state: State::Cancelled, at: now, by, remark: None, retry: None };
    rows::decide(tx, row.id, &decision).await?;
    occupations::release(tx, Purpose::Appointment(row.id)).await?;
    for &person in tell {
        notices::notify_affected(tx, proof, person, notice(row, CheckoutNews::Cancelled, row.sequence), now)
            .await?;
    }
    tx.after_commit(ChangeEvent::Checkouts);
    Ok(())
}

/// The machine of `row` is released.
pub(super) async fn freed(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CheckoutRow,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(machine) = row.machine else { return Ok(()) };
    let resource = Resource::Machine(machine);
    tx.emit(proof, DomainEvent::TimeFreed { resource, span: row.span() }, now).await?;
    changed(tx, resource).await
}

/// Hands an appointment to another trainer at the same time, who must accept; notifies its member and the previous
/// trainer.
async fn hand_on(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &CheckoutRow,
    to: Offer,
    now: Millis,
) -> Result<(), StoreError> {
    let new = NewAppointment {
        person: row.person,
        trainer: to.trainer,
        kind: row.kind,
        machine: to.machine,
        span: to.span,
        state: State::Pending,
        at: now,
    };
    occupations::release(tx, Purpose::Appointment(row.id)).await?;
    rows::move_to(tx, row.id, &new).await?;
    // The offered time stays the same.
    take(tx, row, (to.trainer, to.machine)).await?;
    if row.machine != to.machine {
        freed(tx, proof, row, now).await?;
    }
    notices::notify_affected(tx, proof, row.person, notice(row, CheckoutNews::Moved, row.sequence + 1), now)
        .await?;
    notices::notify_affected(tx, proof, to.trainer, notice(row, CheckoutNews::Asked, row.sequence + 1), now)
        .await?;
    notices::notify_affected(tx, proof, row.trainer, notice(row, CheckoutNews::Cancelled, row.sequence), now)
        .await?;
    tx.after_commit(ChangeEvent::Checkouts);
    Ok(())
}
