//! Recently deleted notes, and undo for the person who deleted them.
//!
//! **Invariants.** Their text is held in memory alone, for [`UNDO`] and the few seconds until the timer next runs:
//! a restarted server knows nothing of them. No note about an erased person comes back. Only a few are held; the
//! oldest makes room.

use crate::shared::Shared;
use domain::{
    id::{NoteId, PersonId},
    inbox::UNDO,
    time::Millis,
};
use store::notes::Written;

/// Limit of deleted notes in memory.
const NOTES: usize = 64;

/// A note that was deleted.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub(super) note: NoteId,
    pub(super) written: Written,
    pub(super) by: Option<PersonId>,
    pub(super) at: Millis,
}

/// Recently deleted notes, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Deleted(Shared<Vec<Gone>>);

impl Deleted {
    pub(super) fn keep(&self, gone: Gone, now: Millis) {
        self.forget_old(now);
        let mut all = self.0.lock();
        if all.len() >= NOTES {
            all.remove(0);
        }
        all.push(gone);
    }

    /// The deleted note with this number about a person, for the one who deleted it, once.
    pub(super) fn take(&self, note: NoteId, about: PersonId, by: Option<PersonId>, now: Millis) -> Option<Gone> {
        self.forget_old(now);
        let mut all = self.0.lock();
        let at = all.iter().position(|one| one.note == note && one.written.person == about && one.by == by)?;
        Some(all.remove(at))
    }

    /// Drops notes that can no longer be restored; returns how many remain.
    pub(super) fn forget_old(&self, now: Millis) -> usize {
        let mut all = self.0.lock();
        all.retain(|one| now <= one.at.after(UNDO));
        all.len()
    }

    /// Drops deleted notes about a person.
    pub(crate) fn forget(&self, person: PersonId) {
        self.0.lock().retain(|one| one.written.person != person);
    }
}
