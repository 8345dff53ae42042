//! Runs the timed jobs, and remembers how each last ended, for the system page.
//!
//! Invariant: a job that fails is logged and runs again at its next time; it stops no other. Not here:
//! the timers, which are the server's.
//!
//! After a jump of more than a day, nothing is cleared or lapses for an hour, or until the clock is set back by as
//! much. After a jump of more than a month, which is too long for a sleeping computer, nothing ends, is released
//! or causes a notice either.

use crate::{
    Ctx, abandoned, actuators, announcements, boards, bookings, checkouts, documents, doors, down_time, draws,
    dues, external_calendars, help, maintenance, meters, notes, notices, outages, qualifications, repeats,
    requests, retention, shared::Shared, training_events, user_directory, waiting,
};
use contract::{
    retention::Cleared,
    system::{Ended, JobRun},
};
use domain::{
    jobs::Job,
    time::{DAY, Millis},
};
use std::collections::BTreeMap;
use store::{Done, StoreError, Unaudited, heartbeat};

/// The last result of each job since the start.
#[derive(Debug, Default)]
pub(crate) struct LastRuns(Shared<BTreeMap<Job, Run>>);

#[derive(Debug, Clone, Copy)]
struct Run {
    at: Millis,
    ended: Ended,
}

impl LastRuns {
    fn of(&self, job: Job) -> Option<Run> {
        self.0.lock().get(&job).copied()
    }

    fn keep(&self, job: Job, run: Run) {
        self.0.lock().insert(job, run);
    }
}

/// Runs what is due of `job`, and returns how it ended.
pub async fn run(ctx: &Ctx, job: Job) -> Ended {
    let at = ctx.now();
    // No decisions by a clock that was just set.
    let done = match down_time::check_clocks(ctx).await {
        Ok(()) => work(ctx, job).await,
        Err(error) => Err(message(error)),
    };
    let ended = match done {
        Ok(None) => return ctx.memory::<LastRuns>().of(job).map_or(Ended::Idle, |run| run.ended),
        Ok(Some(0)) => Ended::Idle,
        Ok(Some(count)) => {
            tracing::info!(job = job.as_str(), count, "job finished");
            Ended::Done(count)
        }
        Err(error) => {
            tracing::warn!(job = job.as_str(), error, "job failed");
            notices::job_failed(ctx, job).await;
            Ended::Failed
        }
    };
    ctx.memory::<LastRuns>().keep(job, Run { at, ended });
    ended
}

/// The amount of work done – `None` if not due – or why it failed, for the log.
async fn work(ctx: &Ctx, job: Job) -> Result<Option<u64>, String> {
    let leap = down_time::unsettled(ctx).await;
    match job {
        Job::SilentBoards => ran(boards::notice_silence(ctx).await),
        Job::DueMaintenance => ran(maintenance::notice_due(ctx).await),
        Job::DeletedNotes => {
            notes::forget_deleted(ctx);
            Ok(Some(0))
        }
        // The other jobs are irreversible, even if the clock is corrected later.
        Job::Bookings if leap >= down_time::FAR => only_look(ctx).await.map_err(message),
        _ if leap >= down_time::FAR => Ok(None),
        Job::Lapses | Job::Retention if leap >= DAY => Ok(None),
        Job::AbandonedUses => {
            let ended =
                async { Ok::<_, StoreError>(abandoned::end(ctx).await? + requests::end_for_bookings(ctx).await?) };
            ran(ended.await)
        }
        Job::IdempotencyKeys => ran(repeats::forget_old(ctx).await),
        Job::Lapses => ran(qualifications::lapse(ctx).await),
        Job::Reminders => {
            let reminded =
                async { Ok::<_, StoreError>(notices::remind(ctx).await? + documents::remind(ctx).await?) };
            ran(reminded.await)
        }
        Job::Appointments => ran(checkouts::run_due(ctx).await),
        Job::TrainingEvents => ran(training_events::run_due(ctx).await),
        Job::Bookings => {
            let turned = async {
                let found = bookings::run_due(ctx).await? + waiting::run_due(ctx).await?;
                Ok::<_, StoreError>(found + outages::run_due(ctx).await?)
            };
            ran(turned.await)
        }
        Job::Draws => ran(draws::run_due(ctx).await),
        Job::Announcements => ran(announcements::run_due(ctx).await),
        Job::Actuators => ran(actuators::run_due(ctx).await),
        Job::Meters => ran(meters::run_due(ctx).await),
        Job::Visits => ran(doors::run_due(ctx).await),
        Job::Help => ran(help::run_due(ctx).await),
        Job::ExternalCalendars => ran(external_calendars::run_due(ctx).await),
        Job::Dues => ran(dues::run_due(ctx).await),
        Job::UserDirectory => ran(user_directory::run_due(ctx).await),
        Job::Retention => retention::due(ctx).await.map(|cleared| cleared.map(rows)).map_err(message),
    }
}

/// Records that bookings were examined, without any transition: the process did not stand still. Announces
/// closures to open pages.
async fn only_look(ctx: &Ctx) -> Result<Option<u64>, StoreError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    if let Some(looked) = heartbeat::looked(&mut snapshot).await? {
        bookings::announce(ctx, store::closures::list_changed_machines(&mut snapshot, looked, now).await?);
    }
    drop(snapshot);
    let noted = ctx.store().write::<_, StoreError, _>(async move |tx| {
        heartbeat::record_due_run(tx, now).await?;
        Ok(Done::unaudited((), Unaudited::SignOfLife))
    });
    noted.await?;
    Ok(None)
}

fn rows(cleared: Cleared) -> u64 {
    let Cleared { decisions, unknown_cards, sign_ins, names, entries } = cleared;
    [decisions, unknown_cards, sign_ins, names, entries].into_iter().map(u64::from).sum()
}

fn message<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

/// A job without a time of its own always runs.
fn ran<N: TryInto<u64>, E: std::fmt::Display>(done: Result<N, E>) -> Result<Option<u64>, String> {
    done.map(|count| Some(count.try_into().unwrap_or(u64::MAX))).map_err(message)
}

/// Every job and how it last ended.
pub(crate) fn last_runs(ctx: &Ctx) -> Vec<JobRun> {
    let visible = |&job: &Job| {
        let run = ctx.memory::<LastRuns>().of(job);
        JobRun { job, last: run.map(|run| (ctx.moment(run.at), run.ended)) }
    };
    Job::ALL.iter().map(visible).collect()
}
