//! Sends requests to payment processors.
//!
//! **Invariants.** Keys travel by HTTPS only; plain HTTP is for a processor on this machine. Size and time of an answer are limited
//! while it arrives. Neither addresses nor answers are logged. Redirects are not followed, because a key must not go elsewhere. Not
//! here: what requests and answers mean (`services::dues::processors`).

use crate::{
    response_limits::{Budget, LimitedStream},
    tls,
};
use axum::body::Body;
use domain::dues::Trouble;
use http::header;
use http_body::Body as _;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use services::dues::processors::{MOST_BYTES, Method, Request, Response, Transport};
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// Time limit of a request, from the connection to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of the header of an answer.
const HEAD: usize = 32 * 1024;

/// The client of payment processors.
#[derive(Default)]
pub struct Client {
    budget: Budget,
    /// Trust store, loaded with the first request.
    tls: OnceLock<Option<Arc<ClientConfig>>>,
}

impl Transport for Client {
    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + '_>> {
        Box::pin(async move { timeout(PATIENCE, self.ask(request)).await.unwrap_or(Err(Trouble::NoAnswer)) })
    }
}

impl Client {
    /// One that shares `budget` with other clients.
    #[must_use]
    pub const fn new(budget: Budget) -> Self {
        Self { budget, tls: OnceLock::new() }
    }

    async fn ask(&self, request: Request) -> Result<Response, Trouble> {
        let url = Url::parse(&request.url).map_err(|_| Trouble::NoAnswer)?;
        let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or(Trouble::NoAnswer)?;
        let stream = TcpStream::connect((host, port)).await.map_err(|_| Trouble::NoAnswer)?;
        let conversation = self.budget.http(MOST_BYTES);
        match url.scheme() {
            "https" => {
                let config = self.tls.get_or_init(tls::client).clone().ok_or(Trouble::NoAnswer)?;
                let name = ServerName::try_from(host.to_owned()).map_err(|_| Trouble::NoAnswer)?;
                let connected = TlsConnector::from(config).connect(name, stream).await;
                let stream = connected.map_err(|_| Trouble::NoAnswer)?;
                exchange(LimitedStream::new(stream, conversation), &url, request).await
            }
            "http" if is_here(&url) => exchange(LimitedStream::new(stream, conversation), &url, request).await,
            _ => Err(Trouble::NoAnswer),
        }
    }
}

/// Whether the address is one of this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    url: &Url,
    request: Request,
) -> Result<Response, Trouble> {
    let Request { method, headers, body, .. } = request;
    let method = match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
    };
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let authority = url.port().map_or_else(
        || url.host_str().unwrap_or_default().to_owned(),
        |port| format!("{}:{port}", url.host_str().unwrap_or_default()),
    );
    let mut builder = http::Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, authority)
        .header(header::USER_AGENT, concat!("Toolgate/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::CONNECTION, "close");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let request = builder.body(Body::from(body)).map_err(|_| Trouble::Unclear)?;
    let handshake = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|_| Trouble::NoAnswer)?;
    let sending = async {
        let answer = sender.send_request(request).await.map_err(|_| Trouble::NoAnswer)?;
        let status = answer.status().as_u16();
        Ok(Response { status, body: whole(answer.into_body()).await? })
    };
    // The connection moves its bytes while the answer is awaited, and ends with it.
    let (mut sending, mut connection) = (std::pin::pin!(sending), std::pin::pin!(connection));
    tokio::select! {
        answer = &mut sending => answer,
        // It may close right behind the last byte.
        _ = &mut connection => sending.await,
    }
}

/// The whole body, if it is within the limit.
async fn whole(mut body: Incoming) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.map_err(|_| Trouble::NoAnswer)?.into_data() else { continue };
        if bytes.len() + data.len() > MOST_BYTES {
            return Err(Trouble::Unclear);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
