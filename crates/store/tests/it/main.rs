//! The store on a real database file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod export;
mod free_space;
mod invariants;
mod kill;
mod lab;
mod plans;
mod readers;
mod schema;
mod untrusted;
mod writer;
