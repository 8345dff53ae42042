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
pub struct UntrustedFile {
    abandoned: Abandoned,
    pub conn: SqliteConnection,
    pub(super) limits: Limits,
}

/// Ends the statement of a dropped connection, which its thread would otherwise finish.
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl UntrustedFile {
    /// Opens `file`, and refuses it if something in it could run when it is read.
    pub async fn open(file: &Path, limits: Limits) -> Result<Self, Unread> {
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
