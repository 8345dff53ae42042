//! The beginning of the chain, after its oldest entries were removed.
//!
//! **Invariant.** The last removed link is stored in `audit_start`, where [`super::verify`] continues, and in an entry
//! of the chain itself: removing more, or writing another beginning, leaves no such entry. A trigger refuses any other
//! deletion.

use std::fmt::Write;

use domain::time::Millis;
use sqlx::SqliteConnection;

use super::Head;
use crate::{StoreError, WriteTx};

/// The action of the audit entry of a cut.
pub const ACTION: &str = "audit.cut";

/// The removed entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub entries: u64,
    /// The last of them.
    through: Head,
}

impl Cut {
    /// The detail of the audit entry, without which the chain does not hold.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        to_json(self.through)
    }
}

/// The last removed link, as the chain records it.
pub(super) fn to_json(through: Head) -> serde_json::Value {
    let hash = through.hash.iter().fold(String::with_capacity(64), |mut hash, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    serde_json::json!({ "through": through.seq, "hash": hash })
}

/// Removes entries made before `limit`, from the beginning and up to the first that was not, at most `most`. The job
/// must be recorded by an entry with [`ACTION`] and [`Cut::to_json`].
pub async fn cut(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<Option<Cut>, StoreError> {
    // By sequence, not by time: a clock that was wrong for an hour must not make a gap.
    let last = sqlx::query!(
        r#"SELECT seq AS "seq!", hash AS "hash!" FROM audit
            WHERE seq <= (SELECT seq FROM audit_start) + ?1
              AND seq < coalesce((SELECT seq FROM audit WHERE seq <= (SELECT seq FROM audit_start) + ?1 AND at >= ?2
                                   ORDER BY seq LIMIT 1), 9223372036854775807)
            ORDER BY seq DESC LIMIT 1"#,
        most,
        limit,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(last) = last else { return Ok(None) };
    let hash = last.hash.try_into().map_err(|_| sqlx::Error::Decode("an audit hash is not 32 bytes".into()))?;
    let through = Head { seq: last.seq, hash };
    let bytes = through.hash.as_slice();
    sqlx::query!("UPDATE audit_start SET seq = ?, hash = ?", through.seq, bytes).execute(tx.conn()).await?;
    let gone = sqlx::query!("DELETE FROM audit WHERE seq <= ?", through.seq).execute(tx.conn()).await?;
    Ok(Some(Cut { entries: gone.rows_affected(), through }))
}

/// The link from which the chain continues: the last removed one, or the one before the first.
pub(super) async fn start(conn: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'audit_start') AS "there!: bool""#
    );
    // Written by a version without cuts. Deleting the table deletes the beginning, and then no entry follows from it.
    if !there.fetch_one(&mut *conn).await? {
        return Ok(Head::GENESIS);
    }
    let row = sqlx::query!("SELECT seq, hash FROM audit_start").fetch_optional(conn).await?;
    Ok(match row.map(|row| (row.seq, row.hash.try_into())) {
        Some((seq, Ok(hash))) => Head { seq, hash },
        Some((_, Err(_))) | None => Head::GENESIS,
    })
}
