//! Swipes at doors, as their boards report them: an opening, and a change of who is inside.
//!
//! Invariants: a swipe that a board repeats is one opening. The audit log, which is stored for longer than visits, contains remote
//! openings alone and not who came and went. Not here: whether the card opens the door, which its board asked before.

use domain::{
    actor::Proof,
    doors::{self as rules, Answer, Leaves, Step},
    id::{MachineId, PersonId},
    live::ChangeEvent,
    time::Millis,
    uses::CardHolder,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    audit::AuditEntry,
    doors::{self as rows, NewOpening, visits},
};

/// A start that the board of a door reports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Swipe {
    pub door: MachineId,
    pub leaves: Leaves,
    pub bearer: CardHolder,
    /// The holder of the card, if known.
    pub person: Option<PersonId>,
    /// It happened earlier, at an unknown time.
    pub replay: bool,
    pub at: Millis,
}

/// Stores a swipe, in the job of its message.
pub(crate) async fn swiped(tx: &mut WriteTx, proof: &Proof, swipe: &Swipe) -> Result<Done<()>, StoreError> {
    let Swipe { door, bearer, at, replay, .. } = *swipe;
    let (card, unknown_card) = match bearer {
        CardHolder::Card(card) => (Some(card), None),
        CardHolder::Unknown(card) => (None, Some(card)),
    };
    let requested = match card {
        Some(card) if !replay => rows::take_remote(tx, door, card, at).await?,
        Some(_) | None => None,
    };
    if requested.is_none() && rows::may_be_repeated(tx.conn(), door, card, unknown_card).await? {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    let answer = match requested {
        Some(_) => Answer::Remote,
        None if replay => Answer::Offline,
        None => Answer::Opened,
    };
    let requested_by = requested.flatten();
    rows::opened(tx, &NewOpening { machine: door, at, card, unknown_card, answer, by: requested_by }).await?;
    tx.after_commit(ChangeEvent::Building);
    tx.after_commit(ChangeEvent::Machine(door));
    if answer == Answer::Remote {
        // Who opens a door remotely is somewhere else.
        let detail = json!({ "answer": answer });
        return Ok(Done::audited((), AuditEntry::new(proof, requested_by, at, "door.opened", door, &detail)));
    }
    moved(tx, swipe).await?;
    Ok(Done::unaudited((), Unaudited::PresenceChanged))
}

/// Changes who is inside, if the card is known.
async fn moved(tx: &mut WriteTx, swipe: &Swipe) -> Result<(), StoreError> {
    let Some(person) = swipe.person else { return Ok(()) };
    let visit = visits::open_of(tx.conn(), person).await?;
    let step = rules::swiped(swipe.leaves, visit.is_some(), swipe.replay);
    match (step, visit) {
        (Step::Leave, Some(visit)) => visits::left(tx, visit, swipe.door, swipe.at).await?,
        // Seen again; or out by a door through which they did not come.
        (Step::Stay | Step::Leave, None) => {}
        (Step::Enter, _) | (Step::Stay, Some(_)) => {
            visits::arrived(tx, person, Some(swipe.door), swipe.at).await?;
        }
    }
    Ok(())
}
