//! The figures of a report, from bookings and uses.
//!
//! Not here: suppression ([`super::tally`]).
//!
//! Figures are counted from rows on request, in the space's local time. Weeks are whole, and opening hours count
//! as they are set now.

use super::{
    CELLS, Cell, Figures, FunnelStep, GroupBy, Lead, MOST_WEEKS, Measure, MeteredFigure, Rates, Report, Row,
    Utilisation, Waited,
    energy::{MeteredQuarter, Months, PerMember, RecordedUse},
    funnel::{RequestedTraining, funnel},
    median::{median, minutes},
    tally::{Of, Sum, Tally, Tree},
    wall::{Wall, clipped, inside},
};
use crate::{
    bookings::{Resource, ResourceFilter, State},
    hours::Hours,
    id::PersonId,
    occupations::Span,
    time::{Date, Millis},
    zone::Zone,
};
use std::collections::BTreeMap;

/// A machine or a room.
#[derive(Debug, Clone, Copy)]
pub struct ReportedResource {
    pub resource: Resource,
    /// Its type, or all rooms.
    pub group: ResourceFilter,
    /// Which of [`Facts::hours`] are its own.
    pub hours: usize,
    /// Since when it is archived.
    pub until: Option<Millis>,
}

#[derive(Debug, Clone, Copy)]
pub struct Booked {
    pub resource: Resource,
    pub person: PersonId,
    pub span: Span,
    pub state: State,
    /// When it was requested.
    pub requested_at: Millis,
    /// When its holder checked in.
    pub came: Option<Millis>,
    /// When it reached its state.
    pub decided: Option<Millis>,
    pub late: bool,
    /// Milliseconds that the request waited for an answer, if it did.
    pub waited: Option<i64>,
}

/// The data of some weeks.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The zone of the space.
    pub zone: Zone,
    /// From a Monday to a Monday, or until now.
    pub within: Span,
    /// The current opening hours.
    pub hours: &'a [Hours],
    /// Machines by type and rooms, each group together.
    pub known: &'a [ReportedResource],
    /// Bookings that reach into it.
    pub booked: &'a [Booked],
    /// Uses that reach into it.
    pub used: &'a [RecordedUse],
    /// Requests for training made in it.
    pub training: &'a [RequestedTraining],
    /// Quarters that begin in it; none of machines whose plug has no meter.
    pub energy: &'a [MeteredQuarter],
}

/// Milliseconds: all, and those in opening hours.
#[derive(Debug, Default)]
struct Time {
    all: i64,
    open: i64,
}

impl Sum for Time {
    fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.open += other.open;
    }
}

impl Sum for Rates {
    fn add(&mut self, other: &Self) {
        self.bookings += other.bookings;
        self.no_shows += other.no_shows;
        self.late += other.late;
    }
}

/// All that is counted.
#[derive(Default)]
struct Counted {
    /// Milliseconds in opening hours, by hour of the week.
    cells: Tally<usize, i64>,
    booked: Tally<(), Time>,
    used: Tally<(), Time>,
    rates: Tally<(), Rates>,
    weeks: Tally<i64, Rates>,
    leads: Tally<(), Vec<i64>>,
    lead: Tally<Lead, i64>,
    waits: Tally<(), Vec<i64>>,
    waited: Tally<Waited, i64>,
    per_member: PerMember,
}

/// The opening times of a machine or a room: stretches, and milliseconds of each hour of the week.
#[derive(Debug, Clone, Default)]
struct Open {
    spans: Vec<Span>,
    cells: Vec<i64>,
    total: i64,
}

/// The report of `facts` for `of`, or for everything, with a row for each type or machine.
#[must_use]
pub fn report(facts: &Facts<'_>, of: Option<ResourceFilter>, by: GroupBy, measure: Measure) -> Report {
    let tree = tree(facts.known);
    let chosen = of.map_or(Some(Of::All), |of| place(&tree, facts.known, of)).unwrap_or(Of::All);
    let wall = Wall::new(facts.zone, facts.within);
    let open = opened(facts, &wall);
    let months = Months::new(facts.zone, facts.within);
    let counted = count(facts, (&wall, &months), &open, measure);
    let lines = lines(&tree, facts.known, chosen, by);
    let mut all: Vec<Of> = lines.iter().map(|(of, _)| *of).collect();
    all.push(chosen);
    let mut figures = figures(&counted, &tree, &open, &all);
    let whole = figures.pop();
    let cells = cells(&counted, &tree, &open, chosen);
    Report {
        is_empty: facts.booked.is_empty() && facts.used.is_empty() && facts.training.is_empty(),
        chosen: whole.unwrap_or(Figures {
            open: 0,
            booked: None,
            used: None,
            rates: None,
            lead: None,
            waited: None,
            members: None,
            energy: MeteredFigure::Unknown,
        }),
        rows: lines.iter().zip(figures).map(|((_, of), figures)| Row { of: *of, figures }).collect(),
        machines: machines(facts.known, &counted, &tree, chosen, measure),
        hours: hours(&cells),
        cells,
        weeks: weeks(facts, &counted, &tree, chosen),
        lead: shares(&counted.lead, &tree, chosen, Lead::ALL),
        waited: shares(&counted.waited, &tree, chosen, Waited::ALL),
        training: training(facts, of),
        months: counted.per_member.months(&months, &tree, chosen),
    }
}

/// The funnel of everything or of a type; of a machine, that of its type, and nobody is trained on a room.
fn training(facts: &Facts<'_>, of: Option<ResourceFilter>) -> Vec<FunnelStep> {
    let group = match of {
        Some(ResourceFilter::One(resource)) => {
            facts.known.iter().find(|one| one.resource == resource).map(|one| one.group)
        }
        of => of,
    };
    match group {
        Some(ResourceFilter::Type(kind)) => funnel(facts.training, Some(kind)),
        Some(ResourceFilter::Rooms) => Vec::new(),
        _ => funnel(facts.training, None),
    }
}

fn tree(known: &[ReportedResource]) -> Tree {
    let mut groups: Vec<ResourceFilter> = Vec::new();
    let of = known.iter().map(|one| {
        groups.iter().position(|group| *group == one.group).unwrap_or_else(|| {
            groups.push(one.group);
            groups.len() - 1
        })
    });
    let of = of.collect();
    Tree { groups, of }
}

/// The place of the chosen group in the tree.
fn place(tree: &Tree, known: &[ReportedResource], of: ResourceFilter) -> Option<Of> {
    match of {
        ResourceFilter::One(resource) => known.iter().position(|one| one.resource == resource).map(Of::One),
        group => tree.groups.iter().position(|other| *other == group).map(Of::Group),
    }
}

/// Groups in order, with the requested machines of each.
fn lines(tree: &Tree, known: &[ReportedResource], chosen: Of, by: GroupBy) -> Vec<(Of, ResourceFilter)> {
    let unfolded = |group: usize| match chosen {
        _ if by == GroupBy::Machine => true,
        Of::All => false,
        Of::Group(chosen) => chosen == group,
        Of::One(one) => tree.of.get(one) == Some(&group),
    };
    let mut lines = Vec::new();
    for (group, of) in tree.groups.iter().enumerate() {
        lines.push((Of::Group(group), *of));
        let members =
            known.iter().enumerate().filter(|(one, _)| unfolded(group) && tree.has(Of::Group(group), *one));
        lines.extend(members.map(|(at, one)| (Of::One(at), ResourceFilter::One(one.resource))));
    }
    lines
}

/// The opening times of each machine and room. Nearly all are there for the whole time, and many share their hours.
fn opened(facts: &Facts<'_>, wall: &Wall) -> Vec<Open> {
    let openings: Vec<Vec<Span>> = facts.hours.iter().map(|hours| wall.openings(hours)).collect();
    let whole: Vec<Open> = openings.iter().map(|openings| open(openings, facts.within, wall)).collect();
    let each = facts.known.iter().map(|one| match (one.until, whole.get(one.hours)) {
        (Some(until), _) if until < facts.within.ends => {
            let openings = openings.get(one.hours).map_or(&[][..], |openings| openings);
            open(openings, Span { starts: facts.within.starts, ends: until }, wall)
        }
        (_, Some(whole)) => whole.clone(),
        (_, None) => Open::default(),
    });
    each.collect()
}

/// The part of the opening times `openings` inside `within`.
fn open(openings: &[Span], within: Span, wall: &Wall) -> Open {
    let spans: Vec<Span> = openings.iter().filter_map(|span| clipped(*span, within)).collect();
    let mut cells = vec![0; CELLS];
    for (cell, piece) in spans.iter().flat_map(|span| wall.split(*span)) {
        if let Some(sum) = cells.get_mut(cell) {
            *sum += length(piece);
        }
    }
    Open { total: cells.iter().sum(), spans, cells }
}

const fn length(span: Span) -> i64 {
    span.ends.minus(span.starts)
}

fn count(facts: &Facts<'_>, (wall, months): (&Wall, &Months), open: &[Open], measure: Measure) -> Counted {
    let place: BTreeMap<Resource, usize> =
        facts.known.iter().enumerate().map(|(at, one)| (one.resource, at)).collect();
    let mut counted = Counted::default();
    for booked in facts.booked {
        let Some(&one) = place.get(&booked.resource) else { continue };
        if let Some(span) = clipped(booked.span, facts.within).filter(|_| is_kept(booked.state)) {
            let sum = time(
                &mut counted.cells,
                (measure == Measure::Booked).then_some(wall),
                open,
                one,
                span,
                Some(booked.person),
            );
            counted.booked.add((), one, Some(booked.person), &sum);
        }
        if let Some(span) = stay(booked).and_then(|span| clipped(span, facts.within)) {
            let sum = time(
                &mut counted.cells,
                (measure == Measure::Used).then_some(wall),
                open,
                one,
                span,
                Some(booked.person),
            );
            counted.used.add((), one, Some(booked.person), &sum);
            counted.per_member.add(months, one, Some(booked.person), span);
        }
        if facts.within.starts <= booked.span.starts && booked.span.starts < facts.within.ends {
            outcome(&mut counted, facts.zone, booked, one);
        }
    }
    for used in facts.used {
        let (Some(&one), Some(span)) = (place.get(&used.resource), clipped(used.span, facts.within)) else {
            continue;
        };
        let sum =
            time(&mut counted.cells, (measure == Measure::Used).then_some(wall), open, one, span, used.person);
        counted.used.add((), one, used.person, &sum);
        counted.per_member.add(months, one, used.person, span);
    }
    counted.per_member.measure(months, &place, facts.energy, facts.used);
    counted
}

/// Measures `span`; hour by hour too, where there is a wall.
fn time(
    cells: &mut Tally<usize, i64>,
    wall: Option<&Wall>,
    open: &[Open],
    one: usize,
    span: Span,
    person: Option<PersonId>,
) -> Time {
    let mut time = Time { all: length(span), open: 0 };
    let spans = open.get(one).map_or(&[][..], |open| &open.spans);
    for piece in inside(spans, span) {
        time.open += length(piece);
        for (cell, piece) in wall.into_iter().flat_map(|wall| wall.split(piece)) {
            cells.add(cell, one, person, &length(piece));
        }
    }
    time
}

/// Whether a booking occupied its time, whatever its outcome.
const fn is_kept(state: State) -> bool {
    matches!(state, State::Approved | State::CheckedIn | State::Completed | State::NoShow | State::Released)
}

/// The time the holder of a room spent in it, from check-in, because nobody logs in to rooms.
fn stay(booked: &Booked) -> Option<Span> {
    let starts = booked.came.filter(|_| booked.resource.room().is_some())?;
    let left = booked.decided.filter(|_| booked.state == State::Completed);
    let ends = left.map_or(booked.span.ends, |left| left.min(booked.span.ends));
    (starts < ends).then_some(Span { starts, ends })
}

/// Counts the outcome of a started booking, or of a request.
fn outcome(counted: &mut Counted, zone: Zone, booked: &Booked, one: usize) {
    let person = Some(booked.person);
    let day = |at| zone.moment(at).wall().date;
    let date = day(booked.span.starts);
    let is_late = booked.state == State::Cancelled && booked.late;
    if is_late || matches!(booked.state, State::CheckedIn | State::Completed | State::NoShow | State::Released) {
        let no_shows = u32::from(booked.state == State::NoShow);
        let rates = Rates { bookings: 1, no_shows, late: u32::from(is_late) };
        counted.rates.add((), one, person, &rates);
        counted.weeks.add(date.days() - i64::from(date.weekday()), one, person, &rates);
        let lead = booked.span.starts.minus(booked.requested_at).max(0);
        counted.leads.add((), one, person, &vec![lead]);
        counted.lead.add(Lead::of(date.days() - day(booked.requested_at).days()), one, person, &1);
    }
    if booked.state == State::Expired {
        counted.waited.add(Waited::Expired, one, person, &1);
    } else if let Some(waited) = booked.waited {
        counted.waits.add((), one, person, &vec![waited]);
        counted.waited.add(Waited::of(waited), one, person, &1);
    }
}

fn figures(counted: &Counted, tree: &Tree, open: &[Open], all: &[Of]) -> Vec<Figures> {
    let booked = counted.booked.each(tree, all, ());
    let used = counted.used.each(tree, all, ());
    let rates = counted.rates.each(tree, all, ());
    let leads = counted.leads.each(tree, all, ());
    let waits = counted.waits.each(tree, all, ());
    let per_member = counted.per_member.each(tree, all);
    let each = all.iter().zip(booked).zip(used).zip(rates).zip(leads).zip(waits).zip(per_member);
    let each = each.map(|((((((of, booked), used), rates), lead), waited), (members, energy))| {
        let total: i64 =
            open.iter().enumerate().filter(|(one, _)| tree.has(*of, *one)).map(|(_, open)| open.total).sum();
        let taken = |time: Time| Utilisation { minutes: minutes(time.all), share: share(time.open, total) };
        Figures {
            open: minutes(total),
            booked: booked.map(taken),
            used: used.map(taken),
            rates,
            lead: lead.and_then(median),
            waited: waited.and_then(median),
            members,
            energy,
        }
    });
    each.collect()
}

/// How long each machine and room of the chosen group was used or booked.
fn machines(
    known: &[ReportedResource],
    counted: &Counted,
    tree: &Tree,
    chosen: Of,
    measure: Measure,
) -> Vec<(ResourceFilter, Option<u32>)> {
    let (of, all): (Vec<ResourceFilter>, Vec<Of>) = (0..)
        .zip(known)
        .filter(|(at, _)| tree.has(chosen, *at))
        .map(|(at, one)| (ResourceFilter::One(one.resource), Of::One(at)))
        .unzip();
    let tally = if measure == Measure::Used { &counted.used } else { &counted.booked };
    let times = tally.each(tree, &all, ()).into_iter().map(|time| time.map(|time| minutes(time.all)));
    let mut machines: Vec<_> = of.into_iter().zip(times).collect();
    machines.sort_by_key(|(_, minutes)| std::cmp::Reverse(*minutes));
    machines
}

/// In percent, at most 100: overlapping uses cannot always be separated.
fn share(part: i64, whole: i64) -> u8 {
    let share = (part * 100 + whole / 2).checked_div(whole).unwrap_or(0);
    u8::try_from(share.clamp(0, 100)).unwrap_or(100)
}

fn cells(counted: &Counted, tree: &Tree, open: &[Open], of: Of) -> Vec<Vec<Cell>> {
    let mut whole = vec![0_i64; CELLS];
    for (_, open) in open.iter().enumerate().filter(|(one, _)| tree.has(of, *one)) {
        whole.iter_mut().zip(&open.cells).for_each(|(sum, cell)| *sum += cell);
    }
    // Closed time is not part of the total.
    let is_open = |cell: &usize| whole.get(*cell).is_some_and(|open| *open > 0);
    let opened: Vec<usize> = (0..CELLS).filter(is_open).collect();
    let mut cells = vec![Cell::Closed; CELLS];
    for (cell, sum) in opened.iter().zip(counted.cells.sums(tree, of, &opened)) {
        let (Some(visible), Some(whole)) = (cells.get_mut(*cell), whole.get(*cell)) else { continue };
        *visible = sum.map_or(Cell::Few, |sum| Cell::Share(share(sum, *whole)));
    }
    cells.chunks(24).map(<[Cell]>::to_vec).collect()
}

/// The hours of the clock at which anything is open.
fn hours(cells: &[Vec<Cell>]) -> (u8, u8) {
    let is_open = |hour: &usize| cells.iter().any(|day| day.get(*hour).is_some_and(|cell| *cell != Cell::Closed));
    let open = || (0..24_usize).filter(is_open);
    let small = |hour: usize| u8::try_from(hour).unwrap_or(24);
    open().min().zip(open().max()).map_or((8, 22), |(first, last)| (small(first), small(last + 1)))
}

fn weeks(facts: &Facts<'_>, counted: &Counted, tree: &Tree, of: Of) -> Vec<(Date, Option<u16>)> {
    let first = facts.zone.moment(facts.within.starts).wall().date;
    let monday = first.days() - i64::from(first.weekday());
    let begins = |monday: i64| facts.zone.start_of(Date::from_days(monday));
    let mondays: Vec<i64> = (0..MOST_WEEKS)
        .map(|week| monday + week * 7)
        .take_while(|monday| begins(*monday) < facts.within.ends)
        .collect();
    let sums = counted.weeks.sums(tree, of, &mondays);
    let weeks = mondays
        .iter()
        .zip(sums)
        .map(|(monday, sum)| (Date::from_days(*monday), sum.map(|rates| rates.per_mille(rates.no_shows))));
    weeks.collect()
}

/// The share of each step of a scale in percent; none if the total is about too few.
fn shares<K: Ord + Copy>(tally: &Tally<K, i64>, tree: &Tree, of: Of, steps: &[K]) -> Vec<(K, Option<u8>)> {
    let whole = tally.total(tree, of);
    let sums = tally.sums(tree, of, steps);
    let share = |sum: Option<i64>| whole.and_then(|whole| sum.map(|sum| share(sum, whole)));
    steps.iter().copied().zip(sums.into_iter().map(share)).collect()
}
