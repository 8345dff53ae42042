//! People: rows of `person`, `profile` and `alias`.

use domain::{
    id::{AliasId, PersonId},
    people::PersonStatus,
    time::{Millis, Moment},
};

use crate::{StoreError, WriteTx};

/// Somebody new.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Where they stand.
    pub status: PersonStatus,
    /// What they are called; 1 to 200 characters.
    pub name: String,
    /// Their address, in lower case, if known.
    pub email: Option<String>,
    /// Since when they are known.
    pub created_at: Millis,
}

/// Adds somebody.
///
/// Fails with [`StoreError::Taken`] when the address belongs to somebody else.
pub async fn add(tx: &mut WriteTx, new: &NewPerson) -> Result<PersonId, StoreError> {
    let made = sqlx::query!("INSERT INTO person (status, created_at) VALUES (?, ?)", new.status, new.created_at)
        .execute(tx.conn())
        .await?;
    let id = PersonId(made.last_insert_rowid());
    sqlx::query!("INSERT INTO profile (person_id, name, email) VALUES (?, ?, ?)", id, new.name, new.email)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

/// The alias under which what `person` does at `at` is recorded; makes it when it is the first of the month.
pub async fn alias(tx: &mut WriteTx, person: PersonId, at: Millis) -> Result<AliasId, StoreError> {
    let month = month(at);
    let known = sqlx::query_scalar!(
        r#"SELECT id AS "id: AliasId" FROM alias WHERE person_id = ? AND month = ?"#,
        person,
        month
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let made = sqlx::query!("INSERT INTO alias (person_id, month) VALUES (?, ?)", person, month)
        .execute(tx.conn())
        .await?;
    Ok(AliasId(made.last_insert_rowid()))
}

/// `202611`, in UTC: the month only has to be the same for everybody.
pub(crate) fn month(at: Millis) -> i64 {
    let date = Moment { at, offset: 0 }.wall().date;
    i64::from(date.year) * 100 + i64::from(date.month)
}
