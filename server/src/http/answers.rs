//! How many responses are in flight: per reader, for the anonymous readers of a network, for all anonymous
//! readers, and for all others.
//!
//! **Invariants.** A response counts from its request until the client has read all of it; one to a form, from
//! when the form has arrived. A reader at their limit waits for one to end before the next is made, so others do
//! not wait for them, and identified readers never wait for anonymous ones. Only some wait, because a waiting request
//! takes 20 KB. A completed change is never answered as if it had failed: its response waits its turn and is then sent
//! beyond the limit. Where many responses are unread, the oldest are ended soon ([`Place::is_pressed`], enforced in
//! `server`). Not here: event streams, which have limits of their own (`live`), and monitoring requests ([`WATCHED`]).

use super::{Shared, metrics};
use crate::keyed::KeyedMap;
use api::admission::Peer;
use app::visitor::Visitor;
use axum::{
    body::HttpBody,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    actor::{Actor, Who},
    problem::{Kind, Problem},
};
use services::rate::network;
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use text::Lang;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Concurrent responses of one person or display: two browsers full of them.
pub(super) const PER_READER: usize = 64;
/// Concurrent responses of all anonymous readers of a network: a workshop is often behind one address.
const PER_NETWORK: usize = 256;
/// Concurrent responses of all anonymous readers, and separately of all identified ones.
const STRANGERS: usize = 768;
const KNOWN: usize = 512;
/// Which fraction of the allowed responses may be unread before the timeout shortens.
const BEARABLE: usize = 4;
/// Requests that wait for each response that is allowed.
const QUEUE: usize = 4;
/// Monitoring requests, needed above all under load: short, and made from memory.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", metrics::PATH];
/// Uncounted bytes of a response to a form: the result and where to go on.
const SHORT: u64 = 4 * 1024;
/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(12);
/// Seconds for `Retry-After`.
const LATER: u32 = 5;

/// Whose responses are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    Person(i64),
    Display(i64),
    Network(IpAddr),
    /// Behind a proxy that does not forward the client's address.
    Unnamed,
}

impl Reader {
    fn of(shared: &Shared, request: &Request) -> Self {
        let extensions = request.extensions();
        match extensions.get::<Actor>().map(|actor| &actor.who) {
            Some(Who::Person(person)) => return Self::Person(person.id.0),
            Some(Who::Display(screen)) => return Self::Display(screen.display.0),
            Some(Who::Anybody { .. } | Who::Board(_) | Who::Toolgate) | None => {}
        }
        let is_proxy = |address: IpAddr| shared.0.trusted_proxies.iter().any(|proxies| proxies.contains(address));
        match extensions.get::<Peer>() {
            Some(Peer(address)) if !is_proxy(*address) => Self::Network(network(*address)),
            Some(_) | None => Self::Unnamed,
        }
    }

    /// The limit of this reader.
    const fn share(self) -> usize {
        match self {
            Self::Person(_) | Self::Display(_) => PER_READER,
            Self::Network(_) => PER_NETWORK,
            Self::Unnamed => STRANGERS,
        }
    }
}

/// All responses in flight.
pub struct Answers {
    strangers: Arc<Share>,
    known: Arc<Share>,
    each: KeyedMap<Reader, Share>,
}

struct Share {
    places: Arc<Semaphore>,
    /// One for each response that is made or waited for.
    queue: Arc<Semaphore>,
    size: usize,
    unread: AtomicUsize,
}

impl Share {
    fn new(size: usize) -> Self {
        let [places, queue] = [size, size * (1 + QUEUE)].map(|size| Arc::new(Semaphore::new(size)));
        Self { places, queue, size, unread: AtomicUsize::new(0) }
    }

    /// Waits for a place, if few others do.
    async fn place(&self) -> Option<[OwnedSemaphorePermit; 2]> {
        let queued = Arc::clone(&self.queue).try_acquire_owned().ok()?;
        Some([queued, Arc::clone(&self.places).acquire_owned().await.ok()?])
    }

    fn is_pressed(&self) -> bool {
        self.unread.load(Relaxed) > self.size / BEARABLE
    }
}

impl Default for Answers {
    fn default() -> Self {
        let [strangers, known] = [STRANGERS, KNOWN].map(|size| Arc::new(Share::new(size)));
        Self { strangers, known, each: KeyedMap::default() }
    }
}

impl Answers {
    /// A place for one more response to `reader`, as soon as one is free; `None` if that takes too long or too many wait.
    pub async fn admit(&self, reader: Reader) -> Option<Place> {
        self.admit_within(WAIT, reader).await
    }

    /// A place for the finished response to a completed change: if none is free in time, one beyond the limit.
    /// Left unread, it counts like the others.
    async fn admit_done(&self, reader: Reader) -> Place {
        self.admit_done_within(WAIT, reader).await
    }

    async fn admit_done_within(&self, wait: Duration, reader: Reader) -> Place {
        match self.admit_within(wait, reader).await {
            Some(place) => place,
            None => Place { all: Arc::clone(self.all(reader)), own: self.share(reader), _places: None },
        }
    }

    async fn admit_within(&self, wait: Duration, reader: Reader) -> Option<Place> {
        let (own, all) = (self.share(reader), self.all(reader));
        let admitted = async {
            // The reader's own limit first, so that waiting for it takes nothing from others.
            let places = [own.place().await?, all.place().await?];
            Some(Place { all: Arc::clone(all), own: Arc::clone(&own), _places: Some(places) })
        };
        timeout(wait, admitted).await.ok().flatten()
    }

    /// Number of responses in flight.
    pub fn under_way(&self) -> usize {
        [&self.strangers, &self.known].map(|all| all.size - all.places.available_permits()).iter().sum()
    }

    /// Responses with a piece ready that the client has not read.
    pub fn unread(&self) -> usize {
        [&self.strangers, &self.known].map(|all| all.unread.load(Relaxed)).iter().sum()
    }

    fn all(&self, reader: Reader) -> &Arc<Share> {
        match reader {
            Reader::Person(_) | Reader::Display(_) => &self.known,
            Reader::Network(_) | Reader::Unnamed => &self.strangers,
        }
    }

    fn share(&self, reader: Reader) -> Arc<Share> {
        self.each.get(reader, || Share::new(reader.share()))
    }
}

/// The place of one response, freed on drop.
pub struct Place {
    all: Arc<Share>,
    own: Arc<Share>,
    /// `None` for a place beyond the limit.
    _places: Option<[[OwnedSemaphorePermit; 2]; 2]>,
}

impl Place {
    /// Marks a piece of the response as ready.
    pub fn unread(&self) {
        for share in [&self.all, &self.own] {
            share.unread.fetch_add(1, Relaxed);
        }
    }

    /// Marks the piece as read or given up.
    pub fn read(&self) {
        for share in [&self.all, &self.own] {
            share.unread.fetch_sub(1, Relaxed);
        }
    }

    /// Whether more responses are unread than the server tolerates.
    pub fn is_pressed(&self) -> bool {
        self.own.is_pressed() || self.all.is_pressed()
    }
}

/// Middleware: delays readers with too many requests at once, and tells the connection which place the response
/// counts in.
pub async fn bound(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if WATCHED.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let reader = Reader::of(&shared, &request);
    let is_api = api::is_api(request.uri().path());
    let lang = request.extensions().get::<Visitor>().map(|visitor| visitor.lang).unwrap_or_default();
    // A request with a body gets its place after the body, or unfinished forms could take all places of a network.
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let place = if is_read { shared.0.answers.admit(reader).await } else { None };
    if is_read && place.is_none() {
        return busy(lang, is_api);
    }
    let mut answer = next.run(request).await;
    let kind = answer.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_short = answer.body().size_hint().exact().is_some_and(|bytes| bytes <= SHORT);
    if kind.starts_with(b"text/event-stream") || (place.is_none() && is_short) {
        return answer;
    }
    let place = match place {
        Some(place) => place,
        None => shared.0.answers.admit_done(reader).await,
    };
    answer.extensions_mut().insert(Arc::new(place));
    answer
}

/// Refuses a request because too much is in progress.
pub(super) fn busy(lang: Lang, is_api: bool) -> Response {
    let problem = Problem::new("storage.unavailable", Kind::Unavailable, lang.request_no_room()).after(LATER);
    if is_api {
        return api::Refusal(problem).into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, LATER.to_string())], problem.detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn network(last: u8) -> Reader {
        Reader::Network(IpAddr::from([192, 0, 2, last]))
    }

    #[tokio::test]
    async fn reader_at_response_limit_waits_while_others_proceed() {
        let answers = Answers::default();
        let mut held = Vec::new();
        for _ in 0..PER_READER {
            held.push(answers.admit(Reader::Person(1)).await.unwrap());
        }
        assert!(answers.admit_within(Duration::ZERO, Reader::Person(1)).await.is_none(), "nothing ends");
        assert!(answers.admit(Reader::Person(2)).await.is_some());
        assert!(answers.admit(network(1)).await.is_some());
        let (waiting, ()) = tokio::join!(answers.admit(Reader::Person(1)), async { drop(held.pop()) });
        assert!(waiting.is_some(), "one has ended");
        drop((waiting, held));
        assert_eq!((answers.under_way(), answers.unread()), (0, 0));
    }

    #[tokio::test]
    async fn request_behind_a_full_queue_is_refused_at_once() {
        let answers = Answers::default();
        let person = Reader::Person(1);
        let mut held = Vec::new();
        for _ in 0..PER_READER {
            held.push(answers.admit(person).await);
        }
        let mut queue: Vec<_> = (0..QUEUE * PER_READER).map(|_| Box::pin(answers.admit(person))).collect();
        assert!(queue.iter_mut().all(|waiting| waiting.as_mut().now_or_never().is_none()), "they wait");
        assert!(matches!(answers.admit(person).now_or_never(), Some(None)));
        assert!(answers.admit(Reader::Person(2)).await.is_some());
        drop(queue.pop());
        assert!(answers.admit(person).now_or_never().is_none(), "one has left, so that another one may wait");
    }

    #[tokio::test]
    async fn response_to_a_change_is_sent_beyond_the_limit_and_counted_while_unread() {
        let answers = Answers::default();
        let mut held = Vec::new();
        for _ in 0..PER_READER {
            held.push(answers.admit(Reader::Person(1)).await.unwrap());
        }
        let done = answers.admit_done_within(Duration::ZERO, Reader::Person(1)).await;
        assert_eq!(answers.under_way(), PER_READER);
        (0..=PER_READER / BEARABLE).for_each(|_| done.unread());
        assert!(held[0].is_pressed(), "it ends those that lie unread");
        (0..=PER_READER / BEARABLE).for_each(|_| done.read());
        drop(done);
        assert!(
            answers.admit_within(Duration::ZERO, Reader::Person(1)).await.is_none(),
            "it had no place to give back"
        );
        held.truncate(10);
        let _done = answers.admit_done_within(Duration::ZERO, Reader::Person(1)).await;
        assert_eq!(answers.under_way(), 11, "where there is room it takes a place as all do");
    }

    #[tokio::test]
    async fn anonymous_readers_share_a_limit_that_signed_in_readers_bypass() {
        let answers = Answers::default();
        let mut held = Vec::new();
        for last in 1..=3 {
            for _ in 0..PER_NETWORK {
                held.push(answers.admit(network(last)).await.unwrap());
            }
        }
        assert_eq!(answers.under_way(), STRANGERS);
        assert!(answers.admit_within(Duration::ZERO, Reader::Person(1)).await.is_some());
        assert!(answers.admit_within(Duration::ZERO, network(5)).await.is_none());
        held.truncate(10);
        assert!(answers.admit(network(5)).await.is_some());
    }

    #[tokio::test]
    async fn many_unread_responses_shorten_the_timeout() {
        let answers = Answers::default();
        let (slow, other) = (answers.admit(network(1)).await.unwrap(), answers.admit(network(2)).await.unwrap());
        (0..PER_NETWORK / BEARABLE).for_each(|_| slow.unread());
        assert!(!slow.is_pressed());
        slow.unread();
        assert!(slow.is_pressed() && !other.is_pressed());
        (0..STRANGERS / BEARABLE).for_each(|_| slow.unread());
        assert!(other.is_pressed(), "all together");
        (0..=(PER_NETWORK + STRANGERS) / BEARABLE).for_each(|_| slow.read());
        assert!(!slow.is_pressed() && answers.unread() == 0);
    }
}
