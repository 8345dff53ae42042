//! Fetches external calendars.
//!
//! **Invariants.** Size and time of a response are limited while it arrives ([`Limits`]), and a response that is no calendar is
//! shown to no one. Compression is not requested; a compressed response is unpacked within [`Limits`]. Not here: which hosts are
//! contacted ([`crate::outgoing`]), and the content of a calendar.

use crate::outgoing::{Connector, Stream};
use axum::body::Body;
use domain::{
    external_calendars::{Failure, MOST_BYTES},
    outgoing::Address,
};
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode, header};
use http_body::Body as _;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use services::external_calendars::{Answer, Fetcher, Question};
use std::{
    future::{Future, poll_fn},
    io::Read,
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use tokio::{task::JoinHandle, time::timeout};

/// Redirects that are followed.
const REDIRECTIONS: usize = 3;
/// Bytes of a response header.
const HEAD: usize = 32 * 1024;
/// Characters of a validator (`ETag`, `Last-Modified`).
const VALIDATOR: usize = 500;

/// Limits for reading one calendar.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Total time.
    pub whole: Duration,
    /// Bytes of a file.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { whole: Duration::from_secs(20), bytes: MOST_BYTES }
    }
}

/// Client for calendar servers.
pub struct Client {
    connector: Arc<Connector>,
    limits: Limits,
}

impl Client {
    #[must_use]
    pub fn new(connector: Arc<Connector>, limits: Limits) -> Self {
        Self { connector, limits }
    }

    async fn ask(&self, question: Question) -> Result<Answer, Failure> {
        let Question { mut address, etag, last_modified } = question;
        let is_conditional = etag.is_some() || last_modified.is_some();
        for _ in 0..=REDIRECTIONS {
            let mut sent = self.request(&address, etag.as_deref(), last_modified.as_deref()).await?;
            let (head, body) = (&sent.head, &mut sent.body);
            let status = head.status;
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                let to = text(&head.headers, header::LOCATION).ok_or(Failure::Answer)?;
                address = address.redirected(&to, &|host| self.connector.permits(host))?;
                continue;
            }
            return match status {
                StatusCode::OK => {
                    let file = self.file(&head.headers, body).await?;
                    let remaining = |name| text(&head.headers, name).filter(|value| value.len() <= VALIDATOR);
                    let (etag, last_modified) = (remaining(header::ETAG), remaining(header::LAST_MODIFIED));
                    Ok(Answer::File { body: file, etag, last_modified })
                }
                StatusCode::NOT_MODIFIED if is_conditional => Ok(Answer::Unchanged),
                StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => Err(Failure::Empty),
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::Denied),
                StatusCode::NOT_FOUND | StatusCode::GONE => Err(Failure::Missing),
                _ => Err(Failure::Answer),
            };
        }
        Err(Failure::Redirected)
    }

    /// The response of `address`, once its header has arrived.
    async fn request(
        &self,
        address: &Address,
        etag: Option<&str>,
        last_modified: Option<&str>,
    ) -> Result<Sent, Failure> {
        exchange(self.connector.connect(address, self.limits.bytes).await?, address, etag, last_modified).await
    }

    /// The whole body, if it is within the limit.
    async fn file(&self, head: &HeaderMap, body: &mut Incoming) -> Result<Vec<u8>, Failure> {
        let most = self.limits.bytes;
        let message = text(head, header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        if message.is_some_and(|length| length > u64::try_from(most).unwrap_or(u64::MAX)) {
            return Err(Failure::TooLarge);
        }
        let mut file = Vec::new();
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            let Ok(data) = frame.map_err(|_| Failure::BrokenOff)?.into_data() else { continue };
            if file.len() + data.len() > most {
                return Err(Failure::TooLarge);
            }
            file.extend_from_slice(&data);
        }
        unpack(file, text(head, header::CONTENT_ENCODING).as_deref(), most)
    }
}

impl Fetcher for Client {
    fn permits(&self, host: &str) -> bool {
        self.connector.permits(host)
    }

    fn fetch(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + '_>> {
        Box::pin(async move { timeout(self.limits.whole, self.ask(question)).await.unwrap_or(Err(Failure::Slow)) })
    }
}

/// Unpacks `file` whether or not its server declared the encoding; at most `most` bytes.
fn unpack(file: Vec<u8>, encoding: Option<&str>, most: usize) -> Result<Vec<u8>, Failure> {
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(encoding.as_str(), "" | "identity" | "gzip" | "x-gzip") || file.starts_with(b"PK\x03\x04") {
        return Err(Failure::Packed);
    }
    // Some servers declare a compression they do not apply, others apply one they do not declare.
    if !file.starts_with(&[0x1f, 0x8b]) {
        return Ok(file);
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    let unpacked = MultiGzDecoder::new(file.as_slice()).take(limit).read_to_end(&mut plain);
    match unpacked {
        _ if plain.len() > most => Err(Failure::TooLarge),
        Ok(_) => Ok(plain),
        Err(_) => Err(Failure::BrokenOff),
    }
}

/// A response whose body may still arrive, with its connection.
struct Sent {
    head: http::response::Parts,
    body: Incoming,
    _carrying: Carrying,
}

/// The task behind a connection; ends with it.
struct Carrying(JoinHandle<()>);

impl Drop for Carrying {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange(
    stream: Box<dyn Stream>,
    address: &Address,
    etag: Option<&str>,
    last_modified: Option<&str>,
) -> Result<Sent, Failure> {
    let mut request = Request::get(address.target())
        .header(header::HOST, address.authority())
        .header(header::USER_AGENT, concat!("Toolgate/", env!("CARGO_PKG_VERSION")))
        .header(header::ACCEPT, "text/calendar, */*;q=0.1")
        .header(header::CONNECTION, "close");
    for (name, value) in [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request.body(Body::empty()).map_err(|_| Failure::Answer)?;
    let handshake = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|_| Failure::Unreachable)?;
    let carrying = Carrying(tokio::spawn(async move {
        // Errors show up where the response is awaited.
        drop(connection.await);
    }));
    let response: Response<Incoming> = sender.send_request(request).await.map_err(|_| Failure::Unreachable)?;
    let (head, body) = response.into_parts();
    Ok(Sent { head, body, _carrying: carrying })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(ToOwned::to_owned)
}
