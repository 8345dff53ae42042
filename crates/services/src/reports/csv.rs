//! Reports as CSV: a table for each chart, or one with all figures of all charts.
//!
//! Invariant: a file is one table, each line with as many cells as the heading; no spreadsheet computes a cell, and hidden
//! values are marked in words; a machine without a meter has a dash, never a zero. Days are those of the space.

use crate::imports::row;
use contract::reports::UseReport;
use domain::{
    meters::Amount,
    reports::{Cell, Figures, FunnelStep, MemberUse, MeteredFigure, Report, TrainingStep, UseMonth, Utilisation},
    time::{Date, HOUR, MINUTE},
};
use text::Lang;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Types, machines and rooms.
    Groups,
    /// The hours of the week.
    Hours,
    Weeks,
    Lead,
    /// Waiting time until the answer.
    Waited,
    /// How far requests for training came.
    Training,
    /// Energy of types, machines and rooms, and use by each member.
    Energy,
    /// Use and energy by each member, by month.
    Months,
}

impl Part {
    pub const ALL: [Self; 8] = [
        Self::Groups,
        Self::Hours,
        Self::Weeks,
        Self::Lead,
        Self::Waited,
        Self::Training,
        Self::Energy,
        Self::Months,
    ];

    /// The code in an address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Hours => "hours",
            Self::Weeks => "weeks",
            Self::Lead => "lead",
            Self::Waited => "waited",
            Self::Training => "training",
            Self::Energy => "energy",
            Self::Months => "months",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == name)
    }

    /// The column headings.
    const fn heading(self) -> &'static [&'static str] {
        match self {
            Self::Groups => &[
                "of",
                "name",
                "open hours",
                "booked hours",
                "booked %",
                "used hours",
                "used %",
                "bookings",
                "no-shows",
                "late cancels",
                "lead median hours",
                "decision median hours",
            ],
            Self::Hours => &["weekday", "hour", "%"],
            Self::Weeks => &["week from", "no-shows %"],
            Self::Lead => &["booked before", "%"],
            Self::Waited => &["decided after", "%"],
            Self::Training => &["training step", "requests", "median hours since the step before"],
            Self::Energy => &[
                "of",
                "name",
                "kWh of uses",
                "kWh without a use",
                "kWh per use",
                "members",
                "hours per member",
                "kWh per member",
            ],
            Self::Months => &["month", "complete", "members", "hours per member", "kWh per member"],
        }
    }

    /// How many cells of a line name it; the others are figures.
    const fn named_by(self) -> usize {
        match self {
            Self::Groups | Self::Hours | Self::Energy => 2,
            Self::Weeks | Self::Lead | Self::Waited | Self::Training | Self::Months => 1,
        }
    }

    fn rows(self, view: &UseReport, lang: Lang) -> Vec<Vec<String>> {
        let report = &view.report;
        match self {
            Self::Groups => groups(view, lang).map(|(of, name, figures)| group(of, name, figures, lang)).collect(),
            Self::Energy => {
                groups(view, lang).map(|(of, name, figures)| energy(of, name, figures, lang)).collect()
            }
            Self::Months => report.months.iter().map(|month| month_of(month, lang)).collect(),
            Self::Hours => hours(report, lang),
            Self::Weeks => {
                let week = |(monday, rate): &(Date, Option<u16>)| {
                    vec![monday.to_string(), cell(rate.map(|rate| tenths(rate.into())), lang)]
                };
                report.weeks.iter().map(week).collect()
            }
            Self::Lead => {
                let step = |(step, share): &(domain::reports::Lead, Option<u8>)| {
                    vec![step.as_str().to_owned(), cell(share.map(|share| share.to_string()), lang)]
                };
                report.lead.iter().map(step).collect()
            }
            Self::Waited => {
                let step = |(step, share): &(domain::reports::Waited, Option<u8>)| {
                    vec![step.as_str().to_owned(), cell(share.map(|share| share.to_string()), lang)]
                };
                report.waited.iter().map(step).collect()
            }
            Self::Training => {
                let step = |one: &FunnelStep| {
                    let since = match one.step {
                        TrainingStep::Asked => String::new(),
                        _ => cell(one.since_previous.map(hours_of), lang),
                    };
                    vec![
                        one.step.as_str().to_owned(),
                        cell(one.requests.map(|requests| requests.to_string()), lang),
                        since,
                    ]
                };
                report.training.iter().map(step).collect()
            }
        }
    }
}

/// One table; or all figures of all of them as one table, with a line for each.
#[must_use]
pub fn table(report: &UseReport, part: Option<Part>, lang: Lang) -> String {
    let mut text = String::new();
    match part {
        Some(part) => put(&mut text, report, part, lang),
        None => put_figures(&mut text, report, lang),
    }
    text
}

fn put_figures(text: &mut String, report: &UseReport, lang: Lang) {
    row(text, &["table", "of", "name", "figure", "value"]);
    for part in Part::ALL {
        let named = part.named_by();
        for cells in part.rows(report, lang) {
            let [of, name] = [0, 1].map(|at| cells.get(at).filter(|_| at < named).map_or("", String::as_str));
            let figures = cells.iter().skip(named).map(String::as_str);
            for (figure, value) in part.heading().iter().copied().skip(named).zip(figures) {
                row(text, &[part.as_str(), of, name, figure, value]);
            }
        }
    }
}

fn put(text: &mut String, report: &UseReport, part: Part, lang: Lang) {
    row(text, part.heading());
    for cells in part.rows(report, lang) {
        row(text, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// The chosen group and the rows below it: code, name and figures.
fn groups(view: &UseReport, lang: Lang) -> impl Iterator<Item = (String, String, &Figures)> {
    let of = view.of.map(|of| of.to_string()).unwrap_or_default();
    let all = std::iter::once((of, chosen(view, lang), &view.report.chosen));
    let rows = view.report.rows.iter().zip(&view.names);
    all.chain(rows.map(|(row, name)| (row.of.to_string(), name.clone(), &row.figures)))
}

/// A figure of energy; a dash without a meter.
fn metered(figure: MeteredFigure<Amount>, lang: Lang) -> String {
    match figure {
        MeteredFigure::Unknown => "–".to_owned(),
        MeteredFigure::Few => lang.reports_few().to_owned(),
        MeteredFigure::Known(amount) => f64::from(amount).to_string(),
    }
}

fn members_of(members: Option<MemberUse>, lang: Lang) -> [String; 2] {
    [members.map(|one| one.members.to_string()), members.map(|one| hours_of(one.minutes))]
        .map(|figure| cell(figure, lang))
}

fn energy(of: String, name: String, figures: &Figures, lang: Lang) -> Vec<String> {
    let [used, rest, per_use, per_member] = match figures.energy {
        MeteredFigure::Unknown => [MeteredFigure::Unknown; 4],
        MeteredFigure::Few => [MeteredFigure::Few; 4],
        MeteredFigure::Known(all) => [all.used, all.rest, all.per_use, all.per_member].map(MeteredFigure::Known),
    }
    .map(|figure| metered(figure, lang));
    let [members, hours] = members_of(figures.members, lang);
    vec![of, name, used, rest, per_use, members, hours, per_member]
}

fn month_of(month: &UseMonth, lang: Lang) -> Vec<String> {
    let [members, hours] = members_of(month.members, lang);
    let name = format!("{}-{:02}", month.month.year, month.month.month);
    let complete = if month.is_whole { "yes" } else { "no" };
    vec![name, complete.to_owned(), members, hours, metered(month.per_member, lang)]
}

/// The name of the chosen filter.
fn chosen(report: &UseReport, lang: Lang) -> String {
    let named = report.choices.iter().find(|(of, _)| Some(*of) == report.of);
    named.map_or_else(|| lang.reports_everything().to_owned(), |(_, name)| name.clone())
}

fn cell(figure: Option<String>, lang: Lang) -> String {
    figure.unwrap_or_else(|| lang.reports_few().to_owned())
}

fn group(of: String, name: String, figures: &Figures, lang: Lang) -> Vec<String> {
    let taken = |taken: Option<Utilisation>| {
        [taken.map(|taken| hours_of(taken.minutes)), taken.map(|taken| taken.share.to_string())]
    };
    let rates = figures.rates;
    let mut cells = vec![of, name, hours_of(figures.open)];
    let counted =
        [rates.map(|rates| rates.bookings), rates.map(|rates| rates.no_shows), rates.map(|rates| rates.late)];
    let figures = taken(figures.booked)
        .into_iter()
        .chain(taken(figures.used))
        .chain(counted.map(|count| count.map(|count| count.to_string())))
        .chain([figures.lead.map(hours_of), figures.waited.map(hours_of)]);
    cells.extend(figures.map(|figure| cell(figure, lang)));
    cells
}

fn hours(report: &Report, lang: Lang) -> Vec<Vec<String>> {
    let days = (0_u8..).zip(&report.cells);
    let cells = days.flat_map(|(day, cells)| {
        let (from, to) = report.hours;
        (0_u8..)
            .zip(cells)
            .filter(move |(hour, _)| (from..to).contains(hour))
            .map(move |(hour, cell)| (day, hour, *cell))
    });
    let cells = cells.map(|(day, hour, cell)| {
        let share = match cell {
            Cell::Closed => lang.reports_closed().to_owned(),
            Cell::Few => lang.reports_few().to_owned(),
            Cell::Share(share) => share.to_string(),
        };
        vec![lang.weekday(day).to_owned(), hour.to_string(), share]
    });
    cells.collect()
}

/// Hours and hundredths, from minutes.
fn hours_of(minutes: u32) -> String {
    let hour = u32::try_from(HOUR.as_secs() / MINUTE.as_secs()).unwrap_or(60);
    format!("{}.{:02}", minutes / hour, minutes % hour * 100 / hour)
}

/// `6.8`, from thousandths.
fn tenths(per_mille: u32) -> String {
    format!("{}.{}", per_mille / 10, per_mille % 10)
}
