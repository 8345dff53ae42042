//! Corrections of uses by caretakers of a machine: when a use ended, or that it was void.
//!
//! **Invariant.** A correction is a fact like a board's message, and a corrected use is fixed: whatever its board
//! sends about it later is recognized as known and changes no time. A corrected use overlaps no other and does not
//! end in the future. Undoing is a correction as well, back to what the board reported. Not here: whose use it
//! was, which does not affect time.

use super::{Ending, LONGEST, Session, Situation, TOLERANCE, Word, ends};
use crate::time::Millis;

/// A correction of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    End(Millis),
    Void,
}

/// The correction of a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// When and how it ended by its board; `None` if it was running when it was corrected.
    pub reported: Option<(Millis, Ending)>,
    pub void: bool,
}

/// Why a use cannot have been so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCorrection {
    /// It would not end after it began.
    #[error("it would not end after it began")]
    BeforeStart,
    /// It would end in the future.
    #[error("it would end in the future")]
    Future,
    /// It would overlap the next use at the machine, which began then.
    #[error("the next use had begun")]
    Overlaps(Millis),
    /// It would last longer than a day, and longer than its board reported.
    #[error("a use cannot have lasted longer than a day")]
    TooLong,
}

impl Session {
    /// Whether it was declared void.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.corrected.is_some_and(|corrected| corrected.void)
    }

    /// The session after `correction` at `now`; `next` is when the next use of the machine began.
    pub fn correct(
        self,
        correction: Correction,
        next: Option<Millis>,
        now: Millis,
    ) -> Result<Self, InvalidCorrection> {
        let reported = self.corrected.map_or(self.end, |corrected| corrected.reported);
        let (end, void) = match correction {
            Correction::Void => ((self.start, Ending::Manager), true),
            Correction::End(at) if !self.is_void() && self.end_at() == Some(at) => {
                (self.end.unwrap_or((at, Ending::Manager)), false)
            }
            // As reported by the board, when undone.
            Correction::End(at) => {
                (reported.filter(|(reported, _)| *reported == at).unwrap_or((at, Ending::Manager)), false)
            }
        };
        let changes = !void && self.end != Some(end);
        match (end.0, next) {
            _ if !changes => {}
            (at, _) if at <= self.start && reported.is_none_or(|reported| reported != end) => {
                return Err(InvalidCorrection::BeforeStart);
            }
            (at, _) if at > now => return Err(InvalidCorrection::Future),
            (at, Some(next)) if at > next => return Err(InvalidCorrection::Overlaps(next)),
            // Longer than a day only as far as its board reported.
            (at, _) if at.since(self.start) > LONGEST && at > self.last_sign => {
                return Err(InvalidCorrection::TooLong);
            }
            _ => {}
        }
        Ok(Self { end: Some(end), corrected: Some(Corrected { reported, void }), provisional: false, ..self })
    }

    /// When it ended by its board.
    pub(super) fn reported_end(&self) -> Option<Millis> {
        match self.corrected {
            None => self.end_at(),
            Some(corrected) => corrected.reported.map(|(end, _)| end),
        }
    }

    /// The length reported by its board when that comes after the correction: no time changes.
    pub(super) fn reported_late(self, message: &Word) -> Option<Self> {
        self.reported.is_none().then(|| Self { reported: Some(message.duration), settled: false, ..self })
    }
}

/// The corrected use that the live `message` continues: by the same card, and with the same start.
pub(super) fn fixed(situation: &Situation, message: &Word) -> Option<Session> {
    if situation.open.is_some_and(|open| open.bearer == message.bearer) {
        return None;
    }
    let begun = message.at.before(message.duration);
    let is_it = |closed: &&Session| {
        closed.corrected.is_some()
            && closed.bearer == message.bearer
            // If our clock was set back, the time is unknown.
            && (closed.start.near(begun, TOLERANCE) || (closed.reported == Some(message.duration) && !closed.settled))
    };
    // An uncorrected use was resumed before.
    ends::unreported(situation, message).or_else(|| situation.closed.iter().find(is_it).copied())
}
