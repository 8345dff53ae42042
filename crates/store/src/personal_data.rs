//! What a noun declares of its tables with personal data: their columns, what an erasure does to them, and their export.
//!
//! Not here: the list of all tables, and the export and the erasure themselves ([`crate::privacy`]).

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
    /// Selects the rows to export.
    pub(crate) taken: Option<&'static str>,
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
