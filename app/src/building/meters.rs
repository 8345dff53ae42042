//! What the building used in a day, a week, a month or a year: figures that choose the chart, the energy of machines, and machines
//! that ran without a swipe.

use super::{
    chart::{chart, label},
    marks::{Marks, mark},
    tabs,
};
use crate::{
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
    },
};
use contract::meters::{Figure, MeterPage, ReadMeterPage, RunView, SettleRun};
use domain::{
    id::MeterId,
    live::Noun,
    meters::{Measure, Period},
    time::{Date, MINUTE},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use text::{Lang, time};

type Settle = Call<Function<SettleRun>>;

/// The page at `/building/meters`.
pub fn meters_page() -> AnyView {
    let (live, search, settle) = (use_live(), use_location().search, Settle::new());
    let answers: PageResource<MeterPage> = page_resource(
        move || (search.get(), live.version(Noun::Building), settle.version().get()),
        |(search, ..)| load_query(&ReadMeterPage {}, &search),
    );
    live_page(lang::current().meters_title(), 6, answers, move |page| view! { <Page page settle/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<MeterPage>, settle: Settle) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    view! {
        <Marks/>
        {dynamic(move || Some(page.with(|page| whole(t, page, settle))))}
    }
}

/// The address of the page with another period, day or meter.
fn address(page: &MeterPage, period: Period, date: Date, meter: Option<MeterId>) -> String {
    let meter = meter.or(page.drawn).map(|meter| format!("&meter={meter}")).unwrap_or_default();
    format!("/building/meters?period={}&date={date}{meter}", period.as_str())
}

/// `Thursday 19 Nov`, `16–22 Nov`, `November 2026`, `2026`.
fn period_name(t: Lang, page: &MeterPage) -> String {
    match page.period {
        Period::Day => t.short_date(page.from),
        Period::Week => t.short_dates(page.from, page.last),
        Period::Month => time::capitalised(&format!("{} {}", t.month(page.from.month), page.from.year)),
        Period::Year => page.from.year.to_string(),
    }
}

fn whole(t: Lang, page: &MeterPage, settle: Settle) -> AnyView {
    let today = page.now.wall().date;
    let date = if page.from <= today && today <= page.last { today } else { page.from };
    let periods = Period::ALL.iter().map(|&period| {
        let current = (period == page.period).then_some("true");
        view! { <a href=address(page, period, date, None) aria-current=current>{t.period(period)}</a> }
    });
    let earlier = Date::from_days(page.from.days() - 1);
    let later = Date::from_days(page.last.days() + 1);
    let after = (page.last < today).then(|| {
        view! {
            <a class="btn" data-size="sm" href=address(page, page.period, later, None) aria-label=t.meters_after()>
                <Icon name="chevron-right"/>
            </a>
        }
    });
    let head = view! {
        <header class="page-head"><h1>{t.building_title()}</h1>{tabs(t, "/building/meters", page.may_change)}</header>
        <div class="btn-row period-row">
            <nav class="segmented" aria-label=t.reports_period()>{periods.collect_view()}</nav>
            <a class="btn" data-size="sm" href=address(page, page.period, earlier, None) aria-label=t.meters_before()>
                <Icon name="chevron-left"/>
            </a>
            <b>{period_name(t, page)}</b>
            {after}
        </div>
    };
    let Some(drawn) = page.drawn else {
        let add = page.may_change.then(|| {
            let label = t.building_add().to_owned();
            view! { <ButtonLink href="/building/devices" label kind=Kind::Primary icon="plus"/> }
        });
        return view! {
            {head}
            <div class="card"><Empty icon="building-2"><h2>{t.meters_none()}</h2><p>{t.meters_none_next()}</p>{add}</Empty></div>
        }
        .into_any();
    };
    let figures = page.figures.iter().map(|figure| tile(t, page, figure, date));
    view! {
        {head}
        {page.runs.iter().map(|run| unswiped(t, page, run, settle)).collect_view()}
        <nav class="figures" aria-label=t.meters_meter()>{figures.collect_view()}</nav>
        <div class="reports">{readings(t, page, drawn)}{machines(t, page)}</div>
    }
    .into_any()
}

/// A figure that chooses the chart.
fn tile(t: Lang, page: &MeterPage, figure: &Figure, date: Date) -> AnyView {
    let value = figure.value.map_or_else(|| "–".to_owned(), |value| t.amount(figure.measure, value));
    let is_present = page.from <= page.now.wall().date && page.now.wall().date <= page.last;
    let usual = figure.usual.map(|usual| {
        let usual = t.amount(figure.measure, usual);
        if is_present { t.building_usual(&usual) } else { t.building_usual_whole(&usual) }
    });
    let current = (page.drawn == Some(figure.meter)).then_some("true");
    let href = address(page, page.period, date, Some(figure.meter));
    view! {
        <a href=href aria-current=current data-tone=figure.beyond.then_some("warn")>
            <span class="l">{mark(figure.measure)}{figure.name.clone()}</span>
            <span class="v">{value}</span>
            <span class="s">{usual}</span>
        </a>
    }
    .into_any()
}

fn unswiped(t: Lang, page: &MeterPage, run: &RunView, settle: Settle) -> AnyView {
    let from = format!("{}, {}", t.brief(run.started, page.now), time::clock(run.started));
    let minutes = t.length(MINUTE * run.minutes);
    let title = run.ended.map_or_else(
        || t.meters_run_open(&run.name, &minutes, &from),
        |ended| t.meters_run(&run.name, &minutes, &from, &time::clock(ended)),
    );
    let next = t.meters_run_next(&t.amount(Measure::Power, run.energy));
    let id = run.id;
    let test = page.may_change.then(|| {
        view! {
            <Form action=settle>{hidden("id", &id)}<Submit label=t.meters_run_test() kind=Kind::Quiet busy=settle.pending()/></Form>
        }
    });
    let report = format!("/machines/{}/report", run.machine);
    view! {
        <div class="banner" data-tone="warn">
            <Icon name="triangle-alert"/>
            <div><p class="t">{title}</p><p>{next}</p></div>
            <div class="btn-row"><ButtonLink href=report label=t.meters_run_report().to_owned()/>{test}</div>
        </div>
    }
    .into_any()
}

/// The chart of a meter, with its figures as a table and as a file.
fn readings(t: Lang, page: &MeterPage, drawn: MeterId) -> AnyView {
    let figure = page.figures.iter().find(|figure| figure.meter == drawn);
    let measure = page.drawn_measure;
    let name = figure.map_or_else(|| page.drawn_name.clone(), |figure| figure.name.clone());
    let (title, head) = match page.period {
        Period::Day => (t.meters_by_hour(&name), t.meters_time()),
        Period::Week | Period::Month => (t.meters_by_day(&name), t.meters_day()),
        Period::Year => (t.meters_by_month(&name), t.meters_month()),
    };
    if page.bars.iter().all(|bar| bar.value.is_none() && bar.usual.is_none()) {
        return view! {
            <section class="card report" data-span="7">
                <div class="card-head"><h2>{title}</h2></div><p class="muted">{t.meters_no_readings()}</p>
            </section>
        }
        .into_any();
    }
    let rows = page.bars.iter().filter(|bar| bar.value.is_some() || bar.usual.is_some()).map(|bar| {
        let name = match page.period {
            Period::Day => time::clock(bar.at),
            Period::Week | Period::Month => t.short_date(bar.at.wall().date),
            Period::Year => label(t, page.period, bar),
        };
        let number = |value| Option::map_or_else(value, String::new, |value| t.number(value));
        view! { <tr><th scope="row">{name}</th><td data-num="">{number(bar.value)}</td><td data-num="">{number(bar.usual)}</td></tr> }
    });
    let file = format!("/api/v1/meters/{drawn}/readings.csv?period={}&date={}", page.period.as_str(), page.from);
    let unit = measure.unit_sign();
    view! {
        <section class="card report" data-span="7">
            <div class="card-head">
                <h2>{title.clone()}</h2>
                <ul class="legend push"><li><i class="key-bar"></i>{unit}</li><li><i class="key-usual"></i>{t.meters_usual_legend()}</li></ul>
            </div>
            <div class="drawn">{chart(t, &title, (measure, page.period), &page.bars, page.limit)}</div>
            <div class="report-foot">
                <details class="chart-table">
                    <summary><Icon name="chevron-right"/>{t.meters_table()}</summary>
                    <div class="table-wrap">
                        <table class="table">
                            <caption class="visually-hidden">{title}</caption>
                            <thead><tr><th scope="col">{head}</th><th scope="col" data-num="">{unit}</th><th scope="col" data-num="">{t.meters_usual_legend()}</th></tr></thead>
                            <tbody>{rows.collect_view()}</tbody>
                        </table>
                    </div>
                </details>
                <a class="link" href=file rel="external" download=""><Icon name="download"/>{t.meters_csv()}</a>
            </div>
        </section>
    }
    .into_any()
}

/// The energy of machines, where a plug measures.
fn machines(t: Lang, page: &MeterPage) -> AnyView {
    if page.machines.is_empty() {
        return ().into_any();
    }
    let rows = page.machines.iter().map(|one| {
        let swiped =
            one.swiped.map_or_else(|| t.meters_no_board().to_owned(), |minutes| t.length(MINUTE * minutes));
        let href = format!("/machines/{}", one.machine);
        view! {
            <tr>
                <th scope="row"><a href=href>{one.name.clone()}</a></th>
                <td data-num="">{t.number(one.energy)}</td>
                <td data-num="">{swiped}</td>
            </tr>
        }
    });
    let other = page.other.map(|other| {
        view! { <tr><th scope="row">{t.meters_other()}</th><td data-num="">{t.number(other)}</td><td></td></tr> }
    });
    view! {
        <section class="card report" data-span="5">
            <div class="card-head"><h2>{t.meters_by_machine()}</h2><span class="muted small push">{t.meters_where_plug()}</span></div>
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">{t.meters_by_machine()}</caption>
                    <thead><tr><th scope="col">{t.meters_machine()}</th><th scope="col" data-num="">"kWh"</th><th scope="col" data-num="">{t.meters_swiped()}</th></tr></thead>
                    <tbody>{rows.collect_view()}{other}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::meters::{Bar, MachineEnergy};
    use domain::{
        id::{MachineId, UnswipedRunId},
        meters::Amount,
        time::HOUR,
    };

    fn page() -> MeterPage {
        let day = NOW.wall().date;
        let bars = (0..24_u32).map(|hour| Bar {
            at: NOW.shifted_to(NOW.at.before(HOUR * 14).after(HOUR * hour)),
            value: (hour < 14).then_some(Amount(400 * i64::from(hour))),
            usual: Some(Amount(2_000)),
        });
        MeterPage {
            now: NOW,
            period: Period::Day,
            from: day,
            last: day,
            figures: vec![Figure {
                meter: MeterId(3),
                name: "Power".into(),
                measure: Measure::Power,
                value: Some(Amount(31_000)),
                usual: Some(Amount(28_000)),
                read: Some(ago(1)),
                beyond: false,
            }],
            drawn: Some(MeterId(3)),
            drawn_name: "Power".into(),
            drawn_measure: Measure::Power,
            bars: bars.collect(),
            limit: Some(Amount(8_000)),
            machines: vec![MachineEnergy {
                machine: MachineId(4),
                name: "Lathe".into(),
                energy: Amount(1_400),
                swiped: Some(80),
            }],
            other: Some(Amount(23_300)),
            runs: vec![RunView {
                id: UnswipedRunId(9),
                machine: MachineId(4),
                name: "Bandsaw".into(),
                started: ago(60),
                ended: Some(ago(36)),
                minutes: 24,
                energy: Amount(400),
            }],
            may_change: true,
        }
    }

    fn render(lang: Lang, page: MeterPage) -> String {
        html(visitor(lang), "/building/meters", move || {
            let page = RwSignal::new(page);
            view! { <Page page settle=Settle::new()/> }
        })
    }

    #[test]
    fn meters_show_chart_table_machines_and_unswiped_runs() {
        let html = render(Lang::En, page());
        let content = words(&html);
        for part in [
            "Bandsaw ran for 24 min without a swipe, today, 13:16–13:40",
            "0.4 kWh. A sticking relay",
            "It was a test",
            "Power by hour",
            "8 kWh: notice to managers",
            "Lathe1.41 h 20",
            "Everything else23.3",
            "usual by now: 28 kWh",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert_eq!(html.matches(r#"class="bar-fill""#).count(), 14, "{html}");
        assert!(html.contains(".csv?period=day"), "{html}");
        assert!(words(&render(Lang::It, page())).contains("Tutto il resto"));
    }

    #[test]
    fn temperatures_below_zero_are_drawn_below_zero() {
        let cold = page().bars.into_iter().map(|bar| Bar { value: bar.value.map(|one| Amount(-one.0)), ..bar });
        let cold = MeterPage {
            drawn_measure: Measure::Temperature,
            bars: cold.map(|bar| Bar { usual: None, ..bar }).collect(),
            limit: None,
            ..page()
        };
        let html = render(Lang::En, cold);
        assert_eq!(html.matches(r#"class="bar-fill""#).count(), 14, "{html}");
        assert!(html.contains(r#"height="107""#), "−5.2 on a scale from −10 to 0: {html}");
    }

    #[test]
    fn meters_of_members_have_no_buttons_of_managers() {
        let content = words(&render(Lang::En, MeterPage { may_change: false, ..page() }));
        assert!(!content.contains("It was a test") && !content.contains("Devices"), "{content}");
        let none = MeterPage { drawn: None, figures: vec![], bars: vec![], runs: vec![], ..page() };
        assert!(words(&render(Lang::En, none)).contains("No meters yet"));
        let silent = MeterPage { bars: vec![], ..page() };
        assert!(words(&render(Lang::En, silent)).contains("Nothing was measured"));
    }
}
