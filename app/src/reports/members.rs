//! What members use by month, and the energy of types and machines: tables with their files.
//!
//! Invariant: a machine without a meter has a dash, never a zero, and too few people are shown as such.

use super::{few, file};
use crate::ui::icon::Icon;
use contract::reports::UseReport;
use domain::{
    bookings::ResourceFilter,
    meters::Amount,
    reports::{MemberUse, MeteredFigure, UseMonth},
    time::{Date, MINUTE},
};
use leptos::prelude::*;
use text::{Lang, time};

/// Both cards; that of energy only where a plug has a meter.
pub fn cards(t: Lang, report: &UseReport) -> AnyView {
    let rows = || report.report.rows.iter().zip(&report.names);
    let is_metered = rows().any(|(row, _)| row.figures.energy != MeteredFigure::Unknown);
    let energy = is_metered.then(|| {
        let lines = rows().map(|(row, name)| {
            let sub = matches!(row.of, ResourceFilter::One(_)).then_some("");
            let figures = match row.figures.energy {
                MeteredFigure::Unknown => [MeteredFigure::Unknown; 3],
                MeteredFigure::Few => [MeteredFigure::Few; 3],
                MeteredFigure::Known(all) => [all.used, all.rest, all.per_use].map(MeteredFigure::Known),
            };
            let cells = figures.into_iter().map(|figure| view! { <td data-num="">{amount(t, figure)}</td> });
            view! { <tr data-sub=sub><th scope="row">{name.clone()}</th>{cells.collect_view()}</tr> }
        });
        let heads = [t.reports_energy_used(), t.reports_energy_rest(), t.reports_energy_per_use()];
        let table = table(t.reports_energy(), t.reports_name(), &heads, lines.collect_view().into_any());
        card(t, t.reports_energy(), "kWh", table, file(report, "energy"), "7")
    });
    let lines = report.report.months.iter().map(|one| month(t, one));
    let heads = [t.reports_members(), t.reports_hours_each(), t.reports_energy_each()];
    let table = table(t.reports_per_member(), t.reports_month(), &heads, lines.collect_view().into_any());
    let span = if is_metered { "5" } else { "12" };
    let months = card(t, t.reports_per_member(), t.reports_mean(), table, file(report, "months"), span);
    view! { {energy}{months} }.into_any()
}

fn month(t: Lang, one: &UseMonth) -> AnyView {
    let Date { year, month, .. } = one.month;
    let name = time::capitalised(&format!("{} {year}", t.month(month)));
    let part = (!one.is_whole).then(|| view! { " "<small class="muted">{t.reports_month_part()}</small> });
    let (members, hours) = match one.members {
        Some(MemberUse { members, minutes }) => {
            (members.to_string().into_any(), t.hours(MINUTE * minutes).into_any())
        }
        None => (few(t), few(t)),
    };
    view! {
        <tr>
            <th scope="row">{name}{part}</th>
            <td data-num="">{members}</td>
            <td data-num="">{hours}</td>
            <td data-num="">{amount(t, one.per_member)}</td>
        </tr>
    }
    .into_any()
}

/// An amount, too few people, or no meter.
fn amount(t: Lang, figure: MeteredFigure<Amount>) -> AnyView {
    match figure {
        MeteredFigure::Known(amount) => t.number(amount).into_any(),
        MeteredFigure::Few => few(t),
        MeteredFigure::Unknown => {
            view! { <span aria-hidden="true">"–"</span><span class="visually-hidden">{t.reports_no_meter()}</span> }
                .into_any()
        }
    }
}

fn table(caption: &'static str, first: &'static str, heads: &[&'static str], lines: AnyView) -> AnyView {
    let heads = heads.iter().map(|head| view! { <th scope="col" data-num="">{*head}</th> });
    view! {
        <table class="table use-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr><th scope="col">{first}</th>{heads.collect_view()}</tr></thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

fn card(
    t: Lang,
    heading: &'static str,
    sub: &'static str,
    table: AnyView,
    file: String,
    span: &'static str,
) -> AnyView {
    view! {
        <section class="card report" data-span=span>
            <div class="card-head"><h2>{heading}</h2><span class="small muted push">{sub}</span></div>
            <div class="table-wrap">{table}</div>
            <div class="report-foot">
                <a class="link" href=file rel="external" download="">
                    <Icon name="download"/>"CSV"<span class="visually-hidden">{t.reports_csv_of(heading)}</span>
                </a>
            </div>
        </section>
    }
    .into_any()
}
