//! Remarks: free text by people, which can be deleted without touching the rows that refer to it.
//!
//! The id of a deleted remark is not reused, because a record may still refer to it (`remark_number`; sessions have
//! `use_number`). That holds within one database file: a restored backup continues from its own ids.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, PersonId, RemarkId},
    time::Millis,
};

use crate::{StoreError, WriteTx};

/// Adds a text; `about` is the person it mentions, so that it is erased with them.
pub async fn write(
    tx: &mut WriteTx,
    about: Option<PersonId>,
    by: Option<AliasId>,
    body: &str,
    at: Millis,
) -> Result<RemarkId, StoreError> {
    let made = sqlx::query!(
        // Never the id of a deleted one, which the ledger still refers to. A file from a backup has the ids of that time, and
        // the ledger of that time.
        "INSERT INTO remark (id, about_person, by_alias, body, written_at)
         VALUES (1 + max(ifnull((SELECT max(id) FROM remark), 0), (SELECT last FROM remark_number)), ?, ?, ?, ?)",
        about,
        by,
        body,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(RemarkId(made.last_insert_rowid()))
}

/// Deletes a text to which nothing refers any more.
pub async fn forget(tx: &mut WriteTx, remark: RemarkId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM remark WHERE id = ?", remark).execute(tx.conn()).await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "remark",
    &["about_person", "by_alias", "body"],
    Erasing::Deleted,
    "SELECT json_object('words', body, 'written@', written_at) FROM remark WHERE about_person = ?1",
)];
