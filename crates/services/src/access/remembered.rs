//! The cards that a board remembers for the time without a connection.
//!
//! Invariant: none is told that would not be let in at that moment, by the decision that its swipe would get. Nothing is
//! noted, for nobody held a card to anything. Who is let in only because a trainer stands by is not told either: when the
//! connection is gone, nobody knows whether one does.

use super::decide;
use crate::{Ctx, boards::BoardsError};
use domain::{
    access::{Decision, Facts, Level, trace},
    boards::MachineNumber,
    cards::CardUid,
    time::Millis,
};
use store::{machines, uses};

/// So many of the last uses of a machine say who uses it.
const LATELY: i64 = 200;
/// So many cards are looked at, at most, for the few that a board remembers.
const CANDIDATES: i64 = 20;

/// The cards of those who use the machine with number `board` most and may use it now, the most frequent first; one of a
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
    for uid in uses::frequent(&mut snapshot, machine, LATELY, CANDIDATES).await? {
        if cards.len() >= most {
            break;
        }
        let Some((swipe, Decision::Allow { level, .. })) = decide(&mut snapshot, board, &uid, now).await? else {
            continue;
        };
        if is_let_in_alone(swipe.facts, now) {
            cards.push((uid, level));
        }
    }
    Ok(cards)
}

fn is_let_in_alone(mut facts: Facts, now: Millis) -> bool {
    if let Some(machine) = &mut facts.machine {
        machine.trainer_beside = None;
    }
    matches!(trace(&facts, now).decision, Decision::Allow { .. })
}
