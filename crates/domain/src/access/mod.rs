//! The access decision: whether a person may use a machine at an instant, and if not, what would change that.
//!
//! Boards, pages and the API all ask [`trace`]. It collects *all* reasons against, in a fixed order, each with its
//! remedy as data; a refusal is a value, not an error. [`may_use`] is its result without the steps.
//!
//! Not here: whether a time can be booked ([`crate::bookings`]).

mod lapse;
mod order;
mod reason;
mod rule;
mod trace;

#[cfg(test)]
mod tests;

use crate::{
    booking_policy::{AHEAD, EARLY, Need},
    cards::CardState,
    documents::{AskedDocument, Signed},
    holds::Hold,
    hours::Opening,
    id::{EntryId, MachineId, PersonId, TypeId},
    machines::AuthorisationMode,
    occupations::Span,
    people::PersonStatus,
    qualifications::{EntryKind, Ledger, Relation, Subject},
    time::Millis,
    training::path::{Completion, Needed},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub use lapse::lapses;
pub use order::{Lack, ModuleLeft, Resolver, lacks, prioritized};
pub use reason::{Helper, Reason, Remedy, RemedyAction};
pub use rule::Rule;
pub use trace::{Decision, Fact, Outcome, Step, Trace};

/// How long a trainer's swipe lets others start a supervised machine.
pub const SUPERVISION: Duration = Duration::from_mins(2);

/// The facts about a person in front of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The person, if known.
    pub person: Option<Person>,
    /// The state of the card that was swiped, if one was.
    pub card: Option<CardState>,
    /// The machine, if it exists.
    pub machine: Option<Machine>,
    pub built_in: BuiltInTypes,
    /// Machines one person may run at the same time.
    pub simultaneous: u8,
    /// Current use of machines; `None` for a later time, for which it is unknown.
    pub floor: Option<Running>,
}

/// The facts about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    /// Only the active pass.
    pub status: PersonStatus,
    pub ledger: Ledger,
    /// Holds, current and future.
    pub holds: Vec<Hold>,
    /// Entries written by an administrator, or imported: a holder of one is not denied for missing training.
    pub excused: Vec<EntryId>,
}

/// The facts about the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub id: MachineId,
    pub kind: TypeId,
    /// Who may use it.
    pub mode: AuthorisationMode,
    /// Types one must be qualified on first.
    pub requires: Vec<TypeId>,
    /// Modules that it or its type requires, as far as the person completed them.
    pub training: Vec<Needed>,
    /// Documents that it, its type or the space asks for, with the person's signatures.
    pub documents: Vec<AskedDocument>,
    pub booked: Booked,
    pub blocked: bool,
    /// Something has to be done to it before it is used again.
    pub maintenance_due: bool,
    /// When a trainer of its type last swiped at it.
    pub trainer_beside: Option<Millis>,
    /// Whether it is open; `None` without opening hours.
    pub opening: Option<Opening>,
    /// Closures of it or its room, around the time in question.
    pub closures: Vec<Span>,
    /// People who must be here, the caller counted; 0 does not ask.
    pub company: u8,
    /// It is for certain groups, and the person is in none of them, has not booked it for now, which they may have before, and
    /// neither trains on it nor owns it.
    pub barred: bool,
}

/// Bookings of a machine, around the time in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// What that means for the use of the machine.
    pub need: Need,
    /// Bookings that hold, and whether each is the person's own.
    pub times: Vec<(Span, bool)>,
}

impl Booked {
    /// No bookings, or bookings without effect.
    pub const NOTHING: Self = Self { need: Need::Free, times: Vec::new() };
}

/// The current use of machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Other machines the person is on.
    pub by_them: u8,
    /// Active members other than the person who are on some machine.
    pub others: u8,
    /// Whether another person is on this machine. `None` when its own board asks: a board asks only when it is
    /// free.
    pub taken: Option<bool>,
}

/// The ids of the types that carry the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInTypes {
    pub space: TypeId,
    pub system: TypeId,
}

/// The level a board gets for a card; the numbers are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    User = 1,
    /// Trainer or owner of the type: may register maintenance as well.
    Staff = 2,
    Administrator = 3,
}

/// Decides from `facts` whether the person may use the machine at `at`.
#[must_use]
pub fn may_use(facts: &Facts, at: Millis) -> Decision {
    trace(facts, at).decision
}

/// The decision with every rule, in order.
#[must_use]
pub fn trace(facts: &Facts, at: Millis) -> Trace {
    let mut request = Evaluation { at, steps: Vec::with_capacity(Rule::ALL.len()), ends: Vec::new() };
    request.about_person(facts);
    match facts.card {
        Some(state @ CardState::Active) => request.passed(Rule::Card, vec![Fact::Card(state)]),
        Some(state) => request.failed(vec![Reason::CardOutOfUse(state)], vec![Fact::Card(state)]),
        None => request.skipped(Rule::Card),
    }
    request.about_machine(facts);
    request.about_floor(facts);
    let Evaluation { steps, ends, .. } = request;
    let failed = steps.iter().filter_map(|step| match &step.outcome {
        Outcome::Failed(reasons) => Some(reasons.as_slice()),
        Outcome::Passed | Outcome::NotAsked => None,
    });
    let reasons = failed.collect::<Vec<_>>().concat();
    let decision = match (&facts.person, &facts.machine) {
        (Some(person), Some(machine)) if reasons.is_empty() => {
            Decision::Allow { level: level(person, machine, facts.built_in, at), until: ends.into_iter().min() }
        }
        _ => Decision::Deny(reasons),
    };
    let (person, machine) = (facts.person.as_ref(), facts.machine.as_ref());
    Trace {
        at,
        person: person.map(|person| person.id),
        machine: machine.map(|machine| machine.id),
        decision,
        steps,
    }
}

/// Whether the person may register work on the machine: if they would be admitted apart from the state of the
/// machine – a board may report later – and have at least level 2.
#[must_use]
pub fn may_register(facts: &Facts, trace: &Trace) -> bool {
    const ASKED: [Rule; 5] = [Rule::Known, Rule::Active, Rule::NoHold, Rule::Member, Rule::Card];
    let (Some(person), Some(machine)) = (&facts.person, &facts.machine) else { return false };
    let remaining = |step: &Step| !ASKED.contains(&step.rule) || !matches!(step.outcome, Outcome::Failed(_));
    trace.steps.iter().all(remaining) && level(person, machine, facts.built_in, trace.at) >= Level::Staff
}

/// The level of a person whom only the machine's state denies: a block, or maintenance that is due. `None` for
/// everybody else, including those admitted.
#[must_use]
pub fn refused_by_machine(facts: &Facts, trace: &Trace) -> Option<Level> {
    let (Some(person), Some(machine)) = (&facts.person, &facts.machine) else { return None };
    let reasons = trace.decision.reasons();
    let of_machine = |reason: &Reason| matches!(reason, Reason::Blocked | Reason::MaintenanceDue);
    let only_machine = !reasons.is_empty() && reasons.iter().all(of_machine);
    only_machine.then(|| level(person, machine, facts.built_in, trace.at))
}

/// The rules evaluated so far, and the known ends of an allowance.
struct Evaluation {
    at: Millis,
    steps: Vec<Step>,
    ends: Vec<Millis>,
}

impl Evaluation {
    fn passed(&mut self, rule: Rule, facts: Vec<Fact>) {
        self.steps.push(Step { rule, outcome: Outcome::Passed, facts });
    }

    fn skipped(&mut self, rule: Rule) {
        self.steps.push(Step { rule, outcome: Outcome::NotAsked, facts: Vec::new() });
    }

    /// `reasons` is not empty, and all of one rule.
    fn failed(&mut self, reasons: Vec<Reason>, facts: Vec<Fact>) {
        if let Some(reason) = reasons.first() {
            self.steps.push(Step { rule: reason.rule(), outcome: Outcome::Failed(reasons), facts });
        }
    }

    fn settled(&mut self, rule: Rule, reasons: Vec<Reason>, facts: Vec<Fact>) {
        if reasons.is_empty() { self.passed(rule, facts) } else { self.failed(reasons, facts) }
    }

    /// Rules about the person: known, active, no hold, a member.
    fn about_person(&mut self, facts: &Facts) {
        let at = self.at;
        let Some(person) = &facts.person else {
            self.failed(vec![Reason::UnknownPerson], Vec::new());
            return [Rule::Active, Rule::NoHold, Rule::Member].into_iter().for_each(|rule| self.skipped(rule));
        };
        self.passed(Rule::Known, Vec::new());
        let reasons = (person.status != PersonStatus::Active).then_some(Reason::NotActive(person.status));
        self.settled(Rule::Active, reasons.into_iter().collect(), vec![Fact::Status(person.status)]);

        let held = person.holds.iter().filter(|hold| hold.in_force(at));
        let held = held.map(|hold| Reason::OnHold { hold: hold.id, reason: hold.reason, until: hold.until });
        let begins = person.holds.iter().map(|hold| hold.placed).filter(|&placed| placed > at).min();
        self.ends.extend(begins);
        self.settled(Rule::NoHold, held.collect(), begins.map(Fact::HoldBegins).into_iter().collect());

        let space = facts.built_in.space;
        if person.ledger.holds(Relation::User, &[Subject::Type(space)], at) {
            let until = person.ledger.holds_until(Relation::User, &[Subject::Type(space)], at);
            self.ends.extend(until);
            self.passed(Rule::Member, vec![Fact::Qualified { kind: space, until }]);
        } else {
            self.failed(vec![Reason::NotAMember], Vec::new());
        }
    }

    /// Rules about the machine: known, not blocked, nothing due, open to this person, documents signed, open now,
    /// enough people present.
    fn about_machine(&mut self, facts: &Facts) {
        let Some(machine) = &facts.machine else {
            self.failed(vec![Reason::UnknownMachine], Vec::new());
            let rest = [
                Rule::NotBlocked,
                Rule::Maintained,
                Rule::Authorised,
                Rule::Trained,
                Rule::Signed,
                Rule::Booked,
                Rule::Open,
                Rule::Company,
            ];
            return rest.into_iter().for_each(|rule| self.skipped(rule));
        };
        self.passed(Rule::Machine, Vec::new());
        let blocked = machine.blocked.then_some(Reason::Blocked);
        self.settled(Rule::NotBlocked, blocked.into_iter().collect(), Vec::new());
        // Those who clear it must get in.
        let clears = facts
            .person
            .as_ref()
            .is_some_and(|person| level(person, machine, facts.built_in, self.at) >= Level::Staff);
        let due = (machine.maintenance_due && !clears).then_some(Reason::MaintenanceDue);
        self.settled(Rule::Maintained, due.into_iter().collect(), Vec::new());
        match &facts.person {
            Some(person) => {
                self.authorise(person, machine);
                self.train(person, machine);
                self.sign(&machine.documents);
            }
            None => {
                for rule in [Rule::Authorised, Rule::Trained, Rule::Signed] {
                    self.skipped(rule);
                }
            }
        }
        self.book(&machine.booked);
        // The same people maintain it while it is closed.
        let closed = |span: &Span| closed_from(*span, facts.person.as_ref(), machine, facts.built_in, self.at);
        let closures: Vec<_> = machine.closures.iter().filter_map(closed).collect();
        self.open(machine.opening, &closures);
        match facts.floor {
            Some(floor) if machine.company > 0 => {
                let (present, needed) = (floor.others.saturating_add(1), machine.company);
                let few = (present < needed).then_some(Reason::TooFewPresent { present, needed });
                self.settled(Rule::Company, few.into_iter().collect(), vec![Fact::Present { present, needed }]);
            }
            _ => self.skipped(Rule::Company),
        }
    }

    /// The rule of the type's mode. A ban counts in every mode, even with a trainer present.
    fn authorise(&mut self, person: &Person, machine: &Machine) {
        let (at, ledger) = (self.at, &person.ledger);
        let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
        let (mut reasons, mut facts) = (Vec::new(), vec![Fact::Mode(machine.mode)]);
        let helped = helped(machine, at);
        facts.extend(helped.map(Fact::TrainerBeside));
        let mut ask = |subjects: &[Subject], kind: TypeId, missing: Reason| {
            if ledger.holds(Relation::User, subjects, at) {
                let until = ledger.holds_until(Relation::User, subjects, at);
                self.ends.extend(until);
                facts.push(Fact::Qualified { kind, until });
            } else if let Some(Ban { until }) = banned(ledger, subjects, at) {
                reasons.push(Reason::Banned { kind, until });
            } else {
                reasons.push(missing);
            }
        };
        if machine.mode == AuthorisationMode::Open || helped.is_some() {
            if let Some(Ban { until }) = banned(ledger, &itself, at) {
                reasons.push(Reason::Banned { kind: machine.kind, until });
            }
            let begins = ledger.0.iter().map(|entry| entry.from).filter(|&from| from > at);
            self.ends.extend(begins.filter(|&from| banned(ledger, &itself, from).is_some()).min());
        } else {
            // Prerequisites come first on the path, and therefore in the answer.
            for &required in &machine.requires {
                ask(&[Subject::Type(required)], required, Reason::NotQualified(required));
            }
            let missing = match machine.mode {
                AuthorisationMode::Supervised => Reason::NeedsTrainer(machine.kind),
                AuthorisationMode::Open | AuthorisationMode::Qualified => Reason::NotQualified(machine.kind),
            };
            ask(&itself, machine.kind, missing);
        }
        // Beside a trainer they practise on it.
        reasons.extend((machine.barred && helped.is_none()).then_some(Reason::NotPermitted));
        self.settled(Rule::Authorised, reasons, facts);
    }

    /// The training rule, unless a trainer is present.
    fn train(&mut self, person: &Person, machine: &Machine) {
        let at = self.at;
        if machine.training.is_empty() || helped(machine, at).is_some() {
            return self.skipped(Rule::Trained);
        }
        let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
        let excused = person.ledger.stands_by(Relation::User, &itself, at, &person.excused);
        let (mut reasons, mut facts, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for needed in &machine.training {
            let reason = match needed.completion(at) {
                Completion::Completed { until } => {
                    ends.extend(until);
                    facts.push(Fact::Completed { module: needed.module, until });
                    continue;
                }
                Completion::Lapsed => Reason::TrainingLapsed(needed.module),
                Completion::Missing => Reason::TrainingMissing(needed.module),
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if excused {
            facts.push(Fact::Excused);
            return self.passed(Rule::Trained, facts);
        }
        self.ends.extend(ends);
        self.settled(Rule::Trained, reasons, facts);
    }

    /// The rule of documents. A trainer beside a person does not sign for them, and no role is exempt.
    fn sign(&mut self, documents: &[AskedDocument]) {
        let (mut reasons, mut facts) = (Vec::new(), Vec::new());
        for asked in documents {
            let (document, kind) = (asked.document, asked.kind);
            match asked.signed(self.at) {
                Signed::Yes { until } => {
                    self.ends.extend(until);
                    facts.push(Fact::Signed { document, until });
                }
                Signed::No(gap) => reasons.push(Reason::DocumentUnsigned { document, kind, gap }),
            }
        }
        if documents.is_empty() { self.skipped(Rule::Signed) } else { self.settled(Rule::Signed, reasons, facts) }
    }

    /// The booking rule: no booking of others is running or about to begin, or the person's own is running. Their
    /// own counts from check-in time, unless another person's is still running.
    fn book(&mut self, booked: &Booked) {
        let at = self.at;
        if booked.need == Need::Free {
            return self.skipped(Rule::Booked);
        }
        let running = |span: &Span| span.starts <= at && at < span.ends;
        let of = |mine: bool| booked.times.iter().filter(move |(_, own)| *own == mine).map(|(span, _)| span);
        let is_own = of(true).any(running);
        let other = of(false).find(|span| span.starts.before(AHEAD) <= at && at < span.ends).filter(|_| !is_own);
        let comes = of(true).any(|span| span.starts.before(EARLY) <= at && at < span.ends);
        self.ends.extend(of(false).map(|span| span.starts).filter(|starts| at < *starts).min());
        let other = other.map(|span| Reason::BookedByOther { from: span.starts, until: span.ends });
        let missing = (booked.need == Need::Required && !comes).then_some(Reason::NeedsBooking);
        self.settled(Rule::Booked, other.into_iter().chain(missing).collect(), Vec::new());
    }

    /// The rule of opening hours and `closures`.
    fn open(&mut self, opening: Option<Opening>, closures: &[Span]) {
        let at = self.at;
        let closed = closures.iter().find(|span| span.starts <= at && at < span.ends).map(|span| span.ends);
        let next = closures.iter().map(|span| span.starts).filter(|starts| at < *starts).min();
        self.ends.extend(next);
        match (opening, closed) {
            (None, None) if next.is_none() => self.skipped(Rule::Open),
            (None, None) => self.passed(Rule::Open, vec![Fact::Closes(next)]),
            (Some(Opening::Open { closes: hours }), None) => {
                self.ends.extend(hours);
                self.passed(Rule::Open, vec![Fact::Closes(hours.into_iter().chain(next).min())]);
            }
            (Some(Opening::Closed { opens }), closed) => {
                // Not before both are over.
                let opens = opens.map(|opens| closed.map_or(opens, |closed| opens.max(closed)));
                self.failed(vec![Reason::Closed { opens }], Vec::new());
            }
            (_, Some(opens)) => self.failed(vec![Reason::Closed { opens: Some(opens) }], Vec::new()),
        }
    }

    /// Rules about use: nobody else on the machine, and the person not on too many.
    fn about_floor(&mut self, facts: &Facts) {
        match facts.floor.and_then(|floor| floor.taken) {
            Some(true) => self.failed(vec![Reason::InUse], Vec::new()),
            Some(false) => self.passed(Rule::Unused, Vec::new()),
            None => self.skipped(Rule::Unused),
        }
        match (facts.floor, &facts.person) {
            (Some(floor), Some(_)) => {
                let (running, most) = (floor.by_them, facts.simultaneous);
                let many = (running >= most).then_some(Reason::TooManyMachines(most));
                self.settled(Rule::Limit, many.into_iter().collect(), vec![Fact::Running { running, most }]);
            }
            _ => self.skipped(Rule::Limit),
        }
    }
}

/// The rest of a closure from `at` on for a person it denies; none from level 2 on.
fn closed_from(
    span: Span,
    person: Option<&Person>,
    machine: &Machine,
    built_in: BuiltInTypes,
    at: Millis,
) -> Option<Span> {
    let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
    let system = [Subject::Type(built_in.system)];
    let staff = |ledger: &Ledger, at| {
        let as_staff =
            [(Relation::Owner, &system[..]), (Relation::Trainer, &itself[..]), (Relation::Owner, &itself[..])];
        let holding = as_staff.into_iter().filter(|(relation, subjects)| ledger.holds(*relation, subjects, at));
        holding.map(|(relation, subjects)| ledger.holds_until(relation, subjects, at).unwrap_or(span.ends)).max()
    };
    let mut starts = span.starts.max(at);
    while let Some(until) = person.and_then(|person| staff(&person.ledger, starts)) {
        if until >= span.ends {
            return None;
        }
        starts = until;
    }
    (starts < span.ends).then_some(Span { starts, ..span })
}

/// The last swipe of a trainer, if it still counts.
fn helped(machine: &Machine, at: Millis) -> Option<Millis> {
    machine
        .trainer_beside
        .filter(|&swiped| machine.mode == AuthorisationMode::Supervised && swiped <= at)
        .filter(|&swiped| at.since(swiped) <= SUPERVISION)
}

/// A ban in force.
struct Ban {
    /// When it ends by itself.
    until: Option<Millis>,
}

/// The ban in force on one of `subjects`; of several the one that lasts longest.
fn banned(ledger: &Ledger, subjects: &[Subject], at: Millis) -> Option<Ban> {
    let bans = subjects.iter().filter_map(|subject| {
        let message = ledger.0.iter().filter(|entry| {
            entry.subject == *subject
                && entry.from <= at
                && matches!(entry.kind, EntryKind::Banned | EntryKind::Unbanned)
        });
        message
            .max_by_key(|entry| (entry.from, entry.id))
            .filter(|entry| entry.kind == EntryKind::Banned && entry.until.is_none_or(|until| at < until))
            .map(|entry| Ban { until: entry.until })
    });
    bans.max_by_key(|ban| ban.until.map_or(i64::MAX, |until| until.0))
}

fn level(person: &Person, machine: &Machine, built_in: BuiltInTypes, at: Millis) -> Level {
    let holds = |relation, subjects: &[Subject]| person.ledger.holds(relation, subjects, at);
    let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
    if holds(Relation::Owner, &[Subject::Type(built_in.system)]) {
        Level::Administrator
    } else if holds(Relation::Trainer, &itself) || holds(Relation::Owner, &itself) {
        Level::Staff
    } else {
        Level::User
    }
}
