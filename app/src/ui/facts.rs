//! Facts: names and values in two columns.

use leptos::prelude::*;

#[component]
pub fn Facts(facts: Vec<(&'static str, String)>) -> impl IntoView {
    view! {
        <dl class="facts">
            {facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
        </dl>
    }
}
