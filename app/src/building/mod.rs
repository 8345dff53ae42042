//! The building: actuators that are on and their reasons, consumption of today, and silent devices.
//!
//! Not here: what it used in other periods ([`meters`]), the register of devices ([`devices`]), one actuator with its rules
//! ([`actuators`]), and who is inside ([`doors`]).

pub mod actuators;
mod chart;
pub mod devices;
pub mod doors;
pub mod evacuation;
mod marks;
pub mod meters;

use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{button::ButtonLink, changing::dynamic, empty::Empty, icon::Icon},
};
use actuators::{
    failsafe, is_on,
    table::{SwitchCalls, all_off, coming, devices_table, off_list, on_list},
};
use contract::{
    actuators::{Actuators, ListActuators},
    meters::{BuildingPage, Figure, ReadBuilding},
};
use domain::{
    actuators::ActuatorState,
    live::Noun,
    meters::Measure,
    time::{MINUTE, Moment},
};
use leptos::prelude::*;
use marks::{Marks, mark};
use serde::{Deserialize, Serialize};
use text::{Lang, time};

/// A figure is grey if it was read longer ago.
const STALE: std::time::Duration = MINUTE.saturating_mul(30);

/// Rows of the list of what comes next.
const NEXT: usize = 5;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Building {
    page: BuildingPage,
    switched: Actuators,
}

/// The tabs of the pages about the building.
pub(crate) fn tabs(t: Lang, current: &'static str, may_change: bool) -> AnyView {
    let pages = [
        ("/building", t.building_now(), true),
        ("/building/meters", t.meters_title(), true),
        ("/building/doors", t.doors_title(), true),
        ("/building/rules", t.building_rules(), may_change),
        ("/building/devices", t.building_devices_title(), may_change),
    ];
    let links = pages.into_iter().filter(|(.., is_shown)| *is_shown).map(|(href, name, _)| {
        view! { <a href=href aria-current=(href == current).then_some("page")>{name}</a> }
    });
    view! { <nav class="tabs" aria-label=t.building_title()>{links.collect_view()}</nav> }.into_any()
}

/// The page at `/building`.
pub fn building_page() -> AnyView {
    let (calls, live) = (SwitchCalls::new(), use_live());
    let versions = move || (live.version(Noun::Building) + live.version(Noun::Bookings), calls.sent());
    let answers: PageResource<Building> = page_resource(versions, |_| async {
        Ok(Building { page: load(&ReadBuilding {}).await?, switched: load(&ListActuators {}).await? })
    });
    live_page(lang::current().building_title(), 4, answers, move |shown| view! { <Page shown calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(shown: RwSignal<Building>, calls: SwitchCalls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(shown.with(|shown| shown.page.now)));
    view! {
        <Marks/>
        {dynamic(move || Some(shown.with(|shown| whole(t, shown, calls))))}
    }
}

fn whole(t: Lang, shown: &Building, calls: SwitchCalls) -> AnyView {
    let Building { page, switched } = shown;
    let has_switches = !switched.actuators.is_empty();
    let buttons = page.may_change.then(|| {
        let off = (has_switches && switched.may_manage).then(|| all_off(calls));
        let label = t.building_add().to_owned();
        view! { <div class="push btn-row">{off}<ButtonLink href="/building/devices" label icon="plus"/></div> }
    });
    let head = view! {
        <header class="page-head"><h1>{t.building_title()}</h1>{tabs(t, "/building", page.may_change)}{buttons}</header>
    };
    if page.devices == 0 {
        let next = if page.may_change { t.building_none_next() } else { t.building_none_member() };
        return view! {
            {head}
            <div class="card"><Empty icon="building-2"><h2>{t.building_none()}</h2><p>{next}</p></Empty></div>
        }
        .into_any();
    }
    let power = page.watts.map(|watts| {
        let kilowatts = domain::meters::Amount(watts);
        view! {
            <div><dt>{t.building_power_now()}</dt><dd>{t.number(kilowatts)}<span class="u">" kW"</span></dd></div>
        }
    });
    // The doors know better than a counter who is inside.
    let figures = page.figures.iter().filter(|it| page.people.is_none() || it.measure != Measure::Occupancy);
    view! {
        {head}
        {answer(t, shown)}
        <dl class="readings">
            {power}{figures.map(|figure| reading(t, figure, page.now)).collect_view()}
            {page.people.map(|people| inside(t, people))}
        </dl>
        {has_switches.then(|| switches(t, switched, calls))}
        {(!page.silent.is_empty()).then(|| needs_a_look(t, page))}
    }
    .into_any()
}

/// How many actuators are on, or, without any, whether all devices are heard.
fn answer(t: Lang, shown: &Building) -> AnyView {
    let Building { page, switched } = shown;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let silent = count(page.silent.len());
    let devices =
        if silent > 0 { t.building_silent_count(silent) } else { t.building_devices_count(page.devices) };
    let tone = if silent > 0 { "wait" } else { "no" };
    if switched.actuators.is_empty() {
        return view! { <section class="answer" data-answer=tone><div class="say"><p class="big">{devices}</p></div></section> }
            .into_any();
    }
    let on: Vec<_> = switched.actuators.iter().filter(|one| is_on(one)).collect();
    let is_wanted = on.iter().all(|one| one.why.is_some() || one.state == ActuatorState::Test);
    let big = match count(on.len()) {
        0 => t.building_all_off().to_owned(),
        on if is_wanted => t.building_on_wanted(on),
        on => t.building_on(on),
    };
    let each = (!on.is_empty() && is_wanted).then(|| view! { <p>{t.building_on_each()}</p> });
    let devices = (silent > 0).then(|| view! { <p>{devices}</p> });
    view! { <section class="answer" data-answer=tone><div class="say"><p class="big">{big}</p>{each}{devices}</div></section> }
        .into_any()
}

/// The actuators: a table for those who manage the building, lists for the others.
fn switches(t: Lang, switched: &Actuators, calls: SwitchCalls) -> AnyView {
    let limit = switched.actuators.iter().filter_map(|one| one.cut_off).max().map(|limit| t.degrees(limit));
    let note = limit.is_some().then(|| failsafe(limit, t.actuators_failsafe_where().to_owned()));
    if switched.may_manage {
        return view! {
            <div class="aside-cols">
                <div class="cluster">{devices_table(switched, calls)}</div>
                <div class="cluster">{note}{coming(switched, NEXT)}</div>
            </div>
        }
        .into_any();
    }
    view! { <div class="cluster">{note}{on_list(switched)}{off_list(switched)}</div> }.into_any()
}

/// How many people are inside, with the way to who they are.
fn inside(t: Lang, (people, guests): (u32, u32)) -> AnyView {
    let guests = (guests > 0).then(|| format!(" {}", t.building_guests(guests)));
    view! {
        <div>
            <dt>{t.building_people()}</dt>
            <dd>{people}<small><a href="/building/doors">{t.building_who()}</a>{guests}</small></dd>
        </div>
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
    use crate::testing::{NOW, actuator, ago, html, visitor, words};
    use contract::actuators::ActuatorView;
    use domain::{
        actuators::Why,
        id::MeterId,
        leases::{Load, Tenths},
        meters::Amount,
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

    fn heating(state: ActuatorState) -> ActuatorView {
        ActuatorView {
            load: Load::Heat,
            why: Some(Why::Hours),
            cut_off: Some(Tenths(270)),
            ..actuator(1, "Heating, hall", state)
        }
    }

    fn render(lang: Lang, page: BuildingPage) -> String {
        let may_manage = page.may_change;
        render_with(lang, page, Actuators { now: NOW, actuators: Vec::new(), may_manage })
    }

    fn render_with(lang: Lang, page: BuildingPage, switched: Actuators) -> String {
        html(visitor(lang), "/building", move || {
            let shown = RwSignal::new(Building { page, switched });
            view! { <Page shown calls=SwitchCalls::new()/> }
        })
    }

    fn page() -> BuildingPage {
        BuildingPage {
            now: NOW,
            figures: vec![figure(Measure::Power, 31_000), figure(Measure::Temperature, 21_400)],
            watts: Some(6_200),
            silent: vec![],
            devices: 4,
            people: Some((7, 1)),
            may_change: false,
        }
    }

    #[test]
    fn building_shows_figures_with_units_and_the_usual() {
        let content = words(&render(Lang::En, page()));
        for part in [
            "4 devices, all heard from",
            "Power now6.2 kW",
            "31 kWhusual by now: 28 kWh",
            "21.4 °C",
            "People in7who is in",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        let italian = words(&render(Lang::It, page()));
        assert!(italian.contains("21,4 °C") && italian.contains("Edificio"), "{italian}");
        assert!(!content.contains("Devices"), "members do not change devices: {content}");
    }

    #[test]
    fn actuators_on_show_their_reason() {
        let hall = heating(ActuatorState::On);
        let all = |actuator: &ActuatorView, may_manage| Actuators {
            now: NOW,
            actuators: vec![actuator.clone()],
            may_manage,
        };
        let member = words(&render_with(Lang::En, page(), all(&hall, false)));
        for part in ["1 on, nothing forgotten", "On now", "Heating, hall", "above 27 °C"] {
            assert!(member.contains(part), "{part} in {member}");
        }
        let manager = BuildingPage { may_change: true, ..page() };
        let table = words(&render_with(Lang::En, manager, all(&hall, true)));
        for part in ["All off…", "Add a device", "Rules", "Lease"] {
            assert!(table.contains(part), "{part} in {table}");
        }
        let unwanted = ActuatorView { why: None, ..hall };
        let forgotten = words(&render_with(Lang::En, page(), all(&unwanted, false)));
        assert!(!forgotten.contains("nothing forgotten") && forgotten.contains("1 on"), "{forgotten}");
        let off = words(&render_with(Lang::It, page(), all(&heating(ActuatorState::Off), false)));
        assert!(off.contains("È tutto spento"), "{off}");
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
