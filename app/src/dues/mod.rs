//! Dues: a member's own page, and how dues are shown.
//!
//! Not here: a person's membership below their head (`people::person::membership`), and the list of payments (`people::payments`).

pub mod own;
pub(crate) mod parts;
pub(crate) mod requests;
