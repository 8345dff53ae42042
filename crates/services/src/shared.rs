//! In-memory state that several tasks read and change.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value behind a lock. Poisoning is ignored: the value is consistent after each statement.
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
