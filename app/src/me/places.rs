//! The management pages with a short description each: on a phone, where the navigation bar has no room for them.
//!
//! Not here: which pages there are and for whom (navigation).

use crate::{
    lang,
    ui::{
        list::LinkItem,
        nav::{Group, groups, places_to_manage},
    },
};
use leptos::prelude::*;
use text::Lang;

pub(super) fn lists() -> AnyView {
    let t = lang::current();
    let manage = places_to_manage(t);
    let lists = groups(&manage).map(|(group, places)| {
        let id = group_code(group);
        view! {
            <section class="group" aria-labelledby=id>
                <h2 class="group-head" id=id>{group.name(t)}</h2>
                <ul class="list">
                    {places.iter().map(|place| view! {
                        <LinkItem href=place.href.to_owned() icon=place.icon title=place.name second=second(t, place.href)/>
                    }).collect_view()}
                </ul>
            </section>
        }
    });
    view! { <div class="only-narrow cluster" id="manage">{lists.collect_view()}</div> }.into_any()
}

/// Id of a group in the document.
const fn group_code(group: Group) -> &'static str {
    match group {
        Group::Run => "manage-run",
        Group::People => "manage-people",
        Group::Machines => "manage-machines",
        Group::SetUp => "manage-set-up",
    }
}

fn second(t: Lang, href: &str) -> &'static str {
    match href {
        "/manage" => t.nav_inbox_next(),
        "/checkouts" => t.nav_checkouts_next(),
        "/bookings" => t.bookings_next(),
        "/series" => t.nav_series_next(),
        "/closures" => t.nav_closures_next(),
        "/problems" => t.problems_next(),
        "/maintenance" => t.nav_maintenance_next(),
        "/announcements" => t.announcements_next(),
        "/reports" => t.reports_next(),
        "/people" => t.nav_people_next(),
        "/groups" => t.nav_groups_next(),
        "/draws" => t.nav_draws_next(),
        "/types" => t.nav_types_next(),
        "/modules" => t.modules_next(),
        "/documents" => t.documents_next(),
        "/unknown-cards" => t.unknown_cards_next(),
        "/machines" => t.equipment_next(),
        "/rooms" => t.nav_rooms_next(),
        "/boards" => t.boards_next(),
        "/firmware" => t.nav_firmware_next(),
        "/displays" => t.nav_displays_next(),
        "/building" => t.nav_building_next(),
        "/hours" => t.hours_next(),
        "/external-calendars" => t.nav_external_next(),
        "/settings" => t.settings_next(),
        "/connections" => t.nav_connections_next(),
        "/deliveries" => t.nav_deliveries_next(),
        "/audit" => t.nav_audit_next(),
        "/retention" => t.nav_retention_next(),
        "/system" => t.nav_system_next(),
        "/import" => t.import_next_to(),
        "/export" => t.export_next_to(),
        _ => "",
    }
}
