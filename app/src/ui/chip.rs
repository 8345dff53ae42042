//! Filter chip: a link with its count, so that the filter is in the address and works without script.

use super::changing::text;
use leptos::prelude::*;

/// One filter.
#[component]
pub fn Chip(
    /// The page with this filter.
    href: &'static str,
    /// The words.
    label: &'static str,
    /// Whether it is the filter in force.
    #[prop(into)]
    current: Signal<bool>,
    /// How many there are.
    #[prop(into)]
    count: Signal<usize>,
) -> impl IntoView {
    view! {
        <a class="chip" href=href data-noscroll aria-current=Signal::derive(move || current.get().then_some("true"))>
            {label}" "<span class="n">{text(move || count.get().to_string())}</span>
        </a>
    }
}
