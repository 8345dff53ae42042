//! What timers do about a noun: find what is due, remind, then settle each in a job of its own.
//!
//! Invariants: a run may come late or twice, because it queries everything due and each job checks again before it settles: a person may
//! have acted since. One job per item leaves the writer to boards in between, and a failure undoes one item only.
//!
//! Not here: what is due and how it is settled, which each noun knows, and the timers, which belong to the server.

use crate::Ctx;
use domain::{id::PersonId, notices::Notice, time::Millis};
use store::{Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit::AuditEntry, notices};

/// The work one run found.
pub(crate) struct Due<K> {
    /// Notices to send; nothing else changes with them.
    pub reminders: Vec<(PersonId, Notice)>,
    /// Items to settle.
    pub over: Vec<K>,
}

impl<K> Default for Due<K> {
    fn default() -> Self {
        Self { reminders: Vec::new(), over: Vec::new() }
    }
}

impl<K> Due<K> {
    /// Adds a reminder that the person has not got yet.
    pub async fn remind(
        &mut self,
        conn: &mut SqliteConnection,
        person: PersonId,
        notice: Notice,
    ) -> Result<(), StoreError> {
        if !notices::is_recorded(conn, person, &notice).await? {
            self.reminders.push((person, notice));
        }
        Ok(())
    }
}

impl<K: Send + 'static> Due<K> {
    /// Sends the reminders, then settles each item; returns how much was found.
    pub async fn run<S>(self, ctx: &Ctx, now: Millis, settle: S) -> Result<usize, StoreError>
    where
        S: AsyncFn(&mut WriteTx, K) -> Result<Option<AuditEntry>, StoreError> + Clone + Send + 'static,
    {
        let Self { reminders, over } = self;
        let found = reminders.len() + over.len();
        if !reminders.is_empty() {
            let reminded = ctx.store().write::<_, StoreError, _>(async move |tx| {
                for (person, notice) in &reminders {
                    notices::record(tx, None, *person, notice, now).await?;
                }
                Ok(Done::unaudited((), Unaudited::Reminded))
            });
            reminded.await?;
        }
        settle_each(ctx, over, settle).await?;
        Ok(found)
    }
}

/// Settles each of `over` in a job of its own. `settle` checks again whether the item is due, and returns the audit entry, or `None`
/// if it no longer is. Returns how many were settled.
pub(crate) async fn settle_each<K, S>(
    ctx: &Ctx,
    over: impl IntoIterator<Item = K>,
    settle: S,
) -> Result<usize, StoreError>
where
    K: Send + 'static,
    S: AsyncFn(&mut WriteTx, K) -> Result<Option<AuditEntry>, StoreError> + Clone + Send + 'static,
{
    let mut settled = 0;
    for key in over {
        let settle = settle.clone();
        let done = ctx.store().write::<_, StoreError, _>(async move |tx| {
            Ok(match settle(tx, key).await? {
                Some(entry) => Done::audited(1, entry),
                None => Done::unaudited(0, Unaudited::NothingChanged),
            })
        });
        settled += done.await?;
    }
    Ok(settled)
}
