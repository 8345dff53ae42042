//! Equipment: what a workshop is furnished with, as far as its pages need it.
//!
//! Deliberately absent: what state a machine is in ([`crate::machines`]) and who may use it ([`crate::access`]).

use serde::{Deserialize, Serialize};

/// What there is to choose from when a machine is added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The types there are, by name; not the built-in ones.
    pub kinds: Vec<String>,
    /// The lowest number that no machine has.
    pub number: u16,
}
