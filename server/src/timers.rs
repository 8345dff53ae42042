//! Timers of jobs: each has its own, so that a long one delays no other.

use domain::jobs::Job;
use services::{Ctx, down_time, jobs};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Runs every job at its times until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    futures::future::join_all(Job::ALL.iter().map(|&job| keep_running(&ctx, job, &stop))).await;
}

async fn keep_running(ctx: &Ctx, job: Job, stop: &CancellationToken) {
    let mut times = interval(job.every());
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let waits = Instant::now();
        tokio::select! {
            () = stop.cancelled() => return,
            at = times.tick() => {
                // The process did nothing meanwhile: it was stopped, or the computer was suspended or overloaded.
                down_time::stood_still(ctx, at.max(waits).elapsed()).await;
                jobs::run(ctx, job).await;
            }
        }
    }
}
