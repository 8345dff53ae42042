//! Simulated boards and actuators, for tests and for newcomers.
//!
//! **Here:** [`board`] (a board as a pure state machine), [`line`](mod@line) and [`link`] (the same over a real MQTT
//! connection, with a handle to act on it), [`fleet`] (many boards and their users), [`fault`] (network faults),
//! [`actuator`] (a failsafe device of the building), [`ota`] (firmware updates), [`language`], [`script`] and [`keyboard`] (commands), and [`verdict`] (whether a
//! server's history is complete).
//!
//! **Invariant:** the bytes on the wire are those the firmware would send, at the same time. A simulation knows nothing
//! of the server but its answers: it depends on the protocol, and on nothing the server is made of.
//!
//! **Not here:** options and TLS, because the caller dials the broker and reads the history. Nor a faster clock for
//! boards: the server measures durations too, so only people can be sped up.

#![allow(missing_docs, reason = "names and types document the fields of a simulation")]

pub mod actuator;
pub mod board;
pub mod cards;
mod driver;
pub mod face;
pub mod fault;
pub mod firmware;
pub mod fleet;
pub mod keyboard;
pub mod language;
pub mod line;
pub mod link;
pub mod ota;
pub mod script;
pub mod stage;
pub mod verdict;
pub mod voice;

pub use line::Dialer;
pub use link::{SimBoard, SimConfig};
