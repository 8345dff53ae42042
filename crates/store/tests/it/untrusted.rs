//! Files of strangers: nothing in them runs, and reading them ends.

use std::{path::Path, time::Duration};

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};
use store::imports::fabomatic::{
    Unread,
    untrusted::{Limits, UntrustedFile},
};
use tokio::time::timeout;

async fn file_with(folder: &Path, sql: &str) -> std::path::PathBuf {
    let file = folder.join("file.sqlite");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).page_size(512);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    file
}

/// Empty if it is accepted.
async fn why_refused(file: &Path) -> String {
    UntrustedFile::open(file, Limits::UPLOAD).await.err().map(|error| error.to_string()).unwrap_or_default()
}

async fn refused(sql: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    why_refused(&file_with(folder.path(), sql).await).await
}

#[tokio::test]
async fn plain_tables_and_indexes_are_accepted() {
    let plain = "CREATE TABLE a (id INTEGER PRIMARY KEY, name VARCHAR UNIQUE, on_ BOOLEAN CHECK (on_ IN (0, 1)));
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
        let why = why_refused(&file).await;
        assert!(why.contains("schema is too large"), "{why}");
    }
}

#[tokio::test]
async fn cyclic_schema_pages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let mut page = vec![0; 512];
    page[16..18].copy_from_slice(&512_u16.to_be_bytes());
    page[100] = 0x05;
    page[108..112].copy_from_slice(&1_u32.to_be_bytes());
    std::fs::write(&file, page).unwrap();
    let why = why_refused(&file).await;
    assert!(why.contains("schema is too large"), "{why}");
}

/// From a table.
const ENDLESS_AFTER_A_ROW: &str = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)
     SELECT b FROM a UNION ALL SELECT count(*) FROM a, c";

#[tokio::test]
async fn slow_statement_is_interrupted_at_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { time: Duration::ZERO, ..Limits::UPLOAD };
    // Looking through its schema takes more instructions than pass between two checks of the clock.
    let tables = (0..1_500).map(|n| format!("CREATE TABLE a{n} (b);")).collect::<Vec<_>>().concat();
    let file = file_with(folder.path(), &format!("BEGIN; {tables} COMMIT")).await;
    assert!(matches!(UntrustedFile::open(&file, limits).await, Err(Unread::Slow)));
}

#[tokio::test]
async fn dropped_reader_interrupts_its_statement() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_with(folder.path(), "CREATE TABLE a (b); INSERT INTO a VALUES (1)").await;
    let mut other =
        SqliteConnectOptions::new().filename(&path).busy_timeout(Duration::ZERO).connect().await.unwrap();
    let mut is_locked = async || other.execute("BEGIN EXCLUSIVE; ROLLBACK").await.is_err();
    let mut file = UntrustedFile::open(&path, Limits::OPERATOR).await.unwrap();
    let mut rows = sqlx::query(ENDLESS_AFTER_A_ROW).fetch(&mut file.conn);
    assert!(rows.try_next().await.unwrap().is_some());
    drop(rows);
    // Its thread goes on, with a lock on the file.
    assert!(is_locked().await);
    drop(file);
    let ended = async { while is_locked().await {} };
    timeout(Duration::from_mins(1), ended).await.expect("its thread goes on");
}
