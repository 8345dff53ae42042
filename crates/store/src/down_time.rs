//! Detected down time: rows of `down_time`.

use domain::{
    down_time::{Cause, Gap},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Stored gaps: more than anybody looks through.
const ROWS: i64 = 500;

/// Adds a gap. A clock that was set back cancels the down time it passes again.
pub async fn add(tx: &mut WriteTx, gap: Gap) -> Result<(), StoreError> {
    let counts_to = if gap.cause == Cause::SetBack {
        sqlx::query!("UPDATE down_time SET counts_to = max(starts_at, min(counts_to, ?))", gap.starts)
            .execute(tx.conn())
            .await?;
        gap.starts
    } else {
        gap.ends
    };
    let cause = gap.cause.as_str();
    sqlx::query!(
        "INSERT INTO down_time (cause, starts_at, ends_at, counts_to) VALUES (?, ?, ?, ?)",
        cause,
        gap.starts,
        gap.ends,
        counts_to,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("DELETE FROM down_time WHERE id <= (SELECT max(id) FROM down_time) - ?", ROWS)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The gaps within `span` that count.
pub async fn counted(conn: &mut SqliteConnection, span: Span) -> Result<Vec<Gap>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT cause AS "cause!: String", starts_at AS "starts!: Millis", counts_to AS "ends!: Millis"
             FROM down_time WHERE starts_at < ? AND counts_to > ? AND starts_at < counts_to"#,
        span.ends,
        span.starts,
    )
    .fetch_all(conn)
    .await?;
    let gap = |cause: &str, starts, ends| Some(Gap { cause: Cause::parse(cause)?, starts, ends });
    Ok(rows.into_iter().filter_map(|row| gap(&row.cause, row.starts, row.ends)).collect())
}

/// The newest `limit` gaps, newest first.
pub async fn newest(conn: &mut SqliteConnection, limit: u32) -> Result<Vec<Gap>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT cause AS "cause!: String", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis"
             FROM down_time ORDER BY id DESC LIMIT ?"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let gap = |cause: &str, starts, ends| Some(Gap { cause: Cause::parse(cause)?, starts, ends });
    Ok(rows.into_iter().filter_map(|row| gap(&row.cause, row.starts, row.ends)).collect())
}
