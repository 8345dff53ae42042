//! A group's mark: its initials in a square, because people are round.
//!
//! Hidden from screen readers, because the name is always beside it.

use crate::ui::avatar::{hue, initials};
use leptos::prelude::*;

#[component]
pub fn Mark(
    name: String,
    /// `sm` in a table, `md` in a list, `lg` at the head of a page.
    size: &'static str,
) -> impl IntoView {
    view! { <span class="group-mark" data-size=size data-hue=hue(&name).to_string() aria-hidden="true">{initials(&name)}</span> }
}
