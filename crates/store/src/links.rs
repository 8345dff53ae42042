//! Links that work once: rows of `link`, known by the hash of their token.

use domain::{accounts::Purpose, id::PersonId, time::Millis};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A link to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// The hash of its token.
    pub hash: [u8; 32],
    /// What for.
    pub purpose: Purpose,
    /// For whom; `None` for the first administrator.
    pub person: Option<PersonId>,
    /// From when.
    pub created: Millis,
    /// Until when, exclusive.
    pub expires: Millis,
}

/// Keeps a link.
pub async fn make(tx: &mut WriteTx, new: &NewLink) -> Result<(), StoreError> {
    let (hash, purpose) = (new.hash.as_slice(), new.purpose.word());
    sqlx::query!(
        "INSERT INTO link (hash, purpose, person_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        hash,
        purpose,
        new.person,
        new.created,
        new.expires,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A link that works.
#[derive(Debug, Clone)]
pub struct Link {
    /// What for.
    pub purpose: Purpose,
    /// For whom; `None` for the first administrator.
    pub person: Option<PersonId>,
    /// What they are called.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// The link whose token has this hash, if it works at `at`.
pub async fn find(conn: &mut SqliteConnection, hash: &[u8; 32], at: Millis) -> Result<Option<Link>, StoreError> {
    let hash = hash.as_slice();
    let found = sqlx::query_as!(
        Link,
        r#"SELECT purpose AS "purpose: Purpose", link.person_id AS "person: PersonId",
                  name AS "name?", email AS "email?"
             FROM link LEFT JOIN profile ON profile.person_id = link.person_id
            WHERE hash = ? AND expires_at > ?"#,
        hash,
        at,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Uses a link up, and every other one of the same person: whoever came in needs none of them. `false`: it is gone.
pub async fn take(tx: &mut WriteTx, hash: &[u8; 32], at: Millis) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let person = sqlx::query_scalar!(
        r#"DELETE FROM link WHERE hash = ? AND expires_at > ? RETURNING person_id AS "person: PersonId""#,
        hash,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(person) = person else { return Ok(false) };
    forget(tx, person).await?;
    Ok(true)
}

/// Ends every link of `person`; `None`: every link of the set-up.
pub async fn forget(tx: &mut WriteTx, person: Option<PersonId>) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM link WHERE person_id IS ?", person).execute(tx.conn()).await?;
    Ok(())
}

/// Forgets the links that ran out by `at`; how many there were.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM link WHERE expires_at <= ?", at);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}
