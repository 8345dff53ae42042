//! Contacts servers that people name: the only place where connections to them are made.
//!
//! **Invariants.** A connection is made to a checked address, never to a name, because a name may resolve differently between check
//! and connection. A host is contacted only if all its addresses are public, or if `--allow-host` or `--push-host` names it. Redirects are not
//! followed. Size and time of a response are limited while it arrives. Neither addresses nor contents are logged. Not here: cookies,
//! proxies, compression, and the reading of calendars ([`crate::external_calendars`]).

use crate::{
    response_limits::{Budget, ExceededLimit, LimitedStream},
    tls,
};
use axum::body::Body;
use domain::outgoing::{Address, Failure, networks::is_public};
use http::{Request as HttpRequest, header};
use http_body::Body as _;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use services::outgoing::{Method, Request, Response, Transport, is_one_of};
use std::{
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Addresses of a host that are tried.
const ADDRESSES: usize = 4;
/// Bytes of a response header.
const HEAD: usize = 32 * 1024;
/// Time of one connection attempt, to one address.
const CONNECT: Duration = Duration::from_secs(5);
/// Time of a body that may be cut.
const BODY: Duration = Duration::from_secs(1);

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// Makes connections to checked addresses.
pub struct Connector {
    budget: Budget,
    /// Hosts that are contacted even in private networks.
    permitted: Vec<String>,
    /// Time of one connection attempt.
    wait: Duration,
    /// Trust store, loaded with the first request.
    tls: OnceLock<Option<Arc<ClientConfig>>>,
}

impl Connector {
    /// One that contacts `permitted` hosts even in private networks. Its answers share `budget`.
    #[must_use]
    pub const fn new(permitted: Vec<String>, budget: Budget) -> Self {
        Self { budget, permitted, wait: CONNECT, tls: OnceLock::new() }
    }

    /// Whether `host` is contacted even in a private network.
    pub fn permits(&self, host: &str) -> bool {
        is_one_of(&self.permitted, host)
    }

    /// A connection to the server at `address`, for a response whose body has at most `most` bytes.
    pub async fn connect(&self, address: &Address, most: usize) -> Result<Box<dyn Stream>, Failure> {
        let stream = self.reach(address).await?;
        let conversation = self.budget.http(most);
        if !address.is_secure() {
            return Ok(Box::new(LimitedStream::new(stream, conversation)));
        }
        let tls = self.tls.get_or_init(tls::client).clone().ok_or(Failure::Certificate)?;
        let name = match address.literal() {
            Some(ip) => ServerName::from(ip),
            None => ServerName::try_from(address.host().to_owned()).map_err(|_| Failure::Unreachable)?,
        };
        // rustls reports an invalid certificate and a non-TLS peer in the same way.
        let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|_| Failure::Certificate)?;
        Ok(Box::new(LimitedStream::new(stream, conversation)))
    }

    /// A connection to one of the host's addresses, after all of them were checked.
    async fn reach(&self, address: &Address) -> Result<TcpStream, Failure> {
        let port = address.port();
        let found: Vec<SocketAddr> = match address.literal() {
            Some(ip) => vec![SocketAddr::new(ip, port)],
            None => lookup_host((address.host(), port)).await.map_err(|_| Failure::Unreachable)?.collect(),
        };
        if !self.permits(address.host()) && !found.iter().all(|found| is_public(found.ip())) {
            return Err(Failure::Private);
        }
        for found in found.into_iter().take(ADDRESSES) {
            if let Ok(Ok(stream)) = timeout(self.wait, TcpStream::connect(found)).await {
                return Ok(stream);
            }
        }
        Err(Failure::Unreachable)
    }
}

/// Sends the requests of [`services::outgoing`].
pub struct Client(Arc<Connector>);

impl Client {
    #[must_use]
    pub const fn new(connector: Arc<Connector>) -> Self {
        Self(connector)
    }
}

impl Transport for Client {
    fn permits(&self, host: &str) -> bool {
        self.0.permits(host)
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        let whole = request.limits.whole;
        let response =
            async move { exchange(self.0.connect(&request.address, request.limits.bytes).await?, request).await };
        Box::pin(async move { timeout(whole, response).await.unwrap_or(Err(Failure::Slow)) })
    }
}

async fn exchange(stream: Box<dyn Stream>, request: Request) -> Result<Response, Failure> {
    let Request { method, address, headers, body, limits } = request;
    let method = match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
    };
    let mut builder = HttpRequest::builder()
        .method(method)
        .uri(address.target())
        .header(header::HOST, address.authority())
        .header(header::USER_AGENT, concat!("Toolgate/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::CONNECTION, "close");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let request = builder.body(Body::from(body)).map_err(|_| Failure::BrokenOff)?;
    let handshake = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|_| Failure::Unreachable)?;
    let sending = async {
        let response = sender.send_request(request).await.map_err(|error| broken_off(&error))?;
        let (head, body) = response.into_parts();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body =
            if limits.cuts { beginning(body, limits.bytes).await } else { whole(body, limits.bytes).await? };
        Ok(Response { status: head.status.as_u16(), headers, body })
    };
    // The connection moves its bytes while the response is awaited, and ends with it.
    let (mut sending, mut connection) = (pin!(sending), pin!(connection));
    tokio::select! {
        response = &mut sending => response,
        // It may close right behind the last byte.
        _ = &mut connection => sending.await,
    }
}

/// Why a response is incomplete.
fn broken_off(error: &hyper::Error) -> Failure {
    match ExceededLimit::cause_of(error) {
        Some(ExceededLimit::Budget) => Failure::Unreachable,
        Some(ExceededLimit::Conversation | ExceededLimit::Message) => Failure::TooLarge,
        None => Failure::BrokenOff,
    }
}

/// The first `most` bytes of a body, or what of them arrives in time.
async fn beginning(mut body: Incoming, most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let reading = async {
        while bytes.len() < most {
            let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            let Some(Ok(frame)) = frame else { break };
            let Ok(data) = frame.into_data() else { continue };
            bytes.extend(data.into_iter().take(most - bytes.len()));
        }
    };
    if timeout(BODY, reading).await.is_err() {
        tracing::debug!("the body of a response was cut, because it was slow");
    }
    bytes
}

/// The whole body, if it has at most `most` bytes.
async fn whole(mut body: Incoming, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|error| broken_off(&error))?.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
