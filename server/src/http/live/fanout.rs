//! Delivers change events to open streams.
//!
//! **Invariants.** Boards do not wait for it: the events of a moment are one round, and a round wakes a few
//! streams at a time. A stream that subscribes before it reads what it missed loses nothing.
//!
//! A round of notices only wakes only their readers' streams, because each person has a channel. A stream with too
//! many queued rounds gets `resync` instead; a stream that is not read at all is closed.

use super::{
    counts::{Counts, Resync},
    event,
    limits::ANONYMOUS,
};
use axum::response::sse::Event;
use domain::id::PersonId;
use services::{
    Ctx,
    live::{Hub, Numbered},
    live_access,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::broadcast::{
        Receiver, Sender,
        error::{RecvError, TryRecvError},
    },
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// Events within this time are sent together. By then the board that caused them has its answer.
const WINDOW: Duration = Duration::from_millis(50);
/// Streams woken at once: with 2,000 on two cores, a board's answer came 90 ms late.
const CHUNK: usize = 32;
const PAUSE: Duration = Duration::from_millis(1);
/// Groups of anonymous streams.
const GROUPS: u64 = (ANONYMOUS / CHUNK) as u64;
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
    groups: BTreeMap<Group, Sender<Round>>,
}

/// Streams that share a channel, which wakes all its receivers at once: those of one person, or a few anonymous ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Person(PersonId),
    Anonymous(u64),
}

/// One stream's place, freed on drop.
pub struct Subscription {
    fanout: Arc<Fanout>,
    group: Group,
    rounds: Receiver<Round>,
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
        let mut streams = self.streams();
        streams.opened += 1;
        let number = streams.opened;
        let group = person.map_or(Group::Anonymous(number % GROUPS), Group::Person);
        let rounds = streams.groups.entry(group).or_insert_with(|| Sender::new(BACKLOG)).subscribe();
        Subscription { fanout: Arc::clone(self), group, rounds, number }
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
        let addressees = addressees(&round);
        let is_addressed = |group: &Group| match (group, &addressees) {
            (_, None) => true,
            (Group::Person(person), Some(people)) => people.contains(person),
            (Group::Anonymous(_), Some(_)) => false,
        };
        let groups = self.streams().groups.clone();
        let mut woken = 0;
        for (_, group) in groups.into_iter().filter(|(group, _)| is_addressed(group)) {
            if woken >= CHUNK {
                sleep(PAUSE).await;
                woken = 0;
            }
            // An error only means that its streams have ended.
            woken += group.send(Arc::clone(&round)).unwrap_or_default();
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

impl Subscription {
    /// The next events. Cancel-safe.
    pub async fn next(&mut self) -> Round {
        match self.rounds.recv().await {
            Ok(round) => round,
            Err(RecvError::Lagged(_)) => {
                self.fanout.counts.resynced(Resync::Backlog);
                // The page fetches everything, so queued rounds but the newest are redundant.
                while self.rounds.len() > 1 {
                    let _ = self.rounds.try_recv();
                }
                [Announced::resync()].into()
            }
            // Cannot happen: the sender lives as long as its last subscription.
            Err(RecvError::Closed) => pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut streams = self.fanout.streams();
        if streams.groups.get(&self.group).is_some_and(|group| group.receiver_count() == 1) {
            streams.groups.remove(&self.group);
        }
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
        let mut streams: Vec<_> = (0..3 * CHUNK).map(|_| fanout.subscribe(None)).collect();
        fanout.deliver(round(1)).await;
        let mut late = fanout.subscribe(None);
        fanout.deliver(round(2)).await;
        for stream in &mut streams {
            assert_eq!([number(&stream.next().await), number(&stream.next().await)], [Some(1), Some(2)]);
        }
        assert_eq!(number(&late.next().await), Some(2));
        drop((streams, late));
        assert!(fanout.streams().groups.is_empty());
    }

    #[tokio::test]
    async fn stream_beyond_its_backlog_gets_resync() {
        let fanout = Arc::new(Fanout::default());
        let mut stream = fanout.subscribe(None);
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
        let _stream = fanout.subscribe(None);
        let mut sent = Vec::new();
        for seq in 0..10 * BACKLOG as u64 {
            let round = round(seq);
            sent.push(Arc::downgrade(&round));
            fanout.deliver(round).await;
            let held = sent.iter().filter(|round| round.strong_count() > 0).count();
            assert!(held <= BACKLOG, "{held} after {seq}");
        }
    }

    #[tokio::test]
    async fn personal_notice_wakes_only_its_readers_streams() {
        let fanout = Arc::new(Fanout::default());
        let [ada, bob, nobody] = [Some(PersonId(1)), Some(PersonId(2)), None].map(|who| fanout.subscribe(who));
        fanout.deliver(round_for(1, &[1])).await;
        fanout.deliver(round_for(2, &[1, 2])).await;
        fanout.deliver(round(3)).await;
        let waiting = |mut stream: Subscription| {
            std::iter::from_fn(move || stream.rounds.try_recv().ok())
                .map(|round| number(&round))
                .collect::<Vec<_>>()
        };
        assert_eq!(waiting(ada), [Some(1), Some(2), Some(3)]);
        assert_eq!(waiting(bob), [Some(2), Some(3)]);
        assert_eq!(waiting(nobody), [Some(3)]);
    }
}
