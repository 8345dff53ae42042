//! Who does something.
//!
//! Every use case takes an [`Actor`]; what it may do is decided from it and from the ledger, never from the door it
//! came through.

use crate::{boards::MachineNumber, id::PersonId};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody who has not said who they are: a passer-by, a wall display.
    Anybody,
    /// Somebody known.
    Person(PersonId),
    /// The board of the machine with this number.
    Board(MachineNumber),
    /// Toolgate itself: a timer, a command line.
    Toolgate,
}
