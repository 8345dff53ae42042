//! Aliases: the rows by which append-only tables refer to people, one a person and month, until they are cut.

use domain::{
    actor::Proof,
    id::{AliasId, PersonId},
    time::{Millis, Moment},
};

use crate::{StoreError, WriteTx};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The alias under which actions of `person` at `at` are recorded; created on first use in a month.
pub async fn alias(tx: &mut WriteTx, person: PersonId, at: Millis) -> Result<AliasId, StoreError> {
    let month = month(at);
    // In one trip to the connection's thread, because nearly every change needs it.
    let alias = sqlx::query_scalar!(
        r#"INSERT INTO alias (person_id, month) VALUES (?, ?) ON CONFLICT (person_id, month) DO NOTHING;
           SELECT id AS "id!: AliasId" FROM alias WHERE person_id = ? AND month = ?"#,
        person,
        month,
        person,
        month,
    );
    Ok(alias.fetch_one(tx.conn()).await?)
}

/// The aliases of several people at `at`, in two statements.
pub async fn aliases(
    tx: &mut WriteTx,
    people: &BTreeSet<PersonId>,
    at: Millis,
) -> Result<BTreeMap<PersonId, AliasId>, StoreError> {
    let (month, people) = (month(at), json!(people).to_string());
    sqlx::query!(
        "INSERT INTO alias (person_id, month) SELECT value, ?2 FROM json_each(?1) WHERE true
             ON CONFLICT (person_id, month) DO NOTHING",
        people,
        month,
    )
    .execute(tx.conn())
    .await?;
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: AliasId", person_id AS "person!: PersonId" FROM alias
            WHERE month = ? AND person_id IN (SELECT value FROM json_each(?))"#,
        month,
        people,
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.person, row.id)).collect())
}

/// The alias of the person behind `proof`; none for a board, an anonymous visitor or Toolgate itself.
pub async fn alias_of(tx: &mut WriteTx, proof: &Proof, at: Millis) -> Result<Option<AliasId>, StoreError> {
    match proof.by() {
        Some(person) => alias(tx, person, at).await.map(Some),
        None => Ok(None),
    }
}

/// `202611`, in UTC: the month only has to be the same for everyone.
pub(crate) fn month(at: Millis) -> i64 {
    let date = Moment { at, offset: 0 }.wall().date;
    i64::from(date.year) * 100 + i64::from(date.month)
}
