//! How often something may fail before one has to wait: a sliding window for each key.
//!
//! An attempt is counted before it is made and forgiven when it succeeds, so that many at once are no way around.
//! Invariant: memory is bounded, whatever keys are tried; when there is no room, what was tried longest ago is forgotten.
//! Deliberately absent: the clock, and what a key is.

use crate::time::Millis;
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    time::Duration,
};

/// So many failures in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Failures after which one waits.
    pub failures: usize,
    /// How far back they count.
    pub window: Duration,
}

/// Failures by one account.
pub const PER_ACCOUNT: Limit = Limit { failures: 5, window: Duration::from_mins(15) };
/// Failures from one address on the network, behind which a whole workshop may sit.
pub const PER_ADDRESS: Limit = Limit { failures: 20, window: Duration::from_mins(15) };
/// Links looked at from one address on the network. Nobody guesses 256 bits: this only keeps a flood from the storage, and
/// somebody who opens an old link again and again must not keep others from signing in.
pub const PER_LINKS: Limit = Limit { failures: 300, window: Duration::from_mins(15) };

/// The failures of every key within the window.
#[derive(Debug)]
pub struct Throttle<K> {
    limit: Limit,
    room: usize,
    /// Oldest first.
    failed: HashMap<K, VecDeque<Millis>>,
}

impl<K: Eq + Hash + Clone> Throttle<K> {
    /// With room for `room` keys.
    #[must_use]
    pub fn new(limit: Limit, room: usize) -> Self {
        Self { limit, room, failed: HashMap::new() }
    }

    /// How long `key` has to wait at `now`; `None`: not at all.
    #[must_use]
    pub fn wait(&self, key: &K, now: Millis) -> Option<Duration> {
        let begin = now.before(self.limit.window);
        let failed = self.failed.get(key)?;
        let counted = failed.iter().filter(|&&at| at > begin).count();
        // The one whose leaving makes room.
        let last = failed.len().checked_sub(self.limit.failures)?;
        (counted >= self.limit.failures).then(|| failed[last].after(self.limit.window).since(now))
    }

    /// Counts an attempt of `key` at `now`, or says how long it has to wait.
    pub fn attempt(&mut self, key: &K, now: Millis) -> Result<(), Duration> {
        if let Some(wait) = self.wait(key, now) {
            return Err(wait);
        }
        let begin = now.before(self.limit.window);
        if !self.failed.contains_key(key) && self.failed.len() >= self.room {
            self.failed.retain(|_, failed| failed.back().is_some_and(|&at| at > begin));
            if self.failed.len() >= self.room {
                let oldest = self.failed.iter().min_by_key(|(_, failed)| failed.back().copied());
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    self.failed.remove(&oldest);
                }
            }
        }
        let failed = self.failed.entry(key.clone()).or_default();
        while failed.front().is_some_and(|&at| at <= begin) {
            failed.pop_front();
        }
        failed.push_back(now);
        Ok(())
    }

    /// The attempt that `key` made at `at` did not fail.
    pub fn forgive(&mut self, key: &K, at: Millis) {
        let Some(failed) = self.failed.get_mut(key) else { return };
        if let Some(place) = failed.iter().position(|&attempt| attempt == at) {
            failed.remove(place);
        }
        if failed.is_empty() {
            self.failed.remove(key);
        }
    }

    /// Keys that are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.failed.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEW: Limit = Limit { failures: 3, window: Duration::from_millis(100) };

    #[test]
    fn who_failed_too_often_waits_until_the_oldest_is_forgotten() {
        let mut throttle = Throttle::new(FEW, 10);
        for at in [0, 10, 20] {
            assert_eq!(throttle.attempt(&1, Millis(at)), Ok(()));
        }
        assert_eq!(throttle.attempt(&1, Millis(30)), Err(Duration::from_millis(70)));
        assert_eq!(throttle.attempt(&2, Millis(30)), Ok(()), "others do not wait");
        assert_eq!(throttle.attempt(&1, Millis(100)), Ok(()));
        assert_eq!(throttle.attempt(&1, Millis(100)), Err(Duration::from_millis(10)));
    }

    #[test]
    fn what_succeeded_does_not_count() {
        let mut throttle = Throttle::new(FEW, 10);
        for at in 0..50 {
            assert_eq!(throttle.attempt(&1, Millis(at)), Ok(()));
            throttle.forgive(&1, Millis(at));
        }
        assert_eq!(throttle.remembered(), 0);
    }

    proptest! {
        #[test]
        fn never_more_than_the_limit_in_any_window_and_memory_is_bounded(
            tried in proptest::collection::vec((0..6_u8, 0..40_i64), 0..200),
        ) {
            let mut throttle = Throttle::new(FEW, 4);
            let mut wide = Throttle::new(FEW, 100);
            let mut made: Vec<(u8, i64)> = Vec::new();
            let mut now = 0;
            for (key, passed) in tried {
                now += passed;
                // The rule told the slow way, where nothing is ever forgotten early.
                let recent = made.iter().filter(|&&(other, at)| other == key && at > now - 100).count();
                let answer = wide.attempt(&key, Millis(now));
                prop_assert_eq!(answer.is_ok(), recent < 3);
                match answer {
                    Ok(()) => made.push((key, now)),
                    Err(wait) => {
                        let later = now + i64::try_from(wait.as_millis()).unwrap();
                        let then = |now| made.iter().filter(|&&(other, at)| other == key && at > now - 100).count();
                        prop_assert!(then(later) < 3 && then(later - 1) >= 3, "the wait is exact");
                    }
                }
                let _ = throttle.attempt(&key, Millis(now));
                prop_assert!(throttle.remembered() <= 4);
            }
        }
    }
}
