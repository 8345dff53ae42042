//! Serves the router over TCP or TLS.
//!
//! **Invariants.** Every wait for a client has a time-out, and a client that makes progress, however slowly, is
//! not cut ([`Timeouts`]). That holds for each response separately: on HTTP/2 an unread one ends alone, and the
//! others on its connection go on. A connection belongs to a [`Permit`] and ends when that is revoked.
//!
//! hyper limits streams and buffers, hyper-util stops connections, and tokio-io-timeout ends waits for a full socket.
//! What these cannot do is in the submodules, each of which names the test that fails without it.

mod activity;
mod body;
mod deadline;
mod streams;
mod uptake;

use super::answers::Place;
use crate::connections::{Listener, Permit};
use activity::Activity;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, StatusCode, header},
    response::IntoResponse,
};
use body::{Paced, Tracked};
use deadline::until;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use streams::Streams;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
use tokio_io_timeout::TimeoutWriter;
use tokio_rustls::TlsAcceptor;
use tokio_util::{io::InspectReader, sync::CancellationToken};
use tower::ServiceExt;

/// Bytes buffered of a request header, or of what a client does not read. Cookies and addresses are far smaller;
/// 4,000 connections with as much take less than 100 MB.
const BUFFER: usize = 16 * 1024;
/// HTTP/2: concurrent requests on one connection, and bytes it may send before they are read. A browser queues the
/// others until there is room.
const STREAMS: u32 = 32;
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 128 * 1024;

pub use crate::config::Timeouts;

/// ALPN protocols of pages over TLS.
pub const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Shared state of all connections.
pub struct Server {
    router: Router,
    tls: Option<TlsAcceptor>,
    timeouts: Timeouts,
    builder: Builder<Streams>,
    stop: CancellationToken,
}

impl Server {
    /// Serves `router`, over TLS if there is a certificate.
    #[must_use]
    pub fn new(router: Router, tls: Option<TlsAcceptor>, timeouts: Timeouts, stop: CancellationToken) -> Self {
        let mut builder = Builder::new(Streams::new(timeouts));
        // See `activity`.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(BUFFER);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(timeouts.ping)
            .keep_alive_timeout(timeouts.ping)
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(BUFFER);
        Self { router, tls, timeouts, builder, stop }
    }

    /// Accepts connections until the stop; then open ones get `grace` to finish.
    pub async fn run(self, mut listener: Listener, grace: Duration) {
        let server = Arc::new(self);
        let (graceful, mut connections) = (GracefulShutdown::new(), JoinSet::new());
        loop {
            let (stream, client, permit) = tokio::select! {
                biased;
                () = server.stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            let (server, watcher, permit) = (Arc::clone(&server), graceful.watcher(), Arc::new(permit));
            connections.spawn(async move {
                tokio::select! {
                    () = permit.revoked() => {}
                    () = server.connection(stream, client, &permit, watcher) => {}
                }
            });
        }
        // So that no client hangs in the queue of a socket that no longer accepts.
        drop(listener);
        let _ = timeout(grace, graceful.shutdown()).await;
        connections.shutdown().await;
    }

    async fn connection(&self, stream: TcpStream, client: SocketAddr, permit: &Arc<Permit>, watcher: Watcher) {
        // Events and pages are small writes, which otherwise may wait for a delayed acknowledgement.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let Some(tls) = &self.tls else { return self.serve(stream, client, permit, watcher).await };
        if let Ok(Ok(stream)) = timeout(self.timeouts.handshake, tls.accept(stream)).await {
            self.serve(stream, client, permit, watcher).await;
        }
    }

    async fn serve<S>(&self, stream: S, client: SocketAddr, permit: &Arc<Permit>, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new(self.timeouts, Arc::clone(permit)));
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(self.timeouts.write));
        let reading = Arc::clone(&activity);
        let io = TokioIo::new(Box::pin(InspectReader::new(stream, move |bytes: &[u8]| reading.read(bytes))));
        let service = service_fn(|request| {
            answer(self.router.clone(), request, client, Arc::clone(permit), Arc::clone(&activity))
        });
        let connection = watcher.watch(self.builder.serve_connection(io, service));
        // A failed connection is the client's problem.
        until(connection, |now| Some(activity.deadline(now))).await;
    }
}

/// Answers one request, with its connection's details as extensions.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    client: SocketAddr,
    permit: Arc<Permit>,
    activity: Arc<Activity>,
) -> Result<Response<Body>, Infallible> {
    let uptake = streams::uptake().unwrap_or_else(|| activity.uptake());
    let request_guard = activity.begin(request.version());
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(ConnectInfo(client));
    parts.extensions.insert(permit);
    let (body, stalled) = Paced::new(body, activity.timeouts());
    let mut answer = match router.oneshot(Request::from_parts(parts, Body::new(body))).await {
        Ok(_) if stalled.load(Ordering::Relaxed) => {
            let close = [(header::CONNECTION, HeaderValue::from_static("close"))];
            (StatusCode::REQUEST_TIMEOUT, close).into_response()
        }
        Ok(answer) => answer,
    };
    if let Some(place) = answer.extensions_mut().remove::<Arc<Place>>() {
        uptake.counts_in(place);
    }
    Ok(answer.map(|body| Body::new(Tracked::new(body, request_guard, uptake))))
}
