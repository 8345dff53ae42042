//! What the words of the workshop mean, folded away where they are first met.

use crate::lang;
use leptos::prelude::*;
use text::Lang;

/// The words in their order.
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
