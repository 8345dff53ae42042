//! Personal tokens: rows of `api_token`, found by the token's hash.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{PersonId, TokenId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, qualifications};

#[derive(Debug, Clone)]
pub struct NewToken {
    pub hash: [u8; 32],
    pub person: PersonId,
    pub name: String,
    /// Its scopes, as codes.
    pub scopes: String,
    pub created: Millis,
    /// Expiry, exclusive.
    pub expires: Option<Millis>,
    /// When a second factor was confirmed in the session that created it.
    pub second_factor: Option<Millis>,
}

pub async fn add(tx: &mut WriteTx, new: &NewToken) -> Result<TokenId, StoreError> {
    let hash = new.hash.as_slice();
    let made = sqlx::query!(
        "INSERT INTO api_token (hash, person_id, name, scopes, created_at, expires_at, second_factor_at)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        hash,
        new.person,
        new.name,
        new.scopes,
        new.created,
        new.expires,
        new.second_factor,
    )
    .execute(tx.conn())
    .await?;
    Ok(TokenId(made.last_insert_rowid()))
}

/// A token with everything that decides whether and for whom it is valid.
#[derive(Debug, Clone)]
pub struct Found {
    pub id: TokenId,
    pub person: PersonId,
    /// Its scopes, as codes.
    pub scopes: String,
    /// Last recorded use.
    pub seen: Option<Millis>,
    /// When a second factor was confirmed in the session that created it.
    pub second_factor: Option<Millis>,
    /// Status of its owner.
    pub status: PersonStatus,
    /// Their name; empty once erased.
    pub name: String,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    pub has_authenticator: bool,
    pub has_passkey: bool,
    pub ledger: Ledger,
}

/// The token with this hash, if it is valid at `at`. One statement, because every request runs it.
pub async fn find(conn: &mut SqliteConnection, hash: &[u8; 32], at: Millis) -> Result<Option<Found>, StoreError> {
    let hash = hash.as_slice();
    let row = sqlx::query!(
        r#"SELECT t.id AS "id: TokenId", t.person_id AS "person: PersonId", scopes, seen_at AS "seen: Millis",
                  second_factor_at AS "second_factor: Millis", status AS "status: PersonStatus",
                  profile.name AS "name?", language AS "language?",
                  EXISTS (SELECT 1 FROM account WHERE account.person_id = t.person_id
                             AND totp_confirmed_at IS NOT NULL) AS "has_authenticator!: bool",
                  EXISTS (SELECT 1 FROM passkey WHERE passkey.person_id = t.person_id) AS "has_passkey!: bool",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification WHERE qualification.person_id = t.person_id) AS "ledger!: String"
             FROM api_token t JOIN person ON person.id = t.person_id
             LEFT JOIN profile ON profile.person_id = t.person_id
            WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)"#,
        hash,
        at,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        id: row.id,
        person: row.person,
        scopes: row.scopes,
        seen: row.seen,
        second_factor: row.second_factor,
        status: row.status,
        name: row.name.unwrap_or_default(),
        language: row.language,
        has_authenticator: row.has_authenticator,
        has_passkey: row.has_passkey,
        ledger: qualifications::of_list(&row.ledger)?,
    }))
}

/// An entry of a person's list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: TokenId,
    pub name: String,
    /// Its scopes, as codes.
    pub scopes: String,
    pub created: Millis,
    /// Expiry, exclusive.
    pub expires: Option<Millis>,
    /// Last recorded use.
    pub seen: Option<Millis>,
}

/// The valid tokens of `person` at `at`, newest first.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    at: Millis,
) -> Result<Vec<Listed>, StoreError> {
    let list = sqlx::query_as!(
        Listed,
        r#"SELECT id AS "id: TokenId", name, scopes, created_at AS "created: Millis",
                  expires_at AS "expires: Millis", seen_at AS "seen: Millis"
             FROM api_token WHERE person_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY id DESC"#,
        person,
        at,
    );
    Ok(list.fetch_all(conn).await?)
}

/// Notes that a token was used at `at`.
pub async fn seen(tx: &mut WriteTx, id: TokenId, at: Millis) -> Result<(), StoreError> {
    let noted =
        sqlx::query!("UPDATE api_token SET seen_at = ? WHERE id = ? AND ifnull(seen_at, 0) < ?", at, id, at);
    noted.execute(tx.conn()).await?;
    Ok(())
}

/// Revokes a token of `person`. `false` if they have no such token.
pub async fn end(tx: &mut WriteTx, person: PersonId, id: TokenId) -> Result<bool, StoreError> {
    let ended = sqlx::query!("DELETE FROM api_token WHERE id = ? AND person_id = ?", id, person);
    Ok(ended.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Revokes the tokens of `person`; returns their number.
pub async fn end_all(tx: &mut WriteTx, person: PersonId) -> Result<u64, StoreError> {
    let ended = sqlx::query!("DELETE FROM api_token WHERE person_id = ?", person);
    Ok(ended.execute(tx.conn()).await?.rows_affected())
}

/// Deletes tokens that expired by `at`; returns their number.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM api_token WHERE expires_at <= ?", at);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "api_token",
    &["person_id", "name"],
    Erasing::Deleted,
    "SELECT json_object('name', name, 'scopes', scopes, 'made@', created_at, 'until@', expires_at, \
         'last_used@', seen_at) FROM api_token WHERE person_id = ?1",
)];
