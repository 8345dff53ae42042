//! External calendars: calendars that others keep, whose events take the time of a machine or a room.
//!
//! **Invariants.** What was promised before stands: an event that meets something else takes nothing, is shown as a collision, and is
//! tried again at the next reading. Of an event only its time is known here: what it is about may be personal. Deliberately absent:
//! how a calendar is fetched, and what its file looks like (`services::external_calendars`).

pub mod networks;
pub mod recurrence;

use crate::{
    bookings::Taken,
    occupations::Span,
    time::{DAY, HOUR, Millis},
    words::words,
};
use std::time::Duration;

/// How often a calendar is read.
pub const EVERY: Duration = HOUR;
/// So long after a reading nobody may ask for another: each is a request to somebody else's server.
pub const PAUSE: Duration = Duration::from_secs(15);
/// Events that begin later are read when they are nearer.
pub const HORIZON: Duration = DAY.saturating_mul(90);
/// At least so often a calendar is read whole, though its server says that it is unchanged: a series reaches further every day.
pub const WHOLE: Duration = DAY;
/// Events of one calendar within [`HORIZON`], at most.
pub const MOST_EVENTS: usize = 2_000;
/// Bytes of one calendar, at most.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Calendars of one space, at most.
pub const MOST: usize = 100;
/// Characters of an address, at most.
pub const ADDRESS: usize = 2_000;
/// Collisions that are shown of one calendar.
pub const SHOWN: usize = 20;

words! {
    /// Why a calendar was not read.
    Failure {
        /// No server was found, or none answered.
        Unreachable = "unreachable",
        /// The address leads into a network that is not public.
        Private = "private",
        /// It leads on and on, or from https to http.
        Redirected = "redirected",
        /// Its server has no valid certificate.
        Certificate = "certificate",
        /// Its server wants to know who asks.
        Denied = "denied",
        /// There is no calendar at the address.
        Missing = "missing",
        /// Its server has a problem of its own.
        Answer = "answer",
        /// It took too long.
        Slow = "slow",
        /// It has more bytes than [`MOST_BYTES`].
        TooLarge = "too-large",
        /// It has more events than [`MOST_EVENTS`], or series that are too long.
        TooMany = "too-many",
        /// What came is no calendar, or only a part of one.
        NotCalendar = "not-calendar",
    }
}

words! {
    /// Why an event of a calendar was left out.
    Skipped {
        /// It has no time, or one that cannot be read.
        Time = "time",
        /// It ends before it begins.
        Order = "order",
        /// Its time zone is not known.
        Zone = "zone",
        /// It repeats by a rule that is not understood.
        Rule = "rule",
    }
}

/// An event that meets something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collision {
    /// The event's time.
    pub span: Span,
    /// What stands there.
    pub with: Taken,
}

/// What a reading changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff<T> {
    /// What is given back.
    pub release: Vec<T>,
    /// What is taken.
    pub take: Vec<Span>,
    /// What cannot be taken, in order.
    pub collide: Vec<Collision>,
}

/// `spans` that do not overlap, in order: of what overlaps an earlier one only the rest is left.
#[must_use]
pub fn disjoint(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.starts < span.ends);
    spans.sort_unstable();
    let mut until = Millis(i64::MIN);
    let mut apart = Vec::with_capacity(spans.len());
    for span in spans {
        let rest = Span { starts: span.starts.max(until), ends: span.ends };
        if rest.starts < rest.ends {
            apart.push(rest);
            until = rest.ends;
        }
    }
    apart
}

/// What has to change so that a calendar takes what it `wants`, where it has `held` so far and something else has `others`. What is
/// over by `now` stays as it was. Doing it twice changes nothing.
#[must_use]
pub fn diff<T: Copy>(wanted: Vec<Span>, held: &[(T, Span)], others: &[Taken], now: Millis) -> Diff<T> {
    let mut wanted = disjoint(wanted);
    wanted.retain(|span| now < span.ends);
    for span in &mut wanted {
        span.starts = after_the_past(*span, held, now);
    }
    let is_kept = |span: &Span| span.ends <= now || wanted.binary_search(span).is_ok();
    let release = held.iter().filter(|(_, span)| !is_kept(span)).map(|(one, _)| *one).collect();
    let mut has: Vec<_> = held.iter().map(|(_, span)| *span).collect();
    has.sort_unstable();
    let mut others = others.to_vec();
    others.sort_unstable();
    // Among others one may be long, so an early one may reach further than a later one.
    let mut diff = Diff { release, take: Vec::new(), collide: Vec::new() };
    let mut first = 0;
    for span in wanted {
        if has.binary_search(&span).is_ok() {
            continue;
        }
        while others.get(first).is_some_and(|other| other.span.ends <= span.starts) {
            first += 1;
        }
        let later = others.get(first..).unwrap_or_default();
        let meets = later.iter().take_while(|other| other.span.starts < span.ends);
        match meets.into_iter().find(|other| other.span.overlaps(span)) {
            Some(with) => diff.collide.push(Collision { span, with: *with }),
            None => diff.take.push(span),
        }
    }
    diff
}

/// From when on `span` can be had, of which a part was held that is over: an event may last longer than was said.
fn after_the_past<T>(span: Span, held: &[(T, Span)], now: Millis) -> Millis {
    let past = held.iter().map(|(_, past)| *past).filter(|past| past.ends <= now && past.overlaps(span));
    past.map(|past| past.ends).fold(span.starts, Ord::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::Cause;
    use proptest::prelude::*;

    fn span(starts: i64, ends: i64) -> Span {
        Span { starts: Millis(starts), ends: Millis(ends) }
    }

    fn taken(span: Span) -> Taken {
        Taken { span, by: Cause::Booking }
    }

    #[test]
    fn a_moved_event_is_given_back_and_taken_anew_and_what_is_over_stays() {
        let held = [(1, span(0, 10)), (2, span(20, 30)), (3, span(40, 50))];
        let diff = diff(vec![span(25, 35), span(40, 50), span(2, 9)], &held, &[], Millis(15));
        assert_eq!(diff, Diff { release: vec![2], take: vec![span(25, 35)], collide: vec![] });
    }

    #[test]
    fn an_event_that_meets_a_booking_takes_nothing_and_names_it() {
        let booking = taken(span(12, 14));
        let found =
            diff(vec![span(0, 12), span(13, 20), span(14, 20)], &[] as &[((), Span)], &[booking], Millis(0));
        assert_eq!(found.take, [span(0, 12)]);
        assert_eq!(found.collide, [Collision { span: span(13, 20), with: booking }]);
    }

    #[test]
    fn of_events_at_the_same_time_the_later_takes_the_rest() {
        assert_eq!(disjoint(vec![span(5, 9), span(0, 6), span(1, 2), span(9, 9)]), [span(0, 6), span(6, 9)]);
    }

    fn spans(most: usize) -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0_i64..200, 0_i64..30).prop_map(|(at, length)| span(at, at + length)), 0..most)
    }

    proptest! {
        #[test]
        fn a_diff_done_twice_changes_nothing_and_leaves_what_is_wanted_without_what_collides(
            wanted in spans(20), before in spans(12), others in spans(12), now in 0_i64..250
        ) {
            let now = Millis(now);
            let others: Vec<_> = disjoint(others).into_iter().map(taken).collect();
            let free = |span: &Span| !others.iter().any(|other| other.span.overlaps(*span));
            let held: Vec<_> = disjoint(before).into_iter().filter(free).enumerate().collect();
            let done = diff(wanted.clone(), &held, &others, now);
            let mut after: Vec<_> =
                held.iter().filter(|(id, _)| !done.release.contains(id)).map(|(_, span)| *span).collect();
            after.extend(&done.take);
            after.sort_unstable();
            // The storage would refuse anything else.
            prop_assert!(after.is_sorted_by(|one, next| one.ends <= next.starts) && after.iter().all(free));
            let held: Vec<_> = after.iter().copied().enumerate().collect();
            let again = diff(wanted.clone(), &held, &others, now);
            prop_assert!(again.release.is_empty() && again.take.is_empty());
            prop_assert_eq!(&again.collide, &done.collide);
            let mut all: Vec<_> = after.into_iter().filter(|span| now < span.ends).collect();
            all.extend(done.collide.iter().map(|one| one.span));
            all.sort_unstable();
            let mut expected = disjoint(wanted);
            expected.retain(|span| now < span.ends);
            for span in &mut expected {
                span.starts = after_the_past(*span, &held, now);
            }
            prop_assert_eq!(all, expected);
        }
    }
}
