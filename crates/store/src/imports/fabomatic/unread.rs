//! Why the file of a Fab-O-Matic was not read.

use std::io;

use crate::copies::InvalidCopy;

/// Why the file was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The file is not an intact database.
    #[error(transparent)]
    Invalid(#[from] InvalidCopy),
    #[error("it is not the database of a Fab-O-Matic: {0}")]
    Foreign(String),
    /// Something in it would run when it is read.
    #[error("it has {0}, which no Fab-O-Matic has: {1}")]
    Active(&'static str, String),
    /// A table is too long.
    #[error("its table {0} has more than {1} rows")]
    Long(&'static str, usize),
    #[error("reading it took too long")]
    Slow,
    /// No known release wrote it.
    #[error(
        "it was written by a release of Fab-O-Matic that this version of Toolgate does not know (revision {0}); install \
         a later version of Toolgate"
    )]
    Newer(String),
    /// The copy could not be stored.
    #[error("it cannot be kept while it is read; is there room for it?")]
    Room(#[source] io::Error),
    /// A value does not match its column.
    #[error("a row of {0} cannot be read")]
    Row(&'static str, #[source] sqlx::Error),
}

impl Unread {
    pub(super) fn sqlite(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // SQLITE_INTERRUPT, https://sqlite.org/rescode.html#interrupt
        if code.is_some_and(|code| code == "9") { Self::Slow } else { InvalidCopy::read(error).into() }
    }
}
