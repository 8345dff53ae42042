//! Filter chip: a link with its count, so that the filter is in the address and works without script.

use super::changing::text;
use leptos::prelude::*;

#[component]
pub fn Chip(
    href: &'static str,
    label: &'static str,
    /// Whether it is the active filter.
    #[prop(into)]
    current: Signal<bool>,
    #[prop(into)] count: Signal<usize>,
) -> impl IntoView {
    view! {
        <a class="chip" href=href data-noscroll aria-current=Signal::derive(move || current.get().then_some("true"))>
            {label}" "<span class="n">{text(move || count.get().to_string())}</span>
        </a>
    }
}
