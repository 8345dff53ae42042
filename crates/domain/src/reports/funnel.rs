//! The training funnel: how many requests for training led to an invitation, to coming, and to passing.
//!
//! **Invariants.** Requests are divided by the furthest step they reached, and these parts are suppressed like those of
//! any other scale, by type too. A figure is shown if it is the total, or follows from shown parts: so nothing is derived
//! from it that they do not reveal, such as the failure of a few.

use super::{
    FunnelStep, People, TrainingStep, are_enough,
    median::median,
    tally::{Of, Tally, Tree},
};
use crate::{
    bookings::ResourceFilter,
    id::{PersonId, TypeId},
    time::Millis,
};
use std::collections::BTreeSet;

/// A request for training and what followed, each for the first time.
#[derive(Debug, Clone, Copy)]
pub struct RequestedTraining {
    pub kind: TypeId,
    pub person: PersonId,
    pub asked: Millis,
    pub invited: Option<Millis>,
    /// Start of the event at which they were present.
    pub came: Option<Millis>,
    /// Start of the event at which they passed.
    pub passed: Option<Millis>,
}

impl RequestedTraining {
    /// The furthest step. Who came without an invitation, because they signed up, counts as invited.
    const fn reached(&self) -> TrainingStep {
        match (self.passed, self.came, self.invited) {
            (Some(_), ..) => TrainingStep::Passed,
            (None, Some(_), _) => TrainingStep::Came,
            (None, None, Some(_)) => TrainingStep::Invited,
            (None, None, None) => TrainingStep::Asked,
        }
    }

    /// Milliseconds between a step and the one before.
    fn since_previous(&self, step: TrainingStep) -> Option<i64> {
        let (before, after) = match step {
            TrainingStep::Asked => return None,
            TrainingStep::Invited => (Some(self.asked), self.invited),
            TrainingStep::Came => (self.invited, self.came),
            TrainingStep::Passed => (self.came, self.passed),
        };
        before.zip(after).map(|(before, after)| after.minus(before).max(0))
    }
}

/// The steps for one type, or for all.
pub(super) fn funnel(requests: &[RequestedTraining], only: Option<TypeId>) -> Vec<FunnelStep> {
    let kinds: BTreeSet<TypeId> = requests.iter().map(|request| request.kind).chain(only).collect();
    let kinds: Vec<TypeId> = kinds.into_iter().collect();
    let place = |kind: TypeId| kinds.iter().position(|other| *other == kind);
    // A type is a group with one member.
    let tree = Tree {
        groups: kinds.iter().map(|kind| ResourceFilter::Type(*kind)).collect(),
        of: (0..kinds.len()).collect(),
    };
    let of = only.and_then(place).map_or(Of::All, Of::Group);
    let mut reached: Tally<TrainingStep, i64> = Tally::default();
    let mut since: Tally<TrainingStep, Vec<i64>> = Tally::default();
    for request in requests {
        let Some(one) = place(request.kind) else { continue };
        reached.add(request.reached(), one, Some(request.person), &1);
        for &step in TrainingStep::ALL {
            if let Some(millis) = request.since_previous(step) {
                since.add(step, one, Some(request.person), &vec![millis]);
            }
        }
    }
    let fitting: Vec<&RequestedTraining> =
        requests.iter().filter(|request| only.is_none_or(|only| only == request.kind)).collect();
    let total = reached.total(&tree, of);
    let parts: Vec<Option<i64>> = TrainingStep::ALL
        .iter()
        .zip(reached.sums(&tree, of, TrainingStep::ALL))
        // An empty part is about nobody.
        .map(|(step, sum)| sum.or_else(|| fitting.iter().all(|one| one.reached() != *step).then_some(0)))
        .collect();
    let steps = TrainingStep::ALL.iter().enumerate().map(|(at, &step)| {
        let count = total.and_then(|total| visible_count(total, &parts, at));
        let people: People = fitting.iter().filter(|one| step <= one.reached()).map(|one| one.person).collect();
        let requests = count.filter(|_| are_enough(&people));
        let since = since.each(&tree, &[of], step).into_iter().flatten().next();
        FunnelStep {
            step,
            requests: requests.and_then(|count| u32::try_from(count).ok()),
            since_previous: requests.and(since).and_then(median),
        }
    });
    steps.collect()
}

/// The requests that reached the step at `at`, if shown parts tell.
fn visible_count(total: i64, parts: &[Option<i64>], at: usize) -> Option<i64> {
    let (before, from) = parts.split_at_checked(at)?;
    let sum = |parts: &[Option<i64>]| parts.iter().copied().sum::<Option<i64>>();
    sum(before).map(|before| total - before).or_else(|| sum(from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;
    use proptest::prelude::*;

    const LATHE: TypeId = TypeId(3);
    const SAW: TypeId = TypeId(4);

    /// A request that reached `step`: invited after three days, present after ten, passed after twenty.
    fn request(person: i64, kind: TypeId, step: TrainingStep) -> RequestedTraining {
        let after = |reached, days: u32| (reached <= step).then(|| Millis(0).after(DAY * days));
        RequestedTraining {
            kind,
            person: PersonId(person),
            asked: Millis(0),
            invited: after(TrainingStep::Invited, 3),
            came: after(TrainingStep::Came, 10),
            passed: after(TrainingStep::Passed, 20),
        }
    }

    fn many(people: std::ops::Range<i64>, kind: TypeId, step: TrainingStep) -> Vec<RequestedTraining> {
        people.map(|person| request(person, kind, step)).collect()
    }

    fn counts(requests: &[RequestedTraining], only: Option<TypeId>) -> Vec<Option<u32>> {
        funnel(requests, only).into_iter().map(|step| step.requests).collect()
    }

    #[test]
    fn each_step_counts_those_who_went_further_too() {
        let all = [
            many(1..7, LATHE, TrainingStep::Asked),
            many(7..12, LATHE, TrainingStep::Invited),
            many(12..18, LATHE, TrainingStep::Came),
            many(18..25, LATHE, TrainingStep::Passed),
        ]
        .concat();
        assert_eq!(counts(&all, None), [Some(24), Some(18), Some(13), Some(7)]);
        assert_eq!(counts(&all, Some(LATHE)), counts(&all, None));
        assert_eq!(counts(&all, Some(SAW)), [None; 4]);
        let day = 24 * 60;
        let times: Vec<_> = funnel(&all, None).into_iter().map(|step| step.since_previous).collect();
        assert_eq!(times, [None, Some(3 * day), Some(7 * day), Some(10 * day)]);
    }

    #[test]
    fn step_that_would_reveal_a_few_failures_is_hidden() {
        let all = [
            many(1..9, LATHE, TrainingStep::Invited),
            many(9..11, LATHE, TrainingStep::Came),
            many(11..25, LATHE, TrainingStep::Passed),
        ]
        .concat();
        let steps = funnel(&all, None);
        let counts: Vec<_> = steps.iter().map(|step| step.requests).collect();
        assert_eq!(counts, [Some(24), Some(24), None, Some(14)]);
        assert!(steps.iter().all(|step| step.requests.is_some() || step.since_previous.is_none()));
    }

    #[test]
    fn fewer_than_five_people_are_hidden_however_often_they_asked() {
        assert_eq!(counts(&many(1..5, LATHE, TrainingStep::Passed), None), [None; 4]);
        let often = [many(1..5, LATHE, TrainingStep::Passed), many(1..5, LATHE, TrainingStep::Passed)].concat();
        assert_eq!(counts(&often, None), [None; 4]);
        assert_eq!(counts(&many(1..6, LATHE, TrainingStep::Passed), None), [Some(5); 4]);
    }

    #[test]
    fn type_that_the_total_would_reveal_is_hidden() {
        let all = [many(1..9, LATHE, TrainingStep::Passed), many(9..12, SAW, TrainingStep::Passed)].concat();
        assert_eq!(counts(&all, None), [Some(11); 4]);
        assert_eq!(counts(&all, Some(LATHE)), [None; 4], "the rest would be about three");
        assert_eq!(counts(&all, Some(SAW)), [None; 4]);
    }

    proptest! {
        #[test]
        fn no_difference_of_shown_steps_is_about_a_few(
            asked in prop::collection::vec((1_i64..14, 0_usize..4), 0..40),
        ) {
            let all: Vec<_> = asked
                .into_iter()
                .filter_map(|(person, step)| Some(request(person, LATHE, *TrainingStep::ALL.get(step)?)))
                .collect();
            let shown: Vec<_> = funnel(&all, None).into_iter().filter(|step| step.requests.is_some()).collect();
            for (at, more) in shown.iter().enumerate() {
                for less in shown.iter().skip(at + 1) {
                    let lost: People = all
                        .iter()
                        .filter(|one| more.step <= one.reached() && one.reached() < less.step)
                        .map(|one| one.person)
                        .collect();
                    prop_assert!(lost.is_empty() || are_enough(&lost), "{:?} less {:?}: {:?}", more, less, lost);
                }
            }
        }
    }
}
