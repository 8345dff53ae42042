//! Requests to servers that people name: which addresses may be contacted, and why a request failed.
//!
//! Invariant: an address is judged twice, as text when it is entered and as resolved when the connection is made. Not here: the
//! connection (`server`), and what a response means to the noun that asked.

mod address;
pub mod networks;
mod retry_after;

pub use address::{ADDRESS, Address, InvalidAddress};
pub use retry_after::retry_after;

use crate::string_enum::string_enum;

string_enum! {
    /// Why no response arrived.
    Failure {
        /// The host is in a private network.
        Private = "private",
        /// No server was found, or none answered.
        Unreachable = "unreachable",
        /// Its server has no valid certificate.
        Certificate = "certificate",
        /// It took too long.
        Slow = "slow",
        /// The response has more bytes than were asked for.
        TooLarge = "too-large",
        /// The response is truncated, or no HTTP.
        BrokenOff = "broken-off",
    }
}
