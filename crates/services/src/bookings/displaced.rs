//! Bookings that can no longer stand: the holder lost access, the machine was archived, or the time was closed.
//!
//! Invariant: a booking is displaced in the job of the change that causes it, and its holder is notified there.
//! Not here: what timers do to bookings ([`super::due`]).

use super::{
    changed,
    facts::{is_to_come, left_to_others, personal},
    news_of, rows,
    settle::settle,
};
use crate::notices;
use domain::{
    access::{Reason, Trace, lapses, trace},
    actor::{Proof, Rank, rank},
    bookings::{Resource, State},
    events::DomainEvent,
    id::{GroupId, MachineId, PersonId},
    live::ChangeEvent,
    notices::{BookingNews, Notice, SeriesNews},
    occupations::{Purpose, Span},
    time::Millis,
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    StoreError, WriteTx, access, audit,
    bookings::{BookingRow, Decision, Filter, Holder},
    occupations, people, remarks, rooms, series,
};

/// Bookings of one person, or of one machine, at most.
const AT_ONCE: u32 = 2_000;

/// The standing of `person` changed: cancels bookings that they may no longer use, with a notice. A hold cancels
/// nothing, because it may be lifted before. Bookings of groups stay: another admin answers for them. Part of the change
/// that caused it.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(them) = people::one(tx.conn(), person, now).await? else { return Ok(()) };
    let is_member = rank(them.status, &them.ledger, now) >= Rank::Member;
    let filter = Filter { person: Some(person), holding: true, after: Some(now), ..Filter::default() };
    let theirs = rows::list(tx.conn(), filter, AT_ONCE).await?;
    if theirs.is_empty() {
        return Ok(());
    }
    let by = people::alias_of(tx, proof, now).await?;
    for row in theirs {
        if row.group.is_some() {
            if !is_member {
                pass_on(tx, proof, &row, person, now).await?;
            }
            continue;
        }
        if is_member && may_use(tx, &row, now).await? {
            share(tx, proof, &row, now).await?;
            continue;
        }
        let state = match row.state {
            state if is_to_come(state) => State::Cancelled,
            _ if is_member => continue,
            _ => State::Completed,
        };
        let decision = Decision { state, at: now, by, remark: None, late: false };
        settle(tx, proof, &row, decision).await?;
        note(tx, proof, &row, decision, state == State::Cancelled).await?;
    }
    Ok(())
}

/// `person` is no longer an admin of `group`: another one answers for its bookings. Part of the change that caused it.
pub(crate) async fn stepped_down(
    tx: &mut WriteTx,
    proof: &Proof,
    (group, person): (GroupId, PersonId),
    now: Millis,
) -> Result<(), StoreError> {
    let filter =
        Filter { person: Some(person), group: Some(group), holding: true, after: Some(now), ..Filter::default() };
    for row in rows::list(tx.conn(), filter, AT_ONCE).await? {
        pass_on(tx, proof, &row, person, now).await?;
    }
    Ok(())
}

/// `person` is an admin of `group` now: they answer for bookings for which nobody does. Part of the change that caused it.
pub(crate) async fn stepped_up(
    tx: &mut WriteTx,
    proof: &Proof,
    (group, person): (GroupId, PersonId),
    now: Millis,
) -> Result<(), StoreError> {
    let filter = Filter { group: Some(group), holding: true, after: Some(now), ..Filter::default() };
    for row in rows::list(tx.conn(), filter, AT_ONCE).await?.iter().filter(|row| row.person.is_none()) {
        hand_on(tx, proof, row, Some(person), now).await?;
    }
    Ok(())
}

/// Passes a group's booking from `person` to its first other active admin, or to nobody if there is none.
async fn pass_on(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let admins = rows::recipients(tx.conn(), row.holder()).await?;
    let next = admins.into_iter().filter(|admin| *admin != person).min();
    hand_on(tx, proof, row, next, now).await
}

/// Makes `next` answer for a group's booking.
async fn hand_on(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    next: Option<PersonId>,
    now: Millis,
) -> Result<(), StoreError> {
    rows::pass_on(tx, row.id, next).await?;
    changed(tx, row.resource()).await?;
    let detail = json!({ "booking": row.id, "starts": row.starts });
    let entry = audit::entry(tx, proof, now, "booking.passed-on", row.subject(), &detail).await?;
    tx.followed(entry);
    Ok(())
}

/// `group` is archived: cancels its bookings, with a notice to its admins for each, and one for all dates of a series. Part of the
/// archiving job.
pub(crate) async fn group_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    group: GroupId,
    now: Millis,
) -> Result<(), StoreError> {
    let filter = Filter { group: Some(group), holding: true, after: Some(now), ..Filter::default() };
    let cancelled = end_all(tx, proof, filter, now).await?;
    let ended: BTreeSet<_> = cancelled.iter().filter_map(|row| row.series).collect();
    for row in cancelled.iter().filter(|row| row.series.is_none()) {
        notify_of(tx, proof, row, now).await?;
    }
    let admins = rows::recipients(tx.conn(), Holder { person: None, group: Some(group) }).await?;
    for id in ended {
        let Some(one) = series::one(tx.conn(), id).await? else { continue };
        let resource = one.resource();
        let notice = Notice::Series { news: SeriesNews::Ended, series: id, resource, at: now };
        for admin in &admins {
            notices::notify_affected(tx, proof, *admin, notice, now).await?;
        }
    }
    Ok(())
}

/// `machine` is archived: cancels its bookings with a notice to their holders. Part of the archiving job.
pub(crate) async fn machine_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    now: Millis,
) -> Result<(), StoreError> {
    let resource = Resource::Machine(machine);
    let filter = Filter { resource: Some(resource), holding: true, after: Some(now), ..Filter::default() };
    for row in end_all(tx, proof, filter, now).await? {
        notify_of(tx, proof, &row, now).await?;
    }
    Ok(())
}

/// Cancels the upcoming ones of these bookings and completes the others. Returns those that it cancelled, of which nobody is notified
/// yet.
async fn end_all(
    tx: &mut WriteTx,
    proof: &Proof,
    filter: Filter,
    now: Millis,
) -> Result<Vec<BookingRow>, StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    let mut cancelled = Vec::new();
    for row in rows::list(tx.conn(), filter, AT_ONCE).await? {
        let state = if is_to_come(row.state) { State::Cancelled } else { State::Completed };
        let decision = Decision { state, at: now, by, remark: None, late: false };
        settle(tx, proof, &row, decision).await?;
        note(tx, proof, &row, decision, false).await?;
        if state == State::Cancelled {
            cancelled.push(row);
        }
    }
    Ok(cancelled)
}

/// Cancels bookings of `resource` and of the machines in it within `span`, for a closure in the same job. A
/// booking of the room around a closed machine stays, without the machine: closing a machine does not decide about
/// its room. Each cancelled booking has the reason `why`, and all who could use it are notified. Returns the cancelled time outside
/// `span`, to be offered to the waiting list once the closure is made.
pub(crate) async fn call_off(
    tx: &mut WriteTx,
    proof: &Proof,
    (resource, span): (Resource, Span),
    why: Option<&str>,
    now: Millis,
) -> Result<Vec<(Resource, Span)>, StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    let mut beside = Vec::new();
    for booking in rows::in_the_way(tx.conn(), resource, span).await? {
        let Some(row) = rows::one(tx.conn(), booking).await? else { continue };
        if let (Resource::Machine(machine), Some(_)) = (resource, row.room) {
            occupations::release_machine(tx, row.id, machine).await?;
            changed(tx, resource).await?;
            beside.extend(row.span().without(span).map(|left| (resource, left)));
            continue;
        }
        let state = if is_to_come(row.state) { State::Cancelled } else { State::Completed };
        let remark = match why {
            Some(why) => {
                let about = row.person.filter(|_| row.group.is_none());
                Some(remarks::write(tx, about, by, why, now).await?)
            }
            None => None,
        };
        let decision = Decision { state, at: now, by, remark, late: false };
        rows::decide(tx, (row.id, row.state), &decision).await?;
        occupations::release(tx, Purpose::Booking(row.id)).await?;
        changed(tx, row.resource()).await?;
        // Also of one that is in use: it ends. Members of a group come to it as its admins do.
        for person in rows::users(tx.conn(), row.holder()).await? {
            notices::notify_affected(tx, proof, person, news_of(BookingNews::Cancelled, &row), now).await?;
        }
        note(tx, proof, &row, decision, false).await?;
        beside.extend(row.span().without(span).map(|left| (row.resource(), left)));
    }
    Ok(beside)
}

/// Audits the decision about the booking `row`, and notifies its holder of the cancellation where that is due: also the author of the
/// change, which was about something else.
async fn note(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    Decision { state, at, .. }: Decision,
    tells: bool,
) -> Result<(), StoreError> {
    if tells {
        notify_of(tx, proof, row, at).await?;
    }
    let detail = json!({ "booking": row.id, "state": state, "starts": row.starts });
    let entry = audit::entry(tx, proof, at, "booking.displaced", row.subject(), &detail).await?;
    tx.followed(entry);
    Ok(())
}

/// Notifies the holder of the cancellation of `row`.
async fn notify_of(tx: &mut WriteTx, proof: &Proof, row: &BookingRow, at: Millis) -> Result<(), StoreError> {
    for person in rows::recipients(tx.conn(), row.holder()).await? {
        notices::notify_affected(tx, proof, person, news_of(BookingNews::Cancelled, row), at).await?;
    }
    Ok(())
}

/// Releases machines in a room that its holder may no longer use: first to the waiting list.
async fn share(tx: &mut WriteTx, proof: &Proof, row: &BookingRow, now: Millis) -> Result<(), StoreError> {
    let Some(room) = row.room else { return Ok(()) };
    let inside = rooms::machines(tx.conn(), room).await?;
    for machine in left_to_others(tx.conn(), &inside, row.holder(), row.span(), now).await? {
        if occupations::release_machine(tx, row.id, machine).await? {
            let freed = DomainEvent::TimeFreed { resource: Resource::Machine(machine), span: row.span() };
            tx.emit(proof, freed, now).await?;
            tx.after_commit(ChangeEvent::Machine(machine));
        }
    }
    Ok(())
}

/// Whether the holder may still use the resource for the whole booking. Holds, training and documents are ignored, because
/// they may end before.
async fn may_use(tx: &mut WriteTx, row: &BookingRow, now: Millis) -> Result<bool, StoreError> {
    let (Some(machine), Some(person)) = (row.machine, row.person) else { return Ok(true) };
    let within = Span { starts: row.starts.max(now), ends: row.ends };
    let Some(request) = access::load_facts(tx.conn(), machine, person, within.starts).await? else {
        return Ok(false);
    };
    let may_pass = |reason: &Reason| {
        matches!(reason, Reason::OnHold { .. } | Reason::TrainingLapsed(_) | Reason::DocumentUnsigned { .. })
    };
    let is_barred = |trace: &Trace| !personal(trace).iter().all(may_pass);
    Ok(!is_barred(&trace(&request.facts, within.starts)) && lapses(&request.facts, within, is_barred).is_empty())
}
