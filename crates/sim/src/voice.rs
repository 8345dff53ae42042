//! The output of a simulation: one line per event.
//!
//! Invariant: no card in full, not even in the bytes of a message. Times count from the beginning, like a script's
//! `at`. Not here: the log; this is the program's output.

use crate::{cards::Cards, link::News};
use domain::boards::MachineNumber;
use fabomatic::{malformed::excerpt, topic::BoardTopic};
use std::{
    io::Write,
    sync::{Mutex, PoisonError},
};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::Instant,
};

/// The output.
pub struct Voice {
    began: Instant,
    cards: Cards,
    wire: bool,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Voice {
    /// Prints to `out`; `wire` adds every message.
    pub fn new(cards: Cards, wire: bool, out: Box<dyn Write + Send>) -> Self {
        Self { began: Instant::now(), cards, wire, out: Mutex::new(out) }
    }

    /// Prints one line as it is.
    pub fn say(&self, line: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // The reader is gone; the boards continue.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }

    /// Prints the events of the board of machine `number` until it is dropped.
    pub async fn follow(&self, number: MachineNumber, mut news: broadcast::Receiver<News>) {
        loop {
            match news.recv().await {
                Ok(news) => {
                    if let Some(line) = self.line(&news) {
                        let since = self.began.elapsed().as_secs();
                        let (hours, minutes, seconds) = (since / 3_600, since / 60 % 60, since % 60);
                        self.say(&format!("{hours:02}:{minutes:02}:{seconds:02} board {number}: {line}"));
                    }
                }
                Err(RecvError::Lagged(missed)) => self.say(&format!("… {missed} lines left out")),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn line(&self, news: &News) -> Option<String> {
        match news {
            News::Happened(what) => Some(what.describe(|uid| self.cards.name_of(uid))),
            News::Sent(payload) => self.wire.then(|| format!("⇢ {}", excerpt(payload))),
            News::Heard(topic, payload) => self.wire.then(|| {
                let arrow = if matches!(topic, BoardTopic::Request(_)) { "⇠ request" } else { "⇠" };
                format!("{arrow} {}", excerpt(payload))
            }),
        }
    }
}
