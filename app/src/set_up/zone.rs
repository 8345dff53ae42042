//! The time zone: the one the browser is in, until somebody says otherwise.

use crate::{
    lang,
    ui::{form::use_form, select::Select},
};
use leptos::prelude::*;

/// A list of all zones. Without script it begins with UTC.
#[component]
pub fn ZoneField(zones: Vec<String>) -> impl IntoView {
    let chosen = RwSignal::new("UTC".to_owned());
    let typed = use_form().and_then(|form| form.typed("zone"));
    let known = StoredValue::new(zones.clone());
    Effect::new(move |_| {
        if typed.is_none()
            && let Some(here) = here()
            && known.with_value(|zones| zones.contains(&here))
        {
            chosen.set(here);
        }
    });
    let options = zones.into_iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    view! { <Select name="zone" label=lang::current().set_up_zone() options chosen/> }
}

/// The zone that the browser is in, as far as it says.
fn here() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}
