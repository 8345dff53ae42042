//! Idempotent requests: rows of `repeated_request`, found by person and the hash of their key.

use crate::personal_data::{Erasing, Table};
use domain::{id::PersonId, time::Millis};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A stored request with an idempotency key.
#[derive(Debug, Clone)]
pub struct IdempotencyRow {
    /// The salt of its hash.
    pub salt: Vec<u8>,
    pub hash: Vec<u8>,
    /// The id of the created thing; `None` while unknown.
    pub made: Option<i64>,
    /// The state of that thing at the time.
    pub state: Option<String>,
}

/// The request that `person` made with this key since `since`.
pub async fn find(
    conn: &mut SqliteConnection,
    person: PersonId,
    key: &[u8; 32],
    since: Millis,
) -> Result<Option<IdempotencyRow>, StoreError> {
    let key = key.as_slice();
    let stored = sqlx::query_as!(
        IdempotencyRow,
        "SELECT salt, hash, made, state FROM repeated_request WHERE person_id = ? AND key_hash = ? AND begun_at > ?",
        person,
        key,
        since,
    );
    Ok(stored.fetch_optional(conn).await?)
}

/// Stores a request of `person` with this key, replacing an expired one.
pub async fn begin(
    tx: &mut WriteTx,
    person: PersonId,
    key: &[u8; 32],
    (salt, hash): (&[u8; 16], &[u8; 32]),
    at: Millis,
) -> Result<(), StoreError> {
    let (key, salt, hash) = (key.as_slice(), salt.as_slice(), hash.as_slice());
    sqlx::query!(
        "INSERT OR REPLACE INTO repeated_request (person_id, key_hash, salt, hash, begun_at) VALUES (?, ?, ?, ?, ?)",
        person,
        key,
        salt,
        hash,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores the result: the id of the created thing and its state.
pub async fn finish(
    tx: &mut WriteTx,
    person: PersonId,
    key: &[u8; 32],
    (made, state): (i64, Option<&str>),
) -> Result<(), StoreError> {
    let key = key.as_slice();
    let done = sqlx::query!(
        "UPDATE repeated_request SET made = ?, state = ? WHERE person_id = ? AND key_hash = ?",
        made,
        state,
        person,
        key
    );
    done.execute(tx.conn()).await?;
    Ok(())
}

/// Deletes a request without a result.
pub async fn forget(tx: &mut WriteTx, person: PersonId, key: &[u8; 32]) -> Result<(), StoreError> {
    let key = key.as_slice();
    let gone = sqlx::query!(
        "DELETE FROM repeated_request WHERE person_id = ? AND key_hash = ? AND made IS NULL",
        person,
        key
    );
    gone.execute(tx.conn()).await?;
    Ok(())
}

/// Deletes requests begun by `until`; returns their number.
pub async fn forget_old(tx: &mut WriteTx, until: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM repeated_request WHERE begun_at <= ?", until);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("repeated_request", &["person_id"], Erasing::Deleted)];
