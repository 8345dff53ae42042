#![expect(clippy::indexing_slicing, reason = "a test that cannot go on should stop")]

use super::{wall::Wall, *};
use crate::{
    bookings::{Resource, State},
    hours::{Hours, Stretch, Weekly},
    id::{MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    settings::Scope,
    time::{HOUR, MINUTE, Millis, millis},
    zone::Zone,
};
use proptest::prelude::*;

const LASER: Resource = Resource::Machine(MachineId(1));
const OTHER_LASER: Resource = Resource::Machine(MachineId(2));
const LATHE: Resource = Resource::Machine(MachineId(3));
const ROOM: Resource = Resource::Room(RoomId(1));
const LASERS: ResourceFilter = ResourceFilter::Type(TypeId(3));
const LATHES: ResourceFilter = ResourceFilter::Type(TypeId(4));

fn known() -> Vec<ReportedResource> {
    let one = |resource, group| ReportedResource { resource, group, hours: 0, until: None };
    vec![one(LASER, LASERS), one(OTHER_LASER, LASERS), one(LATHE, LATHES), one(ROOM, ResourceFilter::Rooms)]
}

fn rome() -> Zone {
    "Europe/Rome".parse().unwrap()
}

const fn date(year: i32, month: u8, day: u8) -> Date {
    Date { year, month, day }
}

fn every_day(from: u16, to: u16) -> Hours {
    let day = |weekday| Weekly { scope: Scope::Space, weekday, hours: Stretch { from, to } };
    Hours { weekly: (0..7).map(day).collect(), exceptions: Vec::new() }
}

/// From `clock`, in minutes, on a day of the week of 23 March 2026 (0 is Monday), for this many minutes.
fn at(zone: Zone, day: i64, clock: u16, minutes: u32) -> Span {
    let starts = zone.instant(Date::from_days(date(2026, 3, 23).days() + day), clock);
    Span { starts, ends: starts.after(MINUTE * minutes) }
}

fn used(resource: Resource, person: i64, span: Span) -> RecordedUse {
    RecordedUse { resource, person: Some(PersonId(person)), span }
}

fn booked(resource: Resource, person: i64, span: Span, state: State) -> Booked {
    let request = span.starts.before(HOUR * 30);
    let booked = Booked {
        resource,
        person: PersonId(person),
        span,
        state,
        requested_at: request,
        came: None,
        decided: None,
        late: false,
        waited: None,
    };
    match state {
        State::CheckedIn | State::Completed => Booked { came: Some(span.starts), ..booked },
        _ => booked,
    }
}

/// Two weeks from 23 March 2026; the clocks go forward in the night to the first Sunday.
fn of(
    hours: &Hours,
    booked: &[Booked],
    used: &[RecordedUse],
    chosen: Option<ResourceFilter>,
    measure: Measure,
) -> Report {
    let zone = rome();
    let (first, last) = (date(2026, 3, 23), date(2026, 4, 6));
    let facts = Facts {
        zone,
        within: Span { starts: zone.start_of(first), ends: zone.start_of(last) },
        hours: std::slice::from_ref(hours),
        known: &known(),
        booked,
        used,
        training: &[],
        energy: &[],
    };
    report(&facts, chosen, GroupBy::Machine, measure)
}

/// Quarters of an hour from `starts` on, with these amounts in watt-hours.
fn quarters(resource: Resource, starts: Millis, amounts: &[i64]) -> Vec<MeteredQuarter> {
    let at = (0_u32..).zip(amounts);
    at.map(|(n, amount)| MeteredQuarter { resource, at: starts.after(MINUTE * 15 * n), amount: amount * 1_000 })
        .collect()
}

/// The report of March to May 2026 with readings of plugs.
fn metered(used: &[RecordedUse], energy: &[MeteredQuarter], chosen: Option<ResourceFilter>) -> Report {
    let zone = rome();
    let facts = Facts {
        zone,
        within: Span { starts: zone.start_of(date(2026, 3, 23)), ends: zone.start_of(date(2026, 5, 4)) },
        hours: &[every_day(0, 1_440)],
        known: &known(),
        booked: &[],
        used,
        training: &[],
        energy,
    };
    report(&facts, chosen, GroupBy::Machine, Measure::Used)
}

fn row(report: &Report, of: ResourceFilter) -> Figures {
    report.rows.iter().find(|row| row.of == of).unwrap().figures
}

/// The same for five people, so that it is shown: each an equal part of `span`.
fn by_five(resource: Resource, span: Span) -> Vec<RecordedUse> {
    let part = (span.ends.0 - span.starts.0) / 5;
    let parts = (0..5).map(|n| {
        let starts = Millis(span.starts.0 + part * n);
        used(resource, n + 1, Span { starts, ends: Millis(starts.0 + part) })
    });
    parts.collect()
}

#[test]
fn energy_of_uses_is_known_where_a_plug_measures_and_enough_people_used_it() {
    // Five people for half an hour each from nine o'clock on, and an hour in which nobody used it.
    let starts = at(rome(), 0, 540, 0).starts;
    let by_five = |resource| {
        let half_hour =
            |n: u32| Span { starts: starts.after(MINUTE * 30 * n), ends: starts.after(MINUTE * 30 * (n + 1)) };
        (0..5).map(|n| used(resource, i64::from(n) + 1, half_hour(n))).collect::<Vec<_>>()
    };
    let uses = [by_five(LASER), by_five(LATHE)].concat();
    let mut amounts = vec![200; 10];
    amounts.extend([30, 30, 30, 30]);
    let energy = quarters(LASER, starts, &amounts);
    let report = metered(&uses, &energy, None);
    let expected =
        EnergyFigures { used: Amount(2_000), rest: Amount(120), per_use: Amount(400), per_member: Amount(400) };
    let laser = row(&report, ResourceFilter::One(LASER));
    assert_eq!(laser.energy, MeteredFigure::Known(expected));
    assert_eq!(row(&report, LASERS).energy, MeteredFigure::Known(expected), "the other laser has no meter");
    assert_eq!(laser.members, Some(MemberUse { members: 5, minutes: 30 }));
    let lathe = row(&report, ResourceFilter::One(LATHE));
    assert_eq!((lathe.energy, lathe.members), (MeteredFigure::Unknown, laser.members));
    assert_eq!(report.chosen.members, Some(MemberUse { members: 5, minutes: 60 }));
    let few = metered(&uses[1..5], &energy, None);
    assert_eq!(row(&few, ResourceFilter::One(LASER)).energy, MeteredFigure::Few, "four people");
    assert_eq!(row(&few, ResourceFilter::One(LASER)).members, None);
}

#[test]
fn use_of_members_is_split_by_month_in_the_zone_of_the_space() {
    // Five people from 23:00 on 31 March to 1:00 on 1 April; 0.8 kWh each hour.
    let night = at(rome(), 8, 23 * 60, 120);
    let uses: Vec<RecordedUse> = (1..=5).map(|person| used(LASER, person, night)).collect();
    let energy = quarters(LASER, night.starts, &[200; 8]);
    let report = metered(&uses, &energy, Some(ResourceFilter::One(LASER)));
    let month = |month, is_whole, counted: Option<(u32, i64)>| UseMonth {
        month: date(2026, month, 1),
        is_whole,
        members: counted.map(|(minutes, _)| MemberUse { members: 5, minutes }),
        per_member: counted.map_or(MeteredFigure::Unknown, |(_, amount)| MeteredFigure::Known(Amount(amount))),
    };
    // They used it together, so each has a fifth of its energy.
    let expected = [month(3, false, Some((60, 160))), month(4, true, Some((60, 160))), month(5, false, None)];
    assert_eq!(report.months, expected);
    let mut fewer = uses.clone();
    fewer.truncate(4);
    let hidden = metered(&fewer, &energy, Some(ResourceFilter::One(LASER))).months;
    assert_eq!(hidden[0].members, None);
    assert_eq!(hidden[0].per_member, MeteredFigure::Few);
}

#[test]
fn anonymized_uses_count_for_the_machine_but_not_for_members() {
    let hour = at(rome(), 0, 540, 60);
    let mut uses: Vec<RecordedUse> = (1..=5).map(|person| used(LASER, person, hour)).collect();
    uses.push(RecordedUse { person: None, ..used(LASER, 1, hour) });
    let report = metered(&uses, &quarters(LASER, hour.starts, &[300; 4]), None);
    let figures = row(&report, ResourceFilter::One(LASER));
    let energy = figures.energy.known().unwrap();
    assert_eq!((energy.used, energy.per_use, energy.per_member), (Amount(1_200), Amount(200), Amount(200)));
    assert_eq!(figures.members, Some(MemberUse { members: 5, minutes: 60 }));
}

#[test]
fn use_over_midnight_counts_on_both_days() {
    let mut uses = Vec::new();
    for person in 1..=5 {
        // Tuesday 23:30 to Wednesday 0:30.
        uses.push(used(LASER, person, at(rome(), 1, 23 * 60 + 30, 60)));
    }
    let report = of(&every_day(0, 1_440), &[], &uses[..], Some(ResourceFilter::One(LASER)), Measure::Used);
    assert_eq!(
        (report.cells[1][23], report.cells[2][0]),
        (Cell::Share(100), Cell::Share(100)),
        "{:?}",
        report.cells
    );
    assert_eq!(report.cells[1][22], Cell::Few);
    assert_eq!(report.hours, (0, 24));
    assert_eq!(report.chosen.used.unwrap().minutes, 300);
}

// A9
#[test]
fn skipped_hour_counts_zero_and_repeated_hour_twice() {
    let wall = |first: Date, last: Date| {
        Wall::new(rome(), Span { starts: rome().start_of(first), ends: rome().start_of(last) })
    };
    let night = |date: Date| Span { starts: rome().instant(date, 60), ends: rome().instant(date, 4 * 60) };
    let pieces = |first: Date, sunday: Date| {
        let wall = wall(first, Date::from_days(sunday.days() + 1));
        wall.split(night(sunday)).map(|(cell, piece)| (cell, piece.ends.since(piece.starts))).collect::<Vec<_>>()
    };
    let sunday = 6 * 24;
    assert_eq!(pieces(date(2026, 3, 23), date(2026, 3, 29)), [(sunday + 1, HOUR), (sunday + 3, HOUR)]);
    assert_eq!(
        pieces(date(2026, 10, 19), date(2026, 10, 25)),
        [(sunday + 1, HOUR), (sunday + 2, HOUR * 2), (sunday + 3, HOUR)]
    );
}

#[test]
fn time_outside_opening_hours_counts_as_hours_not_share() {
    let mut uses = by_five(LASER, at(rome(), 0, 600, 50));
    // The night is closed.
    uses.extend(by_five(LASER, at(rome(), 0, 1_380, 50)));
    let report = of(&every_day(600, 660), &[], &uses, Some(ResourceFilter::One(LASER)), Measure::Used);
    // Two Mondays, one of them used for 50 minutes; 14 hours in all.
    assert_eq!((report.cells[0][10], report.cells[0][23]), (Cell::Share(42), Cell::Closed));
    assert_eq!(report.chosen.used, Some(Utilisation { minutes: 100, share: 6 }));
    assert_eq!((report.chosen.open, report.hours), (14 * 60, (10, 11)));
}

#[test]
fn bookings_are_counted_by_outcome() {
    use State::{Approved, Cancelled, CheckedIn, Completed, Expired, NoShow, Pending, Rejected, Released};
    let slot = |n: u16| at(rome(), i64::from(n / 10), 600 + n % 10 * 60, 60);
    let states = [
        Completed, NoShow, Released, CheckedIn, Approved, Pending, Rejected, Cancelled, Expired, Completed,
        Completed,
    ];
    let mut all: Vec<Booked> =
        states.iter().zip(0..).map(|(state, n)| booked(LASER, i64::from(n) + 1, slot(n), *state)).collect();
    all.push(Booked { late: true, ..booked(LASER, 12, slot(12), Cancelled) });
    for (n, waited) in [(2, 10), (3, 100), (6, 300), (9, 800), (10, 59)] {
        all[n].waited = Some(waited * millis(MINUTE));
    }
    let report = of(&every_day(0, 1_440), &all, &[], Some(ResourceFilter::One(LASER)), Measure::Booked);
    assert_eq!(report.chosen.rates, Some(Rates { bookings: 7, no_shows: 1, late: 1 }));
    assert_eq!(
        report.chosen.booked.unwrap().minutes,
        7 * 60,
        "what was called off, refused or waits takes no time"
    );
    assert_eq!(report.chosen.lead, Some(30 * 60));
    assert_eq!(report.chosen.waited, Some(100));
    // Seven people, all on the day before.
    assert_eq!(report.lead.iter().filter(|(_, share)| share.is_some()).count(), 1, "{:?}", report.lead);
    assert_eq!(report.weeks, [(date(2026, 3, 23), Some(143)), (date(2026, 3, 30), None)]);
    assert!(report.waited.iter().all(|(_, share)| share.is_none()), "each was one person’s: {:?}", report.waited);
}

#[test]
fn room_is_in_use_while_checked_in() {
    let stays: Vec<Booked> = (0..5)
        .map(|n| {
            let one = booked(ROOM, i64::from(n) + 1, at(rome(), i64::from(n), 600, 60), State::Completed);
            // They came fifteen minutes late and left fifteen minutes early.
            Booked {
                came: Some(one.span.starts.after(MINUTE * 15)),
                decided: Some(one.span.ends.before(MINUTE * 15)),
                ..one
            }
        })
        .collect();
    let report = of(&every_day(0, 1_440), &stays, &[], Some(ResourceFilter::Rooms), Measure::Used);
    assert_eq!((report.chosen.booked.unwrap().minutes, report.chosen.used.unwrap().minutes), (300, 150));
}

#[test]
fn machine_with_four_users_also_hides_its_sibling() {
    let mut uses = by_five(LASER, at(rome(), 0, 600, 50));
    uses.extend((6..=9).map(|person| used(OTHER_LASER, person, at(rome(), 1, 600, 50))));
    uses.extend(by_five(LATHE, at(rome(), 2, 600, 50)));
    let report = of(&every_day(0, 1_440), &[], &uses, None, Measure::Used);
    assert!(
        report.chosen.used.is_some() && row(&report, LASERS).used.is_some() && row(&report, LATHES).used.is_some()
    );
    assert_eq!(row(&report, ResourceFilter::One(OTHER_LASER)).used, None);
    assert_eq!(row(&report, ResourceFilter::One(LASER)).used, None, "the type less this one would be the other");
    assert!(row(&report, ResourceFilter::One(LATHE)).used.is_some());
    // Looked at alone it is no different.
    for (one, visible) in [(LASER, false), (OTHER_LASER, false), (LATHE, true)] {
        let alone = of(&every_day(0, 1_440), &[], &uses, Some(ResourceFilter::One(one)), Measure::Used);
        assert_eq!(alone.chosen.used.is_some(), visible, "{one}");
    }
}

#[test]
fn type_with_four_users_also_hides_another_and_its_machines() {
    let mut uses = by_five(LASER, at(rome(), 0, 600, 50));
    uses.extend((6..=9).map(|person| used(LATHE, person, at(rome(), 1, 600, 50))));
    let report = of(&every_day(0, 1_440), &[], &uses, None, Measure::Used);
    assert_eq!(report.chosen.used.unwrap().minutes, 50 + 4 * 50);
    for hidden in [LASERS, LATHES, ResourceFilter::One(LASER), ResourceFilter::One(LATHE)] {
        assert_eq!(row(&report, hidden).used, None, "{hidden}");
    }
}

#[test]
fn machines_are_sorted_by_hours_with_hidden_last() {
    let mut uses = by_five(LASER, at(rome(), 0, 600, 50));
    uses.extend(by_five(LATHE, at(rome(), 1, 600, 100)));
    let report = of(&every_day(0, 1_440), &[], &uses, None, Measure::Used);
    assert_eq!(
        report.machines[..2],
        [(ResourceFilter::One(LATHE), Some(100)), (ResourceFilter::One(LASER), Some(50))]
    );
    assert!(report.machines.iter().skip(2).all(|(_, minutes)| minutes.is_none()), "{:?}", report.machines);
    let lasers = of(&every_day(0, 1_440), &[], &uses, Some(LASERS), Measure::Used);
    assert_eq!(
        lasers.machines,
        [(ResourceFilter::One(LASER), Some(50)), (ResourceFilter::One(OTHER_LASER), None)]
    );
    let booked = of(&every_day(0, 1_440), &[], &uses, Some(LASERS), Measure::Booked);
    assert!(booked.machines.iter().all(|(_, minutes)| minutes.is_none()), "nothing is booked");
}

#[test]
fn empty_period_reports_empty_without_figures() {
    let report = of(&every_day(600, 1_200), &[], &[], None, Measure::Used);
    assert!(report.is_empty);
    assert_eq!((report.chosen.used, report.chosen.rates), (None, None));
    assert!(report.cells.iter().all(|day| day[10..20].iter().all(|cell| *cell == Cell::Few)));
    assert_eq!(report.weeks.len(), 2);
}

/// A random space with three weeks around a clock change.
#[derive(Debug, Clone)]
struct World {
    zone: Zone,
    within: Span,
    hours: Hours,
    uses: Vec<RecordedUse>,
}

fn world() -> impl Strategy<Value = World> {
    let nights = prop::sample::select(vec![
        ("Europe/Rome", date(2026, 3, 16)),
        ("Europe/Rome", date(2026, 10, 12)),
        ("America/New_York", date(2026, 3, 2)),
        ("Australia/Lord_Howe", date(2026, 3, 30)),
        ("Australia/Lord_Howe", date(2026, 9, 28)),
        ("UTC", date(2026, 3, 16)),
    ]);
    let resources = prop::sample::select(vec![LASER, OTHER_LASER, LATHE]);
    let uses = prop::collection::vec((resources, 1_i64..9, 0_i64..21 * 24 * 12, 1_i64..60), 0..40);
    // They do not touch the jump: there the first of two equal times is meant, which minutes cannot tell.
    let is_always_open = any::<bool>();
    (nights, uses, is_always_open).prop_map(|((zone, first), uses, is_always_open)| {
        let zone: Zone = zone.parse().unwrap();
        let starts = zone.start_of(first);
        let within = Span { starts, ends: zone.start_of(Date::from_days(first.days() + 21)) };
        let uses = uses.into_iter().map(|(resource, person, from, steps)| {
            let starts = Millis(starts.0 + from * 5 * millis(MINUTE));
            used(resource, person, Span { starts, ends: Millis(starts.0 + steps * 5 * millis(MINUTE)) })
        });
        let uses = uses.collect();
        let hours = if is_always_open { Hours::default() } else { every_day(330, 1_290) };
        World { zone, within, hours, uses }
    })
}

impl World {
    fn report(&self, of: Option<ResourceFilter>) -> Report {
        let facts = Facts {
            zone: self.zone,
            within: self.within,
            hours: std::slice::from_ref(&self.hours),
            known: &known(),
            booked: &[],
            used: &self.uses,
            training: &[],
            energy: &[],
        };
        report(&facts, of, GroupBy::Machine, Measure::Used)
    }

    fn minutes(&self) -> impl Iterator<Item = Millis> + use<> {
        let (from, to) = (self.within.starts.0, self.within.ends.0);
        (from..to).step_by(60_000).map(Millis)
    }

    /// Whether it is open, by wall-clock time.
    fn is_open(&self, at: Millis) -> bool {
        let wall = self.zone.moment(at).wall();
        let minute = u16::from(wall.hour) * 60 + u16::from(wall.minute);
        self.hours.on(wall.date).iter().any(|open| open.from <= minute && minute < open.to)
    }

    fn cell(&self, at: Millis) -> usize {
        let wall = self.zone.moment(at).wall();
        usize::from(wall.date.weekday()) * 24 + usize::from(wall.hour)
    }

    /// Different people that used one of `of` at some of the minutes of `cell`, or of any.
    fn people(&self, of: &[Resource], cell: Option<usize>) -> People {
        let theirs =
            self.uses.iter().filter(|used| of.contains(&used.resource) && used.span.starts < self.within.ends);
        let during = theirs.filter(|used| {
            let minutes =
                (used.span.starts.0..used.span.ends.0.min(self.within.ends.0)).step_by(60_000).map(Millis);
            cell.is_none_or(|cell| minutes.into_iter().any(|at| self.cell(at) == cell && self.is_open(at)))
        });
        during.filter_map(|used| used.person).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.div_ceil(10)))]

    // A9
    #[test]
    fn weekly_grid_matches_minute_by_minute_model(mut world in world()) {
        // One machine, never used twice at once.
        let mut until = Millis(i64::MIN);
        world.uses.sort_by_key(|used| used.span);
        world.uses.retain(|used| {
            let is_free = until <= used.span.starts;
            if is_free { until = used.span.ends; }
            is_free
        });
        for used in &mut world.uses { used.resource = LASER; }
        let (mut open, mut taken) = (vec![0_i64; 168], vec![0_i64; 168]);
        for at in world.minutes().filter(|at| world.is_open(*at)) {
            open[world.cell(at)] += 1;
            taken[world.cell(at)] += i64::from(world.uses.iter().any(|used| used.span.starts <= at && at < used.span.ends));
        }
        let report = world.report(Some(ResourceFilter::One(LASER)));
        for cell in 0..168 {
            match report.cells[cell / 24][cell % 24] {
                Cell::Closed => prop_assert_eq!(open[cell], 0),
                Cell::Few => prop_assert!(open[cell] > 0),
                Cell::Share(share) => {
                    prop_assert_eq!(i64::from(share), (taken[cell] * 100 + open[cell] / 2) / open[cell]);
                    prop_assert!(world.people(&[LASER], Some(cell)).len() >= FEWEST);
                }
            }
        }
        let minutes: i64 = open.iter().sum();
        prop_assert_eq!(i64::from(report.chosen.open), minutes);
    }

    #[test]
    fn no_figure_or_difference_identifies_few(world in world()) {
        let all = [LASER, OTHER_LASER, LATHE];
        let everything = world.report(None);
        let is_safe = |people: &People| people.is_empty() || people.len() >= FEWEST;
        let used = |of| row(&everything, of).used.is_some();
        if everything.chosen.used.is_none() {
            prop_assert!(everything.rows.iter().all(|row| row.figures.used.is_none()));
            return Ok(());
        }
        prop_assert!(world.people(&all, None).len() >= FEWEST);
        // For any hidden types, and any hidden machines of a shown type.
        let types = [(LASERS, vec![LASER, OTHER_LASER]), (LATHES, vec![LATHE])];
        let rest: Vec<Resource> = types.iter().filter(|(of, _)| !used(*of)).flat_map(|(_, of)| of.clone()).collect();
        prop_assert!(is_safe(&world.people(&rest, None)));
        for (of, machines) in &types {
            let rest: Vec<Resource> = machines.iter().copied().filter(|one| !used(ResourceFilter::One(*one))).collect();
            prop_assert!(!used(*of) || is_safe(&world.people(&rest, None)), "{}", of);
            prop_assert!(used(*of) || rest.len() == machines.len(), "below what is hidden everything is");
        }
        // The map of a type less the map of one of its machines is the map of the other.
        let maps = [LASERS, ResourceFilter::One(LASER), ResourceFilter::One(OTHER_LASER)].map(|of| world.report(Some(of)).cells);
        for cell in 0..168 {
            let [whole, one, other] = maps.each_ref().map(|map| matches!(map[cell / 24][cell % 24], Cell::Share(_)));
            for (visible, left) in [(one, OTHER_LASER), (other, LASER)] {
                if whole && visible {
                    prop_assert!(is_safe(&world.people(&[left], Some(cell))), "{} at {}", left, cell);
                }
            }
        }
    }
}
