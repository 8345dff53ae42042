//! Places: people sign up and leave, and answer invitations.
//!
//! Invariant: an accepted place occupies its person's time, and no other does. Whatever gives a place up fills it at once
//! ([`super::queue`]). Not here: results.

use super::{
    Kinds, TakenTime, TrainingEventsError, admitted, announced,
    queue::{fill, news},
    stored,
};
use crate::change::Job;
use contract::training_events::{SignedUp, WalkIn};
use domain::{
    actor::Forbidden,
    id::{EventPlaceId, PersonId, TrainingEventId},
    live::ChangeEvent,
    notices::EventNews,
    occupations::{Occupied, Purpose},
    training_events::{EARLY, PlaceState},
};
use serde_json::json;
use store::{
    Done, StoreError, occupations, people,
    training_events::{self as rows, FoundPlace, NewPlace, StoredEvent},
    training_requests as requests,
};

/// Gives the caller a place, or an entry on the waiting list if all places are held.
pub(super) async fn sign_up(
    job: &mut Job<'_>,
    event: TrainingEventId,
) -> Result<Done<SignedUp>, TrainingEventsError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    let row = stored(job.tx.conn(), event, Some(person)).await?;
    announced(&row, job.now)?;
    if row.host == Some(person) {
        return Err(TrainingEventsError::Own);
    }
    let known = rows::place_of(job.tx.conn(), event, person).await?;
    match known.as_ref().map(|known| known.state) {
        Some(PlaceState::Accepted) => return signed_up(job, &row, person).await,
        Some(PlaceState::Waiting) if row.free() == 0 => return signed_up(job, &row, person).await,
        Some(PlaceState::Sent) => {}
        _ if row.terms.deadline <= job.now => return Err(TrainingEventsError::Closed),
        _ => {}
    }
    let kinds = Kinds::load(job.tx.conn()).await?;
    admitted(job.tx.conn(), &kinds, person, (row.kind, row.aim), row.terms.span.starts).await??;
    if rows::holds_elsewhere(job.tx.conn(), event, person).await? {
        return Err(TrainingEventsError::Elsewhere);
    }
    let holds = known.as_ref().is_some_and(|known| known.state == PlaceState::Sent);
    let state = if holds || row.free() > 0 { PlaceState::Accepted } else { PlaceState::Waiting };
    if state == PlaceState::Accepted {
        occupy(job, &row, person).await?;
    }
    let request = open_request(job, &row, person).await?;
    match known {
        Some(known) if known.state == PlaceState::Sent => {
            rows::set_state(job.tx, known.id, PlaceState::Accepted, job.now).await?;
        }
        Some(known) => rows::sign_up_again(job.tx, known.id, state, request, job.now).await?,
        None => {
            let new = NewPlace { event, person, request, state, at: job.now, answer_by: None, walk_in: false };
            rows::add_place(job.tx, &new).await?;
        }
    }
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    signed_up(job, &row, person).await
}

async fn signed_up(
    job: &mut Job<'_>,
    row: &StoredEvent,
    person: PersonId,
) -> Result<Done<SignedUp>, TrainingEventsError> {
    let place = rows::place_of(job.tx.conn(), row.id, person).await?.ok_or(TrainingEventsError::NoPlace)?;
    let position = (place.state == PlaceState::Waiting).then_some(place.before + 1);
    let answer = SignedUp { state: place.state, position };
    let detail = json!({ "event": row.id, "state": place.state });
    job.audited(answer, "training-event.signed-up", person, &detail).await
}

/// The open request of `person` that the event answers.
pub(super) async fn open_request(
    job: &mut Job<'_>,
    row: &StoredEvent,
    person: PersonId,
) -> Result<Option<domain::id::TrainingRequestId>, StoreError> {
    let theirs = requests::of_person(job.tx.conn(), person).await?;
    Ok(theirs.into_iter().find(|(_, kind, aim, _)| (*kind, *aim) == (row.kind, row.aim)).map(|(id, ..)| id))
}

/// Occupies the time of an event for a person who comes.
async fn occupy(job: &mut Job<'_>, row: &StoredEvent, person: PersonId) -> Result<(), TrainingEventsError> {
    let taken = rows::occupied(job.tx.conn(), (Some(person), None), row.span(), None).await?;
    if let Some(first) = taken.first() {
        let moment = |at| job.zone.moment(at);
        let time =
            TakenTime { name: None, starts: moment(first.starts), ends: moment(first.ends), now: moment(job.now) };
        return Err(TrainingEventsError::Busy(Box::new(time)));
    }
    occupations::take(job.tx, Occupied::Person(person), row.span(), Purpose::Event(row.id)).await?;
    Ok(())
}

/// Gives up the place of the caller, or their waiting entry.
pub(super) async fn leave(job: &mut Job<'_>, event: TrainingEventId) -> Result<Done<()>, TrainingEventsError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    let row = stored(job.tx.conn(), event, Some(person)).await?;
    announced(&row, job.now)?;
    let place = rows::place_of(job.tx.conn(), event, person).await?;
    let place = place.filter(|place| place.state.is_open()).ok_or(TrainingEventsError::NoPlace)?;
    let state = if place.state == PlaceState::Sent { PlaceState::Declined } else { PlaceState::Cancelled };
    give_up(job, &place, state).await?;
    job.audited((), "training-event.left", person, &json!({ "event": event, "before": place.state })).await
}

/// Ends a place or a waiting entry, and gives the place to the next in line.
async fn give_up(job: &mut Job<'_>, place: &FoundPlace, state: PlaceState) -> Result<(), TrainingEventsError> {
    rows::set_state(job.tx, place.id, state, job.now).await?;
    occupations::release_person(job.tx, place.event, place.person).await?;
    fill(job.tx, &job.proof, (place.kind, place.aim), job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    Ok(())
}

/// An unanswered invitation of the caller.
async fn invitation(job: &mut Job<'_>, place: EventPlaceId) -> Result<FoundPlace, TrainingEventsError> {
    let found = rows::place(job.tx.conn(), place).await?;
    let found = found.filter(|found| Some(found.person) == job.actor.person() && found.invited.is_some());
    let found = found.ok_or(TrainingEventsError::NoInvitation)?;
    // It may have run out before the timer noticed.
    let is_open = found.state == PlaceState::Sent && found.answer_by.is_some_and(|until| job.now < until);
    if is_open { Ok(found) } else { Err(TrainingEventsError::Answered) }
}

pub(super) async fn accept(job: &mut Job<'_>, place: EventPlaceId) -> Result<Done<()>, TrainingEventsError> {
    let found = invitation(job, place).await?;
    let row = stored(job.tx.conn(), found.event, Some(found.person)).await?;
    announced(&row, job.now)?;
    occupy(job, &row, found.person).await?;
    rows::set_state(job.tx, place, PlaceState::Accepted, job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    job.audited((), "training-event.accepted", found.person, &json!({ "event": found.event })).await
}

pub(super) async fn decline(job: &mut Job<'_>, place: EventPlaceId) -> Result<Done<()>, TrainingEventsError> {
    let found = invitation(job, place).await?;
    give_up(job, &found, PlaceState::Declined).await?;
    job.audited((), "training-event.declined", found.person, &json!({ "event": found.event })).await
}

/// Adds a person who is present without a place.
pub(super) async fn walk_in(
    job: &mut Job<'_>,
    event: TrainingEventId,
    form: WalkIn,
) -> Result<Done<()>, TrainingEventsError> {
    let row = super::hosted(job, event).await?;
    if job.now < row.terms.span.starts.before(EARLY) {
        return Err(TrainingEventsError::Early);
    }
    super::open(&row)?;
    let called = people::called(job.tx.conn(), form.person.as_str()).await?;
    let [(person, _)] = called.as_slice() else { return Err(TrainingEventsError::Person) };
    let person = *person;
    if row.host == Some(person) || job.actor.person() == Some(person) {
        return Err(TrainingEventsError::Own);
    }
    let kinds = Kinds::load(job.tx.conn()).await?;
    admitted(job.tx.conn(), &kinds, person, (row.kind, row.aim), job.now).await??;
    // They are trained now: a place at a later date, or an invitation to it, goes to the next in line.
    for other in rows::places_of_person(job.tx.conn(), person).await? {
        if other.event != event && (other.kind, other.aim) == (row.kind, row.aim) && job.now < other.starts {
            drop_place(job.tx, &job.proof, &other, (true, job.now)).await?;
        }
    }
    match rows::place_of(job.tx.conn(), event, person).await? {
        Some(place) if place.state == PlaceState::Accepted => {}
        Some(place) => rows::came_anyway(job.tx, place.id, job.now).await?,
        None => {
            let request = open_request(job, &row, person).await?;
            let state = PlaceState::Accepted;
            let new = NewPlace { event, person, request, state, at: job.now, answer_by: None, walk_in: true };
            rows::add_place(job.tx, &new).await?;
        }
    }
    fill(job.tx, &job.proof, (row.kind, row.aim), job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    job.audited((), "training-event.walked-in", person, &json!({ "event": event })).await
}

/// Ends a place of a person who may not come any more, in the job that changed their standing.
pub(super) async fn drop_place(
    tx: &mut store::WriteTx,
    proof: &domain::actor::Proof,
    place: &FoundPlace,
    (is_notified, now): (bool, domain::time::Millis),
) -> Result<(), StoreError> {
    rows::set_state(tx, place.id, PlaceState::Cancelled, now).await?;
    occupations::release_person(tx, place.event, place.person).await?;
    if let Some(event) = rows::find(tx.conn(), place.event, None).await?
        && is_notified
    {
        crate::notices::notify(tx, proof, place.person, news(&event, EventNews::Dropped, now), now).await?;
    }
    tx.after_commit(ChangeEvent::TrainingEvents);
    Ok(())
}
