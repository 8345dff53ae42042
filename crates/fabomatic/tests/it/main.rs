//! Messages, replies and screens as boards know them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod display;
mod ota;
mod queries;
mod replies;
mod stats;
mod topics;
