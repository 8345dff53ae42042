//! Uses: a board's report is stored, interpreted, and answered once it is on disk.
//!
//! The board has already switched on or off, so a report is never refused for being forbidden: it is recorded and
//! flagged. It is refused only when it cannot be true. At the reader of a door nothing is in use: a start is an opening
//! ([`crate::doors`]).

mod observe;
mod settled;

use crate::{
    Ctx, abandoned, boards, bookings, decisions, doors, effects, requests,
    turnover::{Turnover, UseCounts},
};
use domain::{
    access::Decision,
    actor::{Actor, Forbidden, Permission, Proof, Target},
    boards::MachineNumber,
    bookings::Need,
    cards::CardUid,
    doors::Leaves,
    id::{AliasId, MachineId},
    live::ChangeEvent,
    time::{MINUTE, Millis},
    uses::{Action, CardHolder, Change, ENOUGH, Ending, Fact, Session, Situation, Source, project},
};
use settled::State;
use std::{path::Path, time::Duration};
use store::{
    Done, OpenError, StoreError, Unaudited, WriteTx,
    access::Swipe,
    audit::AuditEntry,
    cards,
    doors::visits,
    machines, people,
    uses::{self, BegunBy, BoardReport, SwipeContext},
};

pub use observe::observe;
pub use store::uses::StoredUse;

/// In-memory state of uses; lost on restart.
#[derive(Default)]
struct Memory {
    /// Boards that have replayed their queue.
    settled: settled::Settled,
}

fn memory(ctx: &Ctx) -> &Memory {
    ctx.memory()
}

/// Closed sessions considered for a live message; the twin of a replay may lie further back, and placed replays
/// may have to make room.
const RECENT: u8 = 2;

/// Why a message about a use is not stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UseError {
    /// No machine has this number.
    #[error("no machine has this number")]
    UnknownMachine,
    /// It cannot be true.
    #[error(transparent)]
    TooLong(#[from] domain::uses::TooLong),
    /// Only boards report from machines.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed: not stored, and therefore not confirmed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A board's message about a use.
#[derive(Debug, Clone)]
pub struct Word {
    pub uid: CardUid,
    pub action: Action,
    /// How long the use has lasted, by the board's clock; zero for a start.
    pub duration: Duration,
    /// Queued by the board and sent again.
    pub replay: bool,
}

/// Stores a message about a use from the board of the machine with number `board`. It is on disk when this
/// returns.
pub async fn record(ctx: &Ctx, board: MachineNumber, message: Word) -> Result<(), UseError> {
    if message.uid.is_none() {
        return without_card(ctx, board, &message).await;
    }
    // Before the job: polls that arrive while it waits for the writer must already count this report.
    boards::memory(ctx).polled.reported(board, message.action, ctx.now());
    let stood = memory(ctx).settled.take(board);
    let stored = keep(ctx, board, message, matches!(stood, Some(State::Pending(_)))).await;
    // Heartbeats are never replayed, and neither are messages that were not stored.
    if !matches!(stored, Ok(true)) {
        memory(ctx).settled.put_back(board, stood);
    }
    stored.map(drop)
}

/// A stop without a card: the board was asked to stop while idle. Nothing is stored.
async fn without_card(ctx: &Ctx, board: MachineNumber, message: &Word) -> Result<(), UseError> {
    let is_known = if message.action == Action::Stop && !message.replay {
        abandoned::reported_free(ctx, board).await?
    } else {
        machines::by_number(&mut *ctx.store().read().await?, board).await?.is_some()
    };
    is_known.then_some(()).ok_or(UseError::UnknownMachine)
}

/// Stores the message; returns whether the board may repeat it.
async fn keep(ctx: &Ctx, board: MachineNumber, message: Word, settles: bool) -> Result<bool, UseError> {
    let now = ctx.now();
    let idle = boards::memory(ctx).polled.idle(board, now);
    let shared = boards::memory(ctx).connected.shared(board);
    let is_report = message.action == Action::Extend;
    let own = ctx.clone();
    let proof = Actor::board(board).require(Permission::SpeakForMachine, Target::NONE)?;
    let row = ctx.store().write::<_, UseError, _>(async move |tx| {
        // The board has asked something since its last report, and that is not on disk yet. Its earlier uses are settled now, so
        // that this report is not taken for a repetition of one of them. A use that still runs and is not allowed is stopped; a
        // start or a stop ends it anyway.
        if settles
            && let Some(machine) = uses::settle(tx, board).await?
            && is_report
        {
            effects::end_unauthorised(tx, machine, now).await?;
        }
        let BoardReport { bearing, situation, has_booking, door } = load_report(tx, board, &message, now).await?;
        if let Some(leaves) = door {
            let done = at_door(tx, &proof, (leaves, &bearing), &message, now).await?;
            // If this job is undone, the door is locked all the same.
            if message.action == Action::Start && !message.replay {
                requests::lock_later(&own, board, &message.uid, now);
            }
            return Ok(done);
        }
        let fact = Fact {
            action: message.action,
            bearer: bearer(tx, &bearing, &message.uid, now).await?,
            duration: message.duration,
            replay: message.replay,
            at: now,
        };
        let situation = Situation { idle, shared, ..situation };
        let changes = project(&situation, &fact)?;
        // Counted after the commit: a job that is undone counts nothing.
        let counts = UseCounts::by(&changes, &situation);
        learn(&own, tx, board, &fact, &situation, &changes, bearing.machine).await?;
        let begins = changes.iter().any(|change| matches!(change, Change::Add(_)));
        // A report can begin a use too, when its start was lost. Only what begins pays for a decision.
        let decision = if begins { decide(&own, tx, board, &message, now).await? } else { None };
        let authorised =
            matches!(decision, Some((_, Decision::Allow { .. }))) && !changes.iter().any(is_in_conflict);
        let by = BegunBy { alias: alias(tx, &bearing, now).await?, authorised };
        // In the same job as the use, or a timer could release the booking between the two.
        for change in &changes {
            if let (Change::Add(session), Some((_, person))) = (change, bearing.card)
                // A use that was moved to make room may have begun before bookings were looked for.
                && (has_booking || session.start < stored_message(board, &message, now).since())
            {
                bookings::arrived(tx, &proof, bearing.machine, person, session.start, now).await?;
            }
        }
        // A replayed stop says nothing about now: its user may have logged in again.
        if let Some((_, person)) = bearing.card
            && has_booking
            && !message.replay
            && changes.iter().any(|change| logs_out(change, situation.open.as_ref()))
        {
            bookings::left(tx, &proof, bearing.machine, person, now).await?;
        }
        // Two boards share a number: the machine can show one use only, so the one at the second board is stopped.
        if shared.is_some()
            && message.action == Action::Extend
            && let Some(second) = situation.at_second_board(&fact)
        {
            requests::stop_second(tx, bearing.machine, &second, now).await?;
        }
        arrives(tx, &bearing, &changes, now).await?;
        let rest = uses::keep(tx, bearing.machine, &fact, &situation, &changes, &by).await?;
        if changes.iter().any(|change| is_seen(change, situation.open.as_ref())) {
            tx.after_commit(ChangeEvent::Machine(bearing.machine));
        }
        // A sign of life every half minute would fill the audit log; the fact itself is stored.
        if message.action == Action::Extend && !begins {
            return Ok(Done::unaudited((false, counts), Unaudited::SignOfLife).lastly(rest));
        }
        Ok(Done::audited((true, counts), entry(&proof, &bearing, &fact, &by)).lastly(rest))
    });
    let (may_repeat, counts) = row.await?;
    ctx.memory::<Turnover>().add(&counts);
    Ok(may_repeat)
}

/// Stores a message from the reader of a door: a start is an opening, and nothing is in use there.
async fn at_door(
    tx: &mut WriteTx,
    proof: &Proof,
    (leaves, bearing): (Leaves, &SwipeContext),
    message: &Word,
    now: Millis,
) -> Result<Done<(bool, UseCounts)>, UseError> {
    if message.action != Action::Start {
        return Ok(Done::unaudited((false, UseCounts::default()), Unaudited::SignOfLife));
    }
    let swipe = doors::Swipe {
        door: bearing.machine,
        leaves,
        bearer: bearer(tx, bearing, &message.uid, now).await?,
        person: bearing.card.map(|(_, person)| person),
        replay: message.replay,
        at: now,
    };
    Ok(doors::swiped(tx, proof, &swipe).await?.map(|()| (true, UseCounts::default())))
}

/// A person who begins to use a machine is in the building, also without a swipe at a door.
async fn arrives(
    tx: &mut WriteTx,
    bearing: &SwipeContext,
    changes: &[Change],
    now: Millis,
) -> Result<(), StoreError> {
    let begins = changes.iter().any(|change| matches!(change, Change::Add(session) if session.end.is_none()));
    if begins
        && let Some((_, person)) = bearing.card
        && visits::arrived(tx, person, Some(bearing.machine), now).await?
    {
        tx.after_commit(ChangeEvent::Building);
    }
    Ok(())
}

/// Whether `change` is about a use that began while another was running at another board.
fn is_in_conflict(change: &Change) -> bool {
    matches!(change, Change::Add(Session { end: Some((_, Ending::Conflict)), .. }))
}

/// Whether `change` ends the `open` use by a log-out.
fn logs_out(change: &Change, open: Option<&Session>) -> bool {
    let Change::Set(session) = change else { return false };
    matches!(session.end, Some((_, Ending::LoggedOut))) && open.is_some_and(|open| open.id == session.id)
}

/// The message, as the storage is asked about it.
fn stored_message(board: MachineNumber, message: &Word, now: Millis) -> uses::Message<'_> {
    let Word { uid, action, duration, replay } = message;
    uses::Message { board, uid, at: now, lasted: *duration, replay: *replay, ends: *action == Action::Stop }
}

/// The machine, the card, and the sessions that the message affects.
async fn load_report(
    tx: &mut WriteTx,
    board: MachineNumber,
    message: &Word,
    now: Millis,
) -> Result<BoardReport, UseError> {
    let stored = stored_message(board, message, now);
    let closed = if message.replay { ENOUGH } else { RECENT };
    let mut reported =
        uses::reported_by_board(tx.conn(), stored, closed).await?.ok_or(UseError::UnknownMachine)?;
    let is_start = message.action == Action::Start;
    if !message.replay && is_start {
        reported.situation.never_extends =
            reported.situation.open.is_some() && !uses::reports_uses(tx.conn(), reported.bearing.machine).await?;
    }
    let may_move = reported.situation.closed.first().is_some_and(|last| last.source == Source::Replayed);
    if !message.replay && !is_start && may_move {
        reported = uses::reported_by_board(tx.conn(), stored, ENOUGH).await?.ok_or(UseError::UnknownMachine)?;
    }
    let settings = &reported.bearing.settings;
    let auto_stop = u32::from(settings.auto_stop);
    reported.situation.auto_logoff = (auto_stop > 0).then(|| MINUTE * auto_stop);
    if settings.booking.need == Need::Free {
        reported.situation.booked = None;
    }
    Ok(reported)
}

/// Records that the board reports uses, or that it does not: one that was presumed over for lack of reports ended
/// regularly.
async fn learn(
    ctx: &Ctx,
    tx: &mut WriteTx,
    board: MachineNumber,
    fact: &Fact,
    situation: &Situation,
    changes: &[Change],
    machine: MachineId,
) -> Result<(), StoreError> {
    let polled = &boards::memory(ctx).polled;
    if fact.action == Action::Extend && !polled.reports(board) && uses::reported(tx, machine).await? {
        polled.set_reports(board, true);
    }
    let lost = situation
        .closed
        .first()
        .filter(|last| last.last_sign == last.start && last.end.is_some_and(|(_, ending)| ending == Ending::Lost));
    let is_taken_up = |lost: &Session| {
        changes
            .iter()
            .any(|change| matches!(change, Change::Set(after) if after.id == lost.id && after.reported.is_some()))
    };
    if fact.action == Action::Stop && !fact.replay && lost.is_some_and(is_taken_up) {
        uses::never_reported(tx, machine).await?;
        polled.set_reports(board, false);
    }
    Ok(())
}

/// Whether the rules allow it. A replay happened earlier: uses that other boards have yet to end do not count
/// against it.
async fn decide(
    ctx: &Ctx,
    tx: &mut WriteTx,
    board: MachineNumber,
    message: &Word,
    now: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    if !message.replay {
        return decisions::decide(tx.conn(), board, &message.uid, now).await;
    }
    let has_spoken = |other| boards::memory(ctx).polled.has_spoken(other, now);
    decisions::decide_replayed(tx.conn(), board, &message.uid, has_spoken, now).await
}

/// The uses since `since` in the database `file`, for the owner of the data folder.
pub async fn since_in_file(file: &Path, since: Millis) -> Result<Vec<StoredUse>, OpenError> {
    uses::since_in_file(file, since).await
}

/// The card, which may be unclaimed: boards also admit cards of their own list.
async fn bearer(
    tx: &mut WriteTx,
    bearing: &SwipeContext,
    uid: &CardUid,
    now: Millis,
) -> Result<CardHolder, StoreError> {
    match (bearing.card, bearing.unknown_card) {
        (Some((card, _)), _) => Ok(CardHolder::Card(card)),
        (None, Some(card)) => Ok(CardHolder::Unknown(card)),
        (None, None) => Ok(CardHolder::Unknown(cards::unknown_seen(tx, uid, bearing.machine, now, 1).await?)),
    }
}

/// Under which name the holder of the card is recorded this month.
async fn alias(tx: &mut WriteTx, bearing: &SwipeContext, now: Millis) -> Result<Option<AliasId>, StoreError> {
    match (bearing.card, bearing.alias) {
        (Some((_, person)), None) => Ok(Some(people::alias(tx, person, now).await?)),
        (Some(_), alias) => Ok(alias),
        (None, _) => Ok(None),
    }
}

/// Whether a change is visible: not if an open session merely continues.
fn is_seen(change: &Change, open: Option<&Session>) -> bool {
    match change {
        Change::Set(after) if after.end.is_none() => open.is_none_or(|before| before.start != after.start),
        Change::Add(_) | Change::Set(_) | Change::Remove(_) => true,
    }
}

fn entry(proof: &Proof, bearing: &SwipeContext, fact: &Fact, by: &BegunBy) -> AuditEntry {
    let action = match fact.action {
        Action::Start => "use.start",
        Action::Extend => "use.extend",
        Action::Stop => "use.stop",
    };
    let mut detail = serde_json::json!({ "seconds": fact.duration.as_secs(), "replay": fact.replay });
    // A card leads to its holder even after the name is cut off; the alias says who it was.
    if let CardHolder::Unknown(card) = fact.bearer {
        detail["unknown_card"] = card.0.into();
    }
    AuditEntry::new(proof, by.alias, fact.at, action, bearing.machine, &detail)
}
