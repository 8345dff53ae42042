//! How much of request bodies is read into memory: per request, per sender, and in total.
//!
//! **Invariants.** Anonymous senders may send at most [`STRANGER`] bytes, and payment processors [`hooks::MOST`]. The first [`FREE`] bytes of a request
//! are always read; more comes out of a budget until the request is answered, so that unfinished bodies cannot
//! fill the memory. Not here: uploads, which go to the disk (`sent`).
//!
//! Signed-in people, strangers and processors have a budget each, and each person and network has a share of it. So strangers take
//! nothing from people who are signed in, and forged messages of a processor nothing from anybody else.
//!
//! Whether a message is the processor's is known only at its end, and its head can be forged. So a message has [`MESSAGE`] to
//! arrive, and if the processors' budget is full, an unfinished one makes room for the next: of the network that holds the
//! most, the one that has been read for the longest. The real ones arrive at once and hold the least.

use super::{Shared, answers::busy, hooks, pages};
use crate::keyed::KeyedMap;
use api::admission::Peer;
use app::visitor::Visitor;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, id::PersonId};
use futures::{TryStreamExt, stream};
use services::rate::network;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// Bytes from an anonymous sender: the longest form that they fill in.
pub const STRANGER: usize = 64 * 1024;
/// Bytes from an identified sender.
const KNOWN: usize = 4 * 1024 * 1024;
/// Uncounted bytes of each request: the size of nearly every form.
const FREE: usize = 8 * 1024;
/// Counted bytes of signed-in people, of one and of all.
const PEOPLE: Share = Share { one: 8 * 1024 * 1024, all: 32 * 1024 * 1024 };
/// Counted bytes of anonymous senders, in one network and in all.
const STRANGERS: Share = Share { one: 2 * 1024 * 1024, all: 8 * 1024 * 1024 };
/// Counted bytes of messages to the address of a payment processor, from one network and from all.
const PROCESSORS: Share = Share { one: 2 * hooks::MOST, all: 8 * hooks::MOST };

/// The time in which a message of a processor is to arrive: they are sent in one go.
const MESSAGE: Duration = Duration::from_secs(5);

/// How much of a budget one sender may take, and the whole.
struct Share {
    one: usize,
    all: usize,
}

/// Whose bytes are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sender {
    Person(PersonId),
    Network(IpAddr),
    /// In the name of a payment processor.
    Processor(IpAddr),
}

impl Sender {
    const fn share(self) -> Share {
        match self {
            Self::Person(_) => PEOPLE,
            Self::Network(_) => STRANGERS,
            Self::Processor(_) => PROCESSORS,
        }
    }
}

/// Bytes that may be in memory.
pub struct Budget {
    people: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    processors: Arc<Semaphore>,
    each: KeyedMap<Sender, Semaphore>,
    /// Messages to processors that are being read, in the order of their beginning.
    messages: Mutex<Vec<Weak<Mutex<Reading>>>>,
}

impl Default for Budget {
    fn default() -> Self {
        let [people, strangers, processors] =
            [PEOPLE, STRANGERS, PROCESSORS].map(|share| Arc::new(Semaphore::new(share.all)));
        Self { people, strangers, processors, each: KeyedMap::default(), messages: Mutex::default() }
    }
}

impl Budget {
    const fn of(&self, sender: Sender) -> &Arc<Semaphore> {
        match sender {
            Sender::Person(_) => &self.people,
            Sender::Network(_) => &self.strangers,
            Sender::Processor(_) => &self.processors,
        }
    }

    /// Makes `reading` one that can be cut for another.
    fn watch(&self, reading: &Arc<Mutex<Reading>>) {
        let mut messages = lock(&self.messages);
        messages.retain(|message| message.strong_count() > 0);
        messages.push(Arc::downgrade(reading));
    }

    /// Cuts an unfinished message to make room for a piece of `own`: in its own network if that has the most or its whole share.
    /// `false` if there is none to cut.
    fn cut_another(&self, own: &Arc<Mutex<Reading>>) -> bool {
        let messages: Vec<_> = lock(&self.messages).iter().filter_map(Weak::upgrade).collect();
        let mut held: HashMap<Sender, usize> = HashMap::new();
        for message in &messages {
            let message = lock(message);
            if !message.is_complete {
                *held.entry(message.sender).or_default() += message.counted();
            }
        }
        let (sender, is_own_full) = {
            let own = lock(own);
            if own.stop.is_cancelled() {
                return false;
            }
            (own.sender, own.own.available_permits() < own.uncounted())
        };
        let of_own = held.get(&sender).copied().unwrap_or_default();
        let fullest = held.into_iter().max_by_key(|(_, bytes)| *bytes);
        let fullest = match fullest {
            Some((fullest, bytes)) if !is_own_full && bytes > of_own => fullest,
            _ => sender,
        };
        messages.iter().filter(|message| !Arc::ptr_eq(message, own)).any(|message| lock(message).give_up(fullest))
    }
}

/// Why a body was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Cut {
    #[error("the body is too large")]
    TooLarge,
    #[error("too many bodies are being read")]
    NoRoom,
    #[error("the body takes too long")]
    Late,
}

/// What one request holds, until it is answered.
struct Reading {
    sender: Sender,
    own: Arc<Semaphore>,
    all: Arc<Semaphore>,
    most: usize,
    seen: usize,
    held: [Option<OwnedSemaphorePermit>; 2],
    cut: Option<Cut>,
    is_complete: bool,
    /// Cancelled when it is cut for another.
    stop: CancellationToken,
}

impl Reading {
    fn new(budget: &Budget, sender: Sender, most: usize) -> Self {
        let own = budget.each.get(sender, || Semaphore::new(sender.share().one));
        Self {
            sender,
            own,
            all: Arc::clone(budget.of(sender)),
            most,
            seen: 0,
            held: [None, None],
            cut: None,
            is_complete: false,
            stop: CancellationToken::new(),
        }
    }

    /// Bytes that it holds of the budget.
    fn counted(&self) -> usize {
        self.held[0].as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    /// Bytes that it received and does not hold yet.
    fn uncounted(&self) -> usize {
        self.seen.saturating_sub(FREE).saturating_sub(self.counted())
    }

    /// Gives its bytes back and ends, if it is of `sender`, unfinished and holds some.
    fn give_up(&mut self, sender: Sender) -> bool {
        if self.sender != sender || self.is_complete || self.counted() == 0 {
            return false;
        }
        self.held = [None, None];
        self.cut = Some(Cut::NoRoom);
        self.stop.cancel();
        true
    }

    /// Counts a received piece.
    fn take(&mut self, bytes: usize) -> Result<(), Cut> {
        self.seen = self.seen.saturating_add(bytes);
        let taken = if self.seen > self.most { Err(Cut::TooLarge) } else { self.count() };
        self.cut = taken.err();
        taken
    }

    /// Counts what was received and is not counted yet.
    fn count(&mut self) -> Result<(), Cut> {
        let more = self.uncounted();
        if self.stop.is_cancelled() {
            return Err(Cut::NoRoom);
        }
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Cut::NoRoom)?;
        let take = |budget: &Arc<Semaphore>| Arc::clone(budget).try_acquire_many_owned(more);
        let (Ok(own), Ok(all)) = (take(&self.own), take(&self.all)) else { return Err(Cut::NoRoom) };
        for (held, more) in self.held.iter_mut().zip([own, all]) {
            match held {
                Some(held) => held.merge(more),
                None => *held = Some(more),
            }
        }
        Ok(())
    }
}

/// Middleware: bounds what the handlers behind it read into memory.
pub async fn bound(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let extensions = request.extensions();
    let person = extensions.get::<Actor>().and_then(Actor::person);
    let lang = extensions.get::<Visitor>().map(|visitor| visitor.lang).unwrap_or_default();
    let from = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let is_api = api::is_api(request.uri().path());
    let hook = hooks::processor(request.uri().path());
    let (sender, most) = match (person, hook) {
        (Some(person), _) => (Sender::Person(person), KNOWN),
        (None, Some(_)) => (Sender::Processor(network(from)), hooks::MOST),
        (None, None) => (Sender::Network(network(from)), STRANGER),
    };
    let reading = Arc::new(Mutex::new(Reading::new(&shared.0.bodies, sender, most)));
    let until = matches!(sender, Sender::Processor(_)).then(|| Instant::now() + MESSAGE);
    let announced: Option<usize> =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let is_too_large = announced.is_some_and(|length| length > lock(&reading).most);
    if let Some(processor) = hook
        && announced.is_none_or(|length| length > FREE)
        && let Some(refused) = hooks::refused(shared.ctx(), processor, request.headers())
    {
        return refused.into_response();
    }
    // A page reports this itself, with the form.
    if is_too_large && pages::target(request.uri()).is_none() {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    if until.is_some() {
        shared.0.bodies.watch(&reading);
    }
    let counting = Counting { shared: shared.clone(), reading: Arc::clone(&reading), until };
    let answer = next.run(request.map(|body| counted(body, is_too_large, counting))).await;
    let cut = lock(&reading).cut;
    match cut {
        Some(Cut::NoRoom) => busy(lang, is_api),
        Some(Cut::Late) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Some(Cut::TooLarge) if answer.status() != StatusCode::PAYLOAD_TOO_LARGE => {
            StatusCode::PAYLOAD_TOO_LARGE.into_response()
        }
        Some(Cut::TooLarge) | None => answer,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a received piece; for a message to a processor, out of `budget`, another may have to end.
fn take(budget: Option<&Budget>, reading: &Arc<Mutex<Reading>>, bytes: usize) -> Result<(), Cut> {
    let mut taken = lock(reading).take(bytes);
    while taken == Err(Cut::NoRoom) && budget.is_some_and(|budget| budget.cut_another(reading)) {
        let mut reading = lock(reading);
        taken = reading.count();
        reading.cut = taken.err();
    }
    taken
}

/// A body that is being read.
struct Counting {
    shared: Shared,
    reading: Arc<Mutex<Reading>>,
    /// When the whole is to be there.
    until: Option<Instant>,
}

impl Counting {
    /// The next piece of `body`, unless it comes too late or another takes its place.
    async fn next(
        &self,
        body: &mut (impl TryStreamExt<Ok = Bytes, Error = axum::Error> + Unpin),
    ) -> Result<Option<Bytes>, axum::Error> {
        let Some(until) = self.until else { return body.try_next().await };
        let stop = lock(&self.reading).stop.clone();
        let piece = tokio::select! {
            () = stop.cancelled() => return Err(axum::Error::new(Cut::NoRoom)),
            piece = timeout_at(until, body.try_next()) => piece,
        };
        piece.unwrap_or_else(|_| {
            lock(&self.reading).cut = Some(Cut::Late);
            Err(axum::Error::new(Cut::Late))
        })
    }
}

/// The body, counted as it arrives; nothing is read of one whose declared length is too large.
fn counted(body: Body, is_too_large: bool, counting: Counting) -> Body {
    let coming = (body.into_data_stream(), counting);
    Body::from_stream(stream::try_unfold(coming, move |(mut coming, counting)| async move {
        if is_too_large {
            lock(&counting.reading).cut = Some(Cut::TooLarge);
            return Err(axum::Error::new(Cut::TooLarge));
        }
        let Some(piece) = counting.next(&mut coming).await? else {
            lock(&counting.reading).is_complete = true;
            return Ok(None);
        };
        let budget = counting.until.is_some().then_some(&counting.shared.0.bodies);
        take(budget, &counting.reading, piece.len()).map_err(axum::Error::new)?;
        Ok(Some((piece, (coming, counting))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Budget {
        /// By people.
        fn held(&self) -> usize {
            PEOPLE.all - self.people.available_permits()
        }
    }

    fn network(n: u8) -> Sender {
        Sender::Network(IpAddr::from([192, 0, 2, n]))
    }

    #[test]
    fn network_at_its_share_leaves_room_for_others_and_short_forms() {
        let budget = Budget::default();
        let mut full: Vec<Reading> = Vec::new();
        let refused = loop {
            let mut next = Reading::new(&budget, network(1), STRANGER);
            if let Err(cut) = next.take(STRANGER) {
                break cut;
            }
            full.push(next);
            assert!(full.len() < 1_000, "no end");
        };
        assert_eq!(refused, Cut::NoRoom);
        assert_eq!(Reading::new(&budget, network(1), STRANGER).take(FREE), Ok(()), "a form that people type");
        assert_eq!(Reading::new(&budget, network(2), STRANGER).take(STRANGER), Ok(()), "from elsewhere");
        full.pop();
        assert_eq!(
            Reading::new(&budget, network(1), STRANGER).take(STRANGER),
            Ok(()),
            "what was answered makes room"
        );
    }

    /// All that senders of one kind can take together.
    fn fill(budget: &Budget, sender: impl Fn(u8) -> Sender, most: usize) -> Vec<Reading> {
        let mut all = Vec::new();
        for n in 0..=u8::MAX {
            let mut next = Reading::new(budget, sender(n), most);
            while next.take(most).is_ok() {
                all.push(std::mem::replace(&mut next, Reading::new(budget, sender(n), most)));
            }
        }
        all
    }

    /// A message to a processor that is being read, with what came of it.
    fn message(budget: &Budget, n: u8, bytes: usize) -> (Arc<Mutex<Reading>>, Result<(), Cut>) {
        let sender = Sender::Processor(IpAddr::from([192, 0, 2, n]));
        let reading = Arc::new(Mutex::new(Reading::new(budget, sender, hooks::MOST)));
        budget.watch(&reading);
        let taken = take(Some(budget), &reading, bytes);
        (reading, taken)
    }

    #[test]
    fn message_to_full_budget_ends_longest_read_of_fullest_network() {
        let budget = Budget::default();
        let full = FREE + hooks::MOST / 2;
        let forged: Vec<_> = (1..=8).flat_map(|n| [n, n]).map(|n| message(&budget, n, full)).collect();
        assert!(forged.iter().all(|(_, taken)| taken.is_ok()));
        let (third, taken) = message(&budget, 3, full);
        assert_eq!((taken, lock(&forged[4].0).cut), (Ok(()), Some(Cut::NoRoom)), "room in one's own network");
        let (real, taken) = message(&budget, 9, FREE + 100_000);
        assert_eq!(taken, Ok(()), "a real one from a network of its own");
        let cut = |(message, _): &&(Arc<Mutex<Reading>>, Result<(), Cut>)| lock(message).cut.is_some();
        assert_eq!(forged.iter().filter(cut).count(), 2);
        lock(&real).is_complete = true;
        for n in 10..200 {
            assert_eq!(message(&budget, n, full).1, Ok(()));
        }
        assert_eq!(lock(&real).cut, None, "a complete one is not ended");
        drop(third);
    }

    #[test]
    fn forged_messages_and_strangers_take_nothing_from_others() {
        let budget = Budget::default();
        let forged = fill(&budget, |n| Sender::Processor(IpAddr::from([192, 0, 2, n])), hooks::MOST);
        assert!(forged.len() < 12, "{}", forged.len());
        assert_eq!(
            Reading::new(&budget, network(1), STRANGER).take(STRANGER),
            Ok(()),
            "a long form of a stranger"
        );
        let strangers = fill(&budget, network, STRANGER);
        assert!(strangers.len() > 100);
        assert_eq!(Reading::new(&budget, network(1), STRANGER).take(STRANGER), Err(Cut::NoRoom));
        assert_eq!(Reading::new(&budget, Sender::Person(PersonId(1)), KNOWN).take(KNOWN), Ok(()));
    }

    #[test]
    fn concurrent_bodies_stay_within_budget_and_release_it() {
        let budget = Budget::default();
        let mut held: Vec<_> =
            (0..20).map(|n| Reading::new(&budget, Sender::Person(PersonId(n)), KNOWN)).collect();
        let taken = held.iter_mut().filter_map(|one| one.take(KNOWN).ok()).count();
        assert!(taken == 8 && budget.held() <= PEOPLE.all, "{taken}");
        drop(held);
        let mut senders = 0;
        budget.each.for_each(|_, _| senders += 1);
        assert_eq!((budget.held(), senders), (0, 0));
    }

    #[test]
    fn body_in_single_bytes_is_counted_once() {
        let budget = Budget::default();
        let mut one = Reading::new(&budget, Sender::Person(PersonId(1)), STRANGER);
        for _ in 0..STRANGER {
            assert_eq!(one.take(1), Ok(()));
        }
        assert_eq!(budget.held(), STRANGER - FREE);
        assert_eq!(one.take(1), Err(Cut::TooLarge));
    }
}
