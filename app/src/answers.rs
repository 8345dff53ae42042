//! Decisions as text: the server builds sentences from a trace, the page shows them.
//!
//! Invariant: the browser gets only text and links. Not here: rules, reasons and remedies; code to render them
//! would cost the browser kilobytes.

use crate::{training::next::Next, ui::path::Step};
use domain::{
    id::{MachineId, PersonId},
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

/// A decision as text, addressed to the person or about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerText {
    pub yes: bool,
    /// Its end, if known.
    pub until: Option<String>,
    /// How many steps are left, and how long the videos among them are.
    pub left: Option<String>,
    /// The person's own steps, including done ones.
    pub steps: Vec<Step>,
    /// The other reasons: for others to resolve, and temporary ones.
    pub others: Vec<String>,
    /// The next step.
    pub next: Option<Next>,
    /// Training to repeat, with links, though they may use it now.
    pub retraining: Vec<(String, String)>,
    /// Whether they could book it: nothing about the person prevents that.
    pub bookable: bool,
}

/// A person who can help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub name: String,
    /// Link to reach them, if any.
    pub href: Option<String>,
    /// How to reach them.
    pub way: String,
}

/// Every rule in order, with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplicitRules {
    /// Each rule and whether it is met.
    pub rules: Vec<(String, String)>,
    pub when: String,
}

/// The answer for another person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOther {
    pub sentence: String,
    pub text: AnswerText,
    pub rules: ExplicitRules,
}

/// The answer on a machine's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineAnswer {
    /// For the reader; `None` for anonymous visitors.
    pub mine: Option<AnswerText>,
    /// When it is known to change.
    pub ends: Option<Millis>,
    /// The reader is using the machine.
    pub on_it: bool,
    /// A remote start by the reader is pending.
    pub starting: bool,
    /// The reader has no working card.
    pub cardless: bool,
    pub helpers: Vec<Reached>,
    /// For another person the reader has selected.
    pub other: Option<OfOther>,
    /// People the reader may check; `None` if only themselves.
    pub people: Option<Vec<(PersonId, String)>>,
}

impl MachineAnswer {
    /// Whether both read the same, at whatever time they were given.
    pub fn reads_like(&self, other: &Self) -> bool {
        let timeless = |message: &Self| {
            let mut message = Self { ends: None, ..message.clone() };
            if let Some(other) = &mut message.other {
                other.rules.when.clear();
            }
            message
        };
        timeless(self) == timeless(other)
    }
}

/// A board's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub machine: MachineId,
    pub machine_name: String,
    /// Whether it was allowed, and the word for it.
    pub is_in: bool,
    pub outcome: String,
    pub at: Moment,
    pub when: String,
    /// The reasons against.
    pub reasons: Vec<String>,
    /// The trace, if stored.
    pub rules: Option<ExplicitRules>,
}

#[cfg(feature = "ssr")]
mod made {
    use super::{AnswerText, Attempt, ExplicitRules, MachineAnswer, Next, OfOther, Reached, Step};
    use crate::training::{
        next::{CHECKOUTS, HELP, line, next_of, training_left},
        together,
    };
    use contract::{
        access::{Answers, Attempted, Contact, TraceView},
        training::PathView,
    };
    use domain::{
        access::{Decision, Helper, Outcome, Reason, Remedy, RemedyAction, Rule},
        id::{MachineId, ModuleId},
        training::path::{Progress, Task},
    };
    use text::{Lang, time};

    impl AnswerText {
        /// Addressed to the reader. `cares`: they look after the machine, so they are not referred to themselves.
        fn to_reader(view: &TraceView, path: Option<&PathView>, cares: bool, t: Lang) -> Self {
            let reasons = view.reasons();
            let mut steps = own_steps(&reasons, view, path, t);
            mark(&mut steps);
            let others = reasons.iter().filter(|reason| !is_step(**reason, path)).map(|&reason| {
                let own = own_way(reason, t).filter(|_| cares).map(str::to_owned);
                format!(
                    "{}. {}",
                    t.why(reason, view),
                    own.unwrap_or_else(|| t.way(reason.remedy(Some(view.kind)), view))
                )
            });
            let others = others.collect();
            let first = steps.iter().find(|(step, _)| step.progress == Progress::Now);
            let first = first
                .and_then(|(_, next)| next.clone())
                .or_else(|| view.next().and_then(|remedy| next(remedy, view, t)));
            // Lifting a block is a form in the head of the page, and the only action.
            let lifts = cares && reasons.contains(&Reason::Blocked);
            let next = own_next(view, cares, t).or(first).filter(|_| !lifts);
            let left = steps.iter().filter(|(step, _)| step.progress != Progress::Done).count();
            let videos = path.filter(|_| reasons.iter().any(is_learned)).map(training_left);
            let videos = videos.filter(|left| !left.is_zero()).map(|left| t.access_training_left(&t.length(left)));
            let left = (left > 0).then(|| t.access_steps_left(u32::try_from(left).unwrap_or(u32::MAX)));
            Self {
                left: left.map(|left| [Some(left), videos].into_iter().flatten().collect::<Vec<_>>().join(" ")),
                steps: steps.into_iter().map(|(step, _)| step).collect(),
                others,
                next,
                retraining: path.map(|path| retraining(path, view, t)).unwrap_or_default(),
                ..Self::new(view, t)
            }
        }

        /// About another person: all reasons in order.
        fn of_other(view: &TraceView, t: Lang) -> Self {
            let reasons = view.reasons().into_iter().zip(0..).map(|(reason, at)| Step {
                title: t.why(reason, view),
                second: t.way(reason.remedy(Some(view.kind)), view),
                href: None,
                progress: if at == 0 { Progress::Now } else { Progress::Later },
            });
            Self { steps: reasons.collect(), ..Self::new(view, t) }
        }

        fn new(view: &TraceView, t: Lang) -> Self {
            let until = match view.trace.decision {
                Decision::Allow { until, .. } => until,
                Decision::Deny(_) => None,
            };
            Self {
                yes: view.trace.decision.is_yes(),
                until: until.map(|at| t.access_yours(&t.until(view.moment(at), view.now))),
                left: None,
                steps: Vec::new(),
                others: Vec::new(),
                next: None,
                retraining: Vec::new(),
                bookable: !view.trace.decision.reasons().iter().any(|reason| reason.bars_booking()),
            }
        }
    }

    /// Whether a reason is one of the steps; a trainer present is an alternative to a path.
    fn is_step(reason: Reason, path: Option<&PathView>) -> bool {
        reason.is_own_step() && !(path.is_some() && matches!(reason, Reason::NeedsTrainer(_)))
    }

    /// Whether training or a checkout is missing.
    fn is_learned(reason: &Reason) -> bool {
        matches!(reason.rule(), Rule::Authorised | Rule::Trained)
    }

    /// A step, and how it is taken.
    type NextStep = (Step, Option<Next>);

    /// A person's own steps: those of the path, if any, and what else they can do, in the order of the reasons.
    fn own_steps(reasons: &[Reason], view: &TraceView, path: Option<&PathView>, t: Lang) -> Vec<NextStep> {
        let of_path = |path: &PathView, checkout: bool| {
            let steps = path.path.steps.iter().copied();
            let steps =
                steps.filter(|step| (step.task == Task::Checkout && step.progress != Progress::Done) == checkout);
            let taken =
                steps.map(|step| (line(t, step, path, view.now), Some(next_of(t, step.task, path, view.now))));
            taken.collect::<Vec<_>>()
        };
        let mut steps = Vec::new();
        if let Some(path) = path.filter(|_| reasons.iter().any(is_learned)) {
            steps.extend(of_path(path, false));
        }
        for &reason in reasons {
            match (reason, path) {
                (Reason::NotQualified(kind) | Reason::NeedsTrainer(kind), Some(path)) if kind == path.kind => {
                    steps.extend(of_path(path, true));
                }
                (Reason::TrainingMissing(module) | Reason::TrainingLapsed(module), Some(path))
                    if path.stages.iter().any(|stage| stage.module == module) => {}
                _ if is_step(reason, path) => {
                    let remedy = reason.remedy(Some(view.kind));
                    let next = next(remedy, view, t);
                    let (title, second) = (t.why(reason, view), t.way(remedy, view));
                    let href = next.as_ref().map(|next| next.href.clone());
                    steps.push((Step { title, second, href, progress: Progress::Later }, next));
                }
                _ => {}
            }
        }
        steps
    }

    /// Marks the first remaining step as the next one.
    fn mark(steps: &mut [NextStep]) {
        let mut now = Some(Progress::Now);
        for (step, _) in steps.iter_mut().filter(|(step, _)| step.progress != Progress::Done) {
            step.progress = now.take().unwrap_or(Progress::Later);
        }
    }

    /// Training of a path that must be repeated, by when, and where.
    fn retraining(path: &PathView, view: &TraceView, t: Lang) -> Vec<(String, String)> {
        let again = path.stages.iter().filter_map(|stage| {
            let words = t.learn_redo_by(&stage.title, &t.day(stage.redo_by?, view.now));
            Some((words, format!("/learn/{}", stage.module)))
        });
        again.collect()
    }

    /// What people who look after the machine can do about it.
    const fn own_way(reason: Reason, t: Lang) -> Option<&'static str> {
        match reason {
            Reason::Blocked => Some(t.access_own_block()),
            Reason::MaintenanceDue => Some(t.access_own_maintenance()),
            _ => None,
        }
    }

    /// The button for people who look after a machine closed by maintenance.
    fn own_next(view: &TraceView, cares: bool, t: Lang) -> Option<Next> {
        let is_due = view.trace.decision.reasons().contains(&Reason::MaintenanceDue);
        let machine = view.trace.machine.filter(|_| cares && is_due)?;
        Some(Next::to(format!("/machines/{machine}/maintenance"), t.maintenance_register()))
    }

    /// Where a reason can be resolved; `None` if it only takes waiting.
    fn next(remedy: Remedy, view: &TraceView, t: Lang) -> Option<Next> {
        let learn = |module: ModuleId| {
            if view.quizzes.contains(&module) {
                Next::to(format!("/learn/{module}/quiz"), t.watch_take_quiz())
            } else {
                Next::to(format!("/learn/{module}"), t.learn_watch())
            }
        };
        let (href, label) = match remedy {
            Remedy::Do(RemedyAction::Learn(module)) => return Some(learn(module)),
            Remedy::Do(RemedyAction::Sign(document)) => {
                (format!("/documents/{document}"), t.document_read_and_sign())
            }
            Remedy::Ask(Helper::Trainer(kind)) => (format!("{CHECKOUTS}{kind}"), t.checkout_slots_title()),
            Remedy::Ask(_) | Remedy::Do(RemedyAction::FetchTrainer(_)) => (HELP.to_owned(), t.access_who_helps()),
            Remedy::Do(RemedyAction::LogOutElsewhere | RemedyAction::BringPeople(_)) => {
                ("/".to_owned(), t.access_see_running())
            }
            Remedy::Do(RemedyAction::ClaimCard | RemedyAction::UseAnotherCard) => {
                ("/me".to_owned(), t.access_my_cards())
            }
            Remedy::Do(RemedyAction::Book) => (format!("/book/machine:{}", view.trace.machine?), t.book_title()),
            Remedy::Wait(_) => return None,
        };
        Some(Next::to(href, label))
    }

    impl ExplicitRules {
        fn of(view: &TraceView, t: Lang) -> Self {
            let rules = view.trace.steps.iter().map(|step| {
                let outcome = match step.outcome {
                    Outcome::Passed => t.access_passed(),
                    Outcome::Failed(_) => t.access_failed(),
                    Outcome::NotAsked => t.access_not_asked(),
                };
                (t.rule(step.rule).to_owned(), outcome.to_owned())
            });
            let when = time::sentence(&t.exact(view.moment(view.trace.at), view.now));
            Self { rules: rules.collect(), when }
        }
    }

    impl OfOther {
        fn of(view: &TraceView, t: Lang) -> Self {
            let name = view.name.clone().unwrap_or_else(|| t.access_somebody().to_owned());
            let yes = view.trace.decision.is_yes();
            let sentence = if yes { t.access_other_yes(&name) } else { t.access_other_no(&name) };
            Self { sentence, text: AnswerText::of_other(view, t), rules: ExplicitRules::of(view, t) }
        }
    }

    impl Reached {
        fn of(contact: Contact, t: Lang) -> Self {
            let Contact { person, name, checkout, mail } = contact;
            let (href, way) = match (checkout, mail) {
                (Some(kind), _) => {
                    (Some(format!("{CHECKOUTS}{kind}?with={person}")), t.checkout_book().to_owned())
                }
                (None, Some(mail)) => (Some(format!("mailto:{mail}")), mail),
                (None, None) => (None, t.access_ask_there().to_owned()),
            };
            Self { name, href, way }
        }
    }

    impl MachineAnswer {
        pub fn of(answers: Answers, t: Lang) -> Self {
            let Answers { mine, on_it, starting, cardless, cares, mut path, helpers, other, people } = answers;
            if let (Some(path), Some(mine)) = (&mut path, &mine) {
                together::lead(t, path, mine.now);
            }
            let ends =
                mine.as_ref().and_then(|mine| mine.trace.instants().into_iter().find(|&at| at > mine.now.at));
            Self {
                mine: mine.as_ref().map(|mine| AnswerText::to_reader(mine, path.as_ref(), cares, t)),
                ends,
                on_it,
                starting,
                cardless,
                helpers: helpers.into_iter().map(|one| Reached::of(one, t)).collect(),
                other: other.as_ref().map(|other| OfOther::of(other, t)),
                people,
            }
        }
    }

    impl MachineAnswer {
        /// The next step, for pages other than the machine's; `None` if that is booking it, or nothing.
        pub fn next_from_elsewhere(self, machine: MachineId) -> Option<Next> {
            let next = self.mine?.next.filter(|next| !next.href.starts_with("/book/"))?;
            if next.href == HELP {
                return Some(Next { href: format!("/machines/{machine}{HELP}"), ..next });
            }
            Some(next)
        }
    }

    impl Attempt {
        pub fn of(one: Attempted, t: Lang) -> Self {
            let Attempted { at, machine, machine_name, told: view, reasons, .. } = one;
            let outcome = if reasons.is_empty() { t.access_let_in() } else { t.access_refused() };
            let why = |view: &TraceView| view.reasons().into_iter().map(|reason| t.why(reason, view)).collect();
            Self {
                machine,
                machine_name,
                is_in: reasons.is_empty(),
                outcome: outcome.to_owned(),
                at,
                when: t.exact(at, view.as_ref().map_or(at, |view| view.now)),
                reasons: view.as_ref().map(why).unwrap_or_default(),
                rules: view.as_ref().map(|view| ExplicitRules::of(view, t)),
            }
        }
    }
}
