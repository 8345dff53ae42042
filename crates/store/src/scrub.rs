//! What a deletion leaves in the file, and having it gone.
//!
//! Deleted rows are overwritten as they go (`secure_delete`), and their copies in the log go with the log. One place is
//! left: when a page was divided, bytes of its rows may lie in what is now nobody's part of it. So the file is looked
//! through for what must not be in it, and written anew where it is.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::Duration,
};

use crate::{Store, StoreError};

/// How often the log is asked to go, and how long in between: whoever reads holds on to it for a moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);
/// Bytes that are looked through at once.
const PIECE: usize = 1 << 20;

impl Store {
    /// Has none of `words` left in the file and its log. Answers whether that was reached; a reader that does not end
    /// keeps the log.
    pub async fn scrub(&self, words: Vec<Vec<u8>>) -> Result<bool, StoreError> {
        if !self.cut_log(false).await? {
            return Ok(false);
        }
        if self.holds(words).await {
            return self.cut_log(true).await;
        }
        Ok(true)
    }

    async fn cut_log(&self, mut anew: bool) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            if self.tidy(anew).await? {
                return Ok(true);
            }
            // Written once is enough.
            anew = false;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    /// Whether one of `words` is in the file. What cannot be read may hold it.
    async fn holds(&self, words: Vec<Vec<u8>>) -> bool {
        let path = self.path().to_owned();
        let looked = tokio::task::spawn_blocking(move || any_in(&path, &words)).await;
        !matches!(looked, Ok(Ok(false)))
    }
}

fn any_in(path: &Path, words: &[Vec<u8>]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let longest = words.iter().map(Vec::len).max().unwrap_or(0);
    let (mut piece, mut next) = (Vec::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut next)?;
        if read == 0 {
            return Ok(false);
        }
        piece.extend_from_slice(next.get(..read).unwrap_or_default());
        if words.iter().any(|word| is_in(&piece, word)) {
            return Ok(true);
        }
        // A word may lie across two pieces.
        piece.drain(..piece.len().saturating_sub(longest));
    }
}

fn is_in(bytes: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_across_two_pieces() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mut bytes = vec![0; PIECE - 3];
        bytes.extend_from_slice(b"needle");
        bytes.extend_from_slice(&[1; 100]);
        std::fs::write(&path, bytes).unwrap();
        assert!(any_in(&path, &[b"straw".to_vec(), b"needle".to_vec()]).unwrap());
        assert!(!any_in(&path, &[b"needles".to_vec()]).unwrap());
        assert!(!any_in(&path, &[]).unwrap());
    }
}
