//! Boards over MQTT: the connection to the broker, and the way of a message through it.
//!
//! Bytes on `machine/7` → [`mailbox`]es, one a machine, so that answers keep their order → [`dispatch`], a plain
//! function → the answer on `machine/7/reply`. What a board did not ask for goes out on `machine/7/request`, and what the
//! server says of itself on `stats/<client id>`.
//!
//! **Invariants.** QoS 0 and a clean session: there is nothing to acknowledge, the receipt is the answer after the
//! commit, and the durable queue is the board's own. An answer that would be late is not sent, also not by a queue that
//! outlived a connection. Whatever arrives is answered, counted or passed over; nothing stops the consumer.

mod connection;
mod counts;
pub mod dial;
pub mod dispatch;
mod mailbox;
mod requests;
mod stats;

pub use connection::Consumer;
