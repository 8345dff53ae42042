//! Import of uses: in order per machine, without overlaps, and without implausibly long ones.

use crate::{
    ExistingRecords, Foreign, ForeignUse, Stored,
    plan::{ImportedPerson, Plan},
};
use domain::{
    id::MachineId,
    imports::fabomatic::{Report, TakeoverCount, Thing},
    time::{DAY, MINUTE, Millis, millis},
    uses::{Ending, LONGEST, MEASURABLE},
};
use std::collections::{BTreeMap, HashMap};

/// How many uses have the id of one imported before but another start, if those outnumber the matching ones: then it is
/// another Fab-O-Matic. `begun` returns the start of an imported use.
#[must_use]
pub fn contradicting(foreign: &Foreign, begun: impl Fn(i64) -> Option<Millis>) -> Option<usize> {
    let here = foreign.uses.iter().filter_map(|one| Some(begun(one.id)? == one.start));
    let (same, others): (Vec<_>, Vec<_>) = here.partition(|is_same| *is_same);
    (others.len() > same.len()).then_some(others.len())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedUse {
    /// Its id there.
    pub theirs: i64,
    /// Its machine, by its id there.
    pub machine: i64,
    /// The person, by their id there; `None` if they are gone.
    pub person: Option<i64>,
    /// When it began.
    pub start: Millis,
    /// The last sign of life.
    pub last_sign: Millis,
    /// When it ended.
    pub end: Millis,
    pub ending: Ending,
    /// It was reported later.
    pub replay: bool,
    /// Its hours were estimated.
    pub approximate: bool,
}

/// Plans the uses of every imported machine.
pub(crate) fn plan(
    foreign: &Foreign,
    known: &ExistingRecords,
    now: Millis,
    machines: &HashMap<i64, Option<MachineId>>,
    people: &HashMap<i64, ImportedPerson>,
    plan: &mut Plan,
) {
    let report = &mut plan.report;
    let mut by_machine: BTreeMap<i64, Vec<&ForeignUse>> = BTreeMap::new();
    for one in &foreign.uses {
        if machines.contains_key(&one.machine) {
            by_machine.entry(one.machine).or_default().push(one);
        } else {
            report.one(TakeoverCount::UsesOrphan);
        }
    }
    let kinds: HashMap<i64, Option<i64>> = foreign.types.iter().map(|kind| (kind.id, kind.timeout)).collect();
    for machine in &foreign.machines {
        let Some(mut all) = by_machine.remove(&machine.id) else { continue };
        all.sort_by_key(|one| (one.start, one.end.unwrap_or(one.last_sign), one.id));
        let here = machines.get(&machine.id).copied().flatten();
        let minutes = machine.kind.and_then(|kind| kinds.get(&kind).copied().flatten());
        let logoff = minutes.filter(|minutes| *minutes > 0).map(|minutes| minutes.saturating_mul(60_000));
        let mut of_one = OfOne {
            stored: here.and_then(|here| known.uses.get(&here)).map_or(&[][..], Vec::as_slice),
            newest: all.last().map(|one| one.id),
            now,
            logoff,
            taken: Vec::new(),
        };
        for (place, one) in all.iter().enumerate() {
            if known.taken.contains_key(&(Thing::Use, one.id)) {
                report.one(TakeoverCount::KnownUses);
            } else {
                let next = all.get(place + 1).map(|next| next.start);
                of_one.take(one, next, report);
            }
        }
        let sum: i64 = of_one.taken.iter().map(|one| one.end.0 - one.start.0).sum();
        if here.is_none() && machine.hours.abs_diff(sum) > millis(MINUTE * 6).unsigned_abs() {
            report.named(TakeoverCount::Hours, &machine.name);
        }
        for mut one in of_one.taken {
            one.person = one.person.filter(|user| people.contains_key(user));
            // Anonymised users there were anonymised on purpose.
            if one.person.is_none() {
                report.one(TakeoverCount::UsesNameless);
            }
            report.one(TakeoverCount::Uses);
            plan.uses.push(one);
        }
    }
}

/// The uses of one machine.
struct OfOne<'a> {
    stored: &'a [Stored],
    newest: Option<i64>,
    now: Millis,
    logoff: Option<i64>,
    taken: Vec<PlannedUse>,
}

impl OfOne<'_> {
    /// Imports `one` if it fits; the next one begins at `next`.
    fn take(&mut self, one: &ForeignUse, next: Option<Millis>, report: &mut Report) {
        let is_open = one.end.is_none();
        if is_open && self.newest == Some(one.id) && self.now.since(one.last_sign) < DAY {
            return report.one(TakeoverCount::UsesRunning);
        }
        let end = one.end.unwrap_or(one.last_sign);
        if end < one.start || end > self.now || one.start.0 <= 0 {
            return report.one(TakeoverCount::UsesBackwards);
        }
        let length = end.since(one.start);
        // Some prints take days. But a use during which another person's began was not ended in time, and must
        // not exclude the uses inside it.
        if length > MEASURABLE || (length > LONGEST && next.is_some_and(|next| next < end)) {
            return report.named(TakeoverCount::UsesLong, &format!("#{}", one.id));
        }
        if self.is_stored(one.start, end) {
            return report.one(TakeoverCount::UsesInside);
        }
        if let Some(before) = self.taken.last_mut()
            && one.start < before.end
        {
            if end <= before.end {
                return report.one(TakeoverCount::UsesInside);
            }
            if before.start == one.start {
                // It is inside this one.
                report.one(TakeoverCount::UsesInside);
                self.taken.pop();
            } else {
                before.end = one.start;
                before.last_sign = before.last_sign.min(one.start);
                (before.ending, before.approximate) = (Ending::Superseded, true);
                report.one(TakeoverCount::UsesShortened);
            }
        }
        if is_open {
            report.one(TakeoverCount::UsesClosed);
        }
        let ending = match self.logoff {
            _ if is_open => Ending::Superseded,
            Some(logoff) if end.0 - one.start.0 >= logoff => Ending::AutoLogoff,
            _ => Ending::LoggedOut,
        };
        self.taken.push(PlannedUse {
            theirs: one.id,
            machine: one.machine,
            person: Some(one.user),
            start: one.start,
            last_sign: one.last_sign.clamp(one.start, end),
            end,
            ending,
            replay: one.replay,
            approximate: is_open || one.replay,
        });
    }

    /// Whether a stored use overlaps this time.
    fn is_stored(&self, start: Millis, end: Millis) -> bool {
        let at = self.stored.partition_point(|stored| stored.end <= start);
        self.stored.get(at).is_some_and(|stored| stored.start < end)
    }
}
