//! Plans made before the job that carries them out.
//!
//! Invariant: a job books by a plan only if everything that it was made from is still so. If not, it is made again, outside. Not
//! here: what a plan is ([`super::plan`]).

use super::{
    SeriesError,
    plan::{Plan, SeriesFacts, SeriesRequest, facts, plan},
};
use crate::{computing, turns::Turn};
use domain::time::Millis;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use store::{Snapshot, SqliteConnection};

/// How often something is planned because it changed until the job; then the person looks again.
const ATTEMPTS: u8 = 4;

/// A plan with what it was made from.
pub(super) struct Prepared {
    wanted: SeriesRequest,
    horizon: Option<u16>,
    plan: Plan,
    attempt: Attempt,
    /// One person plans and books one series at a time.
    _turn: Turn,
}

/// An attempt to plan and book.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    number: u8,
    /// Whether the facts had changed when the job came to them.
    is_outdated: Arc<AtomicBool>,
}

impl Attempt {
    pub fn first() -> Self {
        Self { number: 1, is_outdated: Arc::default() }
    }

    /// The next attempt, if this one was outdated and is not the last.
    pub fn next(&self) -> Option<Self> {
        let is_outdated = self.is_outdated.load(Ordering::Relaxed);
        (is_outdated && self.number < ATTEMPTS).then(|| Self { number: self.number + 1, ..Self::first() })
    }
}

impl Prepared {
    /// Plans in `turn`, after the reading connection is given back.
    pub async fn new(
        (mut conn, turn): (Snapshot, Turn),
        wanted: SeriesRequest,
        attempt: Attempt,
    ) -> Result<Self, SeriesError> {
        let facts = facts(&mut conn, &wanted).await?;
        drop(conn);
        let work = move || {
            let horizon = facts.horizon;
            let plan = plan(facts, &wanted);
            (wanted, horizon, plan)
        };
        let ((wanted, horizon, plan), turn) = computing::run_in(turn, work).await?;
        Ok(Self { wanted, horizon, plan, attempt, _turn: turn })
    }

    /// The time that the plan was made for.
    pub const fn at(&self) -> Millis {
        self.wanted.now
    }

    /// The plan, in the job. [`SeriesError::Overtaken`] if it was made from something else than what is `wanted` and found now.
    pub async fn confirmed(
        self,
        conn: &mut SqliteConnection,
        wanted: &SeriesRequest,
    ) -> Result<Plan, SeriesError> {
        let SeriesFacts { contexts, horizon } = facts(conn, wanted).await?;
        if self.wanted == *wanted && self.horizon == horizon && self.plan.contexts == contexts {
            return Ok(self.plan);
        }
        self.attempt.is_outdated.store(true, Ordering::Relaxed);
        Err(SeriesError::Overtaken)
    }
}
