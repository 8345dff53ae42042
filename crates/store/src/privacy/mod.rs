//! What of a person is taken along and what erasing them does to it, put together of what each noun says of its tables
//! (`KEPT`, beside its statements).
//!
//! **Invariant.** [`tables`] is whole: a test walks the schema and fails when a table that points to people, their aliases,
//! cards or remarks, or that keeps a number, an address or words, is missing; another fills every table and holds what
//! is left after an erasure against what is said of it. Deliberately absent: who may do this, and the bytes that a deletion
//! leaves in the file ([`crate::Store::scrub`]).

mod erase;
mod export;

pub use erase::{erase, traces};
pub use export::{count, export};

/// What erasing a person does to the rows of a table that are theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasing {
    Deleted,
    /// They stay without this: statistics and whatever is never changed refer to them.
    Emptied(&'static str),
    /// They stay: nothing in them says who it was, once everything else is gone.
    Stays,
}

/// A table that holds something of people.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    /// Its columns that point to somebody, or say something of them.
    pub columns: &'static [&'static str],
    pub erasing: Erasing,
    taken: Option<&'static str>,
}

impl Table {
    /// One that is not taken along: it stands there in another shape, or is a secret.
    pub(crate) const fn left(name: &'static str, columns: &'static [&'static str], erasing: Erasing) -> Self {
        Self { name, columns, erasing, taken: None }
    }

    /// One whose rows are taken along as the JSON objects that `rows` selects: of the person `?1`, whose aliases are
    /// `mine` and whose cards `cards`; `?2` is what the record of what was done calls them, and `?3` whether they get what
    /// they did that is about others. A key that ends in `@` has an instant in milliseconds, one that ends in `?` is 0 or 1.
    pub(crate) const fn taken(
        name: &'static str,
        columns: &'static [&'static str],
        erasing: Erasing,
        rows: &'static str,
    ) -> Self {
        Self { name, columns, erasing, taken: Some(rows) }
    }

    /// Whether it is among what they take along.
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.taken.is_some()
    }
}

/// Every table that holds something of people.
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
