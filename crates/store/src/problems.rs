//! Reported problems: rows of `problem_report` with their text in `remark`, and their photos.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, MachineId, PersonId, RemarkId, ReportId, TypeId},
    problems::{Severity, State},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{
    StoreError, WriteTx,
    pictures::{self, Picture},
};

#[derive(Debug, Clone)]
pub struct Report {
    pub id: ReportId,
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    pub severity: Severity,
    pub state: State,
    pub words: Option<String>,
    /// When its photo was added.
    pub photo: Option<Millis>,
    pub reported: Millis,
    /// Who reported it, if known.
    pub reporter: Option<PersonId>,
    pub by: Option<String>,
    pub acknowledged: Option<Millis>,
    pub acknowledged_by: Option<String>,
    pub resolved: Option<Millis>,
    pub resolved_by: Option<String>,
    pub done: Option<String>,
    /// It caused the present block of the machine.
    pub blocks: bool,
    pub version: i64,
}

/// Reports with the names of the people involved.
macro_rules! reports {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Report,
            "SELECT p.id AS \"id!: ReportId\", p.machine_id AS \"machine!: MachineId\", m.name AS \"machine_name!\",
                    m.type_id AS \"kind!: TypeId\", p.severity AS \"severity!: Severity\", p.state AS \"state!: State\",
                    w.body AS \"words?\",
                    (SELECT added_at FROM problem_photo o WHERE o.report_id = p.id) AS \"photo?: Millis\",
                    p.reported_at AS \"reported!: Millis\", a.person_id AS \"reporter?: PersonId\", f.name AS \"by?\",
                    p.acknowledged_at AS \"acknowledged?: Millis\",
                    (SELECT k.name FROM alias l JOIN profile k ON k.person_id = l.person_id
                      WHERE l.id = p.acknowledged_by) AS \"acknowledged_by?: String\",
                    p.resolved_at AS \"resolved?: Millis\",
                    (SELECT k.name FROM alias l JOIN profile k ON k.person_id = l.person_id
                      WHERE l.id = p.resolved_by) AS \"resolved_by?: String\",
                    d.body AS \"done?\",
                    EXISTS (SELECT 1 FROM machine_block b
                             WHERE b.machine_id = p.machine_id AND b.report_id = p.id AND b.lifted_at IS NULL)
                            AS \"blocks!: bool\",
                    p.version
               FROM problem_report p
               JOIN machine m ON m.id = p.machine_id
               LEFT JOIN remark w ON w.id = p.remark_id
               LEFT JOIN remark d ON d.id = p.done_remark_id
               LEFT JOIN alias a ON a.id = p.reported_by
               LEFT JOIN profile f ON f.person_id = a.person_id
              WHERE "
                + $where
            $(, $argument)*
        )
    };
}

/// All reports about `machine`, newest first.
pub async fn of_machine(conn: &mut SqliteConnection, machine: MachineId) -> Result<Vec<Report>, StoreError> {
    Ok(reports!("p.machine_id = ? ORDER BY p.id DESC", machine).fetch_all(conn).await?)
}

/// Unresolved reports about machines that are not archived, longest waiting first.
pub async fn pending(conn: &mut SqliteConnection) -> Result<Vec<Report>, StoreError> {
    let pending = reports!("p.state <> 'resolved' AND m.archived_at IS NULL ORDER BY p.id");
    Ok(pending.fetch_all(conn).await?)
}

/// When problems of machines that are not archived were reported and resolved, without those resolved before `since`.
pub async fn times(
    conn: &mut SqliteConnection,
    since: Millis,
) -> Result<Vec<(Millis, Option<Millis>)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.reported_at AS "reported!: Millis", p.resolved_at AS "resolved?: Millis"
             FROM problem_report p JOIN machine m ON m.id = p.machine_id
            WHERE m.archived_at IS NULL AND (p.resolved_at IS NULL OR p.resolved_at >= ?)"#,
        since,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.reported, row.resolved)).collect())
}

pub async fn one(conn: &mut SqliteConnection, report: ReportId) -> Result<Option<Report>, StoreError> {
    Ok(reports!("p.id = ?", report).fetch_optional(conn).await?)
}

/// Adds a report.
pub async fn add(
    tx: &mut WriteTx,
    machine: MachineId,
    severity: Severity,
    words: RemarkId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<ReportId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO problem_report (machine_id, severity, state, reported_at, reported_by, remark_id)
              VALUES (?, ?, 'open', ?, ?, ?)",
        machine,
        severity,
        at,
        by,
        words,
    )
    .execute(tx.conn())
    .await?;
    Ok(ReportId(made.last_insert_rowid()))
}

/// Acknowledges it and increments its version.
pub async fn acknowledge(
    tx: &mut WriteTx,
    report: ReportId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE problem_report SET state = 'acknowledged', acknowledged_at = ?, acknowledged_by = ?, version = version + 1
          WHERE id = ?",
        at,
        by,
        report,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Resolves it and increments its version.
pub async fn resolve(
    tx: &mut WriteTx,
    report: ReportId,
    done: RemarkId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE problem_report SET state = 'resolved', resolved_at = ?, resolved_by = ?, done_remark_id = ?,
                version = version + 1
          WHERE id = ?",
        at,
        by,
        done,
        report,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The first open report that makes `machine` unsafe, and its text, if any.
pub async fn still_unsafe(
    conn: &mut SqliteConnection,
    machine: MachineId,
) -> Result<Option<(ReportId, Option<RemarkId>)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT id AS "id!: ReportId", remark_id AS "words?: RemarkId" FROM problem_report
            WHERE machine_id = ? AND severity = 'unsafe' AND state <> 'resolved' ORDER BY id LIMIT 1"#,
        machine,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.words)))
}

/// Whether `machine` was reported unsafe at `since` or later and that is unresolved.
pub async fn is_unsafe_since(
    conn: &mut SqliteConnection,
    machine: MachineId,
    since: Millis,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM problem_report
                           WHERE machine_id = ? AND severity = 'unsafe' AND state <> 'resolved' AND reported_at >= ?)
                  AS "is_unsafe!: bool""#,
        machine,
        since,
    );
    Ok(found.fetch_one(conn).await?)
}

/// The photo of a problem; `small` for a list.
pub async fn photo(
    conn: &mut SqliteConnection,
    report: ReportId,
    small: bool,
) -> Result<Option<Picture>, StoreError> {
    pictures::found!(conn, small, "problem_photo WHERE report_id = ?2", report)
}

/// Replaces a photo.
pub async fn set_photo(
    tx: &mut WriteTx,
    report: ReportId,
    body: &[u8],
    small: &[u8],
    at: Millis,
) -> Result<(), StoreError> {
    pictures::keep!(
        tx,
        "problem_photo (body, small, added_at, report_id) VALUES (?, ?, ?, ?)",
        (body, small, at),
        report
    )
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "problem_report",
        &["reported_by", "acknowledged_by", "resolved_by", "remark_id", "done_remark_id"],
        Erasing::Emptied("remark_id"),
        "SELECT json_object('machine', m.name, 'severity', p.severity, 'state', p.state, 'words', iif(p.reported_by \
         IN mine, w.body, NULL), 'done', iif(p.resolved_by IN mine, d.body, NULL), 'reported@', p.reported_at, \
         'by_you?', p.reported_by IN mine, 'photo', (SELECT '/pictures/problem/' || o.report_id FROM problem_photo \
         o WHERE o.report_id = p.id AND p.reported_by IN mine)) FROM problem_report p JOIN machine m ON m.id = \
         p.machine_id LEFT JOIN remark w ON w.id = p.remark_id LEFT JOIN remark d ON d.id = p.done_remark_id WHERE \
         p.id IN (SELECT id FROM problem_report WHERE reported_by IN mine UNION SELECT id FROM problem_report WHERE \
         resolved_by IN mine)",
    ),
    // Exported as an address with its problem.
    Table::left("problem_photo", &["body"], Erasing::Deleted),
];
