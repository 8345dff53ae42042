//! People: where somebody stands with the workshop.
//!
//! A person is not an account and not a card. Deliberately absent: name and address, which live in the profile and
//! can be erased while history stays.

use crate::words::words;

words! {
    /// Where somebody stands. Only the active pass any decision about access.
    PersonStatus {
        /// Asked to join.
        Applicant = "applicant",
        /// One of us.
        Active = "active",
        /// Kept out for now.
        Suspended = "suspended",
        /// Gone.
        Left = "left",
    }
}
