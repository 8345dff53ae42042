//! Uses that end without anybody saying so.
//!
//! **Invariant.** Such a use ends at its last sign of life, and goes on as the same use when its board tells of it again: nothing is
//! lost by having taken it for over. Deliberately absent: when it is looked for; whoever looks later finds the same.

use super::{Ending, Fact, LOST, Session, Situation, Source, TOLERANCE};
use crate::time::Millis;
use std::time::Duration;

impl Session {
    /// The session as it ended, where it has: its board, last `heard`, speaks and does not tell of it any more (lost), or says
    /// nothing at all for as long as a use can go on by itself (silent).
    #[must_use]
    pub fn abandoned(self, heard: Option<Millis>, longest: Duration, now: Millis) -> Option<Self> {
        if self.end.is_some() {
            return None;
        }
        let heard = heard.unwrap_or(self.last_sign).max(self.last_sign).min(now);
        let told = self.last_sign > self.start;
        let ending = if told && heard.since(self.last_sign) > LOST {
            Ending::Lost
        } else if now.since(heard) > longest {
            Ending::Silent
        } else {
            return None;
        };
        // Of one that was never told of again is known only that its board would have logged out.
        let end = if told { self.last_sign } else { self.start.after(longest).min(now) };
        Some(Self { end: Some((end, ending)), approximate: true, provisional: false, ..self })
    }
}

/// The use that was taken for over and of which `fact` tells: the last of the machine, by the same card, and begun when that began.
pub(super) fn taken_up(situation: &Situation, fact: &Fact) -> Option<Session> {
    let last = situation.closed.first().filter(|_| situation.open.is_none())?;
    let is_over = last.corrected.is_none() && matches!(last.end, Some((_, Ending::Lost | Ending::Silent)));
    let is_it = last.bearer == fact.bearer && last.start.near(fact.at.before(fact.duration), TOLERANCE);
    (is_over && is_it).then(|| Session { end: None, approximate: last.source == Source::Replayed, ..*last })
}
