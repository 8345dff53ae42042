//! The time zone: the browser's, until another is selected.

use super::api::Zones;
use crate::{
    lang,
    ui::{form::use_form, select::Select},
};
use leptos::prelude::*;
use text::time;

/// A list of zones, each with the time there. Without script it begins with UTC.
#[component]
pub fn ZoneField(zones: Zones) -> impl IntoView {
    let t = lang::current();
    let Zones { zones, aliases } = zones;
    let chosen = RwSignal::new("UTC".to_owned());
    let input = use_form().and_then(|form| form.input("zone"));
    let known = StoredValue::new((zones.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), aliases));
    Effect::new(move |_| {
        if input.is_none()
            && let Some(here) = here()
            && let Some(here) = known.with_value(|(zones, aliases)| listed(here, zones, aliases))
        {
            chosen.set(here);
        }
    });
    let options = zones.into_iter().map(|(zone, now)| {
        let code = t.set_up_zone_now(&zone.replace('_', " "), &time::clock(now));
        (zone, code)
    });
    view! { <Select name="zone" label=t.set_up_zone() options=options.collect() chosen/> }
}

/// The listed zone for `name`, which may be an old name.
fn listed(name: String, zones: &[String], aliases: &[(String, String)]) -> Option<String> {
    let today = aliases.iter().find(|(alias, _)| *alias == name).map(|(_, today)| today.clone());
    Some(today.unwrap_or(name)).filter(|name| zones.contains(name))
}

/// The browser's zone, if it reports one.
fn here() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deprecated_zone_name_maps_to_current_zone() {
        let zones = ["Asia/Kolkata".to_owned(), "UTC".to_owned()];
        let aliases = [("Asia/Calcutta".to_owned(), "Asia/Kolkata".to_owned())];
        let meant = |name: &str| listed(name.to_owned(), &zones, &aliases);
        assert_eq!(meant("Asia/Calcutta").as_deref(), Some("Asia/Kolkata"));
        assert_eq!(meant("UTC").as_deref(), Some("UTC"));
        assert_eq!(meant("Mars/Olympus"), None);
    }
}
