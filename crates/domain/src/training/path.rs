//! The training path to a machine: what is required, and how far a person is.
//!
//! Invariant: a completed module stays completed when it gets a new edition, unless that edition must be completed
//! by a date; from that day on it does not.
//!
//! That date also ends the right to use the machine (`access::lapse`).

use crate::{
    id::ModuleId,
    time::{DAY, Millis},
};
use serde::{Deserialize, Serialize};

/// An edition that must be completed again by people who completed an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redo {
    pub edition: u32,
    /// From when earlier editions do not count.
    pub by: Millis,
}

/// Days before the deadline of a repetition at which people are reminded, once each.
pub const REMINDERS: [u8; 2] = [7, 1];

/// The reminder due at `now` for an edition that was published at `published` and must be completed by `by`: the
/// last one that is due and later than `published`; none from that day on.
#[must_use]
pub fn reminder(by: Millis, published: Millis, now: Millis) -> Option<u8> {
    let due = |days: &u8| {
        let at = by.before(DAY * u32::from(*days));
        published < at && at <= now
    };
    if now >= by { None } else { REMINDERS.into_iter().filter(due).min() }
}

/// A module required by a machine or its type, with a person's completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    pub module: ModuleId,
    /// The latest edition that they completed, if any.
    pub completed: Option<u32>,
    /// The editions that ask to be completed again.
    pub redo: Vec<Redo>,
    /// Until when it is no bar though they never completed it: they were qualified when it began to be required.
    pub grace: Option<Millis>,
}

/// Whether a required module is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// It is, until a newer edition must be completed, if one must.
    Completed {
        until: Option<Millis>,
    },
    /// It was, but a newer edition is required by now.
    Lapsed,
    Missing,
}

impl Needed {
    /// Whether it counts as completed at `at`.
    #[must_use]
    pub fn completion(&self, at: Millis) -> Completion {
        let Some(completed) = self.completed else {
            return match self.grace {
                Some(until) if at < until => Completion::Completed { until: Some(until) },
                _ => Completion::Missing,
            };
        };
        let newer = self.redo.iter().filter(|redo| redo.edition > completed);
        match newer.map(|redo| redo.by).min() {
            Some(by) if by <= at => Completion::Lapsed,
            until => Completion::Completed { until },
        }
    }
}

/// A step of a training path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Watch the video of a module.
    Watch(ModuleId),
    /// Pass the quiz of a module.
    Quiz(ModuleId),
    /// Show it to a trainer.
    Checkout,
}

/// The progress of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    Done,
    /// The one to take now.
    Now,
    Later,
}

/// A step of a training path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub task: Task,
    pub progress: Progress,
}

/// A module on the path: its video, and its quiz if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub module: ModuleId,
    /// Enough of the video was watched.
    pub watched: bool,
    /// Whether its quiz was passed; `None` without a quiz.
    pub quiz: Option<bool>,
}

impl Stage {
    /// Whether it is completed.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.watched && self.quiz != Some(false)
    }
}

/// The training path to a machine, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    pub steps: Vec<Step>,
}

impl Path {
    /// The path through `stages` to the checkout; `qualified` says whether the person has passed it. Done steps
    /// come first, then remaining ones; a quiz always follows its video. A passed quiz stays after a video that
    /// must be watched.
    #[must_use]
    pub fn new(stages: &[Stage], qualified: bool) -> Self {
        // Each task, whether it is done, and whether it is grouped with done ones.
        let of_stage = |stage: &Stage| {
            let watch = (Task::Watch(stage.module), stage.watched, stage.watched);
            let quiz = |passed| (Task::Quiz(stage.module), passed, passed && stage.watched);
            [Some(watch), stage.quiz.map(quiz)]
        };
        let checkout = (Task::Checkout, qualified, qualified);
        let tasks = stages.iter().flat_map(of_stage).flatten().chain([checkout]);
        let (first, left): (Vec<_>, Vec<_>) = tasks.partition(|(.., is_first)| *is_first);
        let tasks = first.into_iter().chain(left).map(|(task, done, _)| (task, done));
        let mut now = Some(Progress::Now);
        let steps = tasks.map(|(task, done)| {
            let progress = if done { Progress::Done } else { now.take().unwrap_or(Progress::Later) };
            Step { task, progress }
        });
        Self { steps: steps.collect() }
    }

    /// Number of remaining steps.
    #[must_use]
    pub fn left(&self) -> usize {
        self.steps.iter().filter(|step| step.progress != Progress::Done).count()
    }

    /// The step to take now.
    #[must_use]
    pub fn now(&self) -> Option<Task> {
        self.steps.iter().find(|step| step.progress == Progress::Now).map(|step| step.task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MODULE: ModuleId = ModuleId(1);

    fn needed(completed: Option<u32>, redo: &[(u32, i64)]) -> Needed {
        let redo = redo.iter().map(|&(edition, by)| Redo { edition, by: Millis(by) }).collect();
        Needed { module: MODULE, completed, redo, grace: None }
    }

    #[test]
    fn new_edition_is_required_from_its_date() {
        let at = |needed: &Needed, at| needed.completion(Millis(at));
        assert_eq!(at(&needed(None, &[(2, 10)]), 50), Completion::Missing);
        assert_eq!(at(&needed(Some(1), &[]), 50), Completion::Completed { until: None });
        let request = needed(Some(1), &[(2, 10), (3, 30)]);
        assert_eq!(at(&request, 9), Completion::Completed { until: Some(Millis(10)) });
        assert_eq!(at(&request, 10), Completion::Lapsed);
        let again = needed(Some(2), &[(2, 10), (3, 30)]);
        assert_eq!(at(&again, 10), Completion::Completed { until: Some(Millis(30)) });
        assert_eq!(at(&again, 30), Completion::Lapsed);
        assert_eq!(at(&needed(Some(4), &[(2, 10), (3, 30)]), 99), Completion::Completed { until: None });
    }

    #[test]
    fn first_remaining_step_is_current() {
        let stage = |module, watched, quiz| Stage { module: ModuleId(module), watched, quiz };
        let path =
            Path::new(&[stage(1, true, Some(true)), stage(2, true, Some(false)), stage(3, false, None)], false);
        let progress: Vec<_> = path.steps.iter().map(|step| step.progress).collect();
        let [done, now, later] = [Progress::Done, Progress::Now, Progress::Later];
        assert_eq!(progress, [done, done, done, now, later, later]);
        assert_eq!((path.now(), path.left()), (Some(Task::Quiz(ModuleId(2))), 3));
        let ready = Path::new(&[stage(1, true, None)], false);
        assert_eq!(ready.now(), Some(Task::Checkout));
        assert_eq!(Path::new(&[], true).now(), None);
        assert!(stage(1, true, None).is_completed() && !stage(1, true, Some(false)).is_completed());
    }

    #[test]
    fn done_steps_precede_and_quiz_follows_video() {
        let stage = |module, watched, quiz| Stage { module: ModuleId(module), watched, quiz };
        let path = Path::new(
            &[stage(1, false, Some(false)), stage(2, true, Some(true)), stage(3, true, Some(false))],
            false,
        );
        let steps: Vec<_> = path.steps.iter().map(|step| (step.task, step.progress)).collect();
        let [one, two, three] = [ModuleId(1), ModuleId(2), ModuleId(3)];
        let expected = [
            (Task::Watch(two), Progress::Done),
            (Task::Quiz(two), Progress::Done),
            (Task::Watch(three), Progress::Done),
            (Task::Watch(one), Progress::Now),
            (Task::Quiz(one), Progress::Later),
            (Task::Quiz(three), Progress::Later),
            (Task::Checkout, Progress::Later),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn passed_quiz_stays_after_video_to_rewatch() {
        let stage = |module, watched, quiz| Stage { module: ModuleId(module), watched, quiz };
        let path = Path::new(&[stage(1, false, Some(true)), stage(2, true, Some(true))], true);
        let steps: Vec<_> = path.steps.iter().map(|step| (step.task, step.progress)).collect();
        let [one, two] = [ModuleId(1), ModuleId(2)];
        let expected = [
            (Task::Watch(two), Progress::Done),
            (Task::Quiz(two), Progress::Done),
            (Task::Checkout, Progress::Done),
            (Task::Watch(one), Progress::Now),
            (Task::Quiz(one), Progress::Done),
        ];
        assert_eq!(steps, expected);
        assert_eq!((path.left(), path.now()), (1, Some(Task::Watch(one))));
    }

    proptest! {
        #[test]
        fn every_quiz_follows_video_and_one_step_is_current(
            stages in proptest::collection::vec((any::<bool>(), any::<Option<bool>>()), 0..6), qualified: bool,
        ) {
            let stages = stages.into_iter().zip(1..).map(|((watched, quiz), module)| {
                Stage { module: ModuleId(module), watched, quiz }
            });
            let stages: Vec<_> = stages.collect();
            let path = Path::new(&stages, qualified);
            let place = |task| path.steps.iter().position(|step| step.task == task);
            for stage in &stages {
                let (video, quiz) = (place(Task::Watch(stage.module)), place(Task::Quiz(stage.module)));
                prop_assert!(video.is_some() && quiz.is_some() == stage.quiz.is_some(), "{path:?}");
                prop_assert!(quiz.is_none_or(|quiz| Some(quiz) > video), "{path:?}");
            }
            let now = path.steps.iter().filter(|step| step.progress == Progress::Now).count();
            prop_assert_eq!(now, usize::from(path.left() > 0));
        }
    }

    #[test]
    fn reminder_is_due_once_while_useful() {
        let by = Millis(0).after(DAY * 100);
        let at = |published: u32, days: u32| reminder(by, by.before(DAY * published), by.before(DAY * days));
        assert_eq!(at(30, 8), None);
        assert_eq!(at(30, 7), Some(7));
        assert_eq!(at(30, 2), Some(7), "late is better than never");
        assert_eq!(at(30, 1), Some(1), "after a pause one of them, not both");
        assert_eq!(at(30, 0), None);
        assert_eq!(at(5, 4), None, "published less than a week ahead");
        assert_eq!(at(5, 1), Some(1));
    }
}
