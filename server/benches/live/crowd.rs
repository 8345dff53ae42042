//! Thousands of live pages: one socket and one small task each, and no HTTP library.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::Notify,
    task::JoinSet,
    time::timeout,
};

/// The event of the machine in use.
const HINT: &[u8] = b"data: machine 1\n";
const HELLO: &[u8] = b"data: hello";
/// How long a change may take to reach everybody.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whose stream it is.
pub enum Who {
    /// Of a person with this cookie.
    Person(String),
    /// Anonymous, from this address.
    Stranger(Ipv4Addr),
}

pub struct Crowd {
    measurement: Arc<Measurement>,
    pub size: usize,
    _streams: JoinSet<()>,
}

struct Measurement {
    begin: Instant,
    /// The awaited change.
    change: AtomicUsize,
    /// When each stream got it, in nanoseconds since `begin`.
    at: Vec<AtomicU64>,
    count: AtomicUsize,
    all: Notify,
    ended: AtomicUsize,
}

/// Delay until the first, middle, 99th percentile and last stream got a change, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub first: f64,
    pub median: f64,
    pub p99: f64,
    pub last: f64,
}

impl Crowd {
    /// Opens all streams, a few at a time, and waits until each was greeted.
    pub async fn open(address: SocketAddr, who: Vec<Who>) -> Self {
        let size = who.len();
        let measurement = Arc::new(Measurement {
            begin: Instant::now(),
            change: AtomicUsize::new(0),
            at: (0..size).map(|_| AtomicU64::new(0)).collect(),
            count: AtomicUsize::new(0),
            all: Notify::new(),
            ended: AtomicUsize::new(0),
        });
        let mut streams = JoinSet::new();
        for (index, who) in who.into_iter().enumerate() {
            let stream = open(address, &who).await;
            let measurement = Arc::clone(&measurement);
            streams.spawn(async move {
                watch(stream, index, &measurement).await;
                measurement.ended.fetch_add(1, Relaxed);
            });
        }
        Self { measurement, size, _streams: streams }
    }

    /// Makes `change`, and waits until every stream got it.
    pub async fn spread_of(&self, change: impl Future<Output = ()>) -> Spread {
        self.measurement.count.store(0, Relaxed);
        self.measurement.change.fetch_add(1, Relaxed);
        let begin = self.measurement.begin.elapsed();
        let all = self.measurement.all.notified();
        change.await;
        timeout(PATIENCE, all).await.unwrap_or_else(|_| {
            let (count, ended) = (self.measurement.count.load(Relaxed), self.measurement.ended.load(Relaxed));
            panic!("{count} of {} streams were told, {ended} have ended", self.size)
        });
        let nanoseconds = self.measurement.at.iter().map(|at| Duration::from_nanos(at.load(Relaxed)));
        let mut took: Vec<_> = nanoseconds.map(|at| at.saturating_sub(begin).as_secs_f64() * 1e3).collect();
        took.sort_by(f64::total_cmp);
        let at = |share: usize| took[(took.len() - 1) * share / 100];
        Spread { first: at(0), median: at(50), p99: at(99), last: at(100) }
    }
}

async fn open(address: SocketAddr, who: &Who) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let mut cookie = String::new();
    match who {
        Who::Person(token) => cookie = format!("Cookie: session={token}\r\n"),
        Who::Stranger(from) => socket.bind(SocketAddr::new((*from).into(), 0)).unwrap(),
    }
    let mut stream = socket.connect(address).await.unwrap();
    let request = format!("GET /live HTTP/1.1\r\nHost: bench\r\n{cookie}Accept: text/event-stream\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    while !contains(&heard, HELLO) {
        let read = timeout(PATIENCE, stream.read_buf(&mut heard)).await.expect("a greeting").unwrap();
        assert!(read > 0, "refused: {}", String::from_utf8_lossy(&heard));
    }
    stream
}

async fn watch(mut stream: TcpStream, index: usize, measurement: &Measurement) {
    let (mut buffer, mut stored, mut last) = ([0; 512], 0, 0);
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer[stored..]).await else { return };
        let heard = stored + read;
        if contains(&buffer[..heard], HINT) {
            let (change, at) = (measurement.change.load(Relaxed), measurement.begin.elapsed());
            if change != last {
                last = change;
                measurement.at[index].store(at.as_nanos().try_into().unwrap_or(u64::MAX), Relaxed);
                if measurement.count.fetch_add(1, Relaxed) + 1 == measurement.at.len() {
                    measurement.all.notify_one();
                }
            }
            stored = 0;
        } else {
            // An event may arrive in two pieces.
            stored = heard.min(HINT.len() - 1);
            buffer.copy_within(heard - stored..heard, 0);
        }
    }
}

fn contains(heard: &[u8], what: &[u8]) -> bool {
    heard.windows(what.len()).any(|window| window == what)
}
