//! Changes a series: one date, a date and all that follow, or all dates to come.
//!
//! Invariant: old times are released and new ones taken in one job, so nobody takes either in between. If earlier dates stay as they
//! were, the later ones become a series of their own, because a calendar describes a series by one rule. What was decided for one
//! date stays when others change: another day, another place, other hours. The date that a change names is not one of those others.

use super::{
    SeriesError,
    create::{Pending, ask, book, confirmed, inform, may_have_all, overlapping},
    decided,
    detail::{Occurrence, StoredDates, load_one},
    end::{cancel, is_to_come, subject},
    holder_of,
    plan::{Otherwise, Plan, Planned, Replaced, SeriesRequest, Taking, Target, count},
    prepared::{PreparedPlan, until_current},
};
use crate::{
    Ctx,
    bookings::{USUAL, answered, changed, occupy},
    change::{Begun, Job},
    computing, error,
};
use contract::series::{SeriesAdded, SeriesChange, SeriesDay};
use domain::{
    actor::{self, Actor, Permission},
    bookings::{Resource, State},
    events::DomainEvent,
    id::{BookingId, SeriesId},
    notices::SeriesNews,
    occupations::{Purpose, Span},
    series::{Scope, minutes},
    time::{Date, Millis},
    versions::Saved,
    zone::Zone,
};
use recurrence::{EditError, Times};
use serde_json::json;
use store::{
    Done, SqliteConnection,
    bookings::{self, Holder, NewBooking},
    groups, occupations,
    series::{self as rows, DateRow, NewSeries, StoredSeries},
};

/// The dates that a change concerns.
pub(super) struct Affected<'a> {
    loaded: &'a StoredDates,
    times: Times,
    resource: Resource,
    targets: Vec<Target>,
    /// The date from which the series is another one; `None` if no earlier date stays as it was.
    begins: Option<Date>,
}

/// Whether a date can still be changed: it is skipped by nobody, and has not begun.
pub(super) fn may_change(loaded: &StoredDates, one: &Occurrence, now: Millis) -> bool {
    if one.skipped {
        return false;
    }
    match loaded.rows.get(&one.date) {
        Some(row) if row.state.takes_time() => is_to_come(row, now),
        _ => one.lost,
    }
}

impl<'a> Affected<'a> {
    pub fn of(loaded: &'a StoredDates, form: &SeriesChange, zone: Zone, now: Millis) -> Result<Self, SeriesError> {
        if form.from == form.to {
            return Err(SeriesError::NoTime);
        }
        let (from, to) = minutes(form.from, form.to);
        let times = Times::new(from, to).ok_or(SeriesError::NoDate)?;
        let resource = resource_of(form, loaded.row.resource());
        let all = loaded.occurrences(zone, now);
        if all.iter().all(|one| one.date != form.date) {
            return Err(SeriesError::NoDate);
        }
        let concerned = all.iter().filter(|one| match form.scope {
            // A skipped date can be had again.
            Scope::This => {
                one.date == form.date
                    && (may_change(loaded, one, now)
                        || (one.skipped && one.rule.is_some_and(|span| span.starts > now)))
            }
            Scope::Following => {
                one.date >= form.date && may_change(loaded, one, now) && !is_apart(loaded, one, form, zone)
            }
            Scope::All => may_change(loaded, one, now) && !is_apart(loaded, one, form, zone),
        });
        let concerned: Vec<_> = concerned.collect();
        let is_elsewhere = resource != loaded.row.resource();
        let is_place_alone = is_elsewhere && times == loaded.series.times;
        let is_kept = keeps_own_hours(loaded, form, &concerned, is_place_alone);
        let target = |one: &&Occurrence| {
            // The named date gets new hours, but for a change of the place alone.
            let keeps_own = is_kept && (is_place_alone || one.date != form.date);
            let span = match own_time(loaded, one).filter(|_| keeps_own) {
                Some(own) if is_elsewhere => Some(own),
                // Nothing of it changes.
                Some(_) => return None,
                None => {
                    let day = form.day.or_else(|| day_of(loaded, one, zone)).unwrap_or(one.date);
                    times.on(day, zone).map(|(span, _)| span)
                }
            };
            Some(Target { date: one.date, span, place: own_place(loaded, one, form), excepted: false })
        };
        let targets: Vec<_> = concerned.iter().filter_map(target).collect();
        let first = targets.first().map(|target| target.date).ok_or(SeriesError::NoDate)?;
        let stays = |one: &&Occurrence| {
            let is_before = form.scope == Scope::Following && one.date < form.date;
            !one.skipped && (is_before || !may_change(loaded, one, now))
        };
        let staying = all.iter().take_while(|one| one.date < first).filter(stays).map(|one| one.date).max();
        let begins = staying.and_then(|last| all.iter().find(|one| one.date > last && !one.skipped));
        let begins = begins.map(|one| one.date);
        let resource = match form.scope {
            Scope::This => {
                let row = loaded.rows.get(&form.date).filter(|row| row.state.takes_time());
                resource_of(form, row.map_or(resource, DateRow::resource))
            }
            Scope::Following | Scope::All => resource,
        };
        Ok(Self { loaded, times, resource, targets, begins })
    }

    /// The dates of the rule, in order.
    pub fn dates(&self) -> Vec<Date> {
        self.targets.iter().map(|target| target.date).collect()
    }

    /// Their bookings that hold their time.
    fn held(&self) -> Vec<&'a DateRow> {
        let rows = self.targets.iter().filter_map(|target| self.loaded.rows.get(&target.date));
        rows.filter(|row| row.state.takes_time()).collect()
    }

    pub async fn wanted(
        &self,
        conn: &mut SqliteConnection,
        form: &SeriesChange,
        holder: Holder,
        otherwise: Otherwise,
        (zone, now): (Zone, Millis),
    ) -> Result<SeriesRequest, SeriesError> {
        let held = self.held();
        let ids: Vec<_> = held.iter().map(|row| row.booking).collect();
        let occupied = occupations::of_bookings(conn, &ids).await?.into_iter().collect();
        let replaced = Replaced { occupied, spans: held.iter().map(|row| row.span()).collect() };
        let (targets, choices) = (self.targets.clone(), form.choices.clone());
        Ok(SeriesRequest {
            holder,
            resource: self.resource,
            targets,
            choices,
            otherwise,
            replaced,
            is_new: false,
            zone,
            now,
        })
    }
}

/// The day to which a date was moved.
fn day_of(loaded: &StoredDates, one: &Occurrence, zone: Zone) -> Option<Date> {
    let row = loaded.rows.get(&one.date).filter(|row| row.state.takes_time())?;
    Some(zone.moment(row.starts).wall().date)
}

/// The place to which a date was moved, if it is not that of the series.
fn moved_to(loaded: &StoredDates, one: &Occurrence) -> Option<Resource> {
    let row = loaded.rows.get(&one.date).filter(|row| row.state.takes_time())?;
    Some(row.resource()).filter(|place| *place != loaded.row.resource())
}

/// The place that a date keeps when its hours change: the one to which it was moved, unless the change names another.
fn own_place(loaded: &StoredDates, one: &Occurrence, form: &SeriesChange) -> Option<Resource> {
    if form.resource.is_some() { None } else { moved_to(loaded, one) }
}

/// Whether a date was moved to another day or place, where a change of the others leaves it. The named date gets new hours on its
/// day and at its place, and another place only if the change names one.
fn is_apart(loaded: &StoredDates, one: &Occurrence, form: &SeriesChange, zone: Zone) -> bool {
    let is_moved = moved_to(loaded, one).is_some() || day_of(loaded, one, zone).is_some_and(|day| day != one.date);
    one.date != form.date && is_moved
}

/// The booked time of a date that is not the time of the rule.
fn own_time(loaded: &StoredDates, one: &Occurrence) -> Option<Span> {
    let row = loaded.rows.get(&one.date).filter(|row| row.state.takes_time())?;
    Some(row.span()).filter(|span| Some(*span) != one.rule)
}

/// Whether a change of several dates leaves the hours of those that were given hours of their own (RFC 5545, 3.8.4.4: an instance
/// that was changed stays as it is). Where none is at the time of the rule, as after a change of the zone, a new time is for them all.
fn keeps_own_hours(
    loaded: &StoredDates,
    form: &SeriesChange,
    concerned: &[&Occurrence],
    is_place_alone: bool,
) -> bool {
    form.scope != Scope::This && (is_place_alone || concerned.iter().any(|one| own_time(loaded, one).is_none()))
}

/// Plans a change and carries it out.
pub(super) async fn change(
    ctx: &Ctx,
    actor: &Actor,
    series: SeriesId,
    seen: i64,
    form: SeriesChange,
) -> Result<SeriesAdded, SeriesError> {
    until_current(|| change_once(ctx, actor, (series, seen), &form)).await
}

async fn change_once(
    ctx: &Ctx,
    actor: &Actor,
    seen: (SeriesId, i64),
    form: &SeriesChange,
) -> Result<SeriesAdded, SeriesError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let turn = computing::turn(ctx, actor).await?;
    let mut conn = ctx.store().snapshot().await?;
    let row = current(&mut conn, actor, seen, (zone, now)).await?;
    let holder = holder_of(&row, actor);
    let loaded = load_one(&mut conn, row).await?;
    let affected = Affected::of(&loaded, form, zone, now)?;
    let wanted = affected.wanted(&mut conn, form, holder, Otherwise::LeftOut, (zone, now)).await?;
    let prepared = PreparedPlan::new((conn, turn), wanted).await?;
    let form = form.clone();
    let work = async move |begun: Begun<'_>| {
        let mut job = begun.require(Permission::Book, actor::Target::NONE)?;
        carry_out(&mut job, seen, form, prepared).await
    };
    ctx.begin(actor, work).await
}

/// The series, if the actor decides about it and saw its current version.
async fn current(
    conn: &mut SqliteConnection,
    actor: &Actor,
    (series, seen): (SeriesId, i64),
    (zone, now): (Zone, Millis),
) -> Result<StoredSeries, SeriesError> {
    let row = decided(conn, actor, series, now).await?;
    if domain::versions::is_current(row.version, seen) {
        return Ok(row);
    }
    Err(SeriesError::Stale(error::signed(conn, zone, subject(&row), saved(&row)).await?))
}

/// Changes a series by a plan.
async fn carry_out(
    job: &mut Job<'_>,
    seen: (SeriesId, i64),
    form: SeriesChange,
    prepared: PreparedPlan,
) -> Result<Done<SeriesAdded>, SeriesError> {
    let (zone, now, series) = (job.zone, job.now, seen.0);
    let row = current(job.tx.conn(), &job.actor, seen, (zone, now)).await?;
    let holder = may_plan(job, &row, &form).await?;
    let loaded = load_one(job.tx.conn(), row).await?;
    let affected = Affected::of(&loaded, &form, zone, now)?;
    let wanted = affected.wanted(job.tx.conn(), &form, holder, Otherwise::LeftOut, (zone, prepared.at())).await?;
    let plan = prepared.confirmed(job.tx.conn(), &wanted).await?;
    confirmed(&plan, form.free.map(|free| free.get().into()))?;
    let target = match form.scope {
        Scope::This => {
            rows::touch(job.tx, series, now).await?;
            series
        }
        Scope::Following | Scope::All => split(job, &affected).await?,
    };
    let held: Vec<_> = affected.held().into_iter().cloned().collect();
    for row in &held {
        occupations::release(job.tx, Purpose::Booking(row.booking)).await?;
    }
    let importance = rows::importance(job.tx.conn(), target).await?.unwrap_or(USUAL);
    let mut pending = Pending::new();
    for date in &plan.dates {
        let waits = apply(job, holder, (target, importance), &plan, date, &held).await?;
        if let Some((booking, taking)) = waits {
            pending.entry(taking.context).or_insert((booking, taking));
        }
    }
    free(job, &plan, &held).await?;
    ask(job, &plan, pending).await?;
    inform(job, holder, (target, affected.resource), SeriesNews::Changed).await?;
    let booked = plan.booked();
    let left_out = count(plan.dates.iter()) - booked;
    let detail = json!({
        "series": series, "scope": form.scope.as_str(), "date": form.date.to_string(), "changed": booked,
    });
    job.audited(SeriesAdded { series: target, booked, left_out }, "series.changed", subject(&loaded.row), &detail)
        .await
}

/// Who takes the new times. What its holder could not book is not to be had by changing a series: that of an archived group, or a
/// series of a person in something that the actor may not have for them.
async fn may_plan(job: &mut Job<'_>, row: &StoredSeries, form: &SeriesChange) -> Result<Holder, SeriesError> {
    let holder = holder_of(row, &job.actor);
    match (row.group, row.person) {
        (Some(group), _) => {
            let found = groups::one(job.tx.conn(), group, None, job.now).await?;
            found.filter(|found| found.archived.is_none()).ok_or(SeriesError::UnknownGroup)?;
        }
        (None, Some(person)) => {
            may_have_all(job, person, resource_of(form, row.resource()), &form.choices).await?;
        }
        // Its person was erased.
        (None, None) => return Err(SeriesError::Unknown),
    }
    Ok(holder)
}

fn saved(row: &StoredSeries) -> Saved {
    let clock = |minute| domain::series::time_of_day(minute).to_string();
    Saved::new(row.version, vec![("from", clock(row.from_minute)), ("to", clock(row.to_minute))])
}

/// Gives the later dates a series of their own, or changes this one if no earlier date stays.
async fn split(job: &mut Job<'_>, affected: &Affected<'_>) -> Result<SeriesId, SeriesError> {
    let loaded = affected.loaded;
    let (before, after) = match affected.begins {
        None => (None, loaded.series.clone()),
        Some(first) => {
            let split = loaded.series.split(first, job.zone).map_err(|why| match why {
                EditError::Series(why) => SeriesError::Dates(why),
                EditError::NoOccurrence => SeriesError::NoDate,
            })?;
            (split.before.map(|before| (first, before)), split.after)
        }
    };
    let by = job.by().await?;
    let new = |series: &recurrence::Series, resource, times: Times, last| NewSeries {
        resource,
        person: loaded.row.person,
        group: loaded.row.group,
        rule: series.rule.to_string(),
        first: series.first,
        last,
        times: (times.from(), times.to()),
        follows: Some(loaded.row.id),
        at: job.now,
        by,
    };
    let later = new(&after, affected.resource, affected.times, loaded.row.last());
    let Some((first, before)) = before else {
        rows::change(job.tx, loaded.row.id, &later).await?;
        return Ok(loaded.row.id);
    };
    let day_before = Date::from_days(first.days() - 1);
    let earlier = new(&before, loaded.row.resource(), before.times, day_before);
    rows::change(job.tx, loaded.row.id, &earlier).await?;
    let series = rows::add(job.tx, &later).await?;
    rows::pass_on(job.tx, loaded.row.id, first, series).await?;
    Ok(series)
}

/// Moves, books or cancels one date. Returns the booking that waits for an answer.
async fn apply(
    job: &mut Job<'_>,
    holder: Holder,
    (series, importance): (SeriesId, u8),
    plan: &Plan,
    date: &Planned,
    held: &[DateRow],
) -> Result<Option<(BookingId, Taking)>, SeriesError> {
    let day = date.target.date;
    let row = held.iter().find(|row| row.date() == day);
    let Some(taking) = date.taking else {
        if let Some(row) = row {
            cancel(job, row).await?;
        }
        rows::except(job.tx, series, day).await?;
        return Ok(None);
    };
    rows::readmit(job.tx, series, day).await?;
    let Some(row) = row else {
        let (booking, state) = book(job, holder, (series, importance), plan, date, taking).await?;
        return Ok((state == State::Pending).then_some((booking, taking)));
    };
    let (resource, known) = plan.context(taking).ok_or(SeriesError::Overtaken)?;
    let is_less = row.resource() == *resource && row.span().covers(taking.span);
    let state = if is_less { row.state } else { answered(job, known) };
    let change = bookings::Change { booking: row.booking, from: row.state, to: state };
    bookings::move_to(job.tx, change, *resource, taking.span, Some(job.now)).await?;
    let new = NewBooking { resource: *resource, holder, span: taking.span, state, at: job.now };
    occupy(job.tx, Purpose::Booking(row.booking), &new, &known.settings.booking).await.map_err(overlapping)?;
    changed(job.tx, *resource).await?;
    Ok((state == State::Pending).then_some((row.booking, taking)))
}

/// Offers the time that was released.
async fn free(job: &mut Job<'_>, plan: &Plan, held: &[DateRow]) -> Result<(), SeriesError> {
    for row in held {
        let taking = plan.dates.iter().find(|date| date.target.date == row.date()).and_then(|date| date.taking);
        let stays = taking.and_then(|taking| {
            let (resource, _) = plan.context(taking)?;
            (*resource == row.resource()).then_some(taking.span)
        });
        let left: Vec<_> = match stays {
            Some(span) => row.span().without(span).collect(),
            // Cancelled dates were freed with their booking.
            None if taking.is_none() => Vec::new(),
            None => vec![row.span()],
        };
        for span in left {
            job.emit(DomainEvent::TimeFreed { resource: row.resource(), span }).await?;
        }
        changed(job.tx, row.resource()).await?;
    }
    Ok(())
}

/// Cancels one date.
pub(super) async fn skip(
    job: &mut Job<'_>,
    series: SeriesId,
    SeriesDay { date }: SeriesDay,
) -> Result<Done<()>, SeriesError> {
    let row = decided(job.tx.conn(), &job.actor, series, job.now).await?;
    let holder = holder_of(&row, &job.actor);
    let loaded = load_one(job.tx.conn(), row).await?;
    let all = loaded.occurrences(job.zone, job.now);
    let one = all.iter().find(|one| one.date == date).ok_or(SeriesError::NoDate)?;
    if !may_change(&loaded, one, job.now) {
        return Err(SeriesError::NoDate);
    }
    if let Some(row) = loaded.rows.get(&date).filter(|row| row.state.takes_time()) {
        cancel(job, row).await?;
    }
    rows::except(job.tx, series, date).await?;
    rows::touch(job.tx, series, job.now).await?;
    inform(job, holder, (series, loaded.row.resource()), SeriesNews::Skipped).await?;
    let detail = json!({ "series": series, "date": date.to_string() });
    job.audited((), "series.skipped", subject(&loaded.row), &detail).await
}

/// The machine or room of a change: another one if it says so.
fn resource_of(form: &SeriesChange, otherwise: Resource) -> Resource {
    form.resource.unwrap_or(otherwise)
}
