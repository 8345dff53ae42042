//! Health: whether the process can do its work.

use crate::{Ctx, boards};
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
    let now = ctx.now();
    // A commit that changes nothing reaches no disk, and so proves nothing.
    let beat = ctx.store().write::<(), StoreError, _>(async move |tx| {
        store::pulse::beat(tx, now).await?;
        Ok(Done::unaudited((), Unaudited::SignOfLife))
    });
    let database = matches!(tokio::time::timeout(PATIENCE, beat).await, Ok(Ok(())));
    Health { database, broker: boards::broker_is_there(ctx) }
}
