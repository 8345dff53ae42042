//! How much of request bodies is read into memory: per request, per sender, and in total.
//!
//! **Invariants.** Anonymous senders may send at most [`STRANGER`] bytes, and payment processors [`hooks::MOST`]. The first [`FREE`] bytes of a request
//! are always read; more comes out of a budget until the request is answered, so that unfinished bodies cannot
//! fill the memory. Not here: uploads, which go to the disk (`sent`).
//!
//! Signed-in people, strangers and processors have a budget each, and each person and network has a share of it. So strangers take
//! nothing from people who are signed in, and forged messages of a processor nothing from anybody else.

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
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
}

impl Default for Budget {
    fn default() -> Self {
        let [people, strangers, processors] =
            [PEOPLE, STRANGERS, PROCESSORS].map(|share| Arc::new(Semaphore::new(share.all)));
        Self { people, strangers, processors, each: KeyedMap::default() }
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
}

/// Why a body was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Cut {
    #[error("the body is too large")]
    TooLarge,
    #[error("too many bodies are being read")]
    NoRoom,
}

/// What one request holds, until it is answered.
struct Reading {
    own: Arc<Semaphore>,
    all: Arc<Semaphore>,
    most: usize,
    seen: usize,
    held: [Option<OwnedSemaphorePermit>; 2],
    cut: Option<Cut>,
}

impl Reading {
    fn new(budget: &Budget, sender: Sender, most: usize) -> Self {
        let own = budget.each.get(sender, || Semaphore::new(sender.share().one));
        Self { own, all: Arc::clone(budget.of(sender)), most, seen: 0, held: [None, None], cut: None }
    }

    /// Counts a received piece.
    fn take(&mut self, bytes: usize) -> Result<(), Cut> {
        self.seen = self.seen.saturating_add(bytes);
        let taken = if self.seen > self.most { Err(Cut::TooLarge) } else { self.count() };
        self.cut = taken.err();
        taken
    }

    fn count(&mut self) -> Result<(), Cut> {
        let counted = self.held[0].as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = self.seen.saturating_sub(FREE).saturating_sub(counted);
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
    let counting = Arc::clone(&reading);
    let answer = next.run(request.map(|body| counted(body, is_too_large, counting))).await;
    let cut = lock(&reading).cut;
    match cut {
        Some(Cut::NoRoom) => busy(lang, is_api),
        Some(Cut::TooLarge) if answer.status() != StatusCode::PAYLOAD_TOO_LARGE => {
            StatusCode::PAYLOAD_TOO_LARGE.into_response()
        }
        Some(Cut::TooLarge) | None => answer,
    }
}

fn lock(reading: &Mutex<Reading>) -> MutexGuard<'_, Reading> {
    reading.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The body, counted as it arrives; nothing is read of one whose declared length is too large.
fn counted(body: Body, is_too_large: bool, reading: Arc<Mutex<Reading>>) -> Body {
    let coming = (body.into_data_stream(), reading);
    Body::from_stream(stream::try_unfold(coming, move |(mut coming, reading)| async move {
        if is_too_large {
            lock(&reading).cut = Some(Cut::TooLarge);
            return Err(axum::Error::new(Cut::TooLarge));
        }
        let Some(piece): Option<Bytes> = coming.try_next().await? else { return Ok(None) };
        lock(&reading).take(piece.len()).map_err(axum::Error::new)?;
        Ok(Some((piece, (coming, reading))))
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
