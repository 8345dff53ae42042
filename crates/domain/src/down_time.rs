//! Down time: periods in which nobody could do anything, because the program was not running or the clock skipped
//! them.
//!
//! **Invariant.** Down time counts against nobody. A clock set forward skips time, one set back repeats it;
//! repeated time is no longer down time. Not here: the clocks, and storage.

use crate::{
    occupations::Span,
    string_enum::string_enum,
    time::{MINUTE, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Shorter gaps are ignored: clocks are corrected by a second now and then, and programs take a moment to start.
pub const NOTICED: Duration = MINUTE;

string_enum! {
    /// Why there is a gap.
    Cause {
        /// The program did not run, or stood still.
        Stopped = "stopped",
        /// The clock was set forward, or the computer slept.
        Skipped = "skipped",
        /// The clock was set back: the time since then occurs twice.
        SetBack = "set-back",
    }
}

/// A gap and its cause. For a clock that was set back, the time that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap<At = Millis> {
    pub cause: Cause,
    pub starts: At,
    pub ends: At,
}

impl<At> Gap<At> {
    /// The same gap with its instants converted.
    pub fn map<To>(self, convert: impl Fn(At) -> To) -> Gap<To> {
        Gap { cause: self.cause, starts: convert(self.starts), ends: convert(self.ends) }
    }
}

impl Gap {
    #[must_use]
    pub fn length(self) -> Duration {
        self.ends.since(self.starts)
    }
}

/// Both clocks, read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The clock that people read, and may set.
    pub wall: Millis,
    /// The steady clock, which cannot be set.
    pub steady: Millis,
}

/// The change of the clock between two readings of a running process.
#[must_use]
pub fn between(before: Reading, now: Reading) -> Option<Gap> {
    let should_be = before.wall.after(now.steady.since(before.steady));
    if now.wall.since(should_be) >= NOTICED {
        let ends = before.wall.after(now.wall.since(should_be));
        return Some(Gap { cause: Cause::Skipped, starts: before.wall, ends });
    }
    set_back(should_be, now.wall)
}

/// The gap between the last sign of one process, at `until`, and the start of the next.
#[must_use]
pub fn between_processes(until: Millis, since: Millis) -> Option<Gap> {
    let stopped = Gap { cause: Cause::Stopped, starts: until, ends: since };
    if stopped.length() >= NOTICED { Some(stopped) } else { set_back(until, since) }
}

/// The gap of a clock set back from `from` to `to`.
fn set_back(from: Millis, to: Millis) -> Option<Gap> {
    let gap = Gap { cause: Cause::SetBack, starts: to, ends: from };
    (gap.length() >= NOTICED).then_some(gap)
}

/// How much of `span` lies in `gaps`, which may overlap.
#[must_use]
pub fn missed(gaps: &[Gap], span: Span) -> Duration {
    let mut parts: Vec<Span> = gaps
        .iter()
        .filter(|gap| gap.cause != Cause::SetBack)
        .map(|gap| Span { starts: gap.starts.max(span.starts), ends: gap.ends.min(span.ends) })
        .filter(|part| part.starts < part.ends)
        .collect();
    parts.sort_unstable();
    let (mut total, mut until) = (Duration::ZERO, Millis(i64::MIN));
    for part in parts {
        total += part.ends.since(part.starts.max(until));
        until = until.max(part.ends);
    }
    total
}

/// Whether a person could hardly act within `span`: the program did not run for most of it, or the clock left less
/// than a minute of it.
#[must_use]
pub fn could_hardly_act(gaps: &[Gap], span: Span) -> bool {
    let whole = span.ends.since(span.starts);
    let all = missed(gaps, span);
    let stopped: Vec<Gap> = gaps.iter().copied().filter(|gap| gap.cause == Cause::Stopped).collect();
    missed(&stopped, span).saturating_mul(2) > whole || (!all.is_zero() && whole.saturating_sub(all) < MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(minute: i64) -> Millis {
        Millis(minute * 60_000)
    }

    const fn gap(cause: Cause, starts: i64, ends: i64) -> Gap {
        Gap { cause, starts: at(starts), ends: at(ends) }
    }

    const fn span(starts: i64, ends: i64) -> Span {
        Span { starts: at(starts), ends: at(ends) }
    }

    #[test]
    fn diverging_clocks_reveal_skip_or_set_back() {
        let read = |wall: i64, steady: i64| Reading { wall: at(wall), steady: at(steady) };
        let before = read(600, 5);
        assert_eq!(between(before, read(601, 6)), None);
        assert_eq!(between(before, read(720, 6)), Some(gap(Cause::Skipped, 600, 719)));
        assert_eq!(between(before, read(500, 6)), Some(gap(Cause::SetBack, 500, 601)));
        let seconds = |wall: i64| Reading { wall: Millis(at(600).0 + wall * 1000), steady: at(5) };
        assert_eq!(between(before, seconds(59)), None, "an ordinary correction");
        assert_eq!(between(before, seconds(-59)), None);
        let far = Reading { wall: Millis(i64::MAX), steady: at(5) };
        assert!(between(before, far).is_some_and(|gap| gap.cause == Cause::Skipped));
    }

    #[test]
    fn gap_between_processes_counts_as_stopped() {
        assert_eq!(between_processes(at(10), at(12)), Some(gap(Cause::Stopped, 10, 12)));
        assert_eq!(between_processes(at(12), at(10)), Some(gap(Cause::SetBack, 10, 12)));
        assert_eq!(between_processes(at(10), Millis(at(10).0 + 59_000)), None);
    }

    #[test]
    fn overlapping_gaps_count_once() {
        let gaps = [gap(Cause::Stopped, 0, 10), gap(Cause::Skipped, 5, 20), gap(Cause::SetBack, 0, 100)];
        assert_eq!(missed(&gaps, span(-10, 100)), MINUTE * 20);
        assert_eq!(missed(&gaps, span(8, 12)), MINUTE * 4);
        assert_eq!(missed(&gaps, span(20, 30)), Duration::ZERO);
    }

    #[test]
    fn hardly_any_time_is_distinguished_from_enough() {
        let skipped = |until| could_hardly_act(&[gap(Cause::Skipped, 0, until)], span(0, 30));
        assert!(skipped(30) && skipped(500) && !skipped(29) && !skipped(1));
        let stopped = |until| could_hardly_act(&[gap(Cause::Stopped, 0, until)], span(0, 30));
        assert!(stopped(16) && !stopped(15));
        assert!(!could_hardly_act(&[], span(0, 0)));
    }
}
