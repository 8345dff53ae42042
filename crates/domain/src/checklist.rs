//! The setup checklist: what is there, and what comes next.
//!
//! Invariant: steps are computed from the data, so none can be ticked off by hand.

use crate::string_enum::string_enum;
use serde::{Deserialize, Serialize};

string_enum! {
    /// A step, in their order.
    Step {
        Places = "places",
        /// The machines, and with them the types that people are qualified on.
        Machines = "machines",
        /// A member besides the first administrator.
        People = "people",
        /// An assigned card was tapped.
        Card = "card",
        Grant = "grant",
        /// A tap was accepted.
        Swipe = "swipe",
    }
}

/// The steps, each with whether it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    pub steps: Vec<(Step, bool)>,
}

/// The progress, as shown in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps that are done.
    pub done: u32,
    pub next: Step,
}

impl Checklist {
    /// The progress; `None` when all is done.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.next().map(|next| Progress { done: self.done(), next })
    }

    #[must_use]
    pub fn next(&self) -> Option<Step> {
        self.steps.iter().find(|(_, done)| !done).map(|&(step, _)| step)
    }

    /// The step to show: the requested one, otherwise the next; `None` when all are done.
    #[must_use]
    pub fn current_step(&self, step: Option<Step>) -> Option<Step> {
        step.or_else(|| self.next())
    }

    /// Which one `step` is, counted from 1.
    #[must_use]
    pub fn place(&self, step: Step) -> u32 {
        let before = self.steps.iter().take_while(|(other, _)| *other != step).count();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    /// Number of done steps.
    #[must_use]
    pub fn done(&self) -> u32 {
        u32::try_from(self.steps.iter().filter(|(_, done)| *done).count()).unwrap_or(u32::MAX)
    }
}

/// The facts about a space during setup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Facts {
    /// There is a location.
    pub place: bool,
    /// There is a machine.
    pub machine: bool,
    /// There is a second active member.
    pub second_member: bool,
    /// An assigned card was tapped, accepted or not.
    pub card_tapped: bool,
    /// A person was qualified on a type or a machine, other than by adding it during setup.
    pub qualified: bool,
    /// A tap was accepted.
    pub accepted: bool,
}

impl Facts {
    /// The done steps. An accepted tap implies that its card is known and its holder qualified.
    #[must_use]
    pub fn checklist(self) -> Checklist {
        let done = |step| match step {
            Step::Places => self.place,
            Step::Machines => self.machine,
            Step::People => self.second_member,
            Step::Card => self.card_tapped || self.accepted,
            Step::Grant => self.qualified || self.accepted,
            Step::Swipe => self.accepted,
        };
        Checklist { steps: Step::ALL.iter().map(|&step| (step, done(step))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_step_is_first_incomplete() {
        let list = Facts { place: true, second_member: true, ..Facts::default() }.checklist();
        assert_eq!((list.next(), list.done(), list.count()), (Some(Step::Machines), 2, 6));
        let all = Checklist { steps: Step::ALL.iter().map(|&step| (step, true)).collect() };
        assert_eq!((all.next(), all.progress(), all.current_step(None)), (None, None, None));
    }

    #[test]
    fn each_fact_completes_its_step() {
        let mut facts = Facts::default();
        let mut next = vec![facts.checklist().next()];
        let each: [fn(&mut Facts) -> &mut bool; 6] = [
            |facts| &mut facts.place,
            |facts| &mut facts.machine,
            |facts| &mut facts.second_member,
            |facts| &mut facts.card_tapped,
            |facts| &mut facts.qualified,
            |facts| &mut facts.accepted,
        ];
        for fact in each {
            *fact(&mut facts) = true;
            next.push(facts.checklist().next());
        }
        let expected = Step::ALL.iter().copied().map(Some).chain([None]).collect::<Vec<_>>();
        assert_eq!(next, expected);
    }

    #[test]
    fn accepted_swipe_completes_card_and_grant_steps() {
        let list = Facts { accepted: true, ..Facts::default() }.checklist();
        let done: Vec<_> = list.steps.iter().filter(|(_, done)| *done).map(|(step, _)| *step).collect();
        assert_eq!(done, [Step::Card, Step::Grant, Step::Swipe]);
    }

    #[test]
    fn requested_step_is_shown_even_when_done() {
        let list = Facts { place: true, ..Facts::default() }.checklist();
        assert_eq!(list.current_step(Some(Step::Places)), Some(Step::Places));
        assert_eq!(list.current_step(None), Some(Step::Machines));
        assert_eq!((list.place(Step::Places), list.place(Step::Swipe)), (1, 6));
    }
}
