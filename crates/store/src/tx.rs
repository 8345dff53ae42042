//! The hands of a change: the one connection that may write, lent for the length of a job.
//!
//! A `WriteTx` is not begun or committed by its user. It exists only inside [`Store::write`](crate::Store::write),
//! and what is done with it becomes real when the writer commits the batch the job ran in.

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

    /// The connection, for what reads. It sees what this job, and the jobs before it, have changed.
    pub fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }

    /// Sends `hint` once the change is on disk, and never if it is not.
    pub fn after_commit(&mut self, hint: ChangeEvent) {
        self.hints.push(hint);
    }

    /// Records what followed from the change, behind the entry that the job answers with.
    pub fn followed(&mut self, entry: AuditEntry) {
        self.followed.push(entry);
    }

    /// What followed in the job that has just run.
    pub(crate) fn take_followed(&mut self) -> Vec<AuditEntry> {
        std::mem::take(&mut self.followed)
    }

    /// A place among the collected hints to fall back to when a job fails.
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
