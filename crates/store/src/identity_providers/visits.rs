//! People on their way in by a provider: rows of `provider_arrival`, until they have proved who they are here, or have joined or asked
//! to.
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
    /// The address that the provider states and has not verified.
    pub claimed: Option<String>,
    /// The address to which a code was mailed that proves it.
    pub code_to: Option<String>,
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

/// A mailed code that waits to be entered: its hash, the address that it went to, and the tries so far.
pub struct PendingCode {
    pub code: Vec<u8>,
    pub address: String,
    pub tries: i64,
}

/// Stores an arrival under the hash of its token.
pub async fn arrive(tx: &mut WriteTx, hash: &[u8; 32], new: &ArrivalRow) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    let groups = new.groups.as_ref().and_then(|groups| serde_json::to_string(groups).ok());
    let refusal = new.refusal.map(Refusal::as_str);
    sqlx::query!(
        "INSERT INTO provider_arrival (hash, provider_id, subject, name, email, claimed, groups, second_factor, id_token, refusal,
                                       person_id, destination, expires_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        hash,
        new.provider,
        new.subject,
        new.name,
        new.email,
        new.claimed,
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
        r#"SELECT provider_id AS "provider!: IdentityProviderId", subject, name, email, claimed, code_to, groups,
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
        claimed: row.claimed,
        code_to: row.code_to,
        groups: row.groups.and_then(|groups| serde_json::from_str(&groups).ok()),
        second_factor: row.second_factor,
        id_token: row.id_token,
        refusal: row.refusal.as_deref().and_then(Refusal::parse),
        person: row.person,
        destination: row.destination,
        expires: row.expires,
    }))
}

/// Notes the hash of the code that is mailed to `address`, in place of one before, which is returned.
pub async fn note_code(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    code: &[u8; 32],
    address: &str,
) -> Result<Option<PendingCode>, StoreError> {
    let (hash, code) = (hash.as_slice(), code.as_slice());
    let before = sqlx::query_as!(
        PendingCode,
        r#"SELECT code AS "code!: Vec<u8>", code_to AS "address!: String", tries AS "tries!: i64"
             FROM provider_arrival WHERE hash = ? AND code IS NOT NULL"#,
        hash,
    );
    let before = before.fetch_optional(tx.conn()).await?;
    let noted = sqlx::query!(
        "UPDATE provider_arrival SET code = ?, code_to = ?, tries = 0 WHERE hash = ?",
        code,
        address,
        hash,
    );
    noted.execute(tx.conn()).await?;
    Ok(before)
}

/// Puts back the code before `unsent`, the hash of one that was not mailed, or none. Nothing changes if `unsent` is no longer the one
/// noted.
pub async fn restore_code(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    unsent: &[u8; 32],
    before: Option<PendingCode>,
) -> Result<(), StoreError> {
    let (hash, unsent) = (hash.as_slice(), unsent.as_slice());
    let (code, address, tries) =
        before.map_or((None, None, 0), |before| (Some(before.code), Some(before.address), before.tries));
    let restored = sqlx::query!(
        "UPDATE provider_arrival SET code = ?, code_to = ?, tries = ? WHERE hash = ? AND code = ?",
        code,
        address,
        tries,
        hash,
        unsent,
    );
    restored.execute(tx.conn()).await?;
    Ok(())
}

/// Counts a try of the code of an arrival. The hash of the code and the address it went to; `None` without a code, or after `most`
/// tries.
pub async fn try_code(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    most: u32,
) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    let hash = hash.as_slice();
    let row = sqlx::query!(
        r#"UPDATE provider_arrival SET tries = tries + 1 WHERE hash = ? AND tries < ? AND code IS NOT NULL
           RETURNING code AS "code!: Vec<u8>", code_to AS "address!: String""#,
        hash,
        most,
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.code, row.address)))
}

/// Notes that `address` is proven, the person here who has it, and why they may not go on. The code is used up.
pub async fn prove_address(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    address: &str,
    person: Option<PersonId>,
    refusal: Option<Refusal>,
) -> Result<(), StoreError> {
    let (hash, refusal) = (hash.as_slice(), refusal.map(Refusal::as_str));
    let proved = sqlx::query!(
        "UPDATE provider_arrival SET email = ?, person_id = ?, refusal = ?, code = NULL, code_to = NULL WHERE hash = ?",
        address,
        person,
        refusal,
        hash,
    );
    proved.execute(tx.conn()).await?;
    Ok(())
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
