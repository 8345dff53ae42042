//! Retention: how long time-limited data is stored, and when a cleanup is due.

use crate::time::{DAY, Millis};
use std::time::Duration;

pub const UNKNOWN_CARDS: Duration = Duration::from_hours(24 * 30);
/// The link between a person and a month of their actions.
pub const NAMES: Duration = Duration::from_hours(24 * 365);
pub const NOTICES: Duration = Duration::from_hours(24 * 365);
pub const DELIVERIES: Duration = Duration::from_hours(24 * 90);
/// Deliveries to webhooks and channels of what happened in the space.
pub const BROADCASTS: Duration = Duration::from_hours(24 * 30);
/// Interval of the cleanup.
pub const EVERY: Duration = DAY;
/// Runs shown on a page.
pub const SHOWN: usize = 30;

/// Whether it is time again, when it was last done at `last`.
#[must_use]
pub fn is_due(last: Option<Millis>, now: Millis) -> bool {
    // A clock that was set back must not prevent it.
    last.is_none_or(|last| now < last || now.since(last) >= EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    // A23
    #[test]
    fn cleanup_is_due_daily_despite_clock_changes() {
        let last = Millis(1_000_000_000);
        assert!(is_due(None, last));
        assert!(!is_due(Some(last), last.after(HOUR * 23)));
        assert!(is_due(Some(last), last.after(DAY)) && is_due(Some(last), last.after(DAY * 7)));
        assert!(is_due(Some(last), last.before(HOUR)), "the clock was ahead");
    }
}
