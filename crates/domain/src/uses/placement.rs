//! Places a replayed use on the timeline when only its duration is known.
//!
//! A board reports how long a use lasted, not when. The use is placed backwards from the arrival of the message,
//! and uses placed the same way from earlier messages make room: boards replay in order, so these were earlier. So
//! the uses of one outage end up one after the other.
//!
//! Invariant: no use is shortened as long as there is time for all, and live and corrected uses never move.

use super::{Action, Change, ENOUGH, LONGEST, MEASURABLE, Session, Situation, Source, TOLERANCE, Word};
use crate::time::Millis;
use std::time::Duration;

impl Session {
    /// The maximum length implied by the next message about it, if our clock cannot tell.
    pub(super) fn at_most(&self) -> Duration {
        LONGEST + self.last_sign.since(self.start)
    }
}

impl Situation {
    /// Whether the machine can have been in use for as long as the live `message` says: not longer than since it
    /// was idle or used by another person. A use of up to a day is believed, and cut to fit.
    pub(super) fn has_time_for(&self, message: &Word) -> bool {
        if message.duration <= LONGEST || message.set_back {
            return true;
        }
        let ended = self.closed.iter().filter_map(Session::end_at).max();
        let free = match self.open {
            // Its start was received live.
            Some(open) if open.bearer != message.bearer || !open.approximate => ended.max(Some(open.start)),
            Some(_) => ended,
            None => ended.max(self.idle),
        };
        // Two clocks drift apart, by less than a thousandth.
        let apart = TOLERANCE + message.duration / 1_000;
        free.is_none_or(|free| message.at.before(message.duration).after(apart) >= free)
    }

    /// The span of `message`, and the changes that make room for it.
    pub(super) fn lay(&self, message: &Word) -> (Millis, Millis, Vec<Change>) {
        if message.set_back {
            return (message.at, message.at.after(message.duration.min(LONGEST)), Vec::new());
        }
        let (start, changes) = self.room(message.at, message.duration.min(MEASURABLE));
        (start, message.at, changes)
    }

    /// Makes room for a use that ended at `end` and lasted `length`. Returns its start: later if there is not
    /// enough time.
    fn room(&self, end: Millis, length: Duration) -> (Millis, Vec<Change>) {
        let moving = usize::from(ENOUGH) - 1;
        let moves = |closed: &&Session| closed.source == Source::Replayed && closed.corrected.is_none();
        let moving = self.closed.iter().take(moving).take_while(moves);
        let moving: Vec<&Session> = moving.collect();
        // The next one stays where it is, and ends later than all that are further back.
        let floor = self.closed.get(moving.len()).and_then(Session::end_at);
        let above = |at: Millis| floor.map_or(at, |floor| at.max(floor));
        let start = above(end.before(length)).min(end);
        let mut changes = Vec::new();
        let mut free = start;
        for earlier in moving {
            let Some((ended, ending)) = earlier.end.filter(|(ended, _)| *ended > free) else { break };
            let begun = above(free.before(ended.since(earlier.start)));
            let last_sign = earlier.last_sign.min(free);
            changes.push(Change::Set(Session { start: begun, last_sign, end: Some((free, ending)), ..*earlier }));
            free = begun;
        }
        (start, changes)
    }

    /// The open use as measured by the board's clock in `message`, and the changes that make room for it. Our
    /// clock is used as long as the two agree.
    pub(super) fn measured(&self, open: Session, message: &Word) -> (Session, Vec<Change>) {
        if message.set_back {
            let last_sign = open.last_sign.max(open.start.after(message.duration.min(open.at_most())));
            return (Session { last_sign, ..open }, Vec::new());
        }
        // Our clock was set forward, or a message was delayed.
        let disagree =
            message.action == Action::Extend && open.start.after(message.duration).after(TOLERANCE) < message.at;
        if !open.approximate && !disagree {
            return (open, Vec::new());
        }
        let (start, changes) = self.room(message.at, message.duration.min(MEASURABLE));
        (Session { start, approximate: true, ..open }, changes)
    }

    /// A use of which only the end was received: it fills the time before it, as far as the machine was free.
    pub(super) fn inserted(&self, message: &Word, source: Source) -> Vec<Change> {
        let (start, end, mut changes) = self.lay(message);
        if start >= end && source == Source::Live {
            return Vec::new();
        }
        let session = Session {
            end: Some((end, self.ending(message.duration))),
            last_sign: end,
            approximate: true,
            reported: Some(message.duration),
            ..Session::begun(message, start, source)
        };
        changes.push(Change::Add(session));
        changes
    }
}
