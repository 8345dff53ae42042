//! Problems that people report on machines: how bad, what became of it, and the block that keeps a machine from being used.
//!
//! `open → acknowledged → resolved`. **Invariant.** What is unsafe counts at once; every other block waits until nobody is
//! on the machine. Deliberately absent: what programs and people are told when something is refused ([`crate::problem`]).

use crate::words::words;

/// Characters of what is written about a problem, or of what was done, at most.
pub const WORDS: usize = 1000;

words! {
    /// How bad it is, by what follows from it. A later one is worse.
    Severity {
        /// Somebody should know.
        Note = "note",
        /// It works, but not as it should.
        Degraded = "degraded",
        /// Nobody may use it: it is blocked at once, and whoever is on it logged out.
        Unsafe = "unsafe",
    }
}

words! {
    /// What became of it.
    State {
        /// Nobody has said anything about it.
        Open = "open",
        /// Somebody who cares for the machine knows.
        Acknowledged = "acknowledged",
        /// It is done with.
        Resolved = "resolved",
    }
}
