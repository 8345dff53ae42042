//! What the building used: figures, charts, and the energy of machines.
//!
//! Not here: how readings come ([`super::hearing`]).

use super::{MetersError, hearing};
use crate::{Ctx, doors, imports::row};
use contract::{
    form::{Fault, Faults},
    meters::{
        Bar, BuildingPage, Figure, MachineEnergy, MeterPage, MeterPageFilter, MeterReadings, ReadingView,
        ReadingsFilter, RunView,
    },
};
use domain::{
    actor::{Actor, Permission, Target},
    building_devices::is_silent,
    id::MeterId,
    meters::{Amount, Measure, Period},
    time::{DAY, Date, MINUTE, Millis, millis},
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{
    StoreError, building_devices,
    meters::{self as rows, MeterRow, Reading, Window},
};

/// Runs without a swipe are shown for so long.
const SHOWN: std::time::Duration = DAY.saturating_mul(7);
/// Runs shown at most.
const RUNS: i64 = 5;
/// The present power is not shown if the last reading is older.
const FRESH: std::time::Duration = MINUTE.saturating_mul(15);

/// The last reading of a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastReading {
    pub meter: MeterId,
    pub measure: Measure,
    /// In base units.
    pub value: i64,
    pub at: Millis,
    /// The present power in watts, of a meter of energy.
    pub watts: Option<i64>,
}

/// The last reading of every meter that had one: as heard, or as stored before the process started.
pub(crate) fn last_readings(ctx: &Ctx, meters: &[MeterRow]) -> Vec<LastReading> {
    let now = ctx.now();
    let last = |row: &MeterRow| {
        let (at, value) = hearing::latest(ctx, row.id).or(row.read.zip(row.value))?;
        let watts = hearing::watts(ctx, row.id).filter(|(at, _)| at.near(now, FRESH)).map(|(_, watts)| watts);
        Some(LastReading { meter: row.id, measure: row.measure, value, at, watts })
    };
    meters.iter().filter_map(last).collect()
}

/// The beginning of a local day.
fn begins(ctx: &Ctx, date: Date) -> Millis {
    ctx.space().zone.instant(date, 0)
}

fn next(date: Date) -> Date {
    Date::from_days(date.days() + 1)
}

/// The period of the caller and the instants between which it lies.
fn span(ctx: &Ctx, period: Period, date: Option<Date>) -> (Date, (Date, Date), (Millis, Millis)) {
    let date = date.unwrap_or_else(|| ctx.today());
    let (from, last) = period.days(date);
    (date, (from, last), (begins(ctx, from), begins(ctx, next(last))))
}

/// The value of a reading: the amount of a counter, the mean of a gauge.
fn value(measure: Measure, reading: &Reading) -> Amount {
    let base = if measure.is_counter() { reading.amount } else { reading.amount.div_euclid(reading.count.max(1)) };
    Amount::of(measure, base)
}

pub(super) async fn readings(
    ctx: &Ctx,
    _: &Actor,
    id: MeterId,
    filter: ReadingsFilter,
) -> Result<MeterReadings, MetersError> {
    let period = filter.period.unwrap_or(Period::Day);
    let (_, (from, last), (begin, end)) = span(ctx, period, filter.date);
    let mut snapshot = ctx.store().snapshot().await?;
    let meters = rows::list(&mut snapshot).await?;
    let row = meters.into_iter().find(|row| row.id == id).ok_or(MetersError::Unknown)?;
    let stored = match period {
        Period::Day => rows::quarters(&mut snapshot, id, begin, end).await?,
        Period::Week | Period::Month | Period::Year => rows::days(&mut snapshot, id, from, last).await?,
    };
    drop(snapshot);
    let parts = match period {
        Period::Day => stored.into_iter().map(|one| (Millis(one.at), one)).collect(),
        Period::Week | Period::Month => {
            stored.into_iter().map(|one| (begins(ctx, Date::from_days(one.at)), one)).collect()
        }
        Period::Year => by_month(ctx, &stored),
    };
    let amount = |base: i64| Amount::of(row.measure, base);
    let readings = parts.into_iter().map(|(at, one)| ReadingView {
        start: ctx.moment(at),
        value: value(row.measure, &one),
        least: one.least.map(amount),
        most: one.most.map(amount),
    });
    Ok(MeterReadings { from, last, readings: readings.collect() })
}

/// The readings of a period as CSV: when each part begins, the value, and the extremes of a gauge.
pub async fn table(
    ctx: &Ctx,
    actor: &Actor,
    id: MeterId,
    period: Option<&str>,
    date: Option<&str>,
) -> Result<String, MetersError> {
    actor.require(Permission::SeeBuilding, Target::NONE)?;
    let mut faults = Vec::new();
    let period = period.filter(|text| !text.is_empty()).map(|text| {
        Period::parse(text).unwrap_or_else(|| {
            faults.push(("period".to_owned(), Fault::Choice));
            Period::Day
        })
    });
    let date = date.filter(|text| !text.is_empty()).and_then(|text| {
        let date = Date::from_iso(text);
        if date.is_none() {
            faults.push(("date".to_owned(), Fault::Day));
        }
        date
    });
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let found = readings(ctx, actor, id, ReadingsFilter { period, date }).await?;
    let number = |amount: Option<Amount>| amount.map(|amount| f64::from(amount).to_string()).unwrap_or_default();
    let mut table = String::new();
    row(&mut table, &["start", "value", "least", "most"]);
    for one in found.readings {
        let start = domain::zone::to_rfc3339(one.start.at).unwrap_or_default();
        let [value, least, most] = [Some(one.value), one.least, one.most].map(number);
        row(&mut table, &[&start, &value, &least, &most]);
    }
    Ok(table)
}

/// Days added up by their month.
fn by_month(ctx: &Ctx, days: &[Reading]) -> Vec<(Millis, Reading)> {
    let mut months: BTreeMap<(i32, u8), Reading> = BTreeMap::new();
    for day in days {
        let date = Date::from_days(day.at);
        let sum = months.entry((date.year, date.month)).or_insert(Reading { amount: 0, count: 0, ..*day });
        sum.amount = sum.amount.saturating_add(day.amount);
        sum.count = sum.count.saturating_add(day.count);
        sum.least = sum.least.into_iter().chain(day.least).min();
        sum.most = sum.most.into_iter().chain(day.most).max();
    }
    months.into_iter().map(|((year, month), sum)| (begins(ctx, Date { year, month, day: 1 }), sum)).collect()
}

/// Whether `row` measured all of a period that begins at `from`. Nothing is usual about one in whose middle it began.
fn is_whole(row: &MeterRow, from: Date) -> bool {
    row.first.is_some_and(|first| first < from.days())
}

/// The amounts of the period and of the whole ones before, up to the same point: by meter, the present one first.
async fn amounts(
    conn: &mut store::SqliteConnection,
    ctx: &Ctx,
    meters: &[MeterRow],
    (period, date): (Period, Date),
    now: Millis,
) -> Result<BTreeMap<MeterId, Vec<Option<Window>>>, StoreError> {
    let (from, last) = period.days(date);
    let is_present = from <= ctx.today() && ctx.today() <= last;
    let spans: Vec<(Date, Date)> = std::iter::once((from, last)).chain(period.before(date)).collect();
    let passed = now.0 - begins(ctx, from).0;
    let mut found: BTreeMap<MeterId, Vec<Option<Window>>> = BTreeMap::new();
    for (at, (from, last)) in spans.iter().enumerate() {
        let windows = if period == Period::Day {
            let begin = begins(ctx, *from);
            let whole = begins(ctx, next(*last));
            let end = if is_present { whole.min(Millis(begin.0 + passed)) } else { whole };
            rows::windows(conn, begin, end).await?
        } else {
            let days = passed.div_euclid(millis(DAY));
            let end = if is_present { (*last).min(Date::from_days(from.days() + days)) } else { *last };
            rows::day_windows(conn, *from, end).await?
        };
        let is_usual = |meter| meters.iter().any(|row| row.id == meter && is_whole(row, *from));
        for window in windows.into_iter().filter(|window| at == 0 || is_usual(window.meter)) {
            let all = found.entry(window.meter).or_default();
            all.resize(at, None);
            all.push(Some(window));
        }
    }
    Ok(found)
}

/// The mean of the periods before.
fn usual(measure: Measure, windows: &[Option<Window>]) -> Option<Amount> {
    let before: Vec<i64> = windows.iter().skip(1).flatten().map(|one| one.amount).collect();
    let count = i64::try_from(before.len()).ok().filter(|count| *count > 0)?;
    measure.is_counter().then(|| Amount::of(measure, before.iter().sum::<i64>().div_euclid(count)))
}

/// The figures: meters of the whole building, and gauges that no machine has.
fn figures(ctx: &Ctx, meters: &[MeterRow], amounts: &BTreeMap<MeterId, Vec<Option<Window>>>) -> Vec<Figure> {
    let shown = meters.iter().filter(|row| row.is_total);
    let mut figures: Vec<Figure> = shown
        .map(|row| {
            let latest = hearing::latest(ctx, row.id).or(row.read.zip(row.value));
            let windows = amounts.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let counted = windows.first().copied().flatten().map(|one| one.amount);
            let value = if row.measure.is_counter() { counted } else { latest.map(|(_, value)| value) };
            Figure {
                meter: row.id,
                name: row.name.clone(),
                measure: row.measure,
                value: value.map(|base| Amount::of(row.measure, base)),
                usual: usual(row.measure, windows),
                read: latest.map(|(at, _)| ctx.moment(at)),
                beyond: row.beyond.is_some(),
            }
        })
        .collect();
    figures.sort_by_key(|figure| figure.measure);
    figures
}

pub(super) async fn building(ctx: &Ctx, actor: &Actor) -> Result<BuildingPage, MetersError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let meters = rows::list(&mut snapshot).await?;
    let devices = building_devices::list(&mut snapshot).await?;
    let amounts = amounts(&mut snapshot, ctx, &meters, (Period::Day, ctx.today()), now).await?;
    let people = doors::number_inside(&mut snapshot).await?;
    drop(snapshot);
    let totals = meters.iter().filter(|row| row.is_total && row.measure == Measure::Power);
    let fresh: Vec<i64> = totals
        .filter_map(|row| hearing::watts(ctx, row.id))
        .filter(|(at, _)| at.near(now, FRESH))
        .map(|(_, watts)| watts)
        .collect();
    let silent = devices.iter().filter_map(|row| {
        let (heard, is_offline) = hearing::last_heard(ctx, row.id, (row.heard, row.is_offline));
        is_silent(heard, is_offline, now).then(|| (row.name.clone(), heard.map(|at| ctx.moment(at))))
    });
    Ok(BuildingPage {
        now: ctx.moment(now),
        figures: figures(ctx, &meters, &amounts),
        watts: (!fresh.is_empty()).then(|| fresh.iter().sum()),
        silent: silent.collect(),
        devices: u32::try_from(devices.len()).unwrap_or(u32::MAX),
        people,
        may_change: actor.may(Permission::ManageBuilding, Target::NONE),
    })
}

pub(super) async fn page(ctx: &Ctx, actor: &Actor, filter: MeterPageFilter) -> Result<MeterPage, MetersError> {
    let now = ctx.now();
    let period = filter.period.unwrap_or(Period::Day);
    let (date, (from, last), (begin, end)) = span(ctx, period, filter.date);
    let mut snapshot = ctx.store().snapshot().await?;
    let meters = rows::list(&mut snapshot).await?;
    let amounts = amounts(&mut snapshot, ctx, &meters, (period, date), now).await?;
    let drawn = filter
        .meter
        .and_then(|id| meters.iter().find(|row| row.id == id))
        .or_else(|| meters.iter().find(|row| row.is_total && row.measure == Measure::Power))
        .or_else(|| meters.first());
    let bars = match drawn {
        Some(row) => bars(&mut snapshot, ctx, row, (period, date)).await?,
        None => Vec::new(),
    };
    let energy = rows::by_machine(&mut snapshot, from, last).await?;
    let swiped = rows::swiped(&mut snapshot, begin, end.min(now)).await?;
    let runs = rows::runs(&mut snapshot, now.before(SHOWN), RUNS).await?;
    drop(snapshot);
    let minutes = |length: i64| u32::try_from(length / millis(MINUTE)).unwrap_or(u32::MAX);
    let machines: Vec<MachineEnergy> = energy
        .into_iter()
        .map(|one| MachineEnergy {
            machine: one.machine,
            name: one.name,
            energy: Amount::of(Measure::Power, one.amount),
            swiped: one.has_board.then(|| minutes(swiped.get(&one.machine).copied().unwrap_or_default())),
        })
        .collect();
    let figures = figures(ctx, &meters, &amounts);
    let total: Vec<Amount> =
        figures.iter().filter(|one| one.measure == Measure::Power).filter_map(|one| one.value).collect();
    let known: i64 = machines.iter().map(|one| one.energy.0).sum();
    let runs = runs.into_iter().map(|run| RunView {
        id: run.id,
        machine: run.machine,
        name: run.name,
        started: ctx.moment(run.started),
        ended: run.ended.map(|at| ctx.moment(at)),
        minutes: minutes(run.last.0 - run.started.0),
        energy: Amount::of(Measure::Power, run.amount),
    });
    Ok(MeterPage {
        now: ctx.moment(now),
        period,
        from,
        last,
        other: (!total.is_empty()).then(|| Amount((total.iter().map(|one| one.0).sum::<i64>() - known).max(0))),
        figures,
        drawn: drawn.map(|row| row.id),
        drawn_name: drawn.map(|row| row.name.clone()).unwrap_or_default(),
        drawn_measure: drawn.map_or(Measure::Power, |row| row.measure),
        bars,
        limit: drawn.and_then(|row| Some(Amount::of(row.measure, row.high?))),
        machines,
        runs: runs.collect(),
        may_change: actor.may(Permission::ManageBuilding, Target::NONE),
    })
}

/// The parts of the period with the usual value of each.
async fn bars(
    conn: &mut store::SqliteConnection,
    ctx: &Ctx,
    row: &MeterRow,
    (period, date): (Period, Date),
) -> Result<Vec<Bar>, StoreError> {
    let spans: Vec<(Date, Date)> = std::iter::once(period.days(date)).chain(period.before(date)).collect();
    let earliest = spans.iter().map(|(from, _)| *from).min().unwrap_or(date);
    let last = spans[0].1;
    // By period, and by hour, day or month within it.
    let mut sums: BTreeMap<(usize, i64), Reading> = BTreeMap::new();
    let mut add = |key, one: &Reading| {
        let sum = sums.entry(key).or_insert(Reading { amount: 0, count: 0, ..*one });
        sum.amount = sum.amount.saturating_add(one.amount);
        sum.count = sum.count.saturating_add(one.count);
    };
    let place = |date: Date| spans.iter().position(|(from, last)| *from <= date && date <= *last);
    if period == Period::Day {
        for one in rows::quarters(conn, row.id, begins(ctx, earliest), begins(ctx, next(last))).await? {
            let wall = ctx.moment(Millis(one.at)).wall();
            if let Some(at) = place(wall.date) {
                add((at, i64::from(wall.hour)), &one);
            }
        }
    } else {
        for one in rows::days(conn, row.id, earliest, last).await? {
            let date = Date::from_days(one.at);
            if let Some(at) = place(date) {
                let key = if period == Period::Year {
                    i64::from(date.month) - 1
                } else {
                    date.days() - spans[at].0.days()
                };
                add((at, key), &one);
            }
        }
    }
    let (from, last) = spans[0];
    let parts: Vec<(i64, Millis)> = match period {
        Period::Day => hours(ctx.space().zone, from),
        Period::Week | Period::Month => (0_i64..)
            .zip(from.days()..=last.days())
            .map(|(key, day)| (key, begins(ctx, Date::from_days(day))))
            .collect(),
        Period::Year => {
            let month = |month| begins(ctx, Date { year: from.year, month, day: 1 });
            (0_i64..).zip((1..=12).map(month)).collect()
        }
    };
    let mean = |key: i64| {
        let whole = (1..spans.len()).filter(|at| is_whole(row, spans[*at].0));
        let before: Vec<i64> =
            whole.filter_map(|at| sums.get(&(at, key)).map(|one| value(row.measure, one).0)).collect();
        let count = i64::try_from(before.len()).ok().filter(|count| *count > 0)?;
        Some(Amount(before.iter().sum::<i64>().div_euclid(count)))
    };
    Ok(parts
        .into_iter()
        .map(|(key, at)| Bar {
            at: ctx.moment(at),
            value: sums.get(&(0, key)).map(|one| value(row.measure, one)),
            usual: mean(key),
        })
        .collect())
}

/// The hours that the clocks show on a day, and when each begins. The one that is skipped in spring is missing; the one that is
/// repeated in autumn is two hours long.
fn hours(zone: Zone, date: Date) -> Vec<(i64, Millis)> {
    let all = (0_u8..24).map(|hour| (hour, zone.instant(date, u16::from(hour) * 60)));
    all.filter(|(hour, at)| zone.moment(*at).wall().hour == *hour)
        .map(|(hour, at)| (i64::from(hour), at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::HOUR;

    #[test]
    fn hours_of_a_clock_change_begin_when_the_clocks_show_them() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let day = |month, day| (Date { year: 2027, month, day }, zone.start_of(Date { year: 2027, month, day }));
        let (spring, midnight) = day(3, 28);
        let found = hours(zone, spring);
        assert_eq!(found.len(), 23, "there is no hour from two to three");
        assert_eq!(
            found[1..4],
            [(1, midnight.after(HOUR)), (3, midnight.after(HOUR * 2)), (4, midnight.after(HOUR * 3))]
        );
        let (autumn, midnight) = day(10, 31);
        let found = hours(zone, autumn);
        assert_eq!(found.len(), 24);
        assert_eq!(found[2..4], [(2, midnight.after(HOUR * 2)), (3, midnight.after(HOUR * 4))]);
        assert_eq!(found[23], (23, midnight.after(HOUR * 24)), "the day has 25 hours");
        let (plain, midnight) = day(6, 1);
        assert!(hours(zone, plain).iter().all(|(hour, at)| at.minus(midnight) == hour * millis(HOUR)));
    }
}
