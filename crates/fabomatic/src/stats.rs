//! How the server says that it is there, on `stats/<client id>`, for whoever watches the broker.
//!
//! Invariant: no board listens there, so nothing waits for it. Deliberately absent: how often.

use serde_json::json;

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Whether boards can be heard.
    pub connected: bool,
    /// What the machine is called on which it runs.
    pub host: String,
    /// Its address towards the broker.
    pub address: String,
    /// Messages that came in since it started.
    pub received: u64,
    /// Messages that went out.
    pub sent: u64,
}

impl Stats {
    /// The topic of the server that connects as `client`.
    #[must_use]
    pub fn topic(client: &str) -> String {
        format!("stats/{client}")
    }

    /// The bytes on it, in the order and with the names that dashboards know.
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
