//! Qualifications: who may write which entry of the ledger ([`change`]), and when one lapses ([`lapse`]).
//!
//! Not here: the ledger itself, below the actor whose rank it decides (`ledger`).

pub mod change;
pub mod lapse;

pub use crate::ledger::{BuiltIn, Cause, Entry, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject};
