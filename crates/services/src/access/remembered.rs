//! The cards that a board remembers for the time without a connection.
//!
//! Invariant: none is told that would not be let in by the decision that its swipe would get, whatever passes left out: that
//! the machine is blocked, waits for maintenance or is closed just now – the list is kept for when it is not, and a board
//! goes by the last it heard of that. Who is let in only because a trainer or enough others are there is not told: when the
//! connection is gone, nobody knows whether they are. Nothing is noted, for nobody held a card to anything.

use crate::{Ctx, boards::BoardsError};
use domain::{
    access::{Decision, Facts, Level, Running, trace},
    boards::MachineNumber,
    cards::CardUid,
    time::Millis,
};
use store::{access, machines, uses};

/// So many of the last uses of a machine say who uses it.
const LATELY: i64 = 200;

/// The cards of those who use the machine with number `board` most and may use it by themselves, the most frequent first; one of a
/// person, and `most` at most.
pub async fn remembered(
    ctx: &Ctx,
    board: MachineNumber,
    most: usize,
) -> Result<Vec<(CardUid, Level)>, BoardsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let machine = machines::by_number(&mut snapshot, board).await?.ok_or(BoardsError::UnknownMachine)?;
    let mut cards = Vec::with_capacity(most);
    for uid in uses::frequent(&mut snapshot, machine, LATELY).await? {
        if cards.len() >= most {
            break;
        }
        let Some(swipe) = access::swipe(&mut snapshot, board, &uid, now).await? else { continue };
        if let Decision::Allow { level, .. } = by_themselves(swipe.facts, now) {
            cards.push((uid, level));
        }
    }
    Ok(cards)
}

/// What a swipe would get on a machine that is free, where nobody else is.
fn by_themselves(mut facts: Facts, now: Millis) -> Decision {
    if let Some(machine) = &mut facts.machine {
        machine.blocked = false;
        machine.maintenance_due = false;
        machine.opening = None;
        machine.trainer_beside = None;
    }
    facts.floor = facts.floor.map(|_| Running { by_them: 0, others: 0, taken: None });
    trace(&facts, now).decision
}
