//! Availability: when trainers offer times for checkouts, as they set it themselves.
//!
//! Invariant: a rule changes which times can be requested from then on, and no existing appointment. Not here:
//! which of its slots are free for whom, which is [`crate::checkouts`].

use crate::Ctx;
use contract::availability::{Availability, AwayView, Booked, OwnSlot, RuleView};
use domain::{
    actor::{Actor, Forbidden, Permission, Principal, Target},
    availability::{self, AHEAD, AWAYS, Away, BUFFER, Days, HORIZON, Misfit, RULES, Times},
    hours,
    id::{AwayId, PersonId, RuleId, TypeId},
    live::ChangeEvent,
    occupations::Span,
    qualifications::Relation,
    time::{Date, Millis, NotADate},
    zone::Zone,
};
use macros::{FieldError, ServiceError};
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    StoreError,
    availability::{self as rows, AvailabilityRow, NewRule},
    checkouts::{self, Filter},
    equipment, hours as opening_hours, occupations, people,
};

/// Appointments of the weeks that are shown, at most.
const BOOKED: u32 = 500;

/// An invalid field of a rule or an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// Not a day of the week.
    #[field("weekday", availability_choose_days)]
    Days,
    /// A date in the past, too far ahead, or invalid.
    #[field(_0, availability_date)]
    Date(&'static str),
    /// Not a time of the day.
    #[field(_0, availability_time)]
    Time(&'static str),
    /// It ends when or before it begins.
    #[field("to", availability_order)]
    Order,
    /// No slot is that long.
    #[field("length", availability_length)]
    Length,
    /// A pause that is too long, or invalid.
    #[field("buffer", availability_buffer(&BUFFER.to_string()))]
    Buffer,
    /// Not even one slot has room.
    #[field("to", availability_too_short)]
    TooShort,
    /// The last day is before the first.
    #[field(_0, availability_last)]
    Last(&'static str),
    /// A type that they do not check people out on.
    #[field("kinds", availability_kinds)]
    Kinds,
}

/// A rule, as typed.
#[derive(Debug, Clone, Default)]
pub struct RuleForm {
    /// `0` to `6`, Monday first; or empty, with a date.
    pub weekday: String,
    /// `2026-11-30`, where it is for one date.
    pub date: String,
    /// `17:00`.
    pub from: String,
    /// `19:00`; `00:00` is the end of the day.
    pub to: String,
    pub length: String,
    /// Minutes; empty for none.
    pub buffer: String,
    /// The first date of a weekly rule, or empty.
    pub first: String,
    pub last: String,
    /// Ids of types; empty for all.
    pub kinds: Vec<i64>,
}

impl RuleForm {
    /// The rule, or all that is wrong with it.
    pub fn read(&self, today: Date) -> Result<NewRule, Vec<ValidationError>> {
        let days = self.days(today);
        let times = self.times();
        match (days, times) {
            (Ok(days), Ok(times)) => {
                // One that is ticked twice is one.
                let kinds: BTreeSet<_> = self.kinds.iter().copied().map(TypeId).collect();
                Ok(NewRule { days, times, kinds: kinds.into_iter().collect() })
            }
            (days, times) => Err([days.err(), times.err()].into_iter().flatten().flatten().collect()),
        }
    }

    fn days(&self, today: Date) -> Result<Days, Vec<ValidationError>> {
        let weekday = self.weekday.trim();
        if weekday.is_empty() {
            return match date(&self.date, "date", today) {
                Ok(Some(date)) => Ok(Days::On(date)),
                Ok(None) => Err(vec![ValidationError::Date("date")]),
                Err(why) => Err(vec![why]),
            };
        }
        let weekday = weekday.parse().ok().filter(|day| *day < 7).ok_or(ValidationError::Days);
        // The first may be over: the rule holds since then.
        let first = Date::parse(&self.first).map_err(|_| ValidationError::Date("first"));
        match (weekday, first, date(&self.last, "last", today)) {
            (Ok(_), Ok(Some(first)), Ok(Some(last))) if last < first => Err(vec![ValidationError::Last("last")]),
            (Ok(weekday), Ok(first), Ok(last)) => Ok(Days::Weekly { weekday, first, last }),
            (weekday, first, last) => {
                Err([weekday.err(), first.err(), last.err()].into_iter().flatten().collect())
            }
        }
    }

    fn times(&self) -> Result<Times, Vec<ValidationError>> {
        let time = |input: &str, field| hours::minute(input).ok_or(ValidationError::Time(field));
        let length = self.length.trim().parse().map_err(|_| ValidationError::Length);
        let buffer = match self.buffer.trim() {
            "" => Ok(0),
            input => input.parse().map_err(|_| ValidationError::Buffer),
        };
        match (time(&self.from, "from"), time(&self.to, "to"), length, buffer) {
            (Ok(from), Ok(to), Ok(length), Ok(buffer)) => {
                // Midnight at the end of the day.
                let to = if to == 0 { hours::DAY_MINUTES } else { to };
                Times::new(from, to, length, buffer).map_err(|misfit| {
                    vec![match misfit {
                        Misfit::Order => ValidationError::Order,
                        Misfit::Length => ValidationError::Length,
                        Misfit::Buffer => ValidationError::Buffer,
                        Misfit::TooShort => ValidationError::TooShort,
                    }]
                })
            }
            (from, to, length, buffer) => {
                Err([from.err(), to.err(), length.err(), buffer.err()].into_iter().flatten().collect())
            }
        }
    }
}

/// A date from `today` on and not too far ahead; `None` if empty.
fn date(input: &str, field: &'static str, today: Date) -> Result<Option<Date>, ValidationError> {
    let date = Date::parse(input).map_err(|_: NotADate| ValidationError::Date(field))?;
    let is_near = |date: Date| (today.days()..=today.days() + AHEAD).contains(&date.days());
    if date.is_none_or(is_near) { Ok(date) } else { Err(ValidationError::Date(field)) }
}

/// The fields of days away: on one page with those of a rule.
const AWAY: [&str; 2] = ["away_first", "away_last"];

/// Parses days of absence; a single day needs no last day.
pub fn read_away(first: &str, last: &str, today: Date) -> Result<Away, Vec<ValidationError>> {
    match (date(first, AWAY[0], today), date(last, AWAY[1], today)) {
        (Ok(Some(first)), Ok(Some(last))) if last < first => Err(vec![ValidationError::Last(AWAY[1])]),
        (Ok(Some(first)), Ok(last)) => Ok(Away { first, last: last.unwrap_or(first) }),
        (Ok(None), _) => Err(vec![ValidationError::Date(AWAY[0])]),
        (first, last) => Err([first.err(), last.err()].into_iter().flatten().collect()),
    }
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum AvailabilityError {
    /// Unknown person, or one whose times the caller may not change.
    #[problem("person.unknown", NotFound, person_unknown)]
    UnknownPerson,
    #[problem("availability.unknown", NotFound, availability_unknown)]
    Unknown,
    /// They are no trainer.
    #[problem("availability.not-a-trainer", Forbidden, availability_not_a_trainer)]
    NotATrainer,
    /// A newer version was saved.
    #[problem("availability.changed", Conflict, availability_changed)]
    Changed,
    /// They have as many as one may.
    #[problem("availability.too-many", Conflict, availability_too_many(&RULES.to_string()))]
    TooMany,
    /// Fields of the form do not fit.
    #[problem("availability.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The trainer concerned: the caller unless another is named.
fn whose(actor: &Actor, trainer: Option<PersonId>) -> Result<PersonId, AvailabilityError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let trainer = trainer.or(actor.person()).ok_or(Forbidden::SignIn)?;
    match actor.require(Permission::OfferTimes, Target::person(trainer)) {
        Ok(_) => Ok(trainer),
        Err(why @ (Forbidden::SignIn | Forbidden::SecondFactor)) => Err(why.into()),
        Err(Forbidden::NotAllowed) => Err(AvailabilityError::UnknownPerson),
    }
}

/// The types that `known` trains on, in the order of `kinds`.
pub(crate) fn taught(known: &Principal, kinds: &[(TypeId, String)]) -> Vec<(TypeId, String)> {
    let teaches = |kind| known.is(Relation::Trainer, kind, None) || known.is(Relation::Owner, kind, None);
    kinds.iter().filter(|(kind, _)| teaches(*kind)).cloned().collect()
}

/// The types that `trainer` teaches, for any caller.
async fn taught_by(
    conn: &mut store::SqliteConnection,
    trainer: PersonId,
    now: Millis,
) -> Result<Vec<(TypeId, String)>, AvailabilityError> {
    let them = people::one(conn, trainer, now).await?.ok_or(AvailabilityError::UnknownPerson)?;
    let kinds = equipment::types(conn).await?;
    let them = crate::notices::as_actor(them.id, them.status, them.ledger, now);
    Ok(them.known().map(|known| taught(known, &kinds)).unwrap_or_default())
}

/// The times that `trainer` offers, for themselves and managers; `None` is the caller.
pub async fn page(ctx: &Ctx, actor: &Actor, trainer: Option<PersonId>) -> Result<Availability, AvailabilityError> {
    let trainer = whose(actor, trainer)?;
    let (now, today, zone) = (ctx.now(), ctx.today(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = taught_by(&mut snapshot, trainer, now).await?;
    if kinds.is_empty() {
        return Err(AvailabilityError::NotATrainer);
    }
    let row = rows::rules(&mut snapshot, Some(trainer), today.days()).await?;
    let away = rows::aways(&mut snapshot, Some(trainer), today.days()).await?;
    let end = Date::from_days(today.days() + HORIZON + 1);
    let within = Span { starts: now, ends: zone.start_of(end) };
    let taken = occupations::of_people(&mut snapshot, &[trainer], within).await?;
    // Of the whole week, including this morning's appointments.
    let monday = Date::from_days(today.days() - i64::from(today.weekday()));
    let theirs = Filter {
        trainer: Some(trainer),
        open: true,
        after: Some(zone.start_of(monday)),
        before: Some(within.ends),
        ..Filter::default()
    };
    let booked = checkouts::list(&mut snapshot, theirs, BOOKED, now).await?;
    let opening = opening_hours::hours_of(&mut snapshot, None, None, monday.days()).await?;
    let closed = (monday.days()..end.days() + 6).map(Date::from_days).filter(|date| opening.on(*date).is_empty());
    let closed: Vec<Date> = closed.collect();
    let slots = slots(&row, &away, &kinds, today.days()..=today.days() + HORIZON, zone, now);
    let slots = slots.into_iter().map(|slot| OwnSlot {
        starts: zone.moment(slot.starts),
        ends: zone.moment(slot.ends),
        taken: taken.iter().any(|taken| taken.whose == trainer && taken.span.overlaps(slot)),
        closed: !opening
            .is_open_during(slot, zone.moment(slot.starts).wall().date, |date, minute| zone.instant(date, minute)),
    });
    let booked = booked.into_iter().map(|row| Booked {
        id: row.id,
        starts: zone.moment(row.starts),
        ends: zone.moment(row.ends),
        name: row.person_name,
        state: row.state,
    });
    let mut rules: Vec<_> = row.iter().map(|row| to_view(row, &kinds)).collect();
    rules.sort_by_key(|rule| (rule.date, rule.weekday, rule.from));
    rules.sort_by_key(|rule| rule.date.is_some());
    let away = away.into_iter().map(|(id, _, away)| AwayView { id, first: away.first, last: away.last });
    Ok(Availability {
        now: zone.moment(now),
        today,
        trainer,
        rules,
        away: away.collect(),
        slots: slots.collect(),
        booked: booked.collect(),
        closed,
        until: Date::from_days(today.days() + HORIZON),
        kinds,
    })
}

/// The slots of a trainer for any of `kinds`, each once and in order, also those that are taken.
fn slots(
    rules: &[AvailabilityRow],
    away: &[(AwayId, PersonId, Away)],
    kinds: &[(TypeId, String)],
    days: std::ops::RangeInclusive<i64>,
    zone: Zone,
    now: Millis,
) -> Vec<Span> {
    let rules: Vec<_> = rules.iter().map(|row| row.rule.clone()).collect();
    let away: Vec<_> = away.iter().map(|(_, _, away)| *away).collect();
    let of = |kind: TypeId| {
        availability::slots(&rules, &away, kind, days.clone(), now, |date, minute| zone.instant(date, minute))
    };
    let mut slots: Vec<Span> = kinds.iter().flat_map(|(kind, _)| of(*kind)).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The slots of today that `trainer` still offers for any of `kinds`, within opening hours and free.
pub(crate) async fn free_today(
    ctx: &Ctx,
    conn: &mut store::SqliteConnection,
    trainer: PersonId,
    kinds: &[(TypeId, String)],
    now: Millis,
) -> Result<Vec<Span>, StoreError> {
    let (today, zone) = (ctx.today(), ctx.space().zone);
    let rules = rows::rules(conn, Some(trainer), today.days()).await?;
    let away = rows::aways(conn, Some(trainer), today.days()).await?;
    let mut slots = slots(&rules, &away, kinds, today.days()..=today.days(), zone, now);
    if slots.is_empty() {
        return Ok(slots);
    }
    let within = Span { starts: now, ends: zone.start_of(Date::from_days(today.days() + 1)) };
    let taken = occupations::of_people(conn, &[trainer], within).await?;
    let opening = opening_hours::hours_of(conn, None, None, today.days()).await?;
    slots.retain(|slot| {
        opening.is_open_during(*slot, today, |date, minute| zone.instant(date, minute))
            && !taken.iter().any(|taken| taken.whose == trainer && taken.span.overlaps(*slot))
    });
    Ok(slots)
}

fn to_view(row: &AvailabilityRow, kinds: &[(TypeId, String)]) -> RuleView {
    let rule = &row.rule;
    let Times { from, to, length, buffer } = rule.times;
    let (weekday, date, first, last) = match rule.days {
        Days::Weekly { weekday, first, last } => (Some(weekday), None, first, last),
        Days::On(date) => (None, Some(date), None, None),
    };
    RuleView {
        id: rule.id,
        version: row.version,
        weekday,
        date,
        from,
        to,
        length,
        buffer,
        first,
        last,
        kinds: kinds.iter().filter(|(kind, _)| rule.kinds.contains(kind)).cloned().collect(),
        slots: rule.times.starts().count().try_into().unwrap_or(u16::MAX),
    }
}

/// Adds a rule of `trainer`, or of the caller.
pub async fn add_rule(
    ctx: &Ctx,
    actor: &Actor,
    trainer: Option<PersonId>,
    new: Result<NewRule, Vec<ValidationError>>,
) -> Result<RuleId, AvailabilityError> {
    let trainer = whose(actor, trainer)?;
    let (new, today) = (new.map_err(AvailabilityError::Invalid)?, ctx.today());
    ctx.change(actor, Permission::OfferTimes, Target::person(trainer), async move |job| {
        fits(&new, &taught_by(job.tx.conn(), trainer, job.now).await?)?;
        if rows::rules(job.tx.conn(), Some(trainer), today.days()).await?.len() >= RULES {
            return Err(AvailabilityError::TooMany);
        }
        let rule = rows::add(job.tx, trainer, &new).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        job.audited(rule, "availability.added", trainer, &detail(rule, &new)).await
    })
    .await
}

/// Changes a rule that was read in `version`.
pub async fn change_rule(
    ctx: &Ctx,
    actor: &Actor,
    rule: RuleId,
    version: i64,
    to: Result<NewRule, Vec<ValidationError>>,
) -> Result<(), AvailabilityError> {
    let form = async { to.map_err(AvailabilityError::Invalid) };
    ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, to| {
        let row = rows::rule(begun.tx.conn(), rule).await?.ok_or(AvailabilityError::Unknown)?;
        let trainer = row.trainer;
        let mut job = begun
            .require(Permission::OfferTimes, Target::person(trainer))
            .map_err(|_| AvailabilityError::Unknown)?;
        if !domain::versions::is_current(row.version, version) {
            return Err(AvailabilityError::Changed);
        }
        fits(&to, &taught_by(job.tx.conn(), trainer, job.now).await?)?;
        rows::change(job.tx, rule, &to).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        job.audited((), "availability.changed", trainer, &detail(rule, &to)).await
    })
    .await
}

/// Removes a rule. Appointments made by it remain.
pub async fn remove_rule(ctx: &Ctx, actor: &Actor, rule: RuleId) -> Result<(), AvailabilityError> {
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let row = rows::rule(begun.tx.conn(), rule).await?.ok_or(AvailabilityError::Unknown)?;
        let trainer = row.trainer;
        let mut job = begun
            .require(Permission::OfferTimes, Target::person(trainer))
            .map_err(|_| AvailabilityError::Unknown)?;
        rows::remove(job.tx, rule).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        job.audited((), "availability.removed", trainer, &json!({ "rule": rule })).await
    })
    .await
}

/// Adds an absence of `trainer`, or of the caller.
pub async fn add_away(
    ctx: &Ctx,
    actor: &Actor,
    trainer: Option<PersonId>,
    away: Result<Away, Vec<ValidationError>>,
) -> Result<AwayId, AvailabilityError> {
    let trainer = whose(actor, trainer)?;
    let (away, today) = (away.map_err(AvailabilityError::Invalid)?, ctx.today());
    ctx.change(actor, Permission::OfferTimes, Target::person(trainer), async move |job| {
        if rows::aways(job.tx.conn(), Some(trainer), today.days()).await?.len() >= AWAYS {
            return Err(AvailabilityError::TooMany);
        }
        let id = rows::add_away(job.tx, trainer, away).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "away": id, "first": away.first.to_string(), "last": away.last.to_string() });
        job.audited(id, "availability.away", trainer, &detail).await
    })
    .await
}

/// Takes days away back.
pub async fn remove_away(ctx: &Ctx, actor: &Actor, away: AwayId) -> Result<(), AvailabilityError> {
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let trainer = rows::away_of(begun.tx.conn(), away).await?.ok_or(AvailabilityError::Unknown)?;
        let mut job = begun
            .require(Permission::OfferTimes, Target::person(trainer))
            .map_err(|_| AvailabilityError::Unknown)?;
        rows::remove_away(job.tx, away).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        job.audited((), "availability.back", trainer, &json!({ "away": away })).await
    })
    .await
}

/// Whether a rule is for types that its trainer checks people out on.
fn fits(rule: &NewRule, taught: &[(TypeId, String)]) -> Result<(), AvailabilityError> {
    if taught.is_empty() {
        Err(AvailabilityError::NotATrainer)
    } else if rule.kinds.iter().all(|kind| taught.iter().any(|(taught, _)| taught == kind)) {
        Ok(())
    } else {
        Err(AvailabilityError::Invalid(vec![ValidationError::Kinds]))
    }
}

fn detail(id: RuleId, rule: &NewRule) -> serde_json::Value {
    let Times { from, to, length, buffer } = rule.times;
    let times = json!({ "from": from, "to": to, "length": length, "buffer": buffer });
    let days = match rule.days {
        Days::Weekly { weekday, first, last } => json!({
            "weekday": weekday,
            "first": first.map(|date| date.to_string()),
            "last": last.map(|date| date.to_string()),
        }),
        Days::On(date) => json!({ "date": date.to_string() }),
    };
    json!({ "rule": id, "days": days, "times": times, "types": rule.kinds })
}
