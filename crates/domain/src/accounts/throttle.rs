//! A throttle: how often something may fail before the caller has to wait, in a sliding window per key.
//!
//! Only failures count. While attempts are pending, no more may start than may still fail, so concurrent attempts
//! are no way around the limit. What many people share – a network address – is never locked but slowed
//! ([`Slowdown`]). Invariant: memory is bounded whatever keys are tried; when it is full, the oldest failure is
//! dropped. Not here: the clock, and the meaning of a key.

use crate::{rate::Pace, time::Millis};
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    time::Duration,
};

/// A limit of failures within a time window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Failures after which one waits.
    pub failures: usize,
    /// The window in which they count.
    pub window: Duration,
}

/// Failures for one account from one address on the network, or from one device that has signed in to it before.
pub const PER_PAIR: Limit = Limit { failures: 5, window: Duration::from_mins(15) };
/// Failed sign-ins for one account from all addresses together, except known devices: however many addresses an
/// attacker has, 2,400 guesses a day find no password of the required strength.
pub const PER_ACCOUNT: Limit = Limit { failures: 100, window: Duration::from_hours(1) };
/// Like [`PER_ACCOUNT`] for one-time codes, of which there are only a million. The password comes first.
pub const PER_CODES: Limit = Limit { failures: 20, window: Duration::from_hours(1) };
/// Password and sign-in links requested for one mailbox.
pub const PER_MAILBOX: Pace = Pace { burst: 5, every: Duration::from_mins(3) };
/// Applications from one address on the network: the list of applicants is looked through by people.
pub const PER_APPLICANTS: Pace = Pace { burst: 100, every: Duration::from_secs(9) };

/// Slows attempts from one network address, which a whole workshop may share: nobody there is locked out by the
/// attempts of others.
pub const PER_ADDRESS: Slowing = Slowing { free: 10, window: Duration::from_mins(15) };
/// Slows look-ups of links. Nobody guesses 256 bits: this only protects the storage from floods.
pub const PER_LINKS: Slowing = Slowing { free: 300, window: Duration::from_mins(15) };
/// Slows requests for mails: a class may forget its passwords in one evening.
pub const PER_LETTERS: Slowing = Slowing { free: 100, window: Duration::from_mins(15) };

/// After a number of failures within a window each attempt waits, longer with each failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slowing {
    /// Failures without a delay.
    pub free: usize,
    /// The window in which they count.
    pub window: Duration,
}

/// The first wait; it doubles with each failure …
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// … up to as long as people wait for a page.
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// Failures beyond the free ones that are counted.
const STEPS: usize = 5;

impl Slowing {
    /// The delay after this many failures.
    #[must_use]
    pub fn wait(self, failures: usize) -> Duration {
        let Some(step) = failures.checked_sub(self.free) else { return Duration::ZERO };
        let doubled = u32::try_from(step.min(STEPS)).unwrap_or(u32::MAX);
        FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doubled)).min(LONGEST_WAIT)
    }
}

/// The failures of every key that is slowed and never locked.
#[derive(Debug)]
pub struct Slowdown<K> {
    slowing: Slowing,
    room: usize,
    keys: HashMap<K, VecDeque<Millis>>,
}

impl<K: Eq + Hash + Clone> Slowdown<K> {
    /// With capacity for `room` keys.
    #[must_use]
    pub fn new(slowing: Slowing, room: usize) -> Self {
        Self { slowing, room, keys: HashMap::new() }
    }

    /// The delay of an attempt of `key` at `now`.
    #[must_use]
    pub fn wait(&self, key: &K, now: Millis) -> Duration {
        let begin = now.before(self.slowing.window);
        let failures = self.keys.get(key).map_or(0, |failed| failed.iter().filter(|&&at| at > begin).count());
        self.slowing.wait(failures)
    }

    /// An attempt of `key` at `now` failed.
    pub fn fail(&mut self, key: &K, now: Millis) {
        let begin = now.before(self.slowing.window);
        if !self.keys.contains_key(key) && self.keys.len() >= self.room {
            self.keys.retain(|_, failed| failed.back().is_some_and(|&at| at > begin));
            if self.keys.len() >= self.room {
                let oldest = self.keys.iter().min_by_key(|(_, failed)| failed.back().copied());
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    self.keys.remove(&oldest);
                }
            }
        }
        let failed = self.keys.entry(key.clone()).or_default();
        failed.push_back(now);
        // More make no difference.
        while failed.len() > self.slowing.free + STEPS || failed.front().is_some_and(|&at| at <= begin) {
            failed.pop_front();
        }
    }

    /// Keys that are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.keys.len()
    }
}

/// Why an attempt is not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotYet {
    /// Other attempts are pending: if all of them fail, the limit is reached.
    Undecided,
    /// There were too many failures: for how long it has to wait.
    Locked(Duration),
}

/// The attempts of one key.
#[derive(Debug, Default)]
struct Attempts {
    /// Start times of failed attempts, oldest first.
    failed: VecDeque<Millis>,
    /// Those that are not decided.
    open: usize,
}

/// The failures of every key within the window.
#[derive(Debug)]
pub struct Throttle<K> {
    limit: Limit,
    room: usize,
    keys: HashMap<K, Attempts>,
}

impl<K: Eq + Hash + Clone> Throttle<K> {
    /// With capacity for `room` keys.
    #[must_use]
    pub fn new(limit: Limit, room: usize) -> Self {
        Self { limit, room, keys: HashMap::new() }
    }

    /// How long `key` has to wait at `now`; `None`: not at all.
    #[must_use]
    pub fn wait(&self, key: &K, now: Millis) -> Option<Duration> {
        let begin = now.before(self.limit.window);
        let failed = &self.keys.get(key)?.failed;
        let counted = failed.iter().filter(|&&at| at > begin).count();
        // The one whose expiry makes room.
        let last = failed.len().checked_sub(self.limit.failures)?;
        (counted >= self.limit.failures).then(|| failed[last].after(self.limit.window).since(now))
    }

    /// Begins an attempt of `key` at `now`. It has to be decided by [`Self::end`].
    pub fn begin(&mut self, key: &K, now: Millis) -> Result<(), NotYet> {
        if let Some(wait) = self.wait(key, now) {
            return Err(NotYet::Locked(wait));
        }
        let begin = now.before(self.limit.window);
        self.make_room(key, begin);
        let attempts = self.keys.entry(key.clone()).or_default();
        while attempts.failed.front().is_some_and(|&at| at <= begin) {
            attempts.failed.pop_front();
        }
        if attempts.failed.len() + attempts.open >= self.limit.failures {
            return Err(NotYet::Undecided);
        }
        attempts.open += 1;
        Ok(())
    }

    /// Decides an attempt of `key` that was begun at `at`.
    pub fn end(&mut self, key: &K, at: Millis, failed: bool) {
        let Some(attempts) = self.keys.get_mut(key) else { return };
        attempts.open = attempts.open.saturating_sub(1);
        if failed {
            // They are decided in another order than they were begun.
            let place = attempts.failed.iter().rposition(|&other| other <= at).map_or(0, |before| before + 1);
            attempts.failed.insert(place, at);
        }
        if attempts.failed.is_empty() && attempts.open == 0 {
            self.keys.remove(key);
        }
    }

    /// Drops expired entries, and if necessary the key with the oldest failure. Keys with pending attempts stay:
    /// these are few.
    fn make_room(&mut self, key: &K, begin: Millis) {
        if self.keys.contains_key(key) || self.keys.len() < self.room {
            return;
        }
        self.keys.retain(|_, attempts| attempts.open > 0 || attempts.failed.back().is_some_and(|&at| at > begin));
        if self.keys.len() >= self.room {
            let decided = self.keys.iter().filter(|(_, attempts)| attempts.open == 0);
            let oldest = decided.min_by_key(|(_, attempts)| attempts.failed.back().copied());
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.keys.remove(&oldest);
            }
        }
    }

    /// Keys that are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.keys.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEW: Limit = Limit { failures: 3, window: Duration::from_millis(100) };

    impl<K: Eq + Hash + Clone> Throttle<K> {
        /// An attempt that fails at once.
        fn count(&mut self, key: &K, now: Millis) -> Result<(), Duration> {
            match self.begin(key, now) {
                Ok(()) => {
                    self.end(key, now, true);
                    Ok(())
                }
                Err(NotYet::Locked(wait)) => Err(wait),
                Err(NotYet::Undecided) => Err(self.limit.window),
            }
        }
    }

    #[test]
    fn exceeded_limit_waits_until_oldest_attempt_expires() {
        let mut throttle = Throttle::new(FEW, 10);
        for at in [0, 10, 20] {
            assert_eq!(throttle.count(&1, Millis(at)), Ok(()));
        }
        assert_eq!(throttle.count(&1, Millis(30)), Err(Duration::from_millis(70)));
        assert_eq!(throttle.count(&2, Millis(30)), Ok(()), "others do not wait");
        assert_eq!(throttle.count(&1, Millis(100)), Ok(()));
        assert_eq!(throttle.count(&1, Millis(100)), Err(Duration::from_millis(10)));
    }

    #[test]
    fn repeated_failures_slow_key_without_locking() {
        let slowing = Slowing { free: 2, window: Duration::from_secs(1) };
        let mut slow = Slowdown::new(slowing, 2);
        let mut waits = Vec::new();
        for at in 0..12 {
            waits.push(slow.wait(&1, Millis(at)).as_millis());
            slow.fail(&1, Millis(at));
        }
        assert_eq!(waits, [0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000]);
        assert_eq!(slow.wait(&2, Millis(12)), Duration::ZERO, "others are not slowed");
        assert_eq!(slow.wait(&1, Millis(1012)), Duration::ZERO, "it is forgotten");
        for key in 2..50 {
            slow.fail(&key, Millis(12));
            assert!(slow.remembered() <= 2);
        }
    }

    #[test]
    fn successful_attempts_do_not_count() {
        let mut throttle = Throttle::new(FEW, 10);
        for at in 0..50 {
            assert_eq!(throttle.begin(&1, Millis(at)), Ok(()));
            throttle.end(&1, Millis(at), false);
        }
        assert_eq!(throttle.remembered(), 0);
    }

    #[test]
    fn pending_attempts_neither_lock_nor_exceed_limit() {
        let mut throttle = Throttle::new(FEW, 10);
        for _ in 0..3 {
            assert_eq!(throttle.begin(&1, Millis(0)), Ok(()));
        }
        assert_eq!(throttle.begin(&1, Millis(0)), Err(NotYet::Undecided));
        throttle.end(&1, Millis(0), false);
        assert_eq!(throttle.begin(&1, Millis(1)), Ok(()));
        throttle.end(&1, Millis(1), true);
        assert_eq!(throttle.begin(&1, Millis(2)), Err(NotYet::Undecided), "a failure makes no room");
        throttle.end(&1, Millis(0), true);
        throttle.end(&1, Millis(0), true);
        assert_eq!(throttle.begin(&1, Millis(2)), Err(NotYet::Locked(Duration::from_millis(98))));
    }

    proptest! {
        #[test]
        fn overlapping_attempts_never_exceed_failure_limit(
            steps in proptest::collection::vec((0..3_u8, any::<bool>(), any::<bool>(), 0..40_i64), 0..300),
        ) {
            let mut throttle = Throttle::new(FEW, 100);
            let mut open: Vec<(u8, i64)> = Vec::new();
            let mut failed: Vec<(u8, i64)> = Vec::new();
            let mut now = 0;
            for (key, begins, fails, passed) in steps {
                now += passed;
                if begins {
                    if throttle.begin(&key, Millis(now)) == Ok(()) {
                        open.push((key, now));
                    }
                } else if !open.is_empty() {
                    let (key, at) = open.remove(usize::from(key) % open.len());
                    throttle.end(&key, Millis(at), fails);
                    failed.extend(fails.then_some((key, at)));
                }
                for &(key, at) in &failed {
                    let within = failed.iter().filter(|&&(other, then)| other == key && at - 100 < then && then <= at);
                    prop_assert!(within.count() <= 3, "{failed:?}");
                }
            }
        }

        #[test]
        fn throttle_respects_limit_in_every_window_with_bounded_memory(
            attempts in proptest::collection::vec((0..6_u8, 0..40_i64), 0..200),
        ) {
            let mut throttle = Throttle::new(FEW, 4);
            let mut wide = Throttle::new(FEW, 100);
            let mut made: Vec<(u8, i64)> = Vec::new();
            let mut now = 0;
            for (key, passed) in attempts {
                now += passed;
                // The same rule in a slow form, which never drops an entry early.
                let recent = made.iter().filter(|&&(other, at)| other == key && at > now - 100).count();
                let answer = wide.count(&key, Millis(now));
                prop_assert_eq!(answer.is_ok(), recent < 3);
                match answer {
                    Ok(()) => made.push((key, now)),
                    Err(wait) => {
                        let later = now + i64::try_from(wait.as_millis()).unwrap();
                        let then = |now| made.iter().filter(|&&(other, at)| other == key && at > now - 100).count();
                        prop_assert!(then(later) < 3 && then(later - 1) >= 3, "the wait is exact");
                    }
                }
                let _ = throttle.count(&key, Millis(now));
                prop_assert!(throttle.remembered() <= 4);
            }
        }
    }
}
