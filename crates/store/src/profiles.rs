//! What people are called and how they are reached: rows of `profile`.

use domain::{
    id::PersonId,
    people::{PersonStatus, Profile},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Whose address `email` is, in lower case, and what they are called.
pub async fn holder(conn: &mut SqliteConnection, email: &str) -> Result<Option<(PersonId, String)>, StoreError> {
    let found = sqlx::query!(r#"SELECT person_id AS "id!: PersonId", name FROM profile WHERE email = ?"#, email);
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.name)))
}

/// Puts `profile` in the place of version `version` of what is there. `false`: it is another version by now, or gone.
///
/// Fails with [`StoreError::Taken`] when the address belongs to somebody else.
pub async fn set(
    tx: &mut WriteTx,
    person: PersonId,
    profile: &Profile,
    language: Option<&str>,
    version: i64,
) -> Result<bool, StoreError> {
    let set = sqlx::query!(
        "UPDATE profile SET name = ?, email = ?, phone = ?, language = ?, version = version + 1
          WHERE person_id = ? AND version = ?",
        profile.name,
        profile.email,
        profile.phone,
        language,
        person,
        version,
    );
    Ok(set.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Adds somebody who stands at `status`.
///
/// Fails with [`StoreError::Taken`] when the address belongs to somebody else.
pub async fn add(
    tx: &mut WriteTx,
    status: PersonStatus,
    profile: &Profile,
    at: Millis,
) -> Result<PersonId, StoreError> {
    let made = sqlx::query!("INSERT INTO person (status, created_at) VALUES (?, ?)", status, at);
    let id = PersonId(made.execute(tx.conn()).await?.last_insert_rowid());
    sqlx::query!(
        "INSERT INTO profile (person_id, name, email, phone) VALUES (?, ?, ?, ?)",
        id,
        profile.name,
        profile.email,
        profile.phone,
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}
