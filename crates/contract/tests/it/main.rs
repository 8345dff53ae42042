//! What pages and programs send, and what they are shown.

#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod audit;
mod field;
mod secrets;
