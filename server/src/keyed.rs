//! A map of shared values, mostly a semaphore per person or network.
//!
//! Invariant: a value lives as long as it is in use, so memory grows with the values in use and not with the keys seen.
//! tower's concurrency limit has no keys.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

pub struct KeyedMap<K, V>(Mutex<HashMap<K, Weak<V>>>);

impl<K, V> Default for KeyedMap<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> KeyedMap<K, V> {
    /// The value of `key`; a new one if none is in use.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut values = self.values();
        if let Some(value) = values.get(&key).and_then(Weak::upgrade) {
            return value;
        }
        if values.len() == values.capacity() {
            // Before the map grows.
            values.retain(|_, value| value.strong_count() > 0);
        }
        let value = Arc::new(make());
        values.insert(key, Arc::downgrade(&value));
        value
    }

    /// Calls `visit` for each value in use.
    pub fn for_each(&self, mut visit: impl FnMut(&K, &V)) {
        for (key, value) in &*self.values() {
            if let Some(value) = value.upgrade() {
                visit(key, &value);
            }
        }
    }

    fn values(&self) -> MutexGuard<'_, HashMap<K, Weak<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_shared_while_held_and_forgotten_afterwards() {
        let keyed = KeyedMap::default();
        let held = keyed.get(0, || 7);
        assert!(Arc::ptr_eq(&held, &keyed.get(0, || 8)));
        for key in 1..10_000 {
            keyed.get(key, || key);
        }
        let mut seen = Vec::new();
        keyed.for_each(|&key, &value| seen.push((key, value)));
        assert_eq!(seen, [(0, 7)]);
        assert!(keyed.values().len() < 100, "{} keys are remembered", keyed.values().len());
        drop(held);
        assert_eq!(*keyed.get(0, || 8), 8);
    }
}
