//! Simulated boards: the tests' board and the newcomer's.
//!
//! **Lives here:** [`board`] (what a board does, as a pure state machine), [`line`](mod@line) and [`link`] (the same
//! over a real MQTT connection, with a handle to act upon it), [`fleet`] (many boards and people who use them),
//! [`fault`] (what a bad network does), [`ota`] (how one takes new firmware), [`language`], [`script`] and [`keyboard`]
//! (how it is told what to do), and [`verdict`] (whether a server's history has what they did).
//!
//! **Invariant:** what goes over the wire is what the firmware would send, at the moment it would. A simulation knows
//! nothing of the server but what comes back: it depends on the protocol, and on nothing that the server is made of.
//!
//! **Deliberately absent:** options and TLS: the caller dials the broker and reads the history. And anything that makes
//! boards believe in a faster clock; durations are measured by the server too, so only the people can be sped up.

#![allow(missing_docs, reason = "names and types document the fields of a simulation")]

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
