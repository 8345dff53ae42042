//! Previews: what can be had of a series or of a change of one, before anything is booked.

use super::{
    SeriesError,
    change::{self, Affected},
    create::{check_horizon, holder_in, request, wanted},
    dates::to_date,
    decided,
    detail::{self, StoredDates, load_one, to_detail},
    holder_of, may_have,
    plan::{Otherwise, Plan, facts, plan},
};
use crate::{
    Ctx,
    bookings::{BookingsError, about},
    computing,
    error::ServiceError,
    turns::Turn,
};
use contract::{
    form::Faults,
    series::{
        SeriesChange, SeriesChangePlan, SeriesChangeQuery, SeriesFields, SeriesForm, SeriesPlan, SeriesPreview,
        SeriesQuery,
    },
};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::Resource,
    groups::Role,
    hours::TimeOfDay,
    id::{GroupId, RoomId, SeriesId},
    names::Line,
    problem::Problem,
    series::{Scope, Weekday, time_of_day},
    time::Date,
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{Snapshot, SqliteConnection, external_calendars, groups, rooms};
use text::Lang;

/// Days from the first date to the last that the form offers: thirteen weeks, a term.
const TERM: i64 = 13 * 7;
/// The times that the form offers: an evening.
const EVENING: (u16, u16) = (18 * 60, 20 * 60);

/// What can be had of a series.
pub(super) async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    form: SeriesForm,
) -> Result<SeriesPreview, SeriesError> {
    let turn = computing::turn(ctx, actor).await?;
    let snapshot = ctx.store().snapshot().await?;
    of_form(ctx, (snapshot, turn), actor, lang, &form).await
}

/// The snapshot is given back before the dates are planned: few connections read, and this takes long.
async fn of_form(
    ctx: &Ctx,
    (mut conn, turn): (Snapshot, Turn),
    actor: &Actor,
    lang: Lang,
    form: &SeriesForm,
) -> Result<SeriesPreview, SeriesError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let series = wanted(form)?;
    let holder = holder_in(&mut conn, actor, form, now).await?;
    let wanted = request(holder, form, &series, Otherwise::Nearest, (zone, now))?;
    let facts = facts(&mut conn, &wanted).await?;
    drop(conn);
    let plan = computing::run(turn, move || plan(facts, &wanted)).await?;
    check_horizon(&plan, zone, now)?;
    let unmatched: Vec<_> = series.expand(zone)?.unmatched.into_iter().map(|date| date.to_string()).collect();
    Ok(to_preview(ctx, lang, &plan, unmatched))
}

fn to_preview(ctx: &Ctx, lang: Lang, plan: &Plan, unmatched: Vec<String>) -> SeriesPreview {
    let settings = plan.main().map(|known| known.settings.booking);
    let first = plan.dates.iter().find_map(|date| date.target.span).map(|span| ctx.moment(span.starts));
    let later = plan.dates.iter().filter_map(|date| date.target.span).map(|span| ctx.moment(span.starts));
    let clocks = first.and_then(|first| later.into_iter().find(|at| at.offset != first.offset));
    SeriesPreview {
        name: plan.main().map(|known| known.name.clone()).unwrap_or_default(),
        dates: plan.dates.iter().map(|date| to_date(ctx, lang, plan, date)).collect(),
        free: plan.free(),
        booked: plan.booked(),
        unmatched,
        weekly: plan.weekly,
        limit: settings.map(|policy| u32::from(policy.weekly) * 60).filter(|minutes| *minutes > 0),
        clocks,
    }
}

/// The form for a series with its preview. Refusals are in it, because the form stays.
pub(super) async fn plan_page(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    form: Result<SeriesQuery, Faults>,
) -> Result<SeriesPlan, SeriesError> {
    let query = form?;
    let turn = computing::turn(ctx, actor).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    let all = external_calendars::choices(&mut snapshot).await?;
    let found = query.resource.and_then(|resource| all.iter().find(|one| one.resource == resource));
    if query.resource.is_some() && found.is_none() {
        return Err(BookingsError::UnknownResource.into());
    }
    let target = found.map_or(Target::NONE, |one| about(one.resource, one.kind));
    let moderates = actor.may(Permission::Moderate, target);
    let groups = groups_of(ctx, &mut snapshot, actor, moderates).await?;
    let (resource, name) = (query.resource, found.map(|one| one.name.clone()).unwrap_or_default());
    let mut form = filled(query, ctx.today());
    let rates = match resource.and_then(Resource::room) {
        Some(room) => rooms::one(&mut snapshot, room).await?.is_some_and(|room| room.importance),
        None => false,
    };
    let may_be_own = match (resource, actor.person()) {
        (Some(resource), Some(me)) => may_have(&mut snapshot, actor, resource, me).await?,
        _ => moderates,
    };
    if form.group.is_none() && !may_be_own {
        form.group = groups.first().map(|(group, _)| *group);
    }
    let previewed = match resource {
        Some(_) => Some(of_form(ctx, (snapshot, turn), actor, lang, &form).await),
        None => None,
    };
    let (preview, problem) = split(previewed, lang)?;
    Ok(SeriesPlan {
        now: ctx.moment(ctx.now()),
        resource,
        name,
        resources: all.into_iter().map(|one| (one.resource, one.name)).collect(),
        group: form.group.and_then(|group| groups.iter().find(|(id, _)| *id == group).cloned()),
        groups,
        may_be_own,
        rates,
        asked: fields_of(&form),
        problem,
        preview,
    })
}

/// A preview, or why there is none.
fn split(
    previewed: Option<Result<SeriesPreview, SeriesError>>,
    lang: Lang,
) -> Result<(Option<SeriesPreview>, Option<Problem>), SeriesError> {
    match previewed {
        None => Ok((None, None)),
        Some(Ok(preview)) => Ok((Some(preview), None)),
        Some(Err(SeriesError::Store(why))) => Err(why.into()),
        Some(Err(why)) => Ok((None, Some(why.problem(lang)))),
    }
}

/// The form with a usual value where nothing is chosen yet.
fn filled(query: SeriesQuery, today: Date) -> SeriesForm {
    let SeriesQuery { resource, group, weekday, rule, from, to, first, last, mut exceptions, except, choices } =
        query;
    let first = first.unwrap_or_else(|| Date::from_days(today.days() + 7));
    exceptions.extend(except);
    exceptions.sort_unstable();
    exceptions.dedup();
    SeriesForm {
        // Without one there is no preview.
        resource: resource.unwrap_or(Resource::Room(RoomId(0))),
        group,
        person: None,
        weekday: Some(weekday.unwrap_or_else(|| Weekday::of(first))),
        rule,
        from: from.unwrap_or_else(|| time_of_day(EVENING.0)),
        to: to.unwrap_or_else(|| time_of_day(EVENING.1)),
        first,
        last: Some(last.unwrap_or_else(|| Date::from_days(first.days() + TERM))),
        exceptions,
        choices,
        free: None,
        importance: None,
    }
}

fn fields_of(form: &SeriesForm) -> SeriesFields {
    SeriesFields {
        weekday: form.weekday.unwrap_or_else(|| Weekday::of(form.first)),
        rule: Line::as_str(&form.rule).to_owned(),
        from: form.from,
        to: form.to,
        first: form.first,
        last: form.last.unwrap_or(form.first),
        exceptions: form.exceptions.clone(),
    }
}

/// The groups that the actor may make a series for.
async fn groups_of(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    moderates: bool,
) -> Result<Vec<(GroupId, String)>, SeriesError> {
    let all = groups::list(conn, None, actor.person(), ctx.now()).await?;
    let theirs = all.into_iter().filter(|row| row.archived.is_none());
    Ok(theirs.filter(|row| moderates || row.role == Some(Role::Admin)).map(|row| (row.id, row.name)).collect())
}

/// What can be had of a change.
pub(super) async fn preview_change(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    series: SeriesId,
    form: SeriesChange,
) -> Result<SeriesPreview, SeriesError> {
    let turn = computing::turn(ctx, actor).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = decided(&mut snapshot, actor, series, ctx.now()).await?;
    let loaded = load_one(&mut snapshot, row).await?;
    of_change(ctx, (snapshot, turn), actor, lang, (&loaded, &form)).await
}

async fn of_change(
    ctx: &Ctx,
    (mut conn, turn): (Snapshot, Turn),
    actor: &Actor,
    lang: Lang,
    (loaded, form): (&StoredDates, &SeriesChange),
) -> Result<SeriesPreview, SeriesError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let affected = Affected::of(loaded, form, zone, now)?;
    let holder = holder_of(&loaded.row, actor);
    let wanted = affected.wanted(&mut conn, form, holder, Otherwise::Nearest, (zone, now)).await?;
    let facts = facts(&mut conn, &wanted).await?;
    drop(conn);
    let plan = computing::run(turn, move || plan(facts, &wanted)).await?;
    Ok(to_preview(ctx, lang, &plan, Vec::new()))
}

/// The form for a change with its preview.
pub(super) async fn change_page(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    series: SeriesId,
    form: Result<SeriesChangeQuery, Faults>,
) -> Result<SeriesChangePlan, SeriesError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let query = form?;
    let turn = computing::turn(ctx, actor).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = decided(&mut snapshot, actor, series, now).await?;
    let loaded = load_one(&mut snapshot, row).await?;
    let next = loaded.occurrences(zone, now).into_iter().find(|one| change::may_change(&loaded, one, now));
    let date = query.date.or(next.map(|one| one.date)).ok_or(SeriesError::NoDate)?;
    let shown = loaded.rows.get(&date).map(|row| (zone.moment(row.starts), zone.moment(row.ends)));
    let clock = |at: domain::time::Moment| {
        let wall = at.wall();
        TimeOfDay::new(u16::from(wall.hour) * 60 + u16::from(wall.minute)).unwrap_or_default()
    };
    let from = shown.map_or_else(|| time_of_day(loaded.row.from_minute), |(starts, _)| clock(starts));
    let to = shown.map_or_else(|| time_of_day(loaded.row.to_minute), |(_, ends)| clock(ends));
    let form = SeriesChange {
        scope: query.scope.unwrap_or(Scope::This),
        date,
        resource: None,
        day: None,
        from: query.from.unwrap_or(from),
        to: query.to.unwrap_or(to),
        choices: query.choices,
        free: None,
    };
    let reach = reach(&loaded, &form, zone, now);
    let unchanged = (form.from, form.to) == (from, to) && form.choices.is_empty();
    let members = detail::members(&mut snapshot, &loaded.row).await?;
    let previewed =
        if unchanged { None } else { Some(of_change(ctx, (snapshot, turn), actor, lang, (&loaded, &form)).await) };
    let (preview, problem) = split(previewed, lang)?;
    Ok(SeriesChangePlan {
        now: ctx.moment(now),
        detail: to_detail(ctx, &loaded),
        date,
        scope: form.scope,
        from: form.from,
        to: form.to,
        reach: reach.into_iter().collect(),
        members,
        problem,
        preview,
    })
}

/// For each scope, the dates that it would change.
fn reach(
    loaded: &StoredDates,
    form: &SeriesChange,
    zone: Zone,
    now: domain::time::Millis,
) -> BTreeMap<Scope, Vec<Date>> {
    let dates = |scope: Scope| {
        let form = SeriesChange { scope, ..form.clone() };
        Affected::of(loaded, &form, zone, now).map(|affected| affected.dates()).unwrap_or_default()
    };
    Scope::ALL.iter().map(|scope| (*scope, dates(*scope))).collect()
}
