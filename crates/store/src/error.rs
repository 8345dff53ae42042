//! Errors of the storage, named by what the caller can do about them.
//!
//! This is the one place that reads SQLite's error texts. Constraints and triggers use a small language
//! (`append_only:<table>`, names of constraints), which is translated here.

use std::sync::Arc;

/// Why a read or change failed.
///
/// `Clone`, because one failed commit is the result of every job of its batch.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// An attempt to change an append-only table. A fault in the code.
    #[error("rows of {0} are never changed or deleted")]
    AppendOnly(String),
    /// The time is occupied: of a `person`, a `machine` or a `room`.
    #[error("this time of the {0} is taken")]
    Overlap(String),
    /// The value exists already in these columns.
    #[error("taken already: {0}")]
    Unique(String),
    /// A referenced row does not exist (any more).
    #[error("refers to something that is gone")]
    Dangling,
    /// A `CHECK` refused the value; the domain should have done so first.
    #[error("refused by the constraint {0}")]
    Refused(String),
    /// The job panicked and was rolled back.
    #[error("the change failed unexpectedly and was undone")]
    Panicked,
    /// The job took too long and was rolled back.
    #[error("the change took too long and was undone")]
    TooSlow,
    #[error("the store is closed")]
    Closed,
    /// The batch was not committed, and nothing of it is visible. A retry is right; but if the disk failed at the
    /// fsync, a crash right after may still bring the change back. A change that must not happen twice (a payment, a
    /// notice) therefore carries a key of its own.
    #[error("not saved")]
    NotCommitted(#[source] Arc<sqlx::Error>),
    /// Any other database error.
    #[error("the database failed")]
    Database(#[source] Arc<sqlx::Error>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let conflict = error.as_database_error().and_then(|db| {
            // Extended result codes: https://sqlite.org/rescode.html#constraint_trigger
            let message = db.message();
            match db.code()?.as_ref() {
                "1811" => trigger_conflict(message),
                "2067" | "1555" => Some(Self::Unique(after_colon(message).to_owned())),
                "787" => Some(Self::Dangling),
                "275" => Some(Self::Refused(after_colon(message).to_owned())),
                _ => None,
            }
        });
        conflict.unwrap_or_else(|| Self::Database(Arc::new(error)))
    }
}

/// `append_only:audit` and `overlap:person`, as the migrations raise them.
fn trigger_conflict(message: &str) -> Option<StoreError> {
    match message.split_once(':')? {
        ("append_only", table) => Some(StoreError::AppendOnly(table.to_owned())),
        ("overlap", whose) => Some(StoreError::Overlap(whose.to_owned())),
        _ => None,
    }
}

/// `UNIQUE constraint failed: card.uid` names columns, `CHECK constraint failed: name` the constraint.
fn after_colon(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, what)| what)
}
