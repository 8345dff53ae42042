//! Live events: every change reaches every open page, even after a short disconnection.
//!
//! **Invariants.** Ids grow by one and name the process that issued them, so a browser that reconnects either gets
//! the events it missed or is asked to fetch everything (`resync`). Replaying and subscribing happen under one
//! lock: no gaps and no duplicates. An event carries no data; its receiver fetches what it may see.

use crate::shared::Shared;
use domain::{
    live::{ChangeEvent, Noun},
    time::Millis,
};
use std::{collections::VecDeque, time::Duration};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// Events stored for browsers that reconnect: some minutes of a busy evening.
pub const RING: usize = 1024;

/// An event with its number in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    pub seq: u64,
    /// The change. `None`: too many – reload everything.
    pub hint: Option<ChangeEvent>,
}

/// Sends change events to open pages, and stores the newest ones.
pub struct Hub {
    /// Distinguishes the ids of this process from those before a restart.
    epoch: i64,
    ring: Shared<Ring>,
    sender: broadcast::Sender<Numbered>,
}

struct Ring {
    last: u64,
    hints: VecDeque<Numbered>,
}

/// How to resume after an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    Missed(Vec<Numbered>),
    /// Too long ago, or another process: fetch everything.
    Resync,
}

/// Changes of a moment, which are acted on together.
const WINDOW: Duration = Duration::from_millis(50);

/// Waits for changes on behalf of a task that then reads the storage. Those of a moment count as one: a fleet at work
/// would otherwise have it read after every use, while boards wait for their answers.
pub(crate) struct Changes {
    hints: broadcast::Receiver<Numbered>,
    matters: fn(Noun) -> bool,
    /// When to report what has come.
    due: Option<Instant>,
}

impl Changes {
    /// Of nouns that `matters` names, from now on.
    pub(crate) fn since_now(hub: &Hub, matters: fn(Noun) -> bool) -> Self {
        Self { hints: hub.sender.subscribe(), matters, due: None }
    }

    /// Waits until something may have changed, or `at_most` so long. Cancel-safe.
    pub(crate) async fn wait(&mut self, at_most: Duration) {
        if self.due.is_none() {
            // Silence is the ordinary case.
            if timeout(at_most, self.next()).await.is_err() {
                return;
            }
            self.due = Some(Instant::now() + WINDOW);
        }
        if let Some(due) = self.due {
            sleep_until(due).await;
        }
        // What came meanwhile is seen by whoever reads from here on.
        self.hints = self.hints.resubscribe();
        self.due = None;
    }

    async fn next(&mut self) {
        loop {
            match self.hints.recv().await {
                Ok(numbered) if numbered.hint.is_some_and(|hint| !(self.matters)(hint.noun())) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }
}

impl Hub {
    pub(crate) fn new(started: Millis) -> Self {
        let ring = Ring { last: 0, hints: VecDeque::with_capacity(RING) };
        Self { epoch: started.0, ring: Shared::new(ring), sender: broadcast::channel(RING).0 }
    }

    /// Sends an event for changes outside the storage; changes there send theirs after the commit.
    pub(crate) fn send(&self, hint: ChangeEvent) {
        self.push(Some(hint));
    }

    fn push(&self, hint: Option<ChangeEvent>) {
        let mut ring = self.ring.lock();
        ring.last += 1;
        let numbered = Numbered { seq: ring.last, hint };
        if ring.hints.len() == RING {
            ring.hints.pop_front();
        }
        ring.hints.push_back(numbered);
        // Sent under the lock, so that the order is kept. An error only means that nobody is subscribed.
        let _ = self.sender.send(numbered);
    }

    /// Forwards committed events, until `stop`.
    pub(crate) async fn forward(&self, mut commits: broadcast::Receiver<ChangeEvent>, stop: CancellationToken) {
        loop {
            let hint = tokio::select! {
                () = stop.cancelled() => return,
                hint = commits.recv() => hint,
            };
            match hint {
                Ok(hint) => self.push(Some(hint)),
                // A burst larger than the channel: the changes are lost, but not the fact that there were some.
                Err(RecvError::Lagged(_)) => self.push(None),
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// The id of a place in the stream, as browsers send it back.
    pub fn id(&self, seq: u64) -> String {
        format!("{}-{seq}", self.epoch)
    }

    /// The id that a page rendered now has already seen. Taken before the page's data is read.
    pub fn cursor(&self) -> String {
        self.id(self.ring.lock().last)
    }

    /// Number of events sent.
    pub(crate) fn sent(&self) -> u64 {
        self.ring.lock().last
    }

    /// Subscribes after the id `after`: missed events, the newest number, and the receiver.
    pub fn subscribe(&self, after: &str) -> (Replay, u64, broadcast::Receiver<Numbered>) {
        let ring = self.ring.lock();
        let coming = self.sender.subscribe();
        let seen = after
            .split_once('-')
            .and_then(|(epoch, seq)| Some((epoch.parse::<i64>().ok()?, seq.parse::<u64>().ok()?)))
            .filter(|&(epoch, seq)| epoch == self.epoch && seq <= ring.last)
            .map(|(_, seq)| seq);
        let oldest = ring.hints.front().map_or(ring.last + 1, |hint| hint.seq);
        let replay = match seen {
            Some(seen) if seen + 1 >= oldest => {
                Replay::Missed(ring.hints.iter().filter(|hint| hint.seq > seen).copied().collect())
            }
            _ => Replay::Resync,
        };
        (replay, ring.last, coming)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::MachineId;

    fn hub(hints: i64) -> Hub {
        let hub = Hub::new(Millis(77));
        for id in 1..=hints {
            hub.send(ChangeEvent::Machine(MachineId(id)));
        }
        hub
    }

    fn missed(hub: &Hub, after: &str) -> Option<Vec<u64>> {
        match hub.subscribe(after).0 {
            Replay::Missed(hints) => Some(hints.iter().map(|hint| hint.seq).collect()),
            Replay::Resync => None,
        }
    }

    // A15
    #[test]
    fn returning_subscriber_gets_missed_events() {
        let hub = hub(100);
        assert_eq!(missed(&hub, "77-97"), Some(vec![98, 99, 100]));
        assert_eq!(missed(&hub, &hub.cursor()), Some(vec![]));
        assert_eq!(missed(&hub, "77-0").map(|seqs| seqs.len()), Some(100));
    }

    // A15
    #[test]
    fn restart_or_long_absence_requires_full_reload() {
        let long = hub(i64::try_from(RING).unwrap() + 5);
        assert_eq!(missed(&long, "77-4"), None, "number 5 has fallen out of the ring");
        assert_eq!(missed(&long, "77-5").map(|seqs| seqs.len()), Some(RING));
        for other in ["76-3", "77-99999", "", "-", "77-x", "77"] {
            assert_eq!(missed(&hub(3), other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn live_events_follow_missed_ones_without_gap() {
        let hub = hub(2);
        let (replay, newest, mut coming) = hub.subscribe("77-1");
        assert_eq!(
            (replay, newest),
            (Replay::Missed(vec![Numbered { seq: 2, hint: Some(ChangeEvent::Machine(MachineId(2))) }]), 2)
        );
        hub.send(ChangeEvent::Space);
        assert_eq!(coming.recv().await.unwrap(), Numbered { seq: 3, hint: Some(ChangeEvent::Space) });
    }

    #[tokio::test]
    async fn changes_of_a_moment_are_reported_once() {
        let hub = hub(0);
        let mut changes = Changes::since_now(&hub, |noun| noun == Noun::Machine);
        let long = Duration::from_mins(1);
        hub.send(ChangeEvent::Machine(MachineId(1)));
        timeout(Duration::ZERO, changes.wait(long)).await.unwrap_err();
        assert!(changes.due.is_some(), "given up while it gathers, it still has something to report");
        hub.send(ChangeEvent::Machine(MachineId(2)));
        changes.wait(long).await;
        assert!(changes.due.is_none() && changes.hints.is_empty(), "the second was reported with the first");
        hub.send(ChangeEvent::Space);
        changes.wait(Duration::ZERO).await;
        assert!(changes.due.is_none(), "another noun does not matter");
    }
}
