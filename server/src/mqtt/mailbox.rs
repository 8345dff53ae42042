//! A mailbox per machine: its messages are processed one by one and answered in order.
//!
//! **Invariants.** One answer per query, in order, none after [`IN_TIME`]. A query followed by a newer one is
//! processed but not answered: the wire carries no id, so the board would take the answer for the newer one's. An
//! answer belongs to the connection its query came by.

use super::dispatch::dispatch;
use domain::boards::MachineNumber;
use fabomatic::{Query, Reply, Topics};
use rumqttc::{AsyncClient, QoS};
use services::{Ctx, boards};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// A board waits 2 s; an answer sent after this would come too late.
pub const IN_TIME: Duration = Duration::from_millis(1_900);
/// Queued messages of one machine. A board sends one query at a time, so more is a fault or an attack.
const ROOM: usize = 4_096;

/// All mailboxes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Mailboxes(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    topics: Topics,
    client: AsyncClient,
    connection: AtomicU64,
    /// A machine has an entry while its messages are being processed.
    waiting: Mutex<HashMap<MachineNumber, VecDeque<Letter>>>,
    workers: TaskTracker,
}

struct Letter {
    query: Query,
    arrived: Instant,
    connection: u64,
    /// The board's connection, if the broker reports it.
    boards: u64,
}

impl Mailboxes {
    pub(super) fn new(ctx: Ctx, topics: Topics, client: AsyncClient) -> Self {
        let workers = TaskTracker::new();
        let (connection, waiting) = (AtomicU64::new(0), Mutex::default());
        Self(Arc::new(Inner { ctx, topics, client, connection, waiting, workers }))
    }

    /// From now on, queries of the previous connection are processed and not answered.
    pub(super) fn next_connection(&self) {
        self.0.connection.fetch_add(1, Relaxed);
    }

    /// Puts a message into its machine's mailbox. Returns `false` if it is full.
    pub(super) fn deliver(&self, number: MachineNumber, query: Query) -> bool {
        let letter = Letter {
            query,
            arrived: Instant::now(),
            connection: self.0.connection.load(Relaxed),
            boards: boards::connection(&self.0.ctx, number),
        };
        let mut waiting = self.0.lock();
        if let Some(box_of_one) = waiting.get_mut(&number) {
            let room = box_of_one.len() < ROOM;
            if room {
                box_of_one.push_back(letter);
            }
            return room;
        }
        waiting.insert(number, VecDeque::from([letter]));
        drop(waiting);
        let inner = Arc::clone(&self.0);
        self.0.workers.spawn(async move { inner.work_through(number).await });
        true
    }

    /// Waits until every delivered message is processed.
    pub(super) async fn finish(&self) {
        self.0.workers.close();
        self.0.workers.wait().await;
    }
}

impl Inner {
    async fn work_through(&self, number: MachineNumber) {
        while let Some(letter) = self.next(number) {
            let Letter { query, arrived, connection, boards } = letter;
            let Some(reply) = dispatch(&self.ctx, &self.topics, number, query).await else { continue };
            let same =
                connection == self.connection.load(Relaxed) && boards == boards::connection(&self.ctx, number);
            if !is_owed(arrived.elapsed(), same, self.asked_again(number)) {
                boards::answered_late(&self.ctx);
                tracing::debug!(machine.number = number.0, "an answer came too late and was not sent");
                continue;
            }
            let topic = self.topics.reply(number);
            let sent = self.client.publish(topic, QoS::AtMostOnce, false, reply.encode()).await;
            // Fails only when the consumer has ended.
            if let (Ok(()), Reply::CheckMachine(notice)) = (sent, &reply) {
                boards::settings_sent(&self.ctx, number, notice.allowed, notice.maintenance);
            }
        }
    }

    /// The next message of the machine; without one its mailbox is removed atomically.
    fn next(&self, number: MachineNumber) -> Option<Letter> {
        let mut waiting = self.lock();
        let letter = waiting.get_mut(&number).and_then(VecDeque::pop_front);
        if letter.is_none() {
            waiting.remove(&number);
        }
        letter
    }

    fn asked_again(&self, number: MachineNumber) -> bool {
        let waiting = self.lock();
        waiting.get(&number).is_some_and(|letters| letters.iter().any(|letter| letter.query.waits()))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MachineNumber, VecDeque<Letter>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the board still waits for this answer.
fn is_owed(waited: Duration, same_connection: bool, asked_again: bool) -> bool {
    waited <= IN_TIME && same_connection && !asked_again
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_is_owed_only_in_time_on_same_connection_and_to_newest_query() {
        let in_time = Duration::from_millis(1_899);
        assert!(is_owed(in_time, true, false));
        assert!(!is_owed(Duration::from_millis(1_901), true, false), "the board has given up");
        assert!(!is_owed(in_time, false, false), "the board may be another by now");
        assert!(!is_owed(in_time, true, true), "it would be taken for the answer to the newer query");
    }
}
