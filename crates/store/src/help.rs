//! Requests for help: rows of `help_request`, with their text in `remark`.
//!
//! Not here: who is notified, which `domain::help` decides.

use crate::personal_data::{Erasing, Table};
use domain::{
    help::HelpTimes,
    id::{HelpId, MachineId, PersonId, RemarkId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// A request with its names and texts.
#[derive(Debug, Clone)]
pub struct HelpRow {
    pub id: HelpId,
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    /// Who asked; `None` once erased, or after 30 days.
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub text: Option<String>,
    pub asked: Millis,
    pub expires: Millis,
    pub notified: u32,
    pub inside: bool,
    pub passed_on: Option<Millis>,
    pub helper: Option<PersonId>,
    pub helper_name: Option<String>,
    pub answer: Option<String>,
    pub answered: Option<Millis>,
    pub resolved: Option<Millis>,
}

impl HelpRow {
    #[must_use]
    pub const fn times(&self) -> HelpTimes {
        HelpTimes { expires: self.expires, answered: self.answered, resolved: self.resolved }
    }
}

macro_rules! requests {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            HelpRow,
            "SELECT h.id AS \"id!: HelpId\", h.machine_id AS \"machine!: MachineId\", m.name AS \"machine_name!\",
                    m.type_id AS \"kind!: TypeId\", h.person_id AS \"person?: PersonId\", f.name AS \"person_name?\",
                    r.body AS \"text?\", h.asked_at AS \"asked!: Millis\", h.expires_at AS \"expires!: Millis\",
                    h.notified AS \"notified!: u32\", h.inside AS \"inside!: bool\",
                    h.passed_on_at AS \"passed_on?: Millis\", h.helper_id AS \"helper?: PersonId\",
                    k.name AS \"helper_name?\", a.body AS \"answer?\", h.answered_at AS \"answered?: Millis\",
                    h.resolved_at AS \"resolved?: Millis\"
               FROM help_request h
               JOIN machine m ON m.id = h.machine_id
               LEFT JOIN profile f ON f.person_id = h.person_id
               LEFT JOIN profile k ON k.person_id = h.helper_id
               LEFT JOIN remark r ON r.id = h.remark_id
               LEFT JOIN remark a ON a.id = h.answer_remark_id
              WHERE "
                + $where
            $(, $argument)*
        )
    };
}

/// Requests at `machine`, or at all that are not archived, open at `now`, longest waiting first.
pub async fn open(
    conn: &mut SqliteConnection,
    machine: Option<MachineId>,
    now: Millis,
) -> Result<Vec<HelpRow>, StoreError> {
    let open = requests!(
        "h.resolved_at IS NULL AND h.expires_at > ?1 AND m.archived_at IS NULL AND (?2 IS NULL OR h.machine_id = ?2)
            ORDER BY h.asked_at, h.id",
        now,
        machine
    );
    Ok(open.fetch_all(conn).await?)
}

pub async fn one(conn: &mut SqliteConnection, id: HelpId) -> Result<Option<HelpRow>, StoreError> {
    Ok(requests!("h.id = ?", id).fetch_optional(conn).await?)
}

/// A request to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewHelpRequest {
    pub machine: MachineId,
    pub person: PersonId,
    pub remark: Option<RemarkId>,
    pub asked: Millis,
    pub expires: Millis,
    pub notified: u32,
    pub inside: bool,
}

pub async fn add(tx: &mut WriteTx, new: &NewHelpRequest) -> Result<HelpId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO help_request (machine_id, person_id, remark_id, asked_at, expires_at, notified, inside)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        new.machine,
        new.person,
        new.remark,
        new.asked,
        new.expires,
        new.notified,
        new.inside,
    )
    .execute(tx.conn())
    .await?;
    Ok(HelpId(made.last_insert_rowid()))
}

/// Stores the answer of a helper.
pub async fn answer(
    tx: &mut WriteTx,
    id: HelpId,
    helper: Option<PersonId>,
    remark: Option<RemarkId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE help_request SET helper_id = ?, answer_remark_id = ?, answered_at = ? WHERE id = ?",
        helper,
        remark,
        at,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that so many more people were notified at `at`, who may be elsewhere.
pub async fn pass_on(tx: &mut WriteTx, id: HelpId, notified: u32, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE help_request SET notified = notified + ?, inside = 0, passed_on_at = ? WHERE id = ?",
        notified,
        at,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn resolve(tx: &mut WriteTx, id: HelpId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE help_request SET resolved_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// Removes people and text from requests asked before `limit`, at most `most`; returns their number.
pub async fn cut_names(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let found = sqlx::query!(
        r#"SELECT id AS "id!: i64", remark_id AS "remark?: i64", answer_remark_id AS "answer?: i64" FROM help_request
            WHERE asked_at < ?1 AND coalesce(person_id, helper_id, remark_id, answer_remark_id) IS NOT NULL LIMIT ?2"#,
        limit,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids = json::ids(found.iter().map(|row| row.id));
    let cut = sqlx::query!(
        "UPDATE help_request SET person_id = NULL, helper_id = NULL, remark_id = NULL, answer_remark_id = NULL
          WHERE id IN (SELECT value FROM json_each(?))",
        ids,
    );
    let cut = cut.execute(tx.conn()).await?.rows_affected();
    let texts = json::ids(found.iter().flat_map(|row| [row.remark, row.answer]).flatten());
    sqlx::query!("DELETE FROM remark WHERE id IN (SELECT value FROM json_each(?))", texts)
        .execute(tx.conn())
        .await?;
    Ok(cut)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "help_request",
    &["person_id", "remark_id", "helper_id", "answer_remark_id"],
    Erasing::Emptied("person_id"),
    "SELECT json_object('machine', m.name, 'asked@', h.asked_at, 'by_you?', h.person_id = ?1, 'text', iif(h.person_id = ?1, \
     r.body, NULL), 'answered@', h.answered_at, 'answer', iif(h.helper_id = ?1, a.body, NULL), 'resolved@', h.resolved_at) \
     FROM help_request h JOIN machine m ON m.id = h.machine_id LEFT JOIN remark r ON r.id = h.remark_id LEFT JOIN remark a \
     ON a.id = h.answer_remark_id WHERE h.person_id = ?1 OR h.helper_id = ?1",
)];
