use serde::{Deserialize, Serialize};

/// What somebody may do to a machine from afar, or has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remote {
    /// Stop what runs there; nobody has.
    Stop,
    /// Its board is being told to log out.
    Stopping,
    /// Its board cannot be told now, or did not obey; it will be told when it asks.
    StopWhenItAsks,
    /// Start it in their own name.
    Start,
    /// Its board is being told to let them in.
    Starting,
    /// Its board was told a moment ago and did not; they may try again.
    NotStarted,
    /// They wanted it started a moment ago, and its board went away before it was told.
    WentAway,
    /// They wanted it started a moment ago, its board was told, and is silent since.
    WentSilent,
    /// They wanted it started a moment ago, it did not, and by now they could not want it again.
    DidNot,
}
