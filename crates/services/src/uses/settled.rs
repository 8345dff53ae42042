//! Settled uses: a board that asks something new has nothing left to repeat.
//!
//! A board repeats unanswered reports before it asks anything. So its first question after reporting a use settles
//! that use: a replay that looks the same belongs to another use.
//!
//! **Invariants.** A question never waits for the disk. Everything before a question is settled before the next
//! report of a use is interpreted, and nothing after it is.

use crate::{Ctx, effects, shared::Shared};
use domain::boards::MachineNumber;
use std::collections::HashMap;
use store::{Done, StoreError, Unaudited, uses};

/// Machines whose boards have polled since their last use message. Cheap: one entry per machine number.
#[derive(Debug, Default)]
pub(crate) struct Settled(Shared<SettledState>);

#[derive(Debug, Default)]
struct SettledState {
    machines: HashMap<MachineNumber, State>,
    questions: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It asked; that is not on disk yet.
    Pending(u64),
    Written,
}

impl Settled {
    /// The board polls. Returns the state to write, if any.
    fn ask(&self, board: MachineNumber) -> Option<State> {
        let mut known = self.0.lock();
        if known.machines.contains_key(&board) {
            return None;
        }
        known.questions += 1;
        let request = State::Pending(known.questions);
        known.machines.insert(board, request);
        Some(request)
    }

    fn is(&self, board: MachineNumber, state: State) -> bool {
        self.0.lock().machines.get(&board) == Some(&state)
    }

    fn written(&self, board: MachineNumber, request: State) {
        if let Some(state) = self.0.lock().machines.get_mut(&board).filter(|state| **state == request) {
            *state = State::Written;
        }
    }

    /// A use message of the board arrived. Returns the previous state.
    pub(super) fn take(&self, board: MachineNumber) -> Option<State> {
        self.0.lock().machines.remove(&board)
    }

    /// It did not, after all.
    pub(super) fn put_back(&self, board: MachineNumber, state: Option<State>) {
        if let Some(state) = state {
            self.0.lock().machines.entry(board).or_insert(state);
        }
    }
}

/// The board of the machine with number `board` asks something that is not about a use that has been.
pub(super) fn on_question(ctx: &Ctx, board: MachineNumber) {
    let Some(request) = super::memory(ctx).settled.ask(board) else { return };
    let own = ctx.clone();
    ctx.spawn(async move {
        let ctx = &own;
        let written = ctx.store().write::<_, StoreError, _>({
            let own = own.clone();
            async move |tx| {
                // Otherwise a use message arrived meanwhile: it settles earlier ones in its own job.
                if super::memory(&own).settled.is(board, request)
                    && let Some(machine) = uses::settle(tx, board).await?
                {
                    effects::end_unauthorised(tx, machine, own.now()).await?;
                }
                Ok(Done::unaudited((), Unaudited::SignOfLife))
            }
        });
        match written.await {
            Ok(()) => super::memory(ctx).settled.written(board, request),
            // The next use message settles it.
            Err(error) => tracing::debug!(%error, "what a board said is not settled on disk yet"),
        }
    });
}
