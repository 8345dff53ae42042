//! People on their way in by a provider: rows of `provider_arrival`, until they have proved who they are here or have asked to join.
//!
//! Invariant: tokens are stored as hashes. Not here: those who are still at the provider, of whom nothing is stored.

use crate::{StoreError, WriteTx};
use domain::{
    id::{IdentityProviderId, PersonId},
    identity_providers::Refusal,
    time::Millis,
};
use sqlx::SqliteConnection;

/// A person for whom a provider vouches. It has no `Debug`: it holds personal data and a token.
#[derive(Clone)]
pub struct ArrivalRow {
    pub provider: IdentityProviderId,
    pub subject: String,
    pub name: Option<String>,
    /// Only if the provider has verified it; in lower case.
    pub email: Option<String>,
    /// All their groups there; `None` if the provider does not say, or not all of them.
    pub groups: Option<Vec<String>>,
    /// A second factor was shown there that counts here.
    pub second_factor: bool,
    pub id_token: String,
    /// Why they may not go on.
    pub refusal: Option<Refusal>,
    /// The person here with their address.
    pub person: Option<PersonId>,
    /// The page to open then.
    pub destination: String,
    pub expires: Millis,
}

/// Stores an arrival under the hash of its token.
pub async fn arrive(tx: &mut WriteTx, hash: &[u8; 32], new: &ArrivalRow) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    let groups = new.groups.as_ref().and_then(|groups| serde_json::to_string(groups).ok());
    let refusal = new.refusal.map(Refusal::as_str);
    sqlx::query!(
        "INSERT INTO provider_arrival (hash, provider_id, subject, name, email, groups, second_factor, id_token, refusal,
                                       person_id, destination, expires_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        hash,
        new.provider,
        new.subject,
        new.name,
        new.email,
        groups,
        new.second_factor,
        new.id_token,
        refusal,
        new.person,
        new.destination,
        new.expires,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The arrival with this token, if it is valid at `at`.
pub async fn arrival(
    conn: &mut SqliteConnection,
    hash: &[u8; 32],
    at: Millis,
) -> Result<Option<ArrivalRow>, StoreError> {
    let hash = hash.as_slice();
    let row = sqlx::query!(
        r#"SELECT provider_id AS "provider!: IdentityProviderId", subject, name, email, groups,
                  second_factor AS "second_factor: bool", id_token, refusal, person_id AS "person?: PersonId", destination,
                  expires_at AS "expires!: Millis"
             FROM provider_arrival WHERE hash = ? AND expires_at > ?"#,
        hash,
        at,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| ArrivalRow {
        provider: row.provider,
        subject: row.subject,
        name: row.name,
        email: row.email,
        groups: row.groups.and_then(|groups| serde_json::from_str(&groups).ok()),
        second_factor: row.second_factor,
        id_token: row.id_token,
        refusal: row.refusal.as_deref().and_then(Refusal::parse),
        person: row.person,
        destination: row.destination,
        expires: row.expires,
    }))
}

/// Deletes an arrival: they are in, or have signed out there. `false` if it was gone.
pub async fn depart(tx: &mut WriteTx, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let gone = sqlx::query!("DELETE FROM provider_arrival WHERE hash = ?", hash);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Deletes what expired by `at`; returns how many.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let arrived =
        sqlx::query!("DELETE FROM provider_arrival WHERE expires_at <= ?", at).execute(tx.conn()).await?;
    Ok(arrived.rows_affected())
}
