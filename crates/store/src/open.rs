//! Opens the file, and explains why it cannot be opened.
//!
//! Invariant: a file that is not ours, or that a newer version wrote, stays unchanged. Ours carries an application id
//! in its header, where other programs look.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::SqliteConnectOptions,
};

use crate::profiles;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The `application_id` of our files (<https://sqlite.org/fileformat.html#application_id>): `TgDb`.
const APPLICATION: i64 = i64::from_be_bytes(*b"\0\0\0\0TgDb");

/// Why the file could not be opened; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the file is not a database; choose another data folder, or restore a backup")]
    NotADatabase,
    /// Other tables, or migrations of another program.
    #[error("the file is a database of another program; choose another data folder")]
    Foreign,
    /// It is read-only.
    #[error("the file cannot be written; give the user that runs Toolgate the right to write it and its folder")]
    ReadOnly,
    /// Its folder is missing or not accessible.
    #[error("the file cannot be opened; is its folder there, and may this user read and write it?")]
    Unreachable,
    /// Another process has it locked.
    #[error("the file is in use by another program; is another Toolgate running on this data folder?")]
    Busy,
    /// A newer version of Toolgate changed its schema.
    #[error(
        "the file was written by a newer version of Toolgate (schema {0}); install that version or a later one"
    )]
    Newer(i64),
    /// An applied migration differs from ours.
    #[error("the file was written by a version of Toolgate that this one does not follow (schema {0})")]
    Changed(i64),
    /// The upgrade failed.
    #[error("the file cannot be brought up to date")]
    Migrate(#[source] MigrateError),
    /// Any other database error.
    #[error("the database failed while opening")]
    Database(#[source] sqlx::Error),
    /// It opened, but its settings could not be read.
    #[error("the settings cannot be read from the file")]
    Settings(#[source] crate::StoreError),
    /// It opened, but its names could not be prepared for search.
    #[error("the names of people cannot be made ready to be searched")]
    Names(#[source] crate::StoreError),
    /// The system refused a thread.
    #[error("cannot start the writer")]
    Thread(#[source] io::Error),
}

impl OpenError {
    /// Translates SQLite's error for the person who starts Toolgate.
    pub(crate) fn unreadable(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok());
        // Primary result codes: https://sqlite.org/rescode.html
        match code.map(|code| code & 0xff) {
            Some(26) => Self::NotADatabase,
            Some(8) => Self::ReadOnly,
            Some(14) => Self::Unreachable,
            Some(5 | 6) => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

/// Opens the file for writing, creates it if necessary, and upgrades it.
pub(crate) async fn prepare(path: &Path, options: SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    let fresh = !path.exists();
    if !fresh {
        // Before the first pragma: switching another program's file to our journal would change it.
        let gently = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut looking = gently.connect().await.map_err(OpenError::unreadable)?;
        recognise(&mut looking).await?;
        looking.close().await.map_err(OpenError::unreadable)?;
    }
    if fresh {
        // SQLite would make it readable by every user; its companion files get the file's permissions.
        let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        made.map_err(|_| OpenError::Unreachable)?;
    }
    let mut conn = options.connect().await.map_err(OpenError::unreadable)?;
    MIGRATIONS.run(&mut conn).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        MigrateError::VersionMismatch(version) => OpenError::Changed(version),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => OpenError::unreadable(error),
        error => OpenError::Migrate(error),
    })?;
    // A read-only file fails only on a statement that writes; even BEGIN IMMEDIATE succeeds.
    let nothing = sqlx::query!("UPDATE setting SET version = version WHERE false");
    nothing.execute(&mut conn).await.map_err(OpenError::unreadable)?;
    mark(&mut conn).await.map_err(OpenError::unreadable)?;
    forget_small_tables(&mut conn).await.map_err(OpenError::unreadable)?;
    profiles::fold(&mut conn).await.map_err(OpenError::Names)?;
    Ok(conn)
}

/// Forgets the planner's statistics of tables with fewer than 200 rows. A table of a row or two is read whole for each row of
/// another, and would still be when ten thousand people arrive: statistics are read when a connection opens. Without them the
/// planner takes a table for large (<https://sqlite.org/optoverview.html>), and uses its indexes at any size.
async fn forget_small_tables(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let there = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1') AS "counts!: bool",
                  EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4') AS "samples!: bool""#
    );
    let there = there.fetch_one(&mut *conn).await?;
    if !there.counts {
        return Ok(());
    }
    sqlx::raw_sql(
        "DELETE FROM sqlite_stat1
          WHERE tbl IN (SELECT tbl FROM sqlite_stat1 GROUP BY tbl HAVING max(CAST(stat AS INTEGER)) < 200)",
    )
    .execute(&mut *conn)
    .await?;
    if there.samples {
        let samples = "DELETE FROM sqlite_stat4 WHERE tbl NOT IN (SELECT tbl FROM sqlite_stat1)";
        sqlx::raw_sql(samples).execute(&mut *conn).await?;
    }
    // Analyses nothing: the connection reads the statistics again (<https://sqlite.org/lang_analyze.html>).
    sqlx::raw_sql("ANALYZE sqlite_schema").execute(conn).await?;
    Ok(())
}

/// Writes the application id and the number of migrations into the header, for `file` and backup programs that
/// recognise databases by it.
async fn mark(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let version = i64::try_from(MIGRATIONS.iter().count()).unwrap_or_default();
    let marked = sqlx::query!(
        r#"SELECT (SELECT application_id + 0 FROM pragma_application_id) AS "application!: i64",
                  (SELECT user_version + 0 FROM pragma_user_version) AS "version!: i64""#
    );
    let marked = marked.fetch_one(&mut *conn).await?;
    if (marked.application, marked.version) != (APPLICATION, version) {
        let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {version}");
        sqlx::raw_sql(AssertSqlSafe(marks)).execute(conn).await?;
    }
    Ok(())
}

/// Refuses a file with tables or an application id that are not ours.
pub(crate) async fn recognise(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    let tables = sqlx::query_scalar!(r#"SELECT count(*) AS "n!: i64" FROM sqlite_schema WHERE type = 'table'"#)
        .fetch_one(&mut *conn)
        .await
        .map_err(OpenError::unreadable)?;
    let ours = is_ours(conn).await.map_err(OpenError::unreadable)?;
    let is_blank = tables == 0 && application(conn).await.map_err(OpenError::unreadable)? == 0;
    if is_blank || ours { Ok(()) } else { Err(OpenError::Foreign) }
}

/// Whether a file has our tables and no application id of another program. Tables of the first migration without any id
/// count, so that an interrupted first start continues.
pub(crate) async fn is_ours(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let ours = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: i64" FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'person', 'alias')"#
    );
    Ok(ours.fetch_one(&mut *conn).await? == 3 && matches!(application(conn).await?, 0 | APPLICATION))
}

/// The application id of the file.
async fn application(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let mark = sqlx::query_scalar!(r#"SELECT application_id + 0 AS "mark!: i64" FROM pragma_application_id"#);
    mark.fetch_one(conn).await
}

/// The newest migration of this program.
pub(crate) fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}
