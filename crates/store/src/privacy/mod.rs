//! Export and erasure of personal data, assembled from each noun's declaration of its tables (`KEPT`, beside its
//! statements).
//!
//! **Invariant.** [`tables`] is complete: a test walks the schema and fails if a table is missing that refers to
//! people, their aliases, cards or remarks, or that holds a number, an address or text; another fills every table and
//! compares what is left after an erasure with the declarations. Not here: who may do this, and the bytes that a
//! deletion leaves in the file ([`crate::Store::scrub`]).

mod erase;
mod export;

pub use erase::{erase, traces};
pub use export::{count, export};

/// What erasing a person does to their rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasing {
    Deleted,
    /// They stay without these columns: statistics and append-only tables refer to them.
    Emptied(&'static str),
    /// They stay: nothing in them identifies the person once everything else is gone.
    Stays,
}

/// A table with personal data.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    /// Its columns that refer to or describe people.
    pub columns: &'static [&'static str],
    pub erasing: Erasing,
    taken: Option<&'static str>,
}

impl Table {
    /// A table that is not exported: its data appears in another form, or is a secret.
    pub(crate) const fn left(name: &'static str, columns: &'static [&'static str], erasing: Erasing) -> Self {
        Self { name, columns, erasing, taken: None }
    }

    /// A table whose rows are exported as the JSON objects that `rows` selects: of the person `?1`, with aliases `mine`
    /// and cards `cards`; `?2` is their subject in the audit log, and `?3` whether their actions about others are
    /// included. A key that ends in `@` is an instant in milliseconds, one that ends in `?` is 0 or 1.
    pub(crate) const fn taken(
        name: &'static str,
        columns: &'static [&'static str],
        erasing: Erasing,
        rows: &'static str,
    ) -> Self {
        Self { name, columns, erasing, taken: Some(rows) }
    }

    /// Whether it is part of the export.
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.taken.is_some()
    }
}

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
