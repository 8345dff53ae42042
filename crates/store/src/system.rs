//! Figures about the database for its operator: size, row counts, and who downloaded a copy.
//!
//! Invariant: nothing that grows with use is scanned; uses and entries are counted by their highest id.

use contract::system::Download;
use domain::{system::Count, time::Millis};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, WriteTx};

/// The action of the audit entry of a download.
pub const COPIED: &str = "system.copied";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The version of `SQLite`.
    pub sqlite: String,
    /// The newest migration.
    pub schema: i64,
    pub bytes: i64,
    /// Bytes of pages that hold nothing.
    pub free: i64,
    pub counts: Vec<(Count, i64)>,
}

pub async fn figures(conn: &mut SqliteConnection) -> Result<Figures, StoreError> {
    let row = sqlx::query!(
        r#"SELECT sqlite_version() AS "sqlite!: String",
                  (SELECT max(version) FROM _sqlx_migrations) AS "schema!: i64",
                  (SELECT page_size + 0 FROM pragma_page_size) AS "page!: i64",
                  (SELECT page_count + 0 FROM pragma_page_count) AS "pages!: i64",
                  (SELECT freelist_count + 0 FROM pragma_freelist_count) AS "free!: i64",
                  (SELECT count(*) FROM profile) AS "people!: i64",
                  (SELECT count(*) FROM card WHERE state = 'active') AS "cards!: i64",
                  (SELECT count(*) FROM machine WHERE archived_at IS NULL) AS "machines!: i64",
                  (SELECT count(*) FROM board) AS "boards!: i64",
                  (SELECT coalesce(max(id), 0) FROM use_session) AS "uses!: i64",
                  (SELECT seq FROM audit_head) - (SELECT seq FROM audit_start) AS "entries!: i64""#
    )
    .fetch_one(conn)
    .await?;
    let count = |count| match count {
        Count::People => row.people,
        Count::Cards => row.cards,
        Count::Machines => row.machines,
        Count::Boards => row.boards,
        Count::Uses => row.uses,
        Count::Entries => row.entries,
    };
    Ok(Figures {
        schema: row.schema,
        bytes: row.pages * row.page,
        free: row.free * row.page,
        counts: Count::ALL.iter().map(|&each| (each, count(each))).collect(),
        sqlite: row.sqlite,
    })
}

/// When a copy was last downloaded, and by whom, if known.
pub async fn taken(conn: &mut SqliteConnection) -> Result<Option<Download<Millis>>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT a.at AS "at!: Millis", f.name AS "by?"
             FROM audit a LEFT JOIN alias l ON l.id = a.alias LEFT JOIN profile f ON f.person_id = l.person_id
            WHERE a.subject = 'database' AND a.action = ? ORDER BY a.seq DESC LIMIT 1"#,
        COPIED,
    );
    Ok(row.fetch_optional(conn).await?.map(|row| Download { at: row.at, by: row.by }))
}

impl Store {
    /// Bytes of the log that are not folded in.
    #[must_use]
    pub fn log_bytes(&self) -> u64 {
        std::fs::metadata(crate::copies::log_of(self.path())).map_or(0, |log| log.len())
    }
}

/// Whether managers have not been notified yet of a change in a newer version.
pub async fn are_changes_untold(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let untold = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM untold_change) AS "untold!: bool""#);
    Ok(untold.fetch_one(conn).await?)
}

/// Marks `change` as notified. Returns whether it was not before.
pub async fn take_untold_change(tx: &mut WriteTx, change: &str) -> Result<bool, StoreError> {
    let taken = sqlx::query!("DELETE FROM untold_change WHERE change = ?", change).execute(tx.conn()).await?;
    Ok(taken.rows_affected() == 1)
}
