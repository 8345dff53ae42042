//! The status of a person in the workshop.
//!
//! Not here: who may change it ([`crate::people`]).

use crate::string_enum::string_enum;

string_enum! {
    /// A person's status. Only active people pass any access decision.
    PersonStatus {
        Applicant = "applicant",
        Active = "active",
        Suspended = "suspended",
        Left = "left",
    }
}
