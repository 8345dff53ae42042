//! Remnants of deleted rows: found in free space alone, and removed.

use std::path::Path;

use domain::id::PersonId;
use sqlx::{Connection, SqliteConnection};
use store::{
    Store, Tuning,
    free_space::{file_has_any, page_has},
    privacy,
};

use crate::lab::connect;

async fn file(path: &Path, statements: &str) -> SqliteConnection {
    let mut conn = connect(path).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&mut conn).await.unwrap();
    conn
}

#[tokio::test]
async fn live_rows_are_ignored_and_deleted_rows_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let there = "PRAGMA secure_delete = ON; CREATE TABLE word (word TEXT);
                 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                 INSERT INTO word SELECT 'straw ' || i FROM n;
                 INSERT INTO word VALUES ('needles of pines'), ('needle')";
    let mut conn = file(&path, there).await;
    let words = |words: &[&str]| words.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
    assert!(!file_has_any(&path, &words(&["needle", "straw 7", "nowhere", ""])).unwrap(), "rows say so");
    let gone = "PRAGMA secure_delete = OFF; DELETE FROM word WHERE word = 'straw 700'";
    sqlx::raw_sql(gone).execute(&mut conn).await.unwrap();
    assert!(file_has_any(&path, &words(&["needle", "straw 700"])).unwrap(), "a row was there");
    assert!(!file_has_any(&path, &words(&["needle", "straw 701"])).unwrap());
    conn.close().await.unwrap();
}

#[test]
fn malformed_page_counts_as_free_space() {
    let mut page = vec![0; 512];
    page[100..106].copy_from_slice(b"needle");
    assert!(page_has(&page, 0, b"needle") && !page_has(&page, 0, b"needles"));
    // A table page with cells from 90 on, and an unterminated one.
    page[..8].copy_from_slice(&[13, 0, 0, 0, 1, 0, 90, 0]);
    assert!(!page_has(&page, 0, b"needle"), "a row has it");
    page[5..7].copy_from_slice(&[0, 103]);
    assert!(page_has(&page, 0, b"needle"), "half of it is nobody's");
    page[..8].copy_from_slice(&[13, 0, 200, 0, 1, 0, 90, 0]);
    page[200..204].copy_from_slice(&[0, 200, 0, 8]);
    assert!(page_has(&page, 0, b"needle"), "free parts that lead in a circle");
}

#[tokio::test]
async fn name_remnants_are_found_in_written_and_folded_form() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let store = Store::open(&path, Tuning::default()).await.unwrap();
    let message =
        "INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0), (2, 'active', 0), (3, 'active', 0);
                INSERT INTO profile (person_id, name, email, folded) VALUES
                    (1, 'Élodie Quill', 'quill@example.org', 'elodie quill' || char(10) || 'quill@example.org'),
                    (2, 'Neltistein', NULL, NULL), (3, 'NELTISTEIN', NULL, NULL)";
    file(&path, message).await.close().await.unwrap();
    let mut conn = store.snapshot().await.unwrap();
    let elodie = privacy::traces(&mut conn, PersonId(1)).await.unwrap();
    let second = privacy::traces(&mut conn, PersonId(2)).await.unwrap();
    drop(conn);
    store.close().await;
    // A table page without cells: all of it is free.
    let left = |words: &[Vec<u8>], rest: &str| {
        let mut page = vec![0; 512];
        page[..8].copy_from_slice(&[10, 0, 0, 0, 0, 2, 0, 0]);
        page[300..300 + rest.len()].copy_from_slice(rest.as_bytes());
        words.iter().any(|name| page_has(&page, 0, name))
    };
    for rest in ["Élodie Quill", "Élodie quill", "elodie quill\nelod", "quill@example.org"] {
        assert!(left(&elodie, rest), "{rest}");
    }
    assert!(left(&second, "Neltistein"));
    assert!(!left(&second, "neltistein"), "somebody else is searched so");
}

#[tokio::test]
async fn name_contained_in_another_name_rewrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let store = Store::open(&path, Tuning::default()).await.unwrap();
    let message = "INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0);
                INSERT INTO profile (person_id, name, email) VALUES (1, 'Martina', 'martina@example.org')";
    let mut conn = file(&path, message).await;
    // Only a rewrite of the file changes this.
    let mut shape =
        async || sqlx::query_scalar::<_, i64>("PRAGMA schema_version").fetch_one(&mut conn).await.unwrap();
    let before = shape().await;
    assert!(store.scrub(vec![b"Martin".to_vec(), b"martin".to_vec()]).await.unwrap());
    assert_eq!(shape().await, before);
    conn.close().await.unwrap();
    store.close().await;
}
