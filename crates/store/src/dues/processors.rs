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
}

/// The processors that were ever asked or sent an event.
pub async fn states(conn: &mut SqliteConnection) -> Result<Vec<State>, StoreError> {
    let states = sqlx::query_as!(
        State,
        r#"SELECT processor AS "processor!: Processor", heard_at AS "heard?: Millis", answered_at AS "answered?: Millis",
                  tried_at AS "tried?: Millis", failing_since AS "failing_since?: Millis", trouble AS "trouble?: Trouble",
                  compared_at AS "compared?: Millis"
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
}

/// Replaces the differences to `processor` by those of a comparison at `at`. A difference that was there before keeps its time.
pub async fn compared(
    tx: &mut WriteTx,
    processor: Processor,
    found: &[NewDifference],
    at: Millis,
) -> Result<(), StoreError> {
    let known = found.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>();
    let known = serde_json::to_string(&known).unwrap_or_default();
    sqlx::query!(
        "DELETE FROM dues_difference WHERE processor = ? AND reference NOT IN (SELECT value FROM json_each(?))",
        processor,
        known,
    )
    .execute(tx.conn())
    .await?;
    for difference in found {
        put(tx, difference, at).await?;
    }
    sqlx::query!(
        "INSERT INTO dues_processor (processor, compared_at) VALUES (?1, ?2) ON CONFLICT (processor) DO UPDATE SET compared_at = ?2",
        processor,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Stores one difference.
pub async fn put(tx: &mut WriteTx, difference: &NewDifference, at: Millis) -> Result<(), StoreError> {
    let (processor, text) = (difference.reference.processor(), difference.reference.as_str());
    sqlx::query!(
        "INSERT INTO dues_difference (processor, reference, person_id, here, there, found_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (processor, reference) DO UPDATE SET person_id = ?3, here = ?4, there = ?5",
        processor,
        text,
        difference.person,
        difference.here,
        difference.there,
        at,
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
}

/// The differences, oldest first.
pub async fn differences(conn: &mut SqliteConnection) -> Result<Vec<DifferenceRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT x.id AS "id!: DuesDifferenceId", x.reference, x.person_id AS "person?: PersonId", f.name AS "name?: String",
                  x.here AS "here?: DuesStatus", x.there AS "there?: DuesStatus", x.found_at AS "found!: Millis"
             FROM dues_difference x LEFT JOIN profile f ON f.person_id = x.person_id
            ORDER BY x.person_id IS NULL, x.found_at, x.id LIMIT 200"#
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
        })
    });
    Ok(rows.collect::<Result<_, sqlx::Error>>()?)
}

/// Removes the difference about this reference.
pub async fn settled(tx: &mut WriteTx, reference: &Reference) -> Result<(), StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    sqlx::query!("DELETE FROM dues_difference WHERE processor = ? AND reference = ?", processor, text)
        .execute(tx.conn())
        .await?;
    Ok(())
}
