//! How long what is kept for a time only is kept, and when it was last cleared away.

use crate::{
    previews::Preview,
    time::{DAY, Millis, Moment},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A card that nobody claimed.
pub const UNKNOWN_CARDS: Duration = Duration::from_hours(24 * 30);
/// The tie between somebody and a month of what they did.
pub const NAMES: Duration = Duration::from_hours(24 * 365);
/// How often it is cleared.
pub const EVERY: Duration = DAY;
/// Times that a page tells of.
pub const SHOWN: usize = 30;

/// How much was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Traces of decisions at boards.
    pub decisions: u32,
    /// Cards that nobody claimed.
    pub unknown_cards: u32,
    /// Sessions and links that ran out.
    pub sign_ins: u32,
    /// Ties between somebody and a month of their history.
    pub names: u32,
    /// Entries of the record.
    pub entries: u32,
}

/// One time that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run<At = Moment> {
    /// When.
    pub at: At,
    /// Who had it done, while they are known by name; nobody is Toolgate itself.
    pub by: Option<String>,
    /// How much there was.
    pub cleared: Cleared,
}

/// What the page tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPage {
    /// As of when.
    pub now: Moment,
    /// For how many days the record is kept.
    pub record_days: u16,
    /// What clearing at this moment would do.
    pub due: Preview,
    /// The newest first.
    pub runs: Vec<Run>,
}

/// Whether it is time again, when it was last done at `last`.
#[must_use]
pub fn is_due(last: Option<Millis>, now: Millis) -> bool {
    // A clock that was put back must not keep it from happening.
    last.is_none_or(|last| now < last || now.since(last) >= EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    #[test]
    fn a23_it_is_due_once_a_day_whatever_the_clock_did() {
        let last = Millis(1_000_000_000);
        assert!(is_due(None, last));
        assert!(!is_due(Some(last), last.after(HOUR * 23)));
        assert!(is_due(Some(last), last.after(DAY)) && is_due(Some(last), last.after(DAY * 7)));
        assert!(is_due(Some(last), last.before(HOUR)), "the clock was ahead");
    }
}
