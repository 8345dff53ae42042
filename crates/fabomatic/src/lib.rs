//! What boards say: the Fab-O-Matic protocol as types, bytes in and bytes out.
//!
//! **Lives here:** [`topic`] (who is meant), [`query`] (what a board asks or reports), [`reply`] (what it is
//! answered), [`request`] (what it is told to do), [`lcd`] (what its display can show), [`ota`] (how it takes new
//! firmware), and [`stats`] (what the server says of itself). Each message of a board goes both ways: the server reads
//! queries and writes replies, a simulated board does the opposite.
//!
//! **Invariant:** boards in the field are not re-flashed, so every byte here is as they send and expect it. Reading
//! never panics, whatever arrives, and no reply exceeds [`PAYLOAD`].
//!
//! **Deliberately absent:** sockets, clocks and opinions. Whether a duration is believable or a card good is for
//! `services` to say.

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
