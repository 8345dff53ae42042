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
use store::{Snapshot, SqliteConnection};

/// How often something is planned because it changed until the job; then the person looks again.
const ATTEMPTS: u8 = 4;

/// A plan with the facts that it was made from.
pub(super) struct PreparedPlan {
    wanted: SeriesRequest,
    horizon: Option<u16>,
    plan: Plan,
    /// One person plans and books one series at a time.
    _turn: Turn,
}

impl PreparedPlan {
    /// Plans in `turn`, after the reading connection is given back.
    pub async fn new((mut conn, turn): (Snapshot, Turn), wanted: SeriesRequest) -> Result<Self, SeriesError> {
        let facts = facts(&mut conn, &wanted).await?;
        drop(conn);
        let work = move || {
            let horizon = facts.horizon;
            let plan = plan(facts, &wanted);
            (wanted, horizon, plan)
        };
        let ((wanted, horizon, plan), turn) = computing::run_in(turn, work).await?;
        Ok(Self { wanted, horizon, plan, _turn: turn })
    }

    /// The time that the plan was made for.
    pub const fn at(&self) -> Millis {
        self.wanted.now
    }

    /// The plan, in the job. [`SeriesError::Outdated`] if it was made from something else than what is `wanted` and found now.
    pub async fn confirmed(
        self,
        conn: &mut SqliteConnection,
        wanted: &SeriesRequest,
    ) -> Result<Plan, SeriesError> {
        let SeriesFacts { contexts, horizon } = facts(conn, wanted).await?;
        let is_current = self.wanted == *wanted && self.horizon == horizon && self.plan.contexts == contexts;
        if is_current { Ok(self.plan) } else { Err(SeriesError::Outdated) }
    }
}

/// Plans and books by `work`, again while the plan is outdated; [`SeriesError::Overtaken`] if it always is.
pub(super) async fn until_current<T, F: Future<Output = Result<T, SeriesError>>>(
    mut work: impl FnMut() -> F,
) -> Result<T, SeriesError> {
    for _ in 0..ATTEMPTS {
        match work().await {
            Err(SeriesError::Outdated) => {}
            done => return done,
        }
    }
    Err(SeriesError::Overtaken)
}
