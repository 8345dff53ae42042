//! How long connections of browsers wait.

use std::time::Duration;

/// How long a connection waits for its client.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    pub handshake: Duration,
    /// For the whole header of a request, from its first byte; for the first request, from the connection's start.
    pub header: Duration,
    /// For the next request. Longer than proxies hold idle connections (nginx: 60 s), so that they close first.
    pub idle: Duration,
    /// For the next piece of a request body.
    pub body: Duration,
    /// Additional time for a body per kilobyte sent, beyond [`Self::body`].
    pub body_per_kilobyte: Duration,
    /// For room in the socket, and for the client to read the next piece of a response.
    pub write: Duration,
    /// The same where the reader or their network leaves many responses unread.
    pub pressed: Duration,
    /// For the answer to an HTTP/2 ping, which is sent as often.
    pub ping: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(30),
            body_per_kilobyte: Duration::from_secs(8),
            write: Duration::from_mins(1),
            pressed: Duration::from_secs(8),
            // A slow upload may delay the answer to a ping this long.
            ping: Duration::from_mins(1),
        }
    }
}
