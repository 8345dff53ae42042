//! The context of every use case: the storage, the clock, and the facts about the space.
//!
//! State held only in memory may be lost in a restart. Each area has one `Memory` for all of its nouns; that of
//! `people` includes cards, notes and qualifications.

use crate::{
    accounts::guard::Guard,
    boards,
    clock::{self, Clock, SystemClock},
    down_time::Watch,
    external_calendars::Fetcher,
    imports,
    live::Hub,
    logbook::{self, Logbook},
    mail, people,
    repeats::UnderWay,
    shared::Shared,
    space::{self, Space},
    system::Process,
    token::TokenRng,
    uploads::Slots,
    uses,
};
use data_encoding::HEXLOWER;
use domain::time::{Date, Millis};
use std::{path::PathBuf, sync::Arc};
use store::{Done, OpenError, Store, StoreError, Tuning, Unaudited};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The configuration of the services.
pub struct Config {
    /// The database file; made if it is not there.
    pub file: PathBuf,
    pub clock: Arc<dyn Clock>,
    /// The source of tokens and salts.
    pub rng: TokenRng,
}

impl Config {
    /// The file at `file`, by the system's clock and dice.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), clock: Arc::new(SystemClock), rng: TokenRng::of_system() }
    }
}

/// The context of every use case. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    rng: TokenRng,
    hub: Hub,
    logbook: Logbook,
    space: Shared<Arc<Space>>,
    /// Held while the space's settings are reloaded, so that reloads run in order and later changes are read
    /// later.
    reloading: tokio::sync::Mutex<()>,
    process: Process,
    boards: boards::Memory,
    uses: uses::Memory,
    people: people::Memory,
    imports: imports::Memory,
    mail: mail::Memory,
    calendar_name: Arc<str>,
    guard: Guard,
    under_way: UnderWay,
    uploads: Slots,
    fetcher: Shared<Option<Arc<dyn Fetcher>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Opens the storage and starts the live hub and the logbook.
///
/// Fails with the fault of the file and its remedy.
pub async fn open(config: Config) -> Result<Ctx, OpenError> {
    let store = Store::open(&config.file, Tuning::default()).await?;
    // A copy left by a process that was killed.
    store::imports::fabomatic::forget(&config.file);
    let settings = async { store::settings::of_space(&mut *store.read().await?).await };
    let settings = settings.await.map_err(OpenError::Settings)?;
    let calendar_name = calendar_name(&store, &config.rng).await.map_err(OpenError::Settings)?;
    let ctx = Ctx(Arc::new(Inner {
        hub: Hub::new(config.clock.now()),
        process: Process::new(Watch::begin(&*config.clock)),
        logbook: Logbook::default(),
        space: Shared::new(Arc::new(Space::from_settings(&settings))),
        reloading: tokio::sync::Mutex::default(),
        boards: boards::Memory::default(),
        uses: uses::Memory::default(),
        people: people::Memory::default(),
        imports: imports::Memory::default(),
        mail: mail::Memory::default(),
        calendar_name,
        guard: Guard::default(),
        under_way: UnderWay::default(),
        uploads: Slots::default(),
        fetcher: Shared::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        clock: config.clock,
        rng: config.rng,
        store,
    }));
    ctx.0.tasks.spawn(logbook::keep(ctx.clone(), ctx.0.stop.clone()));
    let (hub, hints, stop) = (ctx.clone(), ctx.0.store.live(), ctx.0.stop.clone());
    ctx.0.tasks.spawn(async move { hub.live().forward(hints, stop).await });
    Ok(ctx)
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
    /// The present instant. Read once per use case.
    pub(crate) fn now(&self) -> Millis {
        self.0.clock.now()
    }

    /// The steady time, which cannot be set: for rate limits, and never to be stored.
    pub(crate) fn steady(&self) -> Millis {
        clock::steady(&*self.0.clock)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn logbook(&self) -> &Logbook {
        &self.0.logbook
    }

    pub(crate) fn rng(&self) -> &TokenRng {
        &self.0.rng
    }

    /// Facts about the process and its clock.
    pub(crate) fn process(&self) -> &Process {
        &self.0.process
    }

    pub(crate) fn boards(&self) -> &boards::Memory {
        &self.0.boards
    }

    pub(crate) fn uses(&self) -> &uses::Memory {
        &self.0.uses
    }

    pub(crate) fn people(&self) -> &people::Memory {
        &self.0.people
    }

    pub(crate) fn imports(&self) -> &imports::Memory {
        &self.0.imports
    }

    pub(crate) fn mail(&self) -> &mail::Memory {
        &self.0.mail
    }

    /// The random name that distinguishes uids of calendar entries from those of other workshops; it never
    /// changes.
    pub(crate) fn calendar_name(&self) -> Arc<str> {
        Arc::clone(&self.0.calendar_name)
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// Requests under a key that are being done.
    pub(crate) fn under_way(&self) -> &UnderWay {
        &self.0.under_way
    }

    pub(crate) fn uploads(&self) -> &Slots {
        &self.0.uploads
    }

    /// The client for external servers, if there is one.
    pub(crate) fn fetcher(&self) -> Option<Arc<dyn Fetcher>> {
        self.0.fetcher.lock().clone()
    }

    pub(crate) fn set_fetcher(&self, fetcher: Arc<dyn Fetcher>) {
        *self.0.fetcher.lock() = Some(fetcher);
    }

    /// Spawns `work`; the file is closed only when it is finished.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.tasks.spawn(work)
    }

    /// The hub of change events.
    pub fn live(&self) -> &Hub {
        &self.0.hub
    }

    /// Name, time zone and language of the space.
    pub fn space(&self) -> Arc<Space> {
        Arc::clone(&self.0.space.lock())
    }

    /// The date by the clock of the space.
    #[must_use]
    pub fn today(&self) -> Date {
        self.space().zone.moment(self.now()).wall().date
    }

    /// Reloads the space's settings; one call after the other, so that none overwrites newer values.
    pub(crate) async fn reload_space(&self) -> Result<(), store::StoreError> {
        let _reloading = self.0.reloading.lock().await;
        let settings = store::settings::of_space(&mut *self.store().read().await?).await?;
        *self.0.space.lock() = Arc::new(Space::from_settings(&settings));
        space::changed(self);
        Ok(())
    }

    /// Writes the remaining notes of the logbook, finishes waiting changes, and closes the file.
    pub async fn close(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.store.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::settings::{At, Key};
    use std::pin::pin;
    use store::{Done, StoreError, Unaudited, settings};

    #[tokio::test]
    async fn concurrent_reloads_of_space_run_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let ctx = open(Config::new(dir.path().join("space.sqlite"))).await.unwrap();
        let earlier = ctx.0.reloading.lock().await;
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
