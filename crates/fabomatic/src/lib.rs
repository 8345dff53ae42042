//! The Fab-O-Matic protocol of the boards, as types: bytes in and bytes out.
//!
//! **Here:** [`topic`] (which machine), [`query`] (messages of a board), [`reply`] (answers to it), [`request`]
//! (commands to it), [`lcd`] (its display), [`ota`] (firmware updates), and [`stats`] (the server's own status). Each
//! message works both ways: the server reads queries and writes replies, a simulated board does the opposite.
//!
//! **Invariant:** boards in the field are not re-flashed, so every byte here is as they send and expect it. Parsing
//! never panics on any input, and no reply exceeds [`PAYLOAD`].
//!
//! **Not here:** sockets, clocks and decisions. Whether a duration is plausible or a card valid is decided in
//! `services`.

#![warn(missing_docs)]

pub mod lcd;
mod letters;
pub mod malformed;
pub mod ota;
pub mod query;
pub mod reply;
pub mod request;
pub mod stats;
pub mod topic;

pub use malformed::Malformed;
pub use query::Query;
pub use reply::Reply;
pub use request::Request;
pub use stats::Stats;
pub use topic::Topics;

/// The largest MQTT packet a board takes, in bytes: 1 type + 2 length + 2 topic length + topic + payload. A larger
/// one makes it drop its connection.
pub const PACKET: usize = 300;

/// The largest payload we send to a board, in bytes.
pub const PAYLOAD: usize = 270;
