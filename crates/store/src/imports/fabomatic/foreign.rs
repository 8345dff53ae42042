//! Reads the file of a Fab-O-Matic, of any release.
//!
//! **Invariants.** The file is only read: the reader uses a copy beside our own file, with its log or journal, and
//! deletes it afterwards. A damaged file, one of another program or of a newer release is refused as such. Reading runs
//! nothing in the file and takes bounded time and memory ([`UntrustedFile`]).
//!
//! Unlike all others, the statements are assembled and checked at run time, because the tables are not ours and columns
//! may be missing. Everything they are assembled from is in this file; missing columns read as NULL.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::time::Millis;
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};
use takeover::{
    Foreign, ForeignCard, ForeignIntervention, ForeignMachine, ForeignPlan, ForeignRole, ForeignType,
    ForeignUnknown, ForeignUse, ForeignUser, REVISIONS,
};

use super::{
    unread::Unread,
    untrusted::{Limits, UntrustedFile},
};
use crate::copies::{self, InvalidCopy};

/// Reads `file` from a copy at `staged`, which is deleted afterwards.
pub async fn read(file: &Path, staged: &Path) -> Result<Foreign, Unread> {
    let (file, staged) = (file.to_owned(), Going(staged.to_owned()));
    let staged = aside(move || {
        stage(&file, &staged.0)?;
        Ok(staged)
    });
    read_staged(&staged.await?.0, Limits::OPERATOR).await
}

/// Reads an uploaded file from a copy beside the database `ours`, readable by its user alone. The copy is deleted even
/// if the caller is gone.
pub async fn read_sent(
    mut upload: impl Read + Send + 'static,
    ours: &Path,
    name: &str,
) -> Result<Foreign, Unread> {
    let beside = |end| Going(ours.with_file_name(format!("{STAGED}{name}.{end}")));
    let (sent, staged) = (beside("sent"), beside("read"));
    let staged = aside(move || {
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&sent.0);
        written.and_then(|mut file| io::copy(&mut upload, &mut file)).map_err(Unread::Room)?;
        drop(upload);
        stage(&sent.0, &staged.0)?;
        Ok(staged)
    });
    read_staged(&staged.await?.0, Limits::UPLOAD).await
}

/// Runs blocking `work`. Its file is deleted even if the caller is gone.
async fn aside(work: impl FnOnce() -> Result<Going, Unread> + Send + 'static) -> Result<Going, Unread> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Unread::Room(io::Error::other(error))))
}

/// Prefix of the names of staged files.
const STAGED: &str = "toolgate.fabomatic.";

/// Deletes what a killed process left beside the database `ours`.
pub fn forget(ours: &Path) {
    let Some(entries) = ours.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGED)) {
        if let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, "what was read of a Fab-O-Matic cannot be taken away");
        }
    }
}

/// A file that is deleted on drop, with everything `SQLite` makes beside it.
struct Going(PathBuf);

impl Drop for Going {
    fn drop(&mut self) {
        copies::unstage(&self.0);
        // A missing file is fine.
        let _ = fs::remove_file(journal_of(&self.0));
    }
}

/// Copies the bytes of `file` to `staged`, with its log or journal.
fn stage(file: &Path, staged: &Path) -> Result<(), Unread> {
    copies::stage(file, staged)?;
    let journal = journal_of(file);
    if journal.is_file() {
        // It rolls back an unfinished change.
        let taken = || {
            let mut to = OpenOptions::new().write(true).create_new(true).mode(0o600).open(journal_of(staged))?;
            io::copy(&mut File::open(&journal)?, &mut to)
        };
        taken().map_err(InvalidCopy::Unreadable)?;
    }
    Ok(())
}

async fn read_staged(staged: &Path, limits: Limits) -> Result<Foreign, Unread> {
    let mut file = UntrustedFile::open(staged, limits).await?;
    let found = tables(&mut file).await;
    file.close().await;
    found
}

fn journal_of(path: &Path) -> PathBuf {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    journal.into()
}

/// A table, and the columns without which it is not theirs.
const NEEDED: [(&str, &[&str]); 6] = [
    ("machine_types", &["type_id", "type_name", "type_timeout_min"]),
    ("roles", &["role_id", "role_name", "authorize_all", "maintenance", "backend_admin"]),
    ("machines", &["machine_id", "machine_name", "machine_type_id", "machine_hours", "blocked"]),
    ("users", &["user_id", "name", "surname", "role_id", "card_UUID", "disabled", "deleted"]),
    ("authorizations", &["user_id", "machine_id"]),
    ("uses", &["use_id", "user_id", "machine_id", "start_timestamp", "last_seen", "end_timestamp"]),
];

async fn tables(file: &mut UntrustedFile) -> Result<Foreign, Unread> {
    let whole: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut file.conn).await.map_err(Unread::sqlite)?;
    if whole != "ok" {
        return Err(InvalidCopy::Damaged(whole).into());
    }
    for (table, needed) in NEEDED {
        let there = columns(file, table).await?;
        if there.is_empty() {
            return Err(Unread::Foreign(format!("there is no table {table}")));
        }
        if let Some(missing) = needed.iter().find(|column| !there.contains(**column)) {
            return Err(Unread::Foreign(format!("its table {table} has no column {missing}")));
        }
    }
    let revision = revision(file).await?;
    if let Some(unknown) = revision.as_ref().filter(|message| REVISIONS.iter().all(|(known, _)| message != known))
    {
        return Err(Unread::Newer(unknown.chars().take(32).collect()));
    }
    Ok(Foreign {
        revision,
        types: types(file).await?,
        roles: roles(file).await?,
        machines: machines(file).await?,
        users: users(file).await?,
        authorizations: rows(file, "authorizations", &[integer("user_id"), integer("machine_id")], |row| {
            Ok((number(row, 0)?, number(row, 1)?))
        })
        .await?,
        unknown_cards: unknown_cards(file).await?,
        uses: uses(file).await?,
        plans: plans(file).await?,
        interventions: interventions(file).await?,
        boards: count(file, "boards").await?,
    })
}

async fn types(file: &mut UntrustedFile) -> Result<Vec<ForeignType>, Unread> {
    let requested = [
        integer("type_id"),
        text("type_name"),
        integer("type_timeout_min"),
        integer("grace_period_min"),
        integer("access_management"),
    ];
    rows(file, "machine_types", &requested, |row| {
        Ok(ForeignType {
            id: row.try_get(0)?,
            name: string(row, 1)?,
            timeout: row.try_get(2)?,
            grace: row.try_get(3)?,
            open: row.try_get::<Option<i64>, _>(4)? == Some(1),
        })
    })
    .await
}

async fn roles(file: &mut UntrustedFile) -> Result<Vec<ForeignRole>, Unread> {
    let requested = [
        integer("role_id"),
        text("role_name"),
        integer("authorize_all"),
        integer("maintenance"),
        integer("backend_admin"),
    ];
    rows(file, "roles", &requested, |row| {
        Ok(ForeignRole {
            id: row.try_get(0)?,
            name: string(row, 1)?,
            authorize_all: is(row, 2)?,
            maintenance: is(row, 3)?,
            backend_admin: is(row, 4)?,
        })
    })
    .await
}

async fn machines(file: &mut UntrustedFile) -> Result<Vec<ForeignMachine>, Unread> {
    let requested = [
        integer("machine_id"),
        text("machine_name"),
        integer("machine_type_id"),
        milliseconds("machine_hours", "3600000"),
        integer("blocked"),
    ];
    rows(file, "machines", &requested, |row| {
        Ok(ForeignMachine {
            id: row.try_get(0)?,
            name: string(row, 1)?,
            kind: row.try_get(2)?,
            hours: number(row, 3)?,
            blocked: is(row, 4)?,
        })
    })
    .await
}

async fn users(file: &mut UntrustedFile) -> Result<Vec<ForeignUser>, Unread> {
    let requested = [
        integer("user_id"),
        text("name"),
        text("surname"),
        integer("role_id"),
        text("card_UUID"),
        integer("disabled"),
        integer("deleted"),
        text("email"),
        filled("password_hash"),
    ];
    rows(file, "users", &requested, |row| {
        Ok(ForeignUser {
            id: row.try_get(0)?,
            name: string(row, 1)?,
            surname: string(row, 2)?,
            role: row.try_get(3)?,
            card: ForeignCard::read(Some(&string(row, 4)?)),
            disabled: is(row, 5)?,
            deleted: is(row, 6)?,
            email: string(row, 7)?,
            has_password: is(row, 8)?,
        })
    })
    .await
}

async fn unknown_cards(file: &mut UntrustedFile) -> Result<Vec<ForeignUnknown>, Unread> {
    let requested = [text("card_UUID"), integer("machine_id"), milliseconds("timestamp", "1000")];
    rows(file, "unknown_cards", &requested, |row| {
        Ok(ForeignUnknown {
            card: ForeignCard::read(Some(&string(row, 0)?)),
            machine: number(row, 1)?,
            at: Millis(number(row, 2)?),
        })
    })
    .await
}

async fn uses(file: &mut UntrustedFile) -> Result<Vec<ForeignUse>, Unread> {
    let requested = [
        integer("use_id"),
        integer("user_id"),
        integer("machine_id"),
        milliseconds("start_timestamp", "1000"),
        milliseconds("last_seen", "1000"),
        milliseconds("end_timestamp", "1000"),
        integer("replay"),
    ];
    rows(file, "uses", &requested, |row| {
        let start = Millis(number(row, 3)?);
        Ok(ForeignUse {
            id: row.try_get(0)?,
            user: number(row, 1)?,
            machine: number(row, 2)?,
            start,
            last_sign: row.try_get::<Option<i64>, _>(4)?.map_or(start, Millis),
            end: row.try_get::<Option<i64>, _>(5)?.map(Millis),
            replay: is(row, 6)?,
        })
    })
    .await
}

async fn plans(file: &mut UntrustedFile) -> Result<Vec<ForeignPlan>, Unread> {
    let requested = [
        integer("maintenance_id"),
        integer("machine_id"),
        milliseconds("hours_between", "3600000"),
        text("description"),
        text("lcd_message"),
        text("instructions_url"),
        text("attachment"),
    ];
    rows(file, "maintenances", &requested, |row| {
        Ok(ForeignPlan {
            id: row.try_get(0)?,
            machine: number(row, 1)?,
            every: number(row, 2)?,
            description: string(row, 3)?,
            display: string(row, 4)?,
            instructions: string(row, 5)?,
            attachment: string(row, 6)?,
        })
    })
    .await
}

async fn interventions(file: &mut UntrustedFile) -> Result<Vec<ForeignIntervention>, Unread> {
    let requested = [
        integer("intervention_id"),
        integer("maintenance_id"),
        integer("machine_id"),
        integer("user_id"),
        milliseconds("timestamp", "1000"),
        integer("replay"),
    ];
    rows(file, "interventions", &requested, |row| {
        Ok(ForeignIntervention {
            id: row.try_get(0)?,
            plan: number(row, 1)?,
            machine: number(row, 2)?,
            user: number(row, 3)?,
            at: Millis(number(row, 4)?),
            replay: is(row, 5)?,
        })
    })
    .await
}

/// The recorded revision. Early releases record none.
async fn revision(file: &mut UntrustedFile) -> Result<Option<String>, Unread> {
    if columns(file, "alembic_version").await?.is_empty() {
        return Ok(None);
    }
    let message =
        sqlx::query_scalar("SELECT substr(CAST(version_num AS TEXT), 1, 64) FROM alembic_version LIMIT 1");
    message
        .fetch_optional(&mut file.conn)
        .await
        .map(Option::flatten)
        .map_err(|error| Unread::Row("alembic_version", error))
}

async fn columns(file: &mut UntrustedFile, table: &'static str) -> Result<BTreeSet<String>, Unread> {
    let names = sqlx::query_scalar::<_, String>("SELECT name FROM pragma_table_info(?)").bind(table);
    Ok(names.fetch_all(&mut file.conn).await.map_err(Unread::sqlite)?.into_iter().collect())
}

/// A column and how it is read: SQLite stores any value in any column.
#[derive(Clone)]
struct Column {
    name: &'static str,
    read: String,
}

fn integer(name: &'static str) -> Column {
    Column { name, read: format!("CAST(\"{name}\" AS INTEGER)") }
}

/// Bytes of a text that are read: more than any field here accepts, so that a longer one is still too long.
const TEXT_BYTES: usize = 16 * 1024;

/// Read as bytes, because it may not be text.
fn text(name: &'static str) -> Column {
    Column { name, read: format!("substr(CAST(CAST(\"{name}\" AS TEXT) AS BLOB), 1, {TEXT_BYTES})") }
}

/// Whether it is filled; the value is not read.
fn filled(name: &'static str) -> Column {
    Column { name, read: format!("coalesce(length(\"{name}\"), 0) > 0") }
}

/// A length or instant in milliseconds, stored there as a real number in another unit.
fn milliseconds(name: &'static str, factor: &'static str) -> Column {
    Column { name, read: format!("CAST(round(CAST(\"{name}\" AS REAL) * {factor}) AS INTEGER)") }
}

/// Tables that grow far longer than the others: events and pairs.
const GROWING: [&str; 4] = ["uses", "interventions", "unknown_cards", "authorizations"];

/// Every row of a table, by id; none if there is no such table.
async fn rows<T: Send + Unpin>(
    file: &mut UntrustedFile,
    table: &'static str,
    requested: &[Column],
    read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, Unread> {
    let there = columns(file, table).await?;
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let requested =
        requested.iter().map(|column| if there.contains(column.name) { &*column.read } else { "NULL" });
    let statement = format!("SELECT {} FROM \"{table}\" ORDER BY rowid", requested.collect::<Vec<_>>().join(", "));
    let most = if GROWING.contains(&table) { file.limits.rows } else { file.limits.rows / 20 };
    let mut found = sqlx::query(AssertSqlSafe(statement)).fetch(&mut file.conn);
    let mut all = Vec::new();
    while let Some(row) = found.try_next().await.map_err(Unread::sqlite)? {
        if all.len() == most {
            return Err(Unread::Long(table, most));
        }
        all.push(read(&row).map_err(|error| Unread::Row(table, error))?);
    }
    Ok(all)
}

async fn count(file: &mut UntrustedFile, table: &'static str) -> Result<u32, Unread> {
    if columns(file, table).await?.is_empty() {
        return Ok(0);
    }
    let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\"")));
    count.fetch_one(&mut file.conn).await.map_err(Unread::sqlite)
}

/// A text; invalid bytes are marked.
fn string(row: &SqliteRow, at: usize) -> Result<String, sqlx::Error> {
    let bytes = row.try_get::<Option<Vec<u8>>, _>(at)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn is(row: &SqliteRow, at: usize) -> Result<bool, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(at)?.is_some_and(|number| number != 0))
}

/// A number that refers to something; a missing one refers to nothing.
fn number(row: &SqliteRow, at: usize) -> Result<i64, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(at)?.unwrap_or_default())
}
