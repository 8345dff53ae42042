//! Tests of the fallback: rows of `actuator_test`.

use domain::{
    actuators::TestOutcome,
    id::{ActuatorId, AliasId},
    leases::Tenths,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A test.
#[derive(Debug, Clone)]
pub struct TestRow {
    pub id: i64,
    pub actuator: ActuatorId,
    pub started: Millis,
    /// When the last lease ends.
    pub ends: Millis,
    /// Since when the device has reported that it is off, or not yet that it is on.
    pub off: Option<Millis>,
    pub warmest: Option<Tenths>,
    pub ended: Option<Millis>,
    pub outcome: Option<TestOutcome>,
    /// The name of the person who started it, while on record.
    pub by: Option<String>,
}

/// The tests that run.
pub async fn open_tests(conn: &mut SqliteConnection) -> Result<Vec<TestRow>, StoreError> {
    tests(conn, None).await
}

/// The test that runs of an actuator and its last one that ended, newest first.
pub async fn last_tests(conn: &mut SqliteConnection, actuator: ActuatorId) -> Result<Vec<TestRow>, StoreError> {
    tests(conn, Some(actuator)).await
}

async fn tests(conn: &mut SqliteConnection, actuator: Option<ActuatorId>) -> Result<Vec<TestRow>, StoreError> {
    let rows = sqlx::query_as!(
        TestRow,
        r#"SELECT t.id AS "id!", t.actuator_id AS "actuator!: ActuatorId", t.started_at AS "started!: Millis",
                  t.ends_at AS "ends!: Millis", t.off_at AS "off?: Millis", t.warmest AS "warmest?: Tenths",
                  t.ended_at AS "ended?: Millis", t.outcome AS "outcome?: TestOutcome", p.name AS "by?: String"
             FROM actuator_test t
             LEFT JOIN alias x ON x.id = t.by_alias
             LEFT JOIN profile p ON p.person_id = x.person_id
            WHERE (?1 IS NULL AND t.ended_at IS NULL) OR t.actuator_id = ?1
            ORDER BY t.id DESC LIMIT 200"#,
        actuator,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Starts a test. `off` is its beginning, unless the device reported that it is on.
pub async fn start_test(
    tx: &mut WriteTx,
    actuator: ActuatorId,
    by: Option<AliasId>,
    started: Millis,
    ends: Millis,
    off: Option<Millis>,
) -> Result<i64, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO actuator_test (actuator_id, by_alias, started_at, ends_at, off_at) VALUES (?, ?, ?, ?, ?)",
        actuator,
        by,
        started,
        ends,
        off,
    )
    .execute(tx.conn())
    .await?;
    Ok(made.last_insert_rowid())
}

/// Notes what the device reported during a running test.
pub async fn test_saw(
    tx: &mut WriteTx,
    actuator: ActuatorId,
    on: bool,
    read: Option<Tenths>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE actuator_test SET off_at = iif(?1, NULL, coalesce(off_at, ?2)), warmest = max(coalesce(warmest, ?3), coalesce(?3, warmest))
          WHERE actuator_id = ?4 AND ended_at IS NULL",
        on,
        at,
        read,
        actuator,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn end_test(tx: &mut WriteTx, test: i64, outcome: TestOutcome, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE actuator_test SET ended_at = ?, outcome = ? WHERE id = ? AND ended_at IS NULL",
        at,
        outcome,
        test
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes tests that ended before `limit`, at most `most`, but not the last one of an actuator; returns their number.
pub async fn forget_tests(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM actuator_test
          WHERE id IN (SELECT id FROM actuator_test
                        WHERE ended_at < ?1
                          AND id NOT IN (SELECT max(id) FROM actuator_test WHERE ended_at IS NOT NULL GROUP BY actuator_id)
                        LIMIT ?2)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}
