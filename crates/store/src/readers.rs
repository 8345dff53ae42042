//! The reading connections: a small pool.
//!
//! Not sqlx's own pool: each time a connection is returned, that one starts a task that pings the connection's thread;
//! next to a swipe that costs as much as the swipe's own statement, and SQLite connections do not go stale.
//!
//! **Invariant:** dropping a [`Reader`] or [`Snapshot`] at any point returns a usable connection: its thread finishes
//! the running statement before the next one, and a snapshot's transaction is over before the connection is lent again.

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

/// The pool. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    all: Arc<Mutex<Vec<Arc<Shared>>>>,
    /// One permit per idle connection.
    free: Arc<Semaphore>,
    count: u32,
}

/// A connection and its present owner.
type Shared = tokio::sync::Mutex<SqliteConnection>;

impl Readers {
    pub(crate) async fn open(options: &SqliteConnectOptions, count: u32) -> Result<Self, sqlx::Error> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(Arc::new(Shared::new(options.connect().await?)));
        }
        Ok(Self { free: Arc::new(Semaphore::new(all.len())), all: Arc::new(Mutex::new(all)), count })
    }

    /// Lends a connection as soon as one is idle. Prefers the first, so that few connections do most of the work with
    /// warm caches.
    pub(crate) async fn take(&self) -> Result<Reader, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = self.all().iter().find_map(|conn| Arc::clone(conn).try_lock_owned().ok());
        Ok(Reader { conn: idle.ok_or(StoreError::Closed)?, _permit: permit })
    }

    /// Waits until all connections are returned, and closes them; later calls are refused.
    pub(crate) async fn close(&self) {
        // Refused only after they were closed.
        let Ok(back) = self.free.acquire_many(self.count).await else { return };
        self.free.close();
        drop(back);
        let all = std::mem::take(&mut *self.all());
        for conn in all.into_iter().filter_map(Arc::into_inner) {
            // Read-only: a failure loses nothing.
            drop(conn.into_inner().close().await);
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Shared>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reading connection for one statement.
#[derive(Debug)]
pub struct Reader {
    conn: OwnedMutexGuard<SqliteConnection>,
    /// Declared after the connection: fields are dropped in order, so that a new permit always finds a connection.
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

/// A reading connection that sees one state of the file while it is held.
#[derive(Debug)]
pub struct Snapshot(
    /// `Some` until dropped.
    Option<Reader>,
);

impl Snapshot {
    pub(crate) async fn begin(reader: Reader) -> Result<Self, StoreError> {
        // Guarded before the statement, so that the transaction ends even if this is cancelled.
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
