//! A connection to an untrusted database file. Reading it takes bounded time and memory.
//!
//! **Invariants.** Nothing in the file runs: views, triggers, virtual tables, generated columns, and indexes with an
//! expression or condition are refused before any table is read, and CHECK constraints are not evaluated. The schema is
//! measured in the file's pages before `SQLite` parses it. Every statement ends at the deadline, or when its caller is
//! gone.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::unread::Unread;
use crate::copies::{InvalidCopy, page_size};

/// Limits for reading a file.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Total time.
    pub time: Duration,
    pub rows: usize,
}

impl Limits {
    /// For an uploaded file.
    pub const UPLOAD: Self = Self { time: Duration::from_mins(1), rows: 1_000_000 };
    /// For a file named by the server's operator.
    pub const OPERATOR: Self = Self { time: Duration::from_mins(30), rows: 20_000_000 };
}

/// Maximum bytes of a schema. That of the newest Fab-O-Matic has about 6,000.
const SCHEMA_BYTES: u64 = 256 * 1024;
/// Maximum pages of a schema; the smallest have 512 bytes.
const SCHEMA_PAGES: usize = 2_048;
/// Virtual machine instructions between two checks of the clock: less than a millisecond.
const INSTRUCTIONS: i32 = 10_000;

/// Parts of a schema that could run when a table is read, and queries to find them. The first makes the next ones safe:
/// they would otherwise read a table of the file that is named like a pragma, and expand its views.
const ACTIVE: [(&str, &str); 3] = [
    (
        "a view, a trigger or a virtual table",
        r"SELECT name FROM sqlite_schema
          WHERE NOT coalesce(type = 'table' AND sql LIKE 'CREATE TABLE %' AND name NOT LIKE 'pragma\_%' ESCAPE '\'
              OR type = 'index' AND coalesce(sql LIKE 'CREATE INDEX %' OR sql LIKE 'CREATE UNIQUE INDEX %', true), false)",
    ),
    (
        "a generated column",
        "SELECT o.name FROM sqlite_schema o JOIN pragma_table_xinfo(o.name) c WHERE o.type = 'table' AND c.hidden <> 0",
    ),
    (
        "an index with an expression or a condition",
        "SELECT i.name FROM sqlite_schema o JOIN pragma_index_list(o.name) i JOIN pragma_index_xinfo(i.name) c
          WHERE o.type = 'table' AND (i.partial OR c.cid = -2)",
    ),
];

/// An open file. What runs on it is interrupted when this is dropped.
pub(super) struct Untrusted {
    abandoned: Abandoned,
    pub(super) conn: SqliteConnection,
    pub(super) limits: Limits,
}

/// Ends the statement of a dropped connection, which its thread would otherwise finish.
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl Untrusted {
    /// Opens `file`, and refuses it if something in it could run when it is read.
    pub(super) async fn open(file: &Path, limits: Limits) -> Result<Self, Unread> {
        check_schema_size(file)?;
        let mut untrusted = Self::connect(file, limits).await?;
        for (what, statement) in ACTIVE {
            let found: Option<String> =
                sqlx::query_scalar(statement).fetch_optional(&mut untrusted.conn).await.map_err(Unread::sqlite)?;
            if let Some(name) = found {
                return Err(Unread::Active(what, name.chars().take(64).collect()));
            }
        }
        Ok(untrusted)
    }

    async fn connect(file: &Path, limits: Limits) -> Result<Self, Unread> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON")
            .pragma("ignore_check_constraints", "ON");
        let mut conn = options.connect().await.map_err(Unread::sqlite)?;
        let abandoned = Abandoned(Arc::default());
        let (deadline, is_abandoned) = (Instant::now() + limits.time, Arc::clone(&abandoned.0));
        let goes_on = move || !is_abandoned.load(Relaxed) && Instant::now() < deadline;
        conn.lock_handle().await.map_err(Unread::sqlite)?.set_progress_handler(INSTRUCTIONS, goes_on);
        Ok(Self { abandoned, conn, limits })
    }

    pub(super) async fn close(self) {
        let Self { abandoned, conn, .. } = self;
        // It was only read.
        drop(conn.close().await);
        drop(abandoned);
    }
}

/// Refuses a file whose schema is far larger than any Fab-O-Matic's, because parsing takes many times its size in
/// memory.
fn check_schema_size(file: &Path) -> Result<(), Unread> {
    match schema_size(&File::open(file).map_err(InvalidCopy::Unreadable)?) {
        Some(bytes) if bytes <= SCHEMA_BYTES => Ok(()),
        Some(_) => Err(Unread::Foreign("its schema is too large".to_owned())),
        None => Err(InvalidCopy::Damaged("its schema cannot be read".to_owned()).into()),
    }
}

/// Bytes of the schema table, or a prefix that is too large already; `None` if its pages are no table
/// (<https://sqlite.org/fileformat.html#b_tree_pages>).
fn schema_size(file: &File) -> Option<u64> {
    let mut head = [0; 18];
    file.read_exact_at(&mut head, 0).ok()?;
    let size = page_size([head[16], head[17]]);
    let mut page = vec![0; usize::try_from(size).ok()?];
    let (mut bytes, mut pages, mut open) = (0, 0, vec![1_u32]);
    while let Some(number) = open.pop() {
        pages += 1;
        if pages > SCHEMA_PAGES || bytes > SCHEMA_BYTES {
            return Some(u64::MAX);
        }
        file.read_exact_at(&mut page, u64::from(number.checked_sub(1)?) * size).ok()?;
        // The first page begins with the head of the file.
        let head = if number == 1 { 100 } else { 0 };
        let is_leaf = match page.get(head)? {
            0x0d => true,
            0x05 => false,
            _ => return None,
        };
        let cells = usize::from(u16_at(&page, head + 3)?);
        let pointers = head + if is_leaf { 8 } else { 12 };
        for cell in 0..cells {
            let cell = usize::from(u16_at(&page, pointers + 2 * cell)?);
            if is_leaf {
                bytes += varint(page.get(cell..)?)?;
            } else {
                open.push(u32_at(&page, cell)?);
            }
        }
        if !is_leaf {
            open.push(u32_at(&page, head + 8)?);
        }
        if open.len() > SCHEMA_PAGES {
            return Some(u64::MAX);
        }
    }
    Some(bytes)
}

fn u16_at(page: &[u8], at: usize) -> Option<u16> {
    page.get(at..)?.first_chunk().copied().map(u16::from_be_bytes)
}

fn u32_at(page: &[u8], at: usize) -> Option<u32> {
    page.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// A varint. One of more than four bytes exceeds any schema and counts as too large.
fn varint(bytes: &[u8]) -> Option<u64> {
    let mut value = 0;
    for byte in bytes.iter().take(4) {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    (bytes.len() >= 4).then_some(SCHEMA_BYTES + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, Executor};

    async fn file_with(folder: &Path, sql: &str) -> std::path::PathBuf {
        let file = folder.join("file.sqlite");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).page_size(512);
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        file
    }

    async fn refused(sql: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let opened = Untrusted::open(&file_with(folder.path(), sql).await, Limits::UPLOAD).await;
        opened.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn plain_tables_and_indexes_are_accepted() {
        let plain =
            "CREATE TABLE a (id INTEGER PRIMARY KEY, name VARCHAR UNIQUE, on_ BOOLEAN CHECK (on_ IN (0, 1)));
                     CREATE INDEX a_name ON a (name); CREATE UNIQUE INDEX a_both ON a (id, name)";
        assert_eq!(refused(plain).await, "");
    }

    #[tokio::test]
    async fn views_triggers_and_computed_columns_are_refused_with_their_name() {
        for (sql, name) in [
            ("CREATE VIEW v AS SELECT 1", "v"),
            ("CREATE TABLE a (b); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "t"),
            // As written by a SQLite with that module.
            (
                "CREATE TABLE a (b); PRAGMA writable_schema = ON;
                 INSERT INTO sqlite_schema VALUES ('table', 'f', 'f', 0, 'CREATE VIRTUAL TABLE f USING fts5(words)')",
                "f",
            ),
            ("CREATE TABLE g (a, b AS (length(zeroblob(a))))", "g"),
            ("CREATE TABLE g (a, b AS (a + 1) STORED)", "g"),
            ("CREATE TABLE a (b); CREATE INDEX e ON a (abs(b))", "e"),
            ("CREATE TABLE a (b); CREATE INDEX p ON a (b) WHERE abs(b) > 1", "p"),
            ("CREATE TABLE pragma_table_xinfo (hidden)", "pragma_table_xinfo"),
        ] {
            let why = refused(sql).await;
            assert!(why.contains("no Fab-O-Matic has") && why.contains(name), "{sql}: {why}");
        }
    }

    #[tokio::test]
    async fn huge_schema_is_refused_before_parsing() {
        let one = format!("CREATE TABLE a (b CHECK (b IN ({}1)))", "1,".repeat(150_000));
        let mut many = String::from("BEGIN;");
        for n in 0..3_000 {
            let column = format!("a_column_with_a_long_name_of_its_own_{n}");
            many.extend(["CREATE TABLE a", &n.to_string(), " (", &column, " INTEGER NOT NULL DEFAULT 0);"]);
        }
        many.push_str("COMMIT;");
        for sql in [one, many] {
            let folder = tempfile::tempdir().unwrap();
            let file = file_with(folder.path(), &sql).await;
            let why = check_schema_size(&file).unwrap_err().to_string();
            assert!(why.contains("schema is too large"), "{why}");
        }
    }

    #[test]
    fn cyclic_schema_pages_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut page = vec![0; 512];
        page[16..18].copy_from_slice(&512_u16.to_be_bytes());
        page[100] = 0x05;
        page[108..112].copy_from_slice(&1_u32.to_be_bytes());
        std::fs::write(&file, page).unwrap();
        assert!(check_schema_size(&file).is_err());
    }

    const ENDLESS: &str =
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

    #[tokio::test]
    async fn slow_statement_is_interrupted_at_the_deadline() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { time: Duration::ZERO, ..Limits::UPLOAD };
        let mut file = Untrusted::connect(&file_with(folder.path(), "").await, limits).await.unwrap();
        let ended = sqlx::query(ENDLESS).execute(&mut file.conn).await.map_err(Unread::sqlite);
        assert!(matches!(ended, Err(Unread::Slow)), "{ended:?}");
    }

    #[tokio::test]
    async fn dropped_reader_interrupts_its_statement() {
        let folder = tempfile::tempdir().unwrap();
        let file = Untrusted::connect(&file_with(folder.path(), "").await, Limits::OPERATOR).await.unwrap();
        // Held by this test and, as long as its thread is alive, by the connection.
        let held = Arc::clone(&file.abandoned.0);
        let reading = tokio::spawn(async move {
            let mut file = file;
            file.conn.execute(ENDLESS).await.map(drop)
        });
        tokio::task::yield_now().await;
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
        let ended = async {
            while Arc::strong_count(&held) > 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), ended).await.expect("its thread goes on");
    }
}
