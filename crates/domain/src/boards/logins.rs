//! Logins of single boards: each confined to the number of one machine, shown once, and revoked at once.
//!
//! Deliberately absent: the login that all stock boards share, which is the configuration's.

/// Logins of one machine in force at once: the one its board has, and the one that it gets next.
pub const OF_ONE: usize = 4;
