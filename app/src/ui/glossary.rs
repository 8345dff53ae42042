//! Definitions of workshop terms, collapsed where they first appear.

use crate::lang;
use leptos::prelude::*;
use text::Lang;

/// The terms in order.
#[component]
pub fn Glossary(words: fn(Lang) -> Vec<&'static str>) -> impl IntoView {
    let t = lang::current();
    view! {
        <details class="glossary">
            <summary>{t.glossary_title()}</summary>
            <ul>{words(t).into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
        </details>
    }
}
