//! What a change owes when it is finished.
//!
//! A job of the writer returns [`Done`], and there is no way to make one without either an entry for the
//! audit chain or a reason, from a closed list, why there is none. Forgetting the record does not compile:
//!
//! ```compile_fail
//! # async fn forgetful(store: &store::Store) -> Result<(), store::StoreError> {
//! store.write(async |_tx| Ok(())).await // expected `Done<_>`, found `()`
//! # }
//! ```

use crate::{audit::AuditEntry, uses::Rest};

/// A finished change: the value for the caller, and the record for the chain.
#[must_use]
#[derive(Debug)]
pub struct Done<T> {
    pub(crate) value: T,
    pub(crate) record: Record,
    pub(crate) rest: Option<Rest>,
}

/// Why a change leaves no entry in the audit chain. Add a variant only with a reason that an auditor accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unaudited {
    /// Nothing that a person did: a board said that it is alive, or that a use goes on.
    SignOfLife,
    /// Somebody held a card to a reader; attempts are a record of their own.
    Attempt,
    /// A counter of messages that could not be read.
    Counter,
    /// A session or a token was used; a session lasts longer by it.
    SessionSliding,
    /// A program may ask again without making something twice. What it makes has its own entry.
    Repeatable,
    /// What had run out, and opened nothing any more, was cleared away.
    RunOut,
    /// Somebody read or archived what they were told, or chose what they want to be told: nobody else's concern.
    OwnNotices,
    /// Somebody watched a part of a video or answered a question: their own way, with a record of its own.
    Learnt,
    /// A timer told people what is due: nothing that somebody did.
    Reminded,
    /// A mail left, or waits: nothing that somebody did.
    Delivered,
    /// A calendar that others keep was read, and nothing in it had changed.
    CalendarRead,
    /// The job found that there was nothing to change.
    NothingChanged,
}

#[derive(Debug)]
pub(crate) enum Record {
    Audited(AuditEntry),
    Unaudited(Unaudited),
}

impl<T> Done<T> {
    /// What the caller is answered.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Whether the change is on record.
    #[must_use]
    pub fn is_audited(&self) -> bool {
        matches!(self.record, Record::Audited(_))
    }

    /// The change is recorded by `entry`, in the same commit.
    pub fn audited(value: T, entry: AuditEntry) -> Self {
        Self { value, record: Record::Audited(entry), rest: None }
    }

    /// The change is not recorded, because of `reason`.
    pub fn unaudited(value: T, reason: Unaudited) -> Self {
        Self { value, record: Record::Unaudited(reason), rest: None }
    }

    /// The same change with another value for the caller.
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: value(self.value), record: self.record, rest: self.rest }
    }

    /// Writes `rest`, in the same commit and in one trip with the record.
    pub fn lastly(self, rest: Rest) -> Self {
        Self { rest: Some(rest), ..self }
    }
}
