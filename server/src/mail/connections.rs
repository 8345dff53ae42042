//! Connections to the mail server, under the SMTP library, and their reuse.
//!
//! **Invariants.** For one mail the server may send [`MOST`] bytes: the library alone would hold a line without end. A connection is used
//! for one mail at a time, and again only if the last one ended well. Not here: mails, and what failures mean.

use super::{PATIENCE, Security, Server};
use crate::{
    response_limits::{Budget, Count, LimitedStream},
    tls,
};
use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        extension::ClientId,
    },
};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    fmt::{self, Debug},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::AbortHandle,
    time::{sleep, timeout},
};
use tokio_rustls::TlsConnector;

/// Bytes of the server's replies to one mail, with connection and sign-in. The library reads a reply again with each of its lines.
const MOST: usize = 64 * 1024;
/// Addresses of the server that are tried.
const ADDRESSES: usize = 4;
/// Time limit of one address.
const CONNECT: Duration = Duration::from_secs(5);
/// Connections that wait for the next mail.
const IDLE: usize = 4;
/// How long they wait.
const IDLE_TIME: Duration = Duration::from_mins(1);
/// Time limit of the goodbye.
const LEAVE: Duration = Duration::from_secs(2);

/// Why a mail was not sent.
#[derive(Debug)]
pub(super) enum Failure {
    Smtp(Error),
    /// Connecting took too long.
    Silent,
    Unreachable,
    Certificate,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

/// A connection that is signed in.
struct Connection {
    smtp: AsyncSmtpConnection,
    count: Count,
}

/// A connection that waits for the next mail.
struct IdleConnection {
    connection: Connection,
    /// The task that ends it.
    ending: AbortHandle,
}

/// The connections to one server.
#[derive(Default)]
pub(super) struct Connections {
    idle: Arc<Idle>,
    /// Trust store, loaded with the first connection.
    tls: OnceLock<Option<Arc<ClientConfig>>>,
    /// The same as the library wants it.
    start_tls: OnceLock<TlsParameters>,
}

impl Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

impl Connections {
    /// Sends a mail over an idle connection or a new one.
    pub(super) async fn send(&self, server: &Server, budget: &Budget, message: &Message) -> Result<(), Failure> {
        let mut connection = match self.reuse().await {
            Some(connection) => connection,
            None => self.open(server, budget).await?,
        };
        let sent = connection.smtp.send(message.envelope(), &message.formatted()).await;
        if !connection.smtp.has_broken() {
            self.keep(connection);
        }
        Ok(sent.map(drop)?)
    }

    /// An idle connection that still answers.
    async fn reuse(&self) -> Option<Connection> {
        loop {
            let IdleConnection { mut connection, ending } = self.idle.lock().pop()?;
            ending.abort();
            if timeout(CONNECT, connection.smtp.test_connected()).await.is_ok_and(|answers| answers) {
                return Some(connection);
            }
        }
    }

    /// Lets a connection wait for the next mail.
    fn keep(&self, connection: Connection) {
        connection.count.restart();
        let mut idle = self.idle.lock();
        if idle.len() >= IDLE {
            tokio::spawn(connection.leave());
            return;
        }
        let all = Arc::downgrade(&self.idle);
        let ending = tokio::spawn(async move {
            sleep(IDLE_TIME).await;
            // The first one waits longest.
            let oldest = all.upgrade().and_then(|all| all.oldest());
            if let Some(oldest) = oldest {
                oldest.leave().await;
            }
        });
        idle.push(IdleConnection { connection, ending: ending.abort_handle() });
    }

    async fn open(&self, server: &Server, budget: &Budget) -> Result<Connection, Failure> {
        let Server { host, port, security, login } = server;
        let port = port.unwrap_or(match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        });
        let stream = connect(host, port).await?;
        let (count, hello) = (Count::new(budget.conversation(MOST)), ClientId::default());
        let stream: Box<dyn AsyncTokioStream> = match security {
            Security::Tls => {
                let config = self.tls.get_or_init(tls::client).clone().ok_or(Failure::Certificate)?;
                let name = ServerName::try_from(host.clone()).map_err(|_| Failure::Unreachable)?;
                let connected = timeout(PATIENCE, TlsConnector::from(config).connect(name, stream)).await;
                let stream = connected.map_err(|_| Failure::Silent)?.map_err(|error| of_handshake(&error))?;
                Box::new(LimitedStream::counted(stream, count.clone()))
            }
            Security::StartTls | Security::Plain => Box::new(LimitedStream::counted(stream, count.clone())),
        };
        let mut smtp = AsyncSmtpConnection::connect_with_transport(stream, &hello).await?;
        if *security == Security::StartTls {
            let parameters = if let Some(parameters) = self.start_tls.get() {
                parameters
            } else {
                let loaded = TlsParameters::new(host.clone())?;
                self.start_tls.get_or_init(|| loaded)
            };
            smtp.starttls(parameters.clone(), &hello).await?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            smtp.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(Connection { smtp, count })
    }
}

impl Connection {
    async fn leave(mut self) {
        // It ends either way.
        drop(timeout(LEAVE, self.smtp.quit()).await);
    }
}

/// The connections that wait, the oldest first.
#[derive(Default)]
struct Idle(Mutex<Vec<IdleConnection>>);

impl Idle {
    fn lock(&self) -> MutexGuard<'_, Vec<IdleConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn oldest(&self) -> Option<Connection> {
        let mut idle = self.lock();
        (!idle.is_empty()).then(|| idle.remove(0).connection)
    }
}

/// Connects to one of the server's addresses.
async fn connect(host: &str, port: u16) -> Result<TcpStream, Failure> {
    let found = timeout(PATIENCE, lookup_host((host, port))).await.map_err(|_| Failure::Silent)?;
    let mut failure = Failure::Unreachable;
    for address in found.map_err(|_| Failure::Unreachable)?.take(ADDRESSES) {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(_)) => failure = Failure::Unreachable,
            Err(_) => failure = Failure::Silent,
        }
    }
    Err(failure)
}

/// Why a TLS handshake failed.
fn of_handshake(error: &io::Error) -> Failure {
    let is_of_tls = error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
    if is_of_tls { Failure::Certificate } else { Failure::Unreachable }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug> AsyncTokioStream for LimitedStream<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
