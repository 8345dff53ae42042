//! Copies of the database file: made while it is in use, checked before one is restored, and cleared of what must not
//! come back.
//!
//! **Invariants.** A copy is one state of the file between two commits, complete or absent, and readable by its user
//! alone. Nothing is overwritten. The check runs on a copy in the target folder, so that the checked file is the one
//! that is put in place. Not here: who may have a copy, and making sure that nobody has the file open.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::{id::PersonId, time::Millis};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    OpenError, Store, StoreError, WriteTx,
    audit::{self, Verdict},
    open,
    schema::{self, SchemaError},
};

pub use crate::schema::Difference;

/// How a database file begins (<https://sqlite.org/fileformat.html>).
const BEGIN: &[u8; 16] = b"SQLite format 3\0";

/// Why no copy was made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("{0} is there already; choose another name")]
    Exists(PathBuf),
    #[error("{0} cannot be written")]
    Unwritable(PathBuf, #[source] io::Error),
    /// The source cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] OpenError),
    /// `SQLite` takes names that are text.
    #[error("the name of {0} is not text; choose another")]
    Name(PathBuf),
    #[error("the copy could not be finished; is there room for it?")]
    Failed(#[source] sqlx::Error),
}

/// Why a file cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCopy {
    /// It is missing or not readable.
    #[error("it cannot be read")]
    Unreadable(#[source] io::Error),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    #[error("it is not a database")]
    NotADatabase,
    /// Pages are missing or do not fit together; the first fault.
    #[error("it is damaged: {0}")]
    Damaged(String),
    #[error("it is a database of another program")]
    Foreign,
    /// Its schema is not the one our migrations make.
    #[error("its schema is not what Toolgate makes: {0}")]
    Schema(Difference),
    #[error("it was written by a newer version of Toolgate (schema {0}); install that version or a later one")]
    Newer(i64),
    /// Rows of this table refer to missing rows.
    #[error("it is damaged: rows of {0} refer to others that are missing")]
    Dangling(String),
    /// Its audit chain does not hold.
    #[error("its record of what was done is not whole, as toolgate verify would say: {0}")]
    Record(String),
    #[error("it cannot be opened")]
    Open(#[source] OpenError),
}

impl InvalidCopy {
    pub(crate) fn read(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        // Primary result codes: https://sqlite.org/rescode.html
        match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
            Some(11) => Self::Damaged(error.to_string()),
            Some(26) => Self::NotADatabase,
            _ => Self::Open(OpenError::unreadable(error)),
        }
    }
}

impl From<SchemaError> for InvalidCopy {
    fn from(error: SchemaError) -> Self {
        match error {
            SchemaError::Unreadable(error) => Self::read(error),
            SchemaError::Migrate(error) => Self::Open(OpenError::Migrate(error)),
            SchemaError::Differs(difference) => Self::Schema(difference),
            SchemaError::Newer(version) => Self::Newer(version),
        }
    }
}

/// Findings about an intact file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub schema: i64,
    /// Audit entries, up to the newest.
    pub entries: i64,
}

/// Copies the database `from` to `to`, which must not exist, while others use `from`. Returns its size in bytes.
pub async fn copy(from: &Path, to: &Path) -> Result<u64, CopyError> {
    let unwritable = |error| CopyError::Unwritable(to.to_owned(), error);
    let to = &std::path::absolute(to).map_err(unwritable)?;
    let mut unfinished = to.clone().into_os_string();
    unfinished.push(format!(".{}.unfinished", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let mut source = looking(from).await.map_err(|error| CopyError::Unreadable(from.to_owned(), error))?;
    // Its name is reserved first, so that one of two simultaneous copies is refused and nothing is overwritten.
    new_file(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CopyError::Exists(to.clone()),
        _ => unwritable(error),
    })?;
    let copied = async {
        new_file(&unfinished).map_err(unwritable)?;
        let name = unfinished.to_str().ok_or_else(|| CopyError::Name(to.clone()))?;
        // One read transaction from the first page to the last: later commits are not in it. Into an empty
        // file, readable by its user alone.
        sqlx::query("VACUUM INTO ?").bind(name).execute(&mut source).await.map_err(CopyError::Failed)?;
        // SQLite leaves the sync to the system.
        let whole = File::open(&unfinished).map_err(unwritable)?;
        whole.sync_all().map_err(unwritable)?;
        fs::rename(&unfinished, to).map_err(unwritable)?;
        sync_folder(to).map_err(unwritable)?;
        whole.metadata().map(|whole| whole.len()).map_err(unwritable)
    };
    let copied = copied.await;
    // Read-only.
    drop(source.close().await);
    if copied.is_err() {
        for begun in [&unfinished, to] {
            // A missing file is fine.
            let _ = fs::remove_file(begun);
        }
    }
    copied
}

/// A read-only connection to one of our files.
async fn looking(path: &Path) -> Result<SqliteConnection, OpenError> {
    let gently = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = gently.connect().await.map_err(OpenError::unreadable)?;
    open::recognise(&mut conn).await?;
    Ok(conn)
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn sync_folder(of: &Path) -> io::Result<()> {
    of.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// The log beside a database file.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Copies the bytes of `from` to `staged`, with the log beside it if there is one.
pub fn stage(from: &Path, staged: &Path) -> Result<(), InvalidCopy> {
    let mut source = File::open(from).map_err(InvalidCopy::Unreadable)?;
    let about = source.metadata().map_err(InvalidCopy::Unreadable)?;
    if !about.is_file() {
        return Err(InvalidCopy::NotADatabase);
    }
    if about.len() == 0 {
        return Err(InvalidCopy::Empty);
    }
    let mut begin = [0; BEGIN.len() + 2];
    if source.read_exact(&mut begin).is_err() || !begin.starts_with(BEGIN) {
        return Err(InvalidCopy::NotADatabase);
    }
    let log = log_of(from);
    // SQLite reads missing bytes of the last page as zeros, and finds no fault if it was empty.
    let [.., high, low] = begin;
    if about.len() % page_size([high, low]) != 0 && !log.is_file() {
        return Err(InvalidCopy::Damaged("its end is missing".to_owned()));
    }
    unstage(staged);
    let taken = |from: &Path, to: &Path| {
        let mut from = File::open(from)?;
        io::copy(&mut from, &mut new_file(to)?)
    };
    taken(from, staged).map_err(InvalidCopy::Unreadable)?;
    if log.is_file() {
        taken(&log, &log_of(staged)).map_err(InvalidCopy::Unreadable)?;
    }
    Ok(())
}

/// The size of a page, by bytes 16 and 17 of the file.
pub(crate) fn page_size(bytes: [u8; 2]) -> u64 {
    match u16::from_be_bytes(bytes) {
        0 | 1 => 65_536,
        size => u64::from(size),
    }
}

/// Deletes a staged copy.
pub fn unstage(staged: &Path) {
    let mut index = staged.as_os_str().to_owned();
    index.push("-shm");
    for file in [staged.to_owned(), log_of(staged), index.into()] {
        // A missing file is fine.
        let _ = fs::remove_file(file);
    }
}

/// Checks a staged copy: an intact database of ours, not newer than this program, with the schema our migrations make,
/// no dangling references and an unbroken audit chain.
pub async fn examine(staged: &Path) -> Result<Found, InvalidCopy> {
    let options = SqliteConnectOptions::new().filename(staged).pragma("trusted_schema", "OFF");
    let mut conn = options.connect().await.map_err(InvalidCopy::read)?;
    let found = look_through(&mut conn).await;
    // Folds the log in; if that fails, so does the next open.
    drop(conn.close().await);
    found
}

async fn look_through(conn: &mut SqliteConnection) -> Result<Found, InvalidCopy> {
    let ours = open::is_ours(&mut *conn).await.map_err(InvalidCopy::read)?;
    if !ours {
        return Err(InvalidCopy::Foreign);
    }
    // First of all: a foreign view or index would run in the following statements.
    let schema = schema::check(conn).await?;
    let whole: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *conn).await.map_err(InvalidCopy::read)?;
    if whole != "ok" {
        return Err(InvalidCopy::Damaged(whole));
    }
    let dangling: Option<String> = sqlx::query_scalar(r#"SELECT "table" FROM pragma_foreign_key_check LIMIT 1"#)
        .fetch_optional(&mut *conn)
        .await
        .map_err(InvalidCopy::read)?;
    if let Some(table) = dangling {
        return Err(InvalidCopy::Dangling(table));
    }
    match audit::verify(&mut *conn, None).await.map_err(InvalidCopy::read)? {
        Verdict::Whole { head, .. } => Ok(Found { schema, entries: head.seq }),
        Verdict::BrokenAt(seq) => {
            Err(InvalidCopy::Record(format!("entry {seq} does not follow from what stands before it")))
        }
        Verdict::Cut { at, .. } | Verdict::Elsewhere(at) => {
            Err(InvalidCopy::Record(format!("it was longer than its {} entries", at.seq)))
        }
    }
}

/// Puts the staged copy in the place of `file`, which is renamed to `kept`; neither may be open.
pub async fn put_in_place(staged: &Path, file: &Path, stored: &Path) -> Result<(), CopyError> {
    let unwritable = |error| CopyError::Unwritable(file.to_owned(), error);
    fold(staged).await;
    if log_of(staged).exists() {
        return Err(unwritable(io::Error::other("its log cannot be folded in")));
    }
    File::open(staged).and_then(|staged| staged.sync_all()).map_err(unwritable)?;
    if file.exists() {
        fold(file).await;
        // Both names for a moment, so that the file exists at every instant.
        match fs::hard_link(file, stored) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(CopyError::Exists(stored.to_owned()));
            }
            Err(_) => {
                let mut new = new_file(stored).map_err(unwritable)?;
                io::copy(&mut File::open(file).map_err(unwritable)?, &mut new).map_err(unwritable)?;
                new.sync_all().map_err(unwritable)?;
            }
        }
        let log = log_of(file);
        if log.exists() {
            // A log that cannot be folded in stays beside its own file: it would change any other.
            fs::rename(&log, log_of(stored)).map_err(unwritable)?;
        }
    }
    fs::rename(staged, file).map_err(unwritable)?;
    sync_folder(file).map_err(unwritable)
}

/// Folds the log of `file` into it, if it can be opened at all: the file to replace may be damaged.
async fn fold(file: &Path) {
    let Ok(mut conn) = SqliteConnectOptions::new().filename(file).connect().await else { return };
    if let Err(error) = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").await {
        tracing::warn!(%error, "the log of a database cannot be folded in");
    }
    drop(conn.close().await);
}

/// The people erased from the database `file`, as far as it can be read, each with their creation time, because ids may
/// be reused.
pub async fn erased(file: &Path) -> Result<Vec<(PersonId, Millis)>, OpenError> {
    let mut conn = looking(file).await?;
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: PersonId", created_at AS "at!: Millis" FROM person WHERE erased_at IS NOT NULL"#
    )
    .fetch_all(&mut conn)
    .await
    .map_err(OpenError::unreadable)?;
    drop(conn.close().await);
    Ok(rows.into_iter().map(|row| (row.id, row.at)).collect())
}

/// Credentials that were revoked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    pub sessions: u64,
    pub tokens: u64,
    /// Calendar feeds.
    pub feeds: u64,
    /// Unused links.
    pub links: u64,
    /// Screens of displays. The displays stay until they are opened by a new link.
    pub screens: u64,
    /// Links by which people join groups.
    pub group_links: u64,
    /// Open invitations to groups.
    pub invitations: u64,
    /// Logins of devices of the building. The devices stay, and need new passwords.
    pub devices: u64,
}

/// Revokes every credential but passwords and passkeys: a copy does not know what was revoked since.
pub async fn end_ways_in(tx: &mut WriteTx) -> Result<Ended, StoreError> {
    let sessions = sqlx::query!("DELETE FROM session").execute(tx.conn()).await?.rows_affected();
    let tokens = sqlx::query!("DELETE FROM api_token").execute(tx.conn()).await?.rows_affected();
    let feeds = sqlx::query!("DELETE FROM calendar_feed").execute(tx.conn()).await?.rows_affected();
    // On their way in at that time; nobody waits for them any more.
    sqlx::query!("DELETE FROM provider_arrival").execute(tx.conn()).await?;
    let links = sqlx::query!("DELETE FROM link").execute(tx.conn()).await?.rows_affected();
    let screens = sqlx::query!("UPDATE display SET hash = NULL, opening = opening + 1 WHERE hash IS NOT NULL");
    let screens = screens.execute(tx.conn()).await?.rows_affected();
    let group_links =
        sqlx::query!("UPDATE person_group SET link_hash = NULL, link_until = NULL WHERE link_hash IS NOT NULL");
    let group_links = group_links.execute(tx.conn()).await?.rows_affected();
    let invitations = sqlx::query!("DELETE FROM group_invitation").execute(tx.conn()).await?.rows_affected();
    sqlx::query!("DELETE FROM slack_link_offer").execute(tx.conn()).await?;
    // Of archived ones too: they are refused in any case, and not counted.
    sqlx::query!("UPDATE building_device SET hash = NULL WHERE archived_at IS NOT NULL")
        .execute(tx.conn())
        .await?;
    let devices = sqlx::query!("UPDATE building_device SET hash = NULL WHERE hash IS NOT NULL");
    let devices = devices.execute(tx.conn()).await?.rows_affected();
    Ok(Ended { sessions, tokens, feeds, links, screens, group_links, invitations, devices })
}

/// The list beside the database `file` of people erased from it, so that an older copy does not bring them back.
fn list_beside(file: &Path) -> PathBuf {
    file.with_extension("erased")
}

/// The people on the list beside `file`.
pub fn listed_erased(file: &Path) -> io::Result<Vec<(PersonId, Millis)>> {
    let list = match fs::read_to_string(list_beside(file)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        list => list?,
    };
    let line = |line: &str| {
        let (person, made) = line.split_once(' ')?;
        Some((PersonId(person.parse().ok()?), Millis(made.parse().ok()?)))
    };
    // An incomplete line is ignored.
    Ok(list.lines().filter_map(line).collect())
}

impl Store {
    /// Adds an erased person to the list beside the file.
    pub fn list_erased(&self, person: PersonId, made: Millis) -> io::Result<()> {
        let list = list_beside(self.path());
        let mut list = OpenOptions::new().append(true).create(true).mode(0o600).open(list)?;
        list.write_all(format!("{} {}\n", person.0, made.0).as_bytes())?;
        list.sync_all()
    }
}
