//! Commands to a payment processor: when one is tried again, and when it is given up.
//!
//! Invariant: every try of a command carries the same key, so that a try whose answer was lost is not done twice. After
//! [`KEY_LIFE`] the key alone does not ensure that.

use crate::{
    string_enum::string_enum,
    time::{HOUR, MINUTE, Millis},
};
use std::time::Duration;

string_enum! {
    CommandKind {
        /// Creates the customer of a member.
        Add = "add",
        /// Ends the subscription of a member.
        Remove = "remove",
    }
}

string_enum! {
    CommandState {
        /// To be sent, or sent again.
        Waiting = "waiting",
        /// Confirmed by the processor.
        Done = "done",
        /// The processor refused it for good.
        Refused = "refused",
        /// It did not succeed within [`GIVE_UP`].
        GaveUp = "gave-up",
        /// A manager cancelled it.
        Cancelled = "cancelled",
    }
}

/// For so long a processor surely remembers the key of a try; Stripe deletes keys after 24 hours.
pub const KEY_LIFE: Duration = Duration::from_hours(23);
/// How long a command is tried.
pub const GIVE_UP: Duration = Duration::from_hours(3 * 24);

/// When a command `queued` then is tried again after `tries` tries, the last `now`; `None` if it is given up.
#[must_use]
pub fn next_try(queued: Millis, tries: u32, now: Millis) -> Option<Millis> {
    let pause = match tries {
        ..=1 => MINUTE * 3,
        2..=12 => MINUTE * 15,
        _ => HOUR,
    };
    let next = now.after(pause);
    (next <= queued.after(GIVE_UP)).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_is_tried_ever_more_seldom_for_three_days() {
        let (mut now, mut tries) = (Millis(0), 1);
        let mut pauses = Vec::new();
        while let Some(next) = next_try(Millis(0), tries, now) {
            pauses.push(next.since(now));
            (now, tries) = (next, tries + 1);
        }
        assert_eq!(pauses[..3], [MINUTE * 3, MINUTE * 15, MINUTE * 15]);
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert!(now <= Millis(0).after(GIVE_UP) && now > Millis(0).after(GIVE_UP.saturating_sub(HOUR)), "{now:?}");
        assert!(pauses.len() < 100, "{}", pauses.len());
    }
}
