//! Uses that end without a stop message.
//!
//! **Invariant.** Such a use ends at its last heartbeat, and resumes as the same use when its board reports it
//! again: presuming it over loses nothing. Not here: when to look for them; a late check finds the same.

use super::{Action, Ending, LOST, Session, Situation, Source, TOLERANCE, Word};
use crate::time::Millis;
use std::time::Duration;

impl Session {
    /// The session as ended, if it has been abandoned: its board, last `heard`, sends messages without reporting
    /// it (lost), or has been silent for as long as a use can go on by itself (silent).
    #[must_use]
    pub fn abandoned(self, heard: Option<Millis>, longest: Duration, now: Millis) -> Option<Self> {
        if self.end.is_some() {
            return None;
        }
        let heard = heard.unwrap_or(self.last_sign).max(self.last_sign).min(now);
        let reported = self.last_sign > self.start;
        let ending = if reported && heard.since(self.last_sign) > LOST {
            Ending::Lost
        } else if now.since(heard) > longest {
            Ending::Silent
        } else {
            return None;
        };
        // Without any report, only the board's auto-stop limit is known; of a mere replayed start, nothing.
        let end = if reported || self.provisional { self.last_sign } else { self.start.after(longest).min(now) };
        Some(Self { end: Some((end, ending)), approximate: true, provisional: false, ..self })
    }

    /// The session as ended after its board has shown that it is idle: at its last heartbeat.
    #[must_use]
    pub fn lost(self) -> Self {
        Self { end: Some((self.last_sign, Ending::Lost)), approximate: true, provisional: false, ..self }
    }

    /// Whether it ended without a stop from its board.
    fn is_unreported(&self) -> bool {
        let by_board = self.corrected.map_or(self.end, |corrected| corrected.reported);
        self.reported.is_none()
            && by_board.is_none_or(|(_, ending)| matches!(ending, Ending::Lost | Ending::Silent))
    }
}

/// The use that ended without a stop and that `message` is about: the last of the machine, by the same card, and
/// not begun later, because uses do not overlap. A replay carries no time: its length is at least what was
/// reported.
pub(super) fn unreported(situation: &Situation, message: &Word) -> Option<Session> {
    let last = situation.closed.first().filter(|_| situation.open.is_none())?;
    let is_it = match (message.action, message.replay) {
        (Action::Start, replay) => replay && !last.settled,
        (_, true) => message.duration.saturating_add(TOLERANCE) >= last.last_sign.since(last.start),
        (_, false) => message.at.before(message.duration) <= last.start.after(TOLERANCE),
    };
    (is_it && last.bearer == message.bearer && last.is_unreported()).then_some(*last)
}

/// The situation in which the use that was presumed over, and that `message` is about, goes on.
pub(super) fn taken_up(situation: &Situation, message: &Word) -> Option<Situation> {
    let lost = unreported(situation, message).filter(|last| last.corrected.is_none())?;
    let open = Some(Session { end: None, approximate: lost.source == Source::Replayed, ..lost });
    let closed = situation.closed.iter().skip(1).copied().collect();
    Some(Situation { open, closed, ..situation.clone() })
}
