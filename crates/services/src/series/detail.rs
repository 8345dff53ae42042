//! What a series is and what became of its dates, for those who may see it.

use super::{
    SeriesError, Side,
    dates::to_date,
    holder_of, may_have,
    plan::{Otherwise, Replaced, SeriesRequest, Target, facts, plan},
    visible,
};
use crate::{Ctx, bookings::BookingsError};
use contract::series::{SeriesDetail, SeriesList, SeriesOccurrence, SeriesPage, SeriesView};
use domain::{
    actor::{Actor, Permission, Target as About},
    bookings::State,
    id::{GroupId, SeriesId},
    occupations::Span,
    series::time_of_day,
    settings::Key,
    time::{Date, MINUTE, Millis, millis},
    zone::Zone,
};
use recurrence::{Rule, Series, SeriesError as DatesError, Times};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    SqliteConnection, StoreError,
    series::{self as rows, DateRow, Filter, StoredSeries},
    settings,
};
use text::Lang;

/// A stored series with its rows.
pub(super) struct StoredDates {
    pub row: StoredSeries,
    pub series: Series,
    /// By date of the rule.
    pub rows: BTreeMap<Date, DateRow>,
}

/// One date of a stored series.
pub(super) struct Occurrence {
    pub date: Date,
    /// As the rule has it; `None` if the clocks jump over all of its time.
    pub rule: Option<Span>,
    pub skipped: bool,
    pub lost: bool,
}

impl StoredDates {
    /// Its dates, in order.
    pub fn occurrences(&self, zone: Zone, now: Millis) -> Vec<Occurrence> {
        let dates = self.series.dates(zone).unwrap_or_default();
        dates.into_iter().map(|date| self.occurrence(date, zone, now)).collect()
    }

    fn occurrence(&self, date: Date, zone: Zone, now: Millis) -> Occurrence {
        let rule = self.series.times.on(date, zone).map(|(span, _)| span);
        let skipped = self.series.exceptions.contains(&date);
        let holds = self.rows.get(&date).is_some_and(|row| row.state.takes_time());
        let is_to_come = rule.is_some_and(|span| span.starts > now);
        Occurrence { date, rule, skipped, lost: !skipped && !holds && is_to_come }
    }
}

/// The rule of a stored series. It was checked when it was stored.
fn to_recurrence(row: &StoredSeries) -> Result<Series, SeriesError> {
    let rule = Rule::parse(&row.rule)?;
    let times = Times::new(row.from_minute, row.to_minute).ok_or(DatesError::NoDates)?;
    Ok(Series::new(rule, row.first(), Some(row.last()), times))
}

/// The series with their dates, in two statements.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    stored: Vec<StoredSeries>,
) -> Result<Vec<StoredDates>, SeriesError> {
    let ids: Vec<_> = stored.iter().map(|row| row.id).collect();
    let mut exceptions: BTreeMap<SeriesId, BTreeSet<Date>> = BTreeMap::new();
    for (series, date) in rows::exceptions(conn, &ids).await? {
        exceptions.entry(series).or_default().insert(date);
    }
    let mut dates: BTreeMap<SeriesId, BTreeMap<Date, DateRow>> = BTreeMap::new();
    for row in rows::dates(conn, &ids).await? {
        dates.entry(row.series).or_default().insert(row.date(), row);
    }
    let loaded = stored.into_iter().map(|row| {
        let mut series = to_recurrence(&row)?;
        series.exceptions = exceptions.remove(&row.id).unwrap_or_default();
        let rows = dates.remove(&row.id).unwrap_or_default();
        Ok(StoredDates { row, series, rows })
    });
    loaded.collect()
}

/// The same for readers of more than series. A rule that is stored was read before, so only the storage fails.
pub(super) async fn loaded(
    conn: &mut SqliteConnection,
    stored: Vec<StoredSeries>,
) -> Result<Vec<StoredDates>, StoreError> {
    match load(conn, stored).await {
        Err(SeriesError::Store(why)) => Err(why),
        loaded => Ok(loaded.unwrap_or_default()),
    }
}

pub(super) async fn load_one(conn: &mut SqliteConnection, row: StoredSeries) -> Result<StoredDates, SeriesError> {
    load(conn, vec![row]).await?.pop().ok_or(SeriesError::Unknown)
}

fn to_view(ctx: &Ctx, loaded: &StoredDates) -> SeriesView {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let occurrences = loaded.occurrences(zone, now);
    let coming = |row: &&DateRow| row.state.takes_time() && row.starts > now;
    let row = &loaded.row;
    SeriesView {
        id: row.id,
        version: row.version,
        resource: row.resource(),
        name: row.name.clone(),
        group: row.group,
        owner: row.owner.clone(),
        rule: row.rule.clone(),
        from: time_of_day(row.from_minute),
        to: time_of_day(row.to_minute),
        first: occurrences.first().map_or(row.first(), |one| one.date),
        last: occurrences.last().map_or(row.last(), |one| one.date),
        dates: super::plan::count(occurrences.iter().filter(|one| !one.skipped)),
        coming: super::plan::count(loaded.rows.values().filter(coming)),
        lost: super::plan::count(occurrences.iter().filter(|one| one.lost)),
        next: loaded.rows.values().filter(coming).map(|row| row.starts).min().map(|at| ctx.moment(at)),
    }
}

pub(super) fn to_detail(ctx: &Ctx, loaded: &StoredDates) -> SeriesDetail {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let resource = loaded.row.resource();
    let occurrences = loaded.occurrences(zone, now).into_iter().map(|one| {
        let row = loaded.rows.get(&one.date);
        let taken = row.filter(|row| !one.skipped && row.state != State::Cancelled);
        let fallback = one.rule.unwrap_or_else(|| day_of(one.date, zone));
        let span = taken.map_or(fallback, DateRow::span);
        SeriesOccurrence {
            date: one.date,
            skipped: one.skipped,
            lost: one.lost,
            moved: taken.is_some_and(|row| Some(row.span()) != one.rule || row.resource() != resource),
            booking: row.map(|row| row.booking),
            state: row.map(|row| row.state),
            elsewhere: taken.filter(|row| row.resource() != resource).map(|row| row.name.clone()),
            starts: ctx.moment(span.starts),
            ends: ctx.moment(span.ends),
            note: row.filter(|row| !one.skipped && !row.state.takes_time()).and_then(|row| row.note.clone()),
        }
    });
    SeriesDetail { occurrences: occurrences.collect(), series: to_view(ctx, loaded) }
}

/// The whole day, for a date whose time the clocks jump over.
fn day_of(date: Date, zone: Zone) -> Span {
    Span { starts: zone.start_of(date), ends: zone.start_of(Date::from_days(date.days() + 1)) }
}

/// The series of the actor and of their groups; all with dates to come for moderators.
pub(super) async fn list(ctx: &Ctx, actor: &Actor) -> Result<SeriesList, SeriesError> {
    let moderates = actor.may(Permission::Moderate, About::NONE);
    let reader = if moderates { None } else { actor.person() };
    if !moderates && reader.is_none() {
        return Ok(SeriesList { series: Vec::new(), may_end: false, may_add: false });
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let filter = Filter { reader, since: Some(ctx.today()), ..Filter::default() };
    let stored = rows::list(&mut snapshot, filter).await?;
    let loaded = load(&mut snapshot, stored).await?;
    let may_add = moderates || settings::is_set(&mut snapshot, Key::BookingOwnSeries, "yes").await?;
    let series = loaded.iter().map(|one| to_view(ctx, one)).collect();
    Ok(SeriesList { series, may_end: moderates, may_add })
}

/// The series of a group with dates to come.
pub(crate) async fn of_group(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    group: GroupId,
) -> Result<Vec<SeriesView>, StoreError> {
    let filter = Filter { group: Some(group), since: Some(ctx.today()), ..Filter::default() };
    let stored = rows::list(conn, filter).await?;
    Ok(loaded(conn, stored).await?.iter().map(|one| to_view(ctx, one)).collect())
}

pub(super) async fn read(ctx: &Ctx, actor: &Actor, series: SeriesId) -> Result<SeriesDetail, SeriesError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let (row, _) = visible(&mut snapshot, actor, series, ctx.now()).await?;
    Ok(to_detail(ctx, &load_one(&mut snapshot, row).await?))
}

/// A series with what its reader may do, and alternatives to the first date that cannot be held.
pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    series: SeriesId,
) -> Result<SeriesPage, SeriesError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let (row, side) = visible(&mut snapshot, actor, series, now).await?;
    let loaded = load_one(&mut snapshot, row).await?;
    let holder = holder_of(&loaded.row, actor);
    let may_change = side == Side::Decides;
    let row = &loaded.row;
    let may_have = match row.person {
        Some(person) => may_have(&mut snapshot, actor, row.resource(), person).await?,
        None => row.group.is_some(),
    };
    let may_move = may_change && may_have;
    let lost = loaded.occurrences(zone, now).into_iter().find(|one| one.lost).filter(|_| may_move);
    let lost = match lost {
        None => None,
        Some(one) => {
            let target = Target { date: one.date, span: one.rule, place: None, excepted: false };
            let wanted = SeriesRequest {
                holder,
                resource: loaded.row.resource(),
                targets: vec![target],
                choices: Vec::new(),
                otherwise: Otherwise::Nearest,
                replaced: Replaced::default(),
                zone,
                now,
                is_new: false,
            };
            match facts(&mut snapshot, &wanted).await {
                Ok(facts) => {
                    let plan = plan(facts, &wanted);
                    plan.dates.first().map(|date| to_date(ctx, lang, &plan, date))
                }
                Err(BookingsError::Store(why)) => return Err(why.into()),
                // It was archived: nothing can be had instead.
                Err(_) => None,
            }
        }
    };
    let members = members(&mut snapshot, &loaded.row).await?;
    drop(snapshot);
    let detail = to_detail(ctx, &loaded);
    Ok(SeriesPage {
        now: ctx.moment(now),
        may_change,
        may_move,
        weekly: weekly(&loaded, zone),
        by: loaded.row.by.clone().filter(|_| may_change),
        made: ctx.moment(loaded.row.made),
        lost,
        members,
        detail,
    })
}

/// The number of people in the group that it is for.
pub(super) async fn members(conn: &mut SqliteConnection, row: &StoredSeries) -> Result<u32, StoreError> {
    let Some(group) = row.group else { return Ok(0) };
    Ok(super::plan::count(store::groups::roles(conn, group).await?.into_iter()))
}

/// Minutes on the fullest week.
fn weekly(loaded: &StoredDates, zone: Zone) -> u32 {
    let mut weeks: BTreeMap<i64, i64> = BTreeMap::new();
    for row in loaded.rows.values().filter(|row| row.state.takes_time()) {
        let date = zone.moment(row.starts).wall().date;
        let monday = date.days() - i64::from(date.weekday());
        *weeks.entry(monday).or_default() += row.ends.minus(row.starts) / millis(MINUTE);
    }
    weeks.into_values().max().and_then(|minutes| u32::try_from(minutes).ok()).unwrap_or(0)
}
