//! Access: a card is held to a reader, or a person asks whether they may use a machine.
//!
//! Every channel reaches the same decision from the same facts; only a board's is recorded.
//!
//! If only the machine is against it (blocked or maintenance due, never unsafe) and the board knows that on its
//! current connection, the reply calls the card valid. The board then refuses by itself and remembers the card for
//! offline use.

mod ask;
mod attempts;
mod decided;
mod remembered;

use crate::{
    Ctx, boards,
    boards::BoardsError,
    cards,
    decisions::load_and_evaluate,
    logbook::Logbook,
    logbook::{Attempt, Note},
};
use domain::{
    access::{self as rules, Decision, Level},
    boards::MachineNumber,
    cards::CardUid,
    id::MachineId,
    time::Millis,
    uses::REPORTED,
};
use store::{SqliteConnection, StoreError, uses};

pub(crate) use ask::usable;
pub use ask::{AccessError, Question, answers, ask, own_answers};
pub use attempts::{RETENTION, attempts, forget_old};
pub(crate) use decided::Decided;
pub use remembered::remembered;

/// Whether `machine` is in use according to a recent message of its board after `since`.
async fn is_in_use(
    conn: &mut SqliteConnection,
    machine: MachineId,
    since: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let going_on = uses::going_on(conn, Some(machine)).await?.pop();
    Ok(going_on.is_some_and(|one| {
        let sign = one.session.last_sign;
        sign > since && now.since(sign) <= REPORTED
    }))
}

/// The answer to a card in front of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Yes or no, with all reasons.
    pub decision: Decision,
    /// Name of the card's holder, if the card is assigned.
    pub name: Option<String>,
    /// Whether the card is assigned.
    pub known: bool,
    /// Only the state of the machine denies access, and its board knows that state: the reply calls the card valid at
    /// this level, and the board refuses in its own words and remembers the card.
    pub board_refuses: Option<Level>,
}

/// Decides whether the holder of this card may use the machine with number `board`, and records the attempt. A
/// card that enrollment waits for there is assigned instead, and denied this time.
pub async fn check(ctx: &Ctx, board: MachineNumber, uid: &CardUid) -> Result<Checked, BoardsError> {
    let now = ctx.now();
    let mut conn = ctx.store().read().await?;
    let (mut swipe, mut trace) =
        load_and_evaluate(&mut conn, board, uid, now).await?.ok_or(BoardsError::UnknownMachine)?;
    if let Some(since) = boards::memory(ctx).connected.shared(board)
        && is_in_use(&mut conn, swipe.bearing.machine, since, now).await?
        && let Some(floor) = &mut swipe.facts.floor
    {
        // A board asks only while it is idle, so the use is on another machine.
        floor.taken = Some(true);
        trace = rules::trace(&swipe.facts, now);
    }
    drop(conn);
    let (machine, card) = (swipe.bearing.machine, swipe.bearing.card.map(|(card, _)| card));
    if let Some((decision, name)) = cards::try_enroll(ctx, machine, uid, now).await {
        ctx.memory::<Decided>().count(&decision);
        return Ok(Checked { decision, name, known: true, board_refuses: None });
    }
    let swiped = card.ok_or_else(|| uid.clone());
    let decision = trace.decision.clone();
    let board_refuses = rules::refused_by_machine(&swipe.facts, &trace)
        // An unsafe block does not depend on a board's memory.
        .filter(|level| !swipe.blocked_at_once && boards::memory(ctx).connected.refuses(board, *level, now));
    ctx.memory::<Decided>().count(&decision);
    Logbook::of(ctx).note(Note::Attempted(Attempt { machine, card: swiped, trace }));
    Ok(Checked { decision, name: swipe.name, known: card.is_some(), board_refuses })
}
