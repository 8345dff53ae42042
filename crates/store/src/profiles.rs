//! Names and contact details: rows of `profile`.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::PersonId,
    people::{PersonStatus, Profile, folded},
    time::Millis,
};
use serde_json::json;
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The person with the address `email`, in lower case, and their name.
pub async fn holder(conn: &mut SqliteConnection, email: &str) -> Result<Option<(PersonId, String)>, StoreError> {
    let found = sqlx::query!(r#"SELECT person_id AS "id!: PersonId", name FROM profile WHERE email = ?"#, email);
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.name)))
}

/// Replaces version `version` of a profile. `false` if there is another version by now, or it is gone.
///
/// Fails with [`StoreError::Unique`] if the address belongs to another person.
pub async fn set(
    tx: &mut WriteTx,
    person: PersonId,
    profile: &Profile,
    language: Option<&str>,
    version: i64,
) -> Result<bool, StoreError> {
    let folded = folded(&profile.name, profile.email.as_deref());
    let set = sqlx::query!(
        "UPDATE profile SET name = ?, email = ?, phone = ?, language = ?, folded = ?, version = version + 1
          WHERE person_id = ? AND version = ?",
        profile.name,
        profile.email,
        profile.phone,
        language,
        folded,
        person,
        version,
    );
    Ok(set.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Adds a person with `status`.
///
/// Fails with [`StoreError::Unique`] if the address belongs to another person.
pub async fn add(
    tx: &mut WriteTx,
    status: PersonStatus,
    profile: &Profile,
    at: Millis,
) -> Result<PersonId, StoreError> {
    let made = sqlx::query!("INSERT INTO person (status, created_at) VALUES (?, ?)", status, at);
    let id = PersonId(made.execute(tx.conn()).await?.last_insert_rowid());
    let folded = folded(&profile.name, profile.email.as_deref());
    sqlx::query!(
        "INSERT INTO profile (person_id, name, email, phone, folded) VALUES (?, ?, ?, ?, ?)",
        id,
        profile.name,
        profile.email,
        profile.phone,
        folded,
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// The search text of a person: a line for the name and one for the address.
pub(crate) fn folded(name: &str, email: Option<&str>) -> String {
    // A name has no line break, so the first one separates the two.
    format!("{}\n{}", folded::folded(name).replace('\n', " "), folded::folded(email.unwrap_or_default()))
}

/// Adds missing search texts: of imported people, and of rows older than the search.
pub(crate) async fn fold(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let plain =
        sqlx::query!(r#"SELECT person_id AS "person!: PersonId", name, email FROM profile WHERE folded IS NULL"#);
    let plain = plain.fetch_all(&mut *conn).await?;
    if plain.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> =
        plain.iter().map(|row| json!([row.person, folded(&row.name, row.email.as_deref())])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "UPDATE profile SET folded = r.value ->> 1 FROM json_each(?) r WHERE profile.person_id = r.value ->> 0",
        rows,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "person",
        &["id"],
        Erasing::Stays,
        "SELECT json_object('id', id, 'status', status, 'since@', created_at, 'left@', left_at, 'erased@', \
         erased_at) FROM person WHERE id = ?1",
    ),
    Table::taken(
        "profile",
        &["person_id", "name", "email", "phone", "external_key", "folded"],
        Erasing::Deleted,
        "SELECT json_object('name', name, 'email', email, 'phone', phone, 'language', language, 'key', \
         external_key) FROM profile WHERE person_id = ?1",
    ),
    // Only links a month of history to an erased person.
    Table::left("alias", &["person_id"], Erasing::Stays),
];
