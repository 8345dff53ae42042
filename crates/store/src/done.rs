//! The obligations of a finished change.
//!
//! A job of the writer returns [`Done`], which can only be made with an audit entry or with a reason, from a closed
//! list, for having none. Forgetting the entry does not compile: `Store::write` takes nothing else.

use crate::{audit_entry::AuditEntry, uses::Rest};

/// A finished change: the value for the caller, and the audit entry.
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
    /// No person's action: a board is alive, or a use continues.
    SignOfLife,
    /// A card was tapped; attempts have their own table.
    Attempt,
    /// A counter of unreadable messages.
    Counter,
    /// A session or token was used; a session is extended by that.
    SessionSliding,
    /// An idempotency key. The created thing has its own entry.
    Repeatable,
    /// Expired rows without effect were deleted.
    RunOut,
    /// A person read or archived their notices, or changed their notice settings: nobody else's concern.
    OwnNotices,
    /// A person watched part of a video or answered a question: their own progress, with a record of its own.
    Learnt,
    /// A timer sent reminders.
    Reminded,
    /// A sign-in at an identity provider began, or waits for a proof: it lets nobody in.
    SignInPending,
    /// A mail was sent or queued.
    Delivered,
    /// An external calendar was read and had not changed.
    CalendarRead,
    /// A lease was sent, refused or ended; leases have a log of their own.
    Leased,
    /// A person came or left, or has guests: openings and visits have tables of their own, which are deleted after 30 days.
    PresenceChanged,
    /// A payment processor was asked, or sent an event: what follows from it has an entry of its own.
    ProcessorHeard,
    /// A command in Slack was counted; it changes nothing else.
    CommandAnswered,
    /// The user directory was read: what follows from it has entries of its own.
    DirectoryRead,
    /// A browser was asked for a passkey, or gave an answer that was refused: what a right answer does has an entry.
    PasskeyAsked,
    /// Nothing had to be changed.
    NothingChanged,
}

#[derive(Debug)]
pub(crate) enum Record {
    Audited(AuditEntry),
    Unaudited(Unaudited),
}

impl<T> Done<T> {
    /// The value for the caller.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Whether the change has an audit entry.
    #[must_use]
    pub fn is_audited(&self) -> bool {
        matches!(self.record, Record::Audited(_))
    }

    /// A change recorded by `entry`, in the same commit.
    pub fn audited(value: T, entry: AuditEntry) -> Self {
        Self { value, record: Record::Audited(entry), rest: None }
    }

    /// A change without an entry, because of `reason`.
    pub fn unaudited(value: T, reason: Unaudited) -> Self {
        Self { value, record: Record::Unaudited(reason), rest: None }
    }

    /// The change with another value for the caller.
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: value(self.value), record: self.record, rest: self.rest }
    }

    /// Writes `rest` in the same commit and in one trip with the entry.
    pub fn lastly(self, rest: Rest) -> Self {
        Self { rest: Some(rest), ..self }
    }
}
