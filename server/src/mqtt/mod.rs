//! Boards over MQTT: the connection to the broker, and the path of a message.
//!
//! Bytes on `machine/7` → [`mailbox`]es, one per machine, so that answers keep their order → [`dispatch`], a plain
//! function → the answer on `machine/7/reply`. Requests to boards go out on `machine/7/request`, and the server's
//! status on `stats/<client id>`.
//!
//! **Invariants.** QoS 0 and a clean session: there is nothing to acknowledge, the receipt is the answer after the
//! commit, and the durable queue is the board's own. A late answer is not sent, not even by a queue that outlived
//! a connection. Every message is answered, counted or skipped; nothing stops the consumer.

mod connection;
mod counts;
mod devices;
pub mod dial;
pub mod dispatch;
mod leases;
mod mailbox;
mod requests;
mod stats;

pub use connection::Consumer;
