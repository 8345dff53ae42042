//! Runs the jobs of the clock, and remembers how each last ended, for the system page.
//!
//! Invariant: a job that fails is logged and runs again at its next time; it stops no other. Deliberately absent: the timers,
//! which are the server's.

use crate::{Ctx, abandoned, boards, maintenance, notes, qualifications, repeats, retention};
use domain::{jobs::Job, time::Millis};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use views::{
    retention::Cleared,
    system::{Ended, JobRun},
};

/// How each job last ended, since the program began.
#[derive(Debug, Default)]
pub(crate) struct LastRuns(Mutex<BTreeMap<Job, Run>>);

#[derive(Debug, Clone, Copy)]
struct Run {
    at: Millis,
    ended: Ended,
}

impl LastRuns {
    fn of(&self, job: Job) -> Option<Run> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).copied()
    }

    fn keep(&self, job: Job, run: Run) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, run);
    }
}

/// Does what is due of `job`, and answers how it ended.
pub async fn run(ctx: &Ctx, job: Job) -> Ended {
    let at = ctx.now();
    let ended = match work(ctx, job).await {
        Ok(0) => Ended::Idle,
        Ok(count) => {
            tracing::info!(job = job.word(), count, "a job found something to do");
            Ended::Done(count)
        }
        Err(error) => {
            tracing::warn!(job = job.word(), error, "a job failed");
            Ended::Failed
        }
    };
    ctx.last_runs().keep(job, Run { at, ended });
    ended
}

/// How much was done, or why it failed, for the log.
async fn work(ctx: &Ctx, job: Job) -> Result<u64, String> {
    match job {
        Job::AbandonedUses => abandoned::end(ctx).await.map(to_u64).map_err(said),
        Job::SilentBoards => boards::notice_silence(ctx).await.map(to_u64).map_err(said),
        Job::DueMaintenance => maintenance::notice_due(ctx).await.map(to_u64).map_err(said),
        Job::DeletedNotes => {
            notes::forget_deleted(ctx);
            Ok(0)
        }
        Job::IdempotencyKeys => repeats::forget_old(ctx).await.map_err(said),
        Job::Lapses => qualifications::lapse(ctx).await.map(to_u64).map_err(said),
        Job::Retention => retention::due(ctx).await.map(|cleared| cleared.map_or(0, rows)).map_err(said),
    }
}

fn rows(cleared: Cleared) -> u64 {
    let Cleared { decisions, unknown_cards, sign_ins, names, entries } = cleared;
    [decisions, unknown_cards, sign_ins, names, entries].into_iter().map(u64::from).sum()
}

fn said<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

fn to_u64<N: TryInto<u64>>(count: N) -> u64 {
    count.try_into().unwrap_or(u64::MAX)
}

/// Every job and how it last ended.
pub(crate) fn last_runs(ctx: &Ctx) -> Vec<JobRun> {
    let shown = |&job: &Job| {
        let run = ctx.last_runs().of(job);
        JobRun { job, last: run.map(|run| (ctx.moment(run.at), run.ended)) }
    };
    Job::ALL.iter().map(shown).collect()
}
