//! Access: somebody holds a card to a reader, or asks whether they may.
//!
//! Every door comes to the same decision, by the same facts; only a board's is kept.

mod ask;
mod attempts;
mod remembered;

use crate::{
    Ctx,
    boards::BoardsError,
    cards, hours,
    logbook::{Attempt, Note},
};
use domain::{
    access::{self as rules, Decision, Facts, Level, SUPERVISION, Trace},
    boards::MachineNumber,
    cards::CardUid,
    machines::AuthorisationMode,
    qualifications::{Relation, Subject},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    access::{self, Swipe},
    qualifications,
};

pub use ask::{AccessError, Question, answers, ask};
pub use attempts::{KEPT, attempts, forget_old};
pub use remembered::remembered;

/// The answer to a card in front of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Yes or no, with all reasons.
    pub decision: Decision,
    /// What the card's holder is called, if it is somebody's card.
    pub name: Option<String>,
    /// Whether it is somebody's card.
    pub known: bool,
    /// Only the machine keeps them out, and its board knows: told that the card is good, as one of this level, it refuses
    /// in its own words and remembers the card.
    pub board_refuses: Option<Level>,
}

/// May the holder of this card use the machine with number `board`? The attempt is noted; but a card that is waited for
/// there becomes somebody's, and opens nothing yet.
pub async fn check(ctx: &Ctx, board: MachineNumber, uid: &CardUid) -> Result<Checked, BoardsError> {
    let now = ctx.now();
    let traced = traced(&mut *ctx.store().read().await?, board, uid, now).await?;
    let (swipe, trace) = traced.ok_or(BoardsError::UnknownMachine)?;
    let (machine, card) = (swipe.bearing.machine, swipe.bearing.card.map(|(card, _)| card));
    if let Some((decision, name)) = cards::is_for_somebody(ctx, machine, uid, now).await {
        return Ok(Checked { decision, name, known: true, board_refuses: None });
    }
    let swiped = card.ok_or_else(|| uid.clone());
    let decision = trace.decision.clone();
    let board_refuses = rules::refused_by_machine(&swipe.facts, &trace)
        // What is unsafe depends on no board's memory.
        .filter(|level| !swipe.blocked_at_once && ctx.connected().refuses(board, *level, now));
    ctx.logbook().note(Note::Attempted(Attempt { machine, card: swiped, trace }));
    Ok(Checked { decision, name: swipe.name, known: card.is_some(), board_refuses })
}

/// Reads the facts and decides; `None` when there is no such machine.
pub(crate) async fn decide(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    let traced = traced(conn, board, uid, at).await?;
    Ok(traced.map(|(swipe, trace)| (swipe, trace.decision)))
}

/// The same, with the way to the decision.
pub(crate) async fn traced(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<(Swipe, Trace)>, StoreError> {
    let Some(swipe) = access::swipe(conn, board, uid, at).await? else { return Ok(None) };
    judged(conn, swipe, at).await.map(Some)
}

/// Decides about a start that was kept by a board: uses at machines whose boards have not spoken yet may be over.
pub(crate) async fn decide_replayed(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    has_spoken: impl Fn(MachineNumber) -> bool,
    at: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    let Some(mut swipe) = access::swipe(conn, board, uid, at).await? else { return Ok(None) };
    if let (Some((_, person)), Some(floor)) = (swipe.bearing.card, &mut swipe.facts.floor)
        && floor.by_them > 0
    {
        let elsewhere = access::running_elsewhere(conn, person, swipe.bearing.machine).await?;
        let counted = elsewhere.into_iter().filter(|number| has_spoken(*number)).count();
        floor.by_them = counted.try_into().unwrap_or(u8::MAX);
    }
    let (swipe, trace) = judged(conn, swipe, at).await?;
    Ok(Some((swipe, trace.decision)))
}

/// Completes the facts and decides.
async fn judged(conn: &mut SqliteConnection, mut swipe: Swipe, at: Millis) -> Result<(Swipe, Trace), StoreError> {
    if let Some(machine) = &mut swipe.facts.machine {
        machine.opening = hours::opening(&swipe.hours, &swipe.bearing.settings, at);
    }
    look_beside(conn, &mut swipe.facts, at).await?;
    let trace = rules::trace(&swipe.facts, at);
    Ok((swipe, trace))
}

/// Finds out whether a trainer stands beside, where that matters.
async fn look_beside(conn: &mut SqliteConnection, facts: &mut Facts, at: Millis) -> Result<(), StoreError> {
    let asker = facts.person.as_ref().map(|person| person.id);
    let supervised = |machine: &&mut rules::Machine| machine.mode == AuthorisationMode::Supervised;
    let Some(machine) = facts.machine.as_mut().filter(supervised) else { return Ok(()) };
    let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
    for (person, swiped) in access::swiped_since(conn, machine.id, at.before(SUPERVISION)).await? {
        let ledger = qualifications::of_person(conn, person).await?;
        if Some(person) != asker && ledger.holds(Relation::Trainer, &itself, swiped) {
            machine.trainer_beside = machine.trainer_beside.max(Some(swiped));
        }
    }
    Ok(())
}
