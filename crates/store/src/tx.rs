//! The transaction of a change: the one writing connection, lent for the duration of a job.
//!
//! A `WriteTx` is not begun or committed by its user. It exists only inside [`Store::write`](crate::Store::write), and
//! its changes take effect when the writer commits the job's batch.

use sqlx::SqliteConnection;

use crate::audit::AuditEntry;
use domain::live::ChangeEvent;

/// Lent to a job by the writer. Reading functions take `tx.conn()`, changing ones the `WriteTx` itself.
#[derive(Debug)]
pub struct WriteTx {
    conn: SqliteConnection,
    hints: Vec<ChangeEvent>,
    followed: Vec<AuditEntry>,
}

impl WriteTx {
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        Self { conn, hints: Vec::new(), followed: Vec::new() }
    }

    /// The connection, for reading. It sees the changes of this job and of the jobs before it.
    pub fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }

    /// Publishes `hint` once the change is on disk, and never if it is not.
    pub fn after_commit(&mut self, hint: ChangeEvent) {
        self.hints.push(hint);
    }

    /// Adds the audit entry of a consequence, after the entry that the job returns.
    pub fn followed(&mut self, entry: AuditEntry) {
        self.followed.push(entry);
    }

    /// The entries of consequences in the last job.
    pub(crate) fn take_followed(&mut self) -> Vec<AuditEntry> {
        std::mem::take(&mut self.followed)
    }

    /// A position in the collected events to fall back to when a job fails.
    pub(crate) fn mark(&self) -> usize {
        self.hints.len()
    }

    pub(crate) fn forget_hints_since(&mut self, mark: usize) {
        self.hints.truncate(mark);
    }

    pub(crate) fn take_hints(&mut self) -> Vec<ChangeEvent> {
        std::mem::take(&mut self.hints)
    }

    pub(crate) fn into_conn(self) -> SqliteConnection {
        self.conn
    }
}
