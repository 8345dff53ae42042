//! Health: whether the process can do its work.

use crate::Ctx;
use std::time::Duration;
use store::{Done, StoreError, Unaudited};

/// How long a change may take before the storage counts as stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// What works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// A change reaches the disk.
    pub database: bool,
    /// Boards can be heard.
    pub broker: bool,
}

impl Health {
    /// Whether everything does.
    #[must_use]
    pub const fn ready(self) -> bool {
        self.database && self.broker
    }
}

/// Tries what can be tried.
pub async fn check(ctx: &Ctx) -> Health {
    let nothing = ctx.store().write::<(), StoreError, _>(async |tx| {
        // Takes the write lock and commits, which is what fails when the file is not ours to change.
        store::people::count(tx.conn()).await?;
        Ok(Done::unaudited((), Unaudited::NothingChanged))
    });
    let database = matches!(tokio::time::timeout(PATIENCE, nothing).await, Ok(Ok(())));
    Health { database, broker: ctx.broker().lost().is_none() }
}
