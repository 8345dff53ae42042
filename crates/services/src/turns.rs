//! The queue for slow work: a few run at once, the rest take turns by origin: a person, a network or a known device.
//!
//! **Invariants.** Origins take turns, so a flood from one does not make others wait for all of it, and known devices are never stuck
//! in the flood of their network. Within an origin the names that are tried take turns in the same way, so guesses at one do not hold
//! up those who try another there. When the queue is full, a newcomer of an origin with fewer waiting replaces the last of the origin
//! with the most, and in an origin that is full one of a name with fewer the last of the name with the most. A [`Turn`] that is
//! dropped, also by a client that left early, goes to the next. Not here: the work itself.

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

/// The hash of the login name or cookie that an attempt is about.
pub(crate) type Name = [u8; 32];

/// Turns of one name of an origin at the same time.
const EACH_NAME: usize = 2;

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

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Caller {
    place: Place,
    /// `None` if turns of the origin do not go by name.
    name: Option<Name>,
}

/// The waiting callers of one origin by name, the next name first.
#[derive(Default)]
struct Line(VecDeque<(Option<Name>, VecDeque<Sender<Turn>>)>);

impl Line {
    fn count(&self) -> usize {
        self.0.iter().map(|(_, callers)| callers.len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, name: Option<Name>) -> usize {
        self.0.iter().find(|(one, _)| *one == name).map_or(0, |(_, callers)| callers.len())
    }

    fn push(&mut self, name: Option<Name>, caller: Sender<Turn>) {
        match self.0.iter_mut().find(|(one, _)| *one == name) {
            Some((_, callers)) => callers.push_back(caller),
            None => self.0.push_back((name, VecDeque::from([caller]))),
        }
    }

    /// Takes the first caller of the name at `at`, which goes to the end.
    fn take(&mut self, at: usize) -> Option<(Option<Name>, Sender<Turn>)> {
        let (name, mut callers) = self.0.remove(at)?;
        let caller = callers.pop_front();
        if !callers.is_empty() {
            self.0.push_back((name, callers));
        }
        caller.map(|caller| (name, caller))
    }

    /// Forgets those who have left.
    fn tidy(&mut self) {
        for (_, callers) in &mut self.0 {
            callers.retain(|caller| !caller.is_closed());
        }
        self.0.retain(|(_, callers)| !callers.is_empty());
    }

    /// Ends the wait of the last caller of the name with the most, if those are more than `than`.
    fn displace(&mut self, than: usize) -> Result<(), Full> {
        let longest = self.0.iter_mut().map(|(_, callers)| callers).max_by_key(|callers| callers.len());
        let ended = longest.filter(|callers| callers.len() > than).and_then(VecDeque::pop_back);
        self.0.retain(|(_, callers)| !callers.is_empty());
        // Dropping its place ends the wait.
        ended.map(drop).ok_or(Full)
    }
}

struct Waiting {
    room: Room,
    /// Turns under way.
    running: Vec<Caller>,
    /// Origins with waiting callers, the next one first.
    order: VecDeque<Place>,
    places: HashMap<Place, Line>,
}

impl Waiting {
    fn count(&self) -> usize {
        self.places.values().map(Line::count).sum()
    }

    fn of(&self, place: Place) -> usize {
        self.places.get(&place).map_or(0, Line::count)
    }

    /// Whether one more of `place` may run now.
    fn has_turn(&self, place: Place) -> bool {
        let own = self.running.iter().filter(|one| one.place == place).count();
        self.running.len() < self.room.at_once && own < self.room.each
    }

    /// Turns under way of a name; none without one.
    fn named(&self, caller: Caller) -> usize {
        if caller.name.is_none() { 0 } else { self.running.iter().filter(|&&one| one == caller).count() }
    }

    /// Whether `caller` may run now.
    fn may_run(&self, caller: Caller) -> bool {
        self.has_turn(caller.place) && self.named(caller) < EACH_NAME
    }

    /// Which name of `place` is next, if one of it may run: of those with the fewest turns under way the first.
    fn next_name(&self, place: Place) -> Option<usize> {
        if !self.has_turn(place) {
            return None;
        }
        let names = self.places.get(&place)?.0.iter().enumerate();
        let running = names.map(|(at, &(name, _))| (self.named(Caller { place, name }), at));
        running.filter(|&(running, _)| running < EACH_NAME).min().map(|(_, at)| at)
    }

    /// The next in turn.
    fn next(&mut self) -> Option<(Caller, Sender<Turn>)> {
        let mut order = self.order.iter().enumerate();
        let found = order.find_map(|(at, &place)| Some((at, place, self.next_name(place)?)));
        let (at, place, name) = found?;
        self.order.remove(at);
        let line = self.places.get_mut(&place)?;
        let next = line.take(name);
        if line.is_empty() {
            self.places.remove(&place);
        } else {
            self.order.push_back(place);
        }
        next.map(|(name, next)| (Caller { place, name }, next))
    }

    /// Forgets those who have left.
    fn tidy(&mut self) {
        for line in self.places.values_mut() {
            line.tidy();
        }
        self.places.retain(|_, line| !line.is_empty());
        self.order.retain(|place| self.places.contains_key(place));
    }

    /// Makes room for `caller`.
    fn make_room(&mut self, caller: Caller) -> Result<(), Full> {
        let (Room { per_place, in_all, .. }, place) = (self.room, caller.place);
        if self.of(place) < per_place && self.count() < in_all {
            return Ok(());
        }
        self.tidy();
        if self.of(place) >= per_place {
            let line = self.places.get_mut(&place).ok_or(Full)?;
            let own = line.of(caller.name);
            return line.displace(own + 1);
        }
        if self.count() < in_all {
            return Ok(());
        }
        let own = self.of(place);
        let longest = self.places.values_mut().max_by_key(|line| line.count()).ok_or(Full)?;
        if longest.count() > own + 1 { longest.displace(0) } else { Err(Full) }
    }
}

impl Queue {
    pub(crate) fn new(room: Room) -> Self {
        let waiting = Waiting { room, running: Vec::new(), order: VecDeque::new(), places: HashMap::new() };
        Self(Arc::new(Shared::new(waiting)))
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self, place: Place) -> Result<Turn, Full> {
        self.turn_of(Caller { place, name: None }).await
    }

    /// Waits for a turn to try something with `name`: those who try another in the same place do not wait for all of it.
    pub(crate) async fn turn_as(&self, place: Place, name: Name) -> Result<Turn, Full> {
        self.turn_of(Caller { place, name: Some(name) }).await
    }

    async fn turn_of(&self, caller: Caller) -> Result<Turn, Full> {
        let turn = {
            let mut waiting = self.0.lock();
            if waiting.may_run(caller) {
                waiting.running.push(caller);
                return Ok(Turn(Some((self.clone(), caller))));
            }
            waiting.make_room(caller)?;
            let (sender, turn) = oneshot::channel();
            let line = waiting.places.entry(caller.place).or_default();
            let is_first = line.is_empty();
            line.push(caller.name, sender);
            if is_first {
                waiting.order.push_back(caller.place);
            }
            turn
        };
        turn.await.map_err(|_| Full)
    }

    /// Ends a turn, and gives it to the next who is still there.
    fn pass_on(self, caller: Caller) {
        let mut ended = caller;
        loop {
            let next = {
                let mut waiting = self.0.lock();
                if let Some(at) = waiting.running.iter().position(|&one| one == ended) {
                    waiting.running.swap_remove(at);
                }
                let next = waiting.next();
                waiting.running.extend(next.as_ref().map(|(caller, _)| *caller));
                next
            };
            let Some((caller, next)) = next else { return };
            match next.send(Turn(Some((self.clone(), caller)))) {
                Ok(()) => return,
                // They left: it is not dropped like one that was used.
                Err(mut turn) => drop(turn.0.take()),
            }
            ended = caller;
        }
    }
}

/// The right to do something slow; passed on when it is dropped.
pub(crate) struct Turn(Option<(Queue, Caller)>);

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((queue, caller)) = self.0.take() {
            queue.pass_on(caller);
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

    /// A caller that tries `name` and waits.
    fn tries(queue: &Queue, n: u32, name: u8) -> Waits {
        let queue = queue.clone();
        let mut waits: Waits = async move { queue.turn_as(network(n), [name; 32]).await }.boxed();
        assert!((&mut waits).now_or_never().is_none(), "it has to wait");
        waits
    }

    async fn trying(queue: &Queue, n: u32, name: u8) -> Turn {
        queue.turn_as(network(n), [name; 32]).await.unwrap_or_else(|_| panic!("free"))
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
    async fn guesses_at_one_name_hold_two_turns_and_others_of_their_network_run() {
        let queue = Queue::new(Room { at_once: 4, each: 4, ..ROOM });
        let guesses = (trying(&queue, 1, 1).await, trying(&queue, 1, 1).await);
        let mut more: Vec<_> = (0..40).map(|_| tries(&queue, 1, 1)).collect();
        let other = trying(&queue, 1, 2).await;
        let elsewhere = trying(&queue, 2, 1).await;
        drop((other, elsewhere));
        assert!(more.iter_mut().all(|guess| guess.now_or_never().is_none()), "there is room, not for them");
        drop(guesses.0);
        let served = more.iter_mut().filter_map(FutureExt::now_or_never).collect::<Vec<_>>();
        assert_eq!(served.len(), 1);
    }

    #[tokio::test]
    async fn newcomer_with_another_name_is_served_before_guesses_that_wait() {
        let queue = Queue::new(ROOM);
        let turn = trying(&queue, 1, 1).await;
        let mut guesses: Vec<_> = (0..PER_NETWORK).map(|_| tries(&queue, 1, 1)).collect();
        let mut other = tries(&queue, 1, 2);
        let left = guesses.iter_mut().filter_map(FutureExt::now_or_never).collect::<Vec<_>>();
        assert!(left.len() == 1 && left[0].is_err(), "its place is that of the last guess");
        drop(turn);
        let first = guesses.remove(0).now_or_never().expect("first come");
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        assert!(other.now_or_never().is_some_and(|turn| turn.is_ok()));
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
