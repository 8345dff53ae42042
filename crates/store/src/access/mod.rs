//! Facts for access decisions, read in one statement and so in one snapshot; and attempts at boards.
//!
//! Not here: the decision, which is `domain::access::trace`.

pub(crate) mod attempts;
mod crowd;
mod facts;
mod people;

pub use attempts::{
    AttemptRow, LetIn, NewAttempt, attempted, forget_before, of_person, refused_last, swiped_since,
};
pub use crowd::{Candidate, active, candidates};
pub use facts::{AccessQuery, DoorOf, Swipe, load_facts, load_facts_of, running_elsewhere, swipe};
pub use people::{Staff, is_to_ask_for, kind_of, names_of_types, staff, titles_of_modules, whom_to_ask_for};
