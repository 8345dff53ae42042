//! Reports of use, for managers: when machines and rooms are busy, how bookings end, and how requests for training do.
//!
//! **Invariants.** A bounded number of statements, however much was booked. Figures about too few people never
//! leave `domain::reports`, so that pages, files and programs get the same.
//!
//! Not here: which figures may be shown, which the domain decides.

mod csv;

pub use csv::{Part, table};

use crate::{
    Ctx,
    computing::{self, Crowded},
};
use contract::reports::UseReport;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::ResourceFilter,
    hours::Hours,
    occupations::Span,
    reports::{Facts, GroupBy, MOST_WEEKS, Measure, ReportedResource, USUAL_WEEKS, report},
    time::{Date, Millis},
};
use macros::{FieldError, ServiceError};
use store::{
    StoreError, hours,
    reports::{self as rows, Listed},
};
use text::Lang;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weeks {
    /// Number of weeks, up to the current one.
    Last(u8),
    /// Those in which these days lie.
    Of(Date, Date),
}

/// The filter of a report, as typed; empty fields mean the defaults.
#[derive(Debug, Clone, Default)]
pub struct ReportForm {
    /// A day of the first week: `2026-11-23`.
    pub from: String,
    /// A day of the last week.
    pub to: String,
    /// Number of weeks up to today, without days.
    pub weeks: String,
    /// `type:3`, `machine:7`, `room:2`, `rooms`.
    pub of: String,
    /// `type` or `machine`.
    pub by: String,
    /// `used` or `booked`.
    pub measure: String,
}

/// The filter of a report.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    weeks: Weeks,
    of: Option<ResourceFilter>,
    by: GroupBy,
    measure: Measure,
}

/// An invalid field of a form or a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    #[field("from", reports_form_day)]
    From,
    #[field("to", reports_form_day)]
    To,
    /// Before the first, or too long after it.
    #[field("to", reports_form_range)]
    Range,
    #[field("from", reports_form_future)]
    Future,
    #[field("weeks", reports_form_weeks)]
    Weeks,
    /// Neither a type, a machine, a room nor all rooms.
    #[field("of", reports_form_of)]
    Of,
    /// Neither types nor machines.
    #[field("by", reports_form_by)]
    GroupBy,
    /// Neither used nor booked.
    #[field("measure", reports_form_measure)]
    Measure,
    #[field("part", reports_form_part)]
    Part,
}

/// Why there is nothing to report.
#[derive(Debug, ServiceError)]
pub enum ReportsError {
    /// Unknown type, machine or room.
    #[problem("report.unknown", NotFound, reports_unknown)]
    Unknown,
    /// Fields do not fit.
    #[problem("report.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// Too many reports are being made.
    #[problem(transparent)]
    Crowded(#[from] Crowded),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl Ask {
    /// The valid filter, or all errors.
    pub fn read(form: &ReportForm) -> Result<Self, Vec<ValidationError>> {
        let weeks = weeks(form);
        let of = match form.of.trim() {
            "" => Ok(None),
            of => ResourceFilter::parse(of).map(Some).ok_or(ValidationError::Of),
        };
        let by = parse_field(&form.by, GroupBy::Type, GroupBy::parse, ValidationError::GroupBy);
        let measure = parse_field(&form.measure, Measure::Used, Measure::parse, ValidationError::Measure);
        match (weeks, of, by, measure) {
            (Ok(weeks), Ok(of), Ok(by), Ok(measure)) => Ok(Self { weeks, of, by, measure }),
            (weeks, of, by, measure) => {
                let others = [of.err(), by.err(), measure.err()];
                Err(weeks.err().into_iter().flatten().chain(others.into_iter().flatten()).collect())
            }
        }
    }
}

fn parse_field<T>(
    input: &str,
    usual: T,
    read: impl Fn(&str) -> Option<T>,
    wrong: ValidationError,
) -> Result<T, ValidationError> {
    if input.trim().is_empty() { Ok(usual) } else { read(input.trim()).ok_or(wrong) }
}

fn weeks(form: &ReportForm) -> Result<Weeks, Vec<ValidationError>> {
    let day = |form: &str, wrong| Date::parse(form).map_err(|_| wrong);
    let (from, to) = (day(&form.from, ValidationError::From), day(&form.to, ValidationError::To));
    let last = match form.weeks.trim() {
        "" => Ok(USUAL_WEEKS),
        weeks => weeks
            .parse()
            .ok()
            .filter(|weeks| (1..=MOST_WEEKS).contains(&i64::from(*weeks)))
            .ok_or(ValidationError::Weeks),
    };
    match (from, to, last) {
        (Ok(None), Ok(None), Ok(weeks)) => Ok(Weeks::Last(weeks)),
        (Ok(Some(from)), Ok(Some(to)), Ok(_)) if (0..MOST_WEEKS * 7).contains(&(to.days() - from.days())) => {
            Ok(Weeks::Of(from, to))
        }
        (Ok(Some(_)), Ok(Some(_)), Ok(_)) => Err(vec![ValidationError::Range]),
        // One without the other.
        (Ok(Some(_)), Ok(None), Ok(_)) => Err(vec![ValidationError::To]),
        (Ok(None), Ok(Some(_)), Ok(_)) => Err(vec![ValidationError::From]),
        (from, to, last) => Err([from.err(), to.err(), last.err()].into_iter().flatten().collect()),
    }
}

/// The first Monday and the span: until the end of a week, or now.
fn within(ctx: &Ctx, weeks: Weeks) -> Result<(Date, Span), ReportsError> {
    let (zone, now) = (ctx.space().zone, ctx.now());
    let today = zone.moment(now).wall().date;
    let monday = |date: Date| date.days() - i64::from(date.weekday());
    let (first, behind) = match weeks {
        Weeks::Last(weeks) => (monday(today) - (i64::from(weeks) - 1) * 7, monday(today) + 7),
        Weeks::Of(from, to) => (monday(from), monday(to) + 7),
    };
    let at = |day| zone.start_of(Date::from_days(day));
    let span = Span { starts: at(first), ends: at(behind).min(now) };
    if span.starts < span.ends {
        Ok((Date::from_days(first), span))
    } else {
        Err(ReportsError::Invalid(vec![ValidationError::Future]))
    }
}

/// The usage report of machines and rooms.
pub async fn of_use(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    ask: Result<Ask, Vec<ValidationError>>,
) -> Result<UseReport, ReportsError> {
    actor.require(Permission::SeeReports, Target::NONE)?;
    let ask = ask.map_err(ReportsError::Invalid)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let (from, span) = within(ctx, ask.weeks)?;
    let turn = computing::turn(ctx, actor).await?;
    let (listed, hours, booked, used, energy, training) = {
        let mut snapshot = ctx.store().snapshot().await?;
        let listed = rows::resources(&mut snapshot, span.starts).await?;
        let hours = hours::message_of(&mut snapshot, None, from.days()).await?;
        let training = rows::training(&mut snapshot, span).await?;
        let (booked, used) = (rows::booked(&mut snapshot, span).await?, rows::used(&mut snapshot, span).await?);
        (listed, hours, booked, used, rows::energy(&mut snapshot, span).await?, training)
    };
    let fits = |one: &Listed| ask.of.is_none_or(|of| of == one.group || of == ResourceFilter::One(one.resource));
    // *All rooms* is always a choice, even without rooms.
    if ask.of != Some(ResourceFilter::Rooms) && ask.of.is_some() && !listed.iter().any(fits) {
        return Err(ReportsError::Unknown);
    }
    let choices = choices(&listed, ask.of, lang);
    let (reported, listed) = computing::run(turn, move || {
        let (known, hours) = known(&listed, &hours);
        let facts = Facts {
            zone,
            within: span,
            hours: &hours,
            known: &known,
            booked: &booked,
            used: &used,
            training: &training,
            energy: &energy,
        };
        (report(&facts, ask.of, ask.by, ask.measure), listed)
    })
    .await?;
    let names = reported.rows.iter().map(|row| name(&listed, row.of, lang)).collect();
    let machine_names = reported.machines.iter().map(|(of, _)| name(&listed, *of, lang)).collect();
    Ok(UseReport {
        now: zone.moment(now),
        from,
        to: zone.moment(Millis(span.ends.0 - 1)).wall().date,
        weeks: if let Weeks::Last(weeks) = ask.weeks { Some(weeks) } else { None },
        of: ask.of,
        by: ask.by,
        measure: ask.measure,
        choices,
        names,
        machine_names,
        report: reported,
    })
}

/// Each machine and room with its hours, which many have in common.
fn known(listed: &[Listed], message: &hours::HoursOf) -> (Vec<ReportedResource>, Vec<Hours>) {
    let mut hours: Vec<Hours> = Vec::new();
    let known = listed.iter().map(|one| {
        let kind = if let ResourceFilter::Type(kind) = one.group { Some(kind) } else { None };
        let own = message.of(kind, one.resource.machine());
        let at = hours.iter().position(|other| *other == own).unwrap_or_else(|| {
            hours.push(own);
            hours.len() - 1
        });
        ReportedResource { resource: one.resource, group: one.group, hours: at, until: one.archived }
    });
    let known = known.collect();
    (known, hours)
}

/// The name of a filter.
fn name(listed: &[Listed], of: ResourceFilter, lang: Lang) -> String {
    match of {
        ResourceFilter::Rooms => lang.bookings_rooms().to_owned(),
        ResourceFilter::Type(_) | ResourceFilter::Any => {
            listed.iter().find(|one| one.group == of).map(|one| one.group_name.clone()).unwrap_or_default()
        }
        ResourceFilter::One(resource) => {
            listed.iter().find(|one| one.resource == resource).map(|one| one.name.clone()).unwrap_or_default()
        }
    }
}

/// The choices of a report: types, the rooms, and the resources of the chosen group.
fn choices(listed: &[Listed], of: Option<ResourceFilter>, lang: Lang) -> Vec<(ResourceFilter, String)> {
    let group =
        of.map(|of| listed.iter().find(|one| ResourceFilter::One(one.resource) == of).map_or(of, |one| one.group));
    let mut choices: Vec<(ResourceFilter, String)> = Vec::new();
    for one in listed {
        if choices.iter().all(|(other, _)| *other != one.group) {
            choices.push((one.group, name(listed, one.group, lang)));
        }
        if group == Some(one.group) {
            choices.push((ResourceFilter::One(one.resource), one.name.clone()));
        }
    }
    choices
}
