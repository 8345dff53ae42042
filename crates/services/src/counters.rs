//! Counters since the start. Counting is one atomic addition, so a swipe does not wait for it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// One counter for each member of a closed list of `N`.
#[derive(Debug)]
pub(crate) struct Counters<const N: usize>([AtomicU64; N]);

impl<const N: usize> Default for Counters<N> {
    fn default() -> Self {
        Self([const { AtomicU64::new(0) }; N])
    }
}

impl<const N: usize> Counters<N> {
    /// Counts one more of the member at `at`. One that is not there is not counted.
    pub(crate) fn count(&self, at: usize) {
        if let Some(counter) = self.0.get(at) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn read(&self) -> [u64; N] {
        self.0.each_ref().map(|counter| counter.load(Relaxed))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
