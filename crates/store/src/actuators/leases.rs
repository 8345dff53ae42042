//! The log of leases, and the last lease of each actuator.

use domain::{
    actuators::Why,
    id::{ActuatorId, AliasId, MachineId},
    leases::Tenths,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A lease to send, or a command that was refused.
#[derive(Debug, Clone)]
pub struct NewLease {
    pub actuator: ActuatorId,
    pub sent: Millis,
    pub ends: Millis,
    pub on: bool,
    pub target: Option<Tenths>,
    /// `None` when nothing wants it.
    pub why: Option<Why>,
    /// The machine whose use wants it.
    pub machine: Option<MachineId>,
    pub by: Option<AliasId>,
}

/// A lease of the log.
#[derive(Debug, Clone)]
pub struct LeaseRow {
    pub id: i64,
    pub sent: Millis,
    pub ends: Millis,
    pub on: bool,
    pub target: Option<Tenths>,
    pub why: Option<Why>,
    /// The name of the machine whose use wanted it.
    pub machine: Option<String>,
    /// The name of the person who wanted it, while on record.
    pub by: Option<String>,
    /// A list of [`domain::leases::RefusedCommand`] as JSON; empty if it was sent.
    pub refused: String,
    /// When the device first answered, and whether it was on.
    pub answered: Option<Millis>,
    pub answer: Option<bool>,
    /// When it reported after that to be off.
    pub off: Option<Millis>,
}

/// Writes a lease and makes it the last one of its actuator. Returns its number.
pub async fn send(tx: &mut WriteTx, new: &NewLease) -> Result<i64, StoreError> {
    let id = write(tx, new, "").await?;
    sqlx::query!(
        "UPDATE actuator SET lease_id = ?, lease_on = ?, lease_target = ?, lease_sent = ?, lease_ends = ?, is_idle = 0 WHERE id = ?",
        id,
        new.on,
        new.target,
        new.sent,
        new.ends,
        new.actuator,
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Writes a command that was not sent, with all reasons as JSON.
pub async fn refused(tx: &mut WriteTx, new: &NewLease, reasons: &str) -> Result<i64, StoreError> {
    let id = write(tx, new, reasons).await?;
    sqlx::query!("UPDATE actuator SET refused_at = ? WHERE id = ?", new.sent, new.actuator)
        .execute(tx.conn())
        .await?;
    Ok(id)
}

async fn write(tx: &mut WriteTx, new: &NewLease, reasons: &str) -> Result<i64, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO lease (actuator_id, sent_at, ends_at, is_on, target, why, machine_id, by_alias, refused)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.actuator,
        new.sent,
        new.ends,
        new.on,
        new.target,
        new.why,
        new.machine,
        new.by,
        reasons,
    )
    .execute(tx.conn())
    .await?;
    Ok(made.last_insert_rowid())
}

/// The leases of an actuator that were sent after `since`, newest first, at most `limit`.
pub async fn leases_of(
    conn: &mut SqliteConnection,
    actuator: ActuatorId,
    since: Millis,
    limit: u32,
) -> Result<Vec<LeaseRow>, StoreError> {
    let rows = sqlx::query_as!(
        LeaseRow,
        r#"SELECT l.id AS "id!", l.sent_at AS "sent!: Millis", l.ends_at AS "ends!: Millis", l.is_on AS "on!: bool",
                  l.target AS "target?: Tenths", l.why AS "why?: Why", m.name AS "machine?: String", p.name AS "by?: String",
                  l.refused,
                  (SELECT min(a.at) FROM lease_answer a WHERE a.lease_id = l.id) AS "answered?: Millis",
                  (SELECT a.is_on FROM lease_answer a WHERE a.lease_id = l.id ORDER BY a.at LIMIT 1) AS "answer?: bool",
                  (SELECT min(a.at) FROM lease_answer a WHERE a.lease_id = l.id AND a.is_on = 0) AS "off?: Millis"
             FROM lease l
             LEFT JOIN machine m ON m.id = l.machine_id
             LEFT JOIN alias x ON x.id = l.by_alias
             LEFT JOIN profile p ON p.person_id = x.person_id
            WHERE l.actuator_id = ? AND l.sent_at > ? ORDER BY l.sent_at DESC, l.id DESC LIMIT ?"#,
        actuator,
        since,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The leases sent after `since`: when, until when, and whether to be on; by time. A day has about 150.
pub async fn on_since(
    conn: &mut SqliteConnection,
    actuator: ActuatorId,
    since: Millis,
) -> Result<Vec<(Millis, Millis, bool)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT sent_at AS "sent!: Millis", ends_at AS "ends!: Millis", is_on AS "on!: bool" FROM lease
            WHERE actuator_id = ? AND sent_at > ? AND refused = '' ORDER BY sent_at, id"#,
        actuator,
        since,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.sent, row.ends, row.on)).collect())
}

/// What a device reported of an actuator.
#[derive(Debug, Clone)]
pub struct Record {
    pub actuator: ActuatorId,
    pub at: Millis,
    pub on: bool,
    pub is_idle: bool,
    pub tripped: bool,
    pub temperature: Option<Tenths>,
    /// As JSON; `None` leaves them.
    pub limits: Option<String>,
}

/// Stores what a device reported.
pub async fn report(tx: &mut WriteTx, new: &Record) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE actuator SET is_on = ?, reported_at = ?, is_idle = ?, tripped = ?, temperature = ?, limits = coalesce(?, limits)
          WHERE id = ?",
        new.on,
        new.at,
        new.is_idle,
        new.tripped,
        new.temperature,
        new.limits,
        new.actuator,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The answers to a lease so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseAnswer {
    pub lease: i64,
    pub at: Millis,
    pub on: bool,
}

/// Adds an answer, unless the last one to this lease says the same, or the lease was deleted since.
pub async fn answered(tx: &mut WriteTx, new: LeaseAnswer) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO lease_answer (lease_id, at, is_on)
         SELECT ?1, ?2, ?3
          WHERE EXISTS (SELECT 1 FROM lease l WHERE l.id = ?1)
            AND NOT EXISTS (SELECT 1 FROM lease_answer a WHERE a.lease_id = ?1 AND a.at = ?2)
            AND ?3 IS NOT (SELECT a.is_on FROM lease_answer a WHERE a.lease_id = ?1 ORDER BY a.at DESC LIMIT 1)",
        new.lease,
        new.at,
        new.on,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes leases sent before `limit` with their answers, at most `most`; returns their number.
pub async fn forget_leases(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    // The triggers of both tables let older rows go.
    sqlx::query!("UPDATE lease_start SET at = ?1 WHERE at < ?1", limit).execute(tx.conn()).await?;
    sqlx::query!(
        "DELETE FROM lease_answer
          WHERE lease_id IN (SELECT l.id FROM actuator a CROSS JOIN lease l ON l.actuator_id = a.id AND l.sent_at < ?1
                              ORDER BY a.id, l.sent_at, l.id LIMIT ?2)",
        limit,
        most,
    )
    .execute(tx.conn())
    .await?;
    let gone = sqlx::query!(
        "DELETE FROM lease
          WHERE id IN (SELECT l.id FROM actuator a CROSS JOIN lease l ON l.actuator_id = a.id AND l.sent_at < ?1
                        ORDER BY a.id, l.sent_at, l.id LIMIT ?2)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}
