//! Who is connected to the broker, and who gets which message.
//!
//! **Invariants.** One connection per client key; a second one closes the first. Subscriptions end with their
//! connection: no sessions, no retained messages, nothing on disk. A slow client delays no other: what it has no
//! room for is dropped, or closes its connection where delivery was promised. Only the server's own client is
//! waited for.

use mqtt5_protocol::{QoS, packet::publish::PublishPacket, topic_matches_filter};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, oneshot};

/// How long a takeover is counted. A board that lost its connection reconnects within 45 s.
const LATELY: Duration = Duration::from_mins(5);

/// Why the server closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// Its client id connected again.
    TakeoverResult,
    /// Its login was revoked.
    Revoked,
    /// It does not read what it must get.
    TooSlow,
    ShuttingDown,
}

/// A client's subscription to a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subscription {
    pub qos: QoS,
    pub no_local: bool,
    pub id: Option<u32>,
}

/// A client took over the connection under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TakeoverResult {
    /// Address of the previous connection.
    pub from: IpAddr,
    /// Recent takeovers, including this one.
    pub times: usize,
}

/// What a client gets when it joins.
pub(super) struct Joined {
    pub over: Option<TakeoverResult>,
    /// Tells this connection from later ones of the same client.
    pub generation: u64,
    /// Resolves when the server closes the connection.
    pub closing: oneshot::Receiver<Closing>,
}

#[derive(Default)]
pub(super) struct Hub {
    state: Mutex<State>,
    left: Notify,
}

#[derive(Default)]
struct State {
    clients: HashMap<Arc<str>, Client>,
    /// Subscriptions by filter; those with wildcards are in a list of their own.
    exact: Filters,
    wildcard: Filters,
    generation: u64,
    stopped: bool,
}

type Filters = HashMap<String, HashMap<Arc<str>, Subscription>>;

struct Client {
    generation: u64,
    lane: mpsc::Sender<PublishPacket>,
    /// The server's own client is waited for when its lane is full.
    is_own: bool,
    close: Option<oneshot::Sender<Closing>>,
    filters: HashSet<String>,
    from: IpAddr,
    /// Recent takeovers of this place while it was occupied.
    taken: Vec<Instant>,
}

impl Client {
    fn close(&mut self, why: Closing) {
        if let Some(close) = self.close.take() {
            // It fails only if the connection is ending anyway.
            let _ = close.send(why);
        }
    }
}

struct Delivery {
    client: Arc<str>,
    generation: u64,
    lane: mpsc::Sender<PublishPacket>,
    is_own: bool,
    message: PublishPacket,
}

impl Hub {
    /// Adds a connection and closes another of the same client.
    pub(super) fn join(
        &self,
        client: &str,
        from: IpAddr,
        lane: mpsc::Sender<PublishPacket>,
        is_own: bool,
    ) -> Joined {
        let (close, closing) = oneshot::channel();
        let now = Instant::now();
        let mut state = self.state();
        let before = state.clients.get_mut(client).map(|before| (before.from, std::mem::take(&mut before.taken)));
        let over = before.map(|(from, mut taken)| {
            taken.retain(|at| now.duration_since(*at) < LATELY);
            taken.push(now);
            (from, taken)
        });
        let (over, taken) = match over {
            Some((from, taken)) => (Some(TakeoverResult { from, times: taken.len() }), taken),
            None => (None, Vec::new()),
        };
        state.remove(client, Closing::TakeoverResult);
        state.generation += 1;
        let generation = state.generation;
        let mut joined =
            Client { generation, lane, is_own, close: Some(close), filters: HashSet::new(), from, taken };
        if state.stopped && !is_own {
            joined.close(Closing::ShuttingDown);
        }
        state.clients.insert(client.into(), joined);
        Joined { over, generation, closing }
    }

    /// Removes a connection, unless the client has a newer one.
    pub(super) fn leave(&self, client: &str, generation: u64) {
        let mut state = self.state();
        if state.is_current(client, generation) {
            state.remove(client, Closing::ShuttingDown);
        }
        drop(state);
        self.left.notify_waiters();
    }

    pub(super) fn close(&self, client: &str, why: Closing) {
        self.state().remove(client, why);
    }

    /// Adds or replaces a subscription. Returns whether there is room for it.
    pub(super) fn subscribe(
        &self,
        (client, generation): (&str, u64),
        filter: &str,
        subscription: Subscription,
        most: usize,
    ) -> bool {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some((name, _)) = state.clients.get_key_value(client) else { return false };
        let name = Arc::clone(name);
        let Some(joined) = state.clients.get_mut(client) else { return false };
        let fits =
            joined.generation == generation && (joined.filters.contains(filter) || joined.filters.len() < most);
        if fits {
            joined.filters.insert(filter.to_owned());
            let filters = if has_wildcard(filter) { &mut state.wildcard } else { &mut state.exact };
            filters.entry(filter.to_owned()).or_default().insert(name, subscription);
        }
        fits
    }

    /// Removes a subscription. Returns whether there was one.
    pub(super) fn unsubscribe(&self, (client, generation): (&str, u64), filter: &str) -> bool {
        let mut state = self.state();
        let was = state.is_current(client, generation)
            && state.clients.get_mut(client).is_some_and(|joined| joined.filters.remove(filter));
        if was {
            state.forget(client, filter);
        }
        was
    }

    /// Delivers a message to all subscribers, or only to those in `only`.
    pub(super) async fn publish(&self, message: &PublishPacket, from: &str, only: Option<&HashSet<String>>) {
        for Delivery { client, generation, lane, is_own, message } in self.deliveries(message, from, only) {
            if is_own {
                // It fails when our own client is gone; then there is no one to deliver to.
                let _ = lane.send(message).await;
                continue;
            }
            let promised = message.qos != QoS::AtMostOnce;
            if matches!(lane.try_send(message), Err(mpsc::error::TrySendError::Full(_))) && promised {
                let mut state = self.state();
                if state.is_current(&client, generation) {
                    state.remove(&client, Closing::TooSlow);
                }
            }
        }
    }

    /// Closes every connection, our own client last, which gets the time `within` to send everything.
    pub(super) async fn stop(&self, within: std::time::Duration) {
        self.state().stopped = true;
        let own_left = async {
            loop {
                let left = self.left.notified();
                if !self.state().clients.values().any(|client| client.is_own) {
                    return;
                }
                left.await;
            }
        };
        // It is closed below otherwise.
        let _ = tokio::time::timeout(within, own_left).await;
        let mut state = self.state();
        state.exact.clear();
        state.wildcard.clear();
        for (_, mut client) in state.clients.drain() {
            client.close(Closing::ShuttingDown);
        }
    }

    fn deliveries(&self, message: &PublishPacket, from: &str, only: Option<&HashSet<String>>) -> Vec<Delivery> {
        let state = self.state();
        let topic = message.topic_name.as_str();
        let exact = state.exact.get(topic).into_iter();
        let wildcard = state.wildcard.iter().filter(|(filter, _)| topic_matches_filter(topic, filter));
        let subscribed = exact.chain(wildcard.map(|(_, subscribed)| subscribed)).flatten();
        let requested = subscribed.filter(|(client, how)| {
            !(how.no_local && ***client == *from) && only.is_none_or(|only| only.contains(&***client))
        });
        requested
            .filter_map(|(client, how)| {
                let joined = state.clients.get(client)?;
                let mut message = message.clone();
                message.qos = if (message.qos as u8) < how.qos as u8 { message.qos } else { how.qos };
                message.packet_id = None;
                if let Some(id) = how.id {
                    message.properties.set_subscription_identifier(id);
                }
                let (client, lane) = (Arc::clone(client), joined.lane.clone());
                Some(Delivery { client, generation: joined.generation, lane, is_own: joined.is_own, message })
            })
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_current(&self, client: &str, generation: u64) -> bool {
        self.clients.get(client).is_some_and(|joined| joined.generation == generation)
    }

    fn remove(&mut self, client: &str, why: Closing) {
        if let Some(mut joined) = self.clients.remove(client) {
            for filter in &joined.filters {
                self.forget(client, filter);
            }
            joined.close(why);
        }
    }

    fn forget(&mut self, client: &str, filter: &str) {
        let filters = if has_wildcard(filter) { &mut self.wildcard } else { &mut self.exact };
        if let Some(subscribed) = filters.get_mut(filter) {
            subscribed.remove(client);
            if subscribed.is_empty() {
                filters.remove(filter);
            }
        }
    }
}

fn has_wildcard(filter: &str) -> bool {
    filter.contains(['+', '#'])
}
