//! Removes remnants of deleted rows from the file.
//!
//! Deleted rows are overwritten (`secure_delete`), and their copies in the log disappear with the log. One place is
//! left: after a page split, bytes of its rows may remain in the page's free space. So the free space is searched for
//! the deleted values, and the file is rewritten (`VACUUM`) if one is found.
//!
//! Invariant: values in live rows never cause a rewrite: a person whose name is part of a longer one must not hold up
//! the writer, which boards wait for. Not here: pages that our tables do not use, such as those that only hold
//! pointers.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    ops::Range,
    path::Path,
    time::Duration,
};

use crate::{Store, StoreError};

/// Attempts to truncate the log, and the pause in between: readers hold it for a moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);
/// Bytes read at once.
const PIECE: usize = 1 << 20;
/// Bytes before the header of the first page: the file header, which contains the page size
/// (<https://sqlite.org/fileformat.html>).
const HEAD: usize = 100;
const SIZE_AT: usize = 16;

impl Store {
    /// Removes all traces of `words` from the file and its log, except in live rows. Returns whether that succeeded; a
    /// reader that does not end holds on to the log.
    pub async fn scrub(&self, words: Vec<Vec<u8>>) -> Result<bool, StoreError> {
        if !self.cut_log(false).await? {
            return Ok(false);
        }
        if self.has_left(words).await {
            return self.cut_log(true).await;
        }
        Ok(true)
    }

    async fn cut_log(&self, mut anew: bool) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            if self.tidy(anew).await? {
                return Ok(true);
            }
            // Once is enough.
            anew = false;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    /// Whether one of `words` is in the free space of the file. An unreadable page may contain it.
    async fn has_left(&self, words: Vec<Vec<u8>>) -> bool {
        let path = self.path().to_owned();
        let looked = tokio::task::spawn_blocking(move || any_left(&path, &words)).await;
        !matches!(looked, Ok(Ok(false)))
    }
}

fn any_left(path: &Path, words: &[Vec<u8>]) -> io::Result<bool> {
    let mut file = BufReader::with_capacity(PIECE, File::open(path)?);
    let mut head = [0; HEAD];
    file.read_exact(&mut head)?;
    let size = match number(&head, SIZE_AT).unwrap_or_default() {
        1 => 1 << 16,
        size => size.max(HEAD),
    };
    let mut page = vec![0; size];
    let (first, rest) = page.split_at_mut(HEAD);
    first.copy_from_slice(&head);
    file.read_exact(rest)?;
    let mut begin = HEAD;
    loop {
        if words.iter().any(|name| is_left(&page, begin, name)) {
            return Ok(true);
        }
        match file.read_exact(&mut page) {
            Ok(()) => begin = 0,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// Whether `word` is in the free space of `page`.
fn is_left(page: &[u8], begin: usize, name: &[u8]) -> bool {
    let Some((&first, rest)) = name.split_first() else { return false };
    let mut found = page.iter().enumerate().filter(|(_, byte)| **byte == first).map(|(at, _)| at..at + name.len());
    found.any(|at| {
        page.get(at.start + 1..at.end) == Some(rest)
            && unused(page, begin)
                .is_none_or(|parts| parts.iter().any(|part| part.start < at.end && at.start < part.end))
    })
}

/// The free parts of a table page: between its cell pointers and the first cell, and the free blocks. `None` if it is
/// no table page, or was read while being written, so that nothing is known.
fn unused(page: &[u8], begin: usize) -> Option<Vec<Range<usize>>> {
    let led = match page.get(begin)? {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return None,
    };
    let rows = match number(page, begin + 5)? {
        0 => 1 << 16,
        rows => rows,
    };
    let before = begin + led + 2 * number(page, begin + 3)?..rows;
    let mut parts = Vec::new();
    let mut free = number(page, begin + 1)?;
    while free != 0 {
        let (next, size) = (number(page, free)?, number(page, free + 2)?);
        parts.push(free..free + size);
        if next != 0 && next <= free {
            return None;
        }
        free = next;
    }
    parts.push(before);
    Some(parts)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_be_bytes(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tuning;
    use domain::id::PersonId;
    use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

    async fn file(path: &Path, statements: &str) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
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
        assert!(!any_left(&path, &words(&["needle", "straw 7", "nowhere", ""])).unwrap(), "rows say so");
        let gone = "PRAGMA secure_delete = OFF; DELETE FROM word WHERE word = 'straw 700'";
        sqlx::raw_sql(gone).execute(&mut conn).await.unwrap();
        assert!(any_left(&path, &words(&["needle", "straw 700"])).unwrap(), "a row was there");
        assert!(!any_left(&path, &words(&["needle", "straw 701"])).unwrap());
        conn.close().await.unwrap();
    }

    #[test]
    fn malformed_page_counts_as_free_space() {
        let mut page = vec![0; 512];
        page[100..106].copy_from_slice(b"needle");
        assert!(is_left(&page, 0, b"needle") && !is_left(&page, 0, b"needles"));
        // A table page with cells from 90 on, and an unterminated one.
        page[..8].copy_from_slice(&[13, 0, 0, 0, 1, 0, 90, 0]);
        assert!(!is_left(&page, 0, b"needle"), "a row has it");
        page[5..7].copy_from_slice(&[0, 103]);
        assert!(is_left(&page, 0, b"needle"), "half of it is nobody's");
        page[..8].copy_from_slice(&[13, 0, 200, 0, 1, 0, 90, 0]);
        page[200..204].copy_from_slice(&[0, 200, 0, 8]);
        assert!(is_left(&page, 0, b"needle"), "free parts that lead in a circle");
    }

    #[tokio::test]
    async fn name_remnants_are_found_in_written_and_folded_form() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let store = Store::open(&path, Tuning::default()).await.unwrap();
        let message = "INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0), (2, 'active', 0), (3, 'active', 0);
                    INSERT INTO profile (person_id, name, email, folded) VALUES
                        (1, 'Élodie Quill', 'quill@example.org', 'elodie quill' || char(10) || 'quill@example.org'),
                        (2, 'Neltistein', NULL, NULL), (3, 'NELTISTEIN', NULL, NULL)";
        file(&path, message).await.close().await.unwrap();
        let mut conn = store.snapshot().await.unwrap();
        let elodie = crate::privacy::traces(&mut conn, PersonId(1)).await.unwrap();
        let second = crate::privacy::traces(&mut conn, PersonId(2)).await.unwrap();
        drop(conn);
        store.close().await;
        // A table page without cells: all of it is free.
        let left = |words: &[Vec<u8>], rest: &str| {
            let mut page = vec![0; 512];
            page[..8].copy_from_slice(&[10, 0, 0, 0, 0, 2, 0, 0]);
            page[300..300 + rest.len()].copy_from_slice(rest.as_bytes());
            words.iter().any(|name| is_left(&page, 0, name))
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
}
