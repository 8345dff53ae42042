//! What happens to events, places and requests when something else changes: a standing, a type, a machine, a room.
//!
//! Invariant: nobody loses a place, a request or an event without a notice, except by their own decision. Each is part of
//! the job that caused it, with audit entries of its own.

use super::{
    eligible::{Ineligible, Kinds, may_host},
    places::drop_place,
    queue::{fill, news},
};
use crate::{bookings::changed, notices};
use domain::{
    actor::Proof,
    bookings::Resource,
    events::DomainEvent,
    id::{PersonId, RemarkId, TrainingRequestId, TypeId},
    live::ChangeEvent,
    notices::EventNews,
    occupations::{Purpose, Span},
    people::PersonStatus,
    time::Millis,
    training_events::{Aim, CancelCause, EventState, PlaceState, RequestState},
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    StoreError, WriteTx, audit, occupations, people, remarks,
    training_events::{self as rows, Filter, StoredEvent},
    training_requests as requests,
};

/// Events that one change concerns, at most.
const AT_ONCE: u32 = 1_000;

/// Cancels an announced event: its places end, its time is free, and everybody concerned is notified. Requests are in the queue
/// again, where they were: the caller fills it once no further event is to be cancelled.
pub(super) async fn cancel(
    tx: &mut WriteTx,
    proof: &Proof,
    event: &StoredEvent,
    (cause, remark): (CancelCause, Option<RemarkId>),
    now: Millis,
) -> Result<(), StoreError> {
    let places = rows::open_places(tx.conn(), event.id).await?;
    rows::cancel(tx, event.id, cause, remark, now).await?;
    let what = if cause == CancelCause::TooFew { EventNews::TooFew } else { EventNews::Cancelled };
    let notice = news(event, what, now);
    for place in &places {
        rows::set_state(tx, place.id, PlaceState::Cancelled, now).await?;
    }
    for person in places.iter().map(|place| place.person).chain(event.host) {
        if cause == CancelCause::Decided {
            notices::notify(tx, proof, person, notice, now).await?;
        } else {
            // It follows from an act that was not about the event.
            notices::notify_affected(tx, proof, person, notice, now).await?;
        }
    }
    occupations::release(tx, Purpose::Event(event.id)).await?;
    for taken in &event.resources {
        let resource = taken.resource;
        tx.emit(proof, DomainEvent::TimeFreed { resource, span: event.span() }, now).await?;
        changed(tx, resource).await?;
    }
    tx.after_commit(ChangeEvent::TrainingEvents);
    Ok(())
}

/// Cancels events for a reason other than a decision, with audit entries that follow that of the cause. Only then are the
/// people of all of them invited to others.
async fn cancel_because(
    tx: &mut WriteTx,
    proof: &Proof,
    events: &[StoredEvent],
    cause: CancelCause,
    now: Millis,
) -> Result<(), StoreError> {
    let mut freed: BTreeSet<(TypeId, Aim)> = BTreeSet::new();
    for event in events {
        cancel(tx, proof, event, (cause, None), now).await?;
        let detail = json!({ "cause": cause, "starts": event.span().starts });
        let entry = audit::entry(tx, proof, now, "training-event.cancelled", event.id, &detail).await?;
        tx.followed(entry);
        freed.insert((event.kind, event.aim));
    }
    for what in freed {
        fill(tx, proof, what, now).await?;
    }
    Ok(())
}

/// Announced events that have not begun.
async fn coming(tx: &mut WriteTx, filter: Filter<'_>, now: Millis) -> Result<Vec<StoredEvent>, StoreError> {
    let filter = Filter { state: Some(EventState::Announced), after: Some(now), ..filter };
    let mut events = rows::list(tx.conn(), filter, None, AT_ONCE).await?;
    events.retain(|event| now < event.span().starts);
    Ok(events)
}

/// The standing of `person` changed: their events are cancelled if they may not hold them any more, their places end where
/// they are not admitted any more, and requests that have become pointless are closed.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let mut unhosted = Vec::new();
    for event in coming(tx, Filter { host: Some(person), ..Filter::default() }, now).await? {
        if !may_host(tx.conn(), person, (event.kind, event.aim), event.span().starts).await? {
            unhosted.push(event);
        }
    }
    cancel_because(tx, proof, &unhosted, CancelCause::Host, now).await?;
    let places = rows::places_of_person(tx.conn(), person).await?;
    let requests = requests::of_person(tx.conn(), person).await?;
    if places.is_empty() && requests.is_empty() {
        return Ok(());
    }
    let Some((status, ledger)) = people::standing(tx.conn(), person).await? else { return Ok(()) };
    let kinds = Kinds::load(tx.conn()).await?;
    let mut freed = BTreeSet::new();
    for place in places.iter().filter(|place| now < place.starts) {
        let what = (place.kind, place.aim);
        let why = match kinds.admits((status, &ledger), what, place.starts) {
            Ok(()) => continue,
            Err(why) => why,
        };
        // People who passed elsewhere may still come, but nobody awaits their answer.
        if why == Ineligible::Qualified && place.state == PlaceState::Accepted {
            continue;
        }
        let is_notified = status == PersonStatus::Active && why != Ineligible::Qualified;
        drop_place(tx, proof, place, (is_notified, now)).await?;
        let detail = json!({ "event": place.event, "before": place.state });
        let entry = audit::entry(tx, proof, now, "training-event.dropped", person, &detail).await?;
        tx.followed(entry);
        freed.insert(what);
    }
    for (request, kind, aim, remark) in requests {
        let state = match kinds.admits((status, &ledger), (kind, aim), now) {
            Err(Ineligible::Qualified) => RequestState::Fulfilled,
            Err(Ineligible::NoMember) if status == PersonStatus::Left => RequestState::Closed,
            // A suspension ends, and so do bans and missing requirements: they keep their place in the queue.
            _ => continue,
        };
        close(tx, (request, remark), state, now).await?;
    }
    for what in freed {
        fill(tx, proof, what, now).await?;
    }
    Ok(())
}

/// Closes a request; its note is deleted.
pub(crate) async fn close(
    tx: &mut WriteTx,
    (request, remark): (TrainingRequestId, Option<RemarkId>),
    state: RequestState,
    now: Millis,
) -> Result<(), StoreError> {
    requests::close(tx, request, state, now).await?;
    if let Some(remark) = remark {
        forget_note(tx, request, remark).await?;
    }
    tx.after_commit(ChangeEvent::TrainingEvents);
    Ok(())
}

/// Deletes the note of a closed request.
pub(super) async fn forget_note(
    tx: &mut WriteTx,
    request: TrainingRequestId,
    remark: RemarkId,
) -> Result<(), StoreError> {
    requests::drop_note(tx, request).await?;
    remarks::forget(tx, remark).await
}

/// `person` is about to be erased: they hold nothing, come nowhere, and ask for nothing.
pub(crate) async fn erased(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let hosted = coming(tx, Filter { host: Some(person), ..Filter::default() }, now).await?;
    cancel_because(tx, proof, &hosted, CancelCause::Host, now).await?;
    let mut freed: BTreeSet<(TypeId, Aim)> = BTreeSet::new();
    for place in rows::places_of_person(tx.conn(), person).await? {
        drop_place(tx, proof, &place, (false, now)).await?;
        freed.insert((place.kind, place.aim));
    }
    for (request, _, _, remark) in requests::of_person(tx.conn(), person).await? {
        close(tx, (request, remark), RequestState::Closed, now).await?;
    }
    for what in freed {
        fill(tx, proof, what, now).await?;
    }
    Ok(())
}

/// `kind` is archived: its events are cancelled, and its requests closed.
pub(crate) async fn type_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    kind: TypeId,
    now: Millis,
) -> Result<(), StoreError> {
    for request in requests::of_type(tx.conn(), kind).await? {
        close(tx, request, RequestState::Closed, now).await?;
    }
    let events = coming(tx, Filter { kind: Some(kind), ..Filter::default() }, now).await?;
    cancel_because(tx, proof, &events, CancelCause::Equipment, now).await
}

/// A machine or a room is archived: events that take it are cancelled.
pub(crate) async fn resource_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    resource: Resource,
    now: Millis,
) -> Result<(), StoreError> {
    let events = coming(tx, Filter { taking: Some(resource), ..Filter::default() }, now).await?;
    cancel_because(tx, proof, &events, CancelCause::Equipment, now).await
}

/// Machines and rooms are closed for `span`: events on them that have not begun are cancelled.
pub(crate) async fn closed(
    tx: &mut WriteTx,
    proof: &Proof,
    resources: &[Resource],
    span: Span,
    now: Millis,
) -> Result<(), StoreError> {
    for &resource in resources {
        let during = Filter { taking: Some(resource), before: Some(span.ends), ..Filter::default() };
        let mut events = coming(tx, during, now).await?;
        events.retain(|event| event.span().overlaps(span));
        cancel_because(tx, proof, &events, CancelCause::Equipment, now).await?;
    }
    Ok(())
}
