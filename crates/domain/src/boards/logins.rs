//! Logins of single boards: each limited to one machine's number, shown once, and revocable at any time.
//!
//! Not here: the login that all stock boards share, which is configuration.

/// Logins of one machine in force at once: the one its board has, and the one that it gets next.
pub const OF_ONE: usize = 4;
