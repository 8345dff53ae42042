//! Rate limits: a bucket that each request takes from and that refills by itself.
//!
//! Invariant: in any period at most [`Pace::burst`] plus the refill of that period gets through, whatever the
//! pattern. One number is stored per caller: the instant at which their bucket will be full. Not here: the clock,
//! the caller, and failed sign-ins (`accounts::throttle`).

use crate::time::Millis;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Requests at once, after a pause.
    pub burst: u32,
    /// The time to refill one request.
    pub every: Duration,
}

/// Programs with a token: ten a second continuously, five hundred in a burst.
pub const KNOWN: Pace = Pace { burst: 500, every: Duration::from_millis(100) };
/// Anonymous requests from one network address.
pub const UNKNOWN: Pace = Pace { burst: 100, every: Duration::from_millis(500) };

/// A person changing things on pages: five a second continuously, three hundred in a burst.
pub const INPUT: Pace = Pace { burst: 300, every: Duration::from_millis(200) };

/// The remaining allowance of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub burst: u32,
    pub limit: u32,
    /// Until there are that many again.
    pub full_in: Duration,
}

/// A caller without allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty {
    /// Until there is one again.
    pub wait: Duration,
    /// The empty allowance, and when it is full again.
    pub left: Left,
}

impl Empty {
    /// The wait in whole seconds, one at least: coming back a moment too early would be refused again.
    #[must_use]
    pub fn seconds(self) -> u32 {
        seconds(self.wait)
    }
}

/// `wait` in whole seconds, rounded up, one at least.
#[must_use]
pub fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

/// The bucket of one caller; ordered by how much was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bucket {
    full_at: Millis,
}

impl Bucket {
    /// The bucket of a new caller.
    pub const FULL: Self = Self { full_at: Millis(0) };

    /// Takes one request at `now`, and returns what is left, or how long to wait.
    pub fn take(&mut self, pace: Pace, now: Millis) -> Result<Left, Empty> {
        let whole = pace.every * pace.burst;
        // A clock that was set back must not block anybody for that long.
        self.full_at = self.full_at.clamp(now, now.after(whole));
        let full_at = self.full_at.after(pace.every);
        let missing = full_at.since(now);
        if missing > whole {
            let left = Left { burst: 0, limit: pace.burst, full_in: self.full_at.since(now) };
            return Err(Empty { wait: missing.saturating_sub(whole), left });
        }
        self.full_at = full_at;
        let taken = missing.as_millis().div_ceil(pace.every.as_millis().max(1));
        let burst = pace.burst.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
        Ok(Left { burst, limit: pace.burst, full_in: missing })
    }

    /// Returns one request, because it ended well and only failures count.
    pub fn give_back(&mut self, pace: Pace) {
        self.full_at = self.full_at.before(pace.every);
    }

    /// Whether it is full at `now`, as one that was never asked.
    #[must_use]
    pub fn is_full(self, now: Millis) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACE: Pace = Pace { burst: 5, every: Duration::from_millis(100) };

    #[test]
    fn wait_is_rounded_up_to_seconds() {
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
        assert_eq!(seconds(Duration::ZERO), 1);
    }

    #[test]
    fn burst_passes_then_requests_are_paced() {
        let now = Millis(1_000_000);
        let mut bucket = Bucket::FULL;
        for left in (0..5).rev() {
            assert_eq!(bucket.take(PACE, now).unwrap().burst, left);
        }
        let left = |full_in| Left { burst: 0, limit: 5, full_in: Duration::from_millis(full_in) };
        let empty = |wait, full_in| Err(Empty { wait: Duration::from_millis(wait), left: left(full_in) });
        assert_eq!(bucket.take(PACE, now), empty(100, 500));
        assert_eq!(bucket.take(PACE, Millis(now.0 + 99)), empty(1, 401));
        assert_eq!(bucket.take(PACE, Millis(now.0 + 100)).unwrap().burst, 0);
        assert!(!bucket.is_full(Millis(now.0 + 599)) && bucket.is_full(Millis(now.0 + 600)));
        let back = Millis(0);
        assert!(
            bucket.take(PACE, back).is_err_and(|empty| empty.wait <= Duration::from_millis(100)),
            "the clock went back"
        );
    }

    #[test]
    fn returned_requests_do_not_count() {
        let (now, mut bucket) = (Millis(1_000_000), Bucket::FULL);
        for _ in 0..50 {
            bucket.take(PACE, now).unwrap();
            bucket.give_back(PACE);
        }
        assert!(bucket.is_full(now));
        for _ in 0..5 {
            bucket.take(PACE, now).unwrap();
        }
        assert!(bucket.take(PACE, now).is_err());
        bucket.give_back(PACE);
        assert!(bucket.take(PACE, now).is_ok() && bucket.take(PACE, now).is_err());
    }

    proptest! {
        #[test]
        fn no_request_pattern_exceeds_rate(steps in prop::collection::vec(0..300_i64, 1..200)) {
            let (mut now, mut bucket) = (Millis(1_000_000), Bucket::FULL);
            let mut through: Vec<i64> = Vec::new();
            for step in steps {
                now = Millis(now.0 + step);
                if bucket.take(PACE, now).is_ok() {
                    through.push(now.0);
                }
            }
            for (at, first) in through.iter().enumerate() {
                for (more, last) in through.iter().enumerate().skip(at) {
                    let flowed = (last - first) / 100;
                    prop_assert!(i64::try_from(more - at).unwrap() < 5 + 1 + flowed, "{first}..{last}");
                }
            }
        }
    }
}
