//! Makes a series: the dates that can be had become bookings, in one job. It is planned before.

use super::{
    SeriesError, holder, may_have,
    plan::{Otherwise, Plan, Planned, Replaced, SeriesRequest, Taking, Target},
    prepared::{PreparedPlan, until_current},
};
use crate::{
    Ctx,
    bookings::{self, answered, changed},
    change::{Begun, Job},
    computing,
};
use contract::series::{SeriesAdded, SeriesForm};
use domain::{
    actor::{self, Actor, Permission},
    bookings::{Resource, State},
    id::{BookingId, PersonId, SeriesId},
    live::ChangeEvent,
    notices::{BookingNews, Notice, SeriesNews},
    series::{Choice, Weekday, minutes},
    time::{Date, Millis},
    zone::Zone,
};
use recurrence::{Rule, Series, SeriesError as DatesError, Times, Weekly};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Done, SqliteConnection, StoreError,
    bookings::{Holder, NewBooking},
    series::{self as rows, NewSeries},
};

/// The rule that a form asks for.
pub(super) fn wanted(form: &SeriesForm) -> Result<Series, SeriesError> {
    let rule = if form.rule.as_str().is_empty() {
        let day = form.weekday.unwrap_or_else(|| Weekday::of(form.first)).number();
        Rule::Weekly(Weekly::new([day].into_iter().collect(), 1)?)
    } else {
        Rule::parse(form.rule.as_str())?
    };
    if form.from == form.to {
        return Err(SeriesError::NoTime);
    }
    let (from, to) = minutes(form.from, form.to);
    let times = Times::new(from, to).ok_or(DatesError::NoDates)?;
    let mut series = Series::new(rule, form.first, form.last, times);
    series.exceptions = form.exceptions.iter().copied().collect();
    Ok(series)
}

/// All dates of the rule.
fn targets(series: &Series, zone: Zone) -> Result<Vec<Target>, DatesError> {
    let target = |date| Target {
        date,
        span: series.times.on(date, zone).map(|(span, _)| span),
        place: None,
        excepted: series.exceptions.contains(&date),
    };
    Ok(series.dates(zone)?.into_iter().map(target).collect())
}

/// Plans a series and books it.
pub(super) async fn add(ctx: &Ctx, actor: &Actor, form: SeriesForm) -> Result<SeriesAdded, SeriesError> {
    let series = wanted(&form)?;
    until_current(|| add_once(ctx, actor, &form, &series)).await
}

async fn add_once(
    ctx: &Ctx,
    actor: &Actor,
    form: &SeriesForm,
    series: &Series,
) -> Result<SeriesAdded, SeriesError> {
    let turn = computing::turn(ctx, actor).await?;
    let mut conn = ctx.store().snapshot().await?;
    let holder = holder_in(&mut conn, actor, form, ctx.now()).await?;
    let wanted = request(holder, form, series, Otherwise::LeftOut, (ctx.space().zone, ctx.now()))?;
    let prepared = PreparedPlan::new((conn, turn), wanted).await?;
    let (form, series) = (form.clone(), series.clone());
    let work = async move |begun: Begun<'_>| {
        let mut job = begun.require(Permission::Book, actor::Target::NONE)?;
        book_all(&mut job, form, series, prepared).await
    };
    ctx.begin(actor, work).await
}

/// Whose series the form asks for.
pub(super) async fn holder_in(
    conn: &mut SqliteConnection,
    actor: &Actor,
    form: &SeriesForm,
    now: Millis,
) -> Result<Holder, SeriesError> {
    holder(conn, actor, form.resource, (form.group, form.person), now).await
}

/// What the plan of a new series is made from.
pub(super) fn request(
    holder: Holder,
    form: &SeriesForm,
    series: &Series,
    otherwise: Otherwise,
    (zone, now): (Zone, Millis),
) -> Result<SeriesRequest, SeriesError> {
    Ok(SeriesRequest {
        holder,
        resource: form.resource,
        targets: targets(series, zone)?,
        choices: form.choices.clone(),
        otherwise,
        replaced: Replaced::default(),
        is_new: true,
        zone,
        now,
    })
}

/// [`SeriesError::GroupOnly`] unless the actor may have all that is to be taken in a series of `person`.
pub(super) async fn may_have_all(
    job: &mut Job<'_>,
    person: PersonId,
    resource: Resource,
    choices: &[Choice],
) -> Result<(), SeriesError> {
    let chosen = choices.iter().filter_map(|choice| choice.instead).map(|place| place.resource);
    let all: BTreeSet<_> = std::iter::once(resource).chain(chosen).collect();
    for resource in all {
        if !may_have(job.tx.conn(), &job.actor, resource, person).await? {
            return Err(SeriesError::GroupOnly);
        }
    }
    Ok(())
}

/// Books all dates of a new series by a plan.
async fn book_all(
    job: &mut Job<'_>,
    form: SeriesForm,
    series: Series,
    prepared: PreparedPlan,
) -> Result<Done<SeriesAdded>, SeriesError> {
    let holder = holder_in(job.tx.conn(), &job.actor, &form, job.now).await?;
    if let Some(person) = holder.individual() {
        may_have_all(job, person, form.resource, &form.choices).await?;
    }
    let resource = form.resource;
    let wanted = request(holder, &form, &series, Otherwise::LeftOut, (job.zone, prepared.at()))?;
    let plan = prepared.confirmed(job.tx.conn(), &wanted).await?;
    check_horizon(&plan, job.zone, job.now)?;
    confirmed(&plan, form.free.map(|free| free.get().into()))?;
    let (first, last) = ends(&wanted.targets).ok_or(SeriesError::NoneFree)?;
    let by = job.by().await?;
    let (from, to) = (series.times.from(), series.times.to());
    let new = NewSeries {
        resource,
        person: holder.individual(),
        group: holder.group,
        rule: series.rule.to_string(),
        first: series.first.min(first),
        last,
        times: (from, to),
        follows: None,
        at: job.now,
        by,
    };
    let id = rows::add(job.tx, &new).await?;
    let stated = form.importance.and_then(|stated| u8::try_from(stated.get()).ok());
    let importance = stated.unwrap_or(bookings::USUAL);
    let (mut pending, mut left_out) = (Pending::new(), 0);
    for date in &plan.dates {
        if let Some(taking) = date.taking {
            let (booking, state) = book(job, holder, (id, importance), &plan, date, taking).await?;
            if state == State::Pending {
                pending.entry(taking.context).or_insert((booking, taking));
            }
        } else {
            rows::except(job.tx, id, date.target.date).await?;
            if !date.target.excepted {
                left_out += 1;
            }
        }
    }
    ask(job, &plan, pending).await?;
    inform(job, holder, (id, resource), SeriesNews::Booked).await?;
    let added = SeriesAdded { series: id, booked: plan.booked(), left_out };
    let detail = json!({ "series": added.series, "resource": resource.to_string(), "booked": added.booked });
    match (holder.group, holder.person) {
        (Some(group), _) => job.audited(added, "series.made", group, &detail).await,
        (None, Some(person)) => job.audited(added, "series.made", person, &detail).await,
        (None, None) => Err(SeriesError::Unknown),
    }
}

/// Fails if a date lies beyond the horizon of series.
pub(super) fn check_horizon(plan: &Plan, zone: Zone, now: Millis) -> Result<(), SeriesError> {
    let Some(days) = plan.beyond() else { return Ok(()) };
    let today = zone.moment(now).wall().date;
    Err(SeriesError::TooFar { last: Date::from_days(today.days() + i64::from(days)), today, days })
}

/// Fails unless the plan is what was confirmed, and something of it can be had.
pub(super) fn confirmed(plan: &Plan, free: Option<u32>) -> Result<(), SeriesError> {
    if plan.overtaken || free.is_some_and(|free| free != plan.free()) {
        return Err(SeriesError::Overtaken);
    }
    if plan.booked() == 0 { Err(SeriesError::NoneFree) } else { Ok(()) }
}

/// The first and the last date.
fn ends(targets: &[Target]) -> Option<(Date, Date)> {
    Some((targets.first()?.date, targets.last()?.date))
}

/// Books one date, as important as the series.
pub(super) async fn book(
    job: &mut Job<'_>,
    holder: Holder,
    (series, importance): (SeriesId, u8),
    plan: &Plan,
    date: &Planned,
    taking: Taking,
) -> Result<(BookingId, State), SeriesError> {
    let (resource, known) = plan.context(taking).ok_or(SeriesError::Overtaken)?;
    let state = answered(job, known);
    let new = NewBooking { resource: *resource, holder, span: taking.span, state, at: job.now };
    let booking = bookings::add(job.tx, &new, &known.settings.booking).await.map_err(overlapping)?;
    rows::attach(job.tx, series, date.target.date, booking).await?;
    if resource.room().is_some() {
        store::bookings::rate(job.tx, booking, importance).await?;
    }
    changed(job.tx, *resource).await?;
    Ok((booking, state))
}

/// Two dates of one series that overlap, or a time taken meanwhile.
pub(super) fn overlapping(why: StoreError) -> SeriesError {
    match why {
        StoreError::Overlap(_) => SeriesError::Overtaken,
        why => why.into(),
    }
}

/// The first date that waits for an answer, by context: each machine or room may have moderators of its own.
pub(super) type Pending = BTreeMap<usize, (BookingId, Taking)>;

/// Asks moderators once for each machine or room, not for each date.
pub(super) async fn ask(job: &mut Job<'_>, plan: &Plan, pending: Pending) -> Result<(), SeriesError> {
    for (booking, taking) in pending.into_values() {
        if let Some((resource, _)) = plan.context(taking) {
            job.notify_staff(bookings::news(BookingNews::Asked, booking, (*resource, taking.span), 0)).await?;
        }
    }
    Ok(())
}

/// Tells the person, or the members of the group.
pub(super) async fn inform(
    job: &mut Job<'_>,
    holder: Holder,
    (series, resource): (SeriesId, Resource),
    news: SeriesNews,
) -> Result<(), StoreError> {
    job.tx.after_commit(ChangeEvent::Bookings);
    let at = job.now;
    for person in store::bookings::users(job.tx.conn(), holder).await? {
        job.notify(person, Notice::Series { news, series, resource, at }).await?;
    }
    Ok(())
}
