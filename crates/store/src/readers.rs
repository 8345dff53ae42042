//! The connections that read: a few, lent out and given back.
//!
//! Not sqlx's own pool. Each time a connection comes back, that one starts a task that wakes the connection's thread
//! to hear that it lives; beside a swipe that costs as much as the swipe's own statement, and SQLite's connections do not
//! go stale.
//!
//! **Invariant:** whoever drops a [`Reader`] or a [`Snapshot`], at whatever point, gives back a connection that is fit to
//! use: its thread ends what was begun before it takes the next statement, and a snapshot's transaction is over before
//! anybody gets its connection.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    runtime::Handle,
    sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore},
};

use crate::StoreError;

/// All of them. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    all: Arc<Mutex<Vec<Arc<Shared>>>>,
    /// As many as are not lent.
    free: Arc<Semaphore>,
    count: u32,
}

/// A connection and who has it.
type Shared = tokio::sync::Mutex<SqliteConnection>;

impl Readers {
    pub(crate) async fn open(options: &SqliteConnectOptions, count: u32) -> Result<Self, sqlx::Error> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Arc::new(Shared::new(options.connect().await?)));
        }
        Ok(Self { free: Arc::new(Semaphore::new(all.len())), all: Arc::new(Mutex::new(all)), count })
    }

    /// Lends a connection, as soon as there is one. The first that is free, so that few are busy most of the time
    /// and have in their caches what is asked for.
    pub(crate) async fn take(&self) -> Result<Reader, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = self.all().iter().find_map(|conn| Arc::clone(conn).try_lock_owned().ok());
        Ok(Reader { conn: idle.ok_or(StoreError::Closed)?, _permit: permit })
    }

    /// Waits until all have come back, and closes them; whoever asks from then on is refused.
    pub(crate) async fn close(&self) {
        // Refused only when somebody has closed them before.
        let Ok(back) = self.free.acquire_many(self.count).await else { return };
        self.free.close();
        drop(back);
        let all = std::mem::take(&mut *self.all());
        for conn in all.into_iter().filter_map(Arc::into_inner) {
            // It only read: there is nothing that a failure could lose.
            drop(conn.into_inner().close().await);
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Shared>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that reads, for one statement.
#[derive(Debug)]
pub struct Reader {
    conn: OwnedMutexGuard<SqliteConnection>,
    /// Behind the connection: fields are dropped in their order, and whoever gets a permit finds a connection.
    _permit: OwnedSemaphorePermit,
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.conn
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }
}

/// A connection that reads, and sees one state of the file as long as it is held.
#[derive(Debug)]
pub struct Snapshot(
    /// There until it is dropped.
    Option<Reader>,
);

impl Snapshot {
    pub(crate) async fn begin(reader: Reader) -> Result<Self, StoreError> {
        // In its guard before the statement: given up while it waits, the transaction is ended all the same.
        let mut snapshot = Self(Some(reader));
        sqlx::query("BEGIN").execute(&mut *snapshot).await?;
        Ok(snapshot)
    }
}

impl Deref for Snapshot {
    type Target = SqliteConnection;

    #[expect(clippy::expect_used, reason = "it is there until the value is dropped")]
    fn deref(&self) -> &SqliteConnection {
        self.0.as_ref().expect("a snapshot has its connection")
    }
}

impl DerefMut for Snapshot {
    #[expect(clippy::expect_used, reason = "it is there until the value is dropped")]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("a snapshot has its connection")
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // Without a runtime the process is ending, and the connection with it.
        if let (Some(mut reader), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            // Fails only where no transaction was begun.
            runtime.spawn(async move { sqlx::query("ROLLBACK").execute(&mut *reader).await.map(drop) });
        }
    }
}
