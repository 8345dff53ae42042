//! The cards that a board remembers for use without a connection.
//!
//! Invariant: every card sent would be let in by the decision its swipe would get, apart from passing states: that
//! the machine is blocked, due for maintenance or closed just now. The list is for when that is over, and the
//! board goes by the last it heard of it. People who need a trainer or others present are left out: offline,
//! nobody knows who is there. Nothing is recorded, because no card was swiped.
//!
//! A board forgets a card that it hears is not valid, so recently refused cards that would now be let in come
//! first.

use crate::{Ctx, boards::BoardsError, decisions::load_door};
use domain::{
    access::{Decision, Facts, Level, Running, trace},
    boards::MachineNumber,
    cards::CardUid,
    time::Millis,
};
use std::{collections::HashSet, time::Duration};
use store::{access, doors, machines, uses};

/// Number of recent uses and attempts examined.
const LATELY: i64 = 200;

/// Refusals this old no longer bring a card back.
const REFUSED: Duration = Duration::from_hours(24 * 7);

/// The cards that the machine with number `board` should remember: people recently refused there who may use it,
/// then its most frequent users; one card per person, and `most` in total.
pub async fn remembered(
    ctx: &Ctx,
    board: MachineNumber,
    most: usize,
) -> Result<Vec<(CardUid, Level)>, BoardsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let machine = machines::by_number(&mut snapshot, board).await?.ok_or(BoardsError::UnknownMachine)?;
    let refused = access::refused_last(&mut snapshot, machine, now.before(REFUSED), LATELY).await?;
    let mut frequent = uses::frequent(&mut snapshot, machine, LATELY).await?;
    // Of a door, which has no uses.
    frequent.extend(doors::frequent(&mut snapshot, machine, LATELY).await?);
    // Half the room at most for the refused: the frequent users are who the memory is for.
    let room = refused.iter().map(|_| most.div_ceil(2)).chain(frequent.iter().map(|_| most));
    let mut people = HashSet::with_capacity(most);
    let mut cards = Vec::with_capacity(most);
    for (uid, room) in refused.iter().chain(&frequent).zip(room) {
        if cards.len() >= room {
            continue;
        }
        let Some(mut swipe) = access::swipe(&mut snapshot, board, uid, now).await? else { continue };
        let settings = &swipe.bearing.settings;
        load_door(&mut snapshot, swipe.door, &mut swipe.facts, settings, now).await?;
        let person = swipe.facts.person.as_ref().map(|person| person.id);
        if let Decision::Allow { level, .. } = by_themselves(swipe.facts, now)
            && people.insert(person)
        {
            cards.push((uid.clone(), level));
        }
    }
    Ok(cards)
}

/// The decision about a swipe on an idle machine without other people present.
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
