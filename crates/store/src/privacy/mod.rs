//! Export and erasure of personal data, assembled from each noun's declaration of its tables (`KEPT`, beside its
//! statements).
//!
//! **Invariant.** [`tables`] is complete: a test walks the schema and fails if a table is missing that refers to
//! people, their aliases, cards or remarks, or that holds a number, an address or text; another fills every table and
//! compares what is left after an erasure with the declarations. Not here: who may do this, and the bytes that a
//! deletion leaves in the file ([`crate::Store::scrub`]).

mod erase;
mod export;

pub use crate::personal_data::{Erasing, Table};
pub use erase::{erase, erase_again, traces};
pub use export::{count, export};

/// Every table with personal data.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    NOUNS.iter().copied().flatten()
}

const NOUNS: &[&[Table]] = &[
    crate::profiles::KEPT,
    crate::accounts::KEPT,
    crate::sessions::KEPT,
    crate::known_devices::KEPT,
    crate::links::KEPT,
    crate::tokens::KEPT,
    crate::feeds::KEPT,
    crate::repeats::KEPT,
    crate::pictures::KEPT,
    crate::cards::KEPT,
    crate::cards::claims::KEPT,
    crate::holds::KEPT,
    crate::notes::KEPT,
    crate::problems::KEPT,
    crate::maintenance::KEPT,
    crate::remarks::KEPT,
    crate::qualifications::KEPT,
    crate::uses::KEPT,
    crate::uses::corrections::KEPT,
    crate::notices::KEPT,
    crate::deliveries::KEPT,
    crate::announcements::KEPT,
    crate::availability::KEPT,
    crate::checkouts::KEPT,
    crate::checkout_steps::KEPT,
    crate::bookings::conflicts::KEPT,
    crate::waiting::KEPT,
    crate::closures::KEPT,
    crate::external_calendars::KEPT,
    crate::occupations::KEPT,
    crate::training::quiz::KEPT,
    crate::training::watching::KEPT,
    crate::access::attempts::KEPT,
    crate::audit::KEPT,
    crate::requests::KEPT,
    crate::boards::KEPT,
    crate::machines::blocks::KEPT,
    crate::settings::KEPT,
    crate::displays::KEPT,
    crate::boards::logins::KEPT,
    crate::retention::KEPT,
    crate::imports::KEPT,
    crate::firmware::KEPT,
];
