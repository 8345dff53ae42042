//! Access: somebody holds a card to a reader, or asks whether they may.

use crate::{
    Ctx,
    boards::BoardsError,
    logbook::{Attempt, Note},
};
use domain::{
    access::{Decision, SUPERVISION, may_use},
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

/// The answer to a card in front of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Yes or no, with all reasons.
    pub decision: Decision,
    /// What the card's holder is called, if it is somebody's card.
    pub name: Option<String>,
    /// Whether it is somebody's card.
    pub known: bool,
}

/// May the holder of this card use the machine with number `board`? The attempt is noted.
pub async fn check(ctx: &Ctx, board: MachineNumber, uid: &CardUid) -> Result<Checked, BoardsError> {
    let now = ctx.now();
    let swipe = decide(&mut *ctx.store().read().await?, board, uid, now).await?;
    let (swipe, decision) = swipe.ok_or(BoardsError::UnknownMachine)?;
    let (level, reasons) = match &decision {
        Decision::Allow { level, .. } => (Some(*level), String::new()),
        Decision::Deny(reasons) => {
            (None, reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>().join(" "))
        }
    };
    let (machine, card) = (swipe.bearing.machine, swipe.bearing.card.map(|(card, _)| card));
    let swiped = card.ok_or_else(|| uid.clone());
    ctx.logbook().note(Note::Attempted(Attempt { machine, card: swiped, at: now, level, reasons }));
    Ok(Checked { decision, name: swipe.name, known: card.is_some() })
}

/// Reads the facts and decides; `None` when there is no such machine.
pub(crate) async fn decide(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    let Some(mut swipe) = access::swipe(conn, board, uid, at).await? else { return Ok(None) };
    if let Some(machine) = &mut swipe.facts.machine
        && machine.mode == AuthorisationMode::Supervised
    {
        let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
        let asker = swipe.facts.person.as_ref().map(|person| person.id);
        for (person, swiped) in access::swiped_since(conn, machine.id, at.before(SUPERVISION)).await? {
            let ledger = qualifications::of_person(conn, person).await?;
            if Some(person) != asker && ledger.holds(Relation::Trainer, &itself, swiped) {
                machine.trainer_beside = machine.trainer_beside.max(Some(swiped));
            }
        }
    }
    let decision = may_use(&swipe.facts, at);
    Ok(Some((swipe, decision)))
}
