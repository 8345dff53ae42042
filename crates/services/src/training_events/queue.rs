//! The queue: free places go to the next in line, at once and in the order of asking.
//!
//! **Invariants.** Whatever frees a place or lengthens a queue calls [`fill`] in the same job, so no place stays free while
//! anybody waits for it. People whose standing does not admit them are passed over and keep their place in the queue. Not
//! here: the order itself ([`domain::training_events::line_up`]).

use super::eligible::{Kinds, admitted};
use crate::notices;
use domain::{
    actor::Proof,
    id::{PersonId, TrainingEventId, TypeId},
    live::ChangeEvent,
    notices::{EventNews, Notice},
    occupations::{Occupied, Purpose},
    time::Millis,
    training_events::{Aim, InLine, PlaceState, line_up},
};
use store::{
    StoreError, WriteTx, occupations, settings,
    training_events::{self as rows, StoredEvent},
    training_requests as requests,
};

/// The notice about an event, for what happened at `at`.
pub(super) fn news(event: &StoredEvent, news: EventNews, at: Millis) -> Notice {
    Notice::Event {
        news,
        event: event.id,
        on: event.kind,
        starts: event.terms.span.starts,
        sequence: event.sequence,
        at,
    }
}

/// Gives the free places of coming events for `aim` on `kind` to the next in line, the next event first. Returns how many.
pub(crate) async fn fill(
    tx: &mut WriteTx,
    proof: &Proof,
    (kind, aim): (TypeId, Aim),
    now: Millis,
) -> Result<u32, StoreError> {
    let mut given = 0;
    let events = rows::with_free_places(tx.conn(), kind, aim, now).await?;
    if events.is_empty() {
        return Ok(given);
    }
    let days = settings::of_space(tx.conn()).await?.events.answer_days;
    let kinds = Kinds::load(tx.conn()).await?;
    for event in events {
        given += fill_one(tx, proof, (&kinds, days), event, now).await?;
    }
    Ok(given)
}

async fn fill_one(
    tx: &mut WriteTx,
    proof: &Proof,
    (kinds, days): (&Kinds, u16),
    event: TrainingEventId,
    now: Millis,
) -> Result<u32, StoreError> {
    let Some(event) = rows::find(tx.conn(), event, None).await? else { return Ok(0) };
    let Some(answer_by) = event.terms.answer_by(now, days) else { return Ok(0) };
    let next = next(tx, kinds, &event, now).await?;
    let mut given = 0;
    for one in next {
        match one.waiting {
            Some(place) if event.terms.moves_up(now) && move_up(tx, &event, (place, one.person), now).await? => {
                notices::notify(tx, proof, one.person, news(&event, EventNews::Placed, now), now).await?;
            }
            Some(place) => {
                rows::await_answer(tx, place, one.request, (now, answer_by)).await?;
                notices::notify(tx, proof, one.person, news(&event, EventNews::Invited, now), now).await?;
            }
            None => {
                rows::invite(tx, event.id, (one.person, one.request), (now, answer_by)).await?;
                notices::notify(tx, proof, one.person, news(&event, EventNews::Invited, now), now).await?;
            }
        }
        given += 1;
    }
    if given > 0 {
        tx.after_commit(ChangeEvent::TrainingEvents);
    }
    Ok(given)
}

/// Those who get the free places of `event`. The line is read a little further each time until enough of it are admitted.
async fn next(
    tx: &mut WriteTx,
    kinds: &Kinds,
    event: &StoredEvent,
    now: Millis,
) -> Result<Vec<InLine>, StoreError> {
    let free = usize::from(event.free());
    let mut limit = u32::from(event.free()) + 8;
    loop {
        let mut line = requests::next(tx.conn(), event.id, limit, now).await?;
        let is_whole = line.len() < limit as usize;
        let waiting = rows::next_waiting(tx.conn(), event.id, limit, now).await?;
        let is_whole = is_whole && waiting.len() < limit as usize;
        line.extend(waiting);
        let ordered = line_up(line, usize::MAX);
        let mut admits = Vec::new();
        for one in ordered {
            if admits.len() == free {
                break;
            }
            let what = (event.kind, event.aim);
            if admitted(tx.conn(), kinds, one.person, what, event.terms.span.starts.max(now)).await?.is_ok() {
                admits.push(one);
            }
        }
        if admits.len() == free || is_whole {
            return Ok(admits);
        }
        limit = limit.saturating_mul(4);
    }
}

/// Gives a person on the waiting list the place, if they have nothing else then. Returns whether it did.
async fn move_up(
    tx: &mut WriteTx,
    event: &StoredEvent,
    (place, person): (domain::id::EventPlaceId, PersonId),
    now: Millis,
) -> Result<bool, StoreError> {
    let taken = rows::occupied(tx.conn(), (Some(person), None), event.span(), None).await?;
    if !taken.is_empty() {
        return Ok(false);
    }
    occupations::take(tx, Occupied::Person(person), event.span(), Purpose::Event(event.id)).await?;
    rows::set_state(tx, place, PlaceState::Accepted, now).await?;
    Ok(true)
}
