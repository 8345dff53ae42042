//! People who book at the same moment: all of them one time, or each their own.

use crate::{
    client::Client,
    furnish::{FREE_DAY, FREE_HOURS, Plan, instant, token},
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::Barrier, task::JoinSet};

/// Connections of the crowd.
pub const CONNECTIONS: usize = 128;

/// Results of many competing for one time.
#[derive(Debug, Clone, Copy)]
pub struct Race {
    pub won: usize,
    /// Refused as taken.
    pub taken: usize,
    /// Any other answer.
    pub failed: usize,
    /// From the first request to the last answer.
    pub lasted: Duration,
}

/// Lets the first `racers` people request the same hour of the first machine, after those that [`rush`] takes, on
/// a connection each.
pub async fn race(address: SocketAddr, racers: usize) -> Race {
    let start = Arc::new(Barrier::new(racers + 1));
    let mut tasks = JoinSet::new();
    let (from, to) = (instant(FREE_DAY, FREE_HOURS.1), instant(FREE_DAY, FREE_HOURS.1 + 1));
    for person in 1..=racers {
        let json = format!(r#"{{"resource":"machine:1","start":"{from}","end":"{to}"}}"#);
        let start = Arc::clone(&start);
        tasks.spawn(async move {
            let mut client = Client::connect(address).await;
            start.wait().await;
            let answer = client.post_json("/api/v1/bookings", &token(person), &json).await;
            let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            (answer.status, body["code"].as_str().unwrap_or_default().to_owned())
        });
    }
    start.wait().await;
    let begin = Instant::now();
    let mut race = Race { won: 0, taken: 0, failed: 0, lasted: Duration::ZERO };
    while let Some(answer) = tasks.join_next().await {
        match answer.unwrap() {
            (201, _) => race.won += 1,
            (409, code) if code == "booking.taken" => race.taken += 1,
            (status, code) => {
                eprintln!("  answered {status} {code}");
                race.failed += 1;
            }
        }
    }
    race.lasted = begin.elapsed();
    assert_eq!(
        (race.won, race.taken),
        (1, racers - 1),
        "one has the time, and everybody else is told that it is taken"
    );
    race
}

/// Rate of many bookings.
#[derive(Debug, Clone, Copy)]
pub struct Rush {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Lets `people` book an hour each, over all machines, on a few connections in turn.
pub async fn rush(address: SocketAddr, plan: &Plan, people: usize) -> Rush {
    let connections = CONNECTIONS.min(people);
    let start = Arc::new(Barrier::new(connections + 1));
    let mut tasks = JoinSet::new();
    for connection in 0..connections {
        let request: Vec<(usize, String)> = (0..people)
            .filter(|n| n % connections == connection)
            .map(|n| {
                let (slot, machine) = (n / plan.machines, n % plan.machines + 1);
                let (from, to) = Plan::free(slot);
                (n + 1, format!(r#"{{"resource":"machine:{machine}","start":"{from}","end":"{to}"}}"#))
            })
            .collect();
        let start = Arc::clone(&start);
        tasks.spawn(async move {
            let mut client = Client::connect(address).await;
            start.wait().await;
            let mut took = Vec::with_capacity(request.len());
            for (person, json) in request {
                let begin = Instant::now();
                let answer = client.post_json("/api/v1/bookings", &token(person), &json).await;
                answer.expect(201);
                took.push(begin.elapsed());
            }
            took
        });
    }
    start.wait().await;
    let begin = Instant::now();
    let mut took = Vec::new();
    while let Some(own) = tasks.join_next().await {
        took.extend(own.unwrap());
    }
    let lasted = begin.elapsed();
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    Rush { per_second: took.len() as f64 / lasted.as_secs_f64(), p50_ms: at(50), p99_ms: at(99) }
}
