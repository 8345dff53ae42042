//! The clock: the current time, and how much time has passed. Services read it once per call, and only from the
//! context; tests bring their own.
//!
//! **Invariant.** Times that people read or that are stored go by [`Clock::now`], which may be set forward or
//! back. Rate limits go by [`Clock::steady`], which nobody sets.

use domain::time::{Millis, millis};
use futures::{FutureExt, future::BoxFuture};
use std::{
    sync::LazyLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A source of the current time.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Millis;

    /// Time since some fixed instant. It never goes back and never jumps, whatever happens to [`Clock::now`].
    fn steady(&self) -> Duration;

    /// Ends when `length` has passed.
    fn rest(&self, length: Duration) -> BoxFuture<'_, ()> {
        tokio::time::sleep(length).boxed()
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// The zero point of the steady time of this process.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis(since.as_millis().try_into().unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Duration {
        BEGAN.elapsed()
    }
}

/// A steady time in the unit of instants, for differences only.
pub(crate) fn steady(clock: &dyn Clock) -> Millis {
    Millis(millis(clock.steady()))
}
