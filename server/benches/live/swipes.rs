//! Swipes on a thread of their own: the crowd's tasks must not delay them.

use crate::{space::CARD, wire::Wire};
use std::{
    thread,
    time::{Duration, Instant},
};
use tokio::{
    sync::oneshot,
    time::{MissedTickBehavior, interval, timeout},
};

/// Interval between cards.
pub const EVERY: Duration = Duration::from_millis(20);
/// An unused machine.
const NUMBER: u16 = 2;

#[derive(Debug, Clone, Copy)]
pub struct Swipes {
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Measures `count` of them.
pub async fn measure(port: u16, count: usize) -> Swipes {
    begin(port, count).await.unwrap()
}

/// The same in the background.
pub fn begin(port: u16, count: usize) -> oneshot::Receiver<Swipes> {
    let (done, swipes) = oneshot::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Nobody waits when the bench has stopped.
        let _ = done.send(runtime.block_on(swipe(port, count)));
    });
    swipes
}

async fn swipe(port: u16, count: usize) -> Swipes {
    let mut board = Wire::connect(port, "BOARD-2", None).await.unwrap();
    board.subscribe(&format!("machine/{NUMBER}/reply")).await.unwrap();
    until_answered(&mut board, NUMBER).await;
    let (topic, query) = (format!("machine/{NUMBER}"), format!(r#"{{"action":"checkuser","uid":"{CARD}"}}"#));
    let mut next = interval(EVERY);
    next.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut took = Vec::with_capacity(count);
    for _ in 0..count + count / 10 {
        next.tick().await;
        let begin = Instant::now();
        board.publish(&topic, query.as_bytes()).await.unwrap();
        let answer = board.hear().await.unwrap();
        took.push(begin.elapsed());
        let message = String::from_utf8_lossy(&answer.payload);
        assert!(message.starts_with("{\"request_ok\":true"), "{} {message}", answer.topic);
    }
    took.drain(..count / 10);
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    Swipes { p50_ms: at(50), p99_ms: at(99) }
}

/// Asks until Toolgate answers.
pub async fn until_answered(board: &mut Wire, number: u16) {
    loop {
        board.publish(&format!("machine/{number}"), br#"{"action":"checkmachine"}"#).await.unwrap();
        if timeout(Duration::from_millis(200), board.hear()).await.is_ok() {
            return;
        }
    }
}
