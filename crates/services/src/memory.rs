//! The in-memory state of modules, by type, so that the context holds the state of modules it does not know.
//!
//! Invariant: a value is created at its first use, never replaced, and lost in a restart. Not here: what a module
//! remembers, which is in its own `Memory`.

use std::{any::Any, sync::OnceLock};

/// One value of each type. A list, because there are a dozen: searching it takes no lock.
#[derive(Default)]
pub(crate) struct Memories(OnceLock<Box<Entry>>);

struct Entry {
    value: Box<dyn Any + Send + Sync>,
    next: Memories,
}

impl Memories {
    /// The value of type `T`; `create` makes it if there is none yet.
    pub(crate) fn get<T: Any + Send + Sync>(&self, create: impl FnOnce() -> T) -> &T {
        let mut create = Some(create);
        let mut place = self;
        loop {
            let entry = place.0.get_or_init(|| {
                let value: Box<dyn Any + Send + Sync> = match create.take() {
                    Some(create) => Box::new(create()),
                    // Unreachable: a created value has the type that is searched for, which ends the search.
                    None => Box::new(()),
                };
                Box::new(Entry { value, next: Self::default() })
            });
            if let Some(value) = entry.value.downcast_ref() {
                return value;
            }
            place = &entry.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[test]
    fn each_type_has_one_value() {
        let memories = Memories::default();
        memories.get(AtomicU32::default).store(7, Relaxed);
        assert_eq!(*memories.get(|| "a name"), "a name");
        assert_eq!(*memories.get(|| "another"), "a name");
        assert_eq!(memories.get(AtomicU32::default).load(Relaxed), 7);
    }

    #[test]
    fn concurrent_first_uses_share_one_value() {
        let memories = Memories::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| memories.get(AtomicU32::default).fetch_add(1, Relaxed));
                scope.spawn(|| memories.get(String::new).len());
            }
        });
        assert_eq!(memories.get(AtomicU32::default).load(Relaxed), 4);
    }
}
