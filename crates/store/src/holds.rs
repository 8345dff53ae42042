//! Holds: rows of `hold`.

use crate::personal_data::{Erasing, Table};
use domain::{
    holds::HoldReason,
    id::{AliasId, HoldId, PersonId, RemarkId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, Copy)]
pub struct NewHold {
    pub person: PersonId,
    pub reason: HoldReason,
    pub remark: Option<RemarkId>,
    pub at: Millis,
    pub by: Option<AliasId>,
    /// Its end, if it has one.
    pub until: Option<Millis>,
}

pub async fn place(tx: &mut WriteTx, new: &NewHold) -> Result<HoldId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO hold (person_id, reason, remark_id, placed_at, placed_by, until) VALUES (?, ?, ?, ?, ?, ?)",
        new.person,
        new.reason,
        new.remark,
        new.at,
        new.by,
        new.until,
    )
    .execute(tx.conn())
    .await?;
    Ok(HoldId(made.last_insert_rowid()))
}

/// Lifts a hold in force at `at`; returns whether it was.
pub async fn lift(tx: &mut WriteTx, hold: HoldId, at: Millis, by: Option<AliasId>) -> Result<bool, StoreError> {
    let lifted = sqlx::query!(
        "UPDATE hold SET lifted_at = ?, lifted_by = ?
          WHERE id = ? AND lifted_at IS NULL AND (until IS NULL OR until > ?)",
        at,
        by,
        hold,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(lifted.rows_affected() == 1)
}

/// Whether `hold` is in force at `at`.
pub async fn is_in_force(conn: &mut SqliteConnection, hold: HoldId, at: Millis) -> Result<bool, StoreError> {
    let is = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM hold WHERE id = ? AND lifted_at IS NULL AND (until IS NULL OR until > ?))
                  AS "is!: bool""#,
        hold,
        at,
    );
    Ok(is.fetch_one(conn).await?)
}

/// The person on hold by `hold`.
pub async fn whose(conn: &mut SqliteConnection, hold: HoldId) -> Result<Option<PersonId>, StoreError> {
    let person = sqlx::query_scalar!(r#"SELECT person_id AS "id!: PersonId" FROM hold WHERE id = ?"#, hold)
        .fetch_optional(conn)
        .await?;
    Ok(person)
}

/// A hold with its remark and names.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: HoldId,
    pub reason: HoldReason,
    /// The remark, unless erased.
    pub remark: Option<String>,
    pub placed: Millis,
    /// The person's name, if known.
    pub placed_by: Option<String>,
    /// Its end, if it has one.
    pub until: Option<Millis>,
    pub lifted: Option<Millis>,
    /// The person's name, if known.
    pub lifted_by: Option<String>,
}

/// Every hold ever placed on `person`, newest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Row>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT h.id AS "id!: HoldId", h.reason AS "reason!: HoldReason", r.body AS "remark?",
                  h.placed_at AS "placed!: Millis", pf.name AS "placed_by?", h.until AS "until?: Millis",
                  h.lifted_at AS "lifted?: Millis", lf.name AS "lifted_by?"
             FROM hold h
             LEFT JOIN remark r ON r.id = h.remark_id
             LEFT JOIN alias pa ON pa.id = h.placed_by
             LEFT JOIN profile pf ON pf.person_id = pa.person_id
             LEFT JOIN alias la ON la.id = h.lifted_by
             LEFT JOIN profile lf ON lf.person_id = la.person_id
            WHERE h.person_id = ? ORDER BY h.placed_at DESC, h.id DESC"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "hold",
    &["person_id", "remark_id", "placed_by", "lifted_by"],
    Erasing::Emptied("remark_id"),
    "SELECT json_object('reason', h.reason, 'remark', r.body, 'placed@', h.placed_at, 'until@', h.until, \
         'lifted@', h.lifted_at) FROM hold h LEFT JOIN remark r ON r.id = h.remark_id WHERE h.person_id = ?1",
)];
