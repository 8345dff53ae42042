//! Notes that were deleted a moment ago: the way back, for whoever deleted them.
//!
//! **Invariants.** Their words are in memory alone, for [`UNDO`], and no longer than whom they are about is there: a file
//! that is restarted knows nothing of them. Only a few are kept; the oldest makes room.

use domain::{
    id::{NoteId, PersonId},
    inbox::UNDO,
    time::Millis,
};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::notes::Written;

/// Notes that are kept at once.
const NOTES: usize = 64;

/// A note that was deleted.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub(super) note: NoteId,
    pub(super) written: Written,
    /// By whom.
    pub(super) by: Option<PersonId>,
    pub(super) at: Millis,
}

/// The notes that were deleted a moment ago, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Deleted(Mutex<Vec<Gone>>);

impl Deleted {
    fn lock(&self) -> MutexGuard<'_, Vec<Gone>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn keep(&self, gone: Gone, now: Millis) {
        let mut all = self.lock();
        all.retain(|one| now <= one.at.after(UNDO));
        if all.len() >= NOTES {
            all.remove(0);
        }
        all.push(gone);
    }

    /// The note, for whoever deleted it, once.
    pub(super) fn take(&self, note: NoteId, by: Option<PersonId>, now: Millis) -> Option<Gone> {
        let mut all = self.lock();
        all.retain(|one| now <= one.at.after(UNDO));
        let at = all.iter().position(|one| one.note == note && one.by == by)?;
        Some(all.remove(at))
    }

    /// Forgets what was noted about somebody.
    pub(crate) fn forget(&self, person: PersonId) {
        self.lock().retain(|one| one.written.person != person);
    }
}
