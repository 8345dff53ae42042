//! Messages, replies and screens byte for byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod display;
mod ota;
mod queries;
mod replies;
mod stats;
mod topics;
