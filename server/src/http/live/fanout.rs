//! Delivers change events to open streams.
//!
//! **Invariants.** Boards do not wait for it: the events of a moment are one round, and a round wakes a few
//! streams at a time. A stream that subscribes before it reads what it missed loses nothing.
//!
//! A round of notices only wakes only their readers' streams. A stream with too many queued rounds gets `resync`
//! instead; a stream that is not read at all is closed.

use super::{
    counts::{Counts, Resync},
    event,
};
use axum::response::sse::Event;
use domain::id::PersonId;
use services::{
    Ctx,
    live::{Hub, Numbered},
    live_access,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{
        Notify,
        broadcast::{
            Receiver,
            error::{RecvError, TryRecvError},
        },
    },
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// Events within this time are sent together. By then the board that caused them has its answer.
const WINDOW: Duration = Duration::from_millis(50);
/// Streams woken at once: with 2,000 on two cores, a board's answer came 90 ms late.
const CHUNK: usize = 32;
const PAUSE: Duration = Duration::from_millis(1);
/// Rounds queued for one stream; one further behind resyncs.
const BACKLOG: usize = 64;

/// An event, serialized once for all streams.
#[derive(Clone)]
pub struct Announced {
    /// `None` if events were lost.
    pub numbered: Option<Numbered>,
    pub event: Event,
}

/// The events of a moment.
pub type Round = Arc<[Announced]>;

#[derive(Default)]
pub struct Fanout {
    streams: Mutex<Streams>,
    pub counts: Counts,
}

#[derive(Default)]
struct Streams {
    opened: u64,
    open: BTreeMap<u64, Arc<Inbox>>,
}

/// What one stream has yet to send.
struct Inbox {
    /// The person whose stream it is, if signed in.
    person: Option<PersonId>,
    rounds: Mutex<VecDeque<Round>>,
    wake: Notify,
}

/// One stream's place, freed on drop.
pub struct Subscription {
    fanout: Arc<Fanout>,
    inbox: Arc<Inbox>,
    /// Sequence number of the stream.
    pub number: u64,
}

impl Announced {
    fn new(hub: &Hub, numbered: Numbered) -> Self {
        Self { numbered: Some(numbered), event: event(hub, numbered) }
    }

    /// Without an id, because it is unknown what was lost.
    fn resync() -> Self {
        Self { numbered: None, event: Event::default().data("resync") }
    }
}

impl Fanout {
    /// Passes on every event until `stop`.
    pub async fn run(self: Arc<Self>, ctx: Ctx, stop: CancellationToken) {
        let (_, _, hints) = ctx.live().subscribe("");
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.forward(ctx.live(), hints) => {}
        }
    }

    /// Subscribes to the events that may concern `person`.
    pub fn subscribe(self: &Arc<Self>, person: Option<PersonId>) -> Subscription {
        let inbox = Arc::new(Inbox { person, rounds: Mutex::default(), wake: Notify::new() });
        let mut streams = self.streams();
        streams.opened += 1;
        let number = streams.opened;
        streams.open.insert(number, Arc::clone(&inbox));
        Subscription { fanout: Arc::clone(self), inbox, number }
    }

    async fn forward(&self, hub: &Hub, mut hints: Receiver<Numbered>) {
        loop {
            let first = match hints.recv().await {
                Ok(numbered) => Announced::new(hub, numbered),
                Err(RecvError::Lagged(_)) => Announced::resync(),
                Err(RecvError::Closed) => return,
            };
            sleep(WINDOW).await;
            let mut round = vec![first];
            loop {
                round.push(match hints.try_recv() {
                    Ok(numbered) => Announced::new(hub, numbered),
                    Err(TryRecvError::Lagged(_)) => Announced::resync(),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                });
            }
            self.deliver(round.into()).await;
        }
    }

    async fn deliver(&self, round: Round) {
        let inboxes: Vec<_> = match addressees(&round) {
            None => self.streams().open.values().cloned().collect(),
            Some(people) => {
                let is_addressed =
                    |inbox: &&Arc<Inbox>| inbox.person.is_some_and(|person| people.contains(&person));
                self.streams().open.values().filter(is_addressed).cloned().collect()
            }
        };
        for (at, chunk) in inboxes.chunks(CHUNK).enumerate() {
            if at > 0 {
                sleep(PAUSE).await;
            }
            for inbox in chunk {
                if inbox.push(Arc::clone(&round)) {
                    self.counts.resynced(Resync::Backlog);
                }
            }
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The only recipients of a round; `None` for everybody.
fn addressees(round: &Round) -> Option<BTreeSet<PersonId>> {
    round.iter().map(|announced| live_access::addressee(announced.numbered?.hint?)).collect()
}

impl Inbox {
    /// Returns whether the queue was dropped because it was too long.
    fn push(&self, round: Round) -> bool {
        let mut rounds = self.rounds();
        let is_full = rounds.len() == BACKLOG;
        if is_full {
            rounds.clear();
            rounds.push_back([Announced::resync()].into());
        }
        rounds.push_back(round);
        drop(rounds);
        self.wake.notify_one();
        is_full
    }

    fn rounds(&self) -> MutexGuard<'_, VecDeque<Round>> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// The next events. Cancel-safe.
    pub async fn next(&self) -> Round {
        loop {
            let oldest = self.inbox.rounds().pop_front();
            if let Some(round) = oldest {
                return round;
            }
            self.inbox.wake.notified().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.fanout.streams().open.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::limits::OpenStreams, *};
    use domain::live::ChangeEvent;

    fn round(seq: u64) -> Round {
        let numbered = Some(Numbered { seq, hint: None });
        [Announced { numbered, event: Event::default() }].into()
    }

    fn round_for(seq: u64, people: &[i64]) -> Round {
        let hint = |person: &i64| Some(ChangeEvent::Notices(PersonId(*person)));
        let announced =
            |person| Announced { numbered: Some(Numbered { seq, hint: hint(person) }), event: Event::default() };
        people.iter().map(announced).collect()
    }

    fn number(round: &Round) -> Option<u64> {
        round[0].numbered.map(|numbered| numbered.seq)
    }

    #[tokio::test]
    async fn rounds_reach_every_stream_in_order() {
        let fanout = Arc::new(Fanout::default());
        let streams: Vec<_> = (0..3 * CHUNK).map(|_| fanout.subscribe(None)).collect();
        fanout.deliver(round(1)).await;
        let late = fanout.subscribe(None);
        fanout.deliver(round(2)).await;
        for stream in &streams {
            assert_eq!([number(&stream.next().await), number(&stream.next().await)], [Some(1), Some(2)]);
        }
        assert_eq!(number(&late.next().await), Some(2));
        drop((streams, late));
        assert!(fanout.streams().open.is_empty());
    }

    #[tokio::test]
    async fn stream_beyond_its_backlog_gets_resync() {
        let fanout = Arc::new(Fanout::default());
        let stream = fanout.subscribe(None);
        for seq in 0..=BACKLOG as u64 {
            fanout.deliver(round(seq)).await;
        }
        assert_eq!(number(&stream.next().await), None);
        assert_eq!(number(&stream.next().await), Some(BACKLOG as u64));
        assert_eq!(fanout.counts.read(OpenStreams::default()).resynced, [("backlog", 1), ("reconnect", 0)]);
    }

    #[tokio::test]
    async fn unread_stream_is_bounded_by_its_backlog() {
        let fanout = Arc::new(Fanout::default());
        let stream = fanout.subscribe(None);
        for seq in 0..10 * BACKLOG as u64 {
            fanout.deliver(round(seq)).await;
            assert!(stream.inbox.rounds().len() <= BACKLOG, "after {seq}");
        }
    }

    #[tokio::test]
    async fn personal_notice_wakes_only_its_readers_streams() {
        let fanout = Arc::new(Fanout::default());
        let [ada, bob, nobody] = [Some(PersonId(1)), Some(PersonId(2)), None].map(|who| fanout.subscribe(who));
        fanout.deliver(round_for(1, &[1])).await;
        fanout.deliver(round_for(2, &[1, 2])).await;
        fanout.deliver(round(3)).await;
        let waiting = |stream: &Subscription| stream.inbox.rounds().iter().map(number).collect::<Vec<_>>();
        assert_eq!(waiting(&ada), [Some(1), Some(2), Some(3)]);
        assert_eq!(waiting(&bob), [Some(2), Some(3)]);
        assert_eq!(waiting(&nobody), [Some(3)]);
    }
}
