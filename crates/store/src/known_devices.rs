//! Devices that signed in to an account: rows of `known_device`, found by the hash of their cookie.
//!
//! A password reset deletes them all.

use crate::personal_data::{Erasing, Table};
use domain::{id::PersonId, time::Millis};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The newest devices stored per person.
const MOST: i64 = 20;

/// Whether a device has signed in to the account of `person`.
pub async fn is_known(conn: &mut SqliteConnection, person: PersonId, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM known_device WHERE person_id = ? AND hash = ?) AS "known!: bool""#,
        person,
        hash,
    );
    Ok(known.fetch_one(conn).await?)
}

/// Whether a device has signed in to the account with the address `email`.
pub async fn is_known_by_email(
    conn: &mut SqliteConnection,
    email: &str,
    hash: &[u8; 32],
) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM known_device d JOIN profile p ON p.person_id = d.person_id
                           WHERE p.email = ? AND d.hash = ?) AS "known!: bool""#,
        email,
        hash,
    );
    Ok(known.fetch_one(conn).await?)
}

/// Stores that a device signed in to the account of `person`.
pub async fn remember(tx: &mut WriteTx, person: PersonId, hash: &[u8; 32], at: Millis) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    sqlx::query!(
        "INSERT INTO known_device (person_id, hash, seen_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (person_id, hash) DO UPDATE SET seen_at = ?3",
        person,
        hash,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "DELETE FROM known_device WHERE person_id = ?1 AND hash NOT IN (
            SELECT hash FROM known_device WHERE person_id = ?1 ORDER BY seen_at DESC LIMIT ?2)",
        person,
        MOST,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes all devices of `person`: one of them may be an attacker's who knew the password.
pub async fn forget_all(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM known_device WHERE person_id = ?", person).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes devices that have not signed in since `limit`, because browsers dropped their cookie too. Returns their
/// number.
pub async fn forget(tx: &mut WriteTx, limit: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM known_device WHERE seen_at <= ?", limit);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("known_device", &["person_id"], Erasing::Deleted)];
