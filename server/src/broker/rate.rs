//! How fast a client may send.
//!
//! A token bucket that may go into debt: what has arrived is accepted, and the next packet is read once the debt
//! is paid. So nothing is lost, and the sender waits.

use std::{
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Messages that may arrive at once. A reconnecting board has up to 40.
const BURST: u32 = 200;
/// Bytes that count as one message. A board's are 300 at most.
const MESSAGE: usize = 512;

/// One for each board login, and for each other connection.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Cost of one message; `None` for no limit.
    interval: Option<Duration>,
    /// When everything received so far will be paid for.
    paid: Mutex<Instant>,
}

impl Bucket {
    pub(super) fn new(per_second: Option<NonZeroU32>) -> Self {
        let interval = per_second.map(|rate| Duration::from_secs(1) / rate.get());
        Self { interval, paid: Mutex::new(Instant::now()) }
    }

    /// Counts a packet of `length` bytes.
    pub(super) fn take(&self, now: Instant, length: usize) {
        if let Some(interval) = self.interval {
            let messages = u32::try_from(1 + length / MESSAGE).unwrap_or(u32::MAX);
            let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
            *paid = (*paid).max(now) + interval.saturating_mul(messages);
        }
    }

    /// When the next packet may be read, if not now.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        let credit = self.interval? * BURST;
        let paid = *self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        paid.checked_sub(credit).filter(|&at| at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(per_second: u32) -> Bucket {
        Bucket::new(NonZeroU32::new(per_second))
    }

    /// How many messages of `length` bytes are read in `seconds`.
    fn read_in(bucket: &Bucket, length: usize, seconds: u64) -> usize {
        let (mut now, mut count) = (Instant::now(), 0);
        let end = now + Duration::from_secs(seconds);
        while now < end {
            bucket.take(now, length);
            count += 1;
            now = bucket.ready_at(now).unwrap_or(now);
        }
        count
    }

    #[test]
    fn burst_passes_then_rate_applies() {
        assert_eq!(read_in(&bucket(50), 100, 10), 200 + 50 * 10);
        assert_eq!(
            read_in(&bucket(50), 64 * 1024, 10),
            (200 + 50 * 10_usize).div_ceil(129),
            "large ones count for more"
        );
    }

    #[test]
    fn credit_refills_over_time() {
        let (bucket, begin) = (bucket(50), Instant::now());
        for _ in 0..200 {
            assert_eq!(bucket.ready_at(begin), None);
            bucket.take(begin, 100);
        }
        bucket.take(begin, 100);
        let ready = bucket.ready_at(begin).unwrap();
        assert_eq!(ready - begin, Duration::from_millis(20));
        assert_eq!(bucket.ready_at(ready), None);
    }

    #[test]
    fn bucket_without_limit_never_waits() {
        let (bucket, now) = (Bucket::new(None), Instant::now());
        bucket.take(now, 1 << 30);
        assert_eq!(bucket.ready_at(now), None);
    }
}
