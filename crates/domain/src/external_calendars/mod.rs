//! External calendars: calendars of others whose events occupy a machine or a room.
//!
//! **Invariants.** Earlier promises stand: an event is cut around them and occupies the rest, the overlap is shown
//! as a collision, and time that becomes free later is occupied then. Of an event only its time is stored, because
//! its content may be personal; skipped events also have a title, so that a person can find them. Not here: how a
//! calendar is fetched and parsed (`services::external_calendars`).

pub mod recurrence;

use crate::{
    bookings::Conflict,
    occupations::Span,
    outgoing::{self, InvalidAddress},
    string_enum::string_enum,
    time::{DAY, Date, HOUR, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a calendar is read.
pub const EVERY: Duration = HOUR;
/// Minimum time between readings on request: each is a request to an external server.
pub const PAUSE: Duration = Duration::from_secs(15);
/// Events that begin later are read when they are nearer.
pub const HORIZON: Duration = DAY.saturating_mul(90);
/// A calendar is read completely at least this often, even if unmodified: a series reaches further every day.
pub const WHOLE: Duration = DAY;
/// Events of one calendar within [`HORIZON`], at most.
pub const MOST_EVENTS: usize = 2_000;
/// Bytes of one calendar, at most.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Calendars of one space, at most.
pub const MOST: usize = 100;
/// Collisions that are shown of one calendar.
pub const SHOWN: usize = 20;
/// Events that are named of those that were left out of one calendar.
pub const LEFT_OUT: usize = 20;

string_enum! {
    /// Why a calendar was not read.
    Failure {
        /// No server was found, or none answered.
        Unreachable = "unreachable",
        /// The address is in a private network.
        Private = "private",
        /// Too many redirects, or one from https to http.
        Redirected = "redirected",
        /// Its server has no valid certificate.
        Certificate = "certificate",
        /// Its server requires a login.
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
        /// The response is no calendar.
        NotCalendar = "not-calendar",
        /// The response is empty.
        Empty = "empty",
        /// The response is truncated.
        BrokenOff = "broken-off",
        /// An unsupported compression.
        Packed = "packed",
    }
}

/// Of the target of a redirect.
impl From<InvalidAddress> for Failure {
    fn from(invalid: InvalidAddress) -> Self {
        match invalid {
            InvalidAddress::Private | InvalidAddress::Port => Self::Private,
            InvalidAddress::Form | InvalidAddress::Login => Self::Redirected,
        }
    }
}

impl From<outgoing::Failure> for Failure {
    fn from(failure: outgoing::Failure) -> Self {
        match failure {
            outgoing::Failure::Private => Self::Private,
            outgoing::Failure::Unreachable => Self::Unreachable,
            outgoing::Failure::Certificate => Self::Certificate,
            outgoing::Failure::Slow => Self::Slow,
            outgoing::Failure::TooLarge => Self::TooLarge,
            outgoing::Failure::BrokenOff => Self::BrokenOff,
        }
    }
}

string_enum! {
    /// Why an event of a calendar was left out.
    Skipped {
        /// It has no time, or one that cannot be read.
        Time = "time",
        /// It ends before it begins.
        Order = "order",
        /// Its time zone is unknown.
        Zone = "zone",
        /// It repeats by a rule that is not understood.
        Rule = "rule",
    }
}

/// A skipped event: only of these is more than the time stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its date or first date, if readable.
    pub date: Option<Date>,
    /// Its title; empty if it has none.
    pub title: String,
    /// Why it was left out.
    pub why: Skipped,
}

impl LeftOut {
    /// Characters of a title, at most.
    pub const TITLE: usize = 100;
}

/// An event that meets something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Collision {
    pub span: Span,
    pub with: Conflict,
}

/// The changes of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff<T> {
    pub release: Vec<T>,
    /// Spans to occupy, in order.
    pub take: Vec<Span>,
}

/// Sorts `spans` and removes overlaps: of a later one only the rest remains.
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

/// The parts of `span` outside `others`, in order; `others` are in order too and may overlap each other.
#[must_use]
pub fn cut(span: Span, others: &[Conflict]) -> Vec<Span> {
    let (mut from, mut left) = (span.starts, Vec::new());
    for other in others.iter().take_while(|other| other.span.starts < span.ends) {
        let piece = Span { starts: from, ends: other.span.starts };
        left.extend((piece.starts < piece.ends).then_some(piece));
        from = from.max(other.span.ends);
    }
    let rest = Span { starts: from, ends: span.ends };
    left.extend((rest.starts < rest.ends).then_some(rest));
    left
}

/// The changes after which a calendar occupies the `requested` spans of one machine or room, given what it `held`
/// so far and what `others` occupy: earlier promises stand, and everything around them is occupied. The past, up
/// to `now`, is unchanged. Applying it twice changes nothing.
#[must_use]
pub fn diff<T: Copy>(requested: Vec<Span>, held: &[(T, Span)], others: &[Conflict], now: Millis) -> Diff<T> {
    let mut others = others.to_vec();
    others.sort_unstable();
    let mut pieces = Vec::new();
    for (span, meets) in coming(requested, held, &others, now) {
        pieces.extend(cut(span, meets).into_iter().filter(|piece| now < piece.ends));
    }
    let is_kept = |span: &Span| span.ends <= now || pieces.binary_search(span).is_ok();
    let release = held.iter().filter(|(_, span)| !is_kept(span)).map(|(one, _)| *one).collect();
    let mut has: Vec<_> = held.iter().map(|(_, span)| *span).collect();
    has.sort_unstable();
    pieces.retain(|piece| has.binary_search(piece).is_err());
    Diff { release, take: pieces }
}

/// The `others` that overlap the requested events, in order.
#[must_use]
pub fn collisions(requested: Vec<Span>, others: &[Conflict], now: Millis) -> Vec<Collision> {
    let mut others: Vec<_> = others.iter().copied().filter(|other| now < other.span.ends).collect();
    others.sort_unstable();
    let found = coming::<()>(requested, &[], &others, now);
    let met = found.into_iter().flat_map(|(span, meets)| {
        let meets = meets.iter().take_while(move |other| other.span.starts < span.ends);
        meets.filter(move |other| other.span.overlaps(span)).map(move |with| Collision { span, with: *with })
    });
    met.collect()
}

/// The wanted spans that are not over, each with the first of `others` that may overlap it.
fn coming<'a, T>(
    requested: Vec<Span>,
    held: &[(T, Span)],
    others: &'a [Conflict],
    now: Millis,
) -> Vec<(Span, &'a [Conflict])> {
    let mut requested = disjoint(requested);
    requested.retain(|span| now < span.ends);
    let mut first = 0;
    let spans = requested.into_iter().map(|span| {
        while others.get(first).is_some_and(|other| other.span.ends <= span.starts) {
            first += 1;
        }
        let starts = after_the_past(span, held, now);
        (Span { starts, ..span }, others.get(first..).unwrap_or_default())
    });
    spans.filter(|(span, _)| span.starts < span.ends).collect()
}

/// From when `span` can be occupied if part of it was held in the past or is running: an event may be extended,
/// and its collision may be gone.
fn after_the_past<T>(span: Span, held: &[(T, Span)], now: Millis) -> Millis {
    let own = held.iter().map(|(_, own)| *own).filter(|own| own.starts <= now && own.overlaps(span));
    own.map(|own| if own.ends <= now { own.ends } else { own.starts }).fold(span.starts, Ord::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::Cause;
    use proptest::prelude::*;

    fn span(starts: i64, ends: i64) -> Span {
        Span { starts: Millis(starts), ends: Millis(ends) }
    }

    fn taken(span: Span) -> Conflict {
        Conflict { span, by: Cause::Booking }
    }

    const NO_ENTRIES: &[(u8, Span)] = &[];

    #[test]
    fn moved_event_is_released_and_taken_again_while_past_stays() {
        let held = [(1, span(0, 10)), (2, span(20, 30)), (3, span(40, 50))];
        let diff = diff(vec![span(25, 35), span(40, 50), span(2, 9)], &held, &[], Millis(15));
        assert_eq!(diff, Diff { release: vec![2], take: vec![span(25, 35)] });
    }

    #[test]
    fn event_is_cut_around_existing_promises_and_names_them() {
        let others = [taken(span(12, 14)), taken(span(16, 17)), taken(span(30, 50))];
        let requested = || vec![span(0, 12), span(13, 20), span(32, 40), span(48, 55)];
        assert_eq!(
            diff(requested(), NO_ENTRIES, &others, Millis(0)).take,
            [span(0, 12), span(14, 16), span(17, 20), span(50, 55)]
        );
        let found: Vec<_> =
            collisions(requested(), &others, Millis(0)).iter().map(|one| (one.span, one.with.span)).collect();
        assert_eq!(
            found,
            [
                (span(13, 20), span(12, 14)),
                (span(13, 20), span(16, 17)),
                (span(32, 40), span(30, 50)),
                (span(48, 55), span(30, 50))
            ]
        );
    }

    #[test]
    fn freed_time_is_merged_with_rest_of_event() {
        let held = [(1, span(10, 20)), (2, span(30, 40))];
        let found = diff(vec![span(10, 40)], &held, &[], Millis(0));
        assert_eq!(found, Diff { release: vec![1, 2], take: vec![span(10, 40)] });
        // Past occupations stay; past free time stays free.
        let found = diff(vec![span(10, 40)], &held, &[], Millis(25));
        assert_eq!(found, Diff { release: vec![2], take: vec![span(20, 40)] });
        assert_eq!(diff(vec![span(10, 40)], &held, &[], Millis(35)), Diff { release: vec![], take: vec![] });
    }

    #[test]
    fn overlapping_events_are_split_between_them() {
        assert_eq!(disjoint(vec![span(5, 9), span(0, 6), span(1, 2), span(9, 9)]), [span(0, 6), span(6, 9)]);
    }

    fn spans(most: usize) -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0_i64..200, 0_i64..30).prop_map(|(at, length)| span(at, at + length)), 0..most)
    }

    proptest! {
        #[test]
        fn diff_takes_all_unpromised_time_and_is_idempotent(
            requested in spans(20), before in spans(12), others in spans(12), now in 0_i64..250
        ) {
            let now = Millis(now);
            let others: Vec<_> = disjoint(others).into_iter().map(taken).collect();
            let free = |span: &Span| !others.iter().any(|other| other.span.overlaps(*span));
            let held: Vec<_> = disjoint(before).into_iter().filter(free).enumerate().collect();
            let done = diff(requested.clone(), &held, &others, now);
            let mut after: Vec<_> =
                held.iter().filter(|(id, _)| !done.release.contains(id)).map(|(_, span)| *span).collect();
            after.extend(&done.take);
            after.sort_unstable();
            // The storage would refuse anything else.
            prop_assert!(after.is_sorted_by(|one, next| one.ends <= next.starts) && after.iter().all(free));
            let has = |spans: &[Span], at: i64| spans.iter().any(|span| span.starts.0 <= at && at < span.ends.0);
            for at in now.0..250 {
                let is_promised = others.iter().any(|other| has(&[other.span], at));
                prop_assert_eq!(has(&after, at), has(&requested, at) && !is_promised, "at {}", at);
            }
            let held: Vec<_> = after.iter().copied().enumerate().collect();
            let again = diff(requested.clone(), &held, &others, now);
            prop_assert!(again.release.is_empty() && again.take.is_empty(), "{:?} of {:?}", again, held);
            for one in collisions(requested, &others, now) {
                prop_assert!(one.span.overlaps(one.with.span) && now < one.with.span.ends);
            }
        }
    }
}
