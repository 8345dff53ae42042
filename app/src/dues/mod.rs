//! Dues: a member's own page, and the list of payments.
//!
//! Not here: a person's membership below their head (`people::person::membership`).

pub mod own;
pub(crate) mod parts;
pub mod payments;
