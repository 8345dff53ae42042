//! The log: to standard error, so that a command's output stays readable; and its newest lines, for the system
//! page.
//!
//! Invariant: only our own lines at these levels are remembered, because they contain no name, address or card.

use contract::system::Line;
use domain::{
    system::{LINE, LINES, Weight},
    time::Millis,
};
use services::clock::{Clock, SystemClock};
use std::{
    collections::VecDeque,
    fmt::{Debug, Write},
    io::{self, IsTerminal},
    sync::{Mutex, PoisonError},
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer, fmt,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// The newest lines, oldest first.
static RECENT: Mutex<VecDeque<Line<Millis>>> = Mutex::new(VecDeque::new());

/// Crates whose lines are remembered.
const OURS: [&str; 6] = ["toolgate", "server", "services", "sim", "store", "app"];

/// Starts logging; `directives` are like `info` or `info,server=debug`. Unreadable ones count as `info`.
pub fn start(directives: &str, json: bool) {
    // Warnings of the MQTT client only, unless `directives` name it.
    let quiet = format!("{directives},rumqttc=warn");
    let requested = if directives.contains("rumqttc") { directives } else { &quiet };
    let filter = EnvFilter::try_new(requested).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    let log = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).with_target(false);
    // Fails only when a log was started already, as in a test that starts two servers.
    let _ = if json {
        log.json().finish().with(Memory).try_init()
    } else {
        log.compact().finish().with(Memory).try_init()
    };
}

/// The newest lines, newest first.
#[must_use]
pub fn recent() -> Vec<Line<Millis>> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
}

struct Memory;

impl<S: Subscriber> Layer<S> for Memory {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let from = event.metadata().target().split("::").next().unwrap_or_default();
        let weight = match *event.metadata().level() {
            Level::ERROR => Weight::Error,
            Level::WARN => Weight::Warning,
            Level::INFO => Weight::Note,
            _ => return,
        };
        if !OURS.contains(&from) {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        let says = format!("{}{}", words.message, words.fields).chars().take(LINE).collect();
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.len() >= LINES {
            recent.pop_front();
        }
        recent.push_back(Line { at: SystemClock.now(), weight, says });
    }
}

/// The message of an event, and its fields.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_log_holds_only_own_newest_lines() {
        let log = tracing_subscriber::registry().with(Memory);
        tracing::subscriber::with_default(log, || {
            tracing::info!(target: "server::timers", "the first");
            tracing::warn!(target: "rumqttc::state", "of others");
            tracing::debug!(target: "server::mqtt", "too fine");
            for n in 0..LINES {
                tracing::warn!(target: "services::retention", n, "cleared {}", "x".repeat(LINE));
            }
            tracing::error!(target: "store", error = "disk", "not saved");
        });
        let lines = recent();
        assert_eq!(lines.len(), LINES, "the first ones went");
        assert_eq!((lines[0].weight, lines[0].says.as_str()), (Weight::Error, "not saved error=\"disk\""));
        assert!(lines[1].says.starts_with("cleared xxx") && lines[1].says.chars().count() == LINE);
        assert!(lines.iter().all(|line| line.says != "of others" && line.says != "too fine"));
    }
}
