//! Reports: when machines and rooms are busy, and what happens to bookings and to requests for training.
//!
//! Invariant: each chart has its figures as a table and as a file; values about too few people do not arrive, and
//! are shown as such. Without script the page is the same: the selection is an ordinary form. Charts are drawn on
//! the server.

pub mod api;
mod chart;
#[cfg(feature = "ssr")]
mod drawn;
mod figures;
mod members;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use crate::ui::form::hidden;
use crate::{
    call::page_resource,
    lang,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
    },
};
use chart::{CLOSED, Drawn, FEW, short_weekday};
use contract::reports::UseReport;
use domain::{
    reports::{Cell, FunnelStep, GroupBy, Measure, TrainingStep, WEEKS},
    time::MINUTE,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The page at `/reports`.
pub fn reports_page() -> AnyView {
    let query = use_query_map();
    let source = move || {
        let code = |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
        (code("of"), code("weeks"), code("measure"), code("by"), (code("from"), code("to")))
    };
    let answers = page_resource(source, |(of, weeks, measure, by, (from, to))| {
        api::of_use(of, weeks, measure, by, from, to)
    });
    live_page(lang::current().reports_title(), 8, answers, move |report| view! { <Page report/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(report: RwSignal<Drawn>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || Some(report.with(|report| whole(t, report))))
}

fn whole(t: Lang, drawn: &Drawn) -> AnyView {
    let visible = &drawn.view;
    let head = view! {
        <header class="page-head">
            <h1>{t.reports_title()}</h1>
            <p class="sub">{t.short_dates(visible.from, visible.to)}</p>
            {asked_for(t, visible)}
        </header>
    };
    if visible.report.is_empty {
        return view! {
            {head}
            <div class="card">
                <Empty icon="chart-column">
                    <h2>{t.reports_none()}</h2>
                    <p>{t.reports_none_next()}</p>
                    <ButtonLink href="/bookings" label=t.bookings_title().to_owned() kind=Kind::Primary icon="calendar-days"/>
                </Empty>
            </div>
        }
        .into_any();
    }
    view! {
        {head}
        {figures::whole(t, &visible.report.chosen)}
        <div class="reports">
            {busy(t, drawn)}
            {machines(t, drawn)}
            {rate(t, drawn)}
            {lead(t, drawn)}
            {waited(t, drawn)}
            {training(t, drawn)}
            {figures::groups(t, visible)}
            {members::cards(t, visible)}
        </div>
        <p class="small muted">{t.reports_why_hidden()}</p>
    }
    .into_any()
}

/// Address of a CSV file with one table, or with all figures as one.
fn file(report: &UseReport, part: &str) -> String {
    format!(
        "/api/v1/reports/use.csv?{}{}",
        words(report, report.by),
        if part.is_empty() { String::new() } else { format!("&part={part}") }
    )
}

/// The selection as a query.
fn words(report: &UseReport, by: GroupBy) -> String {
    let of = report.of.map(|of| format!("of={of}&")).unwrap_or_default();
    let weeks = match report.weeks {
        Some(weeks) => format!("weeks={weeks}"),
        None => format!("from={}&to={}", report.from, report.to),
    };
    format!("{of}{weeks}&measure={}&by={}", report.measure.as_str(), by.as_str())
}

/// The selection: an ordinary form, submitted on change with script.
fn asked_for(t: Lang, report: &UseReport) -> AnyView {
    let send = |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            // As if the button had been pressed, so that the router notices it.
            drop(form.request_submit());
        }
    };
    let whole = view! { <option value="" selected=report.of.is_none()>{t.reports_everything()}</option> };
    let of = report.choices.iter().map(|(of, name)| {
        view! { <option value=of.to_string() selected=report.of == Some(*of)>{name.clone()}</option> }
    });
    let days = report.weeks.is_none().then(|| {
        view! { {hidden("from", &report.from)}{hidden("to", &report.to)} }
    });
    let weeks = match report.weeks {
        None => view! { <select class="input select" disabled aria-label=t.reports_period()><option>{t.reports_chosen_days()}</option></select> }.into_any(),
        Some(chosen) => {
            let weeks = WEEKS.into_iter().chain((!WEEKS.contains(&chosen)).then_some(chosen)).map(|weeks| {
                view! { <option value=weeks.to_string() selected=weeks == chosen>{t.reports_weeks(weeks.into())}</option> }
            });
            view! { <select class="input select" name="weeks" aria-label=t.reports_period()>{weeks.collect_view()}</select> }.into_any()
        }
    };
    let measures = Measure::ALL.iter().map(|measure| {
        view! { <option value=measure.as_str() selected=*measure == report.measure>{t.reports_measure_word(*measure)}</option> }
    });
    view! {
        <form class="parsed" method="get" action="/reports" role="search" aria-label=t.reports_title() on:change=send>
            <select class="input select" name="of" aria-label=t.reports_what()>{whole}{of.collect_view()}</select>
            {weeks}{days}
            <select class="input select" name="measure" aria-label=t.reports_measure()>{measures.collect_view()}</select>
            {hidden("by", &report.by.as_str())}
            <button class="btn">{t.reports_show()}</button>
            <a class="btn push" href=file(report, "") rel="external" download="use.csv"><Icon name="download"/>{t.reports_all_csv()}</a>
        </form>
    }
    .into_any()
}

/// A chart, with its figures as a table and as a file.
struct Card {
    heading: &'static str,
    sub: AnyView,
    chart: String,
    table: AnyView,
    file: String,
    span: &'static str,
}

fn card(t: Lang, card: Card) -> AnyView {
    let Card { heading, sub, chart, table, file, span } = card;
    view! {
        <section class="card report" data-span=span>
            <div class="card-head"><h2>{heading}</h2>{sub}</div>
            <div class="drawn" inner_html=chart></div>
            <div class="report-foot">
                <details class="chart-table">
                    <summary><Icon name="chevron-right"/>{t.reports_table()}<span class="visually-hidden">{t.reports_csv_of(heading)}</span></summary>
                    <div class="table-wrap">{table}</div>
                </details>
                <a class="link" href=file rel="external" download="">
                    <Icon name="download"/>"CSV"<span class="visually-hidden">{t.reports_csv_of(heading)}</span>
                </a>
            </div>
        </section>
    }
    .into_any()
}

fn busy(t: Lang, drawn: &Drawn) -> AnyView {
    let (visible, report) = (&drawn.view, &drawn.view.report);
    let steps = ["0", "1", "2", "3", "4", "5"].map(|step| view! { <i data-heat=step></i> });
    let scale = view! {
        <span class="scale push" aria-hidden="true">{t.percent("0")}{steps.collect_view()}{t.percent("100")}</span>
        <p class="muted small">{if visible.measure == Measure::Used { t.reports_busy_used() } else { t.reports_busy_booked() }}</p>
    };
    let (file, table) = (file(visible, "hours"), hours(t, &report.cells, report.hours));
    let chart = drawn.busy.clone();
    card(t, Card { heading: t.reports_busy(), sub: scale.into_any(), chart, table, file, span: "7" })
}

/// Machines and rooms by hours, descending. Their file is that of types and machines.
fn machines(t: Lang, drawn: &Drawn) -> AnyView {
    let (view, heading) = (&drawn.view, t.reports_machines());
    let rows = view.report.machines.iter().zip(&view.machine_names);
    let rows = rows.map(|((_, minutes), name)| (name.clone(), minutes.map(|minutes| t.hours(MINUTE * minutes))));
    let table = pairs(t, heading, [t.boards_machine(), t.reports_hours()], rows.collect());
    let file = format!("/api/v1/reports/use.csv?{}&part=groups", words(view, GroupBy::Machine));
    let sub = beside(t.reports_measure_word(view.measure));
    card(t, Card { heading, sub, chart: drawn.machines.clone(), table, file, span: "5" })
}

/// The heat map as a table: a row for each hour, so that a phone has room for the days.
fn hours(t: Lang, cells: &[Vec<Cell>], (first, behind): (u8, u8)) -> AnyView {
    let days = (0_u8..7).map(
        |day| view! { <th scope="col" data-num=""><abbr title=t.weekday(day)>{short_weekday(t, day)}</abbr></th> },
    );
    let rows = (first..behind).map(|hour| {
        let row = cells.iter().map(|day| {
            let message = match day.get(usize::from(hour)) {
                Some(Cell::Share(share)) => share.to_string().into_any(),
                Some(Cell::Few) => few(t),
                Some(Cell::Closed) | None => view! { <span aria-hidden="true">{CLOSED}</span><span class="visually-hidden">{t.reports_closed()}</span> }.into_any(),
            };
            view! { <td data-num="">{message}</td> }
        });
        view! { <tr><th scope="row">{format!("{hour}:00")}</th>{row.collect_view()}</tr> }
    });
    view! {
        <table class="table use-table">
            <caption class="visually-hidden">{t.reports_busy()}", %"</caption>
            <thead><tr><th scope="col">"%"</th>{days.collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Too few people, as a short sign and as text.
fn few(t: Lang) -> AnyView {
    view! { <span aria-hidden="true">{FEW}</span><span class="visually-hidden">{t.reports_few_hidden()}</span> }
        .into_any()
}

/// A table of two columns.
fn pairs(
    t: Lang,
    caption: &'static str,
    heads: [&'static str; 2],
    rows: Vec<(String, Option<String>)>,
) -> AnyView {
    let rows = rows.into_iter().map(|(name, message)| {
        let message = message.map_or_else(|| t.reports_few_hidden().into_any(), IntoAny::into_any);
        view! { <tr><th scope="row">{name}</th><td data-num="">{message}</td></tr> }
    });
    let [name, value] = heads;
    view! {
        <table class="table use-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr><th scope="col">{name}</th><th scope="col" data-num="">{value}</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn beside(words: &'static str) -> AnyView {
    view! { <span class="small muted push">{words}</span> }.into_any()
}

fn rate(t: Lang, drawn: &Drawn) -> AnyView {
    let (view, heading) = (&drawn.view, t.reports_rate());
    let rows = view
        .report
        .weeks
        .iter()
        .map(|(monday, rate)| (t.short_day(*monday), rate.map(|rate| t.percent(&chart::percent(t, rate)))));
    let table = pairs(t, heading, [t.reports_week(), t.reports_share()], rows.collect());
    let (sub, file) = (beside(t.reports_rate_sub()), file(view, "weeks"));
    card(t, Card { heading, sub, chart: drawn.rate.clone(), table, file, span: "4" })
}

fn scale(
    t: Lang,
    words: [&'static str; 3],
    file: String,
    chart: &str,
    steps: Vec<(&'static str, Option<u8>)>,
) -> AnyView {
    let [heading, sub, step] = words;
    let rows =
        steps.iter().map(|(name, share)| ((*name).to_owned(), share.map(|share| t.percent(&share.to_string()))));
    let table = pairs(t, heading, [step, t.reports_share()], rows.collect());
    card(t, Card { heading, sub: beside(sub), chart: chart.to_owned(), table, file, span: "4" })
}

fn lead(t: Lang, drawn: &Drawn) -> AnyView {
    let steps = drawn.view.report.lead.iter().map(|(lead, share)| (t.reports_lead_word(*lead), *share));
    let words = [t.reports_lead(), t.reports_lead_sub(), t.reports_lead_step()];
    scale(t, words, file(&drawn.view, "lead"), &drawn.lead, steps.collect())
}

fn waited(t: Lang, drawn: &Drawn) -> AnyView {
    let steps = drawn.view.report.waited.iter().map(|(step, share)| (t.reports_waited_word(*step), *share));
    let words = [t.reports_waited(), t.reports_waited_sub(), t.reports_waited_step()];
    scale(t, words, file(&drawn.view, "waited"), &drawn.waited, steps.collect())
}

/// How far requests for training came; nothing for rooms.
fn training(t: Lang, drawn: &Drawn) -> Option<AnyView> {
    let (view, heading) = (&drawn.view, t.reports_training());
    let steps = &view.report.training;
    (!steps.is_empty()).then(|| {
        let (sub, file, table) =
            (beside(t.reports_training_sub()), file(view, "training"), steps_table(t, heading, steps));
        card(t, Card { heading, sub, chart: drawn.training.clone(), table, file, span: "5" })
    })
}

fn steps_table(t: Lang, caption: &'static str, steps: &[FunnelStep]) -> AnyView {
    let rows = steps.iter().map(|one| {
        let requests = one.requests.map_or_else(|| few(t), |requests| requests.to_string().into_any());
        let since = match (one.step, one.since_previous) {
            (TrainingStep::Asked, _) => ().into_any(),
            (_, Some(minutes)) => figures::length(t, minutes).into_any(),
            (_, None) => few(t),
        };
        view! {
            <tr>
                <th scope="row">{t.reports_training_word(one.step)}</th>
                <td data-num="">{requests}</td>
                <td data-num="">{since}</td>
            </tr>
        }
    });
    view! {
        <table class="table use-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr>
                <th scope="col">{t.reports_training_step()}</th>
                <th scope="col" data-num="">{t.reports_training_requests()}</th>
                <th scope="col" data-num="">{t.reports_training_since()}</th>
            </tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
