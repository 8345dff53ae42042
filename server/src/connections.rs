//! Limits on open connections, shared by all listeners.
//!
//! **Invariants.** All listeners together stay below the limit of open files. At a cap, the connection that has
//! waited longest without identifying itself is closed; a new one is refused only if there is none. So a workshop
//! behind one address is never locked out, neither by its own number nor by one of its visitors.
//!
//! Not here: time-outs. Each protocol knows what it waits for.
//!
//! At start the limit of open files is raised to the maximum. Signed-in people and displays count as identified.

use crate::{config::Cidr, keyed::KeyedMap};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use services::rate::network;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// How long [`ConnectionLimits::admit`] waits for a connection that it closed. They close at once; this bounds the
/// harm of one that does not.
const CLOSING: Duration = Duration::from_secs(1);
/// The first and the longest pause of an accept loop without free files.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));
/// How often an accept loop logs the same error.
const LOG_PERIOD: Duration = Duration::from_secs(10);
/// Cap on board connections.
const MOST_MQTT: usize = 4096;

/// How many files each listener may use for its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileBudget {
    /// Files for HTTP; a connection is one.
    pub http: usize,
    /// Files for MQTT; a connection is one.
    pub mqtt: usize,
}

/// Raises the soft limit of open files to the hard one. Returns the resulting limit.
pub fn raise_file_limit() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    let limit = if raised { maximum } else { current };
    limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

impl FileBudget {
    /// Divides `limit` open files, at most `most_http` of them for browsers. A quarter stays for the database,
    /// uploads and the rest.
    #[must_use]
    pub fn of(limit: usize, most_http: usize) -> Self {
        let usable = limit - (limit / 4).clamp(48, 512).min(limit);
        let http = (usable / 3 * 2).min(most_http);
        Self { http, mqtt: (usable - http).min(MOST_MQTT) }
    }
}

/// How many connections may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    pub total: usize,
    /// Unidentified connections of one [`network`].
    pub per_network: usize,
    /// Connections of one identity; further ones count as unidentified.
    pub per_identity: usize,
}

impl Caps {
    /// Caps for `total` connections. One network gets half of them: 300 phones with six connections each are
    /// normal.
    #[must_use]
    pub fn of(total: usize) -> Self {
        Self { total, per_network: total.div_ceil(2), per_identity: (total / 8).clamp(8, 128) }
    }
}

/// Counts the connections of one listener, or of several that share the caps.
#[derive(Clone)]
pub struct ConnectionLimits(Arc<Inner>);

struct Inner {
    caps: Caps,
    /// Proxies serve many clients, so their networks have no cap of their own.
    proxies: Vec<Cidr>,
    places: Arc<Semaphore>,
    identities: KeyedMap<Box<str>, Semaphore>,
    unidentified: Mutex<UnidentifiedConnections>,
}

/// Unidentified connections without a request to close, in closing order.
///
/// A semaphore alone refuses the newcomer instead of closing a connection that only waits:
/// `slow_headers_from_one_address_leave_pages_and_boards_working` fails with it.
#[derive(Default)]
struct UnidentifiedConnections {
    /// Grows with every change, so that older entries are smaller.
    clock: u64,
    networks: HashMap<IpAddr, BTreeMap<Rank, CancellationToken>>,
}

/// Closing order: waiting connections before busy ones, older before newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    busy: bool,
    since: u64,
}

enum Standing {
    Unidentified(Rank),
    Identified { _place: OwnedSemaphorePermit },
}

/// One open connection. Its place is freed on drop.
pub struct Permit {
    limits: ConnectionLimits,
    network: IpAddr,
    is_proxy: bool,
    close: CancellationToken,
    standing: Mutex<Standing>,
    _place: OwnedSemaphorePermit,
}

impl ConnectionLimits {
    /// Limits without a connection; `proxies` are not capped by network.
    #[must_use]
    pub fn new(caps: Caps, proxies: Vec<Cidr>) -> Self {
        let places = Arc::new(Semaphore::new(caps.total.min(Semaphore::MAX_PERMITS)));
        let (identities, unidentified) = (KeyedMap::default(), Mutex::default());
        Self(Arc::new(Inner { caps, proxies, places, identities, unidentified }))
    }

    /// A place for a connection from `address`, if necessary by closing another. `None` if every place is taken by
    /// identified connections.
    pub async fn admit(&self, address: IpAddr) -> Option<Permit> {
        let (network, places) = (network(address), &self.0.places);
        let is_proxy = self.0.proxies.iter().any(|proxies| proxies.contains(address));
        let closed = !is_proxy && self.unidentified().close_beyond(self.0.caps.per_network, network);
        let place = match Arc::clone(places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) if closed || self.unidentified().close_one(Some(network)) => {
                timeout(CLOSING, Arc::clone(places).acquire_owned()).await.ok()?.ok()?
            }
            Err(_) => return None,
        };
        let close = CancellationToken::new();
        let standing = Mutex::new(Standing::Unidentified(self.unidentified().insert(network, close.clone())));
        Some(Permit { limits: self.clone(), network, is_proxy, close, standing, _place: place })
    }

    /// Closes the most dispensable unidentified connection of the largest network.
    pub fn close_one(&self) -> bool {
        self.unidentified().close_one(None)
    }

    fn unidentified(&self) -> MutexGuard<'_, UnidentifiedConnections> {
        self.0.unidentified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnidentifiedConnections {
    fn rank(&mut self, busy: bool) -> Rank {
        self.clock += 1;
        Rank { busy, since: self.clock }
    }

    fn insert(&mut self, network: IpAddr, close: CancellationToken) -> Rank {
        let rank = self.rank(false);
        self.networks.entry(network).or_default().insert(rank, close);
        rank
    }

    /// `None` if it is already asked to close.
    fn remove(&mut self, network: IpAddr, rank: Rank) -> Option<CancellationToken> {
        let peers = self.networks.get_mut(&network)?;
        let close = peers.remove(&rank);
        if peers.is_empty() {
            self.networks.remove(&network);
        }
        close
    }

    /// Closes the first connection of `network` if it has `cap` of them.
    fn close_beyond(&mut self, cap: usize, network: IpAddr) -> bool {
        let peers = self.networks.get(&network).filter(|peers| peers.len() >= cap);
        let first = peers.and_then(|peers| peers.keys().next().copied());
        first.is_some_and(|rank| self.close(network, rank))
    }

    /// Closes the first connection in order of the largest network, including the `newcomer`. Among equal networks, the
    /// connection that has waited longest is closed.
    fn close_one(&mut self, newcomer: Option<IpAddr>) -> bool {
        let candidates = self.networks.iter().filter_map(|(&network, peers)| {
            let size = peers.len() + usize::from(newcomer == Some(network));
            Some((size, Reverse(*peers.keys().next()?), network))
        });
        candidates.max().is_some_and(|(_, Reverse(rank), network)| self.close(network, rank))
    }

    fn close(&mut self, network: IpAddr, rank: Rank) -> bool {
        self.remove(network, rank).inspect(CancellationToken::cancel).is_some()
    }
}

impl Permit {
    /// Sets whether the connection is being served or waits for its client. Waiting ones are closed first.
    pub fn set_busy(&self, busy: bool) {
        let mut standing = self.standing();
        let Standing::Unidentified(rank) = &mut *standing else { return };
        if rank.busy == busy {
            return;
        }
        let mut unidentified = self.limits.unidentified();
        let before = std::mem::replace(rank, unidentified.rank(busy));
        if let Some(close) = unidentified.remove(self.network, before) {
            unidentified.networks.entry(self.network).or_default().insert(*rank, close);
        }
    }

    /// Marks the connection as belonging to `identity`: it no longer counts against its network's cap and is not
    /// closed for another. A proxy's connection serves many clients and stays unidentified.
    pub fn identify(&self, identity: &str) {
        let mut standing = self.standing();
        let Standing::Unidentified(rank) = *standing else { return };
        if self.is_proxy {
            return;
        }
        let Inner { identities, caps, .. } = &*self.limits.0;
        let places = identities.get(identity.into(), || Semaphore::new(caps.per_identity));
        if let Ok(place) = places.try_acquire_owned()
            && self.limits.unidentified().remove(self.network, rank).is_some()
        {
            *standing = Standing::Identified { _place: place };
        }
    }

    /// Resolves when the connection must close to make room.
    pub async fn revoked(&self) {
        self.close.cancelled().await;
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Standing::Unidentified(rank) = *self.standing() {
            self.limits.unidentified().remove(self.network, rank);
        }
    }
}

/// A listening socket with an accept loop that respects [`ConnectionLimits`].
pub struct Listener {
    socket: TcpListener,
    limits: ConnectionLimits,
    name: &'static str,
    pause: Duration,
    failed: Throttle,
    refused: Throttle,
}

impl Listener {
    /// `name` identifies the listener in the log.
    #[must_use]
    pub fn new(socket: TcpListener, limits: ConnectionLimits, name: &'static str) -> Self {
        let (failed, refused) = (Throttle::default(), Throttle::default());
        Self { socket, limits, name, pause: PAUSES.0, failed, refused }
    }

    /// The next connection. Without free files, closes a dispensable one and pauses.
    pub async fn accept(&mut self) -> (TcpStream, SocketAddr, Permit) {
        loop {
            let error = match self.socket.accept().await {
                Ok((stream, client)) => {
                    self.pause = PAUSES.0;
                    if let Some(permit) = self.limits.admit(client.ip()).await {
                        return (stream, client, permit);
                    }
                    if let Some(count) = self.refused.count(Instant::now()) {
                        tracing::warn!(listener = self.name, count, "connections refused: too many are open");
                    }
                    continue;
                }
                Err(error) => error,
            };
            if is_of_one_connection(&error) {
                continue;
            }
            if let Some(count) = self.failed.count(Instant::now()) {
                tracing::error!(listener = self.name, count, %error, "connections could not be accepted");
            }
            self.limits.close_one();
            tokio::time::sleep(self.pause).await;
            self.pause = (self.pause * 2).min(PAUSES.1);
        }
    }
}

/// Whether only this client was gone before it was accepted; the next one may be fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Limits the rate of a log line.
#[derive(Debug, Default)]
pub struct Throttle {
    logged: Option<Instant>,
    held_back: u64,
}

impl Throttle {
    /// Counts one more. Returns the number since the last line when it is time for the next one.
    pub fn count(&mut self, now: Instant) -> Option<u64> {
        self.held_back += 1;
        if self.logged.is_some_and(|logged| now.duration_since(logged) < LOG_PERIOD) {
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MOST_HTTP;

    const HOME: &str = "192.0.2.1";

    fn limits(total: usize, per_network: usize) -> ConnectionLimits {
        ConnectionLimits::new(
            Caps { total, per_network, per_identity: 2 },
            vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
        )
    }

    async fn admit(limits: &ConnectionLimits, address: &str) -> Permit {
        limits.admit(address.parse().unwrap()).await.unwrap()
    }

    impl ConnectionLimits {
        fn open(&self) -> usize {
            self.0.caps.total - self.0.places.available_permits()
        }
    }

    fn identities(limits: &ConnectionLimits) -> usize {
        let mut count = 0;
        limits.0.identities.for_each(|_, _| count += 1);
        count
    }

    fn revoked(permits: &[Permit]) -> Vec<bool> {
        permits.iter().map(|permit| permit.close.is_cancelled()).collect()
    }

    #[test]
    fn addresses_of_one_client_share_a_network() {
        let network = |address: &str| network(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network(HOME));
        assert_ne!(network("192.0.2.2"), network(HOME));
    }

    #[tokio::test]
    async fn network_at_its_cap_closes_its_oldest_waiting_connection() {
        let limits = limits(100, 2);
        let mut permits = vec![admit(&limits, HOME).await, admit(&limits, HOME).await];
        permits[0].set_busy(true);
        permits.push(admit(&limits, HOME).await);
        assert_eq!(revoked(&permits), [false, true, false], "the first is served");
        permits[2].set_busy(true);
        permits.push(admit(&limits, HOME).await);
        permits[3].set_busy(true);
        permits[0].set_busy(false);
        permits.push(admit(&limits, HOME).await);
        assert_eq!(revoked(&permits), [true, true, true, false, false], "busy ones go last");
        let other = admit(&limits, "192.0.2.2").await;
        assert!(!other.close.is_cancelled() && !permits[3].close.is_cancelled(), "networks are apart");
    }

    #[tokio::test]
    async fn identified_connections_do_not_count_against_network_cap() {
        let limits = limits(100, 1);
        let mut permits = Vec::new();
        for _ in 0..3 {
            permits.push(admit(&limits, HOME).await);
            permits.last().unwrap().identify("person 7");
        }
        permits.push(admit(&limits, HOME).await);
        assert_eq!(revoked(&permits), [false, false, true, false], "two of one identity, and one of nobody");
        permits.swap_remove(0);
        permits[0].identify("person 7");
        let next = admit(&limits, HOME).await;
        assert_eq!(revoked(&permits), [false, false, true], "the place of a closed one is free again");
        assert!(!next.close.is_cancelled());
    }

    #[tokio::test]
    async fn full_listener_evicts_from_largest_network_or_refuses() {
        let limits = limits(4, 3);
        let mut permits = Vec::new();
        for address in ["198.51.100.1", HOME, HOME, "198.51.100.2"] {
            permits.push(admit(&limits, address).await);
        }
        let closing = permits.remove(1);
        // Its task drops the permit when asked to close.
        let waiting = tokio::spawn(async move { closing.revoked().await });
        let fifth = admit(&limits, "198.51.100.3").await;
        waiting.await.unwrap();
        assert_eq!((limits.open(), revoked(&permits)), (4, vec![false; 3]), "one of the two of one network went");
        for (number, permit) in permits.iter().chain([&fifth]).enumerate() {
            permit.identify(&number.to_string());
        }
        assert!(limits.admit("198.51.100.4".parse().unwrap()).await.is_none(), "all have identified themselves");
        drop(fifth);
        assert!(limits.admit("198.51.100.4".parse().unwrap()).await.is_some());
        assert_eq!(limits.open(), 3, "a refused one leaves no trace");
    }

    #[tokio::test]
    async fn full_listener_evicts_longest_wait_among_equal_networks() {
        let limits = limits(3, 3);
        let mut permits = Vec::new();
        for address in ["198.51.100.2", "198.51.100.3", "198.51.100.1"] {
            permits.push(admit(&limits, address).await);
        }
        permits[0].set_busy(true);
        assert!(limits.close_one());
        assert_eq!(revoked(&permits), [false, true, false], "the first is served, and the second waits longest");
        assert!(limits.close_one() && limits.close_one() && !limits.close_one());
        assert_eq!(revoked(&permits), [true; 3]);
    }

    #[tokio::test]
    async fn trusted_proxy_is_capped_by_total_only() {
        let limits = limits(5, 1);
        let mut permits = Vec::new();
        for address in ["10.0.0.1", "10.0.0.1", "::1", "::1"] {
            permits.push(admit(&limits, address).await);
        }
        permits[0].identify("person 7");
        assert_eq!(revoked(&permits), [false; 4]);
        assert_eq!(identities(&limits), 0, "it speaks for many");
    }

    #[tokio::test]
    async fn dropped_permits_free_their_places() {
        let limits = limits(3, 2);
        let mut permits = Vec::new();
        for address in [HOME, HOME, HOME] {
            permits.push(admit(&limits, address).await);
        }
        permits[1].set_busy(true);
        permits[2].identify("person 7");
        drop(permits);
        assert_eq!((limits.open(), identities(&limits)), (0, 0));
        assert!(limits.unidentified().networks.is_empty());
    }

    #[test]
    fn connection_budget_stays_below_file_limit() {
        for limit in [0, 40, 64, 256, 1024, 4096, 20_000, 1_048_576, usize::MAX] {
            let FileBudget { http, mqtt } = FileBudget::of(limit, MOST_HTTP);
            assert!(http + mqtt <= limit - limit.min(48), "{limit}: {http} + {mqtt}");
            assert!(http <= MOST_HTTP && mqtt <= MOST_MQTT, "{limit}: {http}, {mqtt}");
        }
        assert_eq!(FileBudget::of(1024, MOST_HTTP), FileBudget { http: 512, mqtt: 256 });
        assert_eq!(FileBudget::of(20_000, 12_000).http, 12_000, "as many as were asked for");
        assert!(
            Caps::of(FileBudget::of(20_000, MOST_HTTP).http).per_network >= 300 * 6,
            "300 phones behind one address"
        );
    }

    #[test]
    fn repeated_log_lines_are_throttled_and_counted() {
        let (mut throttle, begin) = (Throttle::default(), Instant::now());
        assert_eq!(throttle.count(begin), Some(1));
        for at in 0..1_000 {
            assert_eq!(throttle.count(begin + Duration::from_millis(at)), None);
        }
        assert_eq!(throttle.count(begin + LOG_PERIOD), Some(1_001));
    }
}
