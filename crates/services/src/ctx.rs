//! What every use case gets first: the storage, the clock, and what is known about the space.

use crate::{
    access::Decided,
    accounts::guard::Guard,
    boards::{BrokerLink, Connected, Messages, Overheard, logins::GoneBy},
    bookings::LookedBefore,
    cards::{Expectations, Pacing},
    clock::{Clock, SystemClock},
    external_calendars::Fetcher,
    imports::{Files, fabomatic::Slot},
    jobs::LastRuns,
    live::Hub,
    logbook::{self, Logbook},
    mail::Post,
    maintenance::LookedUntil,
    notes::Deleted,
    outbox::Rest,
    qualifications::Counted,
    rate::Buckets,
    space::{self, Space},
    system::Process,
    token::Dice,
    uploads::Slots,
    uses::{Polled, Settled, Turnover},
};
use domain::time::{Date, Millis};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use store::{OpenError, Store, Tuning};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What services are opened with.
pub struct Config {
    /// The database file; made if it is not there.
    pub file: PathBuf,
    /// The clock to go by.
    pub clock: Arc<dyn Clock>,
    /// Where tokens and salts come from.
    pub dice: Dice,
}

impl Config {
    /// The file at `file`, by the system's clock and dice.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), clock: Arc::new(SystemClock), dice: Dice::of_system() }
    }
}

/// The context of every use case. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    hub: Hub,
    logbook: Logbook,
    space: Mutex<Arc<Space>>,
    broker: BrokerLink,
    connected: Connected,
    messages: Messages,
    decided: Decided,
    turnover: Turnover,
    overheard: Overheard,
    gone_by: GoneBy,
    dice: Dice,
    guard: Guard,
    expectations: Expectations,
    claim_pacing: Pacing,
    buckets: Buckets,
    files: Files,
    uploads: Slots,
    brought: Slot,
    taking_over: tokio::sync::Mutex<()>,
    deleted_notes: Deleted,
    settled: Settled,
    polled: Polled,
    /// Held by whoever reads the space's settings anew: who changed something later reads later.
    reloading: tokio::sync::Mutex<()>,
    post: Mutex<Arc<Post>>,
    mail_rest: Rest,
    fetcher: Mutex<Option<Arc<dyn Fetcher>>>,
    counted: Counted,
    process: Process,
    last_runs: LastRuns,
    maintenance_looked_until: LookedUntil,
    looked_before: LookedBefore,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Opens the storage and starts what runs beside it: the hub of live hints and the logbook.
///
/// Fails with what is wrong with the file, and what to do about it.
pub async fn open(config: Config) -> Result<Ctx, OpenError> {
    let store = Store::open(&config.file, Tuning::default()).await?;
    // What a process was reading that was killed.
    store::imports::fabomatic::forget(&config.file);
    let settings = async { store::settings::of_space(&mut *store.read().await?).await };
    let settings = settings.await.map_err(OpenError::Settings)?;
    let ctx = Ctx(Arc::new(Inner {
        hub: Hub::new(config.clock.now()),
        process: Process::new(config.clock.now()),
        logbook: Logbook::default(),
        space: Mutex::new(Arc::new(Space::from_settings(&settings))),
        broker: BrokerLink::default(),
        connected: Connected::default(),
        messages: Messages::default(),
        decided: Decided::default(),
        turnover: Turnover::default(),
        overheard: Overheard::default(),
        gone_by: GoneBy::default(),
        guard: Guard::default(),
        expectations: Expectations::default(),
        claim_pacing: Pacing::default(),
        buckets: Buckets::default(),
        files: Files::default(),
        uploads: Slots::default(),
        brought: Slot::default(),
        taking_over: tokio::sync::Mutex::default(),
        deleted_notes: Deleted::default(),
        counted: Counted::default(),
        settled: Settled::default(),
        polled: Polled::default(),
        last_runs: LastRuns::default(),
        maintenance_looked_until: LookedUntil::default(),
        looked_before: LookedBefore::default(),
        reloading: tokio::sync::Mutex::default(),
        post: Mutex::default(),
        mail_rest: Rest::default(),
        fetcher: Mutex::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
        clock: config.clock,
        dice: config.dice,
        store,
    }));
    ctx.0.tasks.spawn(logbook::keep(ctx.clone(), ctx.0.stop.clone()));
    let (hub, hints, stop) = (ctx.clone(), ctx.0.store.live(), ctx.0.stop.clone());
    ctx.0.tasks.spawn(async move { hub.live().forward(hints, stop).await });
    Ok(ctx)
}

impl Ctx {
    /// The present instant. Read once per use case.
    pub(crate) fn now(&self) -> Millis {
        self.0.clock.now()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn logbook(&self) -> &Logbook {
        &self.0.logbook
    }

    pub(crate) fn broker(&self) -> &BrokerLink {
        &self.0.broker
    }

    /// Which boards are connected, and what they were told.
    pub(crate) fn connected(&self) -> &Connected {
        &self.0.connected
    }

    /// How many messages boards sent.
    pub(crate) fn messages(&self) -> &Messages {
        &self.0.messages
    }

    /// How many cards were decided about.
    pub(crate) fn decided(&self) -> &Decided {
        &self.0.decided
    }

    /// How many uses began and ended.
    pub(crate) fn turnover(&self) -> &Turnover {
        &self.0.turnover
    }

    /// What is heard of boards that belong to no machine.
    pub(crate) fn overheard(&self) -> &Overheard {
        &self.0.overheard
    }

    /// Whether the logins of single boards are of use.
    pub(crate) fn gone_by(&self) -> &GoneBy {
        &self.0.gone_by
    }

    pub(crate) fn dice(&self) -> &Dice {
        &self.0.dice
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// What boards wait for, instead of letting somebody in.
    pub(crate) fn expectations(&self) -> &Expectations {
        &self.0.expectations
    }

    /// How often members claim cards.
    pub(crate) fn claim_pacing(&self) -> &Pacing {
        &self.0.claim_pacing
    }

    pub(crate) fn buckets(&self) -> &Buckets {
        &self.0.buckets
    }

    /// Lists that are looked through before they are applied.
    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }

    /// Uploads under way.
    pub(crate) fn uploads(&self) -> &Slots {
        &self.0.uploads
    }

    /// The Fab-O-Matic that is looked through before it is taken over.
    pub(crate) fn brought(&self) -> &Slot {
        &self.0.brought
    }

    /// Held by whoever takes one over.
    pub(crate) fn taking_over(&self) -> &tokio::sync::Mutex<()> {
        &self.0.taking_over
    }

    /// Notes that can still be taken back.
    pub(crate) fn deleted_notes(&self) -> &Deleted {
        &self.0.deleted_notes
    }

    /// How many people are what.
    pub(crate) fn counted(&self) -> &Counted {
        &self.0.counted
    }

    /// Which boards have nothing left to say again.
    pub(crate) fn settled(&self) -> &Settled {
        &self.0.settled
    }

    /// What boards said lately, as far as it shows whether anybody is in.
    pub(crate) fn polled(&self) -> &Polled {
        &self.0.polled
    }

    /// How the jobs of the clock last ended.
    pub(crate) fn last_runs(&self) -> &LastRuns {
        &self.0.last_runs
    }

    /// Until when machines were looked at whose maintenance becomes due by days.
    pub(crate) fn maintenance_looked_until(&self) -> &LookedUntil {
        &self.0.maintenance_looked_until
    }

    /// Until when bookings were looked after before this process.
    pub(crate) fn looked_before(&self) -> &LookedBefore {
        &self.0.looked_before
    }

    /// What the process says of itself.
    pub(crate) fn process(&self) -> &Process {
        &self.0.process
    }

    /// How mails leave.
    pub(crate) fn post(&self) -> Arc<Post> {
        Arc::clone(&self.0.post.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether mails rest because their server is in trouble.
    pub(crate) fn mail_rest(&self) -> &Rest {
        &self.0.mail_rest
    }

    pub(crate) fn set_post(&self, post: Post) {
        *self.0.post.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(post);
    }

    /// Who asks servers of others, if somebody does.
    pub(crate) fn fetcher(&self) -> Option<Arc<dyn Fetcher>> {
        self.0.fetcher.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_fetcher(&self, fetcher: Arc<dyn Fetcher>) {
        *self.0.fetcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(fetcher);
    }

    /// Has `work` done beside everything else; the file is closed only when it is finished.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.tasks.spawn(work)
    }

    /// Live hints for whoever watches.
    pub fn live(&self) -> &Hub {
        &self.0.hub
    }

    /// Name, time zone and language of the space.
    pub fn space(&self) -> Arc<Space> {
        Arc::clone(&self.0.space.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The date by the clock of the space.
    #[must_use]
    pub fn today(&self) -> Date {
        self.space().zone.moment(self.now()).wall().date
    }

    /// Reads the space's settings anew; one after the other, so that nobody puts back what they read earlier.
    pub(crate) async fn reload_space(&self) -> Result<(), store::StoreError> {
        let _reloading = self.0.reloading.lock().await;
        let settings = store::settings::of_space(&mut *self.store().read().await?).await?;
        *self.0.space.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Space::from_settings(&settings));
        space::changed(self);
        Ok(())
    }

    /// Writes what the logbook still holds, finishes the changes that wait, and closes the file.
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
    async fn whoever_reads_the_space_anew_reads_after_those_before_them_are_done() {
        let dir = tempfile::tempdir().unwrap();
        let ctx = open(Config::new(dir.path().join("space.sqlite"))).await.unwrap();
        let earlier = ctx.0.reloading.lock().await;
        let mut later = pin!(ctx.reload_space());
        // Time enough to read and to keep what was read, were it not for the earlier one.
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
