//! The context of every use case: the storage, the clock, the facts about the space, and the in-memory state of modules.
//!
//! State held only in memory may be lost in a restart. Each module defines its own and gets it by type ([`Ctx::memory`]).
//! Not here: what runs in the background ([`crate::open`]).

use crate::{
    clock::{self, Clock, SystemClock},
    live::Hub,
    memory::Memories,
    shared::Shared,
    space::Space,
    token::TokenRng,
};
use data_encoding::HEXLOWER;
use domain::{
    live::ChangeEvent,
    time::{Date, Millis, Moment},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use store::{Done, Limits, OpenError, React, Store, StoreError, Tuning, Unaudited};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The configuration of the services.
pub struct Config {
    /// The database file; made if it is not there.
    pub file: PathBuf,
    pub clock: Arc<dyn Clock>,
    /// The source of tokens and salts.
    pub rng: TokenRng,
    /// The beginning of the topics of boards, which no device of the building may have.
    pub board_topic: String,
    /// Time one change may take before it is undone, so that boards are answered in time.
    pub longest_change: Duration,
}

impl Config {
    /// The file at `file`, by the system's clock and dice; boards under the usual topic.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            clock: Arc::new(SystemClock),
            rng: TokenRng::of_system(),
            board_topic: "machine".to_owned(),
            longest_change: Limits::default().job,
        }
    }
}

/// The context of every use case. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    store: Store,
    shared: Arc<Inner>,
}

struct Inner {
    started: Millis,
    clock: Arc<dyn Clock>,
    rng: TokenRng,
    hub: Hub,
    space: Shared<Arc<Space>>,
    /// Held while the space's settings are reloaded, so that reloads run in order and later changes are read
    /// later.
    reloading: tokio::sync::Mutex<()>,
    calendar_name: Arc<str>,
    board_topic: Arc<str>,
    memories: Memories,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// The random name in uids of calendar entries; generated when the file is first opened.
async fn calendar_name(store: &Store, rng: &TokenRng) -> Result<Arc<str>, StoreError> {
    if let Some(known) = store::feeds::calendar_name(&mut *store.read().await?).await? {
        return Ok(known.into());
    }
    let fresh = HEXLOWER.encode(&rng.bytes::<16>());
    let named = store.write(async move |tx| {
        let name = store::feeds::name_calendars(tx, &fresh).await?;
        Ok::<_, StoreError>(Done::unaudited(name, Unaudited::Delivered))
    });
    Ok(named.await?.into())
}

impl Ctx {
    /// Opens the storage, whose jobs call `react` for each event, and starts the live hub.
    pub(crate) async fn open(config: Config, react: React) -> Result<Self, OpenError> {
        let limits = Limits { job: config.longest_change, ..Limits::default() };
        let store = Store::open_reacting(&config.file, Tuning { limits, ..Tuning::default() }, react).await?;
        // A copy left by a process that was killed.
        store::imports::fabomatic::forget(&config.file);
        let settings = async { store::settings::of_space(&mut *store.read().await?).await };
        let settings = settings.await.map_err(OpenError::Settings)?;
        let calendar_name = calendar_name(&store, &config.rng).await.map_err(OpenError::Settings)?;
        let started = config.clock.now();
        let shared = Inner {
            started,
            hub: Hub::new(started),
            space: Shared::new(Arc::new(Space::from_settings(&settings))),
            reloading: tokio::sync::Mutex::default(),
            calendar_name,
            board_topic: config.board_topic.into(),
            memories: Memories::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            clock: config.clock,
            rng: config.rng,
        };
        let ctx = Self { store, shared: Arc::new(shared) };
        let (hub, hints, stop) = (ctx.clone(), ctx.store.live(), ctx.stop());
        ctx.spawn(async move { hub.live().forward(hints, stop).await });
        Ok(ctx)
    }

    /// The same context for the answers to boards, with their own place at the storage.
    #[must_use]
    pub fn of_boards(&self) -> Self {
        Self { store: self.store.of_boards(), shared: Arc::clone(&self.shared) }
    }

    /// The present instant. Read once per use case.
    pub(crate) fn now(&self) -> Millis {
        self.shared.clock.now()
    }

    /// The steady time, which cannot be set: for rate limits, and never to be stored.
    pub(crate) fn steady(&self) -> Millis {
        clock::steady(&*self.shared.clock)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.shared.clock
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The beginning of the topics of boards.
    pub(crate) fn board_topic(&self) -> Arc<str> {
        Arc::clone(&self.shared.board_topic)
    }

    pub(crate) fn rng(&self) -> &TokenRng {
        &self.shared.rng
    }

    /// When the process started.
    pub(crate) fn started(&self) -> Millis {
        self.shared.started
    }

    /// Cancelled when the file is about to be closed.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    /// The in-memory state of type `T`, which a module defines for itself.
    pub(crate) fn memory<T: Default + Send + Sync + 'static>(&self) -> &T {
        self.shared.memories.get(T::default)
    }

    /// As above; `create` makes it at its first use.
    pub(crate) fn memory_or<T: Send + Sync + 'static>(&self, create: impl FnOnce() -> T) -> &T {
        self.shared.memories.get(create)
    }

    /// The random name that distinguishes uids of calendar entries from those of other workshops; it never
    /// changes.
    pub(crate) fn calendar_name(&self) -> Arc<str> {
        Arc::clone(&self.shared.calendar_name)
    }

    /// Spawns `work`; the file is closed only when it is finished.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.shared.tasks.spawn(work)
    }

    /// The hub of change events.
    pub fn live(&self) -> &Hub {
        &self.shared.hub
    }

    /// Name, time zone and language of the space.
    pub fn space(&self) -> Arc<Space> {
        Arc::clone(&self.shared.space.lock())
    }

    /// Notifies every page that the space changed.
    pub(crate) fn space_changed(&self) {
        self.live().send(ChangeEvent::Space);
    }

    /// `at` as the clocks of the space show it.
    pub fn moment(&self, at: Millis) -> Moment {
        self.space().zone.moment(at)
    }

    /// The present as the clocks of the space show it.
    pub fn moment_now(&self) -> Moment {
        self.moment(self.now())
    }

    /// The date by the clock of the space.
    #[must_use]
    pub fn today(&self) -> Date {
        self.space().zone.moment(self.now()).wall().date
    }

    /// Reloads the space's settings; one call after the other, so that none overwrites newer values.
    pub(crate) async fn reload_space(&self) -> Result<(), store::StoreError> {
        let _reloading = self.shared.reloading.lock().await;
        let settings = store::settings::of_space(&mut *self.store().read().await?).await?;
        *self.shared.space.lock() = Arc::new(Space::from_settings(&settings));
        self.space_changed();
        Ok(())
    }

    /// Writes the remaining notes of the logbook, finishes waiting changes, and closes the file.
    pub async fn close(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        self.store.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open;
    use domain::settings::{At, Key};
    use std::pin::pin;
    use store::{Done, StoreError, Unaudited, settings};

    #[tokio::test]
    async fn concurrent_reloads_of_space_run_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let ctx = open(Config::new(dir.path().join("space.sqlite"))).await.unwrap();
        let earlier = ctx.shared.reloading.lock().await;
        let mut later = pin!(ctx.reload_space());
        // Enough time to read and store, unless it waits for the earlier one.
        let meanwhile = async {
            for _ in 0..50 {
                settings::of_space(&mut ctx.store().read().await.unwrap()).await.unwrap();
            }
            let named = ctx.store().write(async |tx| {
                settings::set(tx, At::Space, Key::SpaceName, "Attic").await?;
                Ok::<_, StoreError>(Done::unaudited((), Unaudited::NothingChanged))
            });
            named.await.unwrap();
        };
        tokio::select! {
            biased;
            _ = &mut later => panic!("it did not wait for the earlier one"),
            () = meanwhile => {}
        }
        drop(earlier);
        later.await.unwrap();
        assert_eq!(ctx.space().name, "Attic", "what was said before it read");
    }
}
