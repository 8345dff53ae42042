//! How payment processors do, and what the last comparison with them found: rows of `dues_processor` and `dues_difference`.

use super::reference;
use crate::{StoreError, WriteTx};
use domain::{
    dues::{DuesStatus, Processor, Reference, Trouble},
    id::{DuesDifferenceId, PersonId},
    live::ChangeEvent,
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet};

/// How a processor does.
#[derive(Debug, Clone, Copy)]
pub struct State {
    pub processor: Processor,
    /// Its last event.
    pub heard: Option<Millis>,
    /// Its last answer.
    pub answered: Option<Millis>,
    pub tried: Option<Millis>,
    /// Since when it has not answered.
    pub failing_since: Option<Millis>,
    pub trouble: Option<Trouble>,
    pub compared: Option<Millis>,
    /// Why the last comparison did not read the addresses of all customers, if it did not.
    pub unread: Option<Trouble>,
}

/// The processors that were ever asked or sent an event.
pub async fn states(conn: &mut SqliteConnection) -> Result<Vec<State>, StoreError> {
    let states = sqlx::query_as!(
        State,
        r#"SELECT processor AS "processor!: Processor", heard_at AS "heard?: Millis", answered_at AS "answered?: Millis",
                  tried_at AS "tried?: Millis", failing_since AS "failing_since?: Millis", trouble AS "trouble?: Trouble",
                  compared_at AS "compared?: Millis", unread AS "unread?: Trouble"
             FROM dues_processor ORDER BY processor"#
    );
    Ok(states.fetch_all(conn).await?)
}

/// It sent an event at `at`.
pub async fn heard(tx: &mut WriteTx, processor: Processor, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO dues_processor (processor, heard_at) VALUES (?1, ?2) ON CONFLICT (processor) DO UPDATE SET heard_at = ?2",
        processor,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether it does not answer.
async fn is_failing(tx: &mut WriteTx, processor: Processor) -> Result<bool, StoreError> {
    let is = sqlx::query_scalar!(
        r#"SELECT failing_since IS NOT NULL AS "is!: bool" FROM dues_processor WHERE processor = ?"#,
        processor,
    );
    Ok(is.fetch_optional(tx.conn()).await?.unwrap_or_default())
}

/// It answered at `at`.
pub async fn answered(tx: &mut WriteTx, processor: Processor, at: Millis) -> Result<(), StoreError> {
    if is_failing(tx, processor).await? {
        tx.after_commit(ChangeEvent::Connections);
    }
    sqlx::query!(
        "INSERT INTO dues_processor (processor, answered_at, tried_at) VALUES (?1, ?2, ?2)
         ON CONFLICT (processor) DO UPDATE SET answered_at = ?2, tried_at = ?2, failing_since = NULL, trouble = NULL",
        processor,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// It did not answer at `at`.
pub async fn failed(
    tx: &mut WriteTx,
    processor: Processor,
    trouble: Trouble,
    at: Millis,
) -> Result<(), StoreError> {
    if !is_failing(tx, processor).await? {
        tx.after_commit(ChangeEvent::Connections);
    }
    sqlx::query!(
        "INSERT INTO dues_processor (processor, tried_at, failing_since, trouble) VALUES (?1, ?3, ?3, ?2)
         ON CONFLICT (processor) DO UPDATE SET tried_at = ?3, failing_since = coalesce(failing_since, ?3), trouble = ?2",
        processor,
        trouble,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A difference to store.
#[derive(Debug, Clone)]
pub struct NewDifference {
    pub reference: Reference,
    /// `None`: nobody here has the reference.
    pub person: Option<PersonId>,
    pub here: Option<DuesStatus>,
    pub there: Option<DuesStatus>,
    /// Who has the customer's address, if nobody has the reference.
    pub matched: Option<PersonId>,
}

/// Replaces the differences to `processor` by those of a comparison at `at`, which may have left addresses `unread`. A difference that
/// was there before keeps its time. Those of people who were linked or unlinked since they were found are left out. One statement for
/// all of them, because a take-over finds thousands.
pub async fn compared(
    tx: &mut WriteTx,
    processor: Processor,
    (found, unread): (&[NewDifference], Option<Trouble>),
    at: Millis,
) -> Result<(), StoreError> {
    let rows = found.iter().map(|one| (one.reference.as_str(), one.person, one.here, one.there, one.matched));
    let rows = serde_json::to_string(&rows.collect::<Vec<_>>()).unwrap_or_default();
    sqlx::query!(
        "DELETE FROM dues_difference
          WHERE processor = ? AND reference NOT IN (SELECT value ->> 0 FROM json_each(?))",
        processor,
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO dues_difference (processor, reference, person_id, here, there, found_at, match_id)
              SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?3, value ->> 4 FROM json_each(?2)
               WHERE value ->> 1 IS (SELECT d.person_id FROM dues d WHERE d.processor = ?1 AND d.reference = value ->> 0)
         ON CONFLICT (processor, reference) DO UPDATE
             SET person_id = excluded.person_id, here = excluded.here, there = excluded.there, match_id = excluded.match_id,
                 is_stale = 0",
        processor,
        rows,
        at,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO dues_processor (processor, compared_at, unread) VALUES (?1, ?2, ?3)
         ON CONFLICT (processor) DO UPDATE SET compared_at = ?2, unread = ?3",
        processor,
        at,
        unread,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores one difference.
pub async fn put(tx: &mut WriteTx, difference: &NewDifference, at: Millis) -> Result<(), StoreError> {
    let (processor, text) = (difference.reference.processor(), difference.reference.as_str());
    sqlx::query!(
        "INSERT INTO dues_difference (processor, reference, person_id, here, there, found_at, match_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (processor, reference) DO UPDATE SET person_id = ?3, here = ?4, there = ?5, match_id = ?7, is_stale = 0",
        processor,
        text,
        difference.person,
        difference.here,
        difference.there,
        at,
        difference.matched,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A difference with the name of its person.
#[derive(Debug, Clone)]
pub struct DifferenceRow {
    pub id: DuesDifferenceId,
    pub reference: Reference,
    pub person: Option<PersonId>,
    pub name: Option<String>,
    pub here: Option<DuesStatus>,
    pub there: Option<DuesStatus>,
    pub found: Millis,
    /// Who has the customer's address, if nobody has the reference; nobody once that person's address changed.
    pub matched: Option<PersonId>,
    pub matched_name: Option<String>,
}

/// At most `most` differences: those of linked people first, then those with a match, each the oldest first.
pub async fn differences(conn: &mut SqliteConnection, most: u32) -> Result<Vec<DifferenceRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT x.id AS "id!: DuesDifferenceId", x.reference, x.person_id AS "person?: PersonId", f.name AS "name?: String",
                  x.here AS "here?: DuesStatus", x.there AS "there?: DuesStatus", x.found_at AS "found!: Millis",
                  m.person_id AS "matched?: PersonId", m.name AS "matched_name?: String"
             FROM dues_difference x LEFT JOIN profile f ON f.person_id = x.person_id
             LEFT JOIN profile m ON m.person_id = x.match_id AND x.is_stale = 0
            ORDER BY x.person_id IS NULL, m.person_id IS NULL, x.found_at, x.id LIMIT ?"#,
        most,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        Ok(DifferenceRow {
            id: row.id,
            reference: reference(&row.reference)?,
            person: row.person,
            name: row.name,
            here: row.here,
            there: row.there,
            found: row.found,
            matched: row.matched,
            matched_name: row.matched_name,
        })
    });
    Ok(rows.collect::<Result<_, sqlx::Error>>()?)
}

/// The linked customers who were not found at `processor`.
pub async fn missing(
    conn: &mut SqliteConnection,
    processor: Processor,
) -> Result<BTreeSet<Reference>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT reference AS "reference!: String" FROM dues_difference
            WHERE processor = ? AND person_id IS NOT NULL AND there IS NULL"#,
        processor,
    );
    let found = found.fetch_all(conn).await?;
    Ok(found.iter().map(|text| reference(text)).collect::<Result<_, _>>()?)
}

/// The active people without dues who have one of these e-mail addresses in lower case, by address.
pub async fn people_with(
    conn: &mut SqliteConnection,
    addresses: &[&str],
) -> Result<BTreeMap<String, PersonId>, StoreError> {
    let addresses = serde_json::to_string(addresses).unwrap_or_default();
    let rows = sqlx::query!(
        r#"SELECT f.email AS "email!: String", f.person_id AS "person!: PersonId"
             FROM profile f JOIN person p ON p.id = f.person_id
            WHERE f.email IN (SELECT value FROM json_each(?)) AND p.status = 'active'
              AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.person_id = f.person_id)"#,
        addresses,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.email, row.person)).collect())
}

/// How many differences there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DifferenceCounts {
    pub all: u32,
    /// People whom [`matches()`] finds.
    pub matches: u32,
    /// These, and those with an address that changed since or that several customers have, or while the key is of another account.
    pub matched: u32,
}

/// Counts the differences to all processors; `caller`, who does not link themselves, is no match.
pub async fn count(conn: &mut SqliteConnection, caller: Option<PersonId>) -> Result<DifferenceCounts, StoreError> {
    let counts = sqlx::query_as!(
        DifferenceCounts,
        r#"SELECT (SELECT count(*) FROM dues_difference) AS "all!: u32",
                  (SELECT count(*) FROM (
                       SELECT x.match_id FROM dues_difference x JOIN person p ON p.id = x.match_id
                        WHERE x.person_id IS NULL AND x.match_id IS NOT ?1 AND p.status = 'active'
                          AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.person_id = x.match_id)
                          AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.processor = x.processor AND d.reference = x.reference)
                          AND NOT EXISTS (SELECT 1 FROM dues_processor o
                                           WHERE o.processor = x.processor AND o.trouble = 'other-account')
                        GROUP BY x.match_id HAVING count(*) = 1 AND max(x.is_stale) = 0)) AS "matches!: u32",
                  (SELECT count(DISTINCT x.match_id) FROM dues_difference x JOIN person p ON p.id = x.match_id
                    WHERE x.person_id IS NULL AND x.match_id IS NOT ?1 AND p.status = 'active'
                      AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.person_id = x.match_id)
                      AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.processor = x.processor AND d.reference = x.reference)
                  ) AS "matched!: u32""#,
        caller,
    );
    Ok(counts.fetch_one(conn).await?)
}

/// At most `most` active people after `after` without dues whose address is still that of exactly one customer, with that customer's
/// reference. With the key of another account, earlier matches do not count.
pub async fn matches(
    conn: &mut SqliteConnection,
    after: PersonId,
    most: u32,
) -> Result<Vec<(PersonId, Reference)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT x.match_id AS "person!: PersonId", min(x.reference) AS "reference!: String"
             FROM dues_difference x JOIN person p ON p.id = x.match_id
            WHERE x.person_id IS NULL AND x.match_id > ? AND p.status = 'active'
              AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.person_id = x.match_id)
              AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.processor = x.processor AND d.reference = x.reference)
              AND NOT EXISTS (SELECT 1 FROM dues_processor o
                               WHERE o.processor = x.processor AND o.trouble = 'other-account')
            GROUP BY x.match_id HAVING count(*) = 1 AND max(x.is_stale) = 0 ORDER BY x.match_id LIMIT ?"#,
        after,
        most,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Ok((row.person, reference(&row.reference)?)));
    Ok(rows.collect::<Result<_, sqlx::Error>>()?)
}

/// Whether `person` was found to have the address of the customer, and has it still.
pub async fn is_match(
    conn: &mut SqliteConnection,
    person: PersonId,
    reference: &Reference,
) -> Result<bool, StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    let is = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM dues_difference
                           WHERE processor = ? AND reference = ? AND match_id = ? AND is_stale = 0) AS "is!: bool""#,
        processor,
        text,
        person,
    );
    Ok(is.fetch_one(conn).await?)
}

/// Removes the difference about this reference.
pub async fn settled(tx: &mut WriteTx, reference: &Reference) -> Result<(), StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    sqlx::query!("DELETE FROM dues_difference WHERE processor = ? AND reference = ?", processor, text)
        .execute(tx.conn())
        .await?;
    Ok(())
}
