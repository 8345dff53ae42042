//! Makes a series: the dates that can be had become bookings, in one job.

use super::{
    SeriesError, holder,
    plan::{Otherwise, Plan, Planned, Replaced, SeriesRequest, Taking, Target, count, facts, plan},
};
use crate::{
    bookings::{self, about, answered, changed},
    change::Job,
};
use contract::series::{SeriesAdded, SeriesForm};
use domain::{
    actor::Permission,
    bookings::{Resource, State},
    id::{BookingId, SeriesId},
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
    Done, StoreError,
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
pub(super) fn targets(series: &Series, zone: Zone) -> Result<Vec<Target>, DatesError> {
    let target = |date| Target {
        date,
        span: series.times.on(date, zone).map(|(span, _)| span),
        excepted: series.exceptions.contains(&date),
    };
    Ok(series.dates(zone)?.into_iter().map(target).collect())
}

pub(super) async fn add(job: &mut Job<'_>, form: SeriesForm) -> Result<Done<SeriesAdded>, SeriesError> {
    let series = wanted(&form)?;
    let kind = store::bookings::resource(job.tx.conn(), form.resource).await?.and_then(|found| found.kind);
    let target = about(form.resource, kind);
    let holder = holder(job.tx.conn(), &job.actor, target, (form.group, form.person), job.now).await?;
    if holder.group.is_none() {
        moderates_all(job, form.resource, &form.choices).await?;
    }
    let creation = Creation {
        holder,
        resource: form.resource,
        series,
        choices: form.choices,
        free: form.free.map(|free| free.get().into()),
    };
    let (added, _) = create(job, creation).await?;
    let detail = json!({ "series": added.series, "resource": form.resource.to_string(), "booked": added.booked });
    match (holder.group, holder.person) {
        (Some(group), _) => job.audited(added, "series.made", group, &detail).await,
        (None, Some(person)) => job.audited(added, "series.made", person, &detail).await,
        (None, None) => Err(SeriesError::Unknown),
    }
}

/// [`SeriesError::GroupOnly`] unless the actor moderates all that is to be taken: a series of a person is made by those who manage it.
pub(super) async fn moderates_all(
    job: &mut Job<'_>,
    resource: Resource,
    choices: &[Choice],
) -> Result<(), SeriesError> {
    let chosen = choices.iter().filter_map(|choice| choice.instead).map(|place| place.resource);
    let all: BTreeSet<_> = std::iter::once(resource).chain(chosen).collect();
    for resource in all {
        let kind = store::bookings::resource(job.tx.conn(), resource).await?.and_then(|found| found.kind);
        if !job.actor.may(Permission::Moderate, about(resource, kind)) {
            return Err(SeriesError::GroupOnly);
        }
    }
    Ok(())
}

/// A series to be made.
#[derive(Debug)]
pub(crate) struct Creation {
    pub holder: Holder,
    pub resource: Resource,
    pub series: Series,
    pub choices: Vec<Choice>,
    /// The number of dates that were free when it was confirmed.
    pub free: Option<u32>,
}

/// Makes a series, for a person or group who may have one. Returns the dates that were left out, too. The caller writes the audit
/// entry.
pub(crate) async fn create(job: &mut Job<'_>, new: Creation) -> Result<(SeriesAdded, Vec<Date>), SeriesError> {
    let Creation { holder, resource, series, choices, free } = new;
    let wanted = SeriesRequest {
        holder,
        resource,
        targets: targets(&series, job.zone)?,
        choices,
        otherwise: Otherwise::LeftOut,
        replaced: Replaced::default(),
        is_new: true,
        zone: job.zone,
        now: job.now,
    };
    let plan = plan(facts(job.tx.conn(), &wanted).await?, &wanted);
    check_horizon(&plan, job.zone, job.now)?;
    confirmed(&plan, free)?;
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
    let (mut pending, mut left_out) = (Pending::new(), Vec::new());
    for date in &plan.dates {
        if let Some(taking) = date.taking {
            let (booking, state) = book(job, holder, id, &plan, date, taking).await?;
            if state == State::Pending {
                pending.entry(taking.context).or_insert((booking, taking));
            }
        } else {
            rows::except(job.tx, id, date.target.date).await?;
            if !date.target.excepted {
                left_out.push(date.target.date);
            }
        }
    }
    ask(job, &plan, pending).await?;
    inform(job, holder, (id, resource), SeriesNews::Booked).await?;
    let added = SeriesAdded { series: id, booked: plan.booked(), left_out: count(left_out.iter()) };
    Ok((added, left_out))
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

/// Books one date.
pub(super) async fn book(
    job: &mut Job<'_>,
    holder: Holder,
    series: SeriesId,
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
        store::bookings::rate(job.tx, booking, bookings::USUAL).await?;
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
