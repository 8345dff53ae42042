//! What timers do to events: too few have accepted, invitations run out, people are reminded, and hosts are asked for results.
//!
//! Invariants: an event that lacks people at its deadline is cancelled before anybody else is invited to it. All invitations of
//! a queue that run out together end before any of their places is given away, so that it goes to who asked first.

use super::{
    effects,
    queue::{fill, news},
};
use crate::{Ctx, due::Due, notices};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    id::{RemarkId, TrainingEventId, TrainingRequestId, TypeId},
    live::ChangeEvent,
    notices::{EventNews, Notice},
    occupations::Purpose,
    time::{DAY, HOUR, MINUTE, Millis},
    training_events::{Aim, CancelCause, EventState, Outcome, PlaceState, RESULTS_UNTIL, UNDO, reminder},
};
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    occupations,
    training_events::{self as rows, Filter},
    training_requests as requests,
};

/// Events and places in one run, at most; the next run takes the others.
const AT_ONCE: u32 = 500;

/// An event or a place that is due.
#[derive(Debug, Clone, Copy)]
enum Item {
    /// Its deadline has passed: it is decided whether enough people come, once.
    Event(TrainingEventId),
    /// It is long over, without results.
    Over(TrainingEventId),
    /// Nobody answered some invitations of its queue.
    Unanswered(TypeId, Aim),
    /// Coming events have free places: people of its queue may be admitted again.
    Queue(TypeId, Aim),
}

/// Cancels events with too few people, ends unanswered invitations and invites the next in line, and sends reminders.
/// Returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let mut due = Due::default();
    let mut snapshot = ctx.store().snapshot().await?;
    let announced = Filter { state: Some(EventState::Announced), ..Filter::default() };
    let passed = Filter { past_deadline: Some(now), after: Some(now), ..announced };
    let passed = rows::list(&mut snapshot, passed, None, AT_ONCE).await?;
    due.over.extend(passed.into_iter().map(|event| Item::Event(event.id)));
    // Nobody writes their results any more.
    let forgotten = Filter { ended: Some(now.before(RESULTS_UNTIL)), ..announced };
    due.over.extend(
        rows::list(&mut snapshot, forgotten, None, AT_ONCE).await?.into_iter().map(|event| Item::Over(event.id)),
    );
    let notes = requests::closed_notes(&mut snapshot, now.before(UNDO)).await?;
    let unanswered = rows::unanswered(&mut snapshot, now).await?;
    let queues: BTreeSet<_> = unanswered.iter().map(|place| (place.kind, place.aim)).collect();
    due.over.extend(queues.into_iter().map(|(kind, aim)| Item::Unanswered(kind, aim)));
    let unfilled = rows::unfilled(&mut snapshot, now).await?;
    due.over.extend(unfilled.into_iter().map(|(kind, aim)| Item::Queue(kind, aim)));
    for one in rows::reminders(&mut snapshot, now, now.after(DAY + MINUTE)).await? {
        let Some(ahead) = reminder(one.span, one.since, now) else { continue };
        let what = if ahead <= HOUR { EventNews::Soon } else { EventNews::Tomorrow };
        let starts = one.span.starts;
        let notice = Notice::Event {
            news: what,
            event: one.event,
            on: one.kind,
            starts,
            sequence: one.sequence,
            at: starts,
        };
        due.remind(&mut snapshot, one.person, notice).await?;
    }
    let over = Filter { ended: Some(now), after: Some(now.before(RESULTS_UNTIL)), ..announced };
    for event in rows::list(&mut snapshot, over, None, AT_ONCE).await? {
        let Some(host) = event.host.filter(|_| event.accepted > 0) else { continue };
        let notice = news(&event, EventNews::ResultsDue, now);
        due.remind(&mut snapshot, host, notice).await?;
    }
    // Results that can still be undone notify nobody.
    for one in rows::settled(&mut snapshot, now.before(UNDO + DAY), now.before(UNDO)).await? {
        let what = if one.outcome == Outcome::NoShow { EventNews::Missed } else { EventNews::NotYet };
        let (starts, sequence) = (one.starts, one.sequence);
        let notice = Notice::Event { news: what, event: one.event, on: one.kind, starts, sequence, at: one.at };
        due.remind(&mut snapshot, one.person, notice).await?;
    }
    drop(snapshot);
    forget_notes(ctx, notes).await?;
    due.run(ctx, now, async move |tx, item| settle(tx, item, now).await).await
}

/// Deletes the notes of requests that were closed by results that cannot be undone any more.
async fn forget_notes(ctx: &Ctx, notes: Vec<(TrainingRequestId, RemarkId)>) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let forgotten = ctx.store().write::<_, StoreError, _>(async move |tx| {
        for (request, remark) in notes {
            effects::forget_note(tx, request, remark).await?;
        }
        Ok(Done::unaudited((), Unaudited::RunOut))
    });
    forgotten.await
}

async fn settle(tx: &mut WriteTx, item: Item, now: Millis) -> Result<Option<AuditEntry>, StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::HoldEvents, Target::NONE) else { return Ok(None) };
    match item {
        Item::Queue(kind, aim) => {
            let given = fill(tx, &proof, (kind, aim), now).await?;
            if given == 0 {
                return Ok(None);
            }
            let detail = json!({ "for": aim, "invited": given });
            let on = domain::qualifications::Subject::Type(kind);
            audit::entry(tx, &proof, now, "training-event.invited", on, &detail).await.map(Some)
        }
        Item::Over(event) => {
            let still = rows::find(tx.conn(), event, None).await?;
            let is_over = |event: &rows::StoredEvent| {
                event.state == EventState::Announced && event.span().ends <= now.before(RESULTS_UNTIL)
            };
            if !still.is_some_and(|event| is_over(&event)) {
                return Ok(None);
            }
            rows::complete(tx, event, now, None).await?;
            occupations::release(tx, Purpose::Event(event)).await?;
            tx.after_commit(ChangeEvent::TrainingEvents);
            audit::entry(tx, &proof, now, "training-event.closed", event, &json!({})).await.map(Some)
        }
        Item::Event(event) => {
            let still = rows::find(tx.conn(), event, None).await?;
            let is_due = |event: &rows::StoredEvent| {
                event.state == EventState::Announced && event.terms.deadline <= now && now < event.span().starts
            };
            let Some(row) = still.filter(is_due) else { return Ok(None) };
            if !row.terms.lacks_people(row.accepted, now) {
                // Places given up later do not call it off.
                rows::decide(tx, event, now).await?;
                let detail = json!({ "accepted": row.accepted });
                return audit::entry(tx, &proof, now, "training-event.decided", event, &detail).await.map(Some);
            }
            effects::cancel(tx, &proof, &row, (CancelCause::TooFew, None), now).await?;
            for entry in expire(tx, &proof, (row.kind, row.aim), now).await? {
                tx.followed(entry);
            }
            fill(tx, &proof, (row.kind, row.aim), now).await?;
            let detail = json!({ "cause": CancelCause::TooFew, "accepted": row.accepted });
            audit::entry(tx, &proof, now, "training-event.cancelled", event, &detail).await.map(Some)
        }
        Item::Unanswered(kind, aim) => {
            let mut entries = expire(tx, &proof, (kind, aim), now).await?.into_iter();
            let Some(first) = entries.next() else { return Ok(None) };
            for entry in entries {
                tx.followed(entry);
            }
            fill(tx, &proof, (kind, aim), now).await?;
            Ok(Some(first))
        }
    }
}

/// Ends the unanswered invitations of a queue; their places are free afterwards. Returns the audit entries.
async fn expire(
    tx: &mut WriteTx,
    proof: &Proof,
    what: (TypeId, Aim),
    now: Millis,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut entries = Vec::new();
    let unanswered = rows::unanswered(tx.conn(), now).await?;
    for place in unanswered.into_iter().filter(|place| (place.kind, place.aim) == what) {
        rows::set_state(tx, place.id, PlaceState::Expired, now).await?;
        occupations::release_person(tx, place.event, place.person).await?;
        if let Some(event) = rows::find(tx.conn(), place.event, None).await? {
            notices::notify(tx, proof, place.person, news(&event, EventNews::Lapsed, now), now).await?;
        }
        tx.after_commit(ChangeEvent::TrainingEvents);
        let detail = json!({ "event": place.event });
        entries.push(audit::entry(tx, proof, now, "training-event.expired", place.person, &detail).await?);
    }
    Ok(entries)
}
