//! The built-in broker, to which boards and Toolgate itself connect.
//!
//! **Invariants.** A stock board may publish on machine topics and subscribe to the two topics of a machine, each
//! named exactly; it never publishes there, so it cannot forge an answer. Only the process itself, with a password
//! drawn at every start, may do more, and no other client may use its client id. A board with its own login may
//! publish and subscribe for one number only, a device of the building for its own topics, and both are disconnected when the
//! login is revoked. Nothing is stored: no sessions, no retained messages, no file.
//!
//! Not here: what the messages mean. Toolgate reads and answers them as a client, as it does at an external
//! broker.
//!
//! Packets are read and written by the library `mqtt5-protocol`. Its authors' broker is not used: it sends version
//! 5 packets to 3.1.1 clients, and lets clients with different logins take over each other's client id. With
//! nothing on disk, a full disk locks no board out.

mod acceptor;
mod devices;
mod flight;
mod frames;
mod gate;
mod guests;
mod holders;
mod hub;
mod listeners;
mod rate;
mod session;
mod switches;

use crate::{
    config::{InsideBroker, Login, Secret},
    connections::{ConnectionLimits, Listener},
};
use acceptor::Acceptor;
use fabomatic::Topics;
use gate::Gate;
use guests::disconnect_revoked;
use hub::Hub;
use rand::RngExt;
use services::{Ctx, boards::logins, building_devices};
use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The client id of the process itself.
pub const OWN_CLIENT: &str = "toolgate";
/// The largest packet read from a logged-in client, in bytes. Boards send 300; packets larger than any board sends
/// are reported and dropped.
const LARGEST: usize = 64 * 1024;
/// How long our own client gets to send its last messages when the broker stops.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long other clients get to disconnect.
const GRACE: Duration = Duration::from_secs(3);

pub struct Running {
    pub address: SocketAddr,
    /// TLS address, if configured.
    pub secure: Option<SocketAddr>,
    /// Login of the process itself.
    pub own: Login,
    acceptor: Arc<Acceptor>,
}

/// Called with a client id and the two addresses that use it.
type TakeoverResult = dyn Fn(&str, IpAddr, IpAddr) + Send + Sync;

/// Called with a topic and the payload received on it.
type TooLarge = dyn Fn(&str, &[u8]) + Send + Sync;

/// Callbacks for misbehaving boards.
pub struct Observers {
    /// A topic on which publishing was refused, for each attempt.
    pub refused: Box<dyn Fn(&str) + Send + Sync>,
    /// The topic and payload of a message larger than any board sends.
    pub too_large: Box<TooLarge>,
    /// The last topic of a client that is throttled because it sends too fast.
    pub slowed: Box<dyn Fn(&str) + Send + Sync>,
    /// A client id under which two clients connect, and their addresses.
    pub taken_over: Box<TakeoverResult>,
}

/// The listening sockets.
pub struct Sockets {
    pub plain: TcpListener,
    pub secure: Option<(TcpListener, TlsAcceptor)>,
}

/// Starts the broker. Board logins are in `ctx`.
pub fn start(
    config: &InsideBroker,
    sockets: Sockets,
    limits: &ConnectionLimits,
    topics: &Topics,
    observers: Observers,
    ctx: &Ctx,
) -> io::Result<Running> {
    let own = Login { user: OWN_CLIENT.into(), password: Secret::new(random_password()) };
    let gate = Arc::new(Gate::new(config, &own, topics, observers, ctx));
    let acceptor = Arc::new(Acceptor {
        gate,
        hub: Arc::new(Hub::default()),
        connect_within: config.connect_within,
        opens: Instant::now() + config.delay,
        rate: config.rate,
        buckets: Mutex::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    let listen = |socket: TcpListener, tls: Option<TlsAcceptor>, name| {
        let address = socket.local_addr()?;
        socket.set_nonblocking(true)?;
        let listener = Listener::new(tokio::net::TcpListener::from_std(socket)?, limits.clone(), name);
        acceptor.tasks.spawn(Arc::clone(&acceptor).accept(listener, tls));
        Ok::<_, io::Error>(address)
    };
    let address = listen(sockets.plain, None, "mqtt")?;
    let secure = sockets.secure.map(|(socket, tls)| listen(socket, Some(tls), "mqtts")).transpose()?;
    let signals = (logins::watch(ctx), building_devices::watch(ctx));
    let (ctx, accepted) = (ctx.clone(), Arc::clone(&acceptor));
    acceptor.tasks.spawn(async move {
        let watched =
            disconnect_revoked(&ctx, signals, (&accepted.gate.guests, &accepted.gate.devices), &accepted.hub);
        tokio::select! {
            () = accepted.stop.cancelled() => {}
            never = watched => match never {},
        }
    });
    Ok(Running { address, secure, own, acceptor })
}

impl Running {
    /// Stops it and waits briefly for it to end.
    pub async fn stop(self) {
        self.acceptor.stop.cancel();
        self.acceptor.tasks.close();
        self.acceptor.hub.stop(LAST_WORDS).await;
        if tokio::time::timeout(GRACE, self.acceptor.tasks.wait()).await.is_err() {
            tracing::warn!("the broker inside did not end in time");
        }
    }
}

/// A random client id of ours, which no other client can guess and take over.
#[must_use]
pub fn unforeseeable_client() -> String {
    format!("{OWN_CLIENT}-{}", random_password().get(..12).unwrap_or_default())
}

/// A password of 256 random bits.
fn random_password() -> String {
    // From the system, not from a seeded source, so that it cannot be predicted.
    let bits: [u128; 2] = rand::make_rng::<rand::rngs::StdRng>().random();
    format!("{:032x}{:032x}", bits[0], bits[1])
}
