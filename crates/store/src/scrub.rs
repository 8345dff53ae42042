//! Removes remnants of deleted rows from the file.
//!
//! Deleted rows are overwritten (`secure_delete`), and their copies in the log disappear with the log. One place is
//! left, which [`free_space`] describes. So it is searched for the deleted values, and the file is rewritten (`VACUUM`)
//! if one is found.
//!
//! Invariant: values in live rows never cause a rewrite: a person whose name is part of a longer one must not hold up
//! the writer, which boards wait for.

use std::time::Duration;

use crate::{Store, StoreError, free_space};

/// Attempts to truncate the log, and the pause in between: readers hold it for a moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

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
        let looked = tokio::task::spawn_blocking(move || free_space::file_has_any(&path, &words)).await;
        !matches!(looked, Ok(Ok(false)))
    }
}
