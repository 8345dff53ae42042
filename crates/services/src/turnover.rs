//! Counts the uses that began and ended, by the reports of boards or the lack of them.

use crate::counters::Counters;
use domain::uses::{Change, Ending, Session, Situation};

#[derive(Debug, Default)]
pub(crate) struct Turnover {
    started: Counters<1>,
    ended: Counters<{ Ending::ALL.len() }>,
}

/// The changes made by one message.
#[derive(Debug, Clone, Default)]
pub(crate) struct UseCounts {
    started: usize,
    ended: Vec<Ending>,
}

impl UseCounts {
    pub(crate) fn by(changes: &[Change], situation: &Situation) -> Self {
        let known = || situation.open.iter().chain(&situation.closed);
        let was_over = |after: &Session| known().any(|before| before.id == after.id && before.end.is_some());
        let mut counts = Self::default();
        for change in changes {
            let ended = match change {
                Change::Add(session) => {
                    counts.started += 1;
                    session.end
                }
                Change::Set(after) => after.end.filter(|_| !was_over(after)),
                Change::Remove(_) => None,
            };
            counts.ended.extend(ended.map(|(_, ending)| ending));
        }
        counts
    }
}

impl Turnover {
    /// Counts a committed change.
    pub(crate) fn add(&self, counts: &UseCounts) {
        (0..counts.started).for_each(|_| self.started.count(0));
        counts.ended.iter().for_each(|ending| self.ended(*ending));
    }

    /// Counts a use that ended without a stop message.
    pub(crate) fn ended(&self, ending: Ending) {
        self.ended.count(ending as usize);
    }

    pub(crate) fn read(&self) -> (u64, Vec<(Ending, u64)>) {
        let [started] = self.started.read();
        (started, Ending::ALL.iter().copied().zip(self.ended.read()).collect())
    }
}
