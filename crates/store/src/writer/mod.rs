//! The writer: the one task that changes the file, many changes per commit.
//!
//! An fsync costs a thousand times a statement, so the writer pays it once for everything that waits. It takes the
//! first job, begins a transaction, runs that job and all others queued meanwhile, each in its own savepoint, commits,
//! and only then answers. While one commit waits for the disk the next batch gathers by itself: nobody ever waits for a
//! batch to fill.
//!
//! **Invariants**
//!
//! - An answer is sent after the commit it depends on. A refusal too: it may depend on what an earlier job of the same
//!   batch wrote, which is true only once that is committed.
//! - A job that fails, panics or times out is rolled back alone.
//! - If the commit fails, nothing of the batch happened, and every job of it gets that error.
//! - A batch is of one lane. A board waits for one job of the others at most, and the others get a batch between two of boards.
//! - A job whose caller left before it began is dropped; once begun it is finished and committed.
//!
//! **Not here:** retries (jobs run once; the caller knows whether a retry makes sense). Within a lane the order of arrival holds.
//!
//! The writer runs on its own thread with a single-threaded runtime. That lets a job be a plain `async move |tx| { …
//! }`: its future need not be `Send`, which stable Rust cannot yet ask of an async closure. It also keeps a busy page
//! render from holding up a commit.

mod eager;
mod inbox;
mod job;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use domain::live::ChangeEvent;
use sqlx::{Connection, Executor};
use tokio::sync::{broadcast, oneshot};

use self::eager::eagerly;
pub(crate) use self::{
    inbox::{Inbox, Lane},
    job::{Job, Pending},
};
use crate::{
    StoreError, WriteTx,
    audit::{self, AuditEntry, NextStep},
    done::Record,
    uses::Rest,
};

/// Limits of one commit. The first one reached closes the batch.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub jobs: usize,
    /// Time to run jobs before the commit, so that the first does not wait for the last.
    pub batch: Duration,
    /// Time one job may take before it is rolled back.
    pub job: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { jobs: 256, batch: Duration::from_millis(40), job: Duration::from_secs(2) }
    }
}

/// Counters since the file was opened, and the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterFigures {
    pub commits: u64,
    /// Jobs answered after a commit: far more than commits, under load.
    pub jobs: u64,
    /// Failed commits.
    pub failures: u64,
    /// Queued jobs.
    pub waiting: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub commits: AtomicU64,
    pub jobs: AtomicU64,
    pub failures: AtomicU64,
}

/// A message to the writer.
pub(crate) enum Message {
    Job(Box<dyn Job>),
    /// Fold the log into the file between two batches, after a `VACUUM` if asked.
    Tidy {
        anew: bool,
        done: oneshot::Sender<Result<bool, StoreError>>,
    },
    /// Finish queued jobs, then close the file. The sender is dropped when done.
    Close(oneshot::Sender<()>),
}

pub(crate) struct Writer {
    tx: WriteTx,
    inbox: Inbox,
    live: broadcast::Sender<ChangeEvent>,
    limits: Limits,
    counts: Arc<Counts>,
    closing: Vec<oneshot::Sender<()>>,
    tidying: Vec<(bool, oneshot::Sender<Result<bool, StoreError>>)>,
}

impl Writer {
    pub(crate) fn new(
        tx: WriteTx,
        inbox: Inbox,
        live: broadcast::Sender<ChangeEvent>,
        limits: Limits,
        counts: Arc<Counts>,
    ) -> Self {
        Self { tx, inbox, live, limits, counts, closing: Vec::new(), tidying: Vec::new() }
    }

    /// Runs until it is asked to close, or the last handle of the store is dropped; then finishes queued jobs.
    pub(crate) async fn run(mut self) {
        // A board that was answered often has more to say, and the next batch has gathered during the commit.
        while let Some(message) = eagerly(self.inbox.next()).await {
            if let Some(job) = self.accept(message) {
                self.batch(job).await;
            }
            self.tidy().await;
        }
        if let Err(error) = self.tx.into_conn().close().await {
            tracing::error!(%error, "the database file was not closed cleanly");
        }
        drop(self.closing);
    }

    /// Handles messages that need no transaction.
    fn accept(&mut self, message: Message) -> Option<Box<dyn Job>> {
        match message {
            // A caller that gave up before its job began may have retried: it must not find the change made twice.
            Message::Job(job) => (!job.abandoned()).then_some(job),
            Message::Tidy { anew, done } => {
                self.tidying.push((anew, done));
                None
            }
            Message::Close(done) => {
                self.inbox.close();
                self.closing.push(done);
                None
            }
        }
    }

    /// Runs the requested clean-up between batches. Never waits for a reader, because boards wait for the writer.
    async fn tidy(&mut self) {
        for (anew, done) in std::mem::take(&mut self.tidying) {
            let tidied = self.fold(anew).await.map_err(StoreError::from);
            // The caller may be gone.
            let _ = done.send(tidied);
        }
    }

    async fn fold(&mut self, anew: bool) -> Result<bool, sqlx::Error> {
        let conn = self.tx.conn();
        if anew {
            conn.execute("VACUUM").await?;
        }
        // A reader keeps the log from being emptied. The next clean-up tries again, while waiting would stop all boards.
        conn.execute("PRAGMA busy_timeout = 0").await?;
        let busy = sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await;
        conn.execute("PRAGMA busy_timeout = 5000").await?;
        Ok(busy? == 0)
    }

    /// The next queued job of the lane.
    fn waiting(&mut self) -> Option<Box<dyn Job>> {
        loop {
            let message = self.inbox.next_of_lane()?;
            if let Some(job) = self.accept(message) {
                return Some(job);
            }
        }
    }

    /// Runs `first` and all jobs of its lane queued after it, commits, answers, and publishes the events.
    async fn batch(&mut self, first: Box<dyn Job>) {
        let mut jobs = vec![first];
        let outcome = eagerly(self.attempt(&mut jobs)).await;
        // Taken on failure too, or the next commit would publish events of changes that were never made.
        let hints = self.tx.take_hints();
        match outcome {
            Ok(()) => {
                self.counts.commits.fetch_add(1, Relaxed);
                self.counts.jobs.fetch_add(jobs.len().try_into().unwrap_or(u64::MAX), Relaxed);
                // Before the answers: a page rendered after an answer then carries the id of the last event it contains.
                for hint in hints {
                    // Nobody listening is fine.
                    let _ = self.live.send(hint);
                }
            }
            Err(error) => {
                self.counts.failures.fetch_add(1, Relaxed);
                tracing::error!(%error, batch.jobs = jobs.len(), "a batch was not committed");
                let error = StoreError::NotCommitted(error.into());
                for job in &mut jobs {
                    job.fail(error.clone());
                }
                self.abort().await;
            }
        }
        jobs.into_iter().for_each(Job::answer);
    }

    /// One transaction. On an error the caller rolls back; `jobs` then holds all that took part.
    async fn attempt(&mut self, jobs: &mut Vec<Box<dyn Job>>) -> Result<(), sqlx::Error> {
        let before = audit::begin(self.tx.conn()).await?;
        let mut head = before;
        let began = Instant::now();
        let mut ran = 0;
        while let Some(job) = jobs.get_mut(ran) {
            ran += 1;
            let mark = self.tx.mark();
            let outcome = self.run_one(&mut **job).await;
            let is_full =
                ran >= self.limits.jobs || began.elapsed() >= self.limits.batch || self.inbox.boards_overtake();
            // Nothing waits: the commit goes with what the job leaves to be written.
            let is_last = is_full || self.inbox.lane_is_empty();
            match outcome {
                None => self.undo(mark).await?,
                Some((entries, rest)) => {
                    let then = if is_last { NextStep::Commit(before) } else { NextStep::NextJob };
                    match audit::append_and_keep(self.tx.conn(), head, &entries, rest.as_ref(), then).await {
                        Ok(_) if is_last => return Ok(()),
                        Ok(next) => head = next,
                        // It fails alone, unless the commit failed: then its savepoint is gone.
                        Err(error) => match self.undo(mark).await {
                            Ok(()) => job.fail(error.into()),
                            Err(_) => return Err(error),
                        },
                    }
                }
            }
            if !is_full {
                jobs.extend(self.waiting());
            }
        }
        audit::commit(self.tx.conn(), before, head).await
    }

    /// Runs one job. Its audit entries and its unwritten rest, or `None` if it is to be undone.
    async fn run_one(&mut self, job: &mut dyn Job) -> Option<(Vec<AuditEntry>, Option<Rest>)> {
        let record = job.run(&mut self.tx, self.limits.job).await;
        let mut entries = self.tx.take_followed();
        let (record, rest) = record?;
        // The cause comes before its consequences in the chain.
        match record {
            Record::Audited(entry) => entries.insert(0, entry),
            Record::Unaudited(reason) => tracing::trace!(?reason, "a change without an audit entry"),
        }
        Some((entries, rest))
    }

    /// Rolls back to the savepoint, which stays open.
    ///
    /// Some failures (I/O, memory) make SQLite drop the whole transaction. Then the savepoint is gone and this fails,
    /// and so must the batch, because the jobs before are gone too.
    async fn undo(&mut self, mark: usize) -> Result<(), sqlx::Error> {
        self.tx.forget_hints_since(mark);
        self.tx.conn().execute("ROLLBACK TO job").await?;
        Ok(())
    }

    /// Rolls back. SQLite may have ended the transaction already, which is an error only by name.
    async fn abort(&mut self) {
        if let Err(error) = self.tx.conn().execute("ROLLBACK").await {
            tracing::debug!(%error, "nothing to roll back");
        }
    }
}
