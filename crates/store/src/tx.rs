//! The transaction of a change: the one writing connection, lent for the duration of a job.
//!
//! A `WriteTx` is not begun or committed by its user. It exists only inside [`Store::write`](crate::Store::write), and
//! its changes take effect when the writer commits the job's batch.

use futures::future::LocalBoxFuture;
use sqlx::SqliteConnection;

use crate::{StoreError, audit_entry::AuditEntry};
use domain::{actor::Proof, events::DomainEvent, live::ChangeEvent, time::Millis};

/// What follows an event, in the same job. Given by the owner of the storage, which knows no reaction itself.
pub type React =
    for<'a> fn(&'a mut WriteTx, &'a Proof, DomainEvent, Millis) -> LocalBoxFuture<'a, Result<(), StoreError>>;

/// No reaction: for a storage without services around it.
pub(crate) fn nothing_follows<'a>(
    _: &'a mut WriteTx,
    _: &'a Proof,
    _: DomainEvent,
    _: Millis,
) -> LocalBoxFuture<'a, Result<(), StoreError>> {
    Box::pin(std::future::ready(Ok(())))
}

/// Lent to a job by the writer. Reading functions take `tx.conn()`, changing ones the `WriteTx` itself.
#[derive(Debug)]
pub struct WriteTx {
    conn: SqliteConnection,
    hints: Vec<ChangeEvent>,
    followed: Vec<AuditEntry>,
    react: React,
}

impl WriteTx {
    pub(crate) fn new(conn: SqliteConnection, react: React) -> Self {
        Self { conn, hints: Vec::new(), followed: Vec::new(), react }
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

    /// Runs what follows `event`, at once and in this job: under the same proof, and done or undone with it. The change
    /// itself must be written before.
    pub async fn emit(&mut self, proof: &Proof, event: DomainEvent, now: Millis) -> Result<(), StoreError> {
        (self.react)(self, proof, event, now).await
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
