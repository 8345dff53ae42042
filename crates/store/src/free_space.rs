//! The free space of a database file's pages, where bytes of deleted rows may remain after a page was split.
//!
//! Not here: pages that our tables do not use, such as those that only hold pointers.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    ops::Range,
    path::Path,
};

/// Bytes read at once.
const PIECE: usize = 1 << 20;
/// Bytes before the header of the first page: the file header, which contains the page size
/// (<https://sqlite.org/fileformat.html>).
const HEAD: usize = 100;
const SIZE_AT: usize = 16;

/// Whether one of `words` is in the free space of the database `path`. A page that is being written counts as free.
pub fn file_has_any(path: &Path, words: &[Vec<u8>]) -> io::Result<bool> {
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
        if words.iter().any(|word| page_has(&page, begin, word)) {
            return Ok(true);
        }
        match file.read_exact(&mut page) {
            Ok(()) => begin = 0,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// Whether `word` is in the free space of `page`, whose header begins at `begin`.
pub fn page_has(page: &[u8], begin: usize, word: &[u8]) -> bool {
    let Some((&first, rest)) = word.split_first() else { return false };
    let mut found = page.iter().enumerate().filter(|(_, byte)| **byte == first).map(|(at, _)| at..at + word.len());
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
