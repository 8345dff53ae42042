//! The server's status on `stats/<client id>`, for people who watch the broker.
//!
//! Invariant: no board subscribes to it. Not here: how often it is sent.

use serde_json::json;

/// The server's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Whether it is connected to the broker.
    pub connected: bool,
    /// Name of its host.
    pub host: String,
    /// Its address on the broker's network.
    pub address: String,
    /// Messages received since it started.
    pub received: u64,
    /// Messages sent.
    pub sent: u64,
}

impl Stats {
    /// The topic of the server that connects as `client`.
    #[must_use]
    pub fn topic(client: &str) -> String {
        format!("stats/{client}")
    }

    /// The payload, in the order and with the names that dashboards know.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { connected, host, address, received, sent } = self;
        format!(
            r#"{{"Connected": {connected}, "Backend host": {}, "Backend IP": {}, "Received": {received}, "Sent": {sent}}}"#,
            json!(host),
            json!(address),
        )
    }
}
