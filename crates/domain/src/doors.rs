//! Doors and visits: what a swipe at a door does to who is inside, and when a visit ends without one.
//!
//! **Invariants.** A person is inside at most once. Doubt leaves them on the list: a swipe that a board repeats later never takes
//! a person off it, because they may have come back since. A door opens from inside without a swipe, so the list names everyone
//! who may be in, not everyone who is.
//!
//! Not here: whether a card opens a door ([`crate::access`]).

use crate::{hours::Opening, occupations::Span, string_enum::string_enum, time::Millis};
use std::time::Duration;

/// Limit of guests who came with a person.
pub const GUESTS: u16 = 9;
/// Limit of doors.
pub const DOORS: usize = 50;
/// How long after closing time people are still taken to be inside.
pub const GRACE: Duration = Duration::from_mins(30);
/// A person not seen for so long has left, whatever the opening hours.
pub const LONGEST: Duration = Duration::from_hours(16);
/// How long visits and openings are stored.
pub const RETENTION: Duration = Duration::from_hours(24 * 30);
/// The list for an evacuation also names those who left this recently.
pub const LEFT: Duration = Duration::from_hours(4);

string_enum! {
    /// What a swipe at a door means.
    Leaves {
        /// A person who is inside leaves; others enter.
        Both = "both",
        /// Everyone enters; the reader is outside.
        In = "in",
        /// Everyone leaves; the reader is inside.
        Out = "out",
    }
}

string_enum! {
    /// How it is known that a visit has ended.
    VisitEnding {
        /// By a swipe at a door.
        Swipe = "swipe",
        /// The space closed, or the person was not seen for a long time.
        Closing = "closing",
        /// A manager marked the person as gone.
        Manager = "manager",
    }
}

string_enum! {
    /// What became of a swipe at a door.
    Answer {
        Opened = "opened",
        /// A manager opened it without a card.
        Remote = "remote",
        /// Its board opened it while it had no connection, some time before.
        Offline = "offline",
        Refused = "refused",
    }
}

string_enum! {
    /// Whether a door opens from outside.
    DoorState {
        /// For those who may use it.
        ByCard = "by-card",
        /// For nobody: the door is blocked.
        Locked = "locked",
        /// For nobody: outside its opening hours.
        Closed = "closed",
        /// Its board is not heard: it lets in the cards that it remembers.
        Offline = "offline",
    }
}

/// Whether a door opens from outside, and until when that holds.
#[must_use]
pub const fn state(blocked: bool, online: bool, opening: Option<Opening>) -> (DoorState, Option<Millis>) {
    match opening {
        _ if blocked => (DoorState::Locked, None),
        _ if !online => (DoorState::Offline, None),
        Some(Opening::Closed { opens }) => (DoorState::Closed, opens),
        Some(Opening::Open { closes }) => (DoorState::ByCard, closes),
        None => (DoorState::ByCard, None),
    }
}

/// The change of who is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Enter,
    Leave,
    /// They stay where they are, and were seen.
    Stay,
}

/// What an admitted swipe changes for a person who is or is not `inside`. A `replay` was made earlier, at an unknown time.
#[must_use]
pub const fn swiped(leaves: Leaves, inside: bool, replay: bool) -> Step {
    match (leaves, inside) {
        (Leaves::Both | Leaves::In, false) => Step::Enter,
        (Leaves::Both | Leaves::Out, true) if !replay => Step::Leave,
        _ => Step::Stay,
    }
}

/// A visit that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub entered: Millis,
    /// When the person was last seen at a door or a machine.
    pub seen: Millis,
    /// Whether they use a machine now.
    pub using: bool,
}

/// When a visit has ended by itself, if it has at `now`; `open` are the opening hours of the space, in order.
#[must_use]
pub fn ended(visit: Visit, open: &[(Millis, Option<Millis>)], now: Millis) -> Option<Millis> {
    if visit.using {
        return None;
    }
    if now.since(visit.seen) >= LONGEST {
        return Some(now);
    }
    let closed = open.iter().filter_map(|(_, closes)| *closes);
    // Those who came or were seen later than that stay on purpose.
    let closed = closed.filter(|at| now >= at.after(GRACE) && visit.entered < *at && visit.seen < at.after(GRACE));
    closed.max().map(|at| at.max(visit.seen))
}

/// Whether `span` is free of all `others`, so that a person who booked it may be alone. Returns the first stretch without company.
#[must_use]
pub fn alone(span: Span, others: &[Span]) -> Option<Span> {
    let mut starts = span.starts;
    let mut sorted: Vec<_> = others.iter().filter(|other| other.ends > other.starts).collect();
    sorted.sort_by_key(|other| other.starts);
    for other in sorted {
        if other.starts > starts {
            return Some(Span { starts, ends: other.starts.min(span.ends) })
                .filter(|span| span.starts < span.ends);
        }
        starts = starts.max(other.ends);
        if starts >= span.ends {
            return None;
        }
    }
    (starts < span.ends).then_some(Span { starts, ends: span.ends })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;
    use proptest::prelude::*;

    /// Minutes since midnight.
    fn at(minute: i64) -> Millis {
        Millis(minute * 60_000)
    }

    fn span(from: i64, to: i64) -> Span {
        Span { starts: at(from), ends: at(to) }
    }

    const OPEN: i64 = 7 * 60;
    const CLOSES: i64 = 22 * 60;

    fn hours() -> Vec<(Millis, Option<Millis>)> {
        vec![(at(OPEN), Some(at(CLOSES))), (at(OPEN + 1_440), Some(at(CLOSES + 1_440)))]
    }

    fn visit(entered: i64, seen: i64) -> Visit {
        Visit { entered: at(entered), seen: at(seen), using: false }
    }

    #[test]
    fn swipe_enters_or_leaves_by_the_direction_of_the_door() {
        let plain = |leaves, inside| swiped(leaves, inside, false);
        assert_eq!((plain(Leaves::Both, false), plain(Leaves::Both, true)), (Step::Enter, Step::Leave));
        assert_eq!((plain(Leaves::In, false), plain(Leaves::In, true)), (Step::Enter, Step::Stay));
        assert_eq!((plain(Leaves::Out, false), plain(Leaves::Out, true)), (Step::Stay, Step::Leave));
        assert_eq!(swiped(Leaves::Both, false, true), Step::Enter, "they came while the board had no connection");
    }

    #[test]
    fn visit_ends_half_an_hour_after_closing_at_the_time_they_were_seen_last() {
        let evening = visit(18 * 60, 18 * 60);
        assert_eq!(ended(evening, &hours(), at(CLOSES + 29)), None);
        assert_eq!(ended(evening, &hours(), at(CLOSES + 30)), Some(at(CLOSES)));
        let late = visit(18 * 60, CLOSES + 10);
        assert_eq!(ended(late, &hours(), at(CLOSES + 30)), Some(at(CLOSES + 10)), "after they logged out");
    }

    #[test]
    fn person_seen_after_closing_stays_until_not_seen_for_long() {
        let stays = visit(18 * 60, CLOSES + 30);
        assert_eq!(ended(stays, &hours(), at(CLOSES + 120)), None);
        let came = visit(CLOSES + 5, CLOSES + 5);
        assert_eq!(ended(came, &hours(), at(CLOSES + 120)), None, "a manager came to clean up");
        let now = at(CLOSES + 30).after(LONGEST);
        assert_eq!(ended(stays, &hours(), now), Some(now));
        assert_eq!(ended(visit(0, 0), &[(at(0), None)], at(0).after(LONGEST)), Some(at(0).after(LONGEST)));
        assert_eq!(ended(visit(0, 0), &[(at(0), None)], at(0).after(HOUR * 15)), None, "always open");
    }

    #[test]
    fn person_who_uses_a_machine_stays() {
        let works = Visit { using: true, ..visit(18 * 60, 18 * 60) };
        assert_eq!(ended(works, &hours(), at(CLOSES + 600)), None);
    }

    #[test]
    fn door_state_names_the_strongest_obstacle() {
        let closed = Some(Opening::Closed { opens: Some(at(OPEN)) });
        let open = Some(Opening::Open { closes: Some(at(CLOSES)) });
        assert_eq!(state(true, false, closed), (DoorState::Locked, None));
        assert_eq!(state(false, false, open), (DoorState::Offline, None));
        assert_eq!(state(false, true, closed), (DoorState::Closed, Some(at(OPEN))));
        assert_eq!(state(false, true, open), (DoorState::ByCard, Some(at(CLOSES))));
        assert_eq!(state(false, true, None), (DoorState::ByCard, None));
    }

    #[test]
    fn booking_is_alone_where_no_other_covers_it() {
        assert_eq!(alone(span(60, 120), &[]), Some(span(60, 120)));
        assert_eq!(alone(span(60, 120), &[span(0, 90), span(90, 200)]), None);
        assert_eq!(alone(span(60, 120), &[span(0, 90)]), Some(span(90, 120)));
        assert_eq!(alone(span(60, 120), &[span(100, 130), span(60, 80)]), Some(span(80, 100)));
        assert_eq!(alone(span(60, 120), &[span(200, 300)]), Some(span(60, 120)));
    }

    proptest! {
        #[test]
        fn swipes_in_any_order_have_one_open_visit_at_most(
            swipes in prop::collection::vec((0..3_usize, any::<bool>(), 0..50_i64), 0..60),
        ) {
            let (mut visits, mut now): (Vec<(Millis, Option<Millis>)>, _) = (Vec::new(), at(0));
            for (door, replay, later) in swipes {
                now = Millis(now.0 + later);
                let open = visits.iter().filter(|(_, left)| left.is_none()).count();
                prop_assert!(open <= 1);
                match swiped(Leaves::ALL[door], open == 1, replay) {
                    Step::Enter => {
                        prop_assert!(open == 0 && Leaves::ALL[door] != Leaves::Out);
                        visits.push((now, None));
                    }
                    Step::Leave => {
                        prop_assert!(!replay && Leaves::ALL[door] != Leaves::In, "doubt leaves them on the list");
                        visits.last_mut().unwrap().1 = Some(now);
                    }
                    Step::Stay => {}
                }
            }
            prop_assert!(visits.iter().all(|(entered, left)| left.is_none_or(|left| left >= *entered)));
        }

        #[test]
        fn end_of_visit_is_between_its_beginning_and_now_and_final(
            entered in 0..2_880_i64, seen in 0..600_i64, passed in 0..2_000_i64, later in 0..2_000_i64,
        ) {
            let visit = visit(entered, entered + seen);
            let now = at(entered + seen + passed);
            if let Some(left) = ended(visit, &hours(), now) {
                prop_assert!(visit.entered <= left && visit.seen <= left && left <= now);
                prop_assert!(ended(visit, &hours(), Millis(now.0 + later * 60_000)).is_some());
            }
        }

        #[test]
        fn time_alone_is_covered_by_nobody(
            from in 0..50_i64, length in 1..50_i64, others in prop::collection::vec((0..100_i64, 0..40_i64), 0..8),
        ) {
            let whole = span(from, from + length);
            let others: Vec<_> = others.into_iter().map(|(from, length)| span(from, from + length)).collect();
            let is_covered = |minute: i64| others.iter().any(|other| other.starts <= at(minute) && at(minute) < other.ends);
            match alone(whole, &others) {
                None => prop_assert!((from..from + length).all(is_covered)),
                Some(found) => {
                    let minutes = found.starts.0 / 60_000..found.ends.0 / 60_000;
                    prop_assert!(whole.starts <= found.starts && found.starts < found.ends && found.ends <= whole.ends);
                    prop_assert!(minutes.clone().all(|minute| !is_covered(minute)));
                    prop_assert!((from..minutes.start).all(is_covered), "the first such time");
                }
            }
        }
    }
}
