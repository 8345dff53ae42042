//! Two boards with one number that are in use at the same time.
//!
//! One board cannot start a use while another runs on it. If the earlier use is reported again, it never ended,
//! and the later one started at another board. **Invariant.** The machine's hours are those of the first use; the
//! second has no length while the first runs, and counts from the end of the first. So two uses stay two. Not
//! here: telling boards apart, which their messages do not allow.

use super::{Change, Ending, LOST, Session, Situation, TOLERANCE, Word};
use crate::time::Millis;
use std::time::Duration;

/// How long after its last report a use is assumed to go on: two and a half polls.
pub const REPORTED: Duration = Duration::from_secs(75);

impl Session {
    /// A session without length, because another use was running at its start.
    pub(super) fn in_conflict(self) -> Self {
        let end = Some((self.start, Ending::Conflict));
        Self { end, approximate: true, provisional: false, ..self }
    }

    fn is_in_conflict(&self) -> bool {
        self.end.is_some_and(|(_, ending)| ending == Ending::Conflict) && self.corrected.is_none()
    }
}

impl Situation {
    /// Whether a start at `at` comes from another board than the running use: several are connected, and the
    /// running use was reported since.
    pub(super) fn is_shared(&self, at: Millis) -> bool {
        let reported_since =
            |open: &Session, since| open.last_sign > since && at.since(open.last_sign) <= REPORTED;
        self.open.zip(self.shared).is_some_and(|(open, since)| reported_since(&open, since))
    }

    /// The use that `message` is about and that was presumed ended when the open one began at another board; with
    /// the open one.
    fn cut_short(&self, message: &Word) -> Option<(Session, Session)> {
        let open = self.open.filter(|open| open.bearer != message.bearer && open.corrected.is_none())?;
        let first = self.closed.iter().find(|closed| !closed.is_in_conflict())?;
        let is_over = |ending| matches!(ending, Ending::Superseded | Ending::Lost | Ending::Silent);
        let is_cut = first.end.is_some_and(|(end, ending)| is_over(ending) && end <= open.start);
        let is_same = message.at.before(message.duration) <= first.start.after(TOLERANCE);
        let is_unreported =
            first.reported.is_none() && first.corrected.is_none() && first.bearer == message.bearer;
        let is_fresh = message.at.since(open.start) <= LOST && !message.set_back;
        (is_cut && is_same && is_unreported && is_fresh).then_some((*first, open))
    }

    /// The conflicting use that `message` is about.
    pub(super) fn second(&self, message: &Word) -> Option<Session> {
        let begun = message.at.before(message.duration);
        let is_it = |closed: &&Session| {
            closed.is_in_conflict()
                && closed.bearer == message.bearer
                && closed.reported.is_none()
                // Its beginning may have been moved to the end of the other.
                && begun <= closed.start.after(TOLERANCE)
        };
        self.closed.iter().find(is_it).filter(|_| !message.set_back).copied()
    }
}

/// The changes by a heartbeat if two boards are in use; `None` otherwise.
pub(super) fn extend(situation: &Situation, message: &Word) -> Option<Vec<Change>> {
    if let Some((first, second)) = situation.cut_short(message) {
        let goes_on = Session { end: None, last_sign: message.at, approximate: first.is_replayed(), ..first };
        // The ending one comes first: no two are open.
        return Some(vec![Change::Set(second.in_conflict()), Change::Set(goes_on)]);
    }
    let second = situation.second(message)?;
    if situation.open.is_some() {
        return Some(Vec::new());
    }
    let start = situation.free_since(second.start).min(message.at);
    Some(vec![Change::Set(Session { start, end: None, last_sign: message.at, ..second })])
}

/// The changes by a stop if two boards are in use; `None` otherwise.
pub(super) fn stop(situation: &Situation, message: &Word) -> Option<Vec<Change>> {
    if let Some((first, second)) = situation.cut_short(message) {
        let goes_on = Session { end: None, approximate: first.is_replayed(), ..first };
        let alone = Situation { open: Some(goes_on), booked: None, for_booking: false, ..situation.clone() };
        let ended = goes_on.stopped(message, alone.ending(message.duration));
        let start = ended.end_at().unwrap_or(message.at).max(second.start);
        let rest = Session { start, last_sign: second.last_sign.max(start), approximate: true, ..second };
        return Some(vec![Change::Set(ended), Change::Set(rest)]);
    }
    let second = situation.second(message)?;
    let reported = Session { reported: Some(message.duration), settled: false, ..second };
    if situation.open.is_some() {
        return Some(vec![Change::Set(reported)]);
    }
    let start = situation.free_since(second.start).min(message.at);
    let end = Some((message.at, Ending::LoggedOut));
    Some(vec![Change::Set(Session { start, end, last_sign: message.at, ..reported })])
}
