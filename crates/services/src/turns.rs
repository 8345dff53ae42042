//! The queue for slow work: a few run at once, the rest take turns by origin: a person, a network or a known device.
//!
//! **Invariants.** Origins take turns, so a flood from one does not make others wait for all of it, and known devices are never stuck
//! in the flood of their network. When the queue is full, a newcomer of an origin with fewer waiting replaces the last of the origin
//! with the most. A [`Turn`] that is dropped, also by a client that left early, goes to the next. Not here: the work itself.

use crate::shared::Shared;
use domain::id::PersonId;
use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::Arc,
};
use tokio::sync::oneshot::{self, Sender};

/// The origin by which callers take turns and attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A person who is signed in.
    Person(PersonId),
    /// All clients behind one address.
    Network(IpAddr),
    /// A device that has signed in to the account before, by the hash of its cookie.
    Device([u8; 32]),
}

/// There is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// How many may run and wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Turns at the same time.
    pub at_once: usize,
    /// Turns of one origin at the same time.
    pub each: usize,
    /// Waiting callers of one origin.
    pub per_place: usize,
    /// Waiting callers of all.
    pub in_all: usize,
}

#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared<Waiting>>);

struct Waiting {
    room: Room,
    /// The origins of turns under way.
    running: Vec<Place>,
    /// Origins with waiting callers, the next one first.
    order: VecDeque<Place>,
    places: HashMap<Place, VecDeque<Sender<Turn>>>,
}

impl Waiting {
    fn count(&self) -> usize {
        self.places.values().map(VecDeque::len).sum()
    }

    fn of(&self, network: Place) -> usize {
        self.places.get(&network).map_or(0, VecDeque::len)
    }

    /// Whether a caller of `place` may run now.
    fn has_turn(&self, place: Place) -> bool {
        let own = self.running.iter().filter(|&&one| one == place).count();
        self.running.len() < self.room.at_once && own < self.room.each
    }

    /// The next in turn.
    fn next(&mut self) -> Option<(Place, Sender<Turn>)> {
        let at = self.order.iter().position(|&place| self.has_turn(place))?;
        let place = self.order.remove(at)?;
        let places = self.places.get_mut(&place)?;
        let next = places.pop_front();
        if places.is_empty() {
            self.places.remove(&place);
        } else {
            self.order.push_back(place);
        }
        next.map(|next| (place, next))
    }

    /// Forgets those who have left.
    fn tidy(&mut self) {
        for places in self.places.values_mut() {
            places.retain(|place| !place.is_closed());
        }
        self.places.retain(|_, places| !places.is_empty());
        self.order.retain(|network| self.places.contains_key(network));
    }

    /// Makes room for a caller from `network`.
    fn make_room(&mut self, network: Place) -> Result<(), Full> {
        let Room { per_place, in_all, .. } = self.room;
        if self.of(network) < per_place && self.count() < in_all {
            return Ok(());
        }
        self.tidy();
        if self.of(network) >= per_place {
            return Err(Full);
        }
        if self.count() < in_all {
            return Ok(());
        }
        let own = self.of(network);
        let longest = self.places.iter().max_by_key(|(_, places)| places.len()).map(|(network, _)| *network);
        let longest = longest.filter(|&longest| self.of(longest) > own + 1).ok_or(Full)?;
        // Dropping its place ends the wait.
        self.places.get_mut(&longest).and_then(VecDeque::pop_back).map(drop).ok_or(Full)
    }
}

impl Queue {
    pub(crate) fn new(room: Room) -> Self {
        let waiting = Waiting { room, running: Vec::new(), order: VecDeque::new(), places: HashMap::new() };
        Self(Arc::new(Shared::new(waiting)))
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self, place: Place) -> Result<Turn, Full> {
        let turn = {
            let mut waiting = self.0.lock();
            if waiting.has_turn(place) {
                waiting.running.push(place);
                return Ok(Turn(Some((self.clone(), place))));
            }
            waiting.make_room(place)?;
            let (sender, turn) = oneshot::channel();
            let places = waiting.places.entry(place).or_default();
            places.push_back(sender);
            if places.len() == 1 {
                waiting.order.push_back(place);
            }
            turn
        };
        turn.await.map_err(|_| Full)
    }

    /// Ends a turn of `place`, and gives it to the next who is still there.
    fn pass_on(self, place: Place) {
        let mut ended = place;
        loop {
            let next = {
                let mut waiting = self.0.lock();
                if let Some(at) = waiting.running.iter().position(|&one| one == ended) {
                    waiting.running.swap_remove(at);
                }
                let next = waiting.next();
                waiting.running.extend(next.as_ref().map(|(place, _)| *place));
                next
            };
            let Some((place, next)) = next else { return };
            match next.send(Turn(Some((self.clone(), place)))) {
                Ok(()) => return,
                // They left: it is not dropped like one that was used.
                Err(mut turn) => drop(turn.0.take()),
            }
            ended = place;
        }
    }
}

/// The right to do something slow; passed on when it is dropped.
pub(crate) struct Turn(Option<(Queue, Place)>);

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((queue, place)) = self.0.take() {
            queue.pass_on(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, future::BoxFuture};

    type Waits = BoxFuture<'static, Result<Turn, Full>>;

    const PER_NETWORK: usize = 100;
    const IN_ALL: usize = 200;
    const ROOM: Room = Room { at_once: 1, each: 1, per_place: PER_NETWORK, in_all: IN_ALL };

    fn network(n: u32) -> Place {
        Place::Network(IpAddr::V4(n.into()))
    }

    /// A caller that has joined the queue, or was rejected because it is full.
    fn joins(queue: &Queue, n: u32) -> Result<Waits, Full> {
        let queue = queue.clone();
        let mut waits: Waits = async move { queue.turn(network(n)).await }.boxed();
        match (&mut waits).now_or_never() {
            None => Ok(waits),
            Some(Err(full)) => Err(full),
            Some(Ok(_)) => panic!("nobody has to wait"),
        }
    }

    /// One that is in use, and its only turn.
    async fn busy() -> (Queue, Turn) {
        let queue = Queue::new(ROOM);
        let turn = queue.turn(network(0)).await.unwrap_or_else(|_| panic!("free"));
        (queue, turn)
    }

    #[tokio::test]
    async fn other_network_is_served_second_during_flood() {
        let (queue, turn) = busy().await;
        let mut flood: Vec<_> = (0..PER_NETWORK).map(|_| joins(&queue, 1).unwrap()).collect();
        assert!(joins(&queue, 1).is_err(), "one network does not take all places");
        let mut other = joins(&queue, 2).unwrap();
        drop(turn);
        let first = flood.remove(0).now_or_never().expect("first come");
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        assert!(other.now_or_never().is_some_and(|turn| turn.is_ok()));
    }

    #[tokio::test]
    async fn newcomer_to_full_queue_displaces_last_of_longest_line() {
        let (queue, _turn) = busy().await;
        let lines = u32::try_from(IN_ALL / PER_NETWORK).unwrap();
        let mut flood: Vec<_> = (0..lines)
            .flat_map(|n| std::iter::repeat_n(n + 1, PER_NETWORK))
            .map(|n| joins(&queue, n).unwrap())
            .collect();
        let _other = joins(&queue, 99).unwrap();
        let reported = flood.iter_mut().filter_map(FutureExt::now_or_never).count();
        assert_eq!((reported, queue.0.lock().count()), (1, IN_ALL), "one of them is asked to come back");
    }

    #[tokio::test]
    async fn origin_has_its_turns_one_after_the_other_while_others_go_on() {
        let queue = Queue::new(Room { at_once: 2, ..ROOM });
        let first = queue.turn(network(1)).await.unwrap_or_else(|_| panic!("free"));
        let mut again = joins(&queue, 1).unwrap();
        let other = queue.turn(network(2)).await.unwrap_or_else(|_| panic!("free"));
        drop(other);
        assert!((&mut again).now_or_never().is_none(), "its own turn is not over");
        drop(first);
        assert!(again.now_or_never().is_some_and(|turn| turn.is_ok()));
    }

    #[tokio::test]
    async fn queue_full_of_single_waiters_rejects_newcomer() {
        let (queue, _turn) = busy().await;
        let _waits: Vec<_> = (0..u32::try_from(IN_ALL).unwrap()).map(|n| joins(&queue, n).unwrap()).collect();
        assert!(joins(&queue, 9_999).is_err());
    }

    #[tokio::test]
    async fn abandoned_wait_does_not_lose_turn() {
        let (queue, turn) = busy().await;
        let mut waits: Vec<_> = (0..PER_NETWORK).map(|_| joins(&queue, 1).unwrap()).collect();
        let last = waits.pop().unwrap();
        // One has the turn already and has not looked.
        drop(turn);
        drop(waits);
        drop(last.now_or_never().expect("everybody else left"));
        {
            let left = queue.0.lock();
            assert_eq!((left.running.len(), left.count()), (0, 0));
        }
        let (queue, _turn) = busy().await;
        drop((0..PER_NETWORK).map(|_| joins(&queue, 1).unwrap()).collect::<Vec<_>>());
        assert!(joins(&queue, 1).is_ok(), "they take no places");
    }
}
