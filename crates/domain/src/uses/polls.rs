//! Polls: what a board's polling implies for a use that it does not report.
//!
//! A board in use sends `inuse` right after each `checkmachine`; only the poll a second after a start comes
//! without one. Two polls in a row without it mean that the machine is idle: the board lost power, or its stop
//! never arrived. A poll whose `inuse` was lost does not count twice: a board that gets no answer reconnects, and
//! sends `alive` before it polls again.
//!
//! Not here: whether the board's firmware sends `inuse` at all, and what happens to the use
//! ([`Session::lost`](super::Session::lost)).

use super::Action;
use crate::time::Millis;
use std::time::Duration;

/// Polls closer together than this are one message, doubled on the wire.
const DOUBLED: Duration = Duration::from_millis(20);
/// A connection that breaks within this of a start may delay the poll that follows the start.
const SETTLING: Duration = Duration::from_secs(10);
/// A connected board introduces itself this often.
const INTRODUCTION: Duration = Duration::from_mins(2);
/// Tolerance of periodic introductions.
const JITTER: Duration = Duration::from_secs(3);
/// A connected board polls more often than this.
const POLL: Duration = Duration::from_secs(35);

/// Recent messages of one board that show whether it is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Polls {
    started: Option<Millis>,
    /// The next poll belongs to that start.
    settling: bool,
    /// The last poll, if no message about a use followed.
    unreported: Option<Millis>,
    polled: Option<Millis>,
    introduced: Option<Millis>,
}

impl Polls {
    /// Records a message about a use.
    pub fn reported(&mut self, action: Action, at: Millis) {
        self.unreported = None;
        self.settling = action == Action::Start;
        if self.settling {
            self.started = Some(at);
        }
    }

    /// Records `alive`: periodic, or after connecting.
    pub fn introduced(&mut self, at: Millis) {
        let before = self.introduced.replace(at);
        let is_periodic = before.is_some_and(|before| at.near(before.after(INTRODUCTION), JITTER))
            && self.polled.is_some_and(|polled| at.since(polled) <= POLL);
        if is_periodic {
            return;
        }
        self.unreported = None;
        self.settling &= self.started.is_some_and(|started| at.near(started, SETTLING));
    }

    /// Records a poll. Returns since when the board is idle, if this poll shows it.
    pub fn polled(&mut self, at: Millis) -> Option<Millis> {
        let is_doubled = self.polled.is_some_and(|polled| polled.near(at, DOUBLED));
        self.polled = Some(at);
        if is_doubled || std::mem::take(&mut self.settling) {
            return None;
        }
        // After a longer silence it has reconnected, even if that message was lost; if our clock was set back,
        // this is unknown.
        self.unreported.replace(at).filter(|before| *before <= at && at.since(*before) <= POLL)
    }

    /// Records a question about a card, which boards ask only while idle. Returns since when, if a poll shows it
    /// as well.
    #[must_use]
    pub fn record(&self, at: Millis) -> Option<Millis> {
        self.unreported.filter(|before| *before <= at)
    }

    /// Whether the poll at `since` may belong to a start at `start` that was not received live.
    #[must_use]
    pub fn may_settle(&self, since: Millis, start: Millis) -> bool {
        self.started.is_none() && since.since(start) < SETTLING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = Millis(1_800_000_000_000);

    fn at(second: u64) -> Millis {
        NOON.after(Duration::from_secs(second))
    }

    #[test]
    fn two_polls_without_report_show_machine_idle() {
        let mut polls = Polls::default();
        polls.reported(Action::Start, at(0));
        assert_eq!(polls.polled(at(1)), None, "the poll that belongs to the start");
        assert_eq!(polls.polled(at(31)), None, "its report may still come");
        assert_eq!(polls.polled(at(61)), Some(at(31)));
    }

    #[test]
    fn reconnection_restarts_count_and_periodic_introduction_does_not() {
        let mut polls = Polls::default();
        polls.introduced(at(0));
        polls.reported(Action::Start, at(95));
        polls.polled(at(96));
        polls.polled(at(110));
        polls.introduced(at(120));
        assert_eq!(polls.polled(at(140)), Some(at(110)), "two minutes after the last one");
        polls.introduced(at(160));
        assert_eq!(polls.polled(at(161)), None, "it has reconnected");
        assert_eq!(polls.polled(at(191)), Some(at(161)));
        polls.introduced(at(280));
        assert_eq!(polls.polled(at(281)), None, "two minutes later, but it was away in between");
    }

    #[test]
    fn reported_use_is_never_over() {
        let mut polls = Polls::default();
        polls.reported(Action::Start, at(0));
        // The connection breaks before the poll that belongs to the start.
        polls.introduced(at(5));
        assert_eq!(polls.polled(at(6)), None);
        for second in (10..400).step_by(30) {
            assert_eq!(polls.polled(at(second)), None, "{second}");
            // Doubled on the wire.
            assert_eq!(polls.polled(at(second)), None, "{second}");
            polls.reported(Action::Extend, at(second));
        }
        // One report is lost: the board reconnects.
        assert_eq!(polls.polled(at(400)), None);
        polls.introduced(at(447));
        assert_eq!(polls.polled(at(447)), None);
        polls.reported(Action::Extend, at(447));
        assert_eq!(polls.polled(at(477)), None);
        // So is the next one, and the board's messages after reconnecting.
        assert_eq!(polls.polled(at(524)), None);
    }
}
