//! Events of payment processors: rows of `dues_event`.

use crate::{StoreError, WriteTx};
use domain::{dues::Processor, time::Millis};
use sqlx::SqliteConnection;

/// Records an event; returns whether it is new. With a `resource`, it is looked up from `at` on.
pub async fn record(
    tx: &mut WriteTx,
    processor: Processor,
    event: &str,
    resource: Option<&str>,
    at: Millis,
) -> Result<bool, StoreError> {
    let next = resource.map(|_| at);
    let done = sqlx::query!(
        "INSERT INTO dues_event (processor, event, heard_at, resource, next_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        processor,
        event,
        at,
        resource,
        next,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// An event whose customer is not known yet.
#[derive(Debug, Clone)]
pub struct Open {
    pub event: String,
    /// As the processor addresses it: `payments/PM123`.
    pub resource: String,
}

/// Events of `processor` to look up at `now`, oldest first.
pub async fn open(
    conn: &mut SqliteConnection,
    processor: Processor,
    now: Millis,
) -> Result<Vec<Open>, StoreError> {
    let open = sqlx::query_as!(
        Open,
        r#"SELECT event, resource AS "resource!" FROM dues_event
            WHERE processor = ? AND next_at <= ? AND resource IS NOT NULL ORDER BY heard_at, event LIMIT 200"#,
        processor,
        now,
    );
    Ok(open.fetch_all(conn).await?)
}

/// The event cannot be looked up before `at`.
pub async fn put_off(tx: &mut WriteTx, processor: Processor, event: &str, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE dues_event SET next_at = ? WHERE processor = ? AND event = ?", at, processor, event)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The event was looked up: only its id remains.
pub async fn settle(tx: &mut WriteTx, processor: Processor, event: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE dues_event SET resource = NULL, next_at = NULL WHERE processor = ? AND event = ?",
        processor,
        event,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes settled events from before `before`.
pub async fn forget(tx: &mut WriteTx, before: Millis) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM dues_event WHERE heard_at < ? AND next_at IS NULL", before)
        .execute(tx.conn())
        .await?;
    Ok(())
}
