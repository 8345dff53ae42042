//! The figures above the charts, and those of each type and machine.

use super::{chart, few, file, words};
use crate::ui::icon::Icon;
use contract::reports::UseReport;
use domain::{
    bookings::ResourceFilter,
    reports::{Figures, GroupBy, Measure, Rates, Row, Utilisation},
    time::MINUTE,
};
use leptos::prelude::*;
use text::Lang;

/// The figures of the selection.
pub fn whole(t: Lang, figures: &Figures) -> AnyView {
    let open = t.reports_open_hours(&t.hours(MINUTE * figures.open));
    let taken = |taken: Option<Utilisation>| {
        taken.map(|taken| {
            (t.percent(&taken.share.to_string()), format!("{} {open}", t.hours(MINUTE * taken.minutes)))
        })
    };
    let rate = |of: fn(&Rates) -> u32| {
        figures.rates.map(|rates| {
            let count = of(&rates);
            let message = t.requests_of(&count.to_string(), &rates.bookings.to_string());
            (t.percent(&chart::percent(t, rates.per_mille(count))), message)
        })
    };
    let visible = [
        (t.reports_used(), taken(figures.used)),
        (t.reports_booked(), taken(figures.booked)),
        (t.reports_no_shows(), rate(|rates| rates.no_shows)),
        (t.reports_late(), rate(|rates| rates.late)),
        (t.reports_lead_median(), figures.lead.map(|minutes| (length(t, minutes), String::new()))),
        (t.reports_waited_median(), figures.waited.map(|minutes| (length(t, minutes), String::new()))),
    ];
    let each = visible.into_iter().map(|(name, message)| {
        let message = match message {
            Some((figure, more)) => view! { {figure}" "<small>{more}</small> }.into_any(),
            None => {
                view! { <span aria-hidden="true">"–"</span>" "<small>{t.reports_few_hidden()}</small> }.into_any()
            }
        };
        view! { <div><dt>{name}</dt><dd>{message}</dd></div> }
    });
    view! { <dl class="kpis use-kpis">{each.collect_view()}</dl> }.into_any()
}

/// `2 h 10`, and from a day on `1.8 days`.
pub fn length(t: Lang, minutes: u32) -> String {
    const DAY: u32 = 24 * 60;
    if minutes < DAY {
        return t.length(MINUTE * minutes);
    }
    let tenths = (minutes * 10 + DAY / 2) / DAY;
    let point = if t == Lang::It { ',' } else { '.' };
    t.reports_days(&format!("{}{point}{}", tenths / 10, tenths % 10))
}

/// Figures of each type and machine in the selection.
pub fn groups(t: Lang, report: &UseReport) -> AnyView {
    let rows =
        report.report.rows.iter().zip(&report.names).map(|(row, name)| line(t, report.measure, row, name.clone()));
    let (by, other) = match report.by {
        GroupBy::Type => (GroupBy::Machine, t.reports_all_machines()),
        GroupBy::Machine => (GroupBy::Type, t.reports_types_only()),
    };
    let href = format!("/reports?{}", words(report, by));
    view! {
        <section class="card report" data-span=if report.report.training.is_empty() { "12" } else { "7" }>
            <div class="card-head"><h2>{t.reports_groups()}</h2></div>
            <table class="table use-table">
                <caption class="visually-hidden">{t.reports_groups()}</caption>
                <thead><tr>
                    <th scope="col">{t.reports_name()}</th>
                    <th scope="col">{t.reports_utilisation()}</th>
                    <th scope="col" data-num="">{t.reports_hours()}</th>
                    <th scope="col" data-num="">{t.reports_no_shows()}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <div class="report-foot">
                <a class="link" href=file(report, "groups") rel="external" download="">
                    <Icon name="download"/>"CSV"<span class="visually-hidden">{t.reports_csv_of(t.reports_groups())}</span>
                </a>
                <a class="link" href=href>{other}</a>
            </div>
        </section>
    }
    .into_any()
}

fn line(t: Lang, measure: Measure, row: &Row, name: String) -> AnyView {
    let Figures { used, booked, rates, .. } = row.figures;
    let taken = match measure {
        Measure::Used => used,
        Measure::Booked => booked,
    };
    let sub = matches!(row.of, ResourceFilter::One(_)).then_some("");
    let head = view! { <th scope="row">{name}</th> };
    if taken.is_none() && rates.is_none() {
        return view! { <tr data-sub=sub>{head}<td class="u" colspan="3"><span>{t.reports_few_hidden()}</span></td></tr> }.into_any();
    }
    let utilisation = taken.map_or_else(
        || few(t),
        |taken| {
            view! { {chart::bar(taken.share)}<span class="num">{t.percent(&taken.share.to_string())}</span> }
                .into_any()
        },
    );
    let hours = taken.map_or_else(|| few(t), |taken| t.hours(MINUTE * taken.minutes).into_any());
    let missed = rates
        .map_or_else(|| few(t), |rates| t.percent(&chart::percent(t, rates.per_mille(rates.no_shows))).into_any());
    view! {
        <tr data-sub=sub>
            {head}
            <td class="u">{utilisation}</td>
            <td data-num="">{hours}</td>
            <td data-num="">{missed}</td>
        </tr>
    }
    .into_any()
}
