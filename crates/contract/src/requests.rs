use serde::{Deserialize, Serialize};

/// Remote start and stop of a machine: a possible action, or the state of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remote {
    /// Stop the running use; not requested yet.
    Stop,
    /// A stop request is being sent.
    Stopping,
    /// The board is unreachable or did not obey; it gets the request when it polls.
    StopWhenItAsks,
    /// Start it in the reader's name.
    Start,
    /// A start request is being sent.
    Starting,
    /// The board got the request a moment ago and did not start; it can be repeated.
    NotStarted,
    /// Requested a moment ago, but the board went offline before it got the request.
    WentAway,
    /// The board got the request a moment ago and has been silent since.
    WentSilent,
    /// Requested a moment ago without effect, and not possible any more.
    DidNot,
}
