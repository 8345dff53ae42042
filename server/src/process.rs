//! The process: opened, started, stopped.
//!
//! **Invariants.** A data folder belongs to one process. No socket is open before the storage is, and everything
//! long-lived ends on one token, within [`GRACE`].

use crate::{
    board_runtime::BoardRuntime,
    broker,
    config::{Broker, BrokerAddress, Config},
    connections::{Caps, ConnectionLimits, FileBudget, Listener, raise_file_limit},
    external_calendars,
    http::{self, server::Server},
    ldap, logging,
    mail::post,
    mqtt,
    ota::{Limits, worker::Worker},
    outgoing, payments,
    response_limits::Budget,
    timers, tls,
};
use contract::boards::Broker as Meets;
use domain::accounts::Purpose;
use fabomatic::{Malformed, malformed::excerpt};
use serde_json::json;
use services::{
    Ctx, boards,
    demo::{Extent, slack::in_place_of_slack},
    mail::arrange,
    outbox,
    outgoing::Transport,
    push, setup, slack,
    system::remembers,
    webhooks,
};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long clients get to finish; after that their connections are cut.
const GRACE: Duration = Duration::from_secs(5);
/// Time limit of a stop. Messages unfinished by then were not answered, so their boards send them again.
const DEADLINE: Duration = Duration::from_secs(8);
/// How long the announcement waits for the broker connection, so that it is the last line.
const SETTLING: Duration = Duration::from_millis(500);
/// File in which the process describes itself.
const RUN_FILE: &str = "run.json";

/// Why the process does not start; each message has the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be created or written.
    #[error("the data folder {0} cannot be used")]
    Folder(PathBuf, #[source] io::Error),
    #[error("another Toolgate runs on the data folder {0}; stop it, or choose another folder with --data")]
    InUse(PathBuf),
    /// The database file cannot be opened.
    #[error("{0} cannot be opened")]
    Storage(PathBuf, #[source] services::OpenError),
    #[error("{1} is taken by another program; stop that program, or choose another port with {0}")]
    PortTaken(&'static str, SocketAddr),
    /// The address cannot be used.
    #[error("{0} {1} cannot be listened on")]
    Listen(&'static str, SocketAddr, #[source] io::Error),
    /// The certificate is invalid.
    #[error("the certificate or its key cannot be used")]
    Certificate(#[source] io::Error),
    #[error("the system starts no thread for the boards")]
    Thread(#[source] io::Error),
    /// The external broker cannot be dialled.
    #[error(transparent)]
    Dial(#[from] mqtt::dial::DialError),
}

/// A locked data folder and its open storage.
pub struct Opened {
    pub ctx: Ctx,
    /// Held as long as the process runs.
    lock: File,
}

pub struct Running {
    /// Address of the pages.
    pub http: SocketAddr,
    /// Address of the built-in broker, if any.
    pub mqtt: Option<SocketAddr>,
    /// Its TLS address, if any.
    pub mqtts: Option<SocketAddr>,
    /// `http` or `https`.
    pub scheme: &'static str,
    pub ctx: Ctx,
    /// The public address, if configured.
    public_url: Option<String>,
    /// The external broker without its login; empty with the built-in one.
    outside: String,
    /// Configured addresses that were taken by others.
    moved: Vec<SocketAddr>,
    /// Print the set-up link even if the output is no terminal.
    print_set_up_link: bool,
    stop: CancellationToken,
    tasks: TaskTracker,
    serving: JoinHandle<()>,
    broker: Option<broker::Running>,
    run_file: PathBuf,
    _of_boards: BoardRuntime,
    _lock: File,
}

pub(crate) fn database(data: &Path) -> PathBuf {
    data.join("toolgate.sqlite")
}

/// Whether the data folder has a space.
#[must_use]
pub fn has_space(config: &Config) -> bool {
    database(&config.data).exists()
}

/// A file with private permissions, created if missing.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Locks the data folder as long as the result is held.
pub(crate) fn take(data: &Path) -> Result<File, StartError> {
    let data = &data.to_owned();
    let folder = |error| StartError::Folder(data.clone(), error);
    // Its content is private to this user; an existing folder keeps its mode.
    DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(folder)?;
    let lock = private(&data.join("lock")).map_err(folder)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::InUse(data.clone())),
        Err(TryLockError::Error(error)) => return Err(folder(error)),
    }
    // Left behind by a killed process that no longer runs.
    let _ = fs::remove_file(data.join(RUN_FILE));
    Ok(lock)
}

/// Locks the data folder and opens its storage.
pub async fn open(config: &Config) -> Result<Opened, StartError> {
    open_storage(config, services::Config::new(database(&config.data))).await
}

/// The same for a demo, which is furnished in large changes before anybody waits for an answer.
pub async fn open_demo(config: &Config) -> Result<Opened, StartError> {
    let storage = services::Config::new(database(&config.data));
    open_storage(config, services::Config { longest_change: Duration::from_mins(1), ..storage }).await
}

async fn open_storage(config: &Config, storage: services::Config) -> Result<Opened, StartError> {
    let lock = take(&config.data)?;
    let (file, board_topic) = (storage.file.clone(), config.topics.prefix().to_owned());
    let opened = services::open(services::Config { board_topic, ..storage }).await;
    Ok(Opened { ctx: opened.map_err(|error| StartError::Storage(file, error))?, lock })
}

/// Starts all listeners and timers as tasks of the current runtime.
pub fn start(config: &Config, opened: Opened) -> Result<Running, StartError> {
    let Opened { ctx, lock } = opened;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let files = FileBudget::of(raise_file_limit(), config.max_connections);
    let listener = listen("--listen", config.listen, config.free_ports)?;
    let http = listener.local_addr().map_err(|error| StartError::Listen("--listen", config.listen, error))?;
    let limits = ConnectionLimits::new(Caps::of(files.mqtt), Vec::new());
    let of_boards = BoardRuntime::start().map_err(StartError::Thread)?;
    let inside = {
        let _entered = of_boards.enter();
        let ctx = ctx.of_boards();
        let (inside, address, client) = start_broker(config, &limits, &ctx)?;
        let consumer = mqtt::Consumer::new(ctx, &address, &client, config.topics.clone())?;
        tasks.spawn(consumer.run(stop.clone()));
        inside
    };
    let mut moved = Vec::new();
    moved.extend((config.listen.port() != 0 && http != config.listen).then_some(config.listen));
    if let (Broker::Inside(requested), Some(got)) = (&config.broker, &inside) {
        moved
            .extend((requested.listen.port() != 0 && got.address != requested.listen).then_some(requested.listen));
    }

    boards::arrange(&ctx, meeting(config, inside.as_ref().map(|broker| broker.address)));
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let invented = ctx.space().settings.invented.is_some();
    // Before the outbox starts: without a way out, waiting mail would be dropped.
    let here = url(scheme, http);
    let budget = Budget::default();
    let smtp = config.smtp.clone().map(|smtp| smtp.within(budget.clone()));
    arrange(&ctx, post(smtp.as_ref(), config.public_url.as_deref(), invented, (http.ip(), &here)));
    let reached = config.allowed_hosts.iter().chain(&config.push_hosts).cloned().collect();
    let connector = Arc::new(outgoing::Connector::new(reached, budget.clone()));
    let client = external_calendars::Client::new(Arc::clone(&connector), config.fetching);
    services::external_calendars::arrange(&ctx, Arc::new(client));
    let client: Arc<dyn Transport> = Arc::new(outgoing::Client::new(connector));
    // The demo's token is invented.
    services::outgoing::arrange(&ctx, if invented { in_place_of_slack(client) } else { client });
    services::user_directory::arrange(&ctx, Arc::new(ldap::Client::new(budget.clone())));
    arrange_payments(&ctx, config, budget);
    let site = config.public_url.clone().or_else(|| invented.then(|| here.clone()));
    push::arrange(&ctx, config.push_hosts.clone());
    slack::arrange(&ctx, slack::Addresses { api: config.slack_api.clone(), site });
    tasks.spawn(timers::run(ctx.clone(), stop.clone()));
    tasks.spawn(outbox::run(ctx.clone(), stop.clone()));
    tasks.spawn(webhooks::run(ctx.clone(), stop.clone()));
    tasks.spawn(slack::run(ctx.clone(), stop.clone()));
    tasks.spawn(push::run(ctx.clone(), stop.clone()));
    tasks.spawn(Worker::new(ctx.clone(), config, Limits::default()).run(stop.clone()));
    // In the demo, features that need a public address, such as QR codes, are shown as well.
    let site = config.public_url.clone().or_else(|| invented.then(|| url(scheme, http)));
    let serving = serve(&Config { public_url: site, ..config.clone() }, &ctx, listener, files.http, &stop)?;
    remembers(&ctx, logging::recent);

    let running = Running {
        http,
        mqtt: inside.as_ref().map(|broker| broker.address),
        mqtts: inside.as_ref().and_then(|broker| broker.secure),
        scheme,
        public_url: config.public_url.clone(),
        ctx,
        outside: match &config.broker {
            Broker::Outside(address) => address.to_string(),
            Broker::Inside(_) => String::new(),
        },
        moved,
        print_set_up_link: config.print_set_up_link || io::stdout().is_terminal(),
        stop,
        tasks,
        serving,
        broker: inside,
        run_file: config.data.join(RUN_FILE),
        _of_boards: of_boards,
        _lock: lock,
    };
    running.write_run_file().map_err(|error| StartError::Folder(config.data.clone(), error))?;
    Ok(running)
}

/// Sets the accounts at payment processors; the demo without one has an invented processor.
fn arrange_payments(ctx: &Ctx, config: &Config, budget: Budget) {
    let invented = ctx.space().settings.invented;
    if let Some(invention) = invented.filter(|_| config.payments.is_empty()) {
        let (accounts, transport) = services::demo::dues::processor(Extent::of(invention));
        return services::dues::arrange(ctx, accounts, transport);
    }
    services::dues::arrange(ctx, config.payments.clone(), Arc::new(payments::Client::new(budget)));
}

/// Starts the built-in broker, if configured. Returns the broker to connect to, and the client id.
fn start_broker(
    config: &Config,
    limits: &ConnectionLimits,
    ctx: &Ctx,
) -> Result<(Option<broker::Running>, BrokerAddress, String), StartError> {
    match &config.broker {
        // An external broker does not reserve an id for us, so one that is known could be taken over.
        Broker::Outside(address) => Ok((None, address.clone(), broker::unforeseeable_client())),
        Broker::Inside(inside) => {
            let plain = listen("--mqtt-listen", inside.listen, config.free_ports)?;
            let secure = match (inside.secure_listen, &config.tls) {
                (Some(address), Some((chain, key))) => Some((
                    listen("--mqtts-listen", address, config.free_ports)?,
                    tls::acceptor(chain, key, &[]).map_err(StartError::Certificate)?,
                )),
                _ => None,
            };
            let (refusing, reading, slowing, sharing) = (ctx.clone(), ctx.clone(), ctx.clone(), ctx.clone());
            let reported = broker::Observers {
                refused: Box::new(move |topic| {
                    boards::rejected(&refusing, "topic-refused", topic, String::new());
                }),
                too_large: Box::new(move |topic, payload| {
                    boards::rejected(&reading, Malformed::TooLarge.kind(), topic, excerpt(payload));
                }),
                slowed: Box::new(move |topic| {
                    boards::rejected(&slowing, "too-fast", topic, String::new());
                }),
                taken_over: Box::new(move |client, before, after| {
                    boards::taken_over(&sharing, client, before, after);
                }),
            };
            let sockets = broker::Sockets { plain, secure };
            let broker = broker::start(inside, sockets, limits, &config.topics, reported, ctx)
                .map_err(|error| StartError::Listen("--mqtt-listen", inside.listen, error))?;
            let reachable = BrokerAddress {
                host: reachable(broker.address.ip()).to_string(),
                port: broker.address.port(),
                login: Some(broker.own.clone()),
                tls: false,
                ca: None,
            };
            Ok((Some(broker), reachable, broker::OWN_CLIENT.into()))
        }
    }
}

/// Where boards connect: the external broker, or the built-in one at its outside address, as far as known.
fn meeting(config: &Config, inside: Option<SocketAddr>) -> boards::Meeting {
    let broker = match (&config.broker, inside) {
        (Broker::Outside(address), _) => {
            Meets { host: Some(address.host.clone()), port: address.port, inside: false, only_here: false }
        }
        (Broker::Inside(requested), found) => {
            let address = found.unwrap_or(requested.listen);
            let ip = address.ip();
            let own = (!ip.is_unspecified() && !ip.is_loopback()).then(|| ip.to_string());
            let site = config.public_url.as_deref().and_then(|site| url::Url::parse(site).ok());
            let named = site.and_then(|site| site.host_str().map(ToOwned::to_owned));
            let here = ip.is_loopback().then(|| ip.to_string());
            Meets { host: own.or(here).or(named), port: address.port(), inside: true, only_here: ip.is_loopback() }
        }
    };
    boards::Meeting { broker, topics: config.topics.queries() }
}

fn url(scheme: &str, address: SocketAddr) -> String {
    format!("{scheme}://{}", SocketAddr::new(reachable(address.ip()), address.port()))
}

/// An address at which this machine reaches a listener on `ip`.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

fn listen(option: &'static str, addr: SocketAddr, free_ports: bool) -> Result<TcpListener, StartError> {
    match TcpListener::bind(addr) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && free_ports => {
            let any = SocketAddr::new(addr.ip(), 0);
            TcpListener::bind(any).map_err(|error| StartError::Listen(option, any, error))
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(StartError::PortTaken(option, addr)),
        Err(error) => Err(StartError::Listen(option, addr, error)),
    }
}

fn serve(
    config: &Config,
    ctx: &Ctx,
    listener: TcpListener,
    files: usize,
    stop: &CancellationToken,
) -> Result<JoinHandle<()>, StartError> {
    let refused = |error| StartError::Listen("--listen", config.listen, error);
    listener.set_nonblocking(true).map_err(refused)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(refused)?;
    let limits = ConnectionLimits::new(Caps::of(files), config.trusted_proxies.clone());
    let certificate =
        config.tls.as_ref().map(|(chain, key)| tls::acceptor(chain, key, &http::server::PROTOCOLS)).transpose();
    let router = http::router(http::Shared::new(ctx.clone(), config, stop.clone()));
    let server = Server::new(router, certificate.map_err(StartError::Certificate)?, config.timeouts, stop.clone());
    Ok(tokio::spawn(server.run(Listener::new(listener, limits, "http"), GRACE)))
}

impl Running {
    /// Address of the start page.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.scheme, self.http)
    }

    /// The public address of the site, or that of its start page without one.
    #[must_use]
    pub fn site(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| self.url())
    }

    /// Prints where to look, last, after the first connections.
    pub async fn announce(&self) {
        let heard = async {
            while !boards::broker_is_there(&self.ctx) {
                tokio::time::sleep(SETTLING / 20).await;
            }
        };
        // A missing broker is shown on the pages.
        let _ = tokio::time::timeout(SETTLING, heard).await;
        for requested in &self.moved {
            println!("\n{requested} is taken by another program: a free port was chosen.");
        }
        println!("\nToolgate is open at   {}", self.url());
        if let Some(site) = &self.public_url {
            println!("Public address        {site}");
        }
        println!("Wall display          {}/kiosk", self.site());
        match self.mqtt {
            Some(address) => {
                println!("Boards connect to     {address}");
                if let Some(address) = self.mqtts {
                    println!("Boards with TLS       {address}");
                }
            }
            None => println!("Boards are heard at  {}", self.outside),
        }
        self.announce_set_up().await;
    }

    /// Prints how a space without an administrator gets one.
    async fn announce_set_up(&self) {
        if !self.print_set_up_link {
            // Output that is no terminal is stored in a journal or a container log, which others read.
            if setup::needed(&self.ctx).await.unwrap_or(false) {
                println!(
                    "\nNobody owns this space yet: toolgate admin create, or start with --print-set-up-link."
                );
            }
            return;
        }
        match setup::offer(&self.ctx).await {
            Ok(None) => {}
            // Only here, because this link makes its reader the owner of the space.
            Ok(Some(token)) => {
                let site = self.site();
                println!("\nNobody owns this space yet. Whoever opens this link within a day does:");
                println!("  {site}{}{}", Purpose::SetUp.page(), token.expose());
            }
            Err(error) => tracing::error!(%error, "a link to set the space up could not be made"),
        }
    }

    /// The host under which this machine reaches the built-in broker; empty without one.
    #[must_use]
    pub fn broker_host(&self) -> String {
        self.mqtt.map(|address| reachable(address.ip()).to_string()).unwrap_or_default()
    }

    /// Cancelled when the process is asked to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Stops everything: streams end, received messages are finished, the database is closed.
    pub async fn stop(self) {
        let Self { ctx, stop, tasks, serving, broker, run_file, .. } = self;
        let ending = async {
            stop.cancel();
            tasks.close();
            tasks.wait().await;
            if let Some(broker) = broker {
                broker.stop().await;
            }
            if let Err(error) = serving.await {
                tracing::error!(%error, "serving ended badly");
            }
            ctx.close().await;
        };
        if tokio::time::timeout(DEADLINE, ending).await.is_err() {
            tracing::warn!("not everything was finished in time; boards will say it again");
        }
        // The process no longer runs. The file may be gone already.
        let _ = fs::remove_file(run_file);
    }

    /// Describes the process for scripts and people: its id and addresses.
    fn write_run_file(&self) -> io::Result<()> {
        let body = json!({
            "pid": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
            "http": self.url(),
            "mqtt": self.mqtt.map(|address| address.to_string()),
            "mqtts": self.mqtts.map(|address| address.to_string()),
        });
        write_whole(&self.run_file, &format!("{body:#}\n"))
    }
}

/// Atomically, because scripts read it the moment it exists.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    private(&unfinished)?.write_all(text.as_bytes())?;
    fs::rename(unfinished, path)
}
