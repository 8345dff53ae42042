//! Import of maintenance: plans, each for one machine and by hours, and interventions.
//!
//! A plan counts from its last intervention there; without one, from the machine's first use, as it did there.

use crate::{
    ExistingRecords, Foreign, ForeignPlan, Stored,
    plan::{ImportedPerson, Plan},
};
use domain::{
    equipment,
    id::MachineId,
    imports::fabomatic::{Report, TakeoverCount, Thing},
    maintenance::{HOURS, WORDS},
    names,
    settings::Key,
    time::{HOUR, Millis, millis},
};
use std::collections::HashMap;

/// A new maintenance plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPlan {
    /// Its id there.
    pub theirs: i64,
    /// Its machine, by its id there.
    pub machine: i64,
    /// The task.
    pub words: String,
    /// Interval in hours of use.
    pub hours: u32,
    /// Link to instructions.
    pub manual: Option<String>,
    /// Text on the board's display when it is due.
    pub display: String,
    /// Since when it counts.
    pub since: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedIntervention {
    /// Its id there.
    pub theirs: i64,
    /// Its machine, by its id there.
    pub machine: i64,
    /// Its plan, by its id there.
    pub plan: i64,
    /// The person, by their id there; `None` if they are gone.
    pub person: Option<i64>,
    pub at: Millis,
    /// The board reported it later.
    pub replay: bool,
    /// It is on the plan's machine, and the plan counts from it.
    pub counts: bool,
}

/// Plans the maintenance of every imported machine.
pub(crate) fn plan(
    foreign: &Foreign,
    known: &ExistingRecords,
    now: Millis,
    machines: &HashMap<i64, Option<MachineId>>,
    people: &HashMap<i64, ImportedPerson>,
    plan: &mut Plan,
) {
    let mut first_used: HashMap<i64, Millis> = HashMap::new();
    for one in foreign.uses.iter().filter(|one| (1..=now.0).contains(&one.start.0)) {
        let first = first_used.entry(one.machine).or_insert(one.start);
        *first = one.start.min(*first);
    }
    // Existing and new ones, each with its machine there.
    let mut there: HashMap<i64, i64> = HashMap::new();
    for one in &foreign.plans {
        let report = &mut plan.report;
        if known.taken.contains_key(&(Thing::Plan, one.id)) {
            report.one(TakeoverCount::KnownPlans);
        } else if !machines.contains_key(&one.machine) {
            report.named(TakeoverCount::PlansOrphan, &words(one).0);
            continue;
        } else if let Some(mut planned) = planned(one, report) {
            planned.since = first_used.get(&one.machine).copied().unwrap_or(now);
            plan.plans.push(planned);
        } else {
            continue;
        }
        there.insert(one.id, one.machine);
    }
    for one in &foreign.interventions {
        let report = &mut plan.report;
        let of = there.get(&one.plan).filter(|_| machines.contains_key(&one.machine));
        if known.taken.contains_key(&(Thing::Intervention, one.id)) {
            report.one(TakeoverCount::KnownInterventions);
        } else if !(1..=now.0).contains(&one.at.0) {
            report.one(TakeoverCount::InterventionsTimes);
        } else if let Some(of) = of {
            let person = Some(one.user).filter(|user| people.contains_key(user));
            report.one(TakeoverCount::Interventions);
            report.some(TakeoverCount::InterventionsNameless, u32::from(person.is_none()));
            plan.interventions.push(PlannedIntervention {
                theirs: one.id,
                machine: one.machine,
                plan: one.plan,
                person,
                at: one.at,
                replay: one.replay,
                counts: *of == one.machine,
            });
        } else {
            report.one(TakeoverCount::InterventionsOrphan);
        }
    }
    // Interventions are stored in chronological order.
    plan.interventions.sort_by_key(|one| (one.at, one.theirs));
}

/// The plan, if it is valid.
fn planned(one: &ForeignPlan, report: &mut Report) -> Option<PlannedPlan> {
    let (words, is_other) = words(one);
    let hour = millis(HOUR);
    let whole = u32::try_from(one.every / hour).unwrap_or(u32::MAX).max(*HOURS.start());
    if one.every <= 0 || !HOURS.contains(&whole) {
        report.named(TakeoverCount::PlansHours, &words);
        return None;
    }
    report.named(TakeoverCount::Plans, &words);
    if is_other {
        report.named(TakeoverCount::PlanWords, &words);
    }
    if i64::from(whole) * hour != one.every {
        report.named(TakeoverCount::PlanHours, &words);
    }
    let display = Key::Display.value(&one.display).unwrap_or_else(|| {
        report.named(TakeoverCount::PlanDisplay, &words);
        String::new()
    });
    // Older releases only have the attachment, which may be a local file.
    let written = [&one.instructions, &one.attachment].into_iter().find(|link| !link.trim().is_empty());
    let manual = equipment::manual(written.map_or("", |link| &**link)).unwrap_or_else(|_| {
        report.named(TakeoverCount::PlanManual, &words);
        None
    });
    Some(PlannedPlan {
        theirs: one.id,
        machine: one.machine,
        words,
        hours: whole,
        manual,
        display,
        since: Millis(0),
    })
}

/// The task as stored here, and whether that differs.
fn words(one: &ForeignPlan) -> (String, bool) {
    let stored = names::remark(&one.description).replace('\n', " ");
    if stored.is_empty() {
        return (format!("#{}", one.id), true);
    }
    let cut: String = stored.chars().take(WORDS).collect();
    let is_other = cut.len() < stored.len();
    // The truncated text may end in a character that must not be last.
    (names::remark(&cut), is_other)
}

/// A machine's running total at any moment: the present total without later uses.
#[derive(Debug, Clone)]
pub struct Total {
    now: i64,
    /// In order, each with the sum of itself and all later ones.
    uses: Vec<(Stored, i64)>,
}

impl Total {
    /// For a machine with the total `now` and these uses, in order.
    #[must_use]
    pub fn new(now: i64, uses: &[Stored]) -> Self {
        let mut sum = 0;
        let mut uses: Vec<_> = uses
            .iter()
            .rev()
            .map(|one| {
                sum += one.end.0 - one.start.0;
                (*one, sum)
            })
            .collect();
        uses.reverse();
        Self { now, uses }
    }

    /// In milliseconds; never negative, even after corrections.
    #[must_use]
    pub fn at(&self, at: Millis) -> i64 {
        let first = self.uses.partition_point(|(one, _)| one.end <= at);
        let since = self.uses.get(first).map_or(0, |(one, sum)| sum - (at.0 - one.start.0).max(0));
        (self.now - since).max(0)
    }
}
