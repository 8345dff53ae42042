//! Export and erasure of personal data, assembled from each noun's declaration of its tables (`PERSONAL_DATA`, beside its
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
    crate::profiles::PERSONAL_DATA,
    crate::accounts::PERSONAL_DATA,
    crate::sessions::PERSONAL_DATA,
    crate::known_devices::PERSONAL_DATA,
    crate::identity_providers::PERSONAL_DATA,
    crate::passkeys::PERSONAL_DATA,
    crate::links::PERSONAL_DATA,
    crate::tokens::PERSONAL_DATA,
    crate::feeds::PERSONAL_DATA,
    crate::repeats::PERSONAL_DATA,
    crate::pictures::PERSONAL_DATA,
    crate::cards::PERSONAL_DATA,
    crate::cards::claims::PERSONAL_DATA,
    crate::help::PERSONAL_DATA,
    crate::holds::PERSONAL_DATA,
    crate::documents::PERSONAL_DATA,
    crate::dues::PERSONAL_DATA,
    crate::groups::PERSONAL_DATA,
    crate::slack::PERSONAL_DATA,
    crate::group_mapping::PERSONAL_DATA,
    crate::user_directory::PERSONAL_DATA,
    crate::permitted::PERSONAL_DATA,
    crate::series::PERSONAL_DATA,
    crate::draws::PERSONAL_DATA,
    crate::training_requests::PERSONAL_DATA,
    crate::training_events::PERSONAL_DATA,
    crate::notes::PERSONAL_DATA,
    crate::problems::PERSONAL_DATA,
    crate::maintenance::PERSONAL_DATA,
    crate::remarks::PERSONAL_DATA,
    crate::qualifications::PERSONAL_DATA,
    crate::uses::PERSONAL_DATA,
    crate::uses::corrections::PERSONAL_DATA,
    crate::notices::PERSONAL_DATA,
    crate::deliveries::PERSONAL_DATA,
    crate::broadcasts::PERSONAL_DATA,
    crate::push::PERSONAL_DATA,
    crate::announcements::PERSONAL_DATA,
    crate::availability::PERSONAL_DATA,
    crate::checkouts::PERSONAL_DATA,
    crate::checkout_steps::PERSONAL_DATA,
    crate::bookings::conflicts::PERSONAL_DATA,
    crate::waiting::PERSONAL_DATA,
    crate::closures::PERSONAL_DATA,
    crate::external_calendars::PERSONAL_DATA,
    crate::webhooks::PERSONAL_DATA,
    crate::occupations::PERSONAL_DATA,
    crate::training::quiz::PERSONAL_DATA,
    crate::training::watching::PERSONAL_DATA,
    crate::access::attempts::PERSONAL_DATA,
    crate::audit::PERSONAL_DATA,
    crate::requests::PERSONAL_DATA,
    crate::boards::PERSONAL_DATA,
    crate::machines::blocks::PERSONAL_DATA,
    crate::settings::PERSONAL_DATA,
    crate::displays::PERSONAL_DATA,
    crate::actuators::PERSONAL_DATA,
    crate::doors::PERSONAL_DATA,
    crate::boards::logins::PERSONAL_DATA,
    crate::retention::PERSONAL_DATA,
    crate::imports::PERSONAL_DATA,
    crate::firmware::PERSONAL_DATA,
];
