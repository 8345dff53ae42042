//! The building: what it uses today, and which devices are silent.
//!
//! Not here: what it used in other periods ([`meters`]), and the register of devices ([`devices`]).

mod chart;
pub mod devices;
mod marks;
pub mod meters;

use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
    },
};
use contract::meters::{BuildingPage, Figure, ReadBuilding};
use domain::{
    live::Noun,
    time::{MINUTE, Moment},
};
use leptos::prelude::*;
use marks::{Marks, mark};
use text::{Lang, time};

/// A figure is grey if it was read longer ago.
const STALE: std::time::Duration = MINUTE.saturating_mul(30);

/// The tabs of the pages about the building.
pub(super) fn tabs(t: Lang, current: &'static str, may_change: bool) -> AnyView {
    let pages = [
        ("/building", t.building_now(), true),
        ("/building/meters", t.meters_title(), true),
        ("/building/devices", t.building_devices_title(), may_change),
    ];
    let links = pages.into_iter().filter(|(.., is_shown)| *is_shown).map(|(href, name, _)| {
        view! { <a href=href aria-current=(href == current).then_some("page")>{name}</a> }
    });
    view! { <nav class="tabs" aria-label=t.building_title()>{links.collect_view()}</nav> }.into_any()
}

/// The page at `/building`.
pub fn building_page() -> AnyView {
    let live = use_live();
    let answers: PageResource<BuildingPage> =
        page_resource(move || live.version(Noun::Building), |_| load(&ReadBuilding {}));
    live_page(lang::current().building_title(), 4, answers, move |page| view! { <Page page/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<BuildingPage>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    view! {
        <Marks/>
        {dynamic(move || Some(page.with(|page| whole(t, page))))}
    }
}

fn whole(t: Lang, page: &BuildingPage) -> AnyView {
    let head = view! {
        <header class="page-head"><h1>{t.building_title()}</h1><p class="sub">{t.building_lead()}</p></header>
        {tabs(t, "/building", page.may_change)}
    };
    if page.devices == 0 {
        let next = if page.may_change { t.building_none_next() } else { t.building_none_member() };
        let add = page.may_change.then(|| {
            let label = t.building_add().to_owned();
            view! { <ButtonLink href="/building/devices" label kind=Kind::Primary icon="plus"/> }
        });
        return view! {
            {head}
            <div class="card"><Empty icon="building-2"><h2>{t.building_none()}</h2><p>{next}</p>{add}</Empty></div>
        }
        .into_any();
    }
    let silent = u32::try_from(page.silent.len()).unwrap_or(u32::MAX);
    let answer = if silent > 0 { t.building_silent_count(silent) } else { t.building_devices_count(page.devices) };
    let tone = if silent > 0 { "wait" } else { "no" };
    let power = page.watts.map(|watts| {
        let kilowatts = domain::meters::Amount(watts);
        view! {
            <div><dt>{t.building_power_now()}</dt><dd>{t.number(kilowatts)}<span class="u">" kW"</span></dd></div>
        }
    });
    view! {
        {head}
        <section class="answer" data-answer=tone><div class="say"><p class="big">{answer}</p></div></section>
        <dl class="readings">{power}{page.figures.iter().map(|figure| reading(t, figure, page.now)).collect_view()}</dl>
        {(silent > 0).then(|| needs_a_look(t, page))}
    }
    .into_any()
}

/// A figure with its unit, the usual value, and its age.
fn reading(t: Lang, figure: &Figure, now: Moment) -> AnyView {
    let is_stale = figure.read.is_none_or(|read| !read.at.near(now.at, STALE));
    let value = figure.value.map_or_else(|| "–".to_owned(), |value| t.number(value));
    let unit = figure.value.map(|_| figure.measure.unit_sign()).filter(|unit| !unit.is_empty());
    let note = if figure.beyond {
        t.building_beyond().to_owned()
    } else if is_stale {
        figure.read.map_or_else(String::new, |read| t.building_read_at(&t.recent(read, now)))
    } else {
        figure.usual.map_or_else(
            || figure.read.map_or_else(String::new, time::clock),
            |usual| t.building_usual(&t.amount(figure.measure, usual)),
        )
    };
    let href = format!("/building/meters?meter={}", figure.meter);
    view! {
        <div data-stale=is_stale.then_some("") data-over=figure.beyond.then_some("")>
            <dt>{mark(figure.measure)}<a href=href>{figure.name.clone()}</a></dt>
            <dd>{value}{unit.map(|unit| view! { <span class="u">" "{unit}</span> })}<small>{note}</small></dd>
        </div>
    }
    .into_any()
}

fn needs_a_look(t: Lang, page: &BuildingPage) -> AnyView {
    let rows = page.silent.iter().map(|(name, since)| {
        let second = since.map_or_else(
            || t.building_never_heard().to_owned(),
            |since| t.building_no_word(&t.since(since, page.now)),
        );
        view! {
            <li><div class="item">
                <span class="tile"><Icon name="wifi-off"/></span>
                <span><span class="t">{name.clone()}</span><br/><span class="s">{second}</span></span>
            </div></li>
        }
    });
    view! {
        <section class="group" aria-labelledby="silent">
            <h2 class="group-head" id="silent">{t.building_needs_a_look()}</h2>
            <ul class="list">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        id::MeterId,
        meters::{Amount, Measure},
    };

    fn figure(measure: Measure, value: i64) -> Figure {
        Figure {
            meter: MeterId(3),
            name: "Hall".into(),
            measure,
            value: Some(Amount(value)),
            usual: measure.is_counter().then_some(Amount(28_000)),
            read: Some(ago(2)),
            beyond: false,
        }
    }

    fn render(lang: Lang, page: BuildingPage) -> String {
        html(visitor(lang), "/building", move || {
            let page = RwSignal::new(page);
            view! { <Page page/> }
        })
    }

    fn page() -> BuildingPage {
        BuildingPage {
            now: NOW,
            figures: vec![figure(Measure::Power, 31_000), figure(Measure::Temperature, 21_400)],
            watts: Some(6_200),
            silent: vec![],
            devices: 4,
            may_change: false,
        }
    }

    #[test]
    fn building_shows_figures_with_units_and_the_usual() {
        let content = words(&render(Lang::En, page()));
        for part in ["4 devices, all heard from", "Power now6.2 kW", "31 kWhusual by now: 28 kWh", "21.4 °C"] {
            assert!(content.contains(part), "{part} in {content}");
        }
        let italian = words(&render(Lang::It, page()));
        assert!(italian.contains("21,4 °C") && italian.contains("Edificio"), "{italian}");
        assert!(!content.contains("Devices"), "members do not change devices: {content}");
    }

    #[test]
    fn silent_devices_and_old_figures_are_named() {
        let old = Figure { read: Some(ago(90)), ..figure(Measure::Power, 31_000) };
        let silent = vec![("Print room".to_owned(), Some(ago(20))), ("Yard".to_owned(), None)];
        let page = BuildingPage { figures: vec![old], silent, may_change: true, ..page() };
        let html = render(Lang::En, page);
        let content = words(&html);
        assert!(html.contains("data-stale"), "{html}");
        for part in ["2 devices are silent", "No word since", "Never heard from", "Devices"] {
            assert!(content.contains(part), "{part} in {content}");
        }
    }

    #[test]
    fn building_without_devices_shows_the_next_step_to_managers_only() {
        let empty = |may_change| BuildingPage { devices: 0, figures: vec![], may_change, ..page() };
        assert!(words(&render(Lang::En, empty(true))).contains("Add a device"));
        let member = words(&render(Lang::En, empty(false)));
        assert!(member.contains("have not added any meters") && !member.contains("Add a device"), "{member}");
    }
}
