//! Reports: when machines and rooms are busy, and the outcomes of bookings and requests for training.

use super::{
    Caller, Query, Refusal,
    answer::{One, Table},
    document::CSV,
    operation::{Operation, Tag},
    words,
};
use contract::reports::UseReport as ReportView;
use domain::{
    actor::Permission,
    meters::Amount,
    reports::{Cell, FEWEST, Figures, Lead, Measure, MeteredFigure, TrainingStep, UseMonth, Utilisation, Waited},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    reports::{self, Ask, Part, ReportForm, ReportsError, ValidationError},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/reports/use", "reportUse", of_use)
            .may(&[(Permission::SeeReports, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Get a usage report",
                "Returns the use of machines and rooms in whole weeks, Monday to Sunday in the space's time zone, up to now \
                 at most: hours booked and used and their share of opening hours, by type or machine and by hour of the \
                 week; no-shows, late cancellations, lead times of bookings, and waiting times of requests; and how far requests for \
                 training came; and, by month and for the whole period, hours and energy for each member, where the plugs of machines \
                 have meters. A figure about fewer than 5 different people is null, and so is any figure from which it could be \
                 derived.",
            )
            .needs(Scope::BookingsRead)
            .errors::<ReportsError>(&["report.unknown", "report.invalid"]),
        Operation::get("/api/v1/reports/use.csv", "exportUse", csv)
            .may(&[(Permission::SeeReports, PathTarget::Space)])
            .about(
                Tag::Bookings,
                "Export a usage report",
                "Returns the usage report as CSV: one table, or all figures of all of them as one, with a line for each. Hidden \
                 figures are marked as such.",
            )
            .needs(Scope::BookingsRead)
            .gives(CSV)
            .errors::<ReportsError>(&["report.unknown", "report.invalid"]),
    ]
}

/// The period and subject of a report. Without a period, the last 12 weeks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReportParams {
    /// A day of the first week.
    #[schema(format = Date, example = "2026-06-01")]
    from: Option<String>,
    /// A day of the last week, at most 53 weeks later.
    #[schema(format = Date, example = "2026-08-30")]
    to: Option<String>,
    /// The number of weeks up to today, instead of `from` and `to`.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 53, example = 12)]
    weeks: Option<String>,
    #[schema(schema_with = words::report_lines)]
    by: Option<String>,
    /// Only this type, machine or room, or all `rooms`; defaults to everything.
    #[schema(pattern = "^(rooms|(type|machine|room):[1-9][0-9]{0,17})$", example = "type:3")]
    of: Option<String>,
    #[schema(schema_with = words::measure)]
    measure: Option<String>,
}

impl ReportParams {
    fn read(self) -> Result<Ask, Vec<ValidationError>> {
        let Self { from, to, weeks, by, of, measure } = self;
        let [from, to, weeks, by, of, measure] = [from, to, weeks, by, of, measure].map(Option::unwrap_or_default);
        Ask::read(&ReportForm { from, to, weeks, of, by, measure })
    }
}

/// A usage report.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseReport {
    /// The first day, a Monday.
    #[schema(format = Date, example = "2026-06-01")]
    from: String,
    /// The last day: a Sunday, or today.
    #[schema(format = Date, example = "2026-08-30")]
    to: String,
    /// The minimum number of different people for a figure; figures about fewer are null.
    #[schema(example = 5)]
    fewest_people: usize,
    /// The figures of the requested subject, or of everything.
    whole: UseFigures,
    /// Types and rooms; if requested, each type is followed by its machines.
    groups: Vec<UseGroup>,
    #[schema(schema_with = words::measure)]
    measure: Measure,
    /// Every hour of the week at which anything is open.
    hours: Vec<UseHour>,
    /// The figures by week.
    weeks: Vec<UseWeek>,
    /// Lead times of bookings.
    lead: Vec<LeadShare>,
    /// Waiting times of requests.
    waited: Vec<WaitedShare>,
    /// Requests for training made in the period, by how far they came until now: for the type of the requested subject, empty
    /// for rooms.
    training: Vec<TrainingFunnelStep>,
    /// Use by members of the requested subject, by month; the first and the last may be incomplete.
    months: Vec<MemberMonth>,
}

/// A type, all rooms, a machine or a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseGroup {
    #[schema(example = "type:3")]
    of: String,
    /// The group's name.
    #[schema(example = "Laser cutter")]
    name: String,
    figures: UseFigures,
}

/// The figures; null if too few people are involved.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseFigures {
    /// Opening hours of all machines and rooms together, in minutes.
    #[schema(example = 20_160)]
    open_minutes: u32,
    booked_minutes: Option<u32>,
    /// Percentage of opening hours that was booked.
    booked_share: Option<u8>,
    used_minutes: Option<u32>,
    /// Percentage of opening hours that was used.
    used_share: Option<u8>,
    /// The number of bookings that have begun or were cancelled late.
    bookings: Option<u32>,
    no_shows: Option<u32>,
    late_cancels: Option<u32>,
    /// Median time from booking to start, in minutes.
    lead_median_minutes: Option<u32>,
    /// Median time from request to answer, in minutes.
    waited_median_minutes: Option<u32>,
    /// The number of different people who used it; anonymized uses do not count.
    members: Option<u32>,
    /// Mean time of use for each of them, in minutes.
    minutes_per_member: Option<u32>,
    /// Whether the plug of a machine has a meter; without, the figures of energy are null because they are unknown.
    metered: bool,
    /// Energy of uses, in kilowatt-hours.
    #[schema(value_type = Option<f64>, example = 41.2)]
    energy_used: Option<Amount>,
    /// Energy while nobody used the machines, in kilowatt-hours.
    #[schema(value_type = Option<f64>, example = 3.8)]
    energy_without_use: Option<Amount>,
    /// Mean energy of a use, in kilowatt-hours.
    #[schema(value_type = Option<f64>, example = 0.64)]
    energy_per_use: Option<Amount>,
    /// Mean energy for each person who used the machines, in kilowatt-hours.
    #[schema(value_type = Option<f64>, example = 2.7)]
    energy_per_member: Option<Amount>,
}

/// What members used in a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberMonth {
    /// The first day of the month.
    #[schema(format = Date, example = "2026-06-01")]
    month: String,
    /// Whether the report covers the whole month.
    complete: bool,
    /// The number of different people.
    members: Option<u32>,
    /// Mean time of use for each of them, in minutes.
    minutes_per_member: Option<u32>,
    /// Whether the plug of a machine had a reading in this month.
    metered: bool,
    /// Mean energy for each person who used machines with a meter, in kilowatt-hours.
    #[schema(value_type = Option<f64>, example = 2.7)]
    energy_per_member: Option<Amount>,
}

/// An hour of a day of the week.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseHour {
    /// The day of the week, from 0 for Monday to 6 for Sunday.
    #[schema(example = 0)]
    weekday: u8,
    /// The hour, from 0 to 23.
    #[schema(example = 18)]
    hour: u8,
    /// Whether it is never open at this hour.
    closed: bool,
    /// Percentage.
    share: Option<u8>,
}

/// A week.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseWeek {
    /// The Monday of the week.
    #[schema(format = Date, example = "2026-06-01")]
    from: String,
    /// No-shows per 1,000 bookings.
    no_shows_per_mille: Option<u16>,
}

/// The share of bookings with a lead time.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadShare {
    #[schema(schema_with = words::lead)]
    before: Lead,
    /// Percentage of bookings.
    share: Option<u8>,
}

/// The share of requests with a waiting time.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitedShare {
    #[schema(schema_with = words::waited)]
    after: Waited,
    /// Percentage of requests.
    share: Option<u8>,
}

/// A step of the training funnel.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingFunnelStep {
    #[schema(schema_with = words::training_step)]
    step: TrainingStep,
    /// The number of requests that came this far.
    #[schema(example = 24)]
    requests: Option<u32>,
    /// Median time since the step before, in minutes.
    since_previous_median_minutes: Option<u32>,
}

async fn of_use(caller: Caller, Query(requested): Query<ReportParams>) -> Result<One<UseReport>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    Ok(One(to_view(reports::of_use(&ctx, &actor, lang, requested.read()).await?)))
}

fn to_view(view: ReportView) -> UseReport {
    let report = view.report;
    let days =
        (0_u8..).zip(&report.cells).flat_map(|(day, cells)| (0_u8..).zip(cells).map(move |cell| (day, cell)));
    let (first, behind) = report.hours;
    let hours = days.filter(|(_, (hour, _))| (first..behind).contains(hour));
    UseReport {
        from: view.from.to_string(),
        to: view.to.to_string(),
        fewest_people: FEWEST,
        whole: figures(report.chosen),
        groups: report
            .rows
            .iter()
            .zip(view.names)
            .map(|(row, name)| UseGroup { of: row.of.to_string(), name, figures: figures(row.figures) })
            .collect(),
        measure: view.measure,
        hours: hours
            .map(|(weekday, (hour, cell))| UseHour {
                weekday,
                hour,
                closed: *cell == Cell::Closed,
                share: if let Cell::Share(share) = cell { Some(*share) } else { None },
            })
            .collect(),
        weeks: report
            .weeks
            .iter()
            .map(|(monday, rate)| UseWeek { from: monday.to_string(), no_shows_per_mille: *rate })
            .collect(),
        lead: report.lead.iter().map(|&(before, share)| LeadShare { before, share }).collect(),
        waited: report.waited.iter().map(|&(after, share)| WaitedShare { after, share }).collect(),
        training: report
            .training
            .iter()
            .map(|one| TrainingFunnelStep {
                step: one.step,
                requests: one.requests,
                since_previous_median_minutes: one.since_previous,
            })
            .collect(),
        months: report.months.iter().map(month).collect(),
    }
}

fn month(one: &UseMonth) -> MemberMonth {
    MemberMonth {
        month: one.month.to_string(),
        complete: one.is_whole,
        members: one.members.map(|use_of| use_of.members),
        minutes_per_member: one.members.map(|use_of| use_of.minutes),
        metered: one.per_member != MeteredFigure::Unknown,
        energy_per_member: one.per_member.known(),
    }
}

fn figures(figures: Figures) -> UseFigures {
    let minutes = |taken: Option<Utilisation>| taken.map(|taken| taken.minutes);
    let share = |taken: Option<Utilisation>| taken.map(|taken| taken.share);
    let energy = figures.energy.known();
    UseFigures {
        open_minutes: figures.open,
        booked_minutes: minutes(figures.booked),
        booked_share: share(figures.booked),
        used_minutes: minutes(figures.used),
        used_share: share(figures.used),
        bookings: figures.rates.map(|rates| rates.bookings),
        no_shows: figures.rates.map(|rates| rates.no_shows),
        late_cancels: figures.rates.map(|rates| rates.late),
        lead_median_minutes: figures.lead,
        waited_median_minutes: figures.waited,
        members: figures.members.map(|use_of| use_of.members),
        minutes_per_member: figures.members.map(|use_of| use_of.minutes),
        metered: figures.energy != MeteredFigure::Unknown,
        energy_used: energy.map(|energy| energy.used),
        energy_without_use: energy.map(|energy| energy.rest),
        energy_per_use: energy.map(|energy| energy.per_use),
        energy_per_member: energy.map(|energy| energy.per_member),
    }
}

/// The table, period and subject of a report.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableParams {
    #[schema(schema_with = words::report_part)]
    part: Option<String>,
    /// A day of the first week.
    #[schema(format = Date, example = "2026-06-01")]
    from: Option<String>,
    /// A day of the last week, at most 53 weeks later.
    #[schema(format = Date, example = "2026-08-30")]
    to: Option<String>,
    /// The number of weeks up to today, instead of `from` and `to`.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 53, example = 12)]
    weeks: Option<String>,
    #[schema(schema_with = words::report_lines)]
    by: Option<String>,
    /// Only this type, machine or room, or all `rooms`; defaults to everything.
    #[schema(pattern = "^(rooms|(type|machine|room):[1-9][0-9]{0,17})$", example = "type:3")]
    of: Option<String>,
    #[schema(schema_with = words::measure)]
    measure: Option<String>,
}

async fn csv(caller: Caller, Query(requested): Query<TableParams>) -> Result<Table, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let TableParams { part, from, to, weeks, by, of, measure } = requested;
    let ask = ReportParams { from, to, weeks, by, of, measure }.read();
    let part = match part.as_deref().unwrap_or_default() {
        "" => Ok(None),
        name => Part::parse(name).map(Some).ok_or(ValidationError::Part),
    };
    let (ask, part) = match (ask, part) {
        (Ok(ask), Ok(part)) => (Ok(ask), part),
        (ask, part) => (Err(ask.err().unwrap_or_default().into_iter().chain(part.err()).collect()), None),
    };
    let report = reports::of_use(&ctx, &actor, lang, ask).await?;
    let name = part.map_or_else(|| "use".to_owned(), |part| format!("use-{}", part.as_str()));
    Ok(Table::new(name, reports::table(&report, part, lang)))
}
