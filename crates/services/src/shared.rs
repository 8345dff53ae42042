//! What several tasks read and change in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value behind a lock. Whoever panicked with it in hand left it whole: the next goes on with what is there.
#[derive(Debug, Default)]
pub(crate) struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
