//! Energy of uses, and what members use by month: counted from readings of the plugs of machines.
//!
//! **Invariants.** Means for each member count uses of known people alone. A machine without readings is unknown, never zero.
//!
//! Not here: how a quarter of an hour is divided among uses ([`crate::meters::divide`]), and suppression ([`super::tally`]).

use super::{
    EnergyFigures, MemberUse, MeteredFigure, People, UseMonth,
    median::minutes,
    suppression::NAMELESS,
    tally::{Of, Sum, Tally, Tree},
    wall::clipped,
};
use crate::{
    bookings::Resource,
    id::PersonId,
    meters::{Amount, Measure, divide, merged},
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use std::collections::{BTreeMap, BTreeSet};

/// A use of a machine.
#[derive(Debug, Clone, Copy)]
pub struct RecordedUse {
    pub resource: Resource,
    /// The person, unless anonymized.
    pub person: Option<PersonId>,
    /// Its span; until now if it is running.
    pub span: Span,
}

/// What the plug of a machine counted in a quarter of an hour.
#[derive(Debug, Clone, Copy)]
pub struct MeteredQuarter {
    pub resource: Resource,
    /// Its beginning.
    pub at: Millis,
    /// In milliwatt-hours.
    pub amount: i64,
}

/// Uses of known people.
#[derive(Debug, Default)]
pub(super) struct Members {
    people: People,
    /// In milliseconds.
    time: i64,
}

impl Sum for Members {
    fn add(&mut self, other: &Self) {
        self.people.extend(&other.people);
        self.time += other.time;
    }

    fn total(all: &[&Self]) -> Self {
        let people = all.iter().flat_map(|one| one.people.iter().copied()).collect();
        Self { people, time: all.iter().map(|one| one.time).sum() }
    }
}

impl Members {
    fn figures(&self) -> Option<MemberUse> {
        let count = i64::try_from(self.people.len()).ok().filter(|count| *count > 0)?;
        Some(MemberUse {
            members: u32::try_from(count).unwrap_or(u32::MAX),
            minutes: minutes(self.time.div_euclid(count)),
        })
    }
}

/// Energy in milliwatt-hours.
#[derive(Debug, Default)]
pub(super) struct Energies {
    /// Of uses.
    used: i64,
    uses: i64,
    /// Of uses by known people, and these people.
    known: i64,
    people: People,
    /// While nobody used the machine.
    rest: i64,
}

impl Sum for Energies {
    fn add(&mut self, other: &Self) {
        self.used += other.used;
        self.uses += other.uses;
        self.known += other.known;
        self.people.extend(&other.people);
        self.rest += other.rest;
    }
}

fn kilowatt_hours(base: i64) -> Amount {
    Amount::of(Measure::Power, base)
}

impl Energies {
    fn per_member(&self) -> Option<Amount> {
        let count = i64::try_from(self.people.len()).ok().filter(|count| *count > 0)?;
        Some(kilowatt_hours(self.known.div_euclid(count)))
    }

    fn figures(&self) -> Option<EnergyFigures> {
        Some(EnergyFigures {
            used: kilowatt_hours(self.used),
            rest: kilowatt_hours(self.rest),
            per_use: kilowatt_hours(self.used.checked_div_euclid(self.uses)?),
            per_member: self.per_member()?,
        })
    }
}

/// The months that a period touches, in the zone of the space.
#[derive(Debug)]
pub(super) struct Months {
    /// The first day of each, when it begins, and when the next one does.
    all: Vec<(Date, Span)>,
    within: Span,
}

impl Months {
    pub fn new(zone: Zone, within: Span) -> Self {
        let mut all = Vec::new();
        let mut first = Date { day: 1, ..zone.moment(within.starts).wall().date };
        loop {
            let next = if first.month == 12 {
                Date { year: first.year + 1, month: 1, day: 1 }
            } else {
                Date { month: first.month + 1, ..first }
            };
            let span = Span { starts: zone.start_of(first), ends: zone.start_of(next) };
            if span.starts >= within.ends {
                return Self { all, within };
            }
            all.push((first, span));
            first = next;
        }
    }

    /// Which month an instant is in.
    fn of(&self, at: Millis) -> usize {
        self.all.partition_point(|(_, span)| span.ends <= at)
    }

    /// `span` by month.
    fn split(&self, span: Span) -> impl Iterator<Item = (usize, Span)> {
        self.all.iter().enumerate().filter_map(move |(at, (_, month))| Some((at, clipped(span, *month)?)))
    }
}

/// All that is counted about members and energy.
#[derive(Debug, Default)]
pub(super) struct PerMember {
    members: Tally<(), Members>,
    months: Tally<usize, Members>,
    energy: Tally<(), Energies>,
    energy_months: Tally<usize, Energies>,
    /// Machines with a reading, by month.
    metered: BTreeSet<(usize, usize)>,
}

impl PerMember {
    /// Counts the time of a use or a stay.
    pub fn add(&mut self, months: &Months, one: usize, person: Option<PersonId>, span: Span) {
        let Some(person) = person.filter(|person| *person != NAMELESS) else { return };
        for (month, part) in months.split(span) {
            let sum = Members { people: People::from([person]), time: part.ends.minus(part.starts) };
            self.members.add((), one, Some(person), &sum);
            self.months.add(month, one, Some(person), &sum);
        }
    }

    /// Divides what plugs counted among uses.
    pub fn measure(
        &mut self,
        months: &Months,
        place: &BTreeMap<Resource, usize>,
        quarters: &[MeteredQuarter],
        recorded: &[RecordedUse],
    ) {
        let mut by_machine: BTreeMap<usize, Vec<(Millis, i64)>> = BTreeMap::new();
        for quarter in quarters {
            let Some(&one) = place.get(&quarter.resource) else { continue };
            by_machine.entry(one).or_default().push((quarter.at, quarter.amount));
        }
        let mut uses: BTreeMap<usize, Vec<(Span, Option<PersonId>)>> = BTreeMap::new();
        for use_of in recorded {
            let Some(one) = place.get(&use_of.resource).filter(|one| by_machine.contains_key(one)) else {
                continue;
            };
            if let Some(span) = clipped(use_of.span, months.within) {
                uses.entry(*one).or_default().push((span, use_of.person));
            }
        }
        for (one, quarters) in by_machine {
            let uses = uses.remove(&one).unwrap_or_default();
            self.measure_one(months, one, &merged(quarters), &uses);
        }
    }

    fn measure_one(
        &mut self,
        months: &Months,
        one: usize,
        quarters: &[(Millis, i64)],
        uses: &[(Span, Option<PersonId>)],
    ) {
        let spans: Vec<Span> = uses.iter().map(|(span, _)| *span).collect();
        let divided = divide(quarters, &spans, months.within.ends);
        let mut parts: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for part in divided.parts {
            *parts.entry((part.of, months.of(part.at))).or_default() += part.amount;
        }
        let mut last = None;
        for ((of, month), used) in parts {
            let person = uses.get(of).and_then(|(_, person)| *person).filter(|person| *person != NAMELESS);
            let uses = i64::from(last.replace(of) != Some(of));
            let known = if person.is_some() { used } else { 0 };
            let sum = Energies { used, uses, known, people: person.into_iter().collect(), rest: 0 };
            self.energy.add((), one, person, &sum);
            self.energy_months.add(month, one, person, &sum);
        }
        let mut rest: BTreeMap<usize, i64> = BTreeMap::new();
        for (at, amount) in divided.rest {
            *rest.entry(months.of(at)).or_default() += amount;
        }
        for (month, rest) in rest {
            let sum = Energies { rest, ..Energies::default() };
            self.metered.insert((one, month));
            self.energy.add((), one, None, &sum);
            self.energy_months.add(month, one, None, &sum);
        }
    }

    /// The figures of each of `all`.
    pub fn each(&self, tree: &Tree, all: &[Of]) -> Vec<(Option<MemberUse>, MeteredFigure<EnergyFigures>)> {
        let members = self.members.each(tree, all, ());
        let energy = self.energy.each(tree, all, ());
        let each = all.iter().zip(members).zip(energy).map(|((of, members), energy)| {
            let is_metered = self.metered.iter().any(|(one, _)| tree.has(*of, *one));
            let energy = metered(is_metered, energy.and_then(|energy| energy.figures()));
            (members.and_then(|members| members.figures()), energy)
        });
        each.collect()
    }

    /// The months of the chosen group.
    pub fn months(&self, months: &Months, tree: &Tree, of: Of) -> Vec<UseMonth> {
        let keys: Vec<usize> = (0..months.all.len()).collect();
        let members = self.months.sums(tree, of, &keys);
        let energy = self.energy_months.sums(tree, of, &keys);
        let each = months.all.iter().enumerate().zip(members).zip(energy);
        let each = each.map(|(((at, (month, span)), members), energy)| {
            let is_metered = self.metered.iter().any(|(one, other)| *other == at && tree.has(of, *one));
            UseMonth {
                month: *month,
                is_whole: months.within.starts <= span.starts && span.ends <= months.within.ends,
                members: members.and_then(|members| members.figures()),
                per_member: metered(is_metered, energy.and_then(|energy| energy.per_member())),
            }
        });
        each.collect()
    }
}

/// A figure that may be hidden, of something that may have no meter.
fn metered<T>(is_metered: bool, figure: Option<T>) -> MeteredFigure<T> {
    match figure {
        _ if !is_metered => MeteredFigure::Unknown,
        Some(figure) => MeteredFigure::Known(figure),
        None => MeteredFigure::Few,
    }
}
