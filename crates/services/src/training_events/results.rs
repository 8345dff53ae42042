//! Results: everybody present at once, and the ledger with them.
//!
//! **Invariants.** Results are written for everybody who had a place, or not at all; who passed is granted the relation in the
//! same job. They are written once: a second attempt finds the event completed. Not here: the ledger's rules
//! ([`crate::qualifications`]).

use super::{
    TrainingEventsError,
    eligible::{Ineligible, Kinds, admitted},
    hosted, open,
    places::open_request,
};
use crate::{change::Job, qualifications};
use contract::training_events::{ResultsForm, ResultsWritten};
use domain::{
    id::{EventPlaceId, TrainingEventId},
    live::ChangeEvent,
    names::Remark,
    occupations::{Occupied, Purpose},
    training_events::{EARLY, EventState, NOTE, Outcome, PlaceState, RequestState, UNDO},
};
use serde_json::json;
use std::collections::BTreeMap;
use store::{
    Done, StoreError, occupations, remarks,
    training_events::{self as rows, Attendee, StoredEvent},
    training_requests as requests,
};

/// Percent of a module that make it complete where nothing else is set.
pub(crate) const COMPLETE: u8 = domain::training::THRESHOLD;

pub(super) async fn write(
    job: &mut Job<'_>,
    event: TrainingEventId,
    form: ResultsForm,
) -> Result<Done<ResultsWritten>, TrainingEventsError> {
    let row = hosted(job, event).await?;
    open(&row)?;
    if job.now < row.span().starts.before(EARLY) {
        return Err(TrainingEventsError::Early);
    }
    let outcomes: BTreeMap<EventPlaceId, Outcome> =
        form.results.iter().map(|one| (one.place, one.outcome)).collect();
    let mut notes: BTreeMap<EventPlaceId, Remark<NOTE>> =
        form.notes.into_iter().filter_map(|one| Some((one.place, one.note?))).collect();
    let mut people = rows::attendees(job.tx.conn(), event, COMPLETE).await?;
    people.retain(|one| one.state == PlaceState::Accepted);
    if outcomes.keys().any(|place| people.iter().all(|one| one.place != *place)) {
        return Err(TrainingEventsError::UnknownPlace);
    }
    let open: Vec<_> = people.iter().filter(|one| !outcomes.contains_key(&one.place)).collect();
    if !open.is_empty() {
        let named = open.into_iter().map(|one| (one.place, one.name.clone().unwrap_or_default()));
        return Err(TrainingEventsError::Incomplete(named.collect()));
    }
    let (by, kinds) = (job.by().await?, Kinds::load(job.tx.conn()).await?);
    let mut sums = [0_u32; 3];
    for person in &people {
        let Some(outcome) = outcomes.get(&person.place).copied() else { continue };
        let note = notes.remove(&person.place).filter(|_| outcome == Outcome::Failed);
        let remark = job.remark(Some(person.person), by, note.as_ref()).await?;
        let counts = outcome == Outcome::NoShow && !is_needless(job, &kinds, &row, person).await?;
        rows::result(job.tx, person.place, (outcome, counts), remark).await?;
        settle(job, &row, person, outcome).await?;
        sums[outcome as usize] += 1;
    }
    rows::complete(job.tx, event, job.now, by).await?;
    occupations::release(job.tx, Purpose::Event(event)).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    let [passed, failed, missed] = sums;
    let written = ResultsWritten { passed, failed, missed, undo_until: job.zone.moment(job.now.after(UNDO)) };
    let detail = json!({ "passed": passed, "failed": failed, "missed": missed });
    job.audited(written, "training-event.results", event, &detail).await
}

/// Whether a person who did not come had qualified meanwhile: nobody waited for them.
async fn is_needless(
    job: &mut Job<'_>,
    kinds: &Kinds,
    row: &StoredEvent,
    person: &Attendee,
) -> Result<bool, StoreError> {
    let admitted = admitted(job.tx.conn(), kinds, person.person, (row.kind, row.aim), job.now).await?;
    Ok(admitted == Err(Ineligible::Qualified))
}

/// What a result means for one person: a grant, another try, or no more requests. Those who did not pass are notified, and in
/// line again, once the results cannot be undone ([`super::due`]).
async fn settle(
    job: &mut Job<'_>,
    row: &StoredEvent,
    person: &Attendee,
    outcome: Outcome,
) -> Result<(), TrainingEventsError> {
    let state = match outcome {
        Outcome::Passed => Some(RequestState::Fulfilled),
        // They keep their place in the queue, for the next event.
        Outcome::Failed => None,
        Outcome::NoShow => Some(RequestState::Closed),
    };
    if let Some((request, state)) = open_request(job, row, person.person).await?.zip(state) {
        rows::answers(job.tx, person.place, request).await?;
        // Its note stays as long as it can be opened again; the grant would close it without.
        requests::close(job.tx, request, state, job.now).await?;
    }
    if let (Outcome::Passed, Some(relation)) = (outcome, row.aim.relation()) {
        let whose = (person.person, row.kind);
        qualifications::grant_for_event(job, whose, relation).await.map_err(|why| match why {
            qualifications::QualificationsError::Store(why) => TrainingEventsError::Store(why),
            why => TrainingEventsError::Refused(person.name.clone().unwrap_or_default(), Box::new(why)),
        })?;
    }
    Ok(())
}

/// Undoes the results, for their author and for a short time.
pub(super) async fn undo(job: &mut Job<'_>, event: TrainingEventId) -> Result<Done<()>, TrainingEventsError> {
    let row = hosted(job, event).await?;
    let written = row.completed.filter(|_| row.state == EventState::Completed);
    let written = written.ok_or(TrainingEventsError::NoResults)?;
    if row.completed_by.is_none() || row.completed_by != job.actor.person() {
        return Err(TrainingEventsError::OtherResults);
    }
    if job.now > written.after(UNDO) {
        return Err(TrainingEventsError::UndoLate);
    }
    if rows::is_relied_on(job.tx.conn(), event, written).await? {
        return Err(TrainingEventsError::UndoUsed);
    }
    let people = rows::attendees(job.tx.conn(), event, COMPLETE).await?;
    for person in people.iter().filter(|one| one.outcome.is_some()) {
        take_back(job, &row, person, written).await?;
    }
    rows::take_back_results(job.tx, event).await?;
    for remark in people.iter().filter_map(|one| one.remark) {
        remarks::forget(job.tx, remark).await?;
    }
    rows::reopen(job.tx, event, job.now).await?;
    if job.now < row.span().ends {
        take_again(job, &row, &people).await?;
    }
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    job.audited((), "training-event.results-undone", event, &json!({})).await
}

/// Undoes the effects of a result on one person. Their request is in the queue again.
async fn take_back(
    job: &mut Job<'_>,
    row: &StoredEvent,
    person: &Attendee,
    written: domain::time::Millis,
) -> Result<(), TrainingEventsError> {
    if person.outcome == Some(Outcome::Passed)
        && let Some(relation) = row.aim.relation()
        && !qualifications::take_back(job, (person.person, row.kind), relation, written).await?
    {
        return Err(TrainingEventsError::UndoUsed);
    }
    let closed = matches!(person.outcome, Some(Outcome::Passed | Outcome::NoShow));
    if let Some(request) = person.request.filter(|_| closed) {
        requests::reopen(job.tx, request).await?;
    }
    Ok(())
}

/// Occupies the time of a running event again, as far as it is still free: everybody is there in any case.
async fn take_again(job: &mut Job<'_>, row: &StoredEvent, people: &[Attendee]) -> Result<(), StoreError> {
    let here = people.iter().filter(|one| one.state == PlaceState::Accepted).map(|one| one.person);
    let persons = row.host.into_iter().chain(here).map(Occupied::Person);
    let resources = row.resources.iter().map(|taken| Occupied::from(taken.resource));
    for whose in persons.chain(resources) {
        match occupations::take(job.tx, whose, row.span(), Purpose::Event(row.id)).await {
            Ok(()) | Err(StoreError::Overlap(_)) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}
