//! Boards at work: one after the other, many at once, whole uses.

use crate::{BOARDS, CARD, wire::Wire};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// How long an answer may take under attack before it is lost.
const PATIENCE: Duration = Duration::from_secs(15);
/// Time between two looks at the memory.
const WATCH: Duration = Duration::from_millis(200);

/// Results of a measurement.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub per_second: f64,
    /// Queries without an answer.
    pub lost: usize,
}

impl Figures {
    pub fn of(mut latencies: Vec<Duration>, wall: Duration, lost: usize) -> Self {
        latencies.sort_unstable();
        let at = |share: f64| {
            let index = ((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1));
            latencies.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
        };
        let per_second = latencies.len() as f64 / wall.as_secs_f64();
        Self { p50_ms: at(0.5), p99_ms: at(0.99), per_second, lost }
    }

    /// The median round, by rate.
    pub fn median(mut rounds: Vec<Self>) -> Self {
        rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        rounds[rounds.len() / 2]
    }
}

/// A board of machine `number` that is subscribed to its answers.
pub async fn board(port: u16, number: u16) -> Wire {
    let mut wire = Wire::connect(port, &format!("BOARD-{number}"), None).await.unwrap();
    wire.subscribe(&format!("machine/{number}/reply")).await.unwrap();
    wire
}

/// One query after the other on one board.
pub async fn sequential(port: u16, number: u16, query: &str, count: usize) -> Figures {
    let mut board = board(port, number).await;
    let topic = format!("machine/{number}");
    for _ in 0..count / 10 {
        ask(&mut board, &topic, query).await;
    }
    let begin = Instant::now();
    let mut latencies = Vec::with_capacity(count);
    for _ in 0..count {
        latencies.push(ask(&mut board, &topic, query).await);
    }
    Figures::of(latencies, begin.elapsed(), 0)
}

/// One query after the other on one board for as long as `lasts`; it ends with the first that is not answered. Calls `watch` every
/// now and then.
pub async fn during(port: u16, number: u16, query: &str, lasts: Duration, mut watch: impl FnMut()) -> Figures {
    let mut board = board(port, number).await;
    let topic = format!("machine/{number}");
    let (begin, mut watched, mut latencies, mut lost) = (Instant::now(), Instant::now(), Vec::new(), 0);
    while begin.elapsed() < lasts {
        let Ok(latency) = timeout(PATIENCE, ask(&mut board, &topic, query)).await else {
            lost += 1;
            break;
        };
        latencies.push(latency);
        if watched.elapsed() > WATCH {
            watch();
            watched = Instant::now();
        }
    }
    Figures::of(latencies, begin.elapsed(), lost)
}

async fn ask(board: &mut Wire, topic: &str, query: &str) -> Duration {
    let begin = Instant::now();
    board.publish(topic, query.as_bytes()).await.unwrap();
    let answer = board.hear().await.unwrap();
    assert!(answer.payload.starts_with(b"{\"request_ok\""), "{}", String::from_utf8_lossy(&answer.payload));
    begin.elapsed()
}

/// One query in flight for each machine, over one connection.
pub async fn pipelined(port: u16, query: &str, count: usize) -> Figures {
    let mut wire = Wire::connect(port, "BOARD-all", None).await.unwrap();
    let mut topics = HashMap::new();
    for number in 1..=BOARDS {
        let reply = format!("machine/{number}/reply");
        wire.subscribe(&reply).await.unwrap();
        topics.insert(reply, format!("machine/{number}"));
    }
    let ask: Vec<String> = topics.values().cloned().collect();
    rush(&mut wire, None, &ask, &topics, query.as_bytes(), count).await
}

/// Keeps every topic of `ask` busy until `count` answers came: the next query goes out when the previous one is
/// answered. `ears` receives the answers if the publisher may not.
pub async fn rush(
    wire: &mut Wire,
    mut ears: Option<&mut Wire>,
    ask: &[String],
    by_reply: &HashMap<String, String>,
    query: &[u8],
    count: usize,
) -> Figures {
    let begin = Instant::now();
    let mut request: HashMap<String, Instant> = HashMap::new();
    let (mut sent, mut latencies) = (0, Vec::with_capacity(count));
    for topic in ask.iter().take(count) {
        request.insert(topic.clone(), Instant::now());
        wire.publish(topic, query).await.unwrap();
        sent += 1;
    }
    while latencies.len() < count {
        let ear = match &mut ears {
            Some(ear) => &mut **ear,
            None => &mut *wire,
        };
        let Ok(answer) = timeout(Duration::from_secs(15), ear.hear()).await else { break };
        let topic = &by_reply[&answer.unwrap().topic];
        latencies.push(request[topic].elapsed());
        if sent < count {
            sent += 1;
            request.insert(topic.clone(), Instant::now());
            wire.publish(topic, query).await.unwrap();
        }
    }
    let lost = sent - latencies.len();
    Figures::of(latencies, begin.elapsed(), lost)
}

/// Whole uses, one after the other on each of `boards` connections; counted in pairs of start and stop.
pub async fn pairs(port: u16, boards: u16, each: usize, claimed: Duration) -> Figures {
    let mut fleet = Vec::new();
    for number in 1..=boards {
        fleet.push((number, board(port, number).await));
    }
    let begin_use = format!(r#"{{"action":"startuse", "uid":"{CARD}"}}"#);
    let end_use = format!(r#"{{"action":"stopuse", "uid":"{CARD}","duration":{}}}"#, claimed.as_secs());
    let begin = Instant::now();
    let tasks: Vec<_> = fleet
        .into_iter()
        .map(|(number, mut wire)| {
            let (begin_use, end_use) = (begin_use.clone(), end_use.clone());
            tokio::spawn(async move {
                let topic = format!("machine/{number}");
                let mut latencies = Vec::with_capacity(each);
                for _ in 0..each {
                    let first = ask(&mut wire, &topic, &begin_use).await;
                    latencies.push(first + ask(&mut wire, &topic, &end_use).await);
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    Figures::of(latencies, begin.elapsed(), 0)
}
