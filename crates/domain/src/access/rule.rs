//! The rules of an access decision, by their codes. Not here: what they check, and why one fails ([`super::Reason`]).

use crate::string_enum::string_enum;

string_enum! {
    /// The rules, in order.
    Rule {
        /// The person is known.
        Known = "person.known",
        /// The person is active.
        Active = "person.active",
        /// No hold is in force.
        NoHold = "person.no-hold",
        /// The person is a member.
        Member = "person.member",
        /// The card is in use.
        Card = "card.active",
        Machine = "machine.known",
        /// Nobody blocked it.
        NotBlocked = "machine.not-blocked",
        /// Nothing blocking is due, unless the person may clear it.
        Maintained = "machine.maintained",
        /// The person is let onto it by its mode.
        Authorised = "machine.authorised",
        /// The person completed the required training.
        Trained = "training.complete",
        /// The person signed, or handed in, the documents that it asks for.
        Signed = "documents.signed",
        /// Nobody else has it booked, or the person has.
        Booked = "machine.booked",
        /// It is open, and not closed for some time.
        Open = "hours.open",
        /// Enough people are here.
        Company = "people.present",
        /// Nobody else is on it.
        Unused = "machine.unused",
        /// The person is on fewer machines than one may be.
        Limit = "person.limit",
    }
}
