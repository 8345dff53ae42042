//! The handle of the storage: opens the file, reads from it, and passes changes to the writer.
//!
//! All pragmas are here, each with its reason.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
    time::Duration,
};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{broadcast, mpsc, oneshot};

use domain::live::ChangeEvent;

use crate::{
    Done, OpenError, StoreError, WriteTx, open,
    readers::{Reader, Readers, Snapshot},
    tx::{React, nothing_follows},
    writer::{Counts, Inbox, Lane, Message, Pending, Writer},
};

pub use crate::writer::{Limits, WriterFigures};

/// Changes that may queue for the writer before callers are held back.
const QUEUE: usize = 1024;
/// Events a slow receiver may fall behind before it must reload everything.
const LIVE_BACKLOG: usize = 1024;

/// Tunable parameters. The defaults are measured.
#[derive(Debug, Clone, Copy)]
pub struct Tuning {
    /// Reading connections of pages, programs and timers. SQLite readers do not block each other, so about one per core.
    pub readers: u32,
    /// Reading connections of boards, which nothing else uses.
    pub board_readers: u32,
    /// Page cache of each reader, in KiB.
    pub reader_cache_kib: u32,
    /// Page cache of the writer, in KiB. Larger, because it must hold the changed pages of a whole batch.
    pub writer_cache_kib: u32,
    /// Limits of one commit.
    pub limits: Limits,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            readers: 3,
            board_readers: 2,
            reader_cache_kib: 2048,
            writer_cache_kib: 8192,
            limits: Limits::default(),
        }
    }
}

/// The storage. Cheap to clone; the file is closed by [`Store::close`].
///
/// Boards have reading connections and a queue of their own ([`Store::of_boards`]), so however much pages and programs read and
/// change, a board waits for one change of theirs at most.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
    lane: Lane,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    boards: Access,
    others: Access,
    live: broadcast::Sender<ChangeEvent>,
    counts: Arc<Counts>,
}

/// What one lane reads and writes with.
#[derive(Debug)]
struct Access {
    read: Readers,
    writer: mpsc::Sender<Message>,
}

impl Store {
    /// Opens the file at `path`, creates it if necessary, and upgrades it.
    pub async fn open(path: &Path, tuning: Tuning) -> Result<Self, OpenError> {
        Self::open_reacting(path, tuning, nothing_follows).await
    }

    /// The same; jobs call `react` for each event that they emit.
    pub async fn open_reacting(path: &Path, tuning: Tuning, react: React) -> Result<Self, OpenError> {
        let conn = open::prepare(path, writer_options(path, &tuning)).await?;

        let options = reader_options(path, &tuning);
        let open = async |count| Readers::open(&options, count).await.map_err(OpenError::unreadable);
        let (of_boards, of_others) = (open(tuning.board_readers).await?, open(tuning.readers).await?);

        let ((to_boards, boards), (to_others, others)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        let inbox = Inbox::new(boards, others);
        let (live, _) = broadcast::channel(LIVE_BACKLOG);
        let counts = Arc::default();
        let task = Writer::new(WriteTx::new(conn, react), inbox, live.clone(), tuning.limits, Arc::clone(&counts));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(OpenError::Thread)?;
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || runtime.block_on(task.run()))
            .map_err(OpenError::Thread)?;
        let boards = Access { read: of_boards, writer: to_boards };
        let others = Access { read: of_others, writer: to_others };
        let shared = Shared { path: path.to_owned(), boards, others, live, counts };
        Ok(Self { shared: Arc::new(shared), lane: Lane::Others })
    }

    /// The same storage for the answers to boards.
    #[must_use]
    pub fn of_boards(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), lane: Lane::Boards }
    }

    fn access(&self) -> &Access {
        match self.lane {
            Lane::Boards => &self.shared.boards,
            Lane::Others => &self.shared.others,
        }
    }

    /// A reading connection for one statement; several statements that must agree need a [`snapshot`](Self::snapshot).
    pub async fn read(&self) -> Result<Reader, StoreError> {
        self.access().read.take().await
    }

    /// A view that does not change between statements. Hold it briefly: while it lives, the write-ahead log cannot be
    /// folded back into the file.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::begin(self.access().read.take().await?).await
    }

    /// Has the writer do `work`, and answers when it is on disk.
    ///
    /// `work` sees everything that was committed before it, alone with the file until it returns. When it
    /// returns an error, panics or takes too long, it is rolled back. When this future is dropped the
    /// change is made wholly or not at all.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut WriteTx) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = Pending::new(work);
        self.access().writer.send(Message::Job(Box::new(job))).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Folds the log into the file and truncates it, after a `VACUUM` if asked. `false` if a reader holds the log at
    /// this moment.
    pub(crate) async fn tidy(&self, anew: bool) -> Result<bool, StoreError> {
        let (done, tidied) = oneshot::channel();
        self.access().writer.send(Message::Tidy { anew, done }).await.map_err(|_| StoreError::Closed)?;
        tidied.await.map_err(|_| StoreError::Closed)?
    }

    /// Commits since the file was opened. Far fewer than changes, under load.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.shared.counts.commits.load(Relaxed)
    }

    /// Counters of the writer, and its queue.
    #[must_use]
    pub fn writer(&self) -> WriterFigures {
        let Counts { commits, jobs, failures } = &*self.shared.counts;
        let [commits, jobs, failures] = [commits, jobs, failures].map(|count| count.load(Relaxed));
        WriterFigures {
            commits,
            jobs,
            failures,
            waiting: queued(&self.shared.boards.writer) + queued(&self.shared.others.writer),
        }
    }

    /// Change events, from now on.
    #[must_use]
    pub fn live(&self) -> broadcast::Receiver<ChangeEvent> {
        self.shared.live.subscribe()
    }

    /// Finishes queued changes, refuses new ones, and closes the file.
    pub async fn close(&self) {
        // Readers first: the last connection to close is the one that may tidy up the log.
        self.shared.boards.read.close().await;
        self.shared.others.read.close().await;
        let (done, closed) = oneshot::channel();
        if self.access().writer.send(Message::Close(done)).await.is_ok() {
            // Never sent, only dropped, when the writer has ended.
            let _ = closed.await;
        }
    }
}

fn queued(queue: &mpsc::Sender<Message>) -> usize {
    queue.max_capacity() - queue.capacity()
}

fn writer_options(path: &Path, tuning: &Tuning) -> SqliteConnectOptions {
    common_options(path, tuning.writer_cache_kib)
        .create_if_missing(true)
        // Readers go on while the writer writes, and a commit is one sequential write and one fsync.
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: the fsync is before the answer. NORMAL would survive a crash of the process, but a power
        // cut could undo a change that a board was told of.
        .synchronous(SqliteSynchronous::Full)
        // Pages of the log before it is folded into the file; SQLite's own is a quarter. A fleet of boards writes to the
        // same pages again and again, and each is copied and synced once a folding.
        .pragma("wal_autocheckpoint", "4000")
        // The log is cut back to this after a checkpoint, so that one large import does not keep it large.
        .pragma("journal_size_limit", "16777216")
        // Deleted rows are overwritten: an erased person must not be found in the bytes of the file.
        .pragma("secure_delete", "ON")
        // Keeps the planner's statistics fresh; costs nothing when they are. Opening forgets those of small tables.
        .optimize_on_close(true, 400)
}

fn reader_options(path: &Path, tuning: &Tuning) -> SqliteConnectOptions {
    common_options(path, tuning.reader_cache_kib)
        // A function that writes through a reader fails in its first test. Not `read_only`, which cannot
        // recover a log that a crash left behind.
        .pragma("query_only", "ON")
}

fn common_options(path: &Path, cache_kib: u32) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        // Only other processes can make us wait (a backup, a repair tool); ours has one writer.
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", format!("-{cache_kib}"))
        // No SQL in the schema may call what an attacker put into the file.
        .pragma("trusted_schema", "OFF")
        // Room for every statement of a product this size: a statement that falls out of the cache is
        // compiled again, which costs more than running it.
        .statement_cache_capacity(512)
}
