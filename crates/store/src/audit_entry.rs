//! An audit entry, as a job hands it to the writer.
//!
//! Not here: the chain that it becomes a link of ([`crate::audit`]).

use domain::{
    actor::{Channel, Proof},
    audit::Subject,
    id::AliasId,
    time::Millis,
};

/// An audit entry. It needs a [`Proof`] that the action was allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub(crate) at: Millis,
    pub(crate) by: Option<AliasId>,
    pub(crate) door: Channel,
    pub(crate) action: &'static str,
    pub(crate) subject: String,
    pub(crate) detail: String,
}

impl AuditEntry {
    /// An entry for `action` (`use.start`) on `subject` at `at`, with `detail` as ids and codes only. `by` is the alias
    /// of the person who acted if that is not the proof's own person: the holder of the card that a board named. All
    /// others use [`entry`](crate::audit::entry).
    #[must_use]
    pub fn new(
        proof: &Proof,
        by: Option<AliasId>,
        at: Millis,
        action: &'static str,
        subject: impl Into<Subject>,
        detail: &serde_json::Value,
    ) -> Self {
        Self {
            at,
            by,
            door: proof.channel(),
            action,
            subject: subject.into().to_string(),
            detail: detail.to_string(),
        }
    }
}
