//! What deciding needs to know, read in one statement and therefore in one snapshot; and the attempts at boards.
//!
//! The decision itself is `domain::access::trace`; nothing here has an opinion.

pub(crate) mod attempts;
mod crowd;
mod facts;
mod people;

pub use attempts::{
    AttemptRow, LetIn, NewAttempt, attempted, forget_before, of_person, refused_last, swiped_since,
};
pub use crowd::{Candidate, active, candidates};
pub use facts::{AccessQuery, Swipe, load_facts, load_facts_of, running_elsewhere, swipe};
pub use people::{Staff, is_to_ask_for, kind_of, names_of_types, staff, titles_of_modules, whom_to_ask_for};
