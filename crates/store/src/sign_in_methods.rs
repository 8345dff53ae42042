//! The ways in of people, counted across the tables of passwords, passkeys, identities and the directory.
//!
//! Invariant: whether passwords are switched off is a setting, which the caller fills in. Not here: the rows
//! themselves.

use crate::StoreError;
use domain::{accounts::sign_in_methods::SignInMethods, id::PersonId};
use sqlx::SqliteConnection;

/// The ways in of `person`.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<SignInMethods, StoreError> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM account WHERE person_id = ?1 AND password IS NOT NULL) AS "password!: bool",
                  (SELECT count(*) FROM passkey WHERE person_id = ?1) AS "passkeys!: i64",
                  -- Accounts at identity providers that are on.
                  (SELECT count(*) FROM identity_link l JOIN identity_provider p ON p.id = l.provider_id
                    WHERE l.person_id = ?1 AND p.active = 1) AS "identities!: i64",
                  -- An entry of the directory, if it is on.
                  EXISTS (SELECT 1 FROM directory_person d JOIN user_directory u ON u.signs_in = 1
                           WHERE d.person_id = ?1) AS "directory!: bool""#,
        person,
    );
    let row = row.fetch_one(conn).await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(SignInMethods {
        password: row.password,
        passwords_off: false,
        passkeys: count(row.passkeys),
        identities: count(row.identities),
        directory: row.directory,
    })
}

/// The number of active people who have a password.
pub async fn with_password(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) AS "people!: i64" FROM person p JOIN account a ON a.person_id = p.id
            WHERE p.status = 'active' AND a.password IS NOT NULL"#
    );
    Ok(u32::try_from(found.fetch_one(conn).await?).unwrap_or(u32::MAX))
}

/// The number of active people who have a password and no other way in.
pub async fn with_password_only(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) AS "people!: i64" FROM person p JOIN account a ON a.person_id = p.id
            WHERE p.status = 'active' AND a.password IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM passkey WHERE passkey.person_id = p.id)
              -- No account at an identity provider that is on.
              AND NOT EXISTS (SELECT 1 FROM identity_link l JOIN identity_provider i ON i.id = l.provider_id
                               WHERE l.person_id = p.id AND i.active = 1)
              -- No entry of the directory.
              AND NOT EXISTS (SELECT 1 FROM directory_person d JOIN user_directory u ON u.signs_in = 1
                               WHERE d.person_id = p.id)"#
    );
    Ok(u32::try_from(found.fetch_one(conn).await?).unwrap_or(u32::MAX))
}
