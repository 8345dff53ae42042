//! Health: whether the process can do its work.

use crate::{Ctx, boards};
use domain::time::Millis;
use std::{io::Write, path::Path, sync::Arc, time::Duration};
use store::{Done, StoreError, Unaudited};
use tokio::{sync::Mutex, time::timeout};

/// How long a change may take before the storage counts as stuck.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes written to test for free space: no more than a few changes. A change alone shows nothing, because it
/// reuses space in the log and works on a full disk until that is used up.
const ROOM: usize = 256 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// A change reaches the disk.
    pub database: bool,
    /// There is room in the data folder.
    pub disk: bool,
    /// The broker is reachable.
    pub broker: bool,
}

impl Health {
    #[must_use]
    pub const fn ready(self) -> bool {
        self.database && self.disk && self.broker
    }
}

#[derive(Default)]
struct Memory {
    /// Held while it is tried whether there is room on the disk.
    trying: Arc<Mutex<()>>,
    /// Held during a health check: the start of the last one, in steady time, and its result.
    checked: Mutex<Option<(Millis, Health)>>,
}

/// Checks the storage, once for all concurrent callers: their number adds no load.
pub async fn check(ctx: &Ctx) -> Health {
    let request = ctx.steady();
    let mut last = ctx.memory::<Memory>().checked.lock().await;
    if let Some((began, health)) = *last
        && began > request
    {
        return health;
    }
    let (began, now) = (ctx.steady(), ctx.now());
    // An empty commit reaches no disk, and therefore proves nothing.
    let beat = ctx.store().write::<(), StoreError, _>(async move |tx| {
        store::heartbeat::beat(tx, now).await?;
        Ok(Done::unaudited((), Unaudited::SignOfLife))
    });
    let (beat, room) = tokio::join!(timeout(PATIENCE, beat), timeout(PATIENCE, has_room(ctx)));
    let (database, disk) = (matches!(beat, Ok(Ok(()))), matches!(room, Ok(true)));
    let health = Health { database, disk, broker: boards::broker_is_there(ctx) };
    *last = Some((began, health));
    health
}

/// Whether a file can be written in the data folder. One is tried at a time, or a disk that hangs would take a
/// thread for each who asks.
async fn has_room(ctx: &Ctx) -> bool {
    let Some(folder) = ctx.store().path().parent().map(Path::to_owned) else { return false };
    let one = Arc::clone(&ctx.memory::<Memory>().trying).lock_owned().await;
    let tried = tokio::task::spawn_blocking(move || {
        let written = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&vec![b'.'; ROOM]));
        drop(one);
        written
    });
    matches!(tried.await, Ok(Ok(())))
}
