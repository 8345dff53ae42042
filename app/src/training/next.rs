//! The steps of a path as text, and the next one: its link and its button.
//!
//! Invariant: a machine's page, *Learn* and the result of a quiz lead to the same next step. Not here: which step
//! is next; the path contains it.

use crate::ui::{button::Kind, path::Step as Line};
use contract::training::{OpenAppointment, PathView, Stage};
use domain::{
    checkouts::State,
    time::{MINUTE, Moment},
    training::path::{Progress, Step, Task},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use text::{Lang, time::clock};

/// Prefix of the pages with a type's checkout slots, and its trainers.
pub const CHECKOUTS: &str = "/checkouts/types/";

/// Fragment of the people who can help on a machine's page.
pub const HELP: &str = "#help";

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub href: String,
    pub label: String,
    /// It waits for others, so there is no button.
    pub is_state: bool,
}

impl Next {
    pub fn to(href: String, label: impl Into<String>) -> Self {
        Self { href, label: label.into(), is_state: false }
    }

    /// Emphasis of its button: a pending state and a link within the page are not primary.
    pub fn kind(&self) -> Kind {
        if self.is_state || self.href.ends_with(HELP) { Kind::Quiet } else { Kind::Primary }
    }

    /// The icon of its button.
    pub fn icon(&self) -> &'static str {
        let icons = [
            ("/learn/", if self.href.ends_with("/quiz") { "list-checks" } else { "play" }),
            ("/checkouts/", "handshake"),
            ("/events/", "megaphone"),
            ("/training/", "hand"),
            ("/book", "calendar-days"),
            ("/machines/", "wrench"),
        ];
        let found = icons.into_iter().find(|(begin, _)| self.href.starts_with(begin));
        let other = if self.href == "/" { "activity" } else { "user-round" };
        found.map_or(other, |(_, icon)| icon)
    }
}

/// The next step of a path; `None` if none is left.
pub fn next_step(t: Lang, path: &PathView, now: Moment) -> Option<Next> {
    path.path.now().map(|task| next_of(t, task, path, now))
}

/// How a step is taken.
pub fn next_of(t: Lang, task: Task, path: &PathView, now: Moment) -> Next {
    match task {
        Task::Watch(module) => {
            let stage = stage_of(path, task);
            let left = t.length(stage.map_or(Duration::ZERO, unwatched));
            let is_begun = stage.is_some_and(|stage| stage.percent > 0);
            let label = if is_begun { t.access_go_on_video(&left) } else { t.access_watch_video(&left) };
            Next::to(format!("/learn/{module}"), label)
        }
        Task::Quiz(module) => Next::to(format!("/learn/{module}/quiz"), t.watch_take_quiz()),
        Task::Checkout => match (&path.appointment, &path.lead) {
            (Some(agreed), _) => {
                let label = appointment(t, agreed, now);
                Next { href: format!("/checkouts/{}", agreed.id), label, is_state: true }
            }
            (None, Some(lead)) => {
                Next { href: lead.href.clone(), label: lead.label.clone(), is_state: lead.is_state }
            }
            (None, None) => Next::to(format!("{CHECKOUTS}{}", path.kind), t.checkout_slots_title()),
        },
    }
}

/// `Checkout requested, Saturday 21 November, 10:00`.
pub fn appointment(t: Lang, agreed: &OpenAppointment, now: Moment) -> String {
    let when = match agreed.starts.wall().date.days() - now.wall().date.days() {
        0 => format!("{} {}", t.today(), clock(agreed.starts)),
        1 => format!("{} {}", t.tomorrow(), clock(agreed.starts)),
        _ => t.exact(agreed.starts, now),
    };
    if agreed.state == State::Pending {
        t.access_checkout_requested(&when)
    } else {
        t.access_checkout_booked(&when)
    }
}

/// A step as a line of the path: what it is, its progress, and its link.
pub fn line(t: Lang, step: Step, path: &PathView, now: Moment) -> Line {
    let (stage, is_done) = (stage_of(path, step.task), step.progress == Progress::Done);
    let title = stage.map_or("", |stage| &stage.title);
    let (title, second, href) = match step.task {
        Task::Watch(module) => {
            let length =
                t.length(stage.map_or(Duration::ZERO, |stage| Duration::from_millis(stage.length.into())));
            let second = match stage {
                _ if is_done => t.access_watched(&length),
                Some(stage) if stage.percent > 0 => {
                    t.access_video_left(&stage.percent.to_string(), &t.length(unwatched(stage)))
                }
                _ => length,
            };
            (t.learn_step_video(title), second, Some(format!("/learn/{module}")))
        }
        Task::Quiz(module) => {
            let second = match step.progress {
                Progress::Done => t.access_quiz_done(),
                Progress::Now => "",
                Progress::Later => t.access_quiz_later(),
            };
            let href = (step.progress != Progress::Later).then(|| format!("/learn/{module}/quiz"));
            (t.learn_step_quiz(title), second.to_owned(), href)
        }
        Task::Checkout => {
            let second = match &path.appointment {
                _ if is_done => t.access_checkout_done().to_owned(),
                Some(agreed) => {
                    let with = agreed.with.as_deref().map(|trainer| t.checkout_with(trainer));
                    [Some(appointment(t, agreed, now)), with].into_iter().flatten().collect::<Vec<_>>().join(" · ")
                }
                None => t.learn_checkout_next().to_owned(),
            };
            let opens = step.progress == Progress::Now || path.appointment.is_some();
            let href = (opens && !is_done).then(|| next_of(t, step.task, path, now).href);
            (t.learn_step_checkout().to_owned(), second, href)
        }
    };
    Line { title, second, href, progress: step.progress }
}

fn stage_of(path: &PathView, task: Task) -> Option<&Stage> {
    let (Task::Watch(module) | Task::Quiz(module)) = task else { return None };
    path.stages.iter().find(|stage| stage.module == module)
}

/// Total length of a path's unwatched videos, in whole minutes.
pub fn training_left(path: &PathView) -> Duration {
    let is_left = |step: &&Step| step.progress != Progress::Done && matches!(step.task, Task::Watch(_));
    let videos = path.path.steps.iter().filter(is_left).filter_map(|step| stage_of(path, step.task));
    let left: Duration = videos.map(unwatched).sum();
    MINUTE * u32::try_from(left.as_secs().div_ceil(MINUTE.as_secs())).unwrap_or(u32::MAX)
}

/// Unwatched part of a video.
fn unwatched(stage: &Stage) -> Duration {
    Duration::from_millis(u64::from(stage.length) * u64::from(100 - stage.percent.min(100)) / 100)
}
