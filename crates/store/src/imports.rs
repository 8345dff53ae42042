//! Imports and exports of lists: many rows of people, cards and qualifications at a time.
//!
//! Invariant: a long list takes as many statements as a short one, because the writer has others to serve.

pub mod fabomatic;

use crate::personal_data::{Erasing, Table};
use domain::{
    cards::{CardState, CardUid},
    id::{AliasId, CardId, PersonId},
    imports::{Column, ExistingPerson, plan::ExistingRecords},
    people::PersonStatus,
    qualifications::{Cause, Relation, Subject},
    time::Millis,
};
use serde_json::json;
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, profiles, qualifications};

/// All people and card holders.
pub async fn known(conn: &mut SqliteConnection) -> Result<ExistingRecords, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", p.status AS "status!: PersonStatus", f.name AS "name?", f.email AS "email?",
                  f.phone AS "phone?", f.language AS "language?", f.external_key AS "key?",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String"
             FROM person p LEFT JOIN profile f ON f.person_id = p.id ORDER BY p.id"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let people = rows.into_iter().map(|row| {
        Ok(ExistingPerson {
            id: row.id,
            status: row.status,
            name: row.name,
            email: row.email,
            phone: row.phone,
            language: row.language,
            key: row.key,
            ledger: qualifications::of_list(&row.ledger)?,
        })
    });
    let people = people.collect::<Result<_, sqlx::Error>>()?;
    let cards = sqlx::query!(
        r#"SELECT uid AS "uid!: CardUid", person_id AS "person!: PersonId", state AS "state!: CardState"
             FROM card WHERE uid IS NOT NULL ORDER BY id"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let things = qualifications::equipment(conn, None).await?;
    let things = things.into_iter().filter(|thing| thing.built_in.is_none() && !thing.archived);
    Ok(ExistingRecords {
        people,
        cards: cards.into_iter().map(|row| (row.uid, row.person, row.state)).collect(),
        things: things.map(|thing| (thing.subject, thing.name)).collect(),
    })
}

#[derive(Debug, Clone)]
pub struct NewMember {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub language: Option<String>,
    pub key: Option<String>,
    /// When they became a member.
    pub since: Millis,
}

/// Adds members and returns their ids in the same order.
pub async fn add(tx: &mut WriteTx, new: &[NewMember]) -> Result<Vec<PersonId>, StoreError> {
    let first = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "first!: i64" FROM person"#)
        .fetch_one(tx.conn())
        .await?;
    let ids: Vec<_> = (first..).take(new.len()).map(PersonId).collect();
    let rows: Vec<_> = ids
        .iter()
        .zip(new)
        .map(|(id, one)| json!([id, one.since, one.name, one.email, one.phone, one.language, one.key]))
        .collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO person (id, status, created_at)
              SELECT value ->> 0, 'active', value ->> 1 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO profile (person_id, name, email, phone, language, external_key)
              SELECT value ->> 0, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    profiles::fold(tx.conn()).await?;
    Ok(ids)
}

/// A change of a person.
#[derive(Debug, Clone)]
pub struct Change {
    pub person: PersonId,
    pub column: Column,
    pub value: String,
}

/// Applies changes from lists.
pub async fn change(tx: &mut WriteTx, changes: &[Change]) -> Result<(), StoreError> {
    // An address or key may move from one person to another: all are cleared before any is set.
    let rows: Vec<_> =
        changes.iter().map(|change| json!([change.person, change.column.as_str(), change.value])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "UPDATE profile SET email = NULL
          WHERE person_id IN (SELECT value ->> 0 FROM json_each(?) WHERE value ->> 1 = 'email')",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE profile
            SET name = coalesce(c.name, profile.name), email = coalesce(c.email, profile.email),
                phone = coalesce(c.phone, profile.phone), language = coalesce(c.language, profile.language),
                external_key = coalesce(c.key, profile.external_key), folded = NULL, version = version + 1
           FROM (SELECT value ->> 0 AS person,
                        max(iif(value ->> 1 = 'name', value ->> 2, NULL)) AS name,
                        max(iif(value ->> 1 = 'email', value ->> 2, NULL)) AS email,
                        max(iif(value ->> 1 = 'phone', value ->> 2, NULL)) AS phone,
                        max(iif(value ->> 1 = 'language', value ->> 2, NULL)) AS language,
                        max(iif(value ->> 1 = 'key', value ->> 2, NULL)) AS key
                   FROM json_each(?) GROUP BY value ->> 0) c
          WHERE profile.person_id = c.person",
        rows,
    )
    .execute(tx.conn())
    .await?;
    profiles::fold(tx.conn()).await
}

/// Assigns cards and returns their ids in the same order.
pub async fn give(tx: &mut WriteTx, cards: &[(PersonId, CardUid)], at: Millis) -> Result<Vec<CardId>, StoreError> {
    let first = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) + 1 AS "first!: i64" FROM card"#)
        .fetch_one(tx.conn())
        .await?;
    let ids: Vec<_> = (first..).take(cards.len()).map(CardId).collect();
    let rows: Vec<_> =
        ids.iter().zip(cards).map(|(id, (person, uid))| json!([id, person, uid.as_str()])).collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO card (id, person_id, uid, state, given_at)
              SELECT value ->> 0, value ->> 1, value ->> 2, 'active', ?2 FROM json_each(?1)",
        rows,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(ids)
}

/// Retires the cards in use with these numbers, and returns them with the people who held them.
pub async fn retire(tx: &mut WriteTx, uids: &[&CardUid]) -> Result<Vec<(CardId, PersonId)>, StoreError> {
    let uids: Vec<_> = uids.iter().map(|uid| uid.as_str()).collect();
    let uids = json!(uids).to_string();
    let rows = sqlx::query!(
        r#"UPDATE card SET state = 'retired'
            WHERE state IN ('active', 'lost') AND uid IN (SELECT value FROM json_each(?))
           RETURNING id AS "id!: CardId", person_id AS "person!: PersonId""#,
        uids,
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.person)).collect())
}

#[derive(Debug, Clone, Copy)]
pub struct Grant {
    pub person: PersonId,
    pub subject: Subject,
    pub relation: Relation,
    pub from: Millis,
    /// Its end, exclusive.
    pub until: Option<Millis>,
    /// Their trainer, if not the one who imports.
    pub trainer: Option<AliasId>,
}

pub async fn grant(tx: &mut WriteTx, grants: &[Grant], by: Option<AliasId>, at: Millis) -> Result<(), StoreError> {
    let rows: Vec<_> = grants
        .iter()
        .map(|grant| {
            let (kind, machine) = grant.subject.sides();
            json!([grant.person, kind, machine, grant.relation.as_str(), grant.from, grant.until, grant.trainer])
        })
        .collect();
    let (rows, cause) = (json!(rows).to_string(), Cause::Import);
    sqlx::query!(
        "INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, until, cause,
                                    by_alias, recorded_at)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, 'granted', value ->> 4, value ->> 5, ?2,
                     coalesce(value ->> 6, ?3), ?4
                FROM json_each(?1)",
        rows,
        cause,
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Two ids: an erased person does not return with a foreign file.
    Table::left("fabomatic_origin", &["ours"], Erasing::Stays),
];
