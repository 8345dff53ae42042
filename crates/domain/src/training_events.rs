//! Training events: people are qualified together, at a time that a host announces; and the queue of those who asked
//! for it.
//!
//! **Invariants.** Everybody in a queue is invited in the order of asking ([`line_up`]), once to each event. A place is held for the
//! invited as for those who accepted, so no more are invited than fit. Nobody gets a place that they had no time to decline:
//! after the deadline, people on a waiting list are asked too. A request keeps its place in the queue until
//! its person passed, withdrew it, or did not come. [`PlaceState::may_become`] is the only table of transitions.
//!
//! Not here: appointments of one member with one trainer ([`crate::checkouts`]), and what passing writes to the
//! ledger ([`crate::qualifications`]).

mod preference;
pub mod suggest;

pub use crate::event_policy::{Aim, Course, DayWindow, EventPolicy, InvalidWindows, Windows};
pub use preference::Preference;

use crate::{
    id::{EventPlaceId, PersonId, TrainingRequestId},
    occupations::Span,
    string_enum::string_enum,
    time::{DAY, HOUR, Millis},
};
use std::time::Duration;

string_enum! {
    /// The state of an event.
    EventState {
        /// It is going to take place, or takes place.
        Announced = "announced",
        /// It does not take place.
        Cancelled = "cancelled",
        /// It took place, and the results are written.
        Completed = "completed",
    }
}

string_enum! {
    /// Why an event does not take place.
    CancelCause {
        /// The host or a manager decided so.
        Decided = "decided",
        /// Too few had accepted by the deadline.
        TooFew = "too-few",
        /// The host may not train on the type any more.
        Host = "host",
        /// The type, the room or the machine is out of use.
        Equipment = "equipment",
    }
}

string_enum! {
    /// What an event is to one person.
    PlaceState {
        /// Invited: a place is held, and the answer is awaited.
        Sent = "sent",
        /// They come.
        Accepted = "accepted",
        /// On the waiting list of this event.
        Waiting = "waiting",
        Declined = "declined",
        /// They did not answer in time.
        Expired = "expired",
        /// They cancelled, or lost the place.
        Cancelled = "cancelled",
    }
}

impl PlaceState {
    /// Whether a place is held for them.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Sent | Self::Accepted)
    }

    /// Whether it can still change by itself or by an answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Accepted | Self::Waiting)
    }

    /// Whether `next` can follow. Who declined, expired or cancelled may sign up again, but is not invited again. Who accepted is
    /// asked again when the time changes.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Sent => matches!(next, Self::Accepted | Self::Declined | Self::Expired | Self::Cancelled),
            Self::Accepted => matches!(next, Self::Sent | Self::Cancelled),
            Self::Waiting => matches!(next, Self::Sent | Self::Accepted | Self::Cancelled),
            Self::Declined | Self::Expired | Self::Cancelled => matches!(next, Self::Accepted | Self::Waiting),
        }
    }
}

string_enum! {
    /// The result of one person.
    Outcome {
        Passed = "passed",
        /// Not yet: the note lists what to practise.
        Failed = "failed",
        /// They did not come.
        NoShow = "no-show",
    }
}

string_enum! {
    /// What became of a request.
    RequestState {
        /// In the queue, or with a place at an event.
        Open = "open",
        Withdrawn = "withdrawn",
        /// Its person passed, or may do that now for another reason.
        Fulfilled = "fulfilled",
        /// They had a place and did not come, or lost the membership.
        Closed = "closed",
    }
}

string_enum! {
    /// Which queues are listed.
    DemandFilter {
        All = "all",
        /// Without an event.
        Undated = "undated",
    }
}

/// When an event is, and how many it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTerms {
    pub span: Span,
    /// Places.
    pub capacity: u16,
    /// With fewer at the deadline it is cancelled; 0 never is.
    pub minimum: u16,
    /// Sign-up closes then; before the beginning.
    pub deadline: Millis,
}

string_enum! {
    /// A fault in the terms of an event, in the order of its form.
    InvalidTerms {
        /// It ends before it begins.
        Reversed = "reversed",
        /// It lasts longer than [`LONGEST`].
        TooLong = "too-long",
        /// It has begun.
        Past = "past",
        /// The deadline is not before the beginning.
        LateDeadline = "late-deadline",
        /// The deadline has passed.
        PastDeadline = "past-deadline",
        /// It needs more people than it has places.
        MinimumOverCapacity = "minimum-over-capacity",
    }
}

/// The longest event: over midnight, but no week.
pub const LONGEST: Duration = Duration::from_hours(24);
/// Most places of an event.
pub const MOST_PLACES: u16 = 200;
/// Characters of a title.
pub const TITLE: usize = 120;
/// Characters of a note to the trainers, and of what to practise.
pub const NOTE: usize = 500;
/// Characters of the text about an event, and of what to bring.
pub const ABOUT: usize = 2_000;
/// Characters of a fee.
pub const FEE: usize = 60;
/// How long before the beginning people are reminded, once each.
pub const REMINDERS: [Duration; 2] = [DAY, HOUR];
/// An invitation that would end sooner with the deadline lasts until the beginning instead: nobody reads their notices by the
/// minute.
pub const SHORTEST_ANSWER: Duration = DAY;
/// How long before its beginning results can be written: everybody came early.
pub const EARLY: Duration = Duration::from_mins(15);
/// How long results can be undone by their author.
pub const UNDO: Duration = Duration::from_mins(10);
/// How long after its end the results of an event can be written.
pub const RESULTS_UNTIL: Duration = Duration::from_hours(24 * 30);

/// The usual deadline of an event announced at `now`: a day before it begins, or at short notice after half of the time left.
#[must_use]
pub fn usual_deadline(now: Millis, starts: Millis) -> Millis {
    let usual = starts.before(DAY);
    if now < usual { usual } else { Millis(i64::midpoint(now.0, starts.0)) }
}

impl EventTerms {
    /// Whether an event with these terms can be announced at `now`, or all that is wrong.
    pub fn check(&self, now: Millis) -> Result<(), Vec<InvalidTerms>> {
        let Self { span, capacity, minimum, deadline } = *self;
        let faults = [
            (InvalidTerms::Reversed, span.ends <= span.starts),
            (InvalidTerms::TooLong, span.starts.after(LONGEST) < span.ends),
            (InvalidTerms::Past, span.starts <= now),
            (InvalidTerms::LateDeadline, span.starts <= deadline),
            (InvalidTerms::PastDeadline, deadline <= now && now < span.starts),
            (InvalidTerms::MinimumOverCapacity, capacity < minimum),
        ];
        let faults: Vec<_> = faults.into_iter().filter_map(|(fault, is)| is.then_some(fault)).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Until when a person invited at `now` may answer: `days` long, but not beyond the deadline; later than [`SHORTEST_ANSWER`]
    /// before it, not beyond the beginning. `None` once it has begun.
    #[must_use]
    pub fn answer_by(&self, now: Millis, days: u16) -> Option<Millis> {
        let end = if now.after(SHORTEST_ANSWER) <= self.deadline { self.deadline } else { self.span.starts };
        (now < self.span.starts).then(|| now.after(DAY * u32::from(days)).min(end))
    }

    /// Whether a person on its waiting list gets a place at `now` without being asked. After the deadline they may have other
    /// plans, and would be missed for a place that they never heard of.
    #[must_use]
    pub fn moves_up(&self, now: Millis) -> bool {
        now < self.deadline
    }

    /// Whether it is to be cancelled at `now`, with `accepted` people coming.
    #[must_use]
    pub fn lacks_people(&self, accepted: u16, now: Millis) -> bool {
        self.deadline <= now && now < self.span.starts && accepted < self.minimum
    }
}

/// A person in line for a place: with a request, on the waiting list of the event, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InLine {
    pub person: PersonId,
    /// When they asked, and the number of the request or the entry, which decides between equals.
    pub asked: (Millis, i64),
    pub request: Option<TrainingRequestId>,
    /// Their entry on the waiting list.
    pub waiting: Option<EventPlaceId>,
}

/// Those who get the next `free` places, in the order of asking. A person who is in line twice counts from the earlier.
#[must_use]
pub fn line_up(mut line: Vec<InLine>, free: usize) -> Vec<InLine> {
    line.sort_by_key(|one| one.asked);
    let mut next: Vec<InLine> = Vec::new();
    for one in line {
        let has_place = next.len() < free;
        match next.iter_mut().find(|known| known.person == one.person) {
            Some(known) => {
                known.request = known.request.or(one.request);
                known.waiting = known.waiting.or(one.waiting);
            }
            None if has_place => next.push(one),
            None => {}
        }
    }
    next
}

/// The reminder due at `now` for an event at `span`, accepted at `since`: the last one that is due and later than that; none
/// once it has begun.
#[must_use]
pub fn reminder(span: Span, since: Millis, now: Millis) -> Option<Duration> {
    crate::checkouts::reminder(span, since, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;
    use proptest::prelude::*;

    fn terms(starts: Duration, deadline: Duration) -> EventTerms {
        let at = |after: Duration| Millis(0).after(after);
        let span = Span { starts: at(starts), ends: at(starts + HOUR * 2) };
        EventTerms { span, capacity: 6, minimum: 3, deadline: at(deadline) }
    }

    #[test]
    fn place_once_lost_is_not_offered_again() {
        for state in [PlaceState::Declined, PlaceState::Expired, PlaceState::Cancelled] {
            assert!(!state.may_become(PlaceState::Sent) && state.may_become(PlaceState::Waiting), "{state:?}");
        }
        assert!(PlaceState::Accepted.may_become(PlaceState::Sent), "when the time changes");
        assert!(PlaceState::ALL.iter().all(|state| !state.may_become(*state)));
    }

    #[test]
    fn impossible_terms_are_refused_with_all_reasons() {
        let now = Millis(0).after(DAY);
        assert_eq!(terms(DAY * 5, DAY * 3).check(now), Ok(()));
        let reversed = Span { starts: Millis(0).after(DAY * 5), ends: Millis(0).after(DAY * 4) };
        let wrong = EventTerms { span: reversed, capacity: 2, minimum: 3, deadline: reversed.starts };
        let all = [InvalidTerms::Reversed, InvalidTerms::LateDeadline, InvalidTerms::MinimumOverCapacity];
        assert_eq!(wrong.check(now), Err(all.to_vec()));
        assert_eq!(terms(HOUR, MINUTE).check(now), Err(vec![InvalidTerms::Past]));
        assert_eq!(terms(DAY * 5, HOUR).check(now), Err(vec![InvalidTerms::PastDeadline]));
        let long = terms(DAY * 5, DAY * 3);
        let span = Span { ends: long.span.starts.after(LONGEST + MINUTE), ..long.span };
        assert_eq!(EventTerms { span, ..long }.check(now), Err(vec![InvalidTerms::TooLong]));
    }

    // A12
    #[test]
    fn answer_is_awaited_until_deadline_then_until_beginning() {
        let terms = terms(DAY * 10, DAY * 8);
        let at = |after: Duration| Millis(0).after(after);
        assert_eq!(terms.answer_by(at(DAY), 3), Some(at(DAY * 4)));
        assert_eq!(terms.answer_by(at(DAY * 7), 3), Some(terms.deadline));
        for late in [at(DAY * 7 + MINUTE), terms.deadline.before(MINUTE * 2)] {
            assert_eq!(terms.answer_by(late, 3), Some(terms.span.starts), "and not until the deadline");
        }
        assert_eq!(terms.answer_by(terms.deadline.before(MINUTE * 2), 1), Some(at(DAY * 9).before(MINUTE * 2)));
        assert_eq!(terms.answer_by(terms.deadline, 3), Some(terms.span.starts));
        assert_eq!(terms.answer_by(terms.span.starts, 3), None);
        assert!(terms.lacks_people(2, terms.deadline) && !terms.lacks_people(3, terms.deadline));
        assert!(
            !terms.lacks_people(0, terms.deadline.before(MINUTE)) && !terms.lacks_people(0, terms.span.starts)
        );
    }

    #[test]
    fn waiting_person_moves_up_until_the_deadline_and_is_asked_after_it() {
        let terms = terms(DAY * 10, DAY * 8);
        assert!(terms.moves_up(terms.deadline.before(MINUTE)));
        assert!(!terms.moves_up(terms.deadline) && !terms.moves_up(terms.span.starts.before(MINUTE)));
    }

    fn in_line() -> impl Strategy<Value = Vec<InLine>> {
        let one = (1..12_i64, 0..6_i64, any::<bool>());
        prop::collection::vec(one, 0..24).prop_map(|all| {
            let line = all.into_iter().enumerate().map(|(at, (person, asked, is_request))| {
                let id = i64::try_from(at).unwrap_or_default();
                InLine {
                    person: PersonId(person),
                    asked: (Millis(asked), id),
                    request: is_request.then_some(TrainingRequestId(id)),
                    waiting: (!is_request).then_some(EventPlaceId(id)),
                }
            });
            line.collect()
        })
    }

    proptest! {
        #[test]
        fn free_places_go_to_those_who_asked_first(line in in_line(), free in 0..10_usize) {
            let next = line_up(line.clone(), free);
            // By hand: each person once, at their earliest entry.
            let mut people: Vec<_> = line.iter().map(|one| one.person).collect();
            people.sort_unstable();
            people.dedup();
            let first = |person| line.iter().filter(|one| one.person == person).map(|one| one.asked).min();
            people.sort_by_key(|person| first(*person));
            people.truncate(free);
            prop_assert_eq!(next.iter().map(|one| one.person).collect::<Vec<_>>(), people);
            for one in &next {
                let theirs = || line.iter().filter(|other| other.person == one.person);
                prop_assert_eq!(one.request.is_some(), theirs().any(|other| other.request.is_some()));
                prop_assert_eq!(one.waiting.is_some(), theirs().any(|other| other.waiting.is_some()));
            }
        }
    }
}
