//! Recent messages of each board, as far as they show whether anyone is logged in. In memory: starts empty after a
//! restart, or after a time when boards could not be heard.

use crate::shared::Shared;
use domain::{
    boards::{self, MachineNumber},
    time::Millis,
    uses::{Action, Polls},
};
use std::collections::HashMap;

/// Boards that were heard, by machine number.
#[derive(Debug, Default)]
pub(crate) struct Polled(Shared<HashMap<MachineNumber, Board>>);

#[derive(Debug, Default)]
struct Board {
    polls: Polls,
    heard: Option<Millis>,
    /// When it last showed that it is idle.
    idle: Option<Millis>,
    /// That was handled, and no use has begun or ended since.
    done: bool,
    /// It is stored that the board reports uses.
    reports: bool,
}

impl Polled {
    pub(crate) fn heard(&self, number: MachineNumber, at: Millis) {
        self.0.lock().entry(number).or_default().heard = Some(at);
    }

    pub(crate) fn introduced(&self, number: MachineNumber, at: Millis) {
        self.0.lock().entry(number).or_default().polls.introduced(at);
    }

    /// Records a use message of the board.
    pub(crate) fn reported(&self, number: MachineNumber, action: Action, at: Millis) {
        let mut boards = self.0.lock();
        let board = boards.entry(number).or_default();
        board.polls.reported(action, at);
        // A report of a use that polls presumed over shows that polls mislead here: two boards may share one
        // number.
        board.done &= action == Action::Extend;
    }

    /// Records a poll. Returns since when the board is idle, if that is shown and new.
    pub(crate) fn on_poll(&self, number: MachineNumber, at: Millis) -> Option<Millis> {
        let mut boards = self.0.lock();
        let board = boards.entry(number).or_default();
        let since = board.polls.polled(at)?;
        board.idle = Some(since);
        (!board.done).then_some(since)
    }

    /// Records a question about a card. Returns the same.
    pub(crate) fn on_card_check(&self, number: MachineNumber, at: Millis) -> Option<Millis> {
        self.0.lock().get(&number).filter(|board| !board.done)?.polls.record(at)
    }

    /// Whether a poll at `since` may belong to a start at `start`.
    pub(crate) fn may_settle(&self, number: MachineNumber, since: Millis, start: Millis) -> bool {
        self.0.lock().get(&number).is_none_or(|board| board.polls.may_settle(since, start))
    }

    /// Marks the idle board as handled.
    pub(crate) fn done(&self, number: MachineNumber) {
        if let Some(board) = self.0.lock().get_mut(&number) {
            board.done = true;
        }
    }

    /// When the board last showed that it is idle.
    pub(crate) fn idle(&self, number: MachineNumber, now: Millis) -> Option<Millis> {
        self.0.lock().get(&number)?.idle.filter(|idle| *idle <= now)
    }

    /// Whether the board is connected and has sent a message since boards could be heard again: it has replayed
    /// its queue, or is about to.
    pub(crate) fn has_spoken(&self, number: MachineNumber, now: Millis) -> bool {
        self.0.lock().get(&number).and_then(|board| board.heard).is_some_and(|heard| boards::online(heard, now))
    }

    /// Whether it is on record that the board reports uses.
    pub(crate) fn reports(&self, number: MachineNumber) -> bool {
        self.0.lock().get(&number).is_some_and(|board| board.reports)
    }

    /// Whether that is on record from now on.
    pub(crate) fn set_reports(&self, number: MachineNumber, reports: bool) {
        self.0.lock().entry(number).or_default().reports = reports;
    }

    /// The broker is unreachable, or was for a while.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}
