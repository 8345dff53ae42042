//! Reports of use: when machines and rooms are busy, and what becomes of bookings.

use super::{
    Caller, Query, Refusal,
    answer::{File, One},
    document::CSV,
    operation::{Operation, Tag},
    words,
};
use axum::body::Body;
use domain::{
    reports::{Cell, FEWEST, Figures, Lead, Measure, Utilisation, Waited},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::reports::{self, Ask, Part, ReportForm, ReportsError, ValidationError};
use utoipa::ToSchema;
use views::reports::UseReport as Shown;

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/reports/use", "reportUse", of_use)
            .about(
                Tag::Bookings,
                "How machines and rooms are used",
                "Of whole weeks, from Monday to Sunday by the clock of the space, up to now at most: hours booked and used, and how \
                 much of the opening hours that is, by type or by machine and by hour of the week; no-shows, late cancels, how long \
                 before people book and how long requests wait. A figure about fewer than 5 different people is null, and so is \
                 one that would give such a figure away.",
            )
            .needs(Scope::BookingsRead)
            .errors::<ReportsError>(&["report.unknown", "report.flawed"]),
        Operation::get("/api/v1/reports/use.csv", "exportUse", csv)
            .about(
                Tag::Bookings,
                "Take out how machines and rooms are used",
                "The same as a CSV: one table, or all of them, one below the other. What is not shown is said in words.",
            )
            .needs(Scope::BookingsRead)
            .gives(CSV)
            .errors::<ReportsError>(&["report.unknown", "report.flawed"]),
    ]
}

/// Which weeks, and of what. Without days it is the last 12 weeks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedReport {
    /// A day of the first week.
    #[schema(format = Date, example = "2026-06-01")]
    from: Option<String>,
    /// A day of the last week, at most 53 weeks later.
    #[schema(format = Date, example = "2026-08-30")]
    to: Option<String>,
    /// In place of days: so many weeks up to today.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 53, example = 12)]
    weeks: Option<String>,
    #[schema(schema_with = words::report_lines)]
    by: Option<String>,
    /// The figures of a type, a machine, a room or all `rooms`, instead of everything.
    #[schema(pattern = "^(rooms|(type|machine|room):[1-9][0-9]{0,17})$", example = "type:3")]
    of: Option<String>,
    #[schema(schema_with = words::measure)]
    measure: Option<String>,
}

impl WantedReport {
    fn read(self) -> Result<Ask, Vec<ValidationError>> {
        let Self { from, to, weeks, by, of, measure } = self;
        let [from, to, weeks, by, of, measure] = [from, to, weeks, by, of, measure].map(Option::unwrap_or_default);
        Ask::read(&ReportForm { from, to, weeks, of, by, measure })
    }
}

/// How machines and rooms are used.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseReport {
    /// The first day, a Monday.
    #[schema(format = Date, example = "2026-06-01")]
    from: String,
    /// The last day: a Sunday, or today.
    #[schema(format = Date, example = "2026-08-30")]
    to: String,
    /// No figure is about fewer different people; those are null.
    #[schema(example = 5)]
    fewest_people: usize,
    /// Of what was asked for, or everything.
    whole: UseFigures,
    /// Types and rooms, with the machines that are asked for behind each.
    groups: Vec<UseGroup>,
    #[schema(schema_with = words::measure)]
    measure: Measure,
    /// Every hour of the week at which anything is open.
    hours: Vec<UseHour>,
    /// Week by week.
    weeks: Vec<UseWeek>,
    /// How long before people book.
    lead: Vec<LeadShare>,
    /// How long requests wait for an answer.
    waited: Vec<WaitedShare>,
}

/// A type, all rooms, a machine or a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseGroup {
    #[schema(example = "type:3")]
    of: String,
    /// What it is called.
    #[schema(example = "Laser cutter")]
    name: String,
    figures: UseFigures,
}

/// What is known; null is of too few people.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseFigures {
    /// Minutes in which it was open, of all machines and rooms together.
    #[schema(example = 20_160)]
    open_minutes: u32,
    booked_minutes: Option<u32>,
    /// Of 100: time booked in opening hours.
    booked_share: Option<u8>,
    used_minutes: Option<u32>,
    /// Of 100: time used in opening hours.
    used_share: Option<u8>,
    /// Bookings that have begun, and those that were cancelled late.
    bookings: Option<u32>,
    no_shows: Option<u32>,
    late_cancels: Option<u32>,
    /// From booking to beginning: half are shorter.
    lead_median_minutes: Option<u32>,
    /// From request to answer: half are shorter.
    waited_median_minutes: Option<u32>,
}

/// An hour of the clock on one day of the week.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseHour {
    /// Monday 0 to Sunday 6.
    #[schema(example = 0)]
    weekday: u8,
    /// 0 to 23.
    #[schema(example = 18)]
    hour: u8,
    /// It is never open then.
    closed: bool,
    /// Of 100.
    share: Option<u8>,
}

/// One week.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseWeek {
    /// Its Monday.
    #[schema(format = Date, example = "2026-06-01")]
    from: String,
    /// Bookings for which nobody came, of 1,000.
    no_shows_per_mille: Option<u16>,
}

/// How many book so long before.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadShare {
    #[schema(schema_with = words::lead)]
    before: Lead,
    /// Of 100 bookings.
    share: Option<u8>,
}

/// How many requests wait so long.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitedShare {
    #[schema(schema_with = words::waited)]
    after: Waited,
    /// Of 100 requests.
    share: Option<u8>,
}

async fn of_use(caller: Caller, Query(wanted): Query<WantedReport>) -> Result<One<UseReport>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    Ok(One(to_view(reports::of_use(&ctx, &actor, lang, wanted.read()).await?)))
}

fn to_view(shown: Shown) -> UseReport {
    let report = shown.report;
    let days =
        (0_u8..).zip(&report.cells).flat_map(|(day, cells)| (0_u8..).zip(cells).map(move |cell| (day, cell)));
    let (first, behind) = report.hours;
    let hours = days.filter(|(_, (hour, _))| (first..behind).contains(hour));
    UseReport {
        from: shown.from.to_string(),
        to: shown.to.to_string(),
        fewest_people: FEWEST,
        whole: figures(report.chosen),
        groups: report
            .rows
            .iter()
            .zip(shown.names)
            .map(|(row, name)| UseGroup { of: row.of.to_string(), name, figures: figures(row.figures) })
            .collect(),
        measure: shown.measure,
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
    }
}

fn figures(figures: Figures) -> UseFigures {
    let minutes = |taken: Option<Utilisation>| taken.map(|taken| taken.minutes);
    let share = |taken: Option<Utilisation>| taken.map(|taken| taken.share);
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
    }
}

/// Which table of a report.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedTable {
    #[schema(schema_with = words::report_part)]
    part: Option<String>,
    /// A day of the first week.
    #[schema(format = Date, example = "2026-06-01")]
    from: Option<String>,
    /// A day of the last week, at most 53 weeks later.
    #[schema(format = Date, example = "2026-08-30")]
    to: Option<String>,
    /// In place of days: so many weeks up to today.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 53, example = 12)]
    weeks: Option<String>,
    #[schema(schema_with = words::report_lines)]
    by: Option<String>,
    /// The figures of a type, a machine, a room or all `rooms`, instead of everything.
    #[schema(pattern = "^(rooms|(type|machine|room):[1-9][0-9]{0,17})$", example = "type:3")]
    of: Option<String>,
    #[schema(schema_with = words::measure)]
    measure: Option<String>,
}

async fn csv(caller: Caller, Query(wanted): Query<WantedTable>) -> Result<File, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let WantedTable { part, from, to, weeks, by, of, measure } = wanted;
    let ask = WantedReport { from, to, weeks, by, of, measure }.read();
    let part = match part.as_deref().unwrap_or_default() {
        "" => Ok(None),
        word => Part::parse(word).map(Some).ok_or(ValidationError::Part),
    };
    let (ask, part) = match (ask, part) {
        (Ok(ask), Ok(part)) => (Ok(ask), part),
        (ask, part) => (Err(ask.err().unwrap_or_default().into_iter().chain(part.err()).collect()), None),
    };
    let report = reports::of_use(&ctx, &actor, lang, ask).await?;
    Ok(File("text/csv; charset=utf-8", Body::from(reports::table(&report, part, lang))))
}
