//! The simulator without a broker.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod adversary;
mod board;
mod failsafe;
