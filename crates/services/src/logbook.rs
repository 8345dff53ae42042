//! The logbook: passing signals of boards (a card was swiped, a board is alive, a message made no sense), noted in
//! memory and written in bulk.
//!
//! **Invariants.** Nothing that a board must rely on goes through here: uses are committed before they are
//! answered. The logbook holds at most [`ROOM`] notes; a crash loses the last [`EVERY`] of them.
//!
//! A board is heard every 30 s, so its signal is noted only when the last note of it is [`STALE`] old: a room of
//! silent machines costs no write at all.

mod unassigned_boards;

use crate::{Ctx, shared::Shared};
use domain::{
    access::{Decision, Trace},
    boards::MachineNumber,
    cards::CardUid,
    id::{CardId, MachineId},
    live::ChangeEvent,
    time::Millis,
};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};
use store::{
    Done, StoreError, Unaudited, WriteTx,
    access::{self, NewAttempt},
    boards::{self, Introduction, Rejection},
    cards, machines,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use unassigned_boards::UnassignedBoards;

/// Notes held at most; further ones are counted and dropped.
const ROOM: usize = 10_000;
/// Notes written by one job.
const PAGE: usize = 500;
/// How long notes are collected before they are written.
const EVERY: Duration = Duration::from_millis(100);
/// A board's signal is written again when the last is this old; well within the 90 s that count as online.
const STALE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// Some board spoke for the machine with this number.
    Heard(MachineNumber, Millis),
    /// An introduction of a board.
    Introduced(MachineNumber, Introduction),
    /// A card was held to a reader.
    Attempted(Attempt),
}

/// A decision at a board.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub machine: MachineId,
    pub card: Result<CardId, CardUid>,
    pub trace: Trace,
}

/// The notes that are not written yet.
#[derive(Default)]
pub(crate) struct Logbook {
    pages: Shared<Pages>,
    written: Notify,
    /// Boards that belong to no machine.
    pub(crate) overheard: UnassignedBoards,
}

#[derive(Default)]
struct Pages {
    notes: VecDeque<Note>,
    /// Messages that could not be read, counted by kind: a closed list, so a flood of them takes no room.
    rejected: HashMap<&'static str, Rejection>,
    /// Counts by kind since the start.
    rejections: BTreeMap<&'static str, u64>,
    heard: HashMap<MachineNumber, Millis>,
    dropped: u64,
}

impl Logbook {
    pub(crate) fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
    }

    pub(crate) fn note(&self, note: Note) {
        self.pages.lock().note(note);
        self.written.notify_one();
    }

    /// Counts an unreadable message; the last example of each kind is stored.
    pub(crate) fn reject(&self, rejection: Rejection) {
        let mut pages = self.pages.lock();
        *pages.rejections.entry(rejection.kind).or_default() += 1;
        let before = pages.rejected.get(rejection.kind).map_or(0, |known| known.seen);
        let seen = before + rejection.seen;
        pages.rejected.insert(rejection.kind, Rejection { seen, ..rejection });
        self.written.notify_one();
    }

    /// Messages that could not be read since the start, by kind.
    pub(crate) fn rejections(&self) -> BTreeMap<&'static str, u64> {
        self.pages.lock().rejections.clone()
    }

    /// Notes that a board was heard, unless noted recently.
    pub(crate) fn heard(&self, number: MachineNumber, at: Millis) {
        let mut pages = self.pages.lock();
        let fresh = pages.heard.get(&number).is_some_and(|&last| last <= at && at.since(last) < STALE);
        // Remembered only when it was noted, or a machine that speaks would count as silent.
        if !fresh && pages.note(Note::Heard(number, at)) {
            pages.heard.insert(number, at);
            self.written.notify_one();
        }
    }

    /// Notes the next message of `number` however soon it comes: the number is unassigned, but may be assigned.
    fn forget(&self, number: MachineNumber) {
        self.pages.lock().heard.remove(&number);
    }

    fn take(&self) -> (Vec<Note>, Vec<Rejection>, u64) {
        let mut pages = self.pages.lock();
        let count = pages.notes.len().min(PAGE);
        let notes = pages.notes.drain(..count).collect();
        (
            notes,
            pages.rejected.drain().map(|(_, rejection)| rejection).collect(),
            std::mem::take(&mut pages.dropped),
        )
    }

    fn is_empty(&self) -> bool {
        let pages = self.pages.lock();
        pages.notes.is_empty() && pages.rejected.is_empty()
    }
}

impl Pages {
    /// Returns `false` when the book is full.
    fn note(&mut self, note: Note) -> bool {
        let room = self.notes.len() < ROOM;
        if room {
            self.notes.push_back(note);
        } else {
            self.dropped += 1;
        }
        room
    }
}

/// Writes the notes until `stop`, then the remaining ones.
pub(crate) async fn keep(ctx: Ctx, stop: CancellationToken) {
    // At least once: notes may precede the start.
    loop {
        tokio::select! {
            () = stop.cancelled() => {}
            () = async {
                Logbook::of(&ctx).written.notified().await;
                tokio::time::sleep(EVERY).await;
            } => {}
        }
        write_all(&ctx).await;
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Writes everything that is noted now.
pub(crate) async fn write_all(ctx: &Ctx) {
    while !Logbook::of(ctx).is_empty() {
        let (notes, rejected, dropped) = Logbook::of(ctx).take();
        if dropped > 0 {
            tracing::warn!(notes.dropped = dropped, "the logbook was full");
        }
        let count = notes.len();
        let overhears = ctx.clone();
        let written = ctx.store().write::<_, StoreError, _>(async move |tx| {
            let mut attempts = Vec::new();
            for note in notes {
                attempts.extend(write(&overhears, tx, note).await?);
            }
            access::attempted(tx, &attempts).await?;
            for rejection in rejected {
                boards::rejected(tx, &rejection).await?;
                if Logbook::of(&overhears).overheard.is_news(rejection.last_at) {
                    tx.after_commit(ChangeEvent::Space);
                }
            }
            Ok(Done::unaudited((), Unaudited::Attempt))
        });
        if let Err(error) = written.await {
            // Lost, as in a crash: attempts and signals are not worth delaying others.
            tracing::warn!(%error, notes.lost = count, "a page of the logbook was not written");
        }
    }
}

/// Writes a note, but for an attempt: those are handed back, to be written together.
async fn write(ctx: &Ctx, tx: &mut WriteTx, note: Note) -> Result<Option<NewAttempt>, StoreError> {
    match note {
        Note::Heard(number, at) => {
            if let Some(machine) = machines::by_number(tx.conn(), number).await? {
                boards::heard(tx, machine, at).await?;
            } else {
                Logbook::of(ctx).forget(number);
                if Logbook::of(ctx).overheard.strays(number, at, None) {
                    tx.after_commit(ChangeEvent::Space);
                }
            }
        }
        Note::Introduced(number, board) => {
            if let Some(machine) = machines::by_number(tx.conn(), number).await? {
                boards::introduce(tx, &Introduction { machine, ..board }).await?;
            } else if Logbook::of(ctx).overheard.strays(number, board.at, Some(&board)) {
                tx.after_commit(ChangeEvent::Space);
            }
        }
        Note::Attempted(attempt) => {
            let (card, unknown_card) = match attempt.card {
                Ok(card) => (Some(card), None),
                Err(uid) => {
                    let seen = cards::unknown_seen(tx, &uid, attempt.machine, attempt.trace.at, 1).await?;
                    // People who give cards are watching.
                    tx.after_commit(ChangeEvent::Machine(attempt.machine));
                    (None, Some(seen))
                }
            };
            let Attempt { machine, trace, .. } = attempt;
            let level = match trace.decision {
                Decision::Allow { level, .. } => Some(level),
                Decision::Deny(_) => None,
            };
            let codes: Vec<_> = trace.decision.reasons().iter().map(|reason| reason.code()).collect();
            let (at, reasons) = (trace.at, codes.join(" "));
            // Codes, ids and numbers: they always serialize.
            let trace = serde_json::to_string(&trace).unwrap_or_default();
            return Ok(Some(NewAttempt { machine, card, unknown_card, at, level, reasons, trace }));
        }
    }
    Ok(None)
}
