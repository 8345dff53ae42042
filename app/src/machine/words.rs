//! Decisions as they are read: the server makes sentences of a trace, and the page shows them.
//!
//! Invariant: what the browser gets is words and where they lead. Deliberately absent: rules, reasons and remedies, which
//! the browser would have to know how to read and how to say, in kilobytes.

use domain::{
    id::{MachineId, PersonId},
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

/// Where those are named who can help.
pub const HELP: &str = "#help";
/// Below it are the times for a checkout on a type: its trainers help too, in person.
pub const CHECKOUTS: &str = "/checkouts/types/";

/// What is said to somebody, or about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    pub yes: bool,
    /// Until when, where something is known to end it.
    pub until: Option<String>,
    /// Every reason against, and what would change it.
    pub missing: Vec<(String, String)>,
    /// The one thing that moves it on: where it leads, and what it is called.
    pub next: Option<(String, String)>,
}

/// Somebody who can help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub name: String,
    /// Where they are reached, if from here.
    pub href: Option<String>,
    /// How.
    pub way: String,
}

/// Every rule in order, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesSaid {
    /// What was asked, and whether it was kept.
    pub rules: Vec<(String, String)>,
    pub when: String,
}

/// The answer about somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOther {
    pub sentence: String,
    pub spoken: Spoken,
    pub rules: RulesSaid,
}

/// What a machine's page says to whoever looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// For whoever looks; `None` for who has not signed in.
    pub mine: Option<Spoken>,
    /// When that is known to become another.
    pub ends: Option<Millis>,
    /// Whoever looks is on the machine right now.
    pub on_it: bool,
    /// Its board is just being told to let whoever looks in.
    pub starting: bool,
    /// Whoever looks has no card that works.
    pub cardless: bool,
    pub helpers: Vec<Reached>,
    /// For the person whom whoever looks has asked for.
    pub other: Option<OfOther>,
    /// For whom whoever looks may ask; `None` when they may ask for themselves alone.
    pub people: Option<Vec<(PersonId, String)>>,
}

impl Said {
    /// Whether both read the same, whenever it was that they were said.
    pub fn reads_like(&self, other: &Self) -> bool {
        let timeless = |said: &Self| {
            let mut said = Self { ends: None, ..said.clone() };
            if let Some(other) = &mut said.other {
                other.rules.when.clear();
            }
            said
        };
        timeless(self) == timeless(other)
    }
}

/// What a board decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub machine: MachineId,
    pub machine_name: String,
    /// Whether they were let in, and as a word.
    pub is_in: bool,
    pub outcome: String,
    pub at: Moment,
    pub when: String,
    /// Why not.
    pub reasons: Vec<String>,
    /// How it came about, where that was kept.
    pub rules: Option<RulesSaid>,
}

#[cfg(feature = "ssr")]
mod made {
    use super::{Attempt, CHECKOUTS, HELP, OfOther, Reached, RulesSaid, Said, Spoken};
    use domain::access::{Decision, Deed, Helper, Outcome, Reason, Remedy};
    use text::{Lang, time};
    use views::access::{Answers, Attempted, Contact, Told};

    impl Spoken {
        /// `cares`: it is said to whoever cares for the machine, who is not told to ask themselves.
        fn of(told: &Told, cares: bool, t: Lang) -> Self {
            let until = match told.trace.decision {
                Decision::Allow { until, .. } => until,
                Decision::Deny(_) => None,
            };
            let reasons = told.trace.decision.reasons().iter();
            let missing = reasons.map(|&reason| {
                let own = own_way(reason, t).filter(|_| cares).map(str::to_owned);
                (t.why(reason, told), own.unwrap_or_else(|| t.way(reason.remedy(Some(told.kind)), told)))
            });
            Self {
                yes: told.trace.decision.is_yes(),
                until: until.map(|at| t.access_yours(&t.until(told.moment(at), told.now))),
                missing: missing.collect(),
                next: if cares { own_next(told, t) } else { next(told, t) }
                    .map(|(href, label)| (href, label.to_owned())),
            }
        }
    }

    /// What whoever cares for the machine can do about it.
    const fn own_way(reason: Reason, t: Lang) -> Option<&'static str> {
        match reason {
            Reason::Blocked => Some(t.access_own_block()),
            Reason::MaintenanceDue => Some(t.access_own_maintenance()),
            _ => None,
        }
    }

    /// The button for whoever cares for the machine; lifting the block is a form in the head of the page.
    fn own_next(told: &Told, t: Lang) -> Option<(String, &'static str)> {
        let reasons = told.trace.decision.reasons();
        if reasons.contains(&Reason::Blocked) {
            return None;
        }
        let machine = told.trace.machine.filter(|_| reasons.contains(&Reason::MaintenanceDue));
        let register = machine.map(|id| (format!("/machines/{id}/maintenance"), t.maintenance_register()));
        register.or_else(|| next(told, t))
    }

    /// The one button that moves it on; none where there is nothing but waiting.
    fn next(told: &Told, t: Lang) -> Option<(String, &'static str)> {
        let (href, label) = match told.next()? {
            Remedy::Do(Deed::Learn(module)) if told.quizzes.contains(&module) => {
                return Some((format!("/learn/{module}/quiz"), t.watch_take_quiz()));
            }
            Remedy::Do(Deed::Learn(module)) => return Some((format!("/learn/{module}"), t.learn_watch())),
            Remedy::Ask(Helper::Trainer(kind)) => {
                return Some((format!("{CHECKOUTS}{kind}"), t.checkout_book()));
            }
            Remedy::Ask(_) | Remedy::Do(Deed::FetchTrainer(_)) => (HELP, t.access_who_helps()),
            Remedy::Do(Deed::LogOutElsewhere | Deed::BringPeople(_)) => ("/", t.access_see_running()),
            Remedy::Do(Deed::ClaimCard | Deed::UseAnotherCard) => ("/me", t.access_my_cards()),
            Remedy::Do(Deed::Book) => {
                return told.trace.machine.map(|machine| (format!("/book/machine:{machine}"), t.book_title()));
            }
            Remedy::Wait(_) => return None,
        };
        Some((href.to_owned(), label))
    }

    impl RulesSaid {
        fn of(told: &Told, t: Lang) -> Self {
            let rules = told.trace.steps.iter().map(|step| {
                let outcome = match step.outcome {
                    Outcome::Passed => t.access_passed(),
                    Outcome::Failed(_) => t.access_failed(),
                    Outcome::NotAsked => t.access_not_asked(),
                };
                (t.rule(step.rule).to_owned(), outcome.to_owned())
            });
            let when = time::sentence(&t.exact(told.moment(told.trace.at), told.now));
            Self { rules: rules.collect(), when }
        }
    }

    impl OfOther {
        fn of(told: &Told, t: Lang) -> Self {
            let name = told.name.clone().unwrap_or_else(|| t.access_somebody().to_owned());
            let yes = told.trace.decision.is_yes();
            let sentence = if yes { t.access_other_yes(&name) } else { t.access_other_no(&name) };
            Self { sentence, spoken: Spoken::of(told, false, t), rules: RulesSaid::of(told, t) }
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

    impl Said {
        pub fn of(answers: Answers, t: Lang) -> Self {
            let Answers { mine, on_it, starting, cardless, cares, helpers, other, people } = answers;
            let ends =
                mine.as_ref().and_then(|mine| mine.trace.instants().into_iter().find(|&at| at > mine.now.at));
            Self {
                mine: mine.as_ref().map(|mine| Spoken::of(mine, cares, t)),
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

    impl Attempt {
        pub fn of(one: Attempted, t: Lang) -> Self {
            let Attempted { at, machine, machine_name, told, reasons, .. } = one;
            let outcome = if reasons.is_empty() { t.access_let_in() } else { t.access_refused() };
            let why = |told: &Told| {
                let reasons = told.trace.decision.reasons().iter();
                reasons.map(|&reason| t.why(reason, told)).collect()
            };
            Self {
                machine,
                machine_name,
                is_in: reasons.is_empty(),
                outcome: outcome.to_owned(),
                at,
                when: t.exact(at, told.as_ref().map_or(at, |told| told.now)),
                reasons: told.as_ref().map(why).unwrap_or_default(),
                rules: told.as_ref().map(|told| RulesSaid::of(told, t)),
            }
        }
    }
}
