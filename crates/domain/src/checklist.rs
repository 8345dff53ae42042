//! Setting the space up, step by step: what there is, and what comes next.
//!
//! Invariant: computed from what there is, so no step is done by saying so.

use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// A step, in their order.
    Step {
        /// Where machines stand.
        Places = "places",
        /// What people are qualified on.
        Types = "types",
        /// The machines.
        Machines = "machines",
        /// Somebody besides whoever began.
        People = "people",
        /// A card was held to a reader.
        Swipe = "swipe",
    }
}

/// The steps, each with whether it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// In their order.
    pub steps: Vec<(Step, bool)>,
}

/// How far it is, where that is said in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps that are done.
    pub done: u32,
    /// The next one.
    pub next: Step,
}

impl Checklist {
    /// How far it is; nothing when all is done.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.next().map(|next| Progress { done: self.done(), next })
    }

    /// The next thing to do.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        self.steps.iter().find(|(_, done)| !done).map(|&(step, _)| step)
    }

    /// How many are done.
    #[must_use]
    pub fn done(&self) -> u32 {
        u32::try_from(self.steps.iter().filter(|(_, done)| *done).count()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_the_first_that_is_not_done() {
        let steps = Step::ALL.iter().map(|&step| (step, step == Step::Places || step == Step::Machines)).collect();
        let list = Checklist { steps };
        assert_eq!((list.next(), list.done()), (Some(Step::Types), 2));
        let all = Checklist { steps: Step::ALL.iter().map(|&step| (step, true)).collect() };
        assert_eq!((all.next(), all.progress()), (None, None));
    }
}
