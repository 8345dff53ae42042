//! The immediate effects of a change of standing: sessions end, and so do uses that are no longer allowed;
//! appointments that the person cannot keep are called off.
//!
//! **Invariants.** Whether a use must end is decided by the same function that answers the next swipe. Only
//! reasons about the person end it: a block or the end of the day waits until they have finished. All effects and
//! their records are in the same commit as the change itself.
//!
//! Called for the event of a changed standing ([`crate::reactions`]); and for a use that a board started from its own
//! memory, when the board is back.
//!
//! A stop request is recorded after the change that caused it, under the same person and channel.

use crate::{bookings, checkouts, decisions, requests, sessions, waiting};
use domain::{
    access::{Decision, Facts, Reason, SUPERVISION},
    actor::{Actor, Permission, Proof, Target},
    id::{MachineId, PersonId},
    live::ChangeEvent,
    machines::AuthorisationMode,
    qualifications::{Relation, Subject},
    requests::{Cause, barred, ends_use},
    time::Millis,
};
use store::{
    StoreError, WriteTx, effects, qualifications,
    requests::{self as rows, Running},
};

/// Applies the effects of a change in the standing of `person` at `now`, by `cause`. The change must be written
/// before.
pub async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    cause: Cause,
    now: Millis,
) -> Result<(), StoreError> {
    if cause.ends_sessions() {
        // Notifies their pages itself.
        sessions::end_all(tx, person, None).await?;
    } else {
        tx.after_commit(ChangeEvent::Person(person));
    }
    call_off(tx, proof, person, now).await?;
    for (machine, uid) in effects::running_of(tx.conn(), person).await? {
        let Some(running) = rows::running_at(tx.conn(), machine).await? else { continue };
        let Some((swipe, decision)) = decisions::decide(tx.conn(), running.number, &uid, now).await? else {
            continue;
        };
        if must_end(tx, &running, &swipe.facts, &decision).await? {
            requests::ask_to_stop(tx, proof, &running, cause, now).await?;
        }
    }
    Ok(())
}

/// Calls off the appointments, waiting entries and bookings that `person` cannot keep.
pub(crate) async fn call_off(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    checkouts::standing_changed(tx, proof, person, now).await?;
    waiting::standing_changed(tx, proof, person, now).await?;
    bookings::standing_changed(tx, proof, person, now).await
}

/// `machine` is in use by a person whom its board admitted from memory: if their right had been revoked, the use
/// ends as if that had been known at its start.
pub(crate) async fn end_unauthorised(tx: &mut WriteTx, machine: MachineId, now: Millis) -> Result<(), StoreError> {
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(()) };
    let Some(running) = rows::running_at(tx.conn(), machine).await? else { return Ok(()) };
    let Some(person) = running.person else { return Ok(()) };
    let cards = effects::running_of(tx.conn(), person).await?;
    let Some((_, uid)) = cards.into_iter().find(|(on, _)| *on == machine) else { return Ok(()) };
    let decided = decisions::decide(tx.conn(), running.number, &uid, now).await?;
    if let Some((swipe, Decision::Deny(reasons))) = decided
        && let Some(them) = &swipe.facts.person
        && let Some(cause) =
            reasons.into_iter().find_map(|reason| barred(reason, &them.ledger, Subject::Machine(machine)))
    {
        requests::ask_to_stop(tx, &proof, &running, cause, now).await?;
    }
    Ok(())
}

/// Whether the new `decision` ends the running use.
async fn must_end(
    tx: &mut WriteTx,
    running: &Running,
    facts: &Facts,
    decision: &Decision,
) -> Result<bool, StoreError> {
    let Decision::Deny(reasons) = decision else { return Ok(false) };
    let ending: Vec<Reason> = reasons.iter().copied().filter(|&reason| ends_use(reason)).collect();
    let is_supervised =
        facts.machine.as_ref().is_some_and(|machine| machine.mode == AuthorisationMode::Supervised);
    let helped = |reason: &Reason| matches!(reason, Reason::NeedsTrainer(_) | Reason::NotQualified(_));
    if is_supervised && ending.iter().all(helped) && !ending.is_empty() {
        return Ok(!had_trainer(tx, running).await?);
    }
    Ok(!ending.is_empty())
}

/// Whether a trainer was present at its start, as the type's mode requires. Their leaving since does not matter.
async fn had_trainer(tx: &mut WriteTx, running: &Running) -> Result<bool, StoreError> {
    let itself = [Subject::Type(running.kind), Subject::Machine(running.machine)];
    let from = running.start.before(SUPERVISION);
    for (other, at) in effects::let_in_between(tx.conn(), running.machine, from, running.start).await? {
        if running.person != Some(other)
            && qualifications::of_person(tx.conn(), other).await?.holds(Relation::Trainer, &itself, at)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
