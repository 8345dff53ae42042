//! Accounts: rows of `account` and `recovery_code`. Secrets are stored as hashes, except the shared secret of an
//! authenticator, which must be readable to check codes.

use crate::personal_data::{Erasing, Table};
use domain::{id::PersonId, people::PersonStatus, time::Millis};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// What a sign-in is checked against.
#[derive(Clone)]
pub struct Credentials {
    pub person: PersonId,
    pub status: PersonStatus,
    /// The hash of their password, if they have one.
    pub password: Option<String>,
    pub second_factor: bool,
}

/// The credentials of the account with the address `email`, in lower case.
pub async fn credentials(conn: &mut SqliteConnection, email: &str) -> Result<Option<Credentials>, StoreError> {
    let found = sqlx::query_as!(
        Credentials,
        r#"SELECT person.id AS "person: PersonId", status AS "status: PersonStatus", password,
                  totp_confirmed_at IS NOT NULL AS "second_factor!: bool"
             FROM profile JOIN person ON person.id = profile.person_id
             LEFT JOIN account ON account.person_id = person.id
            WHERE email = ?"#,
        email,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// One person with their account.
#[derive(Clone)]
pub struct Holder {
    pub status: PersonStatus,
    /// Their name; `None` once their profile is erased.
    pub name: Option<String>,
    pub email: Option<String>,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    pub password: Option<String>,
    pub password_set: Option<Millis>,
    /// When they set up a second factor.
    pub second_factor: Option<Millis>,
    /// Unused recovery codes.
    pub codes_left: i64,
    pub passkeys: i64,
}

/// The account of `person`; its fields may be empty.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<Holder>, StoreError> {
    let found = sqlx::query_as!(
        Holder,
        r#"SELECT status AS "status: PersonStatus", name AS "name?", email AS "email?", language AS "language?",
                  password AS "password?", password_set_at AS "password_set: Millis",
                  totp_confirmed_at AS "second_factor: Millis",
                  (SELECT count(*) FROM recovery_code AS code
                    WHERE code.person_id = person.id AND used_at IS NULL) AS "codes_left!: i64",
                  (SELECT count(*) FROM passkey WHERE passkey.person_id = person.id) AS "passkeys!: i64"
             FROM person
             LEFT JOIN profile ON profile.person_id = person.id
             LEFT JOIN account ON account.person_id = person.id
            WHERE person.id = ?"#,
        person,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Sets the password hash of `person`.
pub async fn set_password(tx: &mut WriteTx, person: PersonId, hash: &str, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO account (person_id, password, password_set_at) VALUES (?, ?, ?)
             ON CONFLICT (person_id) DO UPDATE SET password = excluded.password,
                 password_set_at = excluded.password_set_at, version = version + 1",
        person,
        hash,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes the password of `person`. `false` if they have none.
pub async fn remove_password(tx: &mut WriteTx, person: PersonId) -> Result<bool, StoreError> {
    let removed = sqlx::query!(
        "UPDATE account SET password = NULL, password_set_at = NULL, version = version + 1
          WHERE person_id = ? AND password IS NOT NULL",
        person,
    );
    Ok(removed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Sets the language of `person`.
pub async fn set_language(tx: &mut WriteTx, person: PersonId, language: &str) -> Result<(), StoreError> {
    sqlx::query!("UPDATE profile SET language = ?, version = version + 1 WHERE person_id = ?", language, person)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An authenticator, confirmed or not.
#[derive(Clone)]
pub struct Totp {
    pub secret: Vec<u8>,
    /// When its first code was confirmed; `None` during set-up.
    pub confirmed: Option<Millis>,
}

/// The authenticator of `person`.
pub async fn totp(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<Totp>, StoreError> {
    let found = sqlx::query_as!(
        Totp,
        r#"SELECT totp_secret AS "secret!", totp_confirmed_at AS "confirmed: Millis"
             FROM account WHERE person_id = ? AND totp_secret IS NOT NULL"#,
        person,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Starts setting up an authenticator and replaces an unconfirmed one. `false` if a confirmed one exists.
pub async fn begin_totp(tx: &mut WriteTx, person: PersonId, secret: &[u8]) -> Result<bool, StoreError> {
    let begun = sqlx::query!(
        "INSERT INTO account (person_id, totp_secret) VALUES (?, ?)
             ON CONFLICT (person_id) DO UPDATE SET totp_secret = excluded.totp_secret, version = version + 1
                 WHERE totp_confirmed_at IS NULL",
        person,
        secret,
    );
    Ok(begun.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Confirms the authenticator of `person` with the code of `step`. `false` if it is confirmed already or gone.
pub async fn confirm_totp(
    tx: &mut WriteTx,
    person: PersonId,
    secret: &[u8],
    step: i64,
    at: Millis,
) -> Result<bool, StoreError> {
    let confirmed = sqlx::query!(
        "UPDATE account SET totp_confirmed_at = ?, totp_last_step = ?, version = version + 1
          WHERE person_id = ? AND totp_secret = ? AND totp_confirmed_at IS NULL",
        at,
        step,
        person,
        secret,
    );
    Ok(confirmed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Marks the code of `step` as used. `false` if it or a later one was used before.
pub async fn take_step(tx: &mut WriteTx, person: PersonId, step: i64) -> Result<bool, StoreError> {
    let taken = sqlx::query!(
        "UPDATE account SET totp_last_step = ?1
          WHERE person_id = ?2 AND totp_confirmed_at IS NOT NULL
            AND (ifnull(totp_last_step, 0) < ?1 OR totp_last_step > ?1 + 2)",
        step,
        person,
    );
    Ok(taken.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Removes the authenticator of `person` and its recovery codes. `false` if none was confirmed.
pub async fn remove_totp(tx: &mut WriteTx, person: PersonId) -> Result<bool, StoreError> {
    let removed = sqlx::query!(
        "UPDATE account SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL, version = version + 1
          WHERE person_id = ? AND totp_confirmed_at IS NOT NULL",
        person,
    );
    let removed = removed.execute(tx.conn()).await?.rows_affected() == 1;
    sqlx::query!("DELETE FROM recovery_code WHERE person_id = ?", person).execute(tx.conn()).await?;
    Ok(removed)
}

/// Replaces the recovery codes of `person`.
pub async fn set_recovery_codes(
    tx: &mut WriteTx,
    person: PersonId,
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM recovery_code WHERE person_id = ?", person).execute(tx.conn()).await?;
    for hash in hashes {
        let hash = hash.as_slice();
        sqlx::query!("INSERT INTO recovery_code (hash, person_id) VALUES (?, ?)", hash, person)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Uses up the recovery code with this hash. `false` if it is unknown, another person's or used.
pub async fn take_recovery_code(
    tx: &mut WriteTx,
    person: PersonId,
    hash: &[u8; 32],
    at: Millis,
) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let taken = sqlx::query!(
        "UPDATE recovery_code SET used_at = ? WHERE hash = ? AND person_id = ? AND used_at IS NULL",
        at,
        hash,
        person,
    );
    Ok(taken.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Active people who were ever made administrators. Their ledger decides whether they still are.
pub async fn perhaps_administrators(conn: &mut SqliteConnection) -> Result<Vec<PersonId>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT DISTINCT person.id AS "id: PersonId"
             FROM qualification JOIN person ON person.id = qualification.person_id
            WHERE type_id = 2 AND relation = 'owner' AND kind = 'granted' AND status = 'active'"#
    );
    Ok(found.fetch_all(conn).await?)
}

/// Active people, oldest first.
pub async fn active(conn: &mut SqliteConnection) -> Result<Vec<PersonId>, StoreError> {
    let found =
        sqlx::query_scalar!(r#"SELECT id AS "id: PersonId" FROM person WHERE status = 'active' ORDER BY id"#);
    Ok(found.fetch_all(conn).await?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "account",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('has_password?', password IS NOT NULL, 'password_set@', password_set_at, \
         'second_factor_since@', totp_confirmed_at, 'recovery_codes_left', (SELECT count(*) FROM recovery_code r \
         WHERE r.person_id = ?1 AND r.used_at IS NULL)) FROM account WHERE person_id = ?1",
    ),
    Table::left("recovery_code", &["person_id"], Erasing::Deleted),
];
