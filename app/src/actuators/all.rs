//! All actuators: a table for those who manage the building, lists for the others.

use super::{
    failsafe,
    table::{SwitchCalls, all_off, coming, devices_table, off_list, on_list},
};
use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{button::ButtonLink, changing::dynamic, icon::Icon},
};
use contract::actuators::{Actuators, ListActuators};
use domain::live::Noun;
use leptos::prelude::*;
use text::Lang;

/// Rows of the list of what comes next.
const NEXT: usize = 5;

/// The page at `/building/actuators`.
pub fn actuators_page() -> AnyView {
    let (calls, live) = (SwitchCalls::new(), use_live());
    let versions = move || (live.version(Noun::Building) + live.version(Noun::Bookings), calls.sent());
    let all: PageResource<Actuators> = page_resource(versions, |_| load(&ListActuators {}));
    live_page(lang::current().actuators_devices(), 5, all, move |all| view! { <Page all calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Actuators>, calls: SwitchCalls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(all.with(|all| all.now)));
    let may_manage = all.with_untracked(|all| all.may_manage);
    let buttons = may_manage.then(|| {
        view! {
            <div class="push btn-row">
                {all_off(calls)}
                <ButtonLink href="/building/rules" label=t.actuator_rules_of_building().to_owned() icon="sliders-horizontal"/>
            </div>
        }
    });
    view! {
        <a class="crumb" href="/building"><Icon name="chevron-left"/>{t.actuator_building()}</a>
        <header class="page-head"><h1>{t.actuators_devices()}</h1>{buttons}</header>
        {dynamic(move || Some(all.with(|all| content(t, all, calls))))}
    }
}

fn content(t: Lang, all: &Actuators, calls: SwitchCalls) -> AnyView {
    let limit = all.actuators.iter().filter_map(|one| one.cut_off).max().map(|limit| t.degrees(limit));
    let note = limit.is_some().then(|| failsafe(limit, t.actuators_failsafe_where().to_owned()));
    if all.may_manage {
        return view! {
            <div class="aside-cols">
                <div class="cluster">{devices_table(all, calls)}</div>
                <div class="cluster">{note}{coming(all, NEXT)}</div>
            </div>
        }
        .into_any();
    }
    view! { <div class="cluster">{note}{on_list(all)}{off_list(all)}</div> }.into_any()
}
